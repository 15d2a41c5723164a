// The connection to the broker: MQTT 5 over a websocket at /mqtt, with a token as the password. It
// connects again by itself; whoever listens hears of each change.

import { connect, type MqttClient } from "./mqtt";
import { randomHex } from "./ids";

export type LinkState =
	| "connecting"
	| "up"
	| "down"
	/** The broker does not let this token in (any more): sign in again. */
	| "refused";

export interface LinkEvents {
	state(state: LinkState): void;
	message(topic: string, payload: Uint8Array): void;
}

/** After a cut; longer from try to try, and not all at once. */
const RECONNECT_MS = 1000;
const RECONNECT_MOST_MS = 4000;
const NOT_AUTHORIZED = [0x86, 0x87, 4, 5]; // bad user name or password, not authorised: 5.0 and 3.1.1

/** Where this page's broker is: /mqtt of the host that served the page. */
export function brokerUrl(): string {
	return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/mqtt`;
}

/** A client id as the broker wants it: people's begin with c-; 128 random bits. */
export function clientId(): string {
	return `c-${randomHex(16)}`;
}

export class Link {
	private client: MqttClient | undefined;
	private account: { user: string; token: string; id: string } | undefined;
	private again: ReturnType<typeof setTimeout> | undefined;
	private tries = 0;
	private readonly wanted = new Set<string>();
	private readonly ready = new Set<string>();
	state: LinkState = "down";

	constructor(
		private readonly events: LinkEvents,
		private readonly url = brokerUrl(),
	) {}

	open(user: string, token: string): void {
		this.close();
		this.account = { user, token, id: clientId() };
		this.set("connecting");
		this.connect();
	}

	/** Each time a client of its own: one that reconnects sends again what somebody has long given up. */
	private connect(): void {
		if (!this.account) return;
		const { user, token, id } = this.account;
		this.drop();
		const client = connect(this.url, {
			protocolVersion: 5,
			clientId: id,
			username: user,
			password: token,
			clean: true,
			keepalive: 30,
			// Its other timers run in a worker made of a blob, which the front door forbids.
			timerVariant: "native",
			reconnectPeriod: 0,
			connectTimeout: 10_000,
			queueQoSZero: false,
			resubscribe: false,
		});
		this.client = client;
		client.on("connect", () => {
			this.tries = 0;
			this.set("up");
			for (const topic of this.wanted) this.ask(topic);
		});
		client.on("message", (topic, payload) => this.events.message(topic, payload));
		client.on("close", () => {
			if (client !== this.client) return;
			this.ready.clear();
			if (this.state === "refused") return;
			const pauseMs = Math.min(RECONNECT_MS * 2 ** this.tries++, RECONNECT_MOST_MS);
			this.again = setTimeout(() => this.connect(), pauseMs * (0.5 + Math.random() / 2));
			this.set("down");
		});
		client.on("disconnect", (packet) => {
			if (NOT_AUTHORIZED.includes(packet.reasonCode ?? 0)) this.refuse();
		});
		client.on("error", (error) => {
			const code = (error as { code?: number | string }).code;
			if (typeof code === "number" && NOT_AUTHORIZED.includes(code)) this.refuse();
		});
	}

	/** Try at once instead of after the pause: the browser says that there is a network again. */
	wake(): void {
		if (this.state === "down") this.connect();
	}

	/** The browser says that there is no network: not known otherwise before the next ping. */
	lost(): void {
		if (this.state === "up") this.client?.stream.destroy();
	}

	close(): void {
		this.account = undefined;
		this.drop();
		this.set("down");
	}

	private drop(): void {
		clearTimeout(this.again);
		this.client?.removeAllListeners();
		this.client?.on("error", () => {});
		this.client?.end(true);
		this.client = undefined;
		this.ready.clear();
	}

	/** Subscribes now and after each reconnection. */
	subscribe(topic: string): void {
		if (this.wanted.has(topic)) return;
		this.wanted.add(topic);
		if (this.state === "up") this.ask(topic);
	}

	/** The broker has confirmed the subscription: what is answered will be heard. */
	hears(topic: string): boolean {
		return this.ready.has(topic);
	}

	/** Called when the broker confirms a subscription. */
	onHears: (topic: string) => void = () => {};

	publish(topic: string, payload: Uint8Array): boolean {
		if (this.state !== "up" || !this.client) return false;
		this.client.publish(topic, payload as Buffer, { qos: 1 });
		return true;
	}

	private ask(topic: string): void {
		const client = this.client;
		client?.subscribe(topic, { qos: 1 }, (error) => {
			if (error || client !== this.client || this.state !== "up") return;
			this.ready.add(topic);
			this.onHears(topic);
		});
	}

	private refuse(): void {
		this.client?.end(true);
		this.set("refused");
	}

	private set(state: LinkState): void {
		if (this.state === state) return;
		this.state = state;
		this.events.state(state);
	}
}
