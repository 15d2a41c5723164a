// What the tabs of one browser tell each other. Nothing of it leaves the browser.

/** Why somebody is signed out who did not ask for it. */
export type Why = "expired" | "ended" | "destroyed" | "idle" | "lost";

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

export class Tabs {
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

	/** The secret of a tab that is open; undefined: none answers in time. */
	askForSecret(patienceMs: number): Promise<string | undefined> {
		return new Promise((resolve) => {
			const done = (secret: string | undefined) => {
				clearTimeout(timer);
				stop();
				resolve(secret);
			};
			const timer = setTimeout(() => done(undefined), patienceMs);
			const stop = this.on((message) => {
				if (message.kind === "secret") done(message.secret);
			});
			this.tell({ kind: "ask" });
		});
	}
}
