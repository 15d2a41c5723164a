// The way between one browser and the network, which a test can cut: a TCP proxy. (A browser's own
// "offline" leaves websockets open that are open already.)

import { connect, createServer, type Server, type Socket } from "node:net";
import { freePort } from "./system";

export class Door {
	private readonly sockets = new Set<Socket>();
	private server: Server | undefined;
	/** Something was cut: the browser may complain of connections that failed. */
	wasCut = false;
	/** What goes through is late by so much, both ways. */
	delayMs = 0;

	private constructor(
		private readonly target: number,
		private readonly number: number,
	) {}

	static async open(target: number): Promise<Door> {
		const door = new Door(target, await freePort());
		await door.restore();
		return door;
	}

	get address(): string {
		return `http://localhost:${this.number}`;
	}

	/** Nobody comes through, and who is through is cut. */
	async cut(): Promise<void> {
		this.wasCut = true;
		const server = this.server;
		this.server = undefined;
		const closed = new Promise<void>((done) => (server ? server.close(() => done()) : done()));
		for (const socket of this.sockets) socket.destroy();
		await closed;
	}

	/** At the same address as before. */
	async restore(): Promise<void> {
		if (this.server) return;
		const server = createServer((near) => this.pass(near));
		await new Promise<void>((done, fail) => {
			server.once("error", fail);
			server.listen(this.number, "127.0.0.1", done);
		});
		this.server = server;
	}

	private pass(near: Socket): void {
		const far = connect(this.target, "127.0.0.1");
		for (const [from, to] of [
			[near, far],
			[far, near],
		] as const) {
			this.sockets.add(from);
			from.setNoDelay(true);
			from.on("data", (data) => {
				if (this.delayMs) setTimeout(() => to.writable && to.write(data), this.delayMs);
				else to.write(data);
			});
			from.on("end", () => to.end());
			from.on("error", () => to.destroy());
			from.on("close", () => {
				this.sockets.delete(from);
				to.destroy();
			});
		}
	}
}
