// The people of the network. directory shows them by organisation, so they are gathered.

import { useEffect, useMemo, useState } from "react";
import { useLive, type Live } from "../../core/hooks";
import { session } from "../../core/session";
import {
	ListOrganisationsSchema,
	OrganisationListSchema,
	OrganisationShownSchema,
	ShowOrganisationSchema,
	type Organisation,
	type OrganisationList,
	type Person,
} from "../../gen/network_pb";

const AT_ONCE = 6;

/** All people of one organisation, page after page. @throws Refused, NoAnswer */
export async function peopleOf(id: string, signal?: AbortSignal): Promise<Person[]> {
	const people: Person[] = [];
	for (;;) {
		const afterUser = people.at(-1)?.id ?? "";
		const { body, more } = await session.client.ask(
			"directory",
			ShowOrganisationSchema,
			{ id, afterUser },
			OrganisationShownSchema,
			{ signal },
		);
		people.push(...body.people);
		if (!more || !body.people.length) return people;
	}
}

export function useOrganisationList(): {
	live: Live<OrganisationList>;
	byId: ReadonlyMap<string, Organisation>;
} {
	const live = useLive("directory", ListOrganisationsSchema, {}, OrganisationListSchema, {
		keep: "organisations",
	});
	const { data } = live;
	return {
		live,
		byId: useMemo(() => new Map(data?.items.map((one) => [one.id, one])), [data]),
	};
}

/** Who works in these organisations; grows while they answer. `complete`: all have. */
export function usePeople(organisations: readonly string[]): {
	people: ReadonlyMap<string, Person>;
	complete: boolean;
} {
	const [people, setPeople] = useState<ReadonlyMap<string, Person>>(new Map());
	const [complete, setComplete] = useState(false);
	const key = organisations.join(" ");
	useEffect(() => {
		const stop = new AbortController();
		const waiting = key ? key.split(" ") : [];
		const found = new Map<string, Person>();
		setComplete(false);
		const gather = async () => {
			for (let id = waiting.shift(); id && !stop.signal.aborted; id = waiting.shift()) {
				// One that does not answer is left out: its people are shown by their user names.
				for (const one of await peopleOf(id, stop.signal).catch(() => [])) found.set(one.id, one);
				if (!stop.signal.aborted) setPeople(new Map(found));
			}
		};
		void Promise.all(Array.from({ length: AT_ONCE }, gather)).then(() => {
			if (!stop.signal.aborted) setComplete(true);
		});
		return () => stop.abort();
	}, [key]);
	return { people, complete };
}
