// My patients and what is new of each, from every instance that keeps patients.

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { useEffect, useState } from "react";
import { pushBody } from "../../core/client";
import type { Refused } from "../../core/errors";
import { names } from "../../core/names";
import { keepSoon, kept } from "../../core/kept";
import { session } from "../../core/session";
import { newsKey, recordInstances } from "../../core/visits";
import { ListNewsSchema, NewsListSchema, type PatientNews } from "../../gen/record_pb";

export interface News {
	items: readonly PatientNews[] | undefined;
	from: "nowhere" | "kept" | "live";
	keptMs: number;
	refused: Refused | undefined;
	silent: boolean;
}

/** What waits for me first, what is urgent before that, then by the last entry. */
export function sortNews(items: Iterable<PatientNews>): PatientNews[] {
	return [...items]
		.filter((one) => !one.gone && one.patient)
		.sort(
			(a, b) =>
				Number(b.urgent > 0) - Number(a.urgent > 0) ||
				Number(b.unread > 0) - Number(a.unread > 0) ||
				Number(b.lastMs - a.lastMs) ||
				(a.patient!.id < b.patient!.id ? -1 : 1),
		);
}

export function useNews(): News {
	const [state, setState] = useState<News>({
		items: undefined,
		from: "nowhere",
		keptMs: 0,
		refused: undefined,
		silent: false,
	});
	useEffect(() => {
		let open = true;
		let live = false;
		let byId = new Map<string, PatientNews>();
		const keeping = keepSoon(newsKey, () =>
			toBinary(NewsListSchema, create(NewsListSchema, { items: sortNews(byId.values()) })),
		);
		const take = (items: readonly PatientNews[]) => {
			if (!live) byId = new Map();
			live = true;
			for (const one of items) {
				const id = one.patient?.id ?? "";
				const was = byId.get(id);
				if (!was || one.position >= was.position) byId.set(id, one);
			}
			names.learnPatients(items.flatMap((one) => one.patient ?? []));
			const sorted = sortNews(byId.values());
			setState({ items: sorted, from: "live", keptMs: 0, refused: undefined, silent: false });
			keeping.changed();
		};
		void kept.get(newsKey).then((one) => {
			if (!one || live || !open) return;
			const items = sortNews(fromBinary(NewsListSchema, one.bytes).items);
			setState((was) => ({ ...was, items, from: "kept", keptMs: one.atMs }));
		});
		const closes = recordInstances().map((instance) =>
			session.client.watch(instance, ListNewsSchema, {}, NewsListSchema, {
				page: (page) => take(page.items),
				push: (push) => {
					const page = pushBody(push, NewsListSchema);
					if (page) take(page.items);
				},
				failed: (refused) => setState((was) => ({ ...was, refused, silent: !refused })),
			}),
		);
		return () => {
			open = false;
			for (const close of closes) close();
			keeping.end();
		};
	}, []);
	return state;
}
