// Which form stands open: it is named in the address, so that a reload opens it again, with its draft.

import { Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useStands } from "../../../core/hooks";
import { EntryKind, EntryKindSchema, MedicationAction, type Entry } from "../../../gen/record_pb";
import { useWord } from "../../../i18n/words";
import { Empty } from "../../../parts";
import type { Limits } from "../vitals";
import { Sheet, type Writing } from "./entry-form";
import { MedicineForm } from "./medicine";
import { PhotoForm } from "./photo";
import { formOf, isSimple, SimpleForm, type SimpleName } from "./simple";
import { VitalsForm } from "./vitals";

/** What the address says is written: ?write=vitals, ?write=correct&entry=…, ?write=stop&entry=… */
export interface Wanted {
	write: string;
	entry: string;
}

const MORE: { name: SimpleName; kind: EntryKind }[] = [
	{ name: "question", kind: EntryKind.QUESTION },
	{ name: "nextVisit", kind: EntryKind.NEXT_VISIT },
	{ name: "weight", kind: EntryKind.WEIGHT },
	{ name: "condition", kind: EntryKind.CONDITION },
	{ name: "allergy", kind: EntryKind.ALLERGY },
	{ name: "precaution", kind: EntryKind.PRECAUTION },
	{ name: "wish", kind: EntryKind.WISH },
	{ name: "movement", kind: EntryKind.MOVEMENT },
	{ name: "plan", kind: EntryKind.PLAN },
	{ name: "dental", kind: EntryKind.DENTAL },
	{ name: "renal", kind: EntryKind.RENAL },
	{ name: "swallowing", kind: EntryKind.SWALLOWING },
	{ name: "activity", kind: EntryKind.ACTIVITY },
];

export default function Forms({
	patient,
	wanted,
	entry,
	limits,
	medicines,
	seen,
	of,
	go,
	close,
}: {
	patient: string;
	/** The patient's name. */
	of: string;
	wanted: Wanted;
	/** The entry that the address names; undefined: it is not known (yet). */
	entry: Entry | undefined;
	limits: Limits | undefined;
	medicines: readonly Entry[];
	seen: readonly string[];
	go(wanted: Wanted): void;
	close(): void;
}) {
	const { t } = useTranslation("patient");
	const word = useWord();
	const { write } = wanted;
	const key = `${write}/${wanted.entry}`;
	const stands = useStands(key);
	const writing: Writing = {
		patient,
		about: wanted.entry,
		corrects: write === "correct" ? entry : undefined,
		instead: write === "again" ? wanted.entry : "",
		from: write === "correct" || write === "again" ? entry : undefined,
		question: write === "answer" ? entry : undefined,
		done: () => stands() && close(),
	};
	if (["correct", "again", "answer"].includes(write) && !entry)
		return (
			<Sheet title={t("write_correct")} of={of} onClose={close}>
				<Empty>{t("entryUnknown")}</Empty>
			</Sheet>
		);
	const form =
		(write === "correct" || write === "again") && entry
			? formOf(entry)
			: write === "stop" || write === "change"
				? "medicine"
				: write;
	// A correction of a correction that was refused corrects what that one did.
	if (write === "again" && entry?.corrects) writing.corrects = { ...entry, id: entry.corrects };
	const title = () => {
		if (write === "correct") return t("write_correct");
		if (write === "again") return t("rewrite");
		if (form === "more") return t("write_more");
		if (form === "photo") return t("write_photo");
		if (form === "vitals") return word(EntryKindSchema, EntryKind.VITAL_SIGNS);
		if (form === "medicine") return word(EntryKindSchema, EntryKind.MEDICATION);
		if (form === "note") return word(EntryKindSchema, EntryKind.NOTE);
		if (form === "answer") return word(EntryKindSchema, EntryKind.ANSWER);
		return word(EntryKindSchema, MORE.find((one) => one.name === form)?.kind ?? 0);
	};
	return (
		<Sheet title={title()} of={of} onClose={close}>
			{form === "more" && (
				<Stack gap={0}>
					{MORE.map(({ name, kind }) => (
						<button
							key={name}
							type="button"
							className="row"
							onClick={() => go({ write: name, entry: "" })}
						>
							{word(EntryKindSchema, kind)}
						</button>
					))}
				</Stack>
			)}
			{form === "photo" && <PhotoForm key={key} writing={writing} />}
			{form === "vitals" && <VitalsForm key={key} writing={writing} limits={limits} />}
			{form === "medicine" && (
				<MedicineForm
					key={key}
					writing={writing}
					now={medicines}
					seen={seen}
					action={
						write === "stop"
							? MedicationAction.STOP
							: write === "change"
								? MedicationAction.CHANGE
								: MedicationAction.START
					}
					replaces={write === "stop" || write === "change" ? wanted.entry : ""}
				/>
			)}
			{isSimple(form) && <SimpleForm key={key} writing={writing} name={form} />}
		</Sheet>
	);
}
