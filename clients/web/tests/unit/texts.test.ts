// Texts: what would be broken if it failed is a screen with a key or with the other language on it.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const WEB = join(dirname(fileURLToPath(import.meta.url)), "../..");
const JAPANESE = /[\u3040-\u30fa\u30fc-\u30ff\u3400-\u9fff\uff66-\uff9f]/;
/** Empty on purpose: English has no word for it. */
const EMPTY_IN_ENGLISH = ["common.sama"];
type Texts = Record<string, string>;

function filesBelow(folder: string): string[] {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);
		return entry.isDirectory() ? filesBelow(path) : [path];
	});
}

/** Keys in dots. */
function flat(value: object, before = ""): Texts {
	return Object.fromEntries(
		Object.entries(value).flatMap(([key, inner]) =>
			typeof inner === "string"
				? [[before + key, inner]]
				: Object.entries(flat(inner as object, `${before}${key}.`)),
		),
	);
}

const texts = (language: string, area: string) =>
	flat(JSON.parse(readFileSync(join(WEB, "src/i18n", language, `${area}.json`), "utf8")) as object);

const areas = readdirSync(join(WEB, "src/i18n/ja")).map((name) => name.replace(".json", ""));
const plural = /_(zero|one|two|few|many|other)$/;
const sources = filesBelow(join(WEB, "src"))
	.filter((path) => /\.tsx?$/.test(path) && !path.includes("/gen/"))
	.map((path) => ({ path: path.slice(WEB.length + 1), text: readFileSync(path, "utf8") }));

describe.each(areas)("texts of %s", (area) => {
	const ja = texts("ja", area);
	const en = texts("en", area);

	it("are there in both languages", () => {
		const keys = (of: Texts) =>
			[...new Set(Object.keys(of).map((key) => key.replace(plural, "")))].sort();
		expect(keys(en)).toEqual(keys(ja));
	});

	it("are not empty, and English is English", () => {
		// The switch of the language says itself in the other one.
		const other = (key: string) => area === "common" && key === "language";
		expect(Object.keys(ja).filter((key) => !ja[key]!.trim())).toEqual([]);
		const empty = Object.keys(en).filter((key) => !en[key]!.trim());
		expect(empty.filter((key) => !EMPTY_IN_ENGLISH.includes(`${area}.${key}`))).toEqual([]);
		expect(Object.keys(en).filter((key) => JAPANESE.test(en[key]!) && !other(key))).toEqual([]);
	});

	it("fill in the same values", () => {
		const holes = (text = "") => [...new Set(text.match(/\{\{[^}]*\}\}/g))].sort();
		const differ = Object.keys(ja).filter(
			(key) => key in en && holes(ja[key]).join() !== holes(en[key]).join(),
		);
		expect(differ).toEqual([]);
	});

	it.skipIf(area === "words")("are all used", () => {
		const all = sources.map(({ text }) => text).join("\n");
		const begun = [...all.matchAll(/`([A-Za-z][\w.]*)\$\{/g)].map(([, prefix]) => prefix!);
		const unused = Object.keys(ja).filter((key) => {
			const name = key.replace(plural, "");
			return !(
				all.includes(`"${name}"`) ||
				all.includes(`:${name}"`) ||
				all.includes(`\`${name}\``) ||
				new RegExp(`\\b${name.replaceAll(".", "\\.")}:`).test(all) ||
				begun.some((prefix) => name.startsWith(prefix))
			);
		});
		expect(unused).toEqual([]);
	});
});

describe("sources", () => {
	// Patterns of names in what people wrote are no texts, nor is the name of the whole.
	it("have no Japanese on screens outside of comments and src/i18n", () => {
		const found = sources.flatMap(({ path, text }) => {
			if (path.startsWith("src/i18n/") || path.startsWith("src/core/")) return [];
			const code = text
				.replace(/\/\*[\s\S]*?\*\//g, "")
				.replace(/(^|[^:])\/\/.*$/gm, "$1")
				.replace(/replace\(\/.*?\/[a-z]*,/g, "")
				.replaceAll("つなぎ", "");
			return code
				.split("\n")
				.filter((line) => JAPANESE.test(line))
				.map((line) => `${path}: ${line.trim()}`);
		});
		expect(found).toEqual([]);
	});

	it("name each icon once", () => {
		const names = readFileSync(join(WEB, "src/parts/icons.ts"), "utf8").match(/default as \w+/g)!;
		expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
	});
});

describe("words of enums", () => {
	it("are those of the command line", () => {
		const labels = readFileSync(join(WEB, "../cli/labels.c"), "utf8");
		const expected: Record<"ja" | "en", Texts> = { ja: {}, en: {} };
		for (const [, type, name, en, ja] of labels.matchAll(
			/\bL\((\w+),\s*\w+,\s*(\w+),\s*"([^"]*)",\s*"([^"]*)"\)/g,
		)) {
			expected.ja[`${type}.${name}`] = ja!;
			expected.en[`${type}.${name}`] = en!;
		}
		expect(Object.keys(expected.ja).length).toBeGreaterThan(200);
		expect(texts("ja", "words")).toEqual(expected.ja);
		expect(texts("en", "words")).toEqual(expected.en);
	});
});
