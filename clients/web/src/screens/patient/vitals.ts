// Vital signs: what can be true, what is doubtful, what is urgent. As services/record/vitals.c has it
// (the service decides; here it is said while typing). Pure.

import type { Thresholds, VitalSigns } from "../../gen/record_pb";

export const SIGNS = ["systolic", "diastolic", "pulse", "temperature", "spo2", "breaths"] as const;
export type Sign = (typeof SIGNS)[number];

type Message<T> = Omit<T, "$typeName" | "$unknown">;
export type Vitals = Message<VitalSigns>;
export type Limits = Message<Thresholds>;

export const UNITS: Record<Sign, string> = {
	systolic: "mmHg",
	diastolic: "mmHg",
	pulse: "bpm",
	temperature: "℃",
	spo2: "%",
	breaths: "/min",
};

interface Range {
	field: Exclude<keyof Vitals, "onOxygen">;
	/** No living patient is outside of these. */
	least: number;
	most: number;
	/** Outside of these it is asked once more. */
	lowDoubt: number;
	highDoubt: number;
	/** NEWS2 red scores; 0: none. */
	low: number;
	high: number;
	decimals: number;
}

export const RANGES: Record<Sign, Range> = {
	systolic: range("systolicMmhg", 30, 300, 70, 220, 91, 219),
	diastolic: range("diastolicMmhg", 10, 200, 35, 130, 0, 0),
	pulse: range("pulseBpm", 20, 300, 35, 160, 41, 130),
	temperature: { ...range("temperatureCelsius", 25, 45, 34, 40.5, 35.1, 0), decimals: 1 },
	spo2: range("spo2Percent", 30, 100, 80, 100, 92, 0),
	breaths: range("respiratoryRate", 2, 100, 6, 45, 9, 24),
};

function range(
	field: Range["field"],
	least: number,
	most: number,
	lowDoubt: number,
	highDoubt: number,
	low: number,
	high: number,
): Range {
	return { field, least, most, lowDoubt, highDoubt, low, high, decimals: 0 };
}

/** The patient's own limits where there are some, else the general ones; 0: none. */
export function limitsOf(sign: Sign, own: Limits | undefined): { low: number; high: number } {
	const { low, high } = RANGES[sign];
	const [ownLow, ownHigh] = {
		systolic: [own?.systolicMinMmhg, own?.systolicMaxMmhg],
		diastolic: [0, 0],
		pulse: [own?.pulseMinBpm, own?.pulseMaxBpm],
		temperature: [own?.temperatureMinCelsius, own?.temperatureMaxCelsius],
		spo2: [own?.spo2MinPercent, 0],
		breaths: [own?.respiratoryRateMin, own?.respiratoryRateMax],
	}[sign];
	return { low: ownLow || low, high: ownHigh || high };
}

const tenths = (value: number): number => Math.round(value * 10);

/** Outside the limits, and on which side. */
export function passed(
	sign: Sign,
	value: number,
	own: Limits | undefined,
): "low" | "high" | undefined {
	if (!value) return undefined;
	const { low, high } = limitsOf(sign, own);
	if (low && tenths(value) < tenths(low)) return "low";
	if (high && tenths(value) > tenths(high)) return "high";
	return undefined;
}

/** What is typed, as a number: 368 is 36.8 °C, full-width digits too. Undefined: nothing; NaN: no number. */
export function numberOf(sign: Sign, typed: string): number | undefined {
	const text = typed.normalize("NFKC").trim().replace(",", ".");
	if (!text) return undefined;
	if (!/^\d+(\.\d*)?$/.test(text)) return NaN;
	const value = Number(text);
	if (sign === "temperature" && !text.includes(".") && value >= 250 && value <= 450)
		return value / 10;
	return value;
}

export type Verdict =
	| { kind: "refused"; why: "number" | "range" | "pressure" | "whole" }
	| { kind: "doubt" }
	| { kind: "urgent"; side: "low" | "high" }
	| { kind: "fine" };

export type Typed = Partial<Record<Sign, string>>;

/** Each typed field's verdict. `own`: the patient's limits. */
export function judge(typed: Typed, own: Limits | undefined): Partial<Record<Sign, Verdict>> {
	const verdicts: Partial<Record<Sign, Verdict>> = {};
	const systolic = numberOf("systolic", typed.systolic ?? "");
	for (const sign of SIGNS) {
		const value = numberOf(sign, typed[sign] ?? "");
		if (value === undefined) continue;
		verdicts[sign] = judgeOne(sign, value, systolic, own);
	}
	return verdicts;
}

function judgeOne(
	sign: Sign,
	value: number,
	systolic: number | undefined,
	own: Limits | undefined,
): Verdict {
	const { least, most, lowDoubt, highDoubt, decimals } = RANGES[sign];
	if (Number.isNaN(value)) return { kind: "refused", why: "number" };
	if (decimals === 0 && !Number.isInteger(value)) return { kind: "refused", why: "whole" };
	if (value < least || value > most) return { kind: "refused", why: "range" };
	if (sign === "diastolic" && systolic && value >= systolic)
		return { kind: "refused", why: "pressure" };
	if (value < lowDoubt || value > highDoubt) return { kind: "doubt" };
	const side = passed(sign, value, own);
	return side ? { kind: "urgent", side } : { kind: "fine" };
}

/** Which of them make the entry urgent by themselves. */
export function urgentSigns(typed: Typed, own: Limits | undefined): Sign[] {
	return SIGNS.filter((sign) => passed(sign, numberOf(sign, typed[sign] ?? "") || 0, own));
}

export function vitalsOf(typed: Typed, onOxygen: boolean): Vitals {
	const number = (sign: Sign) => numberOf(sign, typed[sign] ?? "") ?? 0;
	return {
		systolicMmhg: number("systolic"),
		diastolicMmhg: number("diastolic"),
		pulseBpm: number("pulse"),
		temperatureCelsius: number("temperature"),
		spo2Percent: number("spo2"),
		respiratoryRate: number("breaths"),
		onOxygen,
	};
}

export function typedOf(vitals: Vitals): Typed {
	const typed: Typed = {};
	for (const sign of SIGNS) {
		const { field, decimals } = RANGES[sign];
		if (vitals[field]) typed[sign] = vitals[field].toFixed(decimals);
	}
	return typed;
}

/** Is the field full, so that the thumb may go on to the next? */
export function isFull(sign: Sign, typed: string): boolean {
	const text = typed.normalize("NFKC");
	if (sign === "temperature") return text.includes(".") ? /\.\d$/.test(text) : text.length >= 3;
	if (sign === "breaths") return text.length >= 2;
	if (sign === "spo2") return text.length >= (text.startsWith("1") ? 3 : 2);
	return text.length >= (/^[1-3]/.test(text) ? 3 : 2);
}
