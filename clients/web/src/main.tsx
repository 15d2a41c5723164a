import "./layers.css";
import "@mantine/core/styles.layer.css";
import "./page.css";
import { MantineProvider } from "@mantine/core";
import { StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { session } from "./core/session";
import { startUpdates } from "./core/update";
import { startTexts } from "./i18n";
import { theme, variables } from "./theme";

await startTexts();
createRoot(document.getElementById("root")!).render(
	<StrictMode>
		<MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
			<Suspense>
				<App />
			</Suspense>
		</MantineProvider>
	</StrictMode>,
);
void session.start();
void startUpdates();
