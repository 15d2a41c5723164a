// Who is signed in on this device, and the one client of the page.
//
//	starting ──▶ signedOut ──sign in──▶ open ──idle──▶ locked ──PIN──▶ open
//	    │                                 ▲              ▲
//	    ├── reload (secret of the tab) ───┘              │
//	    ├── killed, or without network ──────────────────┘
//	    └── unreadable (the browser does not open what it keeps): tried again, never written over
//
// A shared device has no PIN. Idle, or opened anew by anything but a reload, it is wiped, unless there is
// something on it that no service has: that waits, sealed, for the password of who wrote it.
//
// open with `over`: the token's end has passed. The page shows what it knows and takes entries; they
// wait until the same user signs in again.

import { fromBinary, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import {
	type Me,
	MeSchema,
	type PasskeyAssertionSchema,
	SignOutSchema,
	WhoAmISchema,
	type SignedIn,
} from "../gen/network_pb";
import { pack, unpack } from "./bytes";
import { Client } from "./client";
import { database, getSealed, putSealed, tabs, vault } from "./device";
import { drafts } from "./drafts";
import { NoAnswer, Refused } from "./errors";
import { Idle } from "./idle";
import { randomHex } from "./ids";
import { kept } from "./kept";
import { outbox } from "./outbox";
import { countUnsent, SealedOutbox } from "./sealed";
import { loadSettings } from "./settings";
import { SignInConnection } from "./signin";
import { turn } from "./spare";
import { dropKey, LOST } from "./store";
import type { Owner } from "./vault";
import type { Why } from "./tabs";
import { WrongPin } from "./vault";

export type SessionState =
	/** What this device keeps is being looked at. */
	| { kind: "starting" }
	/** There may be something, and the browser does not give it. */
	| { kind: "unreadable" }
	| { kind: "signedOut"; why?: Why }
	/** Idle, or the page was opened anew: the PIN opens it. */
	| { kind: "locked"; user: string }
	| {
			kind: "open";
			user: string;
			device: string;
			me: Me;
			untilMs: number;
			shared: boolean;
			/** The token's end has passed: what is written waits for a sign-in. */
			over: boolean;
	  };

/** What the first step of signing in left to do. */
export interface SecondStep {
	totp: boolean;
	passkey: boolean;
	changePassword: boolean;
	setUpTotp: boolean;
	/** Signed in, and one thing is left: a PIN for this device, or the one that it has. */
	pin?: "choose" | "ask";
}

export interface SecondFactor {
	totp?: string;
	newPassword?: string;
	newTotpSecret?: Uint8Array;
	passkey?: MessageInitShape<typeof PasskeyAssertionSchema>;
}

interface Token {
	token: string;
	untilMs: number;
	user: string;
	device: string;
}

const SECRET = "secret";
/** That of a shared device, which nothing else opens: it stays until the tab is closed or signs out. */
const SHARED = "shared";
const TOUCHED = "touched";
const ME_AGAIN_MS = 300_000;
const EARLY_MS = 60_000; // a token that is refused so shortly before its end is over
const LAST_WORD_MS = 3000;
const CLOSE_MS = 1000;

const noStep: SecondStep = { totp: false, passkey: false, changePassword: false, setUpTotp: false };

class Session {
	readonly client = new Client();
	private current: SessionState = { kind: "starting" };
	private readonly listeners = new Set<() => void>();
	private connection: SignInConnection | undefined;
	private ticket: SignedIn | undefined;
	private signingIn = { user: "", device: "", shared: false };
	/** Signed in, but not on this device yet: a PIN is to be chosen or given. */
	private entering: { token: Token; me: Me } | undefined;
	private secret: string | undefined;
	/** What the tab brought with it, until what is kept here is open. */
	private carried: ReturnType<Session["takeSecret"]>;
	private shared = false;
	private token: Token | undefined;
	private idleMs = 600_000;
	private meAtMs = 0;
	private readonly lastWords = new Set<() => Promise<unknown>>();
	private readonly idle = new Idle(tabs, () => this.look());

	constructor() {
		this.client.onStateChange(() => {
			if (this.client.state === "up") {
				void outbox.run();
				void this.refreshMe();
			}
			if (this.client.state === "refused") void this.refused();
		});
		outbox.ready = () => this.client.state === "up";
		outbox.tell = () => tabs.tell({ kind: "outbox" });
		outbox.sender = async (item) => {
			if (this.client.state !== "up") throw new NoAnswer(item.service);
			const service = item.patient
				? this.client.instanceFor(item.service, item.patient)
				: item.service;
			const { requestId: id, type, body } = item;
			return (await this.client.askPacked(service, type, body, undefined, { id })).id;
		};
		outbox.fileSender = async (item, file, progress) => {
			const { sendFiles } = await import("./upload");
			const service = this.client.instanceFor(item.service, item.patient);
			return sendFiles(this.client, service, item, file, progress);
		};
	}

	get state(): SessionState {
		return this.current;
	}

	onChange(listener: () => void): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	/** Once, when the page begins: opens what this device keeps, as far as that goes without a PIN. */
	async start(): Promise<void> {
		void loadSettings().then(({ idleSeconds }) => (this.idleMs = idleSeconds * 1000));
		this.listen();
		this.carried = this.takeSecret();
		this.idle.start(this.carried?.fresh ? this.carried.touchedMs : Date.now());
		await this.startOver();
	}

	/** Once more, where it could not be opened. */
	async startOver(): Promise<void> {
		this.set({ kind: "starting" });
		try {
			await this.begin();
			this.carried = undefined;
		} catch (error) {
			console.warn("what is kept on this device cannot be opened", error);
			this.cease();
			this.secret = undefined;
			await vault.lock(false);
			this.set({ kind: "unreadable" });
		}
	}

	/** What is held back for a moment: said before this page's connection ends. */
	onLastWord(say: () => Promise<unknown>): void {
		this.lastWords.add(say);
	}

	/** Whose entries are kept on this device, and how many no service has. For questions before they go. */
	async keeps(): Promise<(Owner & { unsent: number }) | undefined> {
		const owner = await vault.owner();
		return owner && { ...owner, unsent: await countUnsent(await database()) };
	}

	/**
	 * First step. Undefined: signed in. Else what is asked for in the second step. What somebody else
	 * kept on this device is gone when it succeeds: ask before (keeps).
	 * @throws Refused, NoAnswer
	 */
	async signIn(user: string, password: string, shared = false): Promise<SecondStep | undefined> {
		this.turnBack();
		this.connection = new SignInConnection();
		const owner = await vault.owner();
		const device = owner?.user === user ? owner.device : `web-${randomHex(4)}`;
		this.signingIn = { user, device, shared };
		return this.step(await this.connection.ask({ user, password, device }));
	}

	/** Second step. @throws Refused, NoAnswer */
	async second(factor: SecondFactor): Promise<SecondStep | undefined> {
		if (!this.connection || !this.ticket) throw new NoAnswer("directory");
		return this.step(await this.connection.ask({ ...factor, ticket: this.ticket.ticket }));
	}

	/** Second step by passkey. @throws Refused, NoAnswer, DOMException where the person stopped it */
	async secondByPasskey(): Promise<SecondStep | undefined> {
		const { challenge, passkeys } = this.ticket ?? {};
		if (!challenge || !passkeys) throw new NoAnswer("directory");
		const { signWithPasskey } = await import("./passkey");
		return this.second({ passkey: await signWithPasskey(challenge, passkeys) });
	}

	/** After signing in: the PIN of this device from now on. What was kept before is gone. */
	async choosePin(pin: string): Promise<void> {
		const entering = this.entering;
		if (!entering) throw new NoAnswer("directory");
		this.secret = await vault.create(entering.token, pin);
		await this.enter(entering.token, entering.me);
		// So that the browser does not throw away what is not sent yet.
		void navigator.storage?.persist?.();
	}

	/** Opens with the PIN, signed in anew or not. @throws WrongPin, TooSoon */
	async openByPin(pin: string): Promise<void> {
		try {
			this.secret = await vault.openByPin(pin);
		} catch (error) {
			if (error instanceof WrongPin && error.left === 0) await this.gone("destroyed", true);
			throw error;
		}
		const { entering } = this;
		if (entering && entering.token.user === (await vault.owner())?.user) {
			await this.enter(entering.token, entering.me);
		} else {
			this.turnBack();
			await this.resume();
		}
		tabs.tell({ kind: "signedIn" });
	}

	/** Out of the middle of signing in: who was about to enter is nobody here. */
	startAgain(): void {
		this.turnBack();
		if (this.current.kind === "signedOut") this.set({ ...this.current });
	}

	/** The PIN is forgotten: a new one is chosen, and what was kept under the old one goes. */
	forgetPin(): SecondStep {
		return { ...noStep, pin: "choose" };
	}

	/** @throws WrongPin, TooSoon */
	async changePin(present: string, next: string): Promise<void> {
		try {
			await vault.changePin(present, next);
		} catch (error) {
			if (error instanceof WrongPin && error.left === 0) await this.gone("destroyed", true);
			throw error;
		}
	}

	/** To the sign-in page without losing anything: the same user goes on after it. */
	async signInAgain(): Promise<void> {
		await this.close();
		this.set({ kind: "signedOut", why: "expired" });
	}

	/** From the locked screen to the sign-in page. */
	toSignIn(): void {
		this.set({ kind: "signedOut" });
	}

	/** And back. */
	toLock(): void {
		this.turnBack();
		void vault.owner().then((owner) => {
			if (owner?.pin && !vault.isOpen) this.set({ kind: "locked", user: owner.user });
		});
	}

	/** Locks all tabs. On a shared device, which has no PIN, one signs in anew. */
	async lock(): Promise<void> {
		if (this.current.kind !== "open") return;
		tabs.tell({ kind: "lock" });
		await this.lockHere(true);
	}

	/**
	 * Ends here, and wipes what the device keeps: what is in the outbox would be lost, so ask before
	 * (keeps).
	 */
	async signOut(why?: "expired" | "ended"): Promise<void> {
		const { current } = this;
		if (current.kind === "open" && this.client.state === "up") {
			await within(LAST_WORD_MS, this.sayLastWords());
			await this.client
				.ask("directory", SignOutSchema, { device: current.device }, undefined, {
					patienceMs: LAST_WORD_MS,
				})
				.catch(() => {}); // the connection is cut with the answer; the token ends by itself
		}
		await this.gone(why, true);
	}

	// ---- the way in ----------------------------------------------------------------------------

	private async begin(): Promise<void> {
		const { carried } = this;
		const fresh = carried?.fresh && Date.now() - carried.touchedMs <= this.idleMs;
		const owner = await vault.owner();
		if (!owner) {
			const lost = (await turn(await database())) === LOST;
			this.set({ kind: "signedOut", why: lost ? "thrownAway" : undefined });
			return;
		}
		this.shared = owner.shared;
		const secret = fresh ? carried.secret : await tabs.askForSecret();
		if (secret && (await vault.openBySecret(secret))) {
			this.secret = secret;
			await this.resume();
		} else if (owner.pin) {
			if (carried) await vault.lock(true);
			this.set(
				owner.ended ? { kind: "signedOut", why: "ended" } : { kind: "locked", user: owner.user },
			);
		} else {
			await this.openNobody(carried?.secret);
		}
	}

	/** A shared device that was left: what no service has waits for its author, if it can be opened. */
	private async openNobody(secret: string | undefined): Promise<void> {
		if (secret && (await this.onlyHere()) && (await vault.openBySecret(secret))) {
			this.secret = secret;
			await this.endToken();
			this.set({ kind: "signedOut", why: "idle" });
		} else if (await tabs.answered()) {
			this.set({ kind: "signedOut" }); // a tab has it open, and hangs: nothing of it is wiped
		} else {
			const lost = (await countUnsent(await database())) > 0;
			await this.gone(lost ? "lost" : secret ? "reopened" : undefined, false);
		}
	}

	/** The vault is open: shows what this device knows, and connects if the token is still good. */
	private async resume(): Promise<void> {
		const [owner, token, me] = [
			await vault.owner(),
			await getSealed("token"),
			await getSealed("me"),
		];
		if (!owner || owner.ended || !token || !me) {
			this.set({ kind: "signedOut", why: owner?.ended ? "ended" : undefined });
			return;
		}
		await this.show(unpack(token) as Token, fromBinary(MeSchema, me));
	}

	private async step(answer: SignedIn): Promise<SecondStep | undefined> {
		if (!answer.token) {
			this.ticket = answer;
			return {
				totp: answer.totp,
				passkey: answer.challenge.length > 0,
				changePassword: answer.changePassword,
				setUpTotp: answer.setUpTotp,
			};
		}
		this.connection?.close();
		this.connection = undefined;
		this.ticket = undefined;
		const { user, device, shared } = this.signingIn;
		const token = { token: answer.token, untilMs: Number(answer.untilMs), user, device };
		const me = await this.whoAmI(token);
		const owner = await vault.owner();
		// Not `isOpen`: the keys may be of a vault that another tab has made anew.
		if (owner?.user === user && (await getSealed("me"))) {
			await this.enter(token, me);
			return undefined;
		}
		if (shared && !(owner?.user === user && owner.pin)) {
			this.secret = await vault.create(token, undefined);
			await this.enter(token, me);
			return undefined;
		}
		this.entering = { token, me };
		return { ...noStep, pin: owner?.user === user && owner.pin ? "ask" : "choose" };
	}

	private async whoAmI(token: Token): Promise<Me> {
		this.client.open(token);
		const answer = await this.client.ask("directory", WhoAmISchema, {}, MeSchema);
		if (!answer.body.person) throw new Refused(5, "user", "", "", "");
		return answer.body;
	}

	/** Nobody is about to enter any more, and nothing is asked in their name. */
	private turnBack(): void {
		this.connection?.close();
		this.connection = undefined;
		this.ticket = undefined;
		this.entering = undefined;
		this.client.close();
	}

	private async enter(token: Token, me: Me): Promise<void> {
		this.entering = undefined;
		await putSealed("token", pack(token));
		await putSealed("me", toBinary(MeSchema, me));
		await vault.setEnded(false);
		this.meAtMs = Date.now();
		this.idle.touch();
		await this.show(token, me);
		tabs.tell({ kind: "signedIn" });
	}

	private async show(token: Token, me: Me): Promise<void> {
		const { user, device, untilMs } = token;
		const owner = await vault.owner();
		this.shared = owner?.shared ?? false;
		// There is no PIN to fall back on: with the secret, what is not sent outlives a killed browser.
		if (this.shared && this.secret) {
			sessionStorage.setItem(SECRET, this.secret);
			sessionStorage.setItem(SHARED, "yes");
		} else sessionStorage.removeItem(SHARED);
		this.token = token;
		this.client.shards = me.shards;
		await drafts.load();
		await outbox.open(new SealedOutbox(await database(), vault));
		const over = Date.now() >= untilMs;
		if (!over && this.client.state !== "up") this.client.open(token);
		this.set({ kind: "open", user, device, me, untilMs, shared: this.shared, over });
		void outbox.run();
		void kept.prune().catch(() => {});
	}

	/** What directory says of this user may have changed. */
	private async refreshMe(): Promise<void> {
		if (this.current.kind !== "open" || Date.now() - this.meAtMs < ME_AGAIN_MS) return;
		this.meAtMs = Date.now();
		try {
			const { body: me } = await this.client.ask("directory", WhoAmISchema, {}, MeSchema);
			if (this.current.kind !== "open" || !me.person) return;
			this.client.shards = me.shards;
			await putSealed("me", toBinary(MeSchema, me));
			this.set({ ...this.current, me });
		} catch {
			this.meAtMs = 0; // asked again with the next connection
		}
	}

	// ---- the ways out --------------------------------------------------------------------------

	/** The broker does not let this token in any more. */
	private async refused(): Promise<void> {
		if (this.current.kind !== "open") return;
		if (Date.now() >= this.current.untilMs - EARLY_MS) {
			this.set({ ...this.current, over: true });
			return;
		}
		// Ended by its user elsewhere, or by an administrator: nothing is shown until they sign in.
		await vault.setEnded(true).catch(() => {});
		await this.close();
		this.set({ kind: "signedOut", why: "ended" });
	}

	/** Nothing is shown or sent any more; what is typed is kept, what was held back is said. */
	private async close(): Promise<void> {
		await within(CLOSE_MS, Promise.all([drafts.flush(), this.sayLastWords()]));
		this.cease();
	}

	private sayLastWords(): Promise<unknown> {
		return Promise.all([...this.lastWords].map((say) => say()));
	}

	/** At once. What is not said yet fails: it must not go out under the next one's name. */
	private cease(): void {
		void this.sayLastWords();
		this.turnBack();
		outbox.close();
		drafts.forget();
		this.token = undefined;
	}

	/** `all`: begun here, the other tabs are told. */
	private async lockHere(all: boolean): Promise<void> {
		const { current, shared } = this;
		if (current.kind === "open") {
			// The screen goes first, then what it was made of.
			if (!shared) this.set({ kind: "locked", user: current.user });
			else this.set(all ? { kind: "starting" } : { kind: "signedOut", why: "idle" });
			await this.close();
		}
		if (!shared) {
			this.secret = undefined;
			this.carried = undefined;
			sessionStorage.removeItem(SECRET);
			await vault.lock(all).catch(() => {});
		} else if (all && (await this.onlyHere().catch(() => true))) {
			await this.endToken().catch(() => {});
			this.set({ kind: "signedOut", why: "idle" });
		} else if (all) {
			await this.gone("idle", true);
		}
	}

	/** There is something that would be lost if the device were wiped now. */
	private async onlyHere(): Promise<boolean> {
		const db = await database();
		return (await countUnsent(db)) > 0 || (await db.count("drafts")) > 0;
	}

	/** Whoever opens what is kept has to sign in for it. */
	private async endToken(): Promise<void> {
		await vault.setEnded(true);
		await dropKey(await database(), "token");
	}

	private async gone(why: Why | undefined, tell: boolean): Promise<void> {
		this.cease();
		this.secret = undefined;
		sessionStorage.clear();
		await vault.destroy();
		if (tell) tabs.tell({ kind: "signedOut", why });
		this.set({ kind: "signedOut", why });
		await forgetCaches();
	}

	/** Every second, and when the page is seen again. */
	private look(): void {
		const { current } = this;
		const idle = Date.now() - this.idle.sinceMs > this.idleMs;
		if (current.kind !== "open") {
			if (idle && (this.connection || this.entering)) this.startAgain();
		} else if (idle) {
			void this.lock();
		} else if (!current.over && Date.now() >= current.untilMs) {
			// The broker ends the connection. What is watched stays, and goes on under the next token.
			this.set({ ...current, over: true });
		}
	}

	/** A shared device's keys are here though nobody is signed in: something waits for its author. */
	private get waits(): boolean {
		const { current, secret, shared } = this;
		return shared && Boolean(secret) && current.kind === "signedOut" && current.why !== "expired";
	}

	private get answers(): boolean {
		return Boolean(this.secret) && (this.current.kind === "open" || this.waits);
	}

	private listen(): void {
		tabs.on((message) => void this.heard(message).catch(console.warn));
		// What was typed a moment ago is not lost by a reload: the browser asks, and meanwhile it is kept.
		// From a shared device everything goes with the tab.
		addEventListener("beforeunload", (event) => {
			const opens = this.current.kind !== "unreadable" || !this.carried;
			const unsent = this.waits || !opens || (this.shared && outbox.unsent() > 0);
			if (!drafts.unkept && !unsent) return;
			void drafts.flush();
			event.preventDefault();
		});
		// A reload finds the secret and when somebody was here last. A killed browser had no time to write
		// that down, so that its tab, restored, opens nothing.
		addEventListener("pagehide", () => {
			void drafts.flush();
			if (this.secret && this.current.kind !== "locked") {
				sessionStorage.setItem(SECRET, this.secret);
				sessionStorage.setItem(TOUCHED, String(this.idle.sinceMs));
			}
		});
		addEventListener("pageshow", (event) => {
			if (!event.persisted) return;
			sessionStorage.removeItem(TOUCHED);
			if (!this.shared) sessionStorage.removeItem(SECRET);
		});
		document.addEventListener("visibilitychange", () => {
			if (document.visibilityState === "hidden") void drafts.flush();
			else this.client.wake();
		});
		addEventListener("online", () => this.client.wake());
		addEventListener("offline", () => this.client.lost());
	}

	/**
	 * The secret that this tab carried. Fresh: over a reload, by who was here a moment ago. A tab that
	 * was closed and is opened again carries it, too, whoever opens it.
	 */
	private takeSecret(): { secret: string; fresh: boolean; touchedMs: number } | undefined {
		const secret = sessionStorage.getItem(SECRET);
		const touchedMs = Number(sessionStorage.getItem(TOUCHED));
		if (!sessionStorage.getItem(SHARED)) sessionStorage.removeItem(SECRET);
		sessionStorage.removeItem(TOUCHED);
		if (!secret) return undefined;
		const [way] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
		const fresh = way?.type === "reload" && Date.now() - touchedMs <= this.idleMs;
		return { secret, fresh, touchedMs };
	}

	private async heard(message: Parameters<Parameters<typeof tabs.on>[0]>[0]): Promise<void> {
		switch (message.kind) {
			case "ask":
				if (this.secret && this.answers) tabs.tell({ kind: "secret", secret: this.secret });
				break;
			case "lock":
				await this.lockHere(false);
				break;
			case "signedOut":
				await this.goneElsewhere(message.why);
				break;
			case "signedIn":
				await this.signedInElsewhere();
				break;
			case "outbox":
				await outbox.reload();
				break;
			case "secret":
			case "touched":
				break;
		}
	}

	private async goneElsewhere(why: Why | undefined): Promise<void> {
		this.cease();
		this.carried = undefined;
		this.secret = undefined;
		sessionStorage.clear();
		await vault.lock(false);
		this.set({ kind: "signedOut", why });
	}

	/** Another tab was opened or has a new token: this one goes with it. */
	private async signedInElsewhere(): Promise<void> {
		if (this.connection || this.entering) return; // somebody types here
		const owner = await vault.owner();
		const same = this.current.kind === "open" && this.current.user === owner?.user;
		// Somebody else: nothing of who was here stays, on the screen or in memory.
		if (this.current.kind === "open" && !same) await this.goneElsewhere(undefined);
		const secret = await tabs.askForSecret();
		if (!secret || !(await vault.openBySecret(secret))) {
			// Nor does this tab go on with the keys of a vault that is no more.
			if (same && !(await getSealed("me"))) await this.goneElsewhere(undefined);
			return;
		}
		this.secret = secret;
		const token = await getSealed("token");
		if (this.current.kind === "open" && same && token) {
			// What is shown stays, and goes on under the new token.
			const next = unpack(token) as Token;
			if (next.token === this.token?.token) return;
			this.token = next;
			this.client.open(next);
			this.set({ ...this.current, untilMs: next.untilMs, over: false });
			return;
		}
		await this.resume();
	}

	private set(state: SessionState): void {
		this.current = state;
		tabs.answers(this.answers);
		for (const listener of [...this.listeners]) listener();
	}
}

/** Waits for it, but not longer. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
	await Promise.race([work, new Promise((resolve) => setTimeout(resolve, ms))]);
}

/** Copies that the service worker made of anything but the page itself. */
async function forgetCaches(): Promise<void> {
	if (typeof caches === "undefined") return;
	for (const name of await caches.keys())
		if (!name.includes("precache")) await caches.delete(name).catch(() => false);
}

export const session = new Session();
