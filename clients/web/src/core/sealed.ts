// The outbox on the device: each item one sealed row, its files sealed beside it.

import { pack, unpack } from "./bytes";
import { Code } from "../gen/envelope_pb";
import { Refused, StorageFull } from "./errors";
import { makeRoom } from "./kept";
import type { OutboxItem, OutboxStore } from "./outbox";
import { erase, isQuota, write, type Database, type FileRow, type OutboxRow } from "./store";
import type { Vault } from "./vault";

const fileKey = (id: string, index: number) => `${id}/${index}`;
const filesOf = (id: string) => IDBKeyRange.bound(`${id}/`, `${id}/~`);

export class SealedOutbox implements OutboxStore {
	constructor(
		private readonly db: Database,
		private readonly vault: Vault,
		/** Gives up copies of what the services have; false: there are none. */
		private readonly room: () => Promise<boolean> = makeRoom,
	) {}

	async load(): Promise<OutboxItem[]> {
		const items: OutboxItem[] = [];
		for (const row of await this.db.getAll("outbox")) {
			try {
				const plain = unpack(await this.vault.unseal(`outbox/${row.id}`, row.box));
				items.push({ ...(plain as OutboxItem), state: row.state, tried: row.tried });
			} catch (error) {
				if (!this.vault.isOpen) throw error;
				console.error("an entry of the outbox was tampered with", row.id);
			}
		}
		return items;
	}

	async add(item: OutboxItem, files: Uint8Array[]): Promise<void> {
		const row = await this.row(item);
		const boxes = await this.boxes(item.id, files);
		await this.full(() =>
			write(this.db, ["outbox", "files"], async (tx) => {
				for (const box of boxes) await tx.objectStore("files").put(box);
				await tx.objectStore("outbox").add({ ...row });
			}),
		);
	}

	async put(item: OutboxItem, files?: Uint8Array[]): Promise<boolean> {
		const row = await this.row(item);
		const boxes = files && (await this.boxes(item.id, files));
		return this.full(() =>
			write(this.db, ["outbox", "files"], async (tx) => {
				const [items, kept] = [tx.objectStore("outbox"), tx.objectStore("files")];
				const n = await items.index("id").getKey(item.id);
				if (n === undefined) return false;
				await items.put({ ...row, n });
				if (boxes || item.state === "stored") await kept.delete(filesOf(item.id));
				for (const box of boxes ?? []) await kept.put(box);
				return true;
			}),
		);
	}

	async remove(id: string): Promise<boolean> {
		return erase(this.db, ["outbox", "files"], async (tx) => {
			const row = await tx.objectStore("outbox").index("id").get(id);
			if (row && row.state !== "refused" && (row.tried || row.state !== "waiting")) return false;
			if (row) await tx.objectStore("outbox").delete(row.n!);
			await tx.objectStore("files").delete(filesOf(id));
			return true;
		});
	}

	async drop(ids: string[]): Promise<void> {
		await erase(this.db, ["outbox", "files"], async (tx) => {
			const items = tx.objectStore("outbox");
			for (const id of ids) {
				const n = await items.index("id").getKey(id);
				if (n !== undefined) await items.delete(n);
				await tx.objectStore("files").delete(filesOf(id));
			}
		});
	}

	async file(id: string, index: number): Promise<Uint8Array> {
		const row = await this.db.get("files", fileKey(id, index));
		try {
			if (row) return await this.vault.unseal(`file/${row.key}`, row.box);
		} catch (error) {
			if (!this.vault.isOpen) throw error;
		}
		throw new Refused(
			Code.DATA_LOSS,
			"entry.attachments",
			"添付した写真または書類をこの端末から読み出せません。もう一度付けてください。",
			"The attached photo or paper cannot be read from this device. Please attach it again.",
			"",
		);
	}

	private async row(item: OutboxItem): Promise<OutboxRow> {
		const { id, state, tried } = item;
		return { id, state, tried, box: await this.vault.seal(`outbox/${id}`, pack(item)) };
	}

	private async boxes(id: string, files: Uint8Array[]): Promise<FileRow[]> {
		return Promise.all(
			files.map(async (bytes, index) => {
				const key = fileKey(id, index);
				return { key, box: await this.vault.seal(`file/${key}`, bytes) };
			}),
		);
	}

	/** Where the device is full, what the services have goes first. @throws StorageFull */
	private async full<T>(write: () => PromiseLike<T>): Promise<T> {
		for (;;) {
			try {
				return await write();
			} catch (error) {
				if (!isQuota(error)) throw error;
				if (!(await this.room().catch(() => false))) throw new StorageFull();
			}
		}
	}
}

/** How many entries would be lost if the device were wiped: known without any key. */
export async function countUnsent(db: Database): Promise<number> {
	return (await db.getAll("outbox")).filter((row) => row.state !== "stored").length;
}
