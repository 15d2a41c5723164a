// Photos and papers: taken or chosen, turned, named, with a few words. They are made small on this device
// as soon as they are chosen, and a reload does not lose them.

import {
	ActionIcon,
	Alert,
	Button,
	Chip,
	Group,
	Loader,
	Stack,
	Text,
	Textarea,
} from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useDraft } from "../../../core/hooks";
import { randomHex } from "../../../core/ids";
import type { NewFile } from "../../../core/outbox";
import { NotTaken, prepare, type Prepared } from "../../../core/picture";
import { language } from "../../../i18n";
import {
	IconCamera,
	IconFileText,
	IconPhoto,
	IconRotate2,
	IconRotateClockwise2,
	IconTrash,
} from "../../../parts/icons";
import { useBlobUrl } from "../blob-url";
import p from "../photos.module.css";
import { commonOf, draftKey, EntryForm, write, type Writing } from "./entry-form";

const MOST = 8;
const MOST_WORDS_BYTES = 20_000;
const MOST_NAME_BYTES = 200;
const WHATS = ["wound", "prescription", "letter", "other"] as const;
type What = (typeof WHATS)[number];

interface Chosen extends Prepared {
	id: string;
	what: What | "";
	/** Of a paper: what its file is called. */
	fileName: string;
	/** Quarters to the right, since it was chosen. */
	turns: number;
}

const plainName = (name: string): string => {
	let one = name
		.replace(/\.[^.]*$/, "")
		.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
		.trim();
	while (new TextEncoder().encode(one).length > MOST_NAME_BYTES)
		one = [...one].slice(0, -1).join("");
	return one;
};

export function PhotoForm({ writing }: { writing: Writing }) {
	const { t } = useTranslation("photos");
	const { t: tp } = useTranslation("patient");
	const key = draftKey(writing, "photo");
	const [draft, setDraft, clear] = useDraft(key, { text: "", common: commonOf(writing) });
	// By themselves: they are not sealed anew with each letter that is typed.
	const [chosen, setChosen, clearChosen] = useDraft<Chosen[]>(`${key}/files`, []);
	const latest = useRef(chosen);
	/** What was chosen, as it was, while the form is open: a turn begins from it and costs no quality. */
	const sources = useRef(new Map<string, Blob>()).current;
	const [preparing, setPreparing] = useState(0);
	const [faults, setFaults] = useState<string[]>([]);
	const [tried, setTried] = useState(false);
	const phone = useMediaQuery("(pointer: coarse)", undefined, { getInitialValueInEffect: false });
	const camera = useRef<HTMLInputElement>(null);
	const files = useRef<HTMLInputElement>(null);

	const change = (to: (was: Chosen[]) => Chosen[]) => {
		latest.current = to(latest.current);
		setChosen(latest.current);
	};
	const reason = (error: unknown) =>
		t(`fault_${error instanceof NotTaken ? error.why : "noPicture"}`);

	/** One after the other: a phone has the memory for one large picture. */
	const working = useRef(Promise.resolve());
	const work = (of: number, what: () => Promise<void>) => {
		setPreparing((n) => n + of);
		working.current = working.current
			.then(what)
			.catch((error: unknown) => setFaults([reason(error)]))
			.finally(() => setPreparing((n) => n - of));
	};

	const take = (list: FileList | null) => {
		const given = [...(list ?? [])];
		if (!given.length) return;
		setFaults([]);
		const room = MOST - latest.current.length - preparing;
		if (given.length > room) setFaults([t("tooMany")]);
		for (const file of given.slice(0, Math.max(0, room)))
			work(1, async () => {
				try {
					const one = await prepare(file);
					const id = randomHex(8);
					sources.set(id, file);
					const fileName = one.mediaType === "application/pdf" ? plainName(file.name) : "";
					change((was) => [...was, { ...one, id, what: "", fileName, turns: 0 }]);
				} catch (error) {
					if (!(error instanceof NotTaken)) console.warn(error);
					const why = reason(error);
					setFaults((was) => [...was, file.name ? t("fault", { name: file.name, why }) : why]);
				}
			});
	};

	const turn = (id: string, by: 1 | -1) =>
		work(1, async () => {
			const one = latest.current.find((other) => other.id === id);
			if (!one) return;
			const turns = (one.turns + by + 4) % 4;
			const source = sources.get(id);
			const turned = await (source
				? prepare(source, turns).catch(() => prepare(one.blob, by))
				: prepare(one.blob, by));
			change((was) =>
				was.map((other) => (other.id === id ? { ...other, ...turned, turns } : other)),
			);
		});

	const nameOf = (one: Chosen): string => {
		if (one.what && one.what !== "other") return t(`what_${one.what}`);
		return one.fileName || tp(one.mediaType === "application/pdf" ? "paper" : "photo");
	};

	const tooLong = new TextEncoder().encode(draft.text).length > MOST_WORDS_BYTES;
	const submit = async () => {
		setTried(true);
		await working.current; // what was chosen or turned just now goes with it
		const pictures = latest.current;
		if (pictures.length === 0 || tooLong) return false;
		const names = [...new Set(pictures.map(nameOf))].join(language() === "ja" ? "・" : ", ");
		const added: NewFile[] = pictures.map((one) => ({
			blob: one.blob,
			mediaType: one.mediaType,
			thumbnail: one.thumbnail,
			width: one.width,
			height: one.height,
			name: nameOf(one),
		}));
		const text = draft.text.trim() || names;
		await write(writing, { case: "note", value: { text } }, draft.common, added);
		for (const { id } of pictures) sources.delete(id);
		clearChosen();
		clear();
		writing.done();
		return true;
	};

	const picking = (
		<>
			<div className={p.ways}>
				{phone && (
					<Button
						px="sm"
						mih={52}
						variant={chosen.length ? "default" : "filled"}
						leftSection={<IconCamera size={22} aria-hidden />}
						onClick={() => camera.current?.click()}
					>
						{t("take")}
					</Button>
				)}
				<Button
					px="sm"
					mih={52}
					variant={phone || chosen.length ? "default" : "filled"}
					leftSection={<IconPhoto size={22} aria-hidden />}
					onClick={() => files.current?.click()}
				>
					{t("choose")}
				</Button>
			</div>
			{(
				[
					[camera, "takenFile", "image/*"],
					[files, "chosenFiles", "image/*,application/pdf"],
				] as const
			).map(([ref, label, accept]) => (
				<input
					key={label}
					ref={ref}
					type="file"
					hidden
					aria-label={t(label)}
					accept={accept}
					capture={ref === camera ? "environment" : undefined}
					multiple={ref === files}
					onChange={(event) => {
						const input = event.currentTarget;
						take(input.files);
						input.value = ""; // the same one may be chosen again
					}}
				/>
			))}
		</>
	);

	return (
		<EntryForm
			writing={writing}
			common={draft.common}
			onCommon={(common) => setDraft({ ...draft, common })}
			onSubmit={submit}
		>
			{chosen.length === 0 && picking}
			{chosen.length === 0 && (
				<Text size="sm" className="quiet">
					{t("chooseHint")}
				</Text>
			)}
			<ul className={p.chosen}>
				{chosen.map((one, index) => (
					<li key={one.id} aria-label={t("pictureN", { n: index + 1 })}>
						<Preview one={one} n={index + 1} name={nameOf(one)} />
						<div className={p.tools}>
							{one.mediaType === "image/jpeg" ? (
								<Group gap={4}>
									<ActionIcon aria-label={t("turnLeft")} onClick={() => turn(one.id, -1)}>
										<IconRotate2 size={24} aria-hidden />
									</ActionIcon>
									<ActionIcon aria-label={t("turnRight")} onClick={() => turn(one.id, 1)}>
										<IconRotateClockwise2 size={24} aria-hidden />
									</ActionIcon>
								</Group>
							) : (
								<span />
							)}
							<Button
								variant="subtle"
								leftSection={<IconTrash size={20} aria-hidden />}
								onClick={() => {
									sources.delete(one.id);
									change((was) => was.filter((other) => other.id !== one.id));
								}}
							>
								{t("remove")}
							</Button>
						</div>
						<div role="group" aria-label={t("what")}>
							<Chip.Group
								value={one.what}
								onChange={(what) =>
									change((was) =>
										was.map((other) =>
											other.id === one.id ? { ...other, what: what as What } : other,
										),
									)
								}
							>
								<Group gap={6}>
									{WHATS.map((what) => (
										<Chip
											key={what}
											value={what}
											styles={{ label: { minHeight: 44, paddingInline: 14 } }}
										>
											{t(`what_${what}`)}
										</Chip>
									))}
								</Group>
							</Chip.Group>
						</div>
					</li>
				))}
			</ul>
			<div aria-live="polite">
				{preparing > 0 && (
					<Group gap="xs">
						<Loader size="sm" />
						<Text className="quiet">{t("preparing")}</Text>
					</Group>
				)}
			</div>
			{(faults.length > 0 || (tried && chosen.length === 0 && preparing === 0)) && (
				<Alert color="red" variant="light" role="alert">
					<Stack gap={4}>
						{faults.map((fault, index) => (
							<Text key={index}>{fault}</Text>
						))}
						{tried && chosen.length === 0 && preparing === 0 && <Text>{t("none")}</Text>}
					</Stack>
				</Alert>
			)}
			{chosen.length > 0 && chosen.length < MOST && picking}
			<Textarea
				label={t("words")}
				placeholder={t("wordsHint")}
				minRows={2}
				maxRows={10}
				value={draft.text}
				error={tried && tooLong ? t("tooLong") : undefined}
				onChange={(event) => setDraft({ ...draft, text: event.currentTarget.value })}
			/>
		</EntryForm>
	);
}

function Preview({ one, n, name }: { one: Chosen; n: number; name: string }) {
	const { t } = useTranslation("photos");
	const url = useBlobUrl(one.mediaType === "image/jpeg" ? one.blob : undefined);
	if (one.mediaType !== "image/jpeg")
		return (
			<div className={p.paper}>
				<IconFileText size={32} stroke={1.4} aria-hidden />
				<Text>{name}</Text>
			</div>
		);
	return <div className={p.preview}>{url && <img src={url} alt={t("previewOf", { n })} />}</div>;
}
