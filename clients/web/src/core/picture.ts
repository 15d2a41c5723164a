// A photo as a record takes it: upright, small enough to be sent from a hallway, and saying nothing but
// what it shows. It is drawn anew on this device; what the camera wrote beside it stays behind.

import { bareJpeg } from "./jpeg";

export const MOST_BYTES = 8 * 1024 * 1024;
/** Enough to read a prescription, and to see the edge of a wound. */
const LONGEST_PX = 2560;
const AIM_BYTES = 1536 * 1024;
const QUALITIES = [0.88, 0.8, 0.72, 0.64, 0.55];
const THUMBNAIL_PX = 256;
/** Eight of them are as much as an entry may bear. */
const THUMBNAIL_BYTES = 8 * 1024;

/** Why a file is not taken. */
export type Fault = "heic" | "noPicture" | "noPdf" | "tooLarge" | "otherKind" | "empty";

export class NotTaken extends Error {
	constructor(readonly why: Fault) {
		super(why);
		this.name = "NotTaken";
	}
}

export interface Prepared {
	blob: Blob;
	mediaType: "image/jpeg" | "application/pdf";
	/** Empty: none. */
	thumbnail: Uint8Array<ArrayBuffer>;
	width: number;
	height: number;
}

export type Sort = "picture" | "heic" | "pdf" | undefined;

const ascii = (bytes: Uint8Array, from: number, to: number) =>
	String.fromCharCode(...bytes.subarray(from, to));

/** By its first bytes; what it is called says nothing. */
export function sortOf(head: Uint8Array, type: string): Sort {
	if (ascii(head, 0, 5) === "%PDF-") return "pdf";
	if (ascii(head, 4, 8) === "ftyp" && /^(hei|hev|mif1|msf1)/.test(ascii(head, 8, 12)))
		return "heic";
	return type.startsWith("image/") || (head[0] === 0xff && head[1] === 0xd8)
		? "picture"
		: undefined;
}

/** @throws NotTaken */
export async function prepare(source: Blob, quarterTurns = 0): Promise<Prepared> {
	if (source.size === 0) throw new NotTaken("empty");
	const head = new Uint8Array(await source.slice(0, 16).arrayBuffer());
	const sort = sortOf(head, source.type);
	if (sort === "pdf") {
		if (source.size > MOST_BYTES) throw new NotTaken("tooLarge");
		return {
			blob: new Blob([source], { type: "application/pdf" }),
			mediaType: "application/pdf",
			thumbnail: new Uint8Array(),
			width: 0,
			height: 0,
		};
	}
	if (!sort) throw new NotTaken(source.type === "application/pdf" ? "noPdf" : "otherKind");
	const drawn = await decode(source, sort === "heic");
	try {
		return await draw(drawn, quarterTurns);
	} finally {
		if (drawn instanceof ImageBitmap) drawn.close();
	}
}

/** Upright, as the camera was held. */
async function decode(source: Blob, heic: boolean): Promise<ImageBitmap | HTMLImageElement> {
	try {
		return await createImageBitmap(source, { imageOrientation: "from-image" });
	} catch {
		// Some browsers know more kinds as an element than as a bitmap.
	}
	const url = URL.createObjectURL(source);
	try {
		const image = new Image();
		image.src = url;
		await image.decode();
		return image;
	} catch {
		throw new NotTaken(heic ? "heic" : "noPicture");
	} finally {
		URL.revokeObjectURL(url);
	}
}

const sizeOf = (drawn: ImageBitmap | HTMLImageElement): [number, number] =>
	drawn instanceof ImageBitmap
		? [drawn.width, drawn.height]
		: [drawn.naturalWidth, drawn.naturalHeight];

/** Turned by quarters, its longest side at most `longest`. */
function canvasOf(
	drawn: ImageBitmap | HTMLImageElement,
	quarterTurns: number,
	longest: number,
): HTMLCanvasElement {
	const [width, height] = sizeOf(drawn);
	const scale = Math.min(1, longest / Math.max(width, height));
	const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
	const turns = ((quarterTurns % 4) + 4) % 4;
	const canvas = document.createElement("canvas");
	[canvas.width, canvas.height] = turns % 2 ? [h, w] : [w, h];
	const context = canvas.getContext("2d", { alpha: false });
	if (!context) throw new NotTaken("noPicture");
	context.fillStyle = "#fff"; // under what is transparent
	context.fillRect(0, 0, canvas.width, canvas.height);
	context.imageSmoothingQuality = "high";
	context.translate(canvas.width / 2, canvas.height / 2);
	context.rotate((turns * Math.PI) / 2);
	context.drawImage(drawn, -w / 2, -h / 2, w, h);
	return canvas;
}

async function encode(
	canvas: HTMLCanvasElement,
	quality: number,
): Promise<Uint8Array<ArrayBuffer>> {
	const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", quality));
	const bytes = blob && bareJpeg(new Uint8Array(await blob.arrayBuffer()));
	if (!bytes) throw new NotTaken("noPicture"); // too large for the memory of this device
	return bytes;
}

/** The first quality that it is small enough with; else smaller, and once more. */
async function fitting(
	drawn: ImageBitmap | HTMLImageElement,
	turns: number,
	longest: number,
	aim: number,
	most: number,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; width: number; height: number }> {
	for (let px = longest; px >= 32; px = Math.round(px * 0.7)) {
		const canvas = canvasOf(drawn, turns, px);
		const { width, height } = canvas;
		let bytes: Uint8Array<ArrayBuffer> | undefined;
		for (const quality of QUALITIES) {
			bytes = await encode(canvas, quality);
			if (bytes.length <= aim) break;
		}
		canvas.width = canvas.height = 0; // phones give its memory back at once
		if (bytes && bytes.length <= most) return { bytes, width, height };
	}
	throw new NotTaken("tooLarge");
}

async function draw(drawn: ImageBitmap | HTMLImageElement, turns: number): Promise<Prepared> {
	const whole = await fitting(drawn, turns, LONGEST_PX, AIM_BYTES, MOST_BYTES);
	const small = await fitting(drawn, turns, THUMBNAIL_PX, THUMBNAIL_BYTES, THUMBNAIL_BYTES);
	return {
		blob: new Blob([whole.bytes], { type: "image/jpeg" }),
		mediaType: "image/jpeg",
		thumbnail: small.bytes,
		width: whole.width,
		height: whole.height,
	};
}
