// The page as an application of the device: the service worker keeps all of it, so that it opens
// without network; a new version waits until its reader wants it, or until the next start.

import { useSyncExternalStore } from "react";
import { drafts } from "./drafts";

let waiting: (() => Promise<void>) | undefined;
const listeners = new Set<() => void>();
const LOOK_MS = 30 * 60_000;

/** Once, when the page has begun. */
export async function startUpdates(): Promise<void> {
	if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
	const registration = await navigator.serviceWorker.register("/sw.js").catch(() => undefined);
	if (!registration) return; // no service worker here (a window without storage): the page works
	const offer = () => {
		const next = registration.waiting;
		if (!next || !navigator.serviceWorker.controller) return;
		waiting = async () => {
			await drafts.flush();
			navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), {
				once: true,
			});
			next.postMessage({ type: "SKIP_WAITING" });
		};
		for (const listener of [...listeners]) listener();
	};
	offer();
	registration.addEventListener("updatefound", () =>
		registration.installing?.addEventListener("statechange", offer),
	);
	setInterval(() => void registration.update().catch(() => {}), LOOK_MS);
}

/** Goes over to the new version; undefined: there is none. */
export function useNewVersion(): (() => Promise<void>) | undefined {
	return useSyncExternalStore(
		(changed) => {
			listeners.add(changed);
			return () => listeners.delete(changed);
		},
		() => waiting,
	);
}
