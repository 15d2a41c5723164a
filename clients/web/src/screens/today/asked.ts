// Which requests wait for my organisation. Pure; as the command line has it (clients/cli/referral_look.c).

import { Offer_State, Referral_State, ReferralKind, type Referral } from "../../gen/referral_pb";

const DAY_MS = 24 * 3600 * 1000;

export type Wanted = "answer" | "confirm" | "report" | "centre";

/** What my organisation is to do about it now; undefined: nothing. */
export function wantedOf(
	one: Referral,
	organisation: string,
	centre: boolean,
	nowMs: number,
): Wanted | undefined {
	const own = one.offers.find((offer) => offer.organisation === organisation);
	if (own?.state === Offer_State.OFFERED) return "answer";
	if (one.asker === organisation && one.state === Referral_State.ACCEPTED) return "confirm";
	const next = Number(one.fromMs) + one.reports * one.everyDays * DAY_MS;
	if (
		own?.state === Offer_State.HOLDING &&
		one.kind === ReferralKind.VISIT &&
		one.state === Referral_State.CONFIRMED &&
		next <= nowMs
	)
		return "report";
	if (centre && one.withCentre && one.state !== Referral_State.CLOSED) return "centre";
	return undefined;
}

/** Urgent, then what is to be answered soonest, then the oldest. */
export function askedInOrder(items: readonly Referral[]): Referral[] {
	const due = (one: Referral) => Number(one.deadlineMs) || Number.MAX_SAFE_INTEGER;
	return [...items].sort(
		(a, b) =>
			Number(b.urgent) - Number(a.urgent) ||
			due(a) - due(b) ||
			Number(a.askedMs) - Number(b.askedMs),
	);
}
