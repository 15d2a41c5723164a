// The sound of a notification: tones made by the browser, no file. Browsers are silent until the page
// was touched once; then `soundState` is "blocked", and a screen may say so.

import type { Tone } from "./ringing";

export type SoundState = "on" | "off" | "blocked";

const KEY = "sound"; // "off": this device is silent. No secret, and no patient's
const listeners = new Set<() => void>();
let context: AudioContext | undefined;
/** The browser lets this page be heard. The context itself rests between tones: it would use the battery. */
let allowed = false;
let resting: ReturnType<typeof setTimeout> | undefined;
const REST_AFTER_MS = 4000; // longer than any tone

/** Frequency (Hz), begin and length (s), loudness of each tone. */
const TONES: Record<Tone, { wave: OscillatorType; notes: [number, number, number, number][] }> = {
	quiet: {
		wave: "sine",
		notes: [
			[659, 0, 0.18, 0.14],
			[880, 0.16, 0.3, 0.14],
		],
	},
	urgent: { wave: "triangle", notes: alarm(0.4) },
	louder: { wave: "square", notes: [...alarm(0.45), ...alarm(0.45, 0.9)] },
};

/** Three and two, as the alarms of bedside monitors have it (IEC 60601-1-8, high priority). */
function alarm(loudness: number, from = 0): [number, number, number, number][] {
	const steps: [number, number][] = [
		[784, 0],
		[932, 0.16],
		[1175, 0.32],
		[784, 0.56],
		[1175, 0.72],
	];
	return steps.map(([hertz, at]) => [hertz, from + at, 0.15, loudness]);
}

function wished(): boolean {
	try {
		return localStorage.getItem(KEY) !== "off";
	} catch {
		return true;
	}
}

export function soundState(): SoundState {
	if (!wished()) return "off";
	return allowed ? "on" : "blocked";
}

export function setSound(on: boolean): void {
	localStorage.setItem(KEY, on ? "on" : "off");
	if (on) unblock();
	tell();
}

export function onSoundChange(listener: () => void): () => void {
	listeners.add(listener);
	return () => listeners.delete(listener);
}

function tell(): void {
	for (const listener of [...listeners]) listener();
}

function open(): AudioContext | undefined {
	if (!context && typeof AudioContext !== "undefined") {
		context = new AudioContext();
		context.addEventListener("statechange", () => {
			if (context?.state === "running") allowed = true;
			tell();
		});
	}
	return context;
}

/** Once it runs, it rests. Before the first touch the promise of `resume` waits, and nothing is allowed. */
function wake(one: AudioContext): void {
	one.resume().catch(() => {
		allowed = false;
		tell();
	});
	clearTimeout(resting);
	resting = setTimeout(() => allowed && void one.suspend(), REST_AFTER_MS);
}

function unblock(): void {
	if (!wished() || allowed) return;
	const one = open();
	if (one) wake(one);
}

/** Waits for the first touch. Called once, when somebody is signed in. */
export function awaitTouch(): void {
	if (awaiting) return;
	awaiting = true;
	// Whoever has just signed in has touched the page already.
	unblock();
	for (const event of ["pointerdown", "keydown"])
		window.addEventListener(event, unblock, { capture: true, passive: true });
}
let awaiting = false;

/** False: nothing is heard. */
export function play(tone: Tone): boolean {
	const one = open();
	if (!wished() || !one || !allowed) return false;
	wake(one);
	const { wave, notes } = TONES[tone];
	for (const [hertz, at, length, loudness] of notes) {
		const begin = one.currentTime + at;
		const tone = one.createOscillator();
		const gain = one.createGain();
		tone.type = wave;
		tone.frequency.value = hertz;
		gain.gain.setValueAtTime(0, begin);
		gain.gain.linearRampToValueAtTime(loudness, begin + 0.015);
		gain.gain.exponentialRampToValueAtTime(0.001, begin + length);
		tone.connect(gain).connect(one.destination);
		tone.start(begin);
		tone.stop(begin + length);
	}
	return true;
}
