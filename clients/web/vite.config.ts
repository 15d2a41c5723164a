import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { VitePWA } from "vite-plugin-pwa";

// WEB_OUT is where make wants the page; TSUNAGI is a running network's http address, for `npx vite`.
const network = process.env.TSUNAGI ?? "http://localhost:8080";

const mqtt = (file: string) => fileURLToPath(new URL(`src/core/mqtt/${file}`, import.meta.url));

/** Script and styles behind what index.html shows: it is seen before they are there. */
const seenFirst: Plugin = {
	name: "seen-first",
	transformIndexHtml: {
		order: "post",
		handler(html) {
			const late = /^\s*<(link rel="(stylesheet|modulepreload)"|script type="module").*\n/gm;
			const tags = (html.match(late) ?? []).sort(
				(a, b) => Number(/script/.test(a)) - Number(/script/.test(b)),
			);
			return html.replace(late, "").replace("</body>", () => `${tags.join("")}</body>`);
		},
	},
};

/** What mqtt.js would log: most of its text. */
const silentMqtt: Plugin = {
	name: "silent-mqtt",
	transform(code, id) {
		if (!/node_modules\/mqtt(-packet)?\//.test(id)) return null;
		return { code: code.replace(/^ *(this\.log|debug)\('.*\);?$/gm, ";"), map: null };
	},
};

export default defineConfig({
	resolve: {
		// What mqtt.js takes of Node and this page does not need: src/core/mqtt/index.ts.
		alias: [
			{ find: /^readable-stream$/, replacement: mqtt("streams.ts") },
			{ find: /^debug$/, replacement: mqtt("nodebug.ts") },
			{ find: /^worker-timers$/, replacement: mqtt("notimers.ts") },
			{ find: /^lru-cache$/, replacement: mqtt("nolru.ts") },
			{ find: /^process-nextick-args$/, replacement: mqtt("nexttick.ts") },
			{ find: /^bl$/, replacement: "bl/BufferList.js" },
		],
	},
	plugins: [
		react(),
		seenFirst,
		silentMqtt,
		VitePWA({
			registerType: "prompt",
			// Where devices have certificates, what is fetched without would be refused.
			useCredentials: true,
			injectRegister: false, // src/core/update.ts does
			manifest: {
				name: "つなぎ",
				short_name: "つなぎ",
				description: "在宅療養を支える人をつなぐ",
				lang: "ja",
				display: "standalone",
				start_url: "/",
				background_color: "#ffffff",
				theme_color: "#0f766e",
				icons: [{ src: "/icon.svg", sizes: "any", type: "image/svg+xml", purpose: "any" }],
			},
			workbox: {
				globPatterns: ["**/*.{js,css,html,svg}"],
				navigateFallback: "/index.html",
				navigateFallbackDenylist: [/^\/mqtt/, /^\/settings\.json/, /^\/calendar\//],
				// What the page must know without network, too.
				runtimeCaching: [{ urlPattern: /\/settings\.json$/, handler: "NetworkFirst" }],
			},
		}),
	],
	build: {
		outDir: process.env.WEB_OUT ?? "dist",
		emptyOutDir: true,
		target: "es2022",
		// 4 % smaller than what esbuild makes.
		minify: "terser",
		terserOptions: { module: true, ecma: 2020, compress: { passes: 2 } },
	},
	server: {
		proxy: {
			"/mqtt": {
				target: network.replace(/^http/, "ws"),
				ws: true,
				changeOrigin: true,
				headers: { origin: network }, // the door lets in its own page alone
			},
			"/settings.json": network,
		},
	},
	test: { include: ["tests/unit/**/*.test.ts", "tests/unit/**/*.test.tsx"] },
});
