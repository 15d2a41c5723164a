// A network for tests: what `make run` starts, in a folder of its own, on free ports.

import { execFile, spawn, type ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync, openSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const ROOT = resolve(fileURLToPath(new URL(".", import.meta.url)), "../../../..");
export const BUILD = resolve(ROOT, process.env.BUILD ?? "build");
const START_S = 180;
const run = promisify(execFile);

/** An object that the command line prints; its fields are those of the message. */
export type Json = Record<string, unknown>;

export interface Team {
	/** Organisations or users, each with its role. */
	[orgOrUser: string]: "attending" | "deputy" | "specialist" | "key-person" | "member";
}

export interface PatientOptions {
	name?: string;
	/** Who registers; has it as a member by that. */
	by?: string;
	team?: Team;
	consent?: boolean;
	more?: string[];
}

export class System {
	private process: ChildProcess | undefined;

	constructor(readonly state: string) {}

	/** Starts one that is gone after `stop`. `demo` is city or none. */
	static async start(demo = "city", environment: NodeJS.ProcessEnv = {}): Promise<System> {
		const system = new System(await mkdtemp(join(tmpdir(), "tsunagi-browser-")));
		const out = openSync(`${system.state}.out`, "a");
		// Should this process be killed, the network ends by itself.
		system.process = spawn("setpriv", ["--pdeathsig", "TERM", join(ROOT, "services/run/run")], {
			env: {
				...process.env,
				BUILD,
				STATE: system.state,
				DEMO: demo,
				DAEMONS: process.env.DAEMONS ?? (await daemons()),
				MQTT_PORT: String(await freePort()),
				WEB_PORT: String(await freePort()),
				WEB_RATE: "1000", // all of them come from one address
				ASAN_OPTIONS: "detect_leaks=0",
				...environment,
			},
			stdio: ["ignore", out, out],
		});
		const deadline = Date.now() + START_S * 1000;
		while (!existsSync(join(system.state, "ready"))) {
			if (system.process.exitCode !== null || Date.now() > deadline) {
				const said = readFileSync(`${system.state}.out`, "utf8");
				await system.stop();
				throw new Error(`the network does not start:\n${said}`);
			}
			await pause(100);
		}
		return system;
	}

	async stop(): Promise<void> {
		const child = this.process;
		if (!child) return;
		this.process = undefined;
		if (child.exitCode === null) {
			const ended = new Promise((done) => child.once("exit", done));
			child.kill("SIGTERM");
			await ended;
		}
		if (process.env.KEEP) return;
		await rm(this.state, { recursive: true, force: true });
		await rm(`${this.state}.out`, { force: true });
	}

	port(name: "mqtt" | "web" | "web-http" | "websockets"): number {
		const lines = readFileSync(join(this.state, "ports"), "utf8").split("\n");
		const line = lines.find((one) => one.startsWith(`${name} `));
		if (!line) throw new Error(`no port ${name} in ${this.state}`);
		return Number(line.split(" ")[1]);
	}

	/** Where the page is: of the network, or of a `vite` that is named by PAGE_PORT. */
	get pagePort(): number {
		return Number(process.env.PAGE_PORT ?? this.port("web-http"));
	}

	get password(): string {
		const settings = readFileSync(join(this.state, "web/settings.json"), "utf8");
		return (JSON.parse(settings) as { password: string }).password;
	}

	/** The command line as this user: the objects that it prints. Throws with what it said. */
	async cli(user: string, ...words: (string | number)[]): Promise<Json[]> {
		const { stdout } = await run(
			join(BUILD, "bin/tsunagi"),
			["-p", join(this.state, "accounts", user), "--json", "--timeout", "30", ...words.map(String)],
			{ env: { ...process.env, LC_ALL: "C.UTF-8" }, maxBuffer: 64 << 20 },
		);
		return stdout
			.split("\n")
			.filter(Boolean)
			.map((line) => JSON.parse(line) as Json);
	}

	/** The id of what a command made. */
	async cliId(user: string, ...words: (string | number)[]): Promise<string> {
		return String((await this.cli(user, ...words)).at(-1)!.id);
	}

	/** A patient of one test alone: registered, with consent, and with a team. */
	async patient(options: PatientOptions = {}): Promise<{ id: string; name: string }> {
		const by = options.by ?? "station01-nurse";
		const name = options.name ?? inventedName();
		const consent = options.consent === false ? [] : ["--consent-given-on", "2026-01-05"];
		const person = ["--name", name, "--kana", "シケン　ハナコ", "--born", "1941-03-05"];
		const id = await this.cliId(
			by,
			...["patient", "register", ...person, "--sex", "female", ...consent],
			...(options.more ?? []),
		);
		const team = options.team ?? { clinic01: "attending", pharmacy01: "member" };
		for (const [who, role] of Object.entries(team))
			await this.cli(by, "patient", "team-add", id, who, "--as", role);
		return { id, name };
	}

	async pid(name: string): Promise<number> {
		return Number(await readFile(join(this.state, "pids", name), "utf8"));
	}

	/** Ends one process without warning; it is started again by what supervises it. */
	async kill(name: string, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
		const pid = await this.pid(name);
		if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(name))
			throw new Error(`${pid} is not ${name} any more`);
		process.kill(pid, signal);
	}

	/** Stops a service until `up`. */
	async down(name: string): Promise<void> {
		await run("sv", ["-w", "30", "down", join(this.state, "services", name)]);
	}

	async up(name: string): Promise<void> {
		await run("sv", ["-w", "30", "up", join(this.state, "services", name)]);
	}
}

async function daemons(): Promise<string> {
	const { stdout } = await run("sh", ["-c", "ls -d services/*/main.c"], { cwd: ROOT });
	return stdout.replaceAll(/services\/|\/main\.c/g, "").replaceAll("\n", " ");
}

/** A port nobody listens on, of those that the kernel gives to nobody by itself (`free_port` of tests/e2e/broker.py). */
export async function freePort(): Promise<number> {
	const port = randomInt(20000, 32768);
	const server = createServer();
	const free = await new Promise<boolean>((done, failed) => {
		server.once("error", (error: NodeJS.ErrnoException) =>
			error.code === "EADDRINUSE" ? done(false) : failed(error),
		);
		server.listen(port, "127.0.0.1", () => done(true));
	});
	if (!free) {
		return freePort();
	}
	await new Promise((done) => server.close(done));
	return port;
}

const FAMILIES = ["試川", "試山", "試野", "試田", "試井", "試本", "試島", "試沢"];
let made = 0;

/** Told apart from the city's people by the first character, from each other by the number. */
function inventedName(): string {
	made++;
	const number = `${String(process.pid % 1000).padStart(3, "0")}${String(made).padStart(2, "0")}`;
	return `${FAMILIES[made % FAMILIES.length]}　花子${number}`;
}
