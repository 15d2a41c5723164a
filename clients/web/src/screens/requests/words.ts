// A request in words.

import { useTranslation } from "react-i18next";
import { NeedSchema, CapacityLevelSchema } from "../../gen/board_pb";
import { AreaSchema } from "../../gen/network_pb";
import { Patient_SexSchema } from "../../gen/record_pb";
import {
	AbilitySchema,
	DeclineReasonSchema,
	Offer_State,
	Offer_StateSchema,
	Referral_CauseSchema,
	Referral_State,
	Referral_StateSchema,
	type Offer,
	type Referral,
	type Score,
} from "../../gen/referral_pb";
import { useWord } from "../../i18n/words";
import { clock, day, isoDay } from "../../parts/time";
import { ageBand, isOver, ownOffer, scoreParts, timeLeft, visitBegun, type Viewer } from "./look";

const DAY_MS = 24 * 3600 * 1000;
const JAPAN_MS = 9 * 3600 * 1000;

export function useRequestWords() {
	const { t } = useTranslation("requests");
	const { t: common } = useTranslation();
	const word = useWord();

	/** 今日, 明日, 11月28日(土). */
	const dayName = (ms: number, nowMs: number) => {
		if (isoDay(ms) === isoDay(nowMs)) return common("today");
		if (isoDay(ms) === isoDay(nowMs + DAY_MS)) return t("tomorrow");
		return day(ms);
	};
	const moment = (ms: number, nowMs: number) => `${dayName(ms, nowMs)} ${clock(ms)}`;

	return {
		t,
		word,
		moment,

		place(referral: Referral): string {
			return [word(AreaSchema, referral.area), referral.district].filter(Boolean).join(" ");
		},

		ageAndSex(referral: Referral): string {
			const band = ageBand(referral);
			const age = band && t(band.key, band as never);
			return [age, word(Patient_SexSchema, referral.sex)].filter(Boolean).join(t("dot"));
		},

		needs: (referral: Referral): string[] => referral.needs.map((need) => word(NeedSchema, need)),

		/** 明日 14:00–16:00（全3回・7日ごと）, 12月3日(木)まで; "" where nothing is said. */
		window(referral: Referral, nowMs: number): string {
			const from = Number(referral.fromMs);
			if (from) {
				const text = `${moment(from, nowMs)}–${clock(Number(referral.toMs))}`;
				return referral.times > 1
					? t("series", { text, times: referral.times, every: referral.everyDays })
					: text;
			}
			const wished = Number(referral.wishedMs);
			if (!wished) return "";
			// A day that was given without a time is meant until its end.
			return (wished + JAPAN_MS) % DAY_MS === 0
				? t("wishedBy", { time: dayName(wished - 1, nowMs) })
				: t("wishedBy", { time: moment(wished, nowMs) });
		},

		score(score: Score): string {
			return scoreParts(score)
				.map((part) => {
					if ("ability" in part) return word(AbilitySchema, part.ability);
					if ("level" in part) return word(CapacityLevelSchema, part.level);
					return t(part.key, part as never);
				})
				.join(t("dot"));
		},

		/** 控え 2番目, 対応できません（遠方）. */
		offer(offer: Offer): string {
			const state = word(Offer_StateSchema, offer.state);
			if (offer.state === Offer_State.STANDING_BY && offer.standby)
				return t("standby", { n: offer.standby });
			if (offer.reason)
				return t("because", { state, reason: word(DeclineReasonSchema, offer.reason) });
			return state;
		},

		/** The stage in words, as the reader is concerned. */
		state(viewer: Viewer, referral: Referral, nowMs: number): string {
			const own = ownOffer(viewer, referral);
			if (own?.state === Offer_State.HOLDING && visitBegun(referral, nowMs)) return t("toReport");
			if (own?.state === Offer_State.OFFERED) {
				const taken = [Referral_State.ACCEPTED, Referral_State.CONFIRMING].includes(referral.state);
				return t(taken ? "toStandBy" : "toAnswer");
			}
			if (own && own.state !== Offer_State.HOLDING) return this.offer(own);
			const state = word(Referral_StateSchema, referral.state);
			// On the centre's own list: what brought it there.
			if (viewer.centre && referral.withCentre && referral.cause)
				return word(Referral_CauseSchema, referral.cause);
			if (referral.state === Referral_State.OFFERED && referral.wave)
				return t("wave", { state, n: referral.wave });
			if (referral.withCentre && referral.state !== Referral_State.UNPLACED && !isOver(referral))
				return t("alsoCentre", { state });
			return state;
		},

		left(deadlineMs: number, nowMs: number): string {
			const left = timeLeft(deadlineMs, nowMs);
			return String(t(left.key, { ...left }));
		},
	};
}
