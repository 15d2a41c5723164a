// A paper that was opened in a tab of its own: nothing of ours runs there, so it is closed from here when
// this page shows nothing more, or goes itself.

import { session } from "./session";

const opened = new Set<Window>();

function closeAll(): void {
	for (const one of opened) one.close();
	opened.clear();
}

session.onChange(() => {
	if (session.state.kind !== "open") closeAll();
});
addEventListener("pagehide", closeAll);

export function openBeside(url: string): void {
	const one = window.open(url);
	if (one) opened.add(one);
}
