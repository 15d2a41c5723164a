// What is open and concerns my organisation, live: one watch for the whole screen.

import { createContext, useContext } from "react";
import type { Live } from "../../core/hooks";
import type { ReferralList } from "../../gen/referral_pb";

export const Open = createContext<Live<ReferralList> | undefined>(undefined);

/** Below <Requests>. */
export function useOpenReferrals(): Live<ReferralList> {
	const live = useContext(Open);
	if (!live) throw new Error("no <Requests> above");
	return live;
}
