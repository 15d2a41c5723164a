// What this device keeps of one user: sealed, in IndexedDB, gone at sign-out. (Until the vault is
// there it lives in memory.)

export interface Kept {
	bytes: Uint8Array;
	/** When it was kept, ms since the Unix epoch: the age of what is shown from it. */
	atMs: number;
}

const memory = new Map<string, Kept>();

/** Keys are made of a name and ids: "timeline/01M8…". They are not sealed: no patient's name in them. */
export const kept = {
	async get(key: string): Promise<Kept | undefined> {
		return memory.get(key);
	},
	async put(key: string, bytes: Uint8Array): Promise<void> {
		memory.set(key, { bytes, atMs: Date.now() });
	},
	async remove(key: string): Promise<void> {
		memory.delete(key);
	},
};
