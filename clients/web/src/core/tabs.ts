// What the tabs of one browser tell each other. Nothing of it leaves the browser.

/** Why somebody is signed out who did not ask for it. */
export type Why = "expired" | "ended" | "destroyed" | "idle" | "reopened" | "lost" | "thrownAway";

export type TabMessage =
	/** A new tab asks an open one for the secret of the session. */
	| { kind: "ask" }
	| { kind: "secret"; secret: string }
	| { kind: "lock" }
	| { kind: "signedOut"; why: Why | undefined }
	/** Somebody signed in, or there is a new token. */
	| { kind: "signedIn" }
	| { kind: "outbox" }
	| { kind: "touched"; ms: number };

/** The lock that every tab holds which answers: a slow one, or one that the browser froze, is seen by it. */
const ANSWERS = "tsunagi-answers";
const ANSWER_MS = 400;
const ANSWER_MOST_MS = 10_000;

export class Tabs {
	private release: (() => void) | undefined;
	private readonly channel: BroadcastChannel | undefined;
	private readonly listeners = new Set<(message: TabMessage) => void>();

	constructor(name = "tsunagi") {
		if (typeof BroadcastChannel === "undefined") return;
		this.channel = new BroadcastChannel(name);
		this.channel.onmessage = (event: MessageEvent<TabMessage>) => {
			for (const listener of [...this.listeners]) listener(event.data);
		};
	}

	tell(message: TabMessage): void {
		this.channel?.postMessage(message);
	}

	on(listener: (message: TabMessage) => void): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	/** This tab has the secret of the session, and answers who asks for it. */
	answers(yes: boolean): void {
		if (yes === (this.release !== undefined)) return;
		this.release?.();
		this.release = undefined;
		if (!yes) return;
		const held = new Promise<void>((done) => (this.release = done));
		globalThis.navigator?.locks
			?.request(ANSWERS, { mode: "shared" }, () => held)
			.catch((error: unknown) => console.warn("no lock", error));
	}

	/** There is a tab that has the secret, even if it does not answer just now. */
	async answered(): Promise<boolean> {
		// Refused where a browser lets the page store nothing: nor has another tab anything then.
		const locks = await globalThis.navigator?.locks?.query().catch(() => undefined);
		return locks?.held?.some(({ name }) => name === ANSWERS) ?? false;
	}

	/** The secret of a tab that is open; undefined: there is none, or it does not answer. */
	askForSecret(): Promise<string | undefined> {
		return new Promise((resolve) => {
			const done = (secret: string | undefined) => {
				clearTimeout(timer);
				stop();
				resolve(secret);
			};
			const until = Date.now() + ANSWER_MOST_MS;
			const look = async () => {
				if (Date.now() < until && (await this.answered())) timer = setTimeout(look, ANSWER_MS);
				else done(undefined);
			};
			let timer = setTimeout(look, ANSWER_MS);
			const stop = this.on((message) => {
				if (message.kind === "secret") done(message.secret);
			});
			this.tell({ kind: "ask" });
		});
	}
}
