// What a JPEG says besides the picture, taken out: where and when it was taken, with what, by whom.
// (A canvas writes none of it; that some browser once does is no reason for a patient's home to be in
// a record.)

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const COM = 0xfe;
const APP0 = 0xe0; // JFIF
const APP14 = 0xee; // Adobe: how colours are to be read
const APP15 = 0xef;

const KEPT = new Set([APP0, APP14]);

/** JPEG without all segments of applications and comments. Undefined: it is none, or it is damaged. */
export function bareJpeg(bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
	if (bytes[0] !== 0xff || bytes[1] !== SOI) return undefined;
	const out = new Uint8Array(bytes.length);
	out.set([0xff, SOI]);
	let size = 2;
	let at = 2;
	for (;;) {
		while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++; // fill
		const marker = bytes[at + 1];
		if (bytes[at] !== 0xff || marker === undefined) return undefined;
		if (marker === EOI) return undefined; // no picture in it
		const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
		const end = at + 2 + length;
		if (length < 2 || end > bytes.length) return undefined;
		const said = (marker >= APP0 && marker <= APP15 && !KEPT.has(marker)) || marker === COM;
		if (!said) {
			out.set(bytes.subarray(at, end), size);
			size += end - at;
		}
		at = end;
		if (marker === SOS) break;
	}
	// The picture itself, to its end: what stands behind that (a second picture, a film) goes, too.
	const end = endOf(bytes, at);
	if (end < 0) return undefined;
	out.set(bytes.subarray(at, end), size);
	return out.slice(0, size + end - at);
}

/** Where EOI ends. Between scans of a progressive picture there are tables and further SOS. */
function endOf(bytes: Uint8Array, from: number): number {
	for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1))
		if (bytes[at + 1] === EOI) return at + 2;
	return -1;
}
