// Photos and papers of an entry, before it: in pieces, from where an earlier life of the page stopped
// (PutChunk and ShowUpload in record.proto).

import { fromBinary, toBinary } from "@bufbuild/protobuf";
import {
	AddEntrySchema,
	ChunkTakenSchema,
	PutChunkSchema,
	ShowUploadSchema,
	UploadShownSchema,
} from "../gen/record_pb";
import { PIECE_BYTES, PIECE_PATIENCE_MS, PIECE_REPEAT_MS, some } from "./attachments";
import type { Client } from "./client";
import { NoAnswer } from "./errors";
import type { OutboxFile, OutboxItem } from "./outbox";

/** On a slow line several on their way delay each other, and all else: few. */
const AT_ONCE = 3;
const TURNS = 3;

type Ask = Pick<Client, "ask">;

/** Resolves with the body of the entry that names them. @throws Refused, NoAnswer */
export async function sendFiles(
	client: Ask,
	service: string,
	item: OutboxItem,
	file: (index: number) => Promise<Uint8Array>,
	progress: (part: number) => void,
): Promise<Uint8Array> {
	const files = item.files ?? [];
	const total = files.reduce((sum, one) => sum + one.bytes, 0);
	let before = 0;
	for (const [index, one] of files.entries()) {
		await sendFile(client, service, item.patient, one, await file(index), (sent) =>
			progress((before + sent) / Math.max(total, 1)),
		);
		before += one.bytes;
	}
	const request = fromBinary(AddEntrySchema, item.body);
	if (!request.entry) return item.body;
	request.entry.attachments.push(
		...files.map(({ name, mediaType, thumbnail, width, height, bytes, sha256 }) => ({
			$typeName: "tsunagi.v1.Attachment" as const,
			sha256,
			bytes,
			mediaType,
			name,
			thumbnail,
			width,
			height,
		})),
	);
	return toBinary(AddEntrySchema, request);
}

async function sendFile(
	client: Ask,
	service: string,
	patient: string,
	file: OutboxFile,
	content: Uint8Array,
	progress: (bytes: number) => void,
): Promise<void> {
	const { sha256 } = file;
	for (let turn = 0; turn < TURNS; turn++) {
		const { body: shown } = await client.ask(
			service,
			ShowUploadSchema,
			{ patient, sha256 },
			UploadShownSchema,
		);
		if (shown.complete) return progress(file.bytes);
		const here = new Set(shown.offsets);
		const missing: number[] = [];
		for (let at = 0; at < content.length; at += PIECE_BYTES) if (!here.has(at)) missing.push(at);
		let sent = content.length;
		for (const at of missing) sent -= Math.min(PIECE_BYTES, content.length - at);
		progress(sent);
		let complete = false;
		await some(AT_ONCE, missing, async (offset) => {
			const data = content.subarray(offset, offset + PIECE_BYTES);
			const { body } = await client.ask(
				service,
				PutChunkSchema,
				{ patient, sha256, bytes: content.length, offset, data },
				ChunkTakenSchema,
				{ repeatMs: PIECE_REPEAT_MS, patienceMs: PIECE_PATIENCE_MS },
			);
			complete ||= body.complete;
			sent += data.length;
			progress(sent);
		});
		if (complete) return;
		// Not known yet, or (mismatch) it is gone: what is there says it.
	}
	throw new NoAnswer(service); // later, from what is there then
}
