// What my organisation is to do about a request now. Which of them wait for it, requests/look.ts says.

import { Offer_State, type Referral } from "../../gen/referral_pb";
import { ownOffer, roleOf, waitsForMe, type Viewer } from "../requests/look";

export type Wanted = "answer" | "confirm" | "report" | "centre";

export function wantedOf(viewer: Viewer, one: Referral, nowMs: number): Wanted | undefined {
	if (!waitsForMe(viewer, one, nowMs)) return undefined;
	const own = ownOffer(viewer, one);
	if (own?.state === Offer_State.OFFERED) return "answer";
	if (own?.state === Offer_State.HOLDING) return "report";
	return roleOf(viewer, one) === "asker" ? "confirm" : "centre";
}
