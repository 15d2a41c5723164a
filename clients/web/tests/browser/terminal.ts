// Somebody without a browser: the services' own protocol over TLS, as any program may speak it. For tests
// that need more than the command line can do in time.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
	create,
	fromBinary,
	toBinary,
	type DescMessage,
	type MessageInitShape,
} from "@bufbuild/protobuf";
import mqtt, { type MqttClient } from "mqtt";
import { newId, randomHex } from "../../src/core/ids";
import { Code, ReplySchema, RequestSchema, type Reply } from "../../src/gen/envelope_pb";
import type { System } from "./system";

const PATIENCE_MS = 60_000;
const REPEAT_MS = 2000;

export class Terminal {
	private readonly waiting = new Map<string, (reply: Reply) => void>();
	private readonly services = new Set<string>();
	private readonly device = `t${randomHex(4)}`;

	private constructor(
		private readonly user: string,
		private readonly client: MqttClient,
	) {
		client.on("message", (_, payload) => {
			const reply = fromBinary(ReplySchema, payload);
			if (reply.code !== Code.UNAVAILABLE) this.waiting.get(reply.requestId)?.(reply);
		});
	}

	static async open(system: System, user: string): Promise<Terminal> {
		const account = (name: string) => readFileSync(join(system.state, "accounts", user, name));
		const client = await mqtt.connectAsync({
			protocol: "mqtts",
			host: "127.0.0.1",
			port: system.port("mqtt"),
			protocolVersion: 5,
			clientId: `c-${randomHex(16)}`,
			ca: account("ca.pem"),
			cert: account("cert.pem"),
			key: account("key.pem"),
		});
		return new Terminal(user, client);
	}

	/** The id of what a write made. Repeated until it is answered; throws what was refused. */
	async ask<Req extends DescMessage>(
		service: string,
		type: Req,
		init: MessageInitShape<Req>,
	): Promise<string> {
		if (!this.services.has(service)) {
			this.services.add(service);
			await this.client.subscribeAsync(`tsunagi/v1/${service}/res/${this.user}/${this.device}`);
		}
		const id = newId();
		const body = toBinary(type, create(type, init));
		const request = toBinary(RequestSchema, create(RequestSchema, { id, type: type.name, body }));
		const send = () =>
			this.client.publish(
				`tsunagi/v1/${service}/req/${this.user}/${this.device}`,
				Buffer.from(request),
				{ qos: 1 },
			);
		const reply = await new Promise<Reply>((done, fail) => {
			const again = setInterval(send, REPEAT_MS);
			const late = setTimeout(() => fail(new Error(`${service} does not answer`)), PATIENCE_MS);
			this.waiting.set(id, (answer) => {
				clearInterval(again);
				clearTimeout(late);
				this.waiting.delete(id);
				done(answer);
			});
			send();
		});
		if (reply.code !== Code.OK) throw new Error(`${type.name}: ${reply.messageEn}`);
		return reply.id;
	}

	/** Many, so many at once. */
	async many(count: number, work: (i: number) => Promise<unknown>, atOnce = 64): Promise<void> {
		let next = 0;
		await Promise.all(
			Array.from({ length: Math.min(atOnce, count) }, async () => {
				while (next < count) await work(next++);
			}),
		);
	}

	async close(): Promise<void> {
		await this.client.endAsync(true);
	}
}
