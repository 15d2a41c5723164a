// What all forms of an entry share: where it goes, when it was, whether it is urgent, how it is stored.

import { Button, Checkbox, Drawer, Group, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { useRef, useState, type FormEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useAction, useLinkState, useNow } from "../../../core/hooks";
import { outbox, type NewFile } from "../../../core/outbox";
import { AddEntrySchema, type EntrySchema, type Entry } from "../../../gen/record_pb";
import { Failure } from "../../../parts";
import { useFocusBack } from "../../../parts/focus";
import { isoDay, when } from "../../../parts/time";
import { Thumbnails } from "../attachments";
import { Author } from "../entry";
import c from "../patient.module.css";
import { useEntryText } from "../kinds";

/** What every form knows of the entry that it makes. */
export interface Writing {
	patient: string;
	/** What the address says of the entry that it is about, through all that happens to that. */
	about: string;
	/** The entry that is corrected. */
	corrects: Entry | undefined;
	/** A refused one in the outbox, which this one takes the place of. */
	instead: string;
	/** What the form begins with: what is corrected or written anew. */
	from: Entry | undefined;
	/** The question that is answered. */
	question: Entry | undefined;
	done(): void;
}

export type Content = NonNullable<MessageInitShape<typeof EntrySchema>["content"]>;

/** Under what name its draft is kept: one of each form, patient and entry. */
export const draftKey = (writing: Writing, form: string): string =>
	["entry", writing.patient, form, writing.about].filter(Boolean).join("/");

export interface Common {
	/** As an input has it, in Japan: "2026-11-22T14:05"; empty: now. */
	at: string;
	urgent: boolean;
	reason: string;
	everyone: boolean;
}

const toInput = (ms: number): string => new Date(ms + 9 * 3600 * 1000).toISOString().slice(0, 16);
export const fromInput = (text: string): number => Date.parse(`${text}:00+09:00`);
export { toInput };

export function commonOf({ from, instead, corrects }: Writing): Common {
	return {
		at: from && (corrects || instead) ? toInput(Number(from.occurredMs)) : "",
		urgent: from !== undefined && from.urgent && !from.limitPassed,
		reason: from?.urgent && !from.limitPassed ? from.urgentReason : "",
		everyone: from?.everyone ?? false,
	};
}

const AHEAD_MS = 10 * 60_000;
const DAY_MS = 24 * 3600 * 1000;
const LONG_AGO_DAYS = 14; // a slip of the month or the year

/** The photos of a refused one that are not at the service: they are sent with what takes its place. */
async function filesOf(instead: string): Promise<NewFile[]> {
	const item = outbox.list().find((one) => one.id === instead);
	const files: NewFile[] = [];
	for (const [index, file] of (item?.files ?? []).entries()) {
		const blob = await outbox.file(instead, index);
		if (blob) files.push({ ...file, blob });
	}
	return files;
}

/** Puts the entry into the outbox: it is safe on this device when this resolves. */
export async function write(
	writing: Writing,
	content: Content,
	common: Common,
	added: NewFile[] = [],
): Promise<void> {
	const before = writing.from && (writing.corrects || writing.instead) ? writing.from : undefined;
	// Untouched, it is the time to the millisecond that it was.
	const at =
		before && common.at === toInput(Number(before.occurredMs))
			? before.occurredMs
			: BigInt(common.at ? fromInput(common.at) : Date.now());
	// What it corrects may be on this device alone.
	const unsent = outbox.list().map((item) => item.id);
	// With its photos; those that this device has itself are sent as new ones.
	const item = outbox.list().find((one) => one.id === writing.instead);
	const own = new Set(item?.files?.map((file) => file.sha256.join()));
	const attachments = (writing.from?.attachments ?? []).filter(
		(one) => !own.has(one.sha256.join()),
	);
	const files = [...(writing.instead ? await filesOf(writing.instead) : []), ...added];
	const entry = {
		patient: writing.patient,
		occurredMs: at,
		corrects: writing.corrects?.id ?? "",
		urgent: common.urgent,
		urgentReason: common.urgent ? common.reason.trim() : "",
		everyone: common.urgent && common.everyone,
		attachments,
		content,
	};
	const options = { files, dependsOn: unsent.filter((id) => id === writing.corrects?.id) };
	if (
		writing.instead &&
		(await outbox.replace(writing.instead, AddEntrySchema, { entry }, options))
	)
		return;
	await outbox.add("record", AddEntrySchema, { entry }, writing.patient, options);
}

/** What is wrong with the time; undefined: nothing. */
export function timeFault(common: Common): "future" | "noTime" | undefined {
	if (!common.at) return undefined;
	const ms = fromInput(common.at);
	if (Number.isNaN(ms)) return "noTime";
	return ms > Date.now() + AHEAD_MS ? "future" : undefined;
}

/** The sheet that a form stands in: from below on a phone, at the side on a PC. */
export function Sheet({
	title,
	of,
	onClose,
	children,
}: {
	title: string;
	/** Whom it is about: nobody writes into the wrong record. */
	of?: string;
	onClose(): void;
	children: ReactNode;
}) {
	const { t } = useTranslation();
	useFocusBack();
	const wide = useMediaQuery("(min-width: 62em)", undefined, { getInitialValueInEffect: false });
	return (
		<Drawer.Root
			opened
			onClose={onClose}
			position={wide ? "right" : "bottom"}
			size={wide ? 460 : "100%"}
			padding="md"
		>
			<Drawer.Overlay />
			<Drawer.Content>
				{/* The page has one banner, which is the shell's. */}
				<Drawer.Header role="presentation">
					<Drawer.Title fw={650} fz="lg">
						{title}
						{of && <div className={c.of}>{of}</div>}
					</Drawer.Title>
					<Drawer.CloseButton aria-label={t("close")} size={44} />
				</Drawer.Header>
				<Drawer.Body pt={0}>{children}</Drawer.Body>
			</Drawer.Content>
		</Drawer.Root>
	);
}

export function EntryForm({
	writing,
	common,
	onCommon,
	onSubmit,
	children,
	forcedUrgent,
	pad,
	beside,
}: {
	writing: Writing;
	common: Common;
	onCommon(common: Common): void;
	/** False: something is wrong, and says so; else it was stored on this device. */
	onSubmit(): Promise<boolean>;
	children: ReactNode;
	/** It will be urgent by itself, and why. */
	forcedUrgent?: string;
	/** Stands right above the button, for the thumb. */
	pad?: ReactNode;
	/** Stands beside the time and the urgency, in one line. */
	beside?: ReactNode;
}) {
	const { t } = useTranslation("patient");
	const text = useEntryText();
	const form = useRef<HTMLFormElement>(null);
	const [tried, setTried] = useState(false);
	const link = useLinkState();
	const store = useAction(async () => {
		if (timeFault(common) || !(await onSubmit())) {
			setTried(true);
			requestAnimationFrame(() =>
				form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(),
			);
		}
	});
	const submit = (event: FormEvent) => {
		event.preventDefault();
		if (!store.busy) void store.run();
	};
	return (
		<form ref={form} onSubmit={submit} noValidate>
			<Stack gap="sm">
				{writing.corrects && (
					<div>
						<Text size="sm" className="quiet">
							{t("correcting")}
						</Text>
						<Text size="sm" lineClamp={3}>
							{text(writing.corrects)}
						</Text>
						<Text size="sm" className="quiet">
							<Author entry={writing.corrects} />
						</Text>
					</div>
				)}
				{writing.question && (
					<Text lineClamp={6}>
						{t("question")}: {text(writing.question)}
					</Text>
				)}
				{children}
				{writing.from && writing.from.attachments.length > 0 && (
					<div>
						<Text size="sm" className="quiet">
							{t("bearsAttachments")}
						</Text>
						<Thumbnails entry={writing.from} />
					</div>
				)}
				<div className={c.oneLine}>
					{beside}
					<When common={common} onCommon={onCommon} tried={tried} />
					<Urgency common={common} onCommon={onCommon} />
				</div>
				<Failure error={store.error} />
				<div className={c.foot}>
					{forcedUrgent && (
						<Text c="var(--t-urgent)" fw={600} role="status">
							{forcedUrgent}
						</Text>
					)}
					{(common.urgent || forcedUrgent) && link === "down" && (
						<Text c="var(--t-urgent)" fw={600} role="alert">
							{t("nobodyYet")}
						</Text>
					)}
					{pad}
					<Button type="submit" size="lg" fullWidth loading={store.busy}>
						{t(common.urgent || forcedUrgent ? "storeUrgent" : "store")}
					</Button>
				</div>
			</Stack>
		</form>
	);
}

function When({
	common,
	onCommon,
	tried,
}: {
	common: Common;
	onCommon(common: Common): void;
	tried: boolean;
}) {
	const { t } = useTranslation("patient");
	const now = useNow();
	const fault = timeFault(common);
	if (!common.at)
		return (
			<Group gap={0}>
				<Text span>{t("whenNow")}</Text>
				<Button
					variant="subtle"
					size="sm"
					px={8}
					mih={44}
					onClick={() => onCommon({ ...common, at: toInput(now) })}
				>
					{t("changeTime")}
				</Button>
			</Group>
		);
	const at = fromInput(common.at);
	const daysAgo = Math.floor((now - at) / DAY_MS);
	return (
		<TextInput
			type="datetime-local"
			label={t("when")}
			value={common.at}
			max={`${isoDay(now)}T23:59`}
			error={(tried || fault === "future") && fault ? t(fault) : undefined}
			description={
				fault ? undefined : daysAgo > LONG_AGO_DAYS ? (
					<Text span size="sm" c="var(--t-urgent)">
						{when(at, now)} — {t("longAgo", { n: daysAgo })}
					</Text>
				) : (
					when(at, now)
				)
			}
			onChange={(event) => onCommon({ ...common, at: event.currentTarget.value })}
		/>
	);
}

function Urgency({ common, onCommon }: { common: Common; onCommon(common: Common): void }) {
	const { t } = useTranslation("patient");
	return (
		<Stack gap={6} flex={common.urgent ? "1 0 100%" : undefined}>
			<Switch
				label={t("markUrgent")}
				color="red"
				checked={common.urgent}
				onChange={(event) => onCommon({ ...common, urgent: event.currentTarget.checked })}
				styles={{ body: { minHeight: 44, alignItems: "center" } }}
			/>
			{common.urgent && (
				<>
					<TextInput
						label={t("urgentReason")}
						placeholder={t("urgentReasonHint")}
						value={common.reason}
						maxLength={160}
						onChange={(event) => onCommon({ ...common, reason: event.currentTarget.value })}
					/>
					<Checkbox
						label={t("everyone")}
						checked={common.everyone}
						onChange={(event) => onCommon({ ...common, everyone: event.currentTarget.checked })}
						styles={{ body: { minHeight: 44, alignItems: "center" } }}
					/>
				</>
			)}
		</Stack>
	);
}
