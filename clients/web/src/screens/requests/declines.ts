// "We cannot take it" cannot be taken back once it is said (others are asked at once). So it is held
// here for some seconds, in which one tap undoes it; leaving the page,
// locking it or signing out says it.

import { DeclineReferralSchema, type DeclineReason } from "../../gen/referral_pb";
import { session } from "../../core/session";
import { newId } from "../../core/ids";

export const HELD_MS = 6000;

interface Held {
	timer: ReturnType<typeof setTimeout>;
	send(): Promise<void>;
	/** It is on its way. */
	said?: Promise<void>;
}

const held = new Map<string, Held>();
const listeners = new Set<() => void>();
let version = 0;

function changed(): void {
	version++;
	for (const listener of [...listeners]) listener();
}

export const declines = {
	onChange(listener: () => void): () => void {
		listeners.add(listener);
		return () => listeners.delete(listener);
	},
	version: () => version,
	/** It is about to be declined, or is being so. */
	has: (id: string) => held.has(id),

	/** Says it after HELD_MS. `failed`: the service refused it, or does not answer. */
	hold(id: string, reason: DeclineReason, failed: (error: unknown) => void): void {
		this.undo(id);
		const request = newId();
		const send = () => {
			const one = held.get(id);
			if (!one) return Promise.resolve();
			clearTimeout(one.timer);
			one.said ??= session.client
				.ask("referral", DeclineReferralSchema, { id, reason }, undefined, { id: request })
				.then(() => undefined, failed)
				.finally(() => {
					held.delete(id);
					changed();
				});
			return one.said;
		};
		held.set(id, { send, timer: setTimeout(() => void send(), HELD_MS) });
		changed();
	},

	/** False: too late, it is said already. */
	undo(id: string): boolean {
		const one = held.get(id);
		if (!one || one.said) return false;
		clearTimeout(one.timer);
		held.delete(id);
		changed();
		return true;
	},

	/** Resolves when all are said, or cannot be. */
	async sayAll(): Promise<void> {
		await Promise.all([...held.values()].map((one) => one.send()));
	},
};

session.onLastWord(() => declines.sayAll());
addEventListener("pagehide", () => void declines.sayAll());
addEventListener("visibilitychange", () => {
	if (document.visibilityState === "hidden") void declines.sayAll();
});
