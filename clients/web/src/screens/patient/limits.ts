// A patient's own limits as they are typed; as services/record/vitals.c has it (thresholds_check). Pure.

import { limitsOf, numberOf, RANGES, SIGNS, type Limits, type Sign } from "./vitals";

export type LimitName = keyof Limits;
export type LimitsTyped = Partial<Record<LimitName, string>>;

const NAMES: Partial<Record<Sign, { low?: LimitName; high?: LimitName }>> = {
	systolic: { low: "systolicMinMmhg", high: "systolicMaxMmhg" },
	pulse: { low: "pulseMinBpm", high: "pulseMaxBpm" },
	temperature: { low: "temperatureMinCelsius", high: "temperatureMaxCelsius" },
	spo2: { low: "spo2MinPercent" },
	breaths: { low: "respiratoryRateMin", high: "respiratoryRateMax" },
};

/** The signs that have limits, and which; `general`: those that hold where there is none of one's own. */
export const LIMITS = SIGNS.flatMap((sign) => {
	const names = NAMES[sign];
	return names ? [{ sign, ...names, general: limitsOf(sign, undefined) }] : [];
});

const signOf = (name: LimitName) => LIMITS.find(({ low, high }) => name === low || name === high)!;

export function limitsTyped(limits: Limits | undefined): LimitsTyped {
	const typed: LimitsTyped = {};
	for (const { low, high, sign } of LIMITS)
		for (const name of [low, high])
			if (name && limits?.[name]) typed[name] = limits[name].toFixed(RANGES[sign].decimals);
	return typed;
}

const valueOf = (name: LimitName, typed: LimitsTyped): number | undefined =>
	numberOf(signOf(name).sign, typed[name] ?? "");

export type LimitFault =
	{ why: "number" | "whole" | "order" } | { why: "range"; least: number; most: number };

/** What is wrong with one of them; undefined: nothing. */
export function limitFault(name: LimitName, typed: LimitsTyped): LimitFault | undefined {
	const { sign, low, high } = signOf(name);
	const { least, most, decimals } = RANGES[sign];
	const value = valueOf(name, typed);
	if (value === undefined) return undefined;
	if (Number.isNaN(value)) return { why: "number" };
	if (!decimals && !Number.isInteger(value)) return { why: "whole" };
	if (value < least || value > most) return { why: "range", least, most };
	const below = name === high && low ? valueOf(low, typed) : undefined;
	return below !== undefined && value <= below ? { why: "order" } : undefined;
}

/** For the service; what is empty is 0: the general limit holds. */
export function thresholdsOf(typed: LimitsTyped): Partial<Limits> {
	const limits: Partial<Limits> = {};
	for (const { low, high } of LIMITS)
		for (const name of [low, high]) if (name) limits[name] = valueOf(name, typed) ?? 0;
	return limits;
}
