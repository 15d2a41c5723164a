// A websocket as the stream that mqtt.js writes to and pipes from.

import { Buffer } from "buffer/";
import EventEmitter from "events";
import type { Writable } from "./streams";

/** Behind so many bytes a slow connection is not given more. */
const HIGH_WATER = 512 * 1024;
const DRAIN_MS = 50;

export class SocketStream extends EventEmitter {
	private readonly socket: WebSocket;
	/** What is written before the socket is open, or between cork() and uncork(). */
	private waiting: Uint8Array[] = [];
	private corked = 0;
	private to: Writable | undefined;
	destroyed = false;

	constructor(url: string) {
		super();
		this.socket = new WebSocket(url, ["mqtt"]);
		this.socket.binaryType = "arraybuffer";
		this.socket.onopen = () => this.flush();
		this.socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
			if (!this.destroyed) this.to?.write(Buffer.from(data));
		};
		this.socket.onclose = () => this.destroy();
	}

	/** False: wait for "drain". */
	write(chunk: Uint8Array | string): boolean {
		this.waiting.push(typeof chunk === "string" ? Buffer.from(chunk, "utf8") : chunk);
		if (this.corked === 0) this.flush();
		if (this.socket.bufferedAmount <= HIGH_WATER) return true;
		const look = setInterval(() => {
			if (!this.destroyed && this.socket.bufferedAmount > HIGH_WATER) return;
			clearInterval(look);
			if (!this.destroyed) this.emit("drain");
		}, DRAIN_MS);
		return false;
	}

	cork(): void {
		this.corked++;
	}

	uncork(): void {
		if (this.corked > 0) this.corked--;
		if (this.corked === 0) this.flush();
	}

	pipe(to: Writable): Writable {
		this.to = to;
		return to;
	}

	end(done?: () => void): this {
		this.flush();
		if (done) this.once("close", done);
		this.socket.close();
		return this;
	}

	destroy(error?: Error): this {
		if (this.destroyed) return this;
		this.destroyed = true;
		this.waiting = [];
		this.socket.close();
		queueMicrotask(() => {
			if (error) this.emit("error", error);
			this.emit("close");
		});
		return this;
	}

	private flush(): void {
		if (this.socket.readyState !== WebSocket.OPEN || this.waiting.length === 0) return;
		const whole = this.waiting.length === 1 ? this.waiting[0]! : Buffer.concat(this.waiting);
		this.waiting = [];
		this.socket.send(whole as Uint8Array<ArrayBuffer>);
	}
}
