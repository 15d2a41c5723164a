// Of "readable-stream" what mqtt.js uses: a sink that takes one piece at a time, and a source that is
// asked for one thing after another.

import EventEmitter from "events";

export class Writable extends EventEmitter {
	private readonly pieces: Uint8Array[] = [];
	private busy = false;
	_write: (piece: Uint8Array, encoding: string, done: () => void) => void = (_, __, done) => done();

	write(piece: Uint8Array): void {
		this.pieces.push(piece);
		this.next();
	}

	private next(): void {
		if (this.busy) return;
		const piece = this.pieces.shift();
		if (!piece) return;
		this.busy = true;
		this._write(piece, "buffer", () => {
			this.busy = false;
			this.next();
		});
	}
}

export class Readable extends EventEmitter {
	private readonly things: unknown[] = [];
	private ended = false;
	_read: () => void = () => {};

	/** The next one; null: there is none now, and "readable" or "end" tells. */
	read(): unknown {
		if (this.things.length === 0 && !this.ended) this._read();
		return this.things.shift() ?? null;
	}

	push(thing: unknown): void {
		if (thing !== null) {
			this.things.push(thing);
			queueMicrotask(() => this.emit("readable"));
		} else if (!this.ended) {
			this.ended = true;
			queueMicrotask(() => this.emit("end"));
		}
	}
}
