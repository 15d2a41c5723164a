// What a request is to me: which stage it stands in, whether it waits for me, why I was asked. Pure:
// the rules are those of the command line (clients/cli/referral_look.c).

import type { Me } from "../../gen/network_pb";
import { OrganisationKind, Profession } from "../../gen/network_pb";
import {
	Offer_State,
	Referral_State,
	ReferralKind,
	type Offer,
	type Referral,
	type ReferralList,
	type Score,
} from "../../gen/referral_pb";
import { Ability } from "../../gen/referral_pb";
import { CapacityLevel } from "../../gen/board_pb";

const DAY_MS = 24 * 3600 * 1000;

export interface Viewer {
	organisation: string;
	/** Staff of the support centre. */
	centre: boolean;
}

export type Role = "asked" | "asker" | "centre" | "team";

/** Columns, in the order in which they are read. */
export const STAGES = ["centre", "answer", "asked", "confirm", "confirmed", "over"] as const;
export type Stage = (typeof STAGES)[number];

export function viewerOf(me: Me): Viewer {
	return {
		organisation: me.organisation?.id ?? "",
		centre: me.organisation?.kind === OrganisationKind.SUPPORT_CENTRE,
	};
}

// ---- who may (services/referral/rules.c) -------------------------------------------------------

export function mayAnswer(me: Me): boolean {
	const profession = me.person?.profession;
	return (
		profession === Profession.DOCTOR ||
		profession === Profession.NURSE ||
		profession === Profession.LIAISON
	);
}

export function mayRead(me: Me): boolean {
	const profession = me.person?.profession;
	return (
		mayAnswer(me) ||
		profession === Profession.CARE_MANAGER ||
		profession === Profession.CENTRE_STAFF
	);
}

/** The kinds that I may ask for. */
export function mayAsk(me: Me): ReferralKind[] {
	const kind = me.organisation?.kind;
	const profession = me.person?.profession ?? Profession.PROFESSION_UNSPECIFIED;
	const doctor =
		(kind === OrganisationKind.HOSPITAL &&
			[Profession.LIAISON, Profession.DOCTOR, Profession.NURSE].includes(profession)) ||
		(kind === OrganisationKind.SUPPORT_CENTRE && profession === Profession.CENTRE_STAFF) ||
		(kind === OrganisationKind.CARE_MANAGEMENT_OFFICE && profession === Profession.CARE_MANAGER);
	const kinds: ReferralKind[] = [];
	if (kind === OrganisationKind.NURSE_STATION && profession === Profession.NURSE)
		kinds.push(ReferralKind.VISIT);
	if (doctor) kinds.push(ReferralKind.HOME_DOCTOR);
	if (kind === OrganisationKind.CLINIC && profession === Profession.DOCTOR)
		kinds.push(ReferralKind.BACKUP_BED);
	return kinds;
}

// ---- what it is to me --------------------------------------------------------------------------

export function ownOffer(viewer: Viewer, referral: Referral): Offer | undefined {
	return referral.offers.find((offer) => offer.organisation === viewer.organisation);
}

export function roleOf(viewer: Viewer, referral: Referral): Role {
	if (ownOffer(viewer, referral)) return "asked";
	if (referral.asker && referral.asker === viewer.organisation) return "asker";
	if (viewer.centre && referral.offers.length > 0) return "centre";
	return "team";
}

/** The next visit that is to be reported has begun. */
export function visitBegun(referral: Referral, nowMs: number): boolean {
	return (
		referral.kind === ReferralKind.VISIT &&
		referral.state === Referral_State.CONFIRMED &&
		nextVisitMs(referral) <= nowMs
	);
}

/** Begin of the next visit that nobody has reported yet. */
export function nextVisitMs(referral: Referral): number {
	return Number(referral.fromMs) + referral.reports * referral.everyDays * DAY_MS;
}

export function isOver(referral: Referral): boolean {
	switch (referral.state) {
		case Referral_State.CONFIRMED:
			return referral.kind !== ReferralKind.VISIT;
		case Referral_State.DONE:
		case Referral_State.CANCELLED:
		case Referral_State.CLOSED:
			return true;
		default:
			return false;
	}
}

const ENDED = [
	Offer_State.DECLINED,
	Offer_State.WITHDRAWN,
	Offer_State.RELEASED,
	Offer_State.PASSED,
];

export function stageOf(viewer: Viewer, referral: Referral): Stage {
	const own = ownOffer(viewer, referral);
	if (viewer.centre && referral.withCentre && referral.state !== Referral_State.CLOSED)
		return "centre";
	if (isOver(referral) || (own && ENDED.includes(own.state))) return "over";
	if (own?.state === Offer_State.OFFERED) return "answer";
	if (referral.state === Referral_State.CONFIRMED) return "confirmed";
	if (own) return "confirm"; // holds it, or stands by
	if (referral.state === Referral_State.ACCEPTED || referral.state === Referral_State.CONFIRMING)
		return "confirm";
	return "asked";
}

/** Somebody of my organisation is to do something now. */
export function waitsForMe(viewer: Viewer, referral: Referral, nowMs: number): boolean {
	const own = ownOffer(viewer, referral);
	if (viewer.centre && referral.withCentre) return true;
	switch (roleOf(viewer, referral)) {
		case "asker":
			return referral.state === Referral_State.ACCEPTED;
		case "asked":
			return (
				own?.state === Offer_State.OFFERED ||
				(own?.state === Offer_State.HOLDING && visitBegun(referral, nowMs))
			);
		default:
			return false;
	}
}

/** What waits for me, urgent, nearest deadline, then the latest change. */
export function byWeight(viewer: Viewer, nowMs: number): (a: Referral, b: Referral) => number {
	return (a, b) => {
		const waits = Number(waitsForMe(viewer, b, nowMs)) - Number(waitsForMe(viewer, a, nowMs));
		if (waits) return waits;
		if (a.urgent !== b.urgent) return a.urgent ? -1 : 1;
		if (!a.deadlineMs !== !b.deadlineMs) return a.deadlineMs ? -1 : 1;
		if (a.deadlineMs !== b.deadlineMs) return a.deadlineMs < b.deadlineMs ? -1 : 1;
		return a.position > b.position ? -1 : a.position < b.position ? 1 : 0;
	};
}

/** A deadline that is mine to keep, or tells me when I shall know; 0: another's, or none. */
export function deadlineFor(viewer: Viewer, referral: Referral): number {
	const own = ownOffer(viewer, referral);
	const others =
		own !== undefined &&
		own.state !== Offer_State.HOLDING &&
		referral.state !== Referral_State.OFFERED;
	if (referral.state === Referral_State.CONFIRMING || others || isOver(referral)) return 0;
	return Number(referral.deadlineMs);
}

export type Deed =
	| "accept"
	| "standBy"
	| "decline"
	| "withdraw"
	| "leaveStandby"
	| "confirm"
	| "pass"
	| "cancel"
	| "report"
	| "close";

/** What may be done with it now. */
export function deedsOf(me: Me, referral: Referral, nowMs: number): Deed[] {
	const viewer = viewerOf(me);
	const own = ownOffer(viewer, referral);
	const { state } = referral;
	const deeds: Deed[] = [];
	if (own && mayAnswer(me)) {
		const taken = state === Referral_State.ACCEPTED || state === Referral_State.CONFIRMING;
		if (own.state === Offer_State.OFFERED) {
			if (state !== Referral_State.CONFIRMED) deeds.push(taken ? "standBy" : "accept");
			deeds.push("decline");
		} else if (own.state === Offer_State.HOLDING) {
			if (visitBegun(referral, nowMs)) deeds.push("report");
			if (!isOver(referral)) deeds.push("withdraw");
		} else if (own.state === Offer_State.STANDING_BY) {
			deeds.push("leaveStandby");
		}
	} else if (roleOf(viewer, referral) === "asker" && mayRead(me)) {
		if (state === Referral_State.ACCEPTED) deeds.push("confirm", "pass");
		if (!isOver(referral)) deeds.push("cancel");
	}
	if (viewer.centre && referral.withCentre) deeds.push("close");
	return deeds;
}

// ---- words -------------------------------------------------------------------------------------

/** Keys of requests.json with what goes into them: the sentence why an organisation was asked. */
export type ScorePart =
	| { key: "nothingSaid" | "sameArea" | "otherArea" | "roomUnknown" }
	| { key: "takenLately"; n: number }
	| { ability: Ability }
	| { level: CapacityLevel };

export function scoreParts(score: Score): ScorePart[] {
	const silent = score.ability === Ability.NOT_KNOWN && score.level === CapacityLevel.UNKNOWN;
	const parts: ScorePart[] = [{ key: score.sameArea ? "sameArea" : "otherArea" }];
	if (silent) {
		parts.push({ key: "nothingSaid" });
	} else {
		if (score.level === CapacityLevel.UNKNOWN) parts.push({ key: "roomUnknown" });
		else parts.push({ level: score.level });
		parts.push({ ability: score.ability });
	}
	parts.push({ key: "takenLately", n: score.taken });
	return parts;
}

export type AgeBand =
	{ key: "ageUnderTen" | "ageNinety" } | { key: "ageBand"; from: number; to: number };

/** Never more than is disclosed. */
export function ageBand(referral: Referral): AgeBand | undefined {
	if (!referral.ageTo) return undefined;
	if (!referral.ageFrom) return { key: "ageUnderTen" };
	if (referral.ageFrom >= 90) return { key: "ageNinety" };
	return { key: "ageBand", from: referral.ageFrom, to: referral.ageTo };
}

export type TimeLeft =
	| { key: "leftMinutes"; m: number }
	| { key: "leftHours"; h: number; m: number }
	| { key: "leftFullHours"; h: number }
	| { key: "leftDays"; d: number }
	| { key: "leftOver" };

export function timeLeft(deadlineMs: number, nowMs: number): TimeLeft {
	const minutes = Math.ceil((deadlineMs - nowMs) / 60_000);
	if (minutes <= 0) return { key: "leftOver" };
	if (minutes < 60) return { key: "leftMinutes", m: minutes };
	if (minutes < 48 * 60 && minutes % 60 === 0) return { key: "leftFullHours", h: minutes / 60 };
	if (minutes < 48 * 60) return { key: "leftHours", h: Math.floor(minutes / 60), m: minutes % 60 };
	return { key: "leftDays", d: Math.floor(minutes / (24 * 60)) };
}

/** How long the first wave has (services/referral/match.h), in minutes. */
export function firstWaveMinutes(kind: ReferralKind, urgent: boolean): number {
	switch (kind) {
		case ReferralKind.HOME_DOCTOR:
			return urgent ? 120 : 24 * 60;
		case ReferralKind.BACKUP_BED:
			return urgent ? 15 : 60;
		default:
			return urgent ? 30 : 120;
	}
}

// ---- lists -------------------------------------------------------------------------------------

/**
 * What is pushed names no patient (reading that is journalled): whom we know already stays known as
 * long as the request is ours.
 */
export function mergeReferrals(
	have: ReferralList | undefined,
	came: ReferralList,
	first: boolean,
): ReferralList {
	if (!have || first) return came;
	const byId = new Map(have.items.map((item) => [item.id, item]));
	for (const item of came.items) {
		const old = byId.get(item.id);
		if (old && old.position > item.position) continue;
		const mine = item.asker !== "" && old !== undefined && !item.patient && old.patient !== "";
		byId.set(item.id, mine ? { ...item, patient: old.patient } : item);
	}
	return { ...have, items: [...byId.values()] };
}
