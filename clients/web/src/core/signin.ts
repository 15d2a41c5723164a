// Signing in: a connection without a user, which may write one topic and read one (network.proto,
// "signing in from a browser"). It may ask twice: password, then second factor. Who mistyped goes on in
// another connection under the same client id, for which the ticket of the first step is good.

import { create, fromBinary, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { connect, type MqttClient } from "./mqtt";
import { Code, ReplySchema, RequestSchema } from "../gen/envelope_pb";
import { SignedInSchema, SignInSchema, type SignedIn } from "../gen/network_pb";
import { NoAnswer, Refused } from "./errors";
import { newId } from "./ids";
import { brokerUrl, clientId } from "./link";

const PATIENCE_MS = 20_000;
const ASKS = 2; // a connection that asks more often is cut

export class SignInConnection {
	private client: MqttClient | undefined;
	private asked = 0;
	private readonly id = clientId();
	private waiting: { requestId: string; settle(payload: Uint8Array | undefined): void } | undefined;

	constructor(private readonly url = brokerUrl()) {}

	/** @throws Refused what was given is wrong, or too soon after failures; NoAnswer. */
	async ask(init: MessageInitShape<typeof SignInSchema>): Promise<SignedIn> {
		if (this.asked >= ASKS) this.close();
		await this.connect();
		this.asked++;
		const requestId = newId();
		const request = create(RequestSchema, {
			id: requestId,
			type: SignInSchema.name,
			body: toBinary(SignInSchema, create(SignInSchema, init)),
		});
		const payload = await new Promise<Uint8Array | undefined>((resolve) => {
			const timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
			this.waiting = {
				requestId,
				settle: (answer) => {
					clearTimeout(timer);
					resolve(answer);
				},
			};
			this.client?.publish(
				`tsunagi/v1/directory/signin/${this.id}`,
				toBinary(RequestSchema, request) as Buffer,
				{ qos: 1 },
			);
		});
		this.waiting = undefined;
		if (!payload) throw new NoAnswer("directory");
		const reply = fromBinary(ReplySchema, payload);
		if (reply.code !== Code.OK)
			throw new Refused(reply.code, reply.field, reply.messageJa, reply.messageEn, reply.id);
		return fromBinary(SignedInSchema, reply.body);
	}

	close(): void {
		this.client?.removeAllListeners();
		this.client?.on("error", () => {});
		this.client?.end(true);
		this.client = undefined;
		this.asked = 0;
	}

	private async connect(): Promise<void> {
		if (this.client?.connected) return;
		this.close();
		const client = connect(this.url, {
			protocolVersion: 5,
			clientId: this.id,
			clean: true,
			reconnectPeriod: 0,
			timerVariant: "native",
			connectTimeout: 10_000,
		});
		this.client = client;
		await new Promise<void>((resolve, reject) => {
			const fail = () => reject(new NoAnswer("directory"));
			client.once("connect", () => {
				client.subscribe(`tsunagi/v1/directory/signed/${this.id}`, { qos: 1 }, (error) =>
					error ? fail() : resolve(),
				);
			});
			client.once("error", fail);
			client.once("close", fail);
		});
		client.on("message", (_topic, payload) => {
			const reply = fromBinary(ReplySchema, payload);
			if (reply.requestId === this.waiting?.requestId) this.waiting.settle(payload);
		});
		client.on("close", () => this.waiting?.settle(undefined));
		client.on("error", () => {});
	}
}
