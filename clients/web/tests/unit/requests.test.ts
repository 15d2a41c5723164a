// What a request is to me: its stage, what may be done with it, why I was asked, how long there is.

import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { CapacityLevel, Need } from "../../src/gen/board_pb";
import { MeSchema, OrganisationKind, Profession } from "../../src/gen/network_pb";
import {
	Ability,
	Offer_State,
	Referral_State,
	ReferralKind,
	ReferralListSchema,
	ReferralSchema,
	ScoreSchema,
} from "../../src/gen/referral_pb";
import { askOf, emptyForm } from "../../src/screens/requests/form";
import {
	ageBand,
	byWeight,
	deedsOf,
	mayAsk,
	mergeReferrals,
	scoreParts,
	stageOf,
	timeLeft,
	waitsForMe,
} from "../../src/screens/requests/look";

const NOW = Date.parse("2026-11-22T10:00:00+09:00");
const HOUR = 3600_000;

const nurse = (organisation: string) =>
	create(MeSchema, {
		person: { profession: Profession.NURSE },
		organisation: { id: organisation, kind: OrganisationKind.NURSE_STATION },
	});

type More = Omit<MessageInitShape<typeof ReferralSchema>, "$typeName">;

/** A visit in three hours, asked by station01 of station02. */
const visit = (state: Referral_State, offer: Offer_State, more: More = {}) =>
	create(ReferralSchema, {
		id: "R",
		kind: ReferralKind.VISIT,
		state,
		fromMs: BigInt(NOW + 3 * HOUR),
		toMs: BigInt(NOW + 5 * HOUR),
		times: 1,
		everyDays: 7,
		asker: "station01",
		offers: [{ organisation: "station02", state: offer }],
		...more,
	});

const asker = { organisation: "station01", centre: false };
const asked = { organisation: "station02", centre: false };
const centre = { organisation: "centre", centre: true };
const { OFFERED, ACCEPTED, CONFIRMING, CONFIRMED, DONE, UNPLACED, CANCELLED, CLOSED } =
	Referral_State;

describe("stage", () => {
	it.each([
		[OFFERED, Offer_State.OFFERED, "answer", "asked"],
		[ACCEPTED, Offer_State.OFFERED, "answer", "confirm"],
		[ACCEPTED, Offer_State.HOLDING, "confirm", "confirm"],
		[ACCEPTED, Offer_State.STANDING_BY, "confirm", "confirm"],
		[CONFIRMING, Offer_State.HOLDING, "confirm", "confirm"],
		[CONFIRMED, Offer_State.HOLDING, "confirmed", "confirmed"],
		[CONFIRMED, Offer_State.RELEASED, "over", "confirmed"],
		[OFFERED, Offer_State.DECLINED, "over", "asked"],
		[ACCEPTED, Offer_State.WITHDRAWN, "over", "confirm"],
		[UNPLACED, Offer_State.OFFERED, "answer", "asked"],
		[DONE, Offer_State.HOLDING, "over", "over"],
		[CANCELLED, Offer_State.RELEASED, "over", "over"],
		[CLOSED, Offer_State.RELEASED, "over", "over"],
	] as const)("of state %i with my offer %i", (state, offer, ofAsked, ofAsker) => {
		expect(stageOf(asked, visit(state, offer))).toBe(ofAsked);
		expect(stageOf(asker, visit(state, offer))).toBe(ofAsker);
	});

	it("is over when a bed or a doctor is confirmed", () => {
		const bed = visit(CONFIRMED, Offer_State.HOLDING, { kind: ReferralKind.BACKUP_BED });
		expect(stageOf(asker, bed)).toBe("over");
		expect(stageOf(asked, bed)).toBe("over");
	});

	it("is the centre's as long as it stands on its list", () => {
		const one = visit(UNPLACED, Offer_State.OFFERED, { withCentre: true });
		expect(stageOf(centre, one)).toBe("centre");
		expect(waitsForMe(centre, one, NOW)).toBe(true);
		expect(stageOf(asker, one)).toBe("asked");
	});
});

describe("deeds", () => {
	it("are one tap for who is asked, and standing by where another was first", () => {
		expect(deedsOf(nurse("station02"), visit(OFFERED, Offer_State.OFFERED), NOW)).toEqual([
			"accept",
			"decline",
		]);
		expect(deedsOf(nurse("station02"), visit(ACCEPTED, Offer_State.OFFERED), NOW)).toEqual([
			"standBy",
			"decline",
		]);
	});

	it("are to report only when the visit has begun, each of a series in its turn", () => {
		const one = visit(CONFIRMED, Offer_State.HOLDING, { times: 2, everyDays: 7 });
		expect(deedsOf(nurse("station02"), one, NOW)).toEqual(["withdraw"]);
		expect(deedsOf(nurse("station02"), one, NOW + 3 * HOUR)).toEqual(["report", "withdraw"]);
		const second = { ...one, reports: 1 };
		expect(deedsOf(nurse("station02"), second, NOW + 3 * HOUR)).toEqual(["withdraw"]);
		expect(waitsForMe(asked, second, NOW + 3 * HOUR + 7 * 24 * HOUR)).toBe(true);
	});

	it("are the asker's to confirm, pass, cancel; nobody else's", () => {
		const one = visit(ACCEPTED, Offer_State.HOLDING);
		expect(deedsOf(nurse("station01"), one, NOW)).toEqual(["confirm", "pass", "cancel"]);
		expect(deedsOf(nurse("station03"), one, NOW)).toEqual([]);
		const helper = create(MeSchema, {
			person: { profession: Profession.HELPER },
			organisation: { id: "station01" },
		});
		expect(deedsOf(helper, one, NOW)).toEqual([]);
	});

	it("let each profession ask for what it may", () => {
		const me = (kind: OrganisationKind, profession: Profession) =>
			mayAsk(create(MeSchema, { person: { profession }, organisation: { kind } }));
		expect(me(OrganisationKind.NURSE_STATION, Profession.NURSE)).toEqual([ReferralKind.VISIT]);
		expect(me(OrganisationKind.CLINIC, Profession.DOCTOR)).toEqual([ReferralKind.BACKUP_BED]);
		expect(me(OrganisationKind.CLINIC, Profession.NURSE)).toEqual([]);
		expect(me(OrganisationKind.HOSPITAL, Profession.LIAISON)).toEqual([ReferralKind.HOME_DOCTOR]);
		expect(me(OrganisationKind.PHARMACY, Profession.PHARMACIST)).toEqual([]);
	});
});

it("orders what waits, what is urgent, what ends first", () => {
	const late = visit(OFFERED, Offer_State.OFFERED, { id: "late", deadlineMs: BigInt(NOW + 9) });
	const soon = visit(OFFERED, Offer_State.OFFERED, { id: "soon", deadlineMs: BigInt(NOW + 1) });
	const urgent = visit(OFFERED, Offer_State.OFFERED, { id: "urgent", urgent: true });
	const mine = visit(OFFERED, Offer_State.DECLINED, { id: "not mine", urgent: true });
	const order = [mine, late, soon, urgent].sort(byWeight(asked, NOW)).map((one) => one.id);
	expect(order).toEqual(["urgent", "soon", "late", "not mine"]);
});

describe("words", () => {
	it("say why I was asked", () => {
		const score = create(ScoreSchema, {
			ability: Ability.ABLE,
			sameArea: true,
			level: CapacityLevel.AVAILABLE,
			taken: 2,
		});
		expect(scoreParts(score)).toEqual([
			{ key: "sameArea" },
			{ level: CapacityLevel.AVAILABLE },
			{ ability: Ability.ABLE },
			{ key: "takenLately", n: 2 },
		]);
		const silent = { ...score, ability: Ability.NOT_KNOWN, level: CapacityLevel.UNKNOWN };
		expect(scoreParts(silent)[1]).toEqual({ key: "nothingSaid" });
		const roomless = { ...score, level: CapacityLevel.UNKNOWN };
		expect(scoreParts(roomless)[1]).toEqual({ key: "roomUnknown" });
	});

	it("never say more of an age than is disclosed", () => {
		const of = (ageFrom: number, ageTo: number) =>
			ageBand(create(ReferralSchema, { ageFrom, ageTo }));
		expect(of(0, 0)).toBeUndefined();
		expect(of(0, 9)).toEqual({ key: "ageUnderTen" });
		expect(of(80, 89)).toEqual({ key: "ageBand", from: 80, to: 89 });
		expect(of(90, 150)).toEqual({ key: "ageNinety" });
	});

	it("say how long there is", () => {
		expect(timeLeft(NOW, NOW)).toEqual({ key: "leftOver" });
		expect(timeLeft(NOW + 1, NOW)).toEqual({ key: "leftMinutes", m: 1 });
		expect(timeLeft(NOW + 59 * 60_000, NOW)).toEqual({ key: "leftMinutes", m: 59 });
		expect(timeLeft(NOW + 2 * HOUR, NOW)).toEqual({ key: "leftFullHours", h: 2 });
		expect(timeLeft(NOW + 80 * 60_000, NOW)).toEqual({ key: "leftHours", h: 1, m: 20 });
		expect(timeLeft(NOW + 72 * HOUR, NOW)).toEqual({ key: "leftDays", d: 3 });
	});
});

it("keeps the patient whom a push does not name, and forgets whom we let go", () => {
	const list = (one: More) =>
		create(ReferralListSchema, { items: [visit(OFFERED, Offer_State.OFFERED, one)] });
	const have = list({ patient: "P", position: 1n });
	const came = list({ position: 2n, state: ACCEPTED });
	const merged = mergeReferrals(have, came, false).items[0];
	expect(merged).toMatchObject({ patient: "P", state: ACCEPTED });
	expect(mergeReferrals(have, list({ position: 2n, asker: "" }), false).items[0]?.patient).toBe("");
	expect(mergeReferrals(came, have, false).items[0]?.state).toBe(ACCEPTED);
});

describe("the form", () => {
	it("begins with the afternoon that leaves time to ask around", () => {
		expect(emptyForm(ReferralKind.VISIT, "", NOW).date).toBe("2026-11-23");
		const early = Date.parse("2026-11-22T07:00:00+09:00");
		expect(emptyForm(ReferralKind.VISIT, "", early).date).toBe("2026-11-22");
	});

	it("asks for a window of a visit, over midnight too, and a wish until the day's end", () => {
		const form = {
			...emptyForm(ReferralKind.VISIT, "P", NOW),
			date: "2026-11-24",
			from: "22:00",
			to: "01:30",
			needs: [Need.OXYGEN],
		};
		expect(askOf(form)).toMatchObject({
			fromMs: BigInt(Date.parse("2026-11-24T22:00:00+09:00")),
			toMs: BigInt(Date.parse("2026-11-25T01:30:00+09:00")),
			times: 1,
			everyDays: 0,
		});
		const bed = { ...form, kind: ReferralKind.BACKUP_BED, wished: "2026-11-24" };
		const ask = askOf(bed);
		expect(ask.wishedMs).toBe(BigInt(Date.parse("2026-11-25T00:00:00+09:00")));
		expect(ask.fromMs).toBeUndefined();
	});
});
