// What a request begins with. Pure.

import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Need } from "../../gen/board_pb";
import { ReferralKind, type AskReferralSchema } from "../../gen/referral_pb";
import { dayBegins, isoDay } from "../../parts/time";

const DAY_MS = 24 * 3600 * 1000;

export interface Form {
	kind: ReferralKind;
	patient: string;
	urgent: boolean;
	needs: Need[];
	/** YYYY-MM-DD; of a visit. */
	date: string;
	/** HH:MM */
	from: string;
	to: string;
	times: number;
	every: number;
	/** YYYY-MM-DD; "": no wish. */
	wished: string;
	/** Open requests that it is to go beside. */
	beside: string[];
}

export const SLOTS = {
	morning: ["09:00", "12:00"],
	afternoon: ["13:00", "16:00"],
	evening: ["16:00", "19:00"],
} as const;

/** The next half-day that leaves time to ask around: a visit is asked for until two hours before. */
export function emptyForm(kind: ReferralKind, patient: string, nowMs: number): Form {
	const early = new Date(nowMs + 9 * 3600 * 1000).getUTCHours() < 9;
	const [from, to] = SLOTS.afternoon;
	return {
		kind,
		patient,
		urgent: false,
		needs: [],
		date: isoDay(early ? nowMs : nowMs + DAY_MS),
		from,
		to,
		times: 1,
		every: 7,
		wished: "",
		beside: [],
	};
}

export const timeOf = (date: string, clock: string): number => {
	const [hour = "0", minute = "0"] = clock.split(":");
	return dayBegins(date) + (Number(hour) * 60 + Number(minute)) * 60_000;
};

/** As it is sent. A window whose end is not after its beginning ends the next day. */
export function askOf(form: Form): MessageInitShape<typeof AskReferralSchema> {
	const { kind, patient, urgent, needs, beside } = form;
	const ask = { kind, patient, urgent, needs, beside };
	if (kind !== ReferralKind.VISIT)
		// By a day: all of it.
		return { ...ask, wishedMs: form.wished ? BigInt(dayBegins(form.wished) + DAY_MS) : 0n };
	const from = timeOf(form.date, form.from);
	const to = timeOf(form.date, form.to);
	return {
		...ask,
		fromMs: BigInt(from),
		toMs: BigInt(to <= from ? to + DAY_MS : to),
		times: form.times,
		everyDays: form.times > 1 ? form.every : 0,
	};
}
