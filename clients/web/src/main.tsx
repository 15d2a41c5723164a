import "@mantine/core/styles.css";
import "./page.css";
import { MantineProvider } from "@mantine/core";
import { StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { session } from "./core/session";
import { startUpdates } from "./core/update";
import { startTexts } from "./i18n";
import { theme, variables } from "./theme";

/**
 * So that the page is seen before them, the styles stand behind it (vite.config.ts). There they would
 * win over the theme and over what screens bring: before anything is drawn they go into the head.
 */
async function stylesToHead(): Promise<void> {
	const late = [...document.querySelectorAll<HTMLLinkElement>('body link[rel="stylesheet"]')];
	await Promise.all(
		late.map(
			(link) =>
				new Promise<void>((done) => {
					const copy = link.cloneNode() as HTMLLinkElement;
					copy.onload = copy.onerror = () => done();
					document.head.append(copy);
				}),
		),
	);
	for (const link of late) link.remove();
}

await Promise.all([startTexts(), stylesToHead()]);
createRoot(document.getElementById("root")!).render(
	<StrictMode>
		<MantineProvider
			theme={theme}
			cssVariablesResolver={variables}
			// Before Mantine's own :root, although its style sheet stands behind what the provider writes.
			cssVariablesSelector="html:root"
			defaultColorScheme="auto"
		>
			<Suspense>
				<App />
			</Suspense>
		</MantineProvider>
	</StrictMode>,
);
void session.start();
void startUpdates();
