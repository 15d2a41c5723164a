// All that is said in a few fields, by one pattern: notes, allergies, conditions, precautions, next visits,
// wishes, weight …, questions and answers.

import {
	Checkbox,
	Chip,
	Group,
	SegmentedControl,
	Stack,
	Text,
	Textarea,
	TextInput,
} from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useDraft } from "../../../core/hooks";
import { Profession, ProfessionSchema } from "../../../gen/network_pb";
import { EntryKind, MovementKind, MovementKindSchema, type Entry } from "../../../gen/record_pb";
import { useWord } from "../../../i18n/words";
import {
	commonOf,
	draftKey,
	EntryForm,
	fromInput,
	toInput,
	write,
	type Content,
	type Writing,
} from "./entry-form";

type Value = string | boolean | number[];
type Values = Record<string, Value>;

interface Field {
	name: string;
	kind:
		| "text"
		| "line"
		| "number"
		| "check"
		| "time"
		| "date"
		| "movement"
		| "professions"
		| "infection";
	/** Text under patient.json; without it the field's own name. */
	label?: string;
	required?: boolean;
	/** Of numbers: what can be true, as services/record/entry.c has it. */
	least?: number;
	most?: number;
	bytes?: number;
}

interface Form {
	case: NonNullable<Entry["content"]["case"]>;
	fields: Field[];
	/** Of an observation. */
	observes?: EntryKind;
	/** One of them at least. */
	oneOf?: string[];
}

const text = (name: string, required = true): Field => ({
	name,
	kind: "text",
	required,
	bytes: 20000,
});
const line = (name: string, required = false, bytes = 300): Field => ({
	name,
	kind: "line",
	required,
	bytes,
});

export const FORMS = {
	note: { case: "note", fields: [text("text")] },
	allergy: {
		case: "allergy",
		fields: [
			line("substance", true),
			line("reaction", false, 1000),
			{ name: "severe", kind: "check" },
		],
	},
	condition: {
		case: "condition",
		fields: [
			{ ...line("name", true), label: "conditionName" },
			{ name: "onset", kind: "date" },
			{ name: "resolved", kind: "check" },
		],
	},
	precaution: {
		case: "precaution",
		fields: [{ name: "infection", kind: "infection" }, text("text")],
	},
	nextVisit: {
		case: "nextVisit",
		fields: [{ name: "visitMs", kind: "time", required: true }, line("text", false, 2000)],
	},
	wish: { case: "wish", fields: [text("text"), { ...line("statedBy"), label: "statedByWhom" }] },
	weight: {
		case: "observation",
		observes: EntryKind.WEIGHT,
		fields: [
			{ name: "weightKg", kind: "number", required: true, least: 0.3, most: 400 },
			line("text", false, 2000),
		],
	},
	renal: {
		case: "observation",
		observes: EntryKind.RENAL,
		oneOf: ["creatinineMgDl", "egfr"],
		fields: [
			{ name: "creatinineMgDl", kind: "number", least: 0.05, most: 50 },
			{ name: "egfr", kind: "number", least: 0.5, most: 300 },
			line("text", false, 2000),
		],
	},
	swallowing: { case: "observation", observes: EntryKind.SWALLOWING, fields: [text("text")] },
	activity: { case: "observation", observes: EntryKind.ACTIVITY, fields: [text("text")] },
	dental: { case: "dental", fields: [text("text")] },
	plan: { case: "plan", fields: [text("text")] },
	movement: {
		case: "movement",
		fields: [
			{ name: "kind", kind: "movement", required: true },
			line("facility"),
			line("text", false, 2000),
		],
	},
	question: {
		case: "question",
		fields: [text("text"), { name: "professions", kind: "professions" }],
	},
	answer: { case: "answer", fields: [text("text")] },
} satisfies Record<string, Form>;

export type SimpleName = keyof typeof FORMS;
export const isSimple = (name: string): name is SimpleName => name in FORMS;

/** Which form an entry was written with. */
export function formOf(entry: Entry): SimpleName | "vitals" | "medicine" {
	if (entry.content.case === "vitalSigns") return "vitals";
	if (entry.content.case === "medication") return "medicine";
	const found = Object.entries(FORMS).find(
		([, form]: [string, Form]) =>
			form.case === entry.content.case && (!form.observes || form.observes === entry.kind),
	);
	return (found?.[0] ?? "note") as SimpleName;
}

function begin(form: Form, from: Entry | undefined): Values {
	const was =
		from?.content.case === form.case
			? (from.content.value as unknown as Record<string, unknown>)
			: {};
	const values: Values = {};
	for (const { name, kind } of form.fields) {
		const value = was[name];
		if (kind === "check" || kind === "infection") values[name] = value === true;
		else if (kind === "professions") values[name] = Array.isArray(value) ? (value as number[]) : [];
		else if (kind === "time") values[name] = value ? toInput(Number(value)) : "";
		else values[name] = value ? String(value) : "";
	}
	return values;
}

type Fault = "needed" | "noNumber" | "impossible" | "tooLong" | "noTime" | "noDate";

const asNumber = (value: Value): number =>
	Number(String(value).normalize("NFKC").replace(",", ".").trim() || 0);

function faultOf(field: Field, value: Value): Fault | undefined {
	if (typeof value !== "string") return undefined;
	if (!value.trim()) return field.required ? "needed" : undefined;
	if (field.kind === "number") {
		const number = asNumber(value);
		if (Number.isNaN(number)) return "noNumber";
		return number < (field.least ?? 0) || number > (field.most ?? Infinity)
			? "impossible"
			: undefined;
	}
	if (field.kind === "time") return Number.isNaN(fromInput(value)) ? "noTime" : undefined;
	if (field.kind === "date" && !/^\d{4}(-\d\d(-\d\d)?)?$/.test(value.trim())) return "noDate";
	if (field.bytes && new TextEncoder().encode(value).length > field.bytes) return "tooLong";
	return undefined;
}

function contentOf(form: Form, values: Values, question: string): Content {
	const value: Record<string, unknown> = {};
	for (const { name, kind } of form.fields) {
		const typed = values[name]!;
		if (kind === "number") value[name] = asNumber(typed);
		else if (kind === "time") value[name] = BigInt(fromInput(String(typed)));
		else if (kind === "movement") value[name] = Number(typed);
		else value[name] = typeof typed === "string" ? typed.trim() : typed;
	}
	if (form.observes) value.kind = form.observes;
	if (form.case === "answer") value.question = question;
	return { case: form.case, value } as Content;
}

export function SimpleForm({ writing, name }: { writing: Writing; name: SimpleName }) {
	const { t } = useTranslation("patient");
	const form: Form = FORMS[name];
	const [draft, setDraft, clear] = useDraft(draftKey(writing, name), {
		values: begin(form, writing.from),
		common: commonOf(writing),
	});
	const [tried, setTried] = useState(false);
	const answered = writing.from?.content;
	const question =
		writing.question?.id ?? (answered?.case === "answer" ? answered.value.question : "");

	const faults = new Map<string, Fault>();
	for (const field of form.fields) {
		const fault = faultOf(field, draft.values[field.name] ?? "");
		if (fault) faults.set(field.name, fault);
	}
	if (form.oneOf?.every((one) => !String(draft.values[one] ?? "").trim()))
		faults.set(form.oneOf[0]!, "needed");

	const submit = async () => {
		setTried(true);
		if (faults.size) return false;
		await write(writing, contentOf(form, draft.values, question), draft.common);
		clear();
		writing.done();
		return true;
	};

	return (
		<EntryForm
			writing={writing}
			common={draft.common}
			onCommon={(common) => setDraft({ ...draft, common })}
			onSubmit={submit}
		>
			{form.fields.map((field, index) => (
				<FieldInput
					key={field.name}
					field={field}
					first={index === 0}
					form={name}
					value={draft.values[field.name] ?? ""}
					fault={tried ? faults.get(field.name) : undefined}
					onChange={(value) =>
						setDraft({ ...draft, values: { ...draft.values, [field.name]: value } })
					}
				/>
			))}
			{name === "question" && (
				<Text size="sm" className="quiet">
					{t("questionHint")}
				</Text>
			)}
		</EntryForm>
	);
}

const ASKED: Profession[] = [
	Profession.DOCTOR,
	Profession.NURSE,
	Profession.PHARMACIST,
	Profession.DENTIST,
	Profession.DENTAL_HYGIENIST,
	Profession.CARE_MANAGER,
	Profession.HELPER,
	Profession.THERAPIST,
	Profession.LIAISON,
];

function FieldInput({
	field,
	first,
	form,
	value,
	fault,
	onChange,
}: {
	field: Field;
	first: boolean;
	form: SimpleName;
	value: Value;
	fault: Fault | undefined;
	onChange(value: Value): void;
}) {
	const { t } = useTranslation("patient");
	const word = useWord();
	const label = t(
		`field_${field.label ?? field.name}` as never,
		{
			context: form,
		} as never,
	) as unknown as string;
	const error = fault && t(`fault_${fault}`, { least: field.least, most: field.most });
	const common = {
		label,
		error,
		withAsterisk: field.required,
		"data-autofocus": first || undefined,
	};
	switch (field.kind) {
		case "text":
			return (
				<Textarea
					{...common}
					minRows={4}
					maxRows={12}
					value={String(value)}
					onChange={(event) => onChange(event.currentTarget.value)}
				/>
			);
		case "line":
			return (
				<TextInput
					{...common}
					value={String(value)}
					onChange={(event) => onChange(event.currentTarget.value)}
				/>
			);
		case "number":
			return (
				<TextInput
					{...common}
					inputMode="decimal"
					autoComplete="off"
					value={String(value)}
					onChange={(event) => onChange(event.currentTarget.value)}
				/>
			);
		case "time":
			return (
				<TextInput
					{...common}
					type="datetime-local"
					value={String(value)}
					onChange={(event) => onChange(event.currentTarget.value)}
				/>
			);
		case "date":
			return (
				<TextInput
					{...common}
					placeholder="2024-04"
					inputMode="numeric"
					value={String(value)}
					onChange={(event) => onChange(event.currentTarget.value)}
				/>
			);
		case "check":
			return (
				<Checkbox
					label={label}
					checked={value === true}
					onChange={(event) => onChange(event.currentTarget.checked)}
					styles={{ body: { minHeight: 44, alignItems: "center" } }}
				/>
			);
		case "infection":
			return (
				<SegmentedControl
					aria-label={label}
					data={[
						{ value: "", label: t("safety") },
						{ value: "infection", label: t("infection") },
					]}
					value={value === true ? "infection" : ""}
					onChange={(one) => onChange(one === "infection")}
				/>
			);
		case "movement":
			return (
				<Stack gap={4}>
					<SegmentedControl
						aria-label={label}
						data={[MovementKind.ADMISSION, MovementKind.DISCHARGE, MovementKind.RELOCATION].map(
							(one) => ({ value: String(one), label: word(MovementKindSchema, one) }),
						)}
						value={String(value)}
						onChange={onChange}
					/>
					{error && (
						<Text c="var(--t-urgent)" size="sm" role="alert">
							{error}
						</Text>
					)}
				</Stack>
			);
		case "professions":
			return (
				<div role="group" aria-label={label}>
					<Text fw={500}>{label}</Text>
					<Chip.Group
						multiple
						value={(value as number[]).map(String)}
						onChange={(chosen) => onChange(chosen.map(Number))}
					>
						<Group gap={6}>
							{ASKED.map((one) => (
								<Chip
									key={one}
									value={String(one)}
									styles={{ label: { minHeight: 44, paddingInline: 14 } }}
								>
									{word(ProfessionSchema, one)}
								</Chip>
							))}
						</Group>
					</Chip.Group>
				</div>
			);
	}
}
