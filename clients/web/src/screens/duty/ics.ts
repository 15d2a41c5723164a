// The rota as a calendar (RFC 5545), by the rules of the command line (clients/cli/rota_export.c): an
// event is one place of a shift and keeps its UID; what changed has a higher SEQUENCE. A duty that a
// clinic gave away is CANCELLED in its own calendar. Pure.

import type { Duty, Shift } from "../../gen/rota_pb";

export type Status = "CONFIRMED" | "TENTATIVE" | "CANCELLED";

export interface CalendarEvent {
	uid: string;
	sequence: number;
	fromMs: number;
	untilMs: number;
	status: Status;
	second: boolean;
	/** Organisation; "": nobody. */
	holder: string;
	shift: Shift;
}

export interface Words {
	/** 第一当番：蒼井医院 */
	summary(event: CalendarEvent): string;
	/** 休日夜間・北部 */
	kind(shift: Shift): string;
}

const holderOf = (shift: Shift, second: boolean) => (second ? shift.second : shift.first);

/** Who has the place now has it since the one before gave it away. */
function sinceMs(shift: Shift, second: boolean): number {
	return shift.earlier
		.filter((duty) => duty.second === second)
		.reduce((from, duty) => Math.max(from, Number(duty.untilMs)), Number(shift.fromMs));
}

/** The last part of a shift that this one had when it had begun. */
function had(shift: Shift, second: boolean, organisation: string): Duty | undefined {
	return shift.earlier.findLast(
		(duty) => duty.second === second && duty.organisation === organisation,
	);
}

function eventOf(shift: Shift, second: boolean, holder: string): CalendarEvent {
	return {
		uid: `${shift.id}-${second ? "second" : "first"}@tsunagi`,
		sequence: shift.sequence,
		fromMs: Number(shift.fromMs),
		untilMs: Number(shift.untilMs),
		status: "CONFIRMED",
		second,
		holder,
		shift,
	};
}

/** In a clinic's own calendar; undefined: it has nothing to do with this place. */
function ownEvent(shift: Shift, second: boolean, organisation: string): CalendarEvent | undefined {
	const event = eventOf(shift, second, organisation);
	const part = had(shift, second, organisation);
	const away = second ? shift.givenAwaySecond : shift.givenAwayFirst;
	if (holderOf(shift, second) === organisation)
		return { ...event, fromMs: part ? Number(part.fromMs) : sinceMs(shift, second) };
	if (part) return { ...event, fromMs: Number(part.fromMs), untilMs: Number(part.untilMs) };
	if (away.includes(organisation)) return { ...event, status: "CANCELLED" };
	return undefined;
}

function placeEvent(shift: Shift, second: boolean): CalendarEvent {
	const event = eventOf(shift, second, holderOf(shift, second));
	if (shift.dropped) return { ...event, status: "CANCELLED" };
	return event.holder ? event : { ...event, status: "TENTATIVE" };
}

/** `organisation`: its own calendar; "": everybody's. */
export function eventsOf(shifts: readonly Shift[], organisation: string): CalendarEvent[] {
	const sorted = [...shifts].sort(
		(a, b) =>
			Number(a.fromMs - b.fromMs) || a.area - b.area || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
	);
	return sorted.flatMap((shift) =>
		[false, true].flatMap((second) => {
			const event = organisation
				? ownEvent(shift, second, organisation)
				: placeEvent(shift, second);
			return event ? [event] : [];
		}),
	);
}

const utc = (ms: number) => new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, "");

const escaped = (text: string) =>
	text.replace(/\\/g, "\\\\").replace(/;/g, "\\;").replace(/,/g, "\\,").replace(/\r?\n/g, "\\n");

/** Lines of at most 75 bytes; what is longer goes on in the next, behind a space. */
export function folded(line: string): string {
	const encoder = new TextEncoder();
	let text = "";
	let bytes = 0;
	for (const letter of line) {
		const size = encoder.encode(letter).length;
		if (bytes + size > 75) {
			text += "\r\n ";
			bytes = 1;
		}
		text += letter;
		bytes += size;
	}
	return text;
}

export function calendarText(
	events: readonly CalendarEvent[],
	words: Words,
	nowMs: number,
): string {
	const lines = [
		"BEGIN:VCALENDAR",
		"VERSION:2.0",
		"PRODID:-//Tsunagi//rota//JA",
		"CALSCALE:GREGORIAN",
		"METHOD:PUBLISH",
	];
	for (const event of events) {
		const kind = words.kind(event.shift);
		const { reason } = event.shift;
		lines.push(
			"BEGIN:VEVENT",
			`UID:${event.uid}`,
			`SEQUENCE:${event.sequence}`,
			`DTSTAMP:${utc(nowMs)}`,
			`DTSTART:${utc(event.fromMs)}`,
			`DTEND:${utc(event.untilMs)}`,
			`SUMMARY:${escaped(words.summary(event))}`,
			`DESCRIPTION:${escaped(reason ? `${kind}\n${reason}` : kind)}`,
			`STATUS:${event.status}`,
			"END:VEVENT",
		);
	}
	lines.push("END:VCALENDAR");
	return lines.map((line) => `${folded(line)}\r\n`).join("");
}
