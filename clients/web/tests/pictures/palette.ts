// A PNG of at most 256 colours: a third of what a browser's screenshot takes. The browser itself reads
// the pixels; the colours that are there most often stay, the others become the nearest of them.

import { deflateSync } from "node:zlib";
import type { Page } from "@playwright/test";

const COLOURS = 256;

interface Indexed {
	width: number;
	height: number;
	palette: number[];
	/** A byte a pixel, base64. */
	pixels: string;
}

export async function fewColours(page: Page, png: Buffer): Promise<Buffer> {
	const made = await page.evaluate<Indexed, [string, number]>(
		async ([base64, most]) => {
			const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
			const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
			const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
			const context = canvas.getContext("2d")!;
			context.drawImage(bitmap, 0, 0);
			const { data, width, height } = context.getImageData(0, 0, bitmap.width, bitmap.height);
			const counts = new Map<number, number>();
			for (let i = 0; i < data.length; i += 4) {
				const colour = (data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!;
				counts.set(colour, (counts.get(colour) ?? 0) + 1);
			}
			const palette = [...counts]
				.sort(([, a], [, b]) => b - a)
				.slice(0, most)
				.map(([colour]) => colour);
			const nearest = new Map(palette.map((colour, i) => [colour, i]));
			const find = (colour: number): number => {
				let best = 0;
				let least = Infinity;
				palette.forEach((one, i) => {
					const [r, g, b] = [16, 8, 0].map((at) => ((one >> at) & 255) - ((colour >> at) & 255));
					const distance = r! * r! + g! * g! + b! * b!;
					if (distance < least) [least, best] = [distance, i];
				});
				nearest.set(colour, best);
				return best;
			};
			const pixels: string[] = [];
			for (let i = 0; i < data.length; i += 4) {
				const colour = (data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!;
				pixels.push(String.fromCharCode(nearest.get(colour) ?? find(colour)));
			}
			return { width, height, palette, pixels: btoa(pixels.join("")) };
		},
		[png.toString("base64"), COLOURS],
	);
	return encode(made);
}

function encode({ width, height, palette, pixels }: Indexed): Buffer {
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set([8, 3, 0, 0, 0], 8); // eight bits, by palette
	const colours = Buffer.from(palette.flatMap((one) => [one >> 16, (one >> 8) & 255, one & 255]));
	const flat = Buffer.from(pixels, "base64");
	const lines = Buffer.alloc((width + 1) * height); // each begins with its filter: none
	for (let y = 0; y < height; y++)
		flat.copy(lines, y * (width + 1) + 1, y * width, (y + 1) * width);
	return Buffer.concat([
		Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
		chunk("IHDR", header),
		chunk("PLTE", colours),
		chunk("IDAT", deflateSync(lines, { level: 9 })),
		chunk("IEND", Buffer.alloc(0)),
	]);
}

function chunk(type: string, data: Buffer): Buffer {
	const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
	const length = Buffer.alloc(4);
	length.writeUInt32BE(data.length);
	const sum = Buffer.alloc(4);
	sum.writeUInt32BE(crc32(body));
	return Buffer.concat([length, body, sum]);
}

function crc32(data: Buffer): number {
	let crc = ~0;
	for (const byte of data) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc >>> 0;
}
