// A photo or a paper, large: from this device, or piece by piece from record. It is shown when all of it
// is here and is what was stored, and not before.

import { ActionIcon, Alert, Button, Modal, Progress, Stack, Text } from "@mantine/core";
import { useElementSize, useMergedRef, useWindowEvent } from "@mantine/hooks";
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type TouchEvent } from "react";
import { useTranslation } from "react-i18next";
import { Damaged, fetchAttachment, keepPicture, keptPicture } from "../../core/attachments";
import { openBeside } from "../../core/beside";
import { NoAnswer } from "../../core/errors";
import { useLinkState } from "../../core/hooks";
import { outbox } from "../../core/outbox";
import { session } from "../../core/session";
import type { Attachment, Entry } from "../../gen/record_pb";
import { Empty, Failure } from "../../parts";
import { useFocusBack } from "../../parts/focus";
import {
	IconChevronLeft,
	IconChevronRight,
	IconDownload,
	IconExternalLink,
	IconZoomIn,
	IconZoomOut,
} from "../../parts/icons";
import { isPaper, type PhotoPlace } from "./attachments";
import { useBlobUrl } from "./blob-url";
import c from "./photos.module.css";

const MOST_SCALE = 6;
const STEP = 1.5;

/** What else an entry calls it, a browser is told nothing else. */
const TYPES = ["image/jpeg", "image/png", "application/pdf"];

type State =
	| { kind: "loading"; part: number }
	| { kind: "offline" }
	| { kind: "failed"; error: unknown }
	| { kind: "ready"; blob: Blob };

function useWhole(patient: string, entry: Entry, one: Attachment) {
	const [state, setState] = useState<State>({ kind: "loading", part: 0 });
	const [turn, setTurn] = useState(0);
	const up = useLinkState() === "up";
	const have = useRef(new Map<number, Uint8Array>());
	const done = useRef(false);
	const { sha256, bytes, mediaType } = one;
	const waits = entry.position === 0n;

	useEffect(() => {
		if (done.current) return;
		const stop = new AbortController();
		const take = (content: BlobPart) => {
			if (stop.signal.aborted) return;
			const type = TYPES.includes(mediaType) ? mediaType : "application/octet-stream";
			done.current = true;
			setState({ kind: "ready", blob: new Blob([content], { type }) });
		};
		const run = async () => {
			if (waits) {
				const files = outbox.list().find((item) => item.id === entry.id)?.files ?? [];
				const index = files.findIndex((file) => file.sha256.join() === sha256.join());
				const blob =
					index < 0 ? undefined : await outbox.file(entry.id, index).catch(() => undefined);
				if (blob) return take(blob);
			}
			const kept = await keptPicture(entry.id, { sha256, bytes });
			if (kept) return take(kept);
			if (stop.signal.aborted) return;
			if (!up) return setState({ kind: "offline" });
			setState((was) => (was.kind === "loading" ? was : { kind: "loading", part: 0 }));
			const whole = await fetchAttachment(
				session.client,
				session.client.instanceFor("record", patient),
				entry.id,
				{ sha256, bytes },
				{
					have: have.current,
					signal: stop.signal,
					progress: (part) => !stop.signal.aborted && setState({ kind: "loading", part }),
				},
			);
			take(whole);
			await keepPicture(entry.id, { sha256, bytes }, whole);
		};
		run().catch((error: unknown) => {
			if (!stop.signal.aborted) setState({ kind: "failed", error });
		});
		return () => stop.abort();
		// The bytes that are wanted stay the same as long as this one is shown (its key).
	}, [turn, up, waits]);

	return { state, again: useCallback(() => setTurn((n) => n + 1), []) };
}

export default function Viewer({
	patient,
	entry,
	photo,
	go,
}: {
	patient: string;
	/** Undefined: it is not known (yet). */
	entry: Entry | undefined;
	photo: PhotoPlace;
	go(to: PhotoPlace | undefined): void;
}) {
	const { t } = useTranslation("photos");
	const { t: tp } = useTranslation("patient");
	const { t: common } = useTranslation();
	useFocusBack();
	const one = entry?.attachments[photo.index];
	const of = entry?.attachments.length ?? 0;
	const name = one && (one.name || tp(isPaper(one) ? "paper" : "photo"));
	return (
		<Modal
			opened
			fullScreen
			radius={0}
			onClose={() => go(undefined)}
			title={
				one ? (
					<>
						{name}
						{of > 1 && (
							<Text span size="sm" className="quiet" ml="xs">
								{t("ofAll", { n: photo.index + 1, of })}
							</Text>
						)}
					</>
				) : (
					t("viewer")
				)
			}
			closeButtonProps={{ "aria-label": common("close"), size: 44 }}
			styles={{
				content: { display: "flex", flexDirection: "column", overflow: "hidden" },
				header: { flex: "none", minHeight: 56, paddingBlock: 4 },
				title: { fontWeight: 650 },
				body: { flex: 1, minHeight: 0, padding: 0 },
			}}
		>
			{entry && one ? (
				<One
					key={`${entry.id}/${photo.index}`}
					patient={patient}
					entry={entry}
					one={one}
					name={name ?? ""}
					photo={photo}
					go={go}
				/>
			) : (
				<div className={c.middle}>
					<Empty>{t("gone")}</Empty>
				</div>
			)}
		</Modal>
	);
}

function One({
	patient,
	entry,
	one,
	name,
	photo,
	go,
}: {
	patient: string;
	entry: Entry;
	one: Attachment;
	name: string;
	photo: PhotoPlace;
	go(to: PhotoPlace): void;
}) {
	const { t } = useTranslation("photos");
	const { state, again } = useWhole(patient, entry, one);
	const [scale, setScale] = useState(1);
	const paper = isPaper(one);
	const blob = state.kind === "ready" ? state.blob : undefined;
	const url = useBlobUrl(blob);
	const of = entry.attachments.length;
	const to = (index: number) => {
		if (index >= 0 && index < of) go({ ...photo, index });
	};
	const zoom = (by: number) =>
		setScale((was) => Math.min(MOST_SCALE, Math.max(1, Number((was * by).toFixed(3)))));
	// Wherever the focus stands: nothing else is on the screen.
	useWindowEvent("keydown", (event) => {
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		if (event.key === "+" || event.key === ";") zoom(STEP);
		else if (event.key === "-") zoom(1 / STEP);
		else if (event.key === "0") setScale(1);
		else if (event.key === "ArrowLeft" && scale === 1) to(photo.index - 1);
		else if (event.key === "ArrowRight" && scale === 1) to(photo.index + 1);
	});
	const picture = state.kind === "ready" && !paper && url;
	const fileName = `${name.replace(/[\\/:*?"<>|]/g, " ").trim() || "photo"}.${
		paper ? "pdf" : one.mediaType === "image/png" ? "png" : "jpg"
	}`;
	return (
		<div className={c.viewer}>
			{picture ? (
				<Picture url={url} name={name} scale={scale} onScale={setScale} />
			) : (
				<div className={c.area}>
					<div className={c.middle}>
						{state.kind === "loading" && (
							<Stack gap="xs">
								<Progress
									value={state.part * 100}
									transitionDuration={0}
									aria-label={t("loading", { n: Math.floor(state.part * 100) })}
								/>
								<Text role="status">{t("loading", { n: Math.floor(state.part * 100) })}</Text>
							</Stack>
						)}
						{state.kind === "offline" && <Text role="status">{t("offline")}</Text>}
						{state.kind === "failed" && <Failed error={state.error} again={again} />}
						{url && paper && (
							<Stack gap="sm">
								<Text>{name}</Text>
								<Button
									component="a"
									href={url}
									h={48}
									target="_blank"
									onClick={(event) => {
										event.preventDefault();
										openBeside(url);
									}}
									leftSection={<IconExternalLink size={20} aria-hidden />}
								>
									{t("open")}
								</Button>
								<Button
									component="a"
									variant="default"
									h={48}
									href={url}
									download={fileName}
									leftSection={<IconDownload size={20} aria-hidden />}
								>
									{t("save")}
								</Button>
								<Text size="sm" className="quiet">
									{t("saveHint")}
								</Text>
							</Stack>
						)}
					</div>
				</div>
			)}
			{(picture || of > 1) && (
				<div className={c.bar}>
					{of > 1 && (
						<ActionIcon
							aria-label={t("previous")}
							disabled={photo.index === 0}
							onClick={() => to(photo.index - 1)}
						>
							<IconChevronLeft size={24} aria-hidden />
						</ActionIcon>
					)}
					{picture && (
						<>
							<ActionIcon
								aria-label={t("zoomOut")}
								disabled={scale <= 1}
								onClick={() => zoom(1 / STEP)}
							>
								<IconZoomOut size={24} aria-hidden />
							</ActionIcon>
							<ActionIcon
								aria-label={t("zoomIn")}
								disabled={scale >= MOST_SCALE}
								onClick={() => zoom(STEP)}
							>
								<IconZoomIn size={24} aria-hidden />
							</ActionIcon>
							<ActionIcon
								component="a"
								aria-label={t("save")}
								title={t("saveHint")}
								href={url}
								download={fileName}
							>
								<IconDownload size={24} aria-hidden />
							</ActionIcon>
						</>
					)}
					{of > 1 && (
						<ActionIcon
							aria-label={t("next")}
							disabled={photo.index === of - 1}
							onClick={() => to(photo.index + 1)}
						>
							<IconChevronRight size={24} aria-hidden />
						</ActionIcon>
					)}
				</div>
			)}
		</div>
	);
}

function Failed({ error, again }: { error: unknown; again(): void }) {
	const { t } = useTranslation("photos");
	const { t: common } = useTranslation();
	const own = error instanceof Damaged ? "damaged" : error instanceof NoAnswer ? "noAnswer" : "";
	if (!own) return <Failure error={error} again={again} />;
	return (
		<Alert color="red" variant="light" role="alert">
			<Text>{t(own)}</Text>
			<Button variant="default" mt="xs" onClick={again}>
				{common("again")}
			</Button>
		</Alert>
	);
}

/** What of the picture is in the middle stays there when it is made larger. */
function Picture({
	url,
	name,
	scale,
	onScale,
}: {
	url: string;
	name: string;
	scale: number;
	onScale(scale: number): void;
}) {
	const { t } = useTranslation("photos");
	const { ref: measured, width, height } = useElementSize();
	const area = useRef<HTMLDivElement>(null);
	const both = useMergedRef(measured, area);
	const [natural, setNatural] = useState<[number, number]>();
	const fit = natural && width ? Math.min(1, width / natural[0], height / natural[1]) : 0;
	const middle = useRef<[number, number]>([0.5, 0.5]);
	const moving = useRef(false);

	useLayoutEffect(() => {
		const element = area.current;
		if (!element) return;
		moving.current = true;
		element.scrollLeft = middle.current[0] * element.scrollWidth - element.clientWidth / 2;
		element.scrollTop = middle.current[1] * element.scrollHeight - element.clientHeight / 2;
		requestAnimationFrame(() => (moving.current = false));
	}, [scale, fit]);

	const pinch = useRef<{ distance: number; scale: number } | undefined>(undefined);
	const distance = ({ touches: { 0: a, 1: b } }: TouchEvent) =>
		a && b ? Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) : 0;
	return (
		<div
			ref={both}
			className={c.area}
			role="group"
			tabIndex={0}
			aria-label={t("area")}
			onScroll={({ currentTarget: at }) => {
				if (moving.current) return;
				middle.current = [
					(at.scrollLeft + at.clientWidth / 2) / at.scrollWidth,
					(at.scrollTop + at.clientHeight / 2) / at.scrollHeight,
				];
			}}
			onDoubleClick={() => onScale(scale > 1 ? 1 : 2.5)}
			onTouchStart={(event) => {
				pinch.current =
					event.touches.length === 2 ? { distance: distance(event), scale } : undefined;
			}}
			onTouchMove={(event) => {
				const begun = pinch.current;
				if (!begun || event.touches.length !== 2 || !begun.distance) return;
				const next = (begun.scale * distance(event)) / begun.distance;
				onScale(Math.min(MOST_SCALE, Math.max(1, next)));
			}}
			onTouchEnd={() => (pinch.current = undefined)}
		>
			<img
				src={url}
				alt={name}
				onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
					setNatural([naturalWidth, naturalHeight])
				}
				style={
					fit && natural
						? { width: natural[0] * fit * scale, height: natural[1] * fit * scale }
						: { visibility: "hidden", width: 1, height: 1 }
				}
			/>
		</div>
	);
}
