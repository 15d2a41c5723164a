// A patient's own limits: a slip here and nobody is called, or everybody every day.

import { describe, expect, it } from "vitest";
import {
	limitFault,
	limitsTyped,
	thresholdsOf,
	type LimitName,
} from "../../src/screens/patient/limits";

const fault = (name: LimitName, text: string, more = {}) =>
	limitFault(name, { ...more, [name]: text })?.why;

describe("limits", () => {
	it.each([
		["systolicMinMmhg", "29", "range"],
		["systolicMinMmhg", "30", undefined],
		["systolicMaxMmhg", "300", undefined],
		["systolicMaxMmhg", "301", "range"],
		["pulseMinBpm", "19", "range"],
		["pulseMaxBpm", "120.5", "whole"],
		["temperatureMaxCelsius", "38.5", undefined],
		["temperatureMaxCelsius", "385", undefined],
		["temperatureMinCelsius", "24.9", "range"],
		["spo2MinPercent", "88", undefined],
		["spo2MinPercent", "８８", undefined],
		["spo2MinPercent", "101", "range"],
		["spo2MinPercent", "88%", "number"],
		["respiratoryRateMax", "", undefined],
	] as [LimitName, string, string | undefined][])("%s %s", (name, text, why) =>
		expect(fault(name, text)).toBe(why),
	);

	it("has the lower one below the upper one", () => {
		expect(fault("pulseMaxBpm", "60", { pulseMinBpm: "60" })).toBe("order");
		expect(fault("pulseMaxBpm", "61", { pulseMinBpm: "60" })).toBeUndefined();
		expect(fault("pulseMinBpm", "60", { pulseMaxBpm: "50" })).toBeUndefined(); // said once
	});

	it("says again what was stored, and leaves the others to the general limits", () => {
		const typed = { spo2MinPercent: "88", temperatureMaxCelsius: "385" };
		const sent = thresholdsOf(typed);
		expect(sent).toMatchObject({
			spo2MinPercent: 88,
			temperatureMaxCelsius: 38.5,
			pulseMinBpm: 0,
		});
		expect(Object.keys(sent)).toHaveLength(9);
		expect(limitsTyped(sent as never)).toEqual({
			spo2MinPercent: "88",
			temperatureMaxCelsius: "38.5",
		});
	});
});
