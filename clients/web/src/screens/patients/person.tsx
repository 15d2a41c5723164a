// Who a patient is, where they live, whom to call: the fields of whoever registers or changes that.

import { Chip, Fieldset, Group, Input, Select, Stack, TextInput } from "@mantine/core";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { bornOf } from "../../core/born";
import { Refused } from "../../core/errors";
import { Area, AreaSchema } from "../../gen/network_pb";
import {
	Patient_Sex,
	Patient_SexSchema,
	type Patient,
	type PatientSchema,
} from "../../gen/record_pb";
import { said } from "../../i18n";
import { useWord } from "../../i18n/words";
import { dayBegins, fullDay, yearsOld } from "../../parts/time";

export const NOBODY = {
	...{ name: "", kana: "", born: "", sex: 0, phone: "", area: 0, district: "", address: "" },
	...{ emergencyName: "", emergencyRelation: "", emergencyPhone: "" },
};
export type PersonForm = typeof NOBODY;
type Field = keyof PersonForm;
type TextField = { [Name in Field]: PersonForm[Name] extends string ? Name : never }[Field];

const SEXES = [Patient_Sex.FEMALE, Patient_Sex.MALE, Patient_Sex.OTHER, Patient_Sex.UNKNOWN];

/** Names of fields as the service says them. */
const FIELDS: Partial<Record<Field, string>> = {
	emergencyName: "patient.emergency_contact.name",
	emergencyRelation: "patient.emergency_contact.relation",
	emergencyPhone: "patient.emergency_contact.phone",
};

export function personOf(patient: Patient): PersonForm {
	const { name, kana, born, sex, phone, area, district, address, emergencyContact } = patient;
	return {
		...{ name, kana, born, sex, phone, area, district, address },
		emergencyName: emergencyContact?.name ?? "",
		emergencyRelation: emergencyContact?.relation ?? "",
		emergencyPhone: emergencyContact?.phone ?? "",
	};
}

/** For the service. */
export function patientOf(form: PersonForm): MessageInitShape<typeof PatientSchema> {
	const { name, kana, sex, phone, area, district, address } = form;
	const emergencyContact = {
		name: form.emergencyName,
		relation: form.emergencyRelation,
		phone: form.emergencyPhone,
	};
	return {
		...{ name, kana, sex, phone, area, district, address },
		born: bornOf(form.born, Date.now()) ?? "",
		emergencyContact: Object.values(emergencyContact).some(Boolean) ? emergencyContact : undefined,
	};
}

/**
 * The fields, what is missing in them, and whether the service's refusal stands beside one. `tried`: how
 * often it was tried to send them.
 */
export function usePerson(
	form: PersonForm,
	change: (next: Partial<PersonForm>) => void,
	tried: number,
	error: unknown,
	/** What was not known before may stay so. */
	before: PersonForm = { ...NOBODY, born: "?", sex: Patient_Sex.UNKNOWN },
): { fields: ReactNode; missing: boolean; beside: boolean } {
	const { t } = useTranslation("patients");
	const { t: common } = useTranslation();
	const word = useWord();
	const born = bornOf(form.born, Date.now());
	const missing: Partial<Record<Field, string>> = {
		...(!form.name.trim() && { name: t("fillIn") }),
		...(form.born.trim()
			? !born && { born: t("bornFault") }
			: before.born && { born: t("fillIn") }),
		...(!form.sex && before.sex && { sex: t("fillIn") }),
	};
	const refused = error instanceof Refused ? error : undefined;
	const at = (field: Field) =>
		refused?.field === (FIELDS[field] ?? `patient.${field}`) ? said(refused) : undefined;
	const fault = (field: Field) => (tried > 0 ? missing[field] : undefined) ?? at(field);
	const input = (field: TextField, label: string, more: object = {}) => (
		<TextInput
			label={label}
			value={form[field]}
			autoComplete="off"
			error={fault(field)}
			onChange={(event) => change({ [field]: event.currentTarget.value })}
			{...more}
		/>
	);
	return {
		missing: Object.keys(missing).length > 0,
		beside: (Object.keys(NOBODY) as Field[]).some(at),
		fields: (
			<>
				{input("name", t("fullName"), { required: true, description: t("fullNameHow") })}
				{input("kana", t("kana"), { description: t("kanaHow") })}
				{input("born", t("born"), {
					required: true,
					description: born
						? `${born.length === 10 ? fullDay(dayBegins(born)) : born}・${common("years", { age: yearsOld(born, Date.now()) })}`
						: t("bornHow"),
				})}
				<Input.Wrapper label={t("sex")} error={fault("sex")} size="md" required>
					<Chip.Group
						value={form.sex ? String(form.sex) : ""}
						onChange={(value) => change({ sex: Number(value) })}
					>
						<Group
							gap={8}
							mt={8}
							role="radiogroup"
							aria-label={t("sex")}
							aria-invalid={fault("sex") ? true : undefined}
							tabIndex={-1}
						>
							{SEXES.map((sex) => (
								<Chip key={sex} value={String(sex)} variant="outline">
									{sex === Patient_Sex.UNKNOWN ? t("unknown") : word(Patient_SexSchema, sex)}
								</Chip>
							))}
						</Group>
					</Chip.Group>
				</Input.Wrapper>
				<Select
					label={t("area")}
					data={[Area.NORTH, Area.WEST, Area.SOUTH].map((area) => ({
						value: String(area),
						label: word(AreaSchema, area),
					}))}
					value={form.area ? String(form.area) : null}
					onChange={(value) => change({ area: Number(value ?? 0) })}
				/>
				{input("district", t("district"), { description: t("districtHow") })}
				{input("address", t("address"))}
				{input("phone", t("phone"), { type: "tel" })}
				<Fieldset legend={t("emergency")}>
					<Stack gap="sm">
						{input("emergencyName", t("emergencyName"))}
						{input("emergencyRelation", t("relation"))}
						{input("emergencyPhone", t("phone"), { type: "tel" })}
					</Stack>
				</Fieldset>
			</>
		),
	};
}
