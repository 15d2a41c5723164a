import { PIN_DIGITS } from "../../core/vault";

/** What is wrong with a PIN that somebody chooses; undefined: nothing. */
export function pinFault(pin: string): "pinShort" | "pinSimple" | undefined {
	if (!/^\d+$/.test(pin) || pin.length < PIN_DIGITS) return "pinShort";
	const steps = new Set(Array.from(pin.slice(1), (digit, i) => Number(digit) - Number(pin[i])));
	const [step] = steps;
	if (steps.size === 1 && [0, 1, -1].includes(step!)) return "pinSimple";
	return undefined;
}
