import { Code } from "../gen/envelope_pb";

/** A service said no. `field` names the field at fault, in dots; the sentences say what to do. */
export class Refused extends Error {
	constructor(
		readonly code: Code,
		readonly field: string,
		readonly ja: string,
		readonly en: string,
		/** Of what is there already, where the code is ALREADY_EXISTS. */
		readonly id: string,
	) {
		super(en || Code[code]);
		this.name = "Refused";
	}
}

/** No answer in time. A write that was in an outbox is repeated; nothing is lost. */
export class NoAnswer extends Error {
	constructor(readonly service: string) {
		super(`no answer from ${service}`);
		this.name = "NoAnswer";
	}
}

/** This device has no room: nothing was kept, and what is in the form still is. */
export class StorageFull extends Error {
	constructor() {
		super("no room on this device");
		this.name = "StorageFull";
	}
}
