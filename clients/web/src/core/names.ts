// Names of patients, people and organisations. Everything else travels by id; a screen asks here what an
// id is called. What is known is shared by all screens, kept on the device (sealed, bounded) and gone when
// somebody else signs in. Lists that bring names anyway tell them: learnPatients, learnOrganisations.

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { useCallback, useSyncExternalStore } from "react";
import {
	OrganisationListSchema,
	OrganisationSchema,
	OrganisationShownSchema,
	PersonSchema,
	ShowOrganisationSchema,
	type Organisation,
	type Person,
} from "../gen/network_pb";
import {
	PatientListSchema,
	PatientSchema,
	PatientShownSchema,
	ShowPatientSchema,
	type Patient,
} from "../gen/record_pb";
import { Refused } from "./errors";
import { kept } from "./kept";
import { session } from "./session";

const MOST = 2000; // of each; the ones that were used longest ago go
const AT_ONCE = 8; // questions on their way
const FRESH_MS = 24 * 3600 * 1000; // what was kept longer ago is shown and asked anew
const KEEP_AFTER_MS = 2000;
const TELL_AFTER_MS = 30;

type Shelf = "patients" | "people" | "organisations";
type Asked = "coming" | "refused";

class Names {
	private readonly patients = new Map<string, Patient>();
	private readonly people = new Map<string, Person>();
	private readonly organisations = new Map<string, Organisation>();
	private readonly asked = new Map<string, Asked>();
	private readonly old = new Set<string>(); // shown, and still to be asked anew
	private readonly queue: { shelf: Shelf; id: string }[] = [];
	private readonly listeners = new Set<() => void>();
	private readonly toKeep = new Set<Shelf>();
	private inFlight = 0;
	private owner = "";
	private keeping: ReturnType<typeof setTimeout> | undefined;
	private telling: ReturnType<typeof setTimeout> | undefined;

	constructor() {
		session.onChange(() => this.begin());
		session.client.onStateChange(() => this.go());
		this.begin();
	}

	patient(id: string): Patient | undefined {
		return this.get("patients", this.patients, id);
	}

	person(user: string): Person | undefined {
		return this.get("people", this.people, user);
	}

	organisation(id: string): Organisation | undefined {
		return this.get("organisations", this.organisations, id);
	}

	/** Was asked for, and may not be seen or does not exist. */
	refused(shelf: Shelf, id: string): boolean {
		return this.asked.get(`${shelf}/${id}`) === "refused";
	}

	onChange(listener: () => void): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	/** Asks for it, unless it is known or was asked for. */
	want(shelf: Shelf, id: string): void {
		const key = `${shelf}/${id}`;
		if (!id || this.asked.has(key)) return;
		const known = {
			patients: this.patients,
			people: this.people,
			organisations: this.organisations,
		};
		if (known[shelf].has(id) && !this.old.has(key)) return;
		this.asked.set(key, "coming");
		this.queue.push({ shelf, id });
		this.go();
	}

	learnPatients(patients: Iterable<Patient>): void {
		for (const { id, name, kana, born, sex, area, district } of patients) {
			if (!id || !name) continue;
			const one = create(PatientSchema, { id, name, kana, born, sex, area, district });
			this.learn("patients", this.patients, PatientSchema, one);
		}
	}

	learnOrganisations(organisations: Iterable<Organisation>): void {
		for (const { id, name, nameKana, kind, area, phone, left } of organisations) {
			if (!id || !name) continue;
			const one = create(OrganisationSchema, { id, name, nameKana, kind, area, phone, left });
			this.learn("organisations", this.organisations, OrganisationSchema, one);
		}
	}

	learnPeople(people: Iterable<Person>): void {
		for (const { id, name, nameKana, organisation, profession, phone } of people) {
			if (!id || !name) continue;
			const one = create(PersonSchema, { id, name, nameKana, organisation, profession, phone });
			this.learn("people", this.people, PersonSchema, one);
		}
	}

	// ---- what is known -------------------------------------------------------------------------

	private get<T>(shelf: Shelf, known: Map<string, T>, id: string): T | undefined {
		const one = known.get(id);
		if (one === undefined) return undefined;
		known.delete(id); // the last used stand last
		known.set(id, one);
		if (this.old.has(`${shelf}/${id}`)) this.want(shelf, id);
		return one;
	}

	private learn<
		S extends typeof PatientSchema | typeof PersonSchema | typeof OrganisationSchema,
		T,
	>(shelf: Shelf, known: Map<string, T>, schema: S, one: T & { id: string }): void {
		this.old.delete(`${shelf}/${one.id}`);
		const bytes = (of: unknown) => toBinary(schema as typeof PersonSchema, of as Person).join();
		const before = known.get(one.id);
		if (before !== undefined && bytes(before) === bytes(one)) return;
		known.set(one.id, one);
		for (const id of known.keys()) {
			if (known.size <= MOST) break;
			known.delete(id);
			this.asked.delete(`${shelf}/${id}`);
		}
		this.toKeep.add(shelf);
		this.keeping ??= setTimeout(() => this.keep(), KEEP_AFTER_MS);
		this.tell();
	}

	private tell(): void {
		this.telling ??= setTimeout(() => {
			this.telling = undefined;
			for (const listener of [...this.listeners]) listener();
		}, TELL_AFTER_MS);
	}

	// ---- asking --------------------------------------------------------------------------------

	private go(): void {
		if (session.client.state !== "up") return;
		while (this.inFlight < AT_ONCE) {
			const next = this.queue.shift();
			if (!next) return;
			this.inFlight++;
			const owner = this.owner;
			void this.ask(next.shelf, next.id)
				.catch((error: unknown) => {
					if (owner !== this.owner) return;
					const key = `${next.shelf}/${next.id}`;
					if (error instanceof Refused) this.asked.set(key, "refused");
					else this.asked.delete(key); // asked again when it is next wanted
					this.tell();
				})
				.finally(() => {
					this.inFlight--;
					this.go();
				});
		}
	}

	private async ask(shelf: Shelf, id: string): Promise<void> {
		const owner = this.owner;
		const { client } = session;
		if (shelf === "patients") {
			const instance = client.instanceFor("record", id);
			const answer = await client.ask(instance, ShowPatientSchema, { id }, PatientShownSchema);
			if (owner === this.owner && answer.body.patient) this.learnPatients([answer.body.patient]);
			return;
		}
		const init = shelf === "people" ? { user: id } : { id };
		const answer = await client.ask(
			"directory",
			ShowOrganisationSchema,
			init,
			OrganisationShownSchema,
		);
		if (owner !== this.owner) return;
		if (answer.body.organisation) this.learnOrganisations([answer.body.organisation]);
		this.learnPeople(answer.body.people);
	}

	// ---- keeping -------------------------------------------------------------------------------

	/** Whoever is signed in now: nothing of who was before, and what the device keeps of this one. */
	private begin(): void {
		const { state } = session;
		const owner = state.kind === "open" ? state.user : "";
		if (owner === this.owner) return;
		this.owner = owner;
		for (const map of [this.patients, this.people, this.organisations, this.asked]) map.clear();
		this.old.clear();
		this.queue.length = 0;
		this.toKeep.clear();
		clearTimeout(this.keeping);
		this.keeping = undefined;
		if (owner) void this.load(owner);
		if (state.kind === "open") {
			// Who one is needs no asking.
			if (state.me.person) this.learnPeople([state.me.person]);
			if (state.me.organisation) this.learnOrganisations([state.me.organisation]);
		}
		this.tell();
	}

	private async load(owner: string): Promise<void> {
		const take = async (shelf: Shelf, read: (bytes: Uint8Array) => { id: string }[]) => {
			const one = await kept.get(`names/${shelf}`).catch(() => undefined);
			if (!one || owner !== this.owner) return;
			const known = this[shelf] as Map<string, { id: string }>;
			for (const item of read(one.bytes)) {
				if (known.has(item.id)) continue;
				known.set(item.id, item);
				if (Date.now() - one.atMs > FRESH_MS) this.old.add(`${shelf}/${item.id}`);
			}
			this.tell();
		};
		await take("patients", (bytes) => fromBinary(PatientListSchema, bytes).items);
		await take("organisations", (bytes) => fromBinary(OrganisationListSchema, bytes).items);
		await take("people", (bytes) => fromBinary(OrganisationShownSchema, bytes).people);
	}

	private keep(): void {
		this.keeping = undefined;
		const pack = {
			patients: () =>
				toBinary(
					PatientListSchema,
					create(PatientListSchema, { items: [...this.patients.values()] }),
				),
			organisations: () =>
				toBinary(
					OrganisationListSchema,
					create(OrganisationListSchema, { items: [...this.organisations.values()] }),
				),
			people: () =>
				toBinary(
					OrganisationShownSchema,
					create(OrganisationShownSchema, { people: [...this.people.values()] }),
				),
		};
		for (const shelf of this.toKeep)
			void kept.put(`names/${shelf}`, pack[shelf]()).catch(() => undefined);
		this.toKeep.clear();
	}
}

export const names = new Names();

function useKnown<T>(shelf: Shelf, id: string, get: () => T | undefined): T | undefined {
	return useSyncExternalStore(
		useCallback(
			(changed: () => void) => {
				names.want(shelf, id);
				return names.onChange(() => {
					// Failed meanwhile, or became old: wanted still.
					if (get() === undefined && !names.refused(shelf, id)) names.want(shelf, id);
					changed();
				});
			},
			// `get` follows from these.
			[shelf, id],
		),
		get,
	);
}

/** id, name, kana, born, sex, area, district; undefined: not known (yet), or not to be seen. */
export function usePatientBrief(id: string): Patient | undefined {
	return useKnown("patients", id, () => names.patient(id));
}

/** "田所 ハル", without 様. */
export function usePatientName(id: string): string | undefined {
	return usePatientBrief(id)?.name;
}

/** id, name, kana, organisation, profession, phone. */
export function usePerson(user: string): Person | undefined {
	return useKnown("people", user, () => names.person(user));
}

/** id, name, kana, kind, area, phone. */
export function useOrganisation(id: string): Organisation | undefined {
	return useKnown("organisations", id, () => names.organisation(id));
}
