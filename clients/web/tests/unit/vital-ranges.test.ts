// What would be broken: a slip of the thumb that is stored, or a red value that is not said to be urgent.

import { describe, expect, test } from "vitest";
import {
	isFull,
	judge,
	limitsOf,
	numberOf,
	typedOf,
	urgentSigns,
	vitalsOf,
} from "../../src/screens/patient/vitals";

const none = {
	systolicMinMmhg: 0,
	systolicMaxMmhg: 0,
	pulseMinBpm: 0,
	pulseMaxBpm: 0,
	temperatureMinCelsius: 0,
	temperatureMaxCelsius: 0,
	spo2MinPercent: 0,
	respiratoryRateMin: 0,
	respiratoryRateMax: 0,
};

describe("what is typed", () => {
	test.each([
		["temperature", "368", 36.8],
		["temperature", "36.8", 36.8],
		["temperature", "３６．８", 36.8],
		["pulse", " 72 ", 72],
		["pulse", "", undefined],
		["pulse", "7x", NaN],
		["spo2", "-96", NaN],
	] as const)("%s %s", (sign, typed, value) => expect(numberOf(sign, typed)).toEqual(value));

	test.each([
		["systolic", "12", false],
		["systolic", "124", true],
		["systolic", "88", true],
		["spo2", "10", false],
		["spo2", "100", true],
		["spo2", "97", true],
		["temperature", "36", false],
		["temperature", "365", true],
		["temperature", "36.", false],
		["temperature", "36.5", true],
		["breaths", "1", false],
	] as const)("the next field after %s %s: %s", (sign, typed, full) =>
		expect(isFull(sign, typed)).toBe(full),
	);

	test("goes there and back", () => {
		const typed = { systolic: "124", diastolic: "76", temperature: "36.8", spo2: "97" };
		expect(typedOf(vitalsOf(typed, true))).toEqual(typed);
	});
});

describe("what can be true, as services/record/vitals.c has it", () => {
	test.each([
		["systolic", "29", "refused"],
		["systolic", "30", "doubt"],
		["systolic", "300", "doubt"],
		["systolic", "301", "refused"],
		["temperature", "24.9", "refused"],
		["temperature", "45", "doubt"],
		["temperature", "385", "fine"],
		["spo2", "101", "refused"],
		["spo2", "9", "refused"],
		["breaths", "1", "refused"],
		["breaths", "101", "refused"],
		["pulse", "72.5", "refused"],
		["pulse", "72", "fine"],
	] as const)("%s %s: %s", (sign, typed, kind) =>
		expect(judge({ [sign]: typed }, undefined)[sign]?.kind).toBe(kind),
	);

	test("the lower pressure is lower", () => {
		expect(judge({ systolic: "80", diastolic: "80" }, none).diastolic?.kind).toBe("refused");
		expect(judge({ systolic: "120", diastolic: "80" }, none).diastolic?.kind).toBe("fine");
	});
});

describe("what is urgent", () => {
	test.each([
		["systolic", "90", true],
		["systolic", "91", false],
		["systolic", "219", false],
		["systolic", "220", true],
		["pulse", "40", true],
		["pulse", "130", false],
		["pulse", "131", true],
		["temperature", "35.0", true],
		["temperature", "35.1", false],
		["temperature", "40", false],
		["spo2", "91", true],
		["spo2", "92", false],
		["breaths", "8", true],
		["breaths", "24", false],
		["breaths", "25", true],
	] as const)("in general %s %s: %s", (sign, typed, urgent) =>
		expect(urgentSigns({ [sign]: typed }, none).length === 1).toBe(urgent),
	);

	test("the patient's own limits go before the general ones", () => {
		const own = { ...none, spo2MinPercent: 88, temperatureMaxCelsius: 38 };
		expect(urgentSigns({ spo2: "90", temperature: "38.1", pulse: "140" }, own)).toEqual([
			"pulse",
			"temperature",
		]);
		expect(limitsOf("spo2", own)).toEqual({ low: 88, high: 0 });
		expect(limitsOf("temperature", own)).toEqual({ low: 35.1, high: 38 });
	});
});
