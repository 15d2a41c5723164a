// What kind an entry is, by its content, and how its content reads in one line.

import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { ProfessionSchema } from "../../gen/network_pb";
import {
	EntryKind,
	MedicationActionSchema,
	MovementKindSchema,
	type Entry,
	type VitalSigns,
} from "../../gen/record_pb";
import { language } from "../../i18n";
import { useWord } from "../../i18n/words";
import { clock, fullDay } from "../../parts/time";
import { passed, typedOf, urgentSigns, type Limits, type Sign } from "./vitals";

type Case = NonNullable<Entry["content"]["case"]>;

const KINDS: Record<Exclude<Case, "observation">, EntryKind> = {
	note: EntryKind.NOTE,
	vitalSigns: EntryKind.VITAL_SIGNS,
	medication: EntryKind.MEDICATION,
	allergy: EntryKind.ALLERGY,
	condition: EntryKind.CONDITION,
	dental: EntryKind.DENTAL,
	plan: EntryKind.PLAN,
	precaution: EntryKind.PRECAUTION,
	movement: EntryKind.MOVEMENT,
	nextVisit: EntryKind.NEXT_VISIT,
	wish: EntryKind.WISH,
	question: EntryKind.QUESTION,
	answer: EntryKind.ANSWER,
};

export function kindOf(entry: Pick<Entry, "content">): EntryKind {
	const { content } = entry;
	if (!content.case) return EntryKind.ENTRY_KIND_UNSPECIFIED;
	return content.case === "observation" ? content.value.kind : KINDS[content.case];
}

export type PatientTexts = TFunction<"patient">;

export interface VitalPart {
	sign: Sign | "oxygen";
	text: string;
	side: "low" | "high" | undefined;
}

/** "128/76", "脈 72", "36.8℃" …, with what is outside the limits. */
export function vitalParts(v: VitalSigns, own: Limits | undefined, t: PatientTexts): VitalPart[] {
	const parts: VitalPart[] = [];
	const part = (sign: VitalPart["sign"], text: string, value: number) =>
		parts.push({ sign, text, side: sign === "oxygen" ? undefined : passed(sign, value, own) });
	if (v.systolicMmhg || v.diastolicMmhg)
		part("systolic", `${v.systolicMmhg || "–"}/${v.diastolicMmhg || "–"}`, v.systolicMmhg);
	if (v.pulseBpm) part("pulse", t("pulseOf", { n: v.pulseBpm }), v.pulseBpm);
	if (v.temperatureCelsius)
		part("temperature", `${v.temperatureCelsius.toFixed(1)}℃`, v.temperatureCelsius);
	if (v.spo2Percent) part("spo2", `SpO2 ${v.spo2Percent}%`, v.spo2Percent);
	if (v.respiratoryRate)
		part("breaths", t("breathsOf", { n: v.respiratoryRate }), v.respiratoryRate);
	if (v.onOxygen) part("oxygen", t("onOxygen"), 0);
	return parts;
}

/** One of its vital signs is past the limits that hold for the patient. */
export function isPast({ content }: Entry, own: Limits | undefined): boolean {
	if (content.case !== "vitalSigns") return false;
	const typed = typedOf(content.value);
	return urgentSigns(typed, own).length > 0;
}

/** The content of an entry in words, without its kind. */
export function useEntryText(): (entry: Entry) => string {
	const { t } = useTranslation("patient");
	const word = useWord();
	return (entry) => {
		const { content } = entry;
		const join = (...texts: string[]) => texts.filter(Boolean).join("　");
		switch (content.case) {
			case "note":
			case "dental":
			case "plan":
			case "answer":
				return content.value.text;
			case "wish":
				return join(
					content.value.text,
					content.value.statedBy && t("statedBy", { who: content.value.statedBy }),
				);
			case "vitalSigns":
				return vitalParts(content.value, undefined, t)
					.map((part) => part.text)
					.join("　");
			case "medication": {
				const { action, name, dose, reason } = content.value;
				return join(word(MedicationActionSchema, action), name, dose, reason && `（${reason}）`);
			}
			case "allergy": {
				const { substance, reaction, severe } = content.value;
				return join(substance, reaction, severe ? t("severe") : "");
			}
			case "condition": {
				const { name, onset, resolved } = content.value;
				return join(name, onset && t("since", { date: onset }), resolved ? t("resolved") : "");
			}
			case "observation": {
				const { weightKg, creatinineMgDl, egfr, text } = content.value;
				return join(
					weightKg ? `${weightKg.toFixed(1)} kg` : "",
					creatinineMgDl ? `Cr ${creatinineMgDl} mg/dL` : "",
					egfr ? `eGFR ${egfr}` : "",
					text,
				);
			}
			case "precaution":
				return join(t(content.value.infection ? "infection" : "safety"), content.value.text);
			case "movement":
				return join(
					word(MovementKindSchema, content.value.kind),
					content.value.facility,
					content.value.text,
				);
			case "nextVisit": {
				const ms = Number(content.value.visitMs);
				return join(`${fullDay(ms)} ${clock(ms)}`, content.value.text);
			}
			case "question": {
				const asked = content.value.professions.map((one) => word(ProfessionSchema, one));
				const to = asked.join(language() === "ja" ? "・" : ", ");
				return join(content.value.text, to && `→ ${to}`);
			}
			default:
				return "";
		}
	};
}
