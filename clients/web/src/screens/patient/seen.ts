// Names of medicines that were seen on this device: suggestions where somebody writes one. No patient
// stands beside them.

import { kept } from "../../core/kept";
import { session } from "../../core/session";
import type { Entry } from "../../gen/record_pb";

const KEY = "seen/medicines";
const MOST = 500;

let owner = "";
let seen = new Set<string>();

async function begin(): Promise<void> {
	const user = session.state.kind === "open" ? session.state.user : "";
	if (user === owner) return;
	owner = user;
	seen = new Set();
	const one = await kept.get(KEY).catch(() => undefined);
	if (one && owner === user)
		for (const name of new TextDecoder().decode(one.bytes).split("\n")) if (name) seen.add(name);
}

export function seenMedicines(): string[] {
	void begin();
	return [...seen].reverse();
}

export function seeMedicines(entries: Iterable<Entry>): void {
	void begin();
	let more = false;
	for (const { content } of entries) {
		if (content.case !== "medication" || !content.value.name) continue;
		if (seen.has(content.value.name)) continue;
		seen.add(content.value.name);
		more = true;
	}
	if (!more) return;
	for (const name of seen) {
		if (seen.size <= MOST) break;
		seen.delete(name);
	}
	void kept.put(KEY, new TextEncoder().encode([...seen].join("\n"))).catch(() => undefined);
}
