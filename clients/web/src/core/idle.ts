// How long nobody has touched any tab of this browser, by the wall clock: a device that slept has
// been idle all the while.

import type { Tabs } from "./tabs";

const SIGNS = ["pointerdown", "keydown", "wheel", "touchstart", "input"] as const;
const TELL_MS = 10_000;
const LOOK_MS = 1000;

export class Idle {
	private lastMs = Date.now();
	private toldMs = 0;

	constructor(
		private readonly tabs: Tabs,
		/** Called every second, and at once when the page is seen again. */
		private readonly look: () => void,
	) {}

	start(lastMs: number): void {
		this.lastMs = lastMs;
		for (const sign of SIGNS)
			addEventListener(sign, () => this.touch(), { passive: true, capture: true });
		this.tabs.on((message) => {
			if (message.kind === "touched") this.lastMs = Math.max(this.lastMs, message.ms);
		});
		document.addEventListener("visibilitychange", this.look);
		addEventListener("pageshow", this.look);
		setInterval(this.look, LOOK_MS);
	}

	touch(): void {
		// What was idle too long locks before the touch counts.
		this.look();
		this.lastMs = Date.now();
		if (this.lastMs - this.toldMs < TELL_MS) return;
		this.toldMs = this.lastMs;
		this.tabs.tell({ kind: "touched", ms: this.lastMs });
	}

	get sinceMs(): number {
		return this.lastMs;
	}
}
