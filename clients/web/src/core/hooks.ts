// The services in React: one question asked once (useAsked), a list that stays live (useLive), a form
// that survives a reload (useDraft), the outbox, the connection.

import {
	create,
	fromBinary,
	toBinary,
	type DescMessage,
	type MessageInitShape,
	type MessageShape,
} from "@bufbuild/protobuf";
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { pushBody } from "./client";
import { drafts } from "./drafts";
import { NoAnswer, Refused } from "./errors";
import { keepSoon, kept } from "./kept";
import type { LinkState } from "./link";
import { outbox, type OutboxItem } from "./outbox";
import { session, type SessionState } from "./session";

export function useSession(): SessionState {
	return useSyncExternalStore(
		useCallback((changed: () => void) => session.onChange(changed), []),
		() => session.state,
	);
}

/** Who is signed in. Only below a screen that stands when somebody is. */
export function useMe(): Extract<SessionState, { kind: "open" }> {
	const state = useSession();
	if (state.kind !== "open") throw new Error("nobody is signed in");
	return state;
}

export function useLinkState(): LinkState {
	return useSyncExternalStore(
		useCallback((changed: () => void) => session.client.onStateChange(changed), []),
		() => session.client.state,
	);
}

export function useOutbox(patient?: string): readonly OutboxItem[] {
	const all = useSyncExternalStore(
		useCallback((changed: () => void) => outbox.onChange(changed), []),
		() => outbox.list(),
	);
	return patient === undefined ? all : all.filter((item) => item.patient === patient);
}

export interface Live<Body> {
	/** What is known; undefined: nothing yet. */
	data: Body | undefined;
	/** live: from the service, and it stays so; kept: from this device, as old as `keptMs`. */
	from: "nowhere" | "kept" | "live";
	/** When it was kept on this device, where `from` is kept. */
	keptMs: number;
	/** It was refused: nothing more comes. */
	refused: Refused | undefined;
	/** The service does not answer just now; it is asked again and again. */
	silent: boolean;
	/** Asks again. Of useLive: opens the watch anew. */
	again(): void;
}

export interface LiveOptions<Body> {
	/** Kept on the device under this key, and shown from there until the service answers. */
	keep?: string;
	/** Not yet: there is nothing to ask. */
	skip?: boolean;
	/** How a page or a change is brought into what is there; by default mergeItems. */
	merge?: (have: Body | undefined, came: Body, first: boolean) => Body;
	/** The board: changes come to everybody, one row at a time; how a row is made a page. */
	publicRow?: (push: { type: string; body: Uint8Array }) => Body | undefined;
}

interface HasItems {
	items: { id?: string; position?: bigint }[];
}

/** Lists of things with id and position: the higher position wins; order of first appearance. */
export function mergeItems<Body>(have: Body | undefined, came: Body, first: boolean): Body {
	if (!have || first) return came;
	const before = (have as unknown as HasItems).items;
	const news = (came as unknown as HasItems).items;
	if (!before || !news) return came;
	const byId = new Map(before.map((item) => [item.id ?? "", item]));
	for (const item of news) {
		const old = byId.get(item.id ?? "");
		if (!old || (item.position ?? 0n) >= (old.position ?? 0n)) byId.set(item.id ?? "", item);
	}
	return { ...have, items: [...byId.values()] };
}

/**
 * A list that stays live: what is kept on the device at once, then the service's pages, then each
 * change. `init` may be a fresh object each time: it is compared by its bytes.
 */
export function useLive<Req extends DescMessage, Res extends DescMessage>(
	service: string,
	request: Req,
	init: MessageInitShape<Req>,
	response: Res,
	options: LiveOptions<MessageShape<Res>> = {},
): Live<MessageShape<Res>> {
	const [state, setState] = useState<Omit<Live<MessageShape<Res>>, "again">>(nothing);
	const [turn, setTurn] = useState(0);
	const key = toBinary(request, create(request, init)).join();
	const latest = useRef(options);
	latest.current = options;
	const { skip, keep } = options;

	useEffect(() => {
		setState(nothing);
		if (skip) return;
		let open = true;
		let data: MessageShape<Res> | undefined;
		let live = false;
		const keeping = keep
			? keepSoon(keep, () => toBinary(response, create(response, data as never)))
			: undefined;
		const take = (came: MessageShape<Res>, first: boolean) => {
			const merge = latest.current.merge ?? mergeItems;
			data = merge(live ? data : undefined, came, first);
			live = true;
			setState({ data, from: "live", keptMs: 0, refused: undefined, silent: false });
			keeping?.changed();
		};
		if (keep)
			void kept.get(keep).then((one) => {
				if (!one || live || !open) return;
				data = fromBinary(response, one.bytes);
				setState((was) => ({ ...was, data, from: "kept", keptMs: one.atMs }));
			});
		const close = session.client.watch(
			service,
			request,
			init,
			response,
			{
				page: take,
				push: (push) => {
					const { publicRow } = latest.current;
					const body = publicRow ? publicRow(push) : pushBody(push, response);
					if (body) take(body as MessageShape<Res>, false);
				},
				failed: (refused) => setState((was) => ({ ...was, refused, silent: !refused })),
			},
			latest.current.publicRow !== undefined,
		);
		return () => {
			open = false;
			close();
			keeping?.end();
		};
		// The bytes of the request stand for `init`.
	}, [service, request, response, key, skip, keep, turn]);

	return { ...state, again: useCallback(() => setTurn((n) => n + 1), []) };
}

/** One question, asked once, and again when `again` is called or the request changes. All pages. */
export function useAsked<Req extends DescMessage, Res extends DescMessage>(
	service: string,
	request: Req,
	init: MessageInitShape<Req>,
	response: Res,
	options: Pick<LiveOptions<MessageShape<Res>>, "keep" | "skip" | "merge"> = {},
): Live<MessageShape<Res>> {
	const [state, setState] = useState<Omit<Live<MessageShape<Res>>, "again">>(nothing);
	const [turn, setTurn] = useState(0);
	const key = toBinary(request, create(request, init)).join();
	const latest = useRef(options);
	latest.current = options;
	const { skip, keep } = options;
	const link = useLinkState();

	useEffect(() => {
		setState(nothing);
	}, [service, request, key, skip]);

	useEffect(() => {
		if (skip) return;
		const stop = new AbortController();
		const run = async () => {
			const one = keep ? await kept.get(keep) : undefined;
			if (one && !stop.signal.aborted)
				setState((was) =>
					was.from === "live"
						? was
						: { ...was, data: fromBinary(response, one.bytes), from: "kept", keptMs: one.atMs },
				);
			let data: MessageShape<Res> | undefined;
			let after = 0n;
			for (;;) {
				const answer = await session.client.ask(service, request, init, response, {
					after,
					signal: stop.signal,
				});
				data = (latest.current.merge ?? mergeItems)(data, answer.body, after === 0n);
				if (!answer.more) break;
				after = answer.position;
			}
			if (stop.signal.aborted) return;
			const all = data;
			setState({ data: all, from: "live", keptMs: 0, refused: undefined, silent: false });
			if (keep) await kept.put(keep, toBinary(response, create(response, all as never)));
		};
		run().catch((error: unknown) => {
			if (stop.signal.aborted) return;
			if (error instanceof Refused) setState((was) => ({ ...was, refused: error }));
			else setState((was) => ({ ...was, silent: true }));
		});
		return () => stop.abort();
		// Asked again when the connection is back, for it may have changed.
	}, [service, request, response, key, skip, keep, turn, link === "up"]);

	return { ...state, again: useCallback(() => setTurn((n) => n + 1), []) };
}

const nothing = {
	data: undefined,
	from: "nowhere",
	keptMs: 0,
	refused: undefined,
	silent: false,
} as const;

/** A write that is wanted at once (not through the outbox): accept, set, confirm. */
export function useAction<Args extends unknown[]>(
	action: (...args: Args) => Promise<unknown>,
): { run: (...args: Args) => Promise<boolean>; busy: boolean; error: unknown; clear: () => void } {
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<unknown>();
	const latest = useRef(action);
	latest.current = action;
	const run = useCallback(async (...args: Args) => {
		setBusy(true);
		setError(undefined);
		try {
			await latest.current(...args);
			return true;
		} catch (reason) {
			if (!(reason instanceof Refused) && !(reason instanceof NoAnswer)) console.error(reason);
			setError(reason);
			return false;
		} finally {
			setBusy(false);
		}
	}, []);
	return { run, busy, error, clear: useCallback(() => setError(undefined), []) };
}

/**
 * Whether what asks still stands on the screen, for the same `what`: after an answer, before moving on.
 * Who has gone elsewhere meanwhile is not fetched back.
 */
export function useStands(what = ""): () => boolean {
	const standing = useRef<string | undefined>(undefined);
	useEffect(() => {
		standing.current = what;
		return () => {
			standing.current = undefined;
		};
	}, [what]);
	return () => standing.current === what;
}

/** The time, for ages: changes every `everyMs`. */
export function useNow(everyMs = 30_000): number {
	const [now, setNow] = useState(Date.now);
	useEffect(() => {
		const timer = setInterval(() => setNow(Date.now()), everyMs);
		return () => clearInterval(timer);
	}, [everyMs]);
	return now;
}

/** What is typed into a form survives a reload and a locked screen. `clear` when it is sent. */
export function useDraft<T>(key: string, initial: T): [T, (value: T) => void, () => void] {
	const kept = (): T => (drafts.has(key) ? (drafts.get(key) as T) : initial);
	const [state, setState] = useState(() => ({ key, value: kept() }));
	// The form of another thing: what was typed there.
	const value = state.key === key ? state.value : kept();
	return [
		value,
		useCallback(
			(next: T) => {
				drafts.set(key, next);
				setState({ key, value: next });
			},
			[key],
		),
		useCallback(() => {
			drafts.remove(key);
			setState({ key, value: initial });
			// `initial` is what the form begins with, whichever object it is.
		}, [key]),
	];
}

/** What is typed cannot be kept on this device: a reload would lose it. */
export function useDraftsFailed(): boolean {
	return useSyncExternalStore(
		useCallback((changed: () => void) => drafts.onFailed(changed), []),
		() => drafts.failed,
	);
}
