// A medicine: what of, at which dose, and why. There is no list of all medicines: what this patient has
// had, and what was seen of others on this device, is suggested.

import { SegmentedControl, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useDraft } from "../../../core/hooks";
import { MedicationAction, MedicationActionSchema, type Entry } from "../../../gen/record_pb";
import { useWord } from "../../../i18n/words";
import { suggest } from "../model";
import c from "../patient.module.css";
import { commonOf, draftKey, EntryForm, write, type Writing } from "./entry-form";

export function MedicineForm({
	writing,
	now,
	seen,
	action,
	replaces,
}: {
	writing: Writing;
	/** What the patient takes. */
	now: readonly Entry[];
	/** Names to suggest, the patient's own first. */
	seen: readonly string[];
	/** Begun from a medicine: stop or change this one. */
	action: MedicationAction;
	replaces: string;
}) {
	const { t } = useTranslation("patient");
	const word = useWord();
	const was = writing.from?.content.case === "medication" ? writing.from.content.value : undefined;
	const of = (id: string) => {
		const content = now.find((entry) => entry.id === id)?.content;
		return content?.case === "medication" ? content.value : undefined;
	};
	const chosen = of(replaces);
	const [draft, setDraft, clear] = useDraft(
		`${draftKey(writing, "medicine")}/${action}/${replaces}`,
		{
			action: was?.action ?? action,
			replaces: was?.replaces ?? replaces,
			name: was?.name ?? chosen?.name ?? "",
			dose: was?.dose ?? (action === MedicationAction.CHANGE ? "" : (chosen?.dose ?? "")),
			reason: was?.reason ?? "",
			common: commonOf(writing),
		},
	);
	const [tried, setTried] = useState(false);
	const set = (change: Partial<typeof draft>) => setDraft({ ...draft, ...change });

	const needsOld = draft.action !== MedicationAction.START;
	const names = now.flatMap((entry) =>
		entry.content.case === "medication" ? [{ id: entry.id, ...entry.content.value }] : [],
	);
	const noName = !draft.name.trim();
	const noOld = needsOld && !draft.replaces && names.length > 0 && noName;

	const submit = async () => {
		setTried(true);
		if (noName || noOld) return false;
		const { name, dose, reason } = draft;
		await write(
			writing,
			{
				case: "medication",
				value: {
					action: draft.action,
					name: name.trim(),
					dose: draft.action === MedicationAction.STOP ? "" : dose.trim(),
					reason: reason.trim(),
					replaces: needsOld ? draft.replaces : "",
					code: was && was.name === name ? was.code : "",
					codeSystem: was && was.name === name ? was.codeSystem : "",
				},
			},
			draft.common,
		);
		clear();
		writing.done();
		return true;
	};

	return (
		<EntryForm
			writing={writing}
			common={draft.common}
			onCommon={(common) => set({ common })}
			onSubmit={submit}
		>
			<SegmentedControl
				aria-label={t("medicineAction")}
				data={[MedicationAction.START, MedicationAction.CHANGE, MedicationAction.STOP].map(
					(one) => ({
						value: String(one),
						label: word(MedicationActionSchema, one),
					}),
				)}
				value={String(draft.action)}
				onChange={(one) => set({ action: Number(one) as MedicationAction })}
			/>
			{needsOld && names.length > 0 && (
				<Stack gap={2} role="radiogroup" aria-label={t("whichMedicine")}>
					<Text fw={500}>{t("whichMedicine")}</Text>
					{names.map((one) => (
						<label key={one.id} className="row" style={{ display: "flex", gap: 12 }}>
							<input
								type="radio"
								name="replaces"
								style={{ width: 22, height: 22, flex: "none" }}
								checked={draft.replaces === one.id}
								onChange={() =>
									set({
										replaces: one.id,
										name: one.name,
										dose: draft.action === MedicationAction.CHANGE ? one.dose : "",
									})
								}
							/>
							<span>
								{one.name} <span className="quiet">{one.dose}</span>
							</span>
						</label>
					))}
				</Stack>
			)}
			{(draft.action !== MedicationAction.STOP || names.length === 0) && (
				<>
					<NameInput
						value={draft.name}
						seen={seen}
						error={tried && noName ? t("fault_needed") : undefined}
						onChange={(name) => set({ name })}
					/>
					<TextInput
						label={t("field_dose")}
						placeholder={t("doseHint")}
						value={draft.dose}
						onChange={(event) => set({ dose: event.currentTarget.value })}
					/>
				</>
			)}
			{tried && noName && draft.action === MedicationAction.STOP && names.length > 0 && (
				<Text c="var(--t-urgent)" role="alert">
					{t("chooseMedicine")}
				</Text>
			)}
			<Textarea
				label={t("field_reason")}
				minRows={2}
				value={draft.reason}
				onChange={(event) => set({ reason: event.currentTarget.value })}
			/>
		</EntryForm>
	);
}

/** Type two signs and choose: a list that the arrows reach, too. */
function NameInput({
	value,
	seen,
	error,
	onChange,
}: {
	value: string;
	seen: readonly string[];
	error: string | undefined;
	onChange(name: string): void;
}) {
	const { t } = useTranslation("patient");
	const id = useId();
	const [open, setOpen] = useState(false);
	const [at, setAt] = useState(-1);
	const items = open && value.trim() ? suggest(value, seen) : [];
	const take = (name: string) => {
		onChange(name);
		setOpen(false);
		setAt(-1);
	};
	return (
		<div>
			<TextInput
				label={t("field_medicineName")}
				withAsterisk
				data-autofocus
				autoComplete="off"
				role="combobox"
				aria-autocomplete="list"
				aria-expanded={items.length > 0}
				aria-controls={id}
				aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
				value={value}
				error={error}
				onChange={(event) => {
					onChange(event.currentTarget.value);
					setOpen(true);
					setAt(-1);
				}}
				onBlur={() => setTimeout(() => setOpen(false), 150)}
				onKeyDown={(event) => {
					if (!items.length) return;
					if (event.key === "ArrowDown") setAt((n) => Math.min(n + 1, items.length - 1));
					else if (event.key === "ArrowUp") setAt((n) => Math.max(n - 1, -1));
					else if (event.key === "Escape") setOpen(false);
					else if (event.key === "Enter" && items[at] !== undefined) take(items[at]);
					else return;
					event.preventDefault();
					event.stopPropagation();
				}}
			/>
			{items.length > 0 && (
				<div id={id} role="listbox" aria-label={t("suggestions")} className={c.suggestions}>
					{items.map((name, index) => (
						<div
							key={name}
							id={`${id}-${index}`}
							role="option"
							aria-selected={index === at}
							onPointerDown={(event) => {
								event.preventDefault();
								take(name);
							}}
						>
							{name}
						</div>
					))}
				</div>
			)}
		</div>
	);
}
