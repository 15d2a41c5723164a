// Copies of the .proto files with what the page names, and what that is made of: the facts and views of
// the daemons would be a tenth of all its script. `node lean.mjs PROTOS OUT SOURCES…`

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [protos, out, ...sources] = process.argv.slice(2);
const words = (text) => text.match(/\w+/g) ?? [];
const code = (text) => text.replace(/\/\*.*?\*\//gs, "").replace(/\/\/.*/g, "");

/** Top-level messages and enums of a file, in place: { name, from, to, text }. */
function blocks(text) {
	const found = [];
	for (const match of text.matchAll(/^(?:message|enum) (\w+) \{/gm)) {
		const to = text.indexOf("\n}", match.index) + 2; // what is within is indented
		found.push({ name: match[1], from: match.index, to, text: text.slice(match.index, to) });
	}
	return found;
}

const files = readdirSync(protos).filter((name) => name.endsWith(".proto"));
const text = new Map(files.map((name) => [name, readFileSync(join(protos, name), "utf8")]));
const all = new Map([...text.values()].flatMap(blocks).map((block) => [block.name, block]));

const wanted = new Set();
function want(name) {
	const block = all.get(name);
	if (!block || wanted.has(name)) return;
	wanted.add(name);
	for (const word of words(code(block.text))) want(word);
}
for (const folder of sources)
	for (const name of readdirSync(folder, { recursive: true }))
		if (/\.tsx?$/.test(name) && !name.startsWith("gen"))
			for (const word of words(code(readFileSync(join(folder, name), "utf8"))))
				want(word.replace(/Schema$/, "").split("_")[0]);

mkdirSync(out, { recursive: true });
for (const [name, whole] of text) {
	let lean = whole;
	for (const block of blocks(whole).reverse())
		if (!wanted.has(block.name)) lean = lean.slice(0, block.from) + lean.slice(block.to);
	writeFileSync(join(out, name), lean);
}
