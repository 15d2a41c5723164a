// If this failed, a request could go unanswered or take effect twice, or a screen would stand still
// although the service had told of a change.

import {
	create,
	fromBinary,
	toBinary,
	type DescMessage,
	type MessageInitShape,
} from "@bufbuild/protobuf";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { NoAnswer, Refused } from "../../src/core/errors";
import {
	Code,
	PushSchema,
	ReplySchema,
	RequestSchema,
	type Reply,
	type Request,
} from "../../src/gen/envelope_pb";
import { MeSchema, WhoAmISchema } from "../../src/gen/network_pb";
import { ListPatientsSchema, PatientListSchema, type PatientList } from "../../src/gen/record_pb";

interface Events {
	state(state: string): void;
	message(topic: string, payload: Uint8Array): void;
}

/** A connection that hears at once, and gives what is published to the test. */
class FakeLink {
	static last: FakeLink;
	state = "down";
	readonly sent: { topic: string; request: Request }[] = [];
	onHears: (topic: string) => void = () => {};
	constructor(private readonly events: Events) {
		FakeLink.last = this;
	}
	open() {
		this.turn("up");
	}
	close() {
		this.turn("down");
	}
	wake() {}
	lost() {}
	subscribe() {}
	hears() {
		return this.state === "up";
	}
	publish(topic: string, payload: Uint8Array) {
		if (this.state !== "up") return false;
		this.sent.push({ topic, request: fromBinary(RequestSchema, payload) });
		return true;
	}
	turn(state: string) {
		if (state === this.state) return;
		this.state = state;
		this.events.state(state);
	}
	reply(init: MessageInitShape<typeof ReplySchema>) {
		this.events.message(
			"tsunagi/v1/record/res/me/web-1",
			toBinary(ReplySchema, create(ReplySchema, init)),
		);
	}
	push(init: MessageInitShape<typeof PushSchema>) {
		this.events.message(
			"tsunagi/v1/record/inbox/me",
			toBinary(PushSchema, create(PushSchema, init)),
		);
	}
	back() {
		this.events.message(
			"tsunagi/v1/record/state/record",
			toBinary(PushSchema, create(PushSchema, { to: 1n })),
		);
	}
	get requests() {
		return this.sent.map((one) => one.request);
	}
}

vi.mock("../../src/core/link", () => ({ Link: FakeLink }));
const { Client } = await import("../../src/core/client");

let client: InstanceType<typeof Client>;
let link: FakeLink;
beforeEach(() => {
	vi.useFakeTimers();
	client = new Client();
	link = FakeLink.last;
	client.open({ user: "me", device: "web-1", token: "t" });
});
afterEach(() => {
	client.close();
	vi.useRealTimers();
});
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

const body = <T extends DescMessage>(type: T, init: MessageInitShape<T>) => ({
	type: type.name,
	body: toBinary(type, create(type, init)),
});
const patients = (...ids: string[]) =>
	body(PatientListSchema, { items: ids.map((id) => ({ id })) });

describe("a request", () => {
	test("is repeated, the same bytes, until it is answered", async () => {
		const answer = client.ask("record", WhoAmISchema, {}, MeSchema);
		await pass(4500);
		expect(link.sent.length).toBe(3);
		expect(new Set(link.requests.map((one) => JSON.stringify(one.id))).size).toBe(1);
		expect(link.sent[0]!.topic).toBe("tsunagi/v1/record/req/me/web-1");
		link.reply({
			requestId: link.requests[0]!.id,
			id: "made",
			...body(MeSchema, { person: { id: "me" } }),
		});
		await expect(answer).resolves.toMatchObject({ id: "made", body: { person: { id: "me" } } });
		await pass(5000);
		expect(link.sent.length).toBe(3);
	});

	test("that is refused throws field and sentences", async () => {
		const answer = client.ask("record", WhoAmISchema, {}).catch((error: unknown) => error);
		link.reply({
			requestId: link.requests[0]!.id,
			code: Code.INVALID_ARGUMENT,
			field: "entry.note",
			messageJa: "空です。",
			messageEn: "It is empty.",
		});
		const error = (await answer) as Refused;
		expect(error).toBeInstanceOf(Refused);
		expect(error).toMatchObject({ field: "entry.note", ja: "空です。", en: "It is empty." });
	});

	test("without an answer ends as that, and with UNAVAILABLE only if that was all there was", async () => {
		const silent = client.ask("record", WhoAmISchema, {}).catch((error: unknown) => error);
		await pass(21_000);
		expect(await silent).toBeInstanceOf(NoAnswer);
		const tried = client.ask("record", WhoAmISchema, {}, MeSchema);
		const { id } = link.requests.at(-1)!;
		link.reply({ requestId: id, code: Code.UNAVAILABLE });
		await pass(2500);
		link.reply({ requestId: id, ...body(MeSchema, {}) });
		await expect(tried).resolves.toBeTruthy();
	});

	test("made without a connection goes when there is one", async () => {
		link.turn("down");
		const answer = client.ask("record", WhoAmISchema, {}, MeSchema);
		await pass(1000);
		expect(link.sent).toEqual([]);
		link.turn("up");
		await pass(300);
		link.reply({ requestId: link.requests[0]!.id, ...body(MeSchema, {}) });
		await expect(answer).resolves.toBeTruthy();
	});

	test("that had no answer is the same one when it is asked again, and another one is another", async () => {
		const ask = (user: string) =>
			client.ask("record", MeSchema, { person: { id: user } }).catch((error: unknown) => error);
		const silent = ask("a");
		await pass(21_000);
		expect(await silent).toBeInstanceOf(NoAnswer);
		const first = link.requests[0]!.id;
		const again = ask("a");
		expect(link.requests.at(-1)!.id).toBe(first);
		link.reply({ requestId: first, id: "once" });
		await expect(again).resolves.toMatchObject({ id: "once" });
		void ask("a"); // answered: this is meant as a new one
		expect(link.requests.at(-1)!.id).not.toBe(first);
		await pass(21_000);
		const second = link.requests.at(-1)!.id;
		void ask("b");
		void ask("a"); // something else was asked between
		expect(new Set(link.requests.map((one) => one.id)).size).toBe(4);
		expect(link.requests.at(-1)!.id).not.toBe(second);
	});

	test("ends at once where nobody is signed in", async () => {
		client.close();
		await expect(client.ask("record", WhoAmISchema, {})).rejects.toBeInstanceOf(NoAnswer);
	});

	test("answers of other pages of this device are not taken", async () => {
		const answer = client.ask("record", WhoAmISchema, {}, MeSchema);
		link.reply({ requestId: "another", code: Code.NOT_FOUND });
		link.reply({ requestId: link.requests[0]!.id, ...body(MeSchema, {}) });
		await expect(answer).resolves.toBeTruthy();
	});
});

describe("a watch", () => {
	let pages: { ids: string[]; first: boolean }[];
	let pushed: string[];
	let failures: (Refused | undefined)[];
	const open = () => {
		pages = [];
		pushed = [];
		failures = [];
		return client.watch("record", ListPatientsSchema, {}, PatientListSchema, {
			page: (list: PatientList, first) =>
				pages.push({ ids: list.items.map((one) => one.id), first }),
			push: (push) => pushed.push(fromBinary(PatientListSchema, push.body).items[0]!.id),
			failed: (refused) => failures.push(refused),
		});
	};
	const answer = (reply: Partial<Reply> & { position: bigint }, ...ids: string[]) =>
		link.reply({ requestId: link.requests.at(-1)!.id, ...patients(...ids), ...reply } as never);

	test("takes pages until there is no more, then changes in order", async () => {
		open();
		answer({ position: 5n, more: true }, "a");
		await pass(0);
		expect(link.requests.at(-1)!.after).toBe(5n);
		answer({ position: 9n }, "b");
		expect(pages.map((page) => page.ids)).toEqual([["a"], ["b"]]);
		expect(pages.map((page) => page.first)).toEqual([true, false]);
		const watch = link.requests.at(-1)!.id;
		link.push({ watch, from: 9n, to: 10n, ...patients("c") });
		link.push({ watch, from: 10n, to: 12n, ...patients("d") });
		expect(pushed).toEqual(["c", "d"]);
	});

	test("asks for what is missing in a gap, and takes nothing twice", async () => {
		open();
		answer({ position: 5n }, "a");
		const watch = link.requests.at(-1)!.id;
		const before = link.sent.length;
		link.push({ watch, from: 7n, to: 8n, ...patients("lost before it") });
		expect(pushed).toEqual([]);
		expect(link.sent.length).toBe(before + 1);
		expect(link.requests.at(-1)!.after).toBe(5n);
		answer({ position: 8n }, "b", "c");
		link.push({ watch: link.requests.at(-1)!.id, from: 5n, to: 8n, ...patients("old") });
		expect(pushed).toEqual([]);
		link.push({ watch: link.requests.at(-1)!.id, from: 8n, to: 9n, ...patients("d") });
		expect(pushed).toEqual(["d"]);
	});

	test("is opened anew after the connection was gone, and after the service was", async () => {
		open();
		answer({ position: 5n }, "a");
		link.turn("down");
		link.turn("up");
		await pass(600);
		expect(link.requests.at(-1)!.after).toBe(5n);
		answer({ position: 6n }, "b");
		const before = link.sent.length;
		link.back();
		await pass(1000);
		expect(link.sent.length).toBe(before + 1);
		expect(link.requests.at(-1)!.after).toBe(6n);
	});

	test("is renewed each minute, and not when it is closed", async () => {
		const close = open();
		answer({ position: 5n }, "a");
		const before = link.sent.length;
		await pass(61_000);
		expect(link.sent.length).toBe(before + 1);
		expect(link.requests.at(-1)!.watch).toBe(true);
		answer({ position: 5n });
		close();
		await pass(130_000);
		expect(link.sent.length).toBe(before + 1);
	});

	test("that is refused ends; one without an answer goes on", async () => {
		open();
		await pass(21_000);
		expect(failures).toEqual([undefined]);
		answer({ position: 0n, code: Code.PERMISSION_DENIED, type: "", messageJa: "見られません。" });
		expect(failures[1]).toBeInstanceOf(Refused);
		const before = link.sent.length;
		await pass(130_000);
		expect(link.sent.length).toBe(before);
	});
});
