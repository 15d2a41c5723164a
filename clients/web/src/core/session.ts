// Who is signed in on this device, and the one client of the page.

import { type Me, MeSchema, WhoAmISchema, type SignedIn } from "../gen/network_pb";
import { Client } from "./client";
import { NoAnswer, Refused } from "./errors";
import { randomHex } from "./ids";
import { outbox } from "./outbox";
import { SignInConnection } from "./signin";

export type SessionState =
	| { kind: "signedOut"; why?: "expired" | "ended" }
	/** Idle, or the page was opened anew: the PIN opens it. */
	| { kind: "locked"; user: string }
	| { kind: "open"; user: string; device: string; me: Me; untilMs: number };

/** What the first step of signing in left to do. */
export interface SecondStep {
	totp: boolean;
	passkey: boolean;
	changePassword: boolean;
	setUpTotp: boolean;
}

export interface SecondFactor {
	totp?: string;
	newPassword?: string;
	newTotpSecret?: Uint8Array;
}

class Session {
	readonly client = new Client();
	private current: SessionState = { kind: "signedOut" };
	private readonly listeners = new Set<() => void>();
	private connection: SignInConnection | undefined;
	private ticket: SignedIn | undefined;
	private signingIn = { user: "", device: "" };

	constructor() {
		this.client.onStateChange(() => {
			if (this.client.state === "up") void outbox.run();
			if (this.client.state === "refused") this.set({ kind: "signedOut", why: "ended" });
		});
		outbox.sender = async (item) => {
			if (this.client.state !== "up") throw new NoAnswer(item.service);
			const service = item.patient
				? this.client.instanceFor(item.service, item.patient)
				: item.service;
			const answer = await this.client.askPacked(service, item.type, item.body, undefined, {
				id: item.id,
			});
			return answer.id;
		};
	}

	get state(): SessionState {
		return this.current;
	}

	onChange(listener: () => void): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	/**
	 * First step. Undefined: signed in. Else what is asked for in the second step.
	 * @throws Refused, NoAnswer
	 */
	async signIn(user: string, password: string): Promise<SecondStep | undefined> {
		this.connection?.close();
		this.connection = new SignInConnection();
		const device = `web-${randomHex(4)}`;
		this.signingIn = { user, device };
		return this.step(await this.connection.ask({ user, password, device }));
	}

	/** Second step. @throws Refused, NoAnswer */
	async second(factor: SecondFactor): Promise<SecondStep | undefined> {
		if (!this.connection || !this.ticket) throw new NoAnswer("directory");
		return this.step(await this.connection.ask({ ...factor, ticket: this.ticket.ticket }));
	}

	/** Ends here, and wipes what the device keeps. */
	async signOut(why?: "expired" | "ended"): Promise<void> {
		this.client.close();
		this.set({ kind: "signedOut", why });
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
		await this.enter(answer.token, Number(answer.untilMs));
		return undefined;
	}

	private async enter(token: string, untilMs: number): Promise<void> {
		const { user, device } = this.signingIn;
		this.client.open({ user, device, token });
		const answer = await this.client.ask("directory", WhoAmISchema, {}, MeSchema);
		if (!answer.body.person) throw new Refused(5, "user", "", "", "");
		this.client.shards = answer.body.shards;
		this.set({ kind: "open", user, device, me: answer.body, untilMs });
		void outbox.run();
	}

	private set(state: SessionState): void {
		this.current = state;
		for (const listener of [...this.listeners]) listener();
	}
}

export const session = new Session();
