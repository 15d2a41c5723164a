// What the front door says of itself: /settings.json, written by broker-config/configure.

export interface Settings {
	/** A city of invented people; it says so on the sign-in page. */
	demonstration: boolean;
	/** No second factor is asked for (demonstration only). */
	passwordAlone: boolean;
	/** Accounts to try, and the password of all of them (demonstration only). */
	accounts: { user: string; ja: string; en: string }[];
	password: string;
	/** The page locks itself after so long without a touch. */
	idleSeconds: number;
}

const unknown: Settings = {
	demonstration: false,
	passwordAlone: false,
	accounts: [],
	password: "",
	idleSeconds: 600,
};

export async function loadSettings(): Promise<Settings> {
	try {
		const answer = await fetch("/settings.json", { cache: "no-cache" });
		return answer.ok ? { ...unknown, ...((await answer.json()) as Partial<Settings>) } : unknown;
	} catch {
		return unknown; // without network: the strict ones
	}
}
