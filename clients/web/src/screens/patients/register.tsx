// A patient who is not in the network yet: who it is, where they live, whom to call; and that they consented.

import { Button, Chip, Fieldset, Group, Input, Select, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { Refused } from "../../core/errors";
import { useAction, useDraft, useStands } from "../../core/hooks";
import { session } from "../../core/session";
import { recordInstances } from "../../core/visits";
import { Area, AreaSchema } from "../../gen/network_pb";
import { Patient_Sex, Patient_SexSchema, RegisterPatientSchema } from "../../gen/record_pb";
import { said } from "../../i18n";
import { useWord } from "../../i18n/words";
import { Failure } from "../../parts";
import { bornOf } from "../../core/born";
import { dayBegins, fullDay, isoDay, yearsOld } from "../../parts/time";
import { Sheet } from "../patient/forms/entry-form";

const EMPTY = {
	...{ name: "", kana: "", born: "", sex: 0, phone: "", area: 0, district: "", address: "" },
	...{ emergencyName: "", emergencyRelation: "", emergencyPhone: "", consentOn: "" },
};
type Form = typeof EMPTY;
type TextField = { [Name in keyof Form]: Form[Name] extends string ? Name : never }[keyof Form];

const SEXES = [Patient_Sex.FEMALE, Patient_Sex.MALE, Patient_Sex.OTHER, Patient_Sex.UNKNOWN];

/** Names of fields as the service says them. */
const FIELDS: Partial<Record<keyof Form, string>> = {
	emergencyName: "patient.emergency_contact.name",
	emergencyRelation: "patient.emergency_contact.relation",
	emergencyPhone: "patient.emergency_contact.phone",
	consentOn: "consent_given_on",
};

export function Register({ close }: { close(): void }) {
	const { t } = useTranslation("patients");
	const { t: common } = useTranslation();
	const word = useWord();
	const [, go] = useLocation();
	const stands = useStands();
	const [form, setForm, clear] = useDraft<Form>("register", EMPTY);
	const [tried, setTried] = useState(false);
	const born = bornOf(form.born, Date.now());
	const missing: Partial<Record<keyof Form, string>> = {
		...(!form.name.trim() && { name: t("fillIn") }),
		...(!born && { born: t(form.born.trim() ? "bornFault" : "fillIn") }),
		...(!form.sex && { sex: t("fillIn") }),
	};
	const send = useAction(async () => {
		setTried(true);
		if (Object.keys(missing).length) return;
		const { name, kana, sex, phone, area, district, address } = form;
		const answer = await session.client.ask(recordInstances()[0]!, RegisterPatientSchema, {
			patient: {
				...{ name, kana, born, sex, phone, area, district, address },
				emergencyContact: form.emergencyName
					? {
							name: form.emergencyName,
							relation: form.emergencyRelation,
							phone: form.emergencyPhone,
						}
					: undefined,
			},
			consentGivenOn: form.consentOn,
		});
		clear();
		if (stands()) go(`/patients/${answer.id}/team`, { replace: true });
	});
	const { error } = send;
	const refused = error instanceof Refused ? error : undefined;
	const at = (field: keyof Form) =>
		refused?.field === (FIELDS[field] ?? `patient.${field}`) ? said(refused) : undefined;
	const fault = (field: keyof Form) => (tried ? missing[field] : undefined) ?? at(field);
	const beside = (Object.keys(EMPTY) as (keyof Form)[]).some(at);
	const change = (next: Partial<Form>) => setForm({ ...form, ...next });
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
	return (
		<Sheet title={t("register")} onClose={close}>
			<form
				noValidate
				onSubmit={(event) => {
					event.preventDefault();
					if (!send.busy) void send.run();
				}}
			>
				<Stack>
					{input("name", t("fullName"), { required: true, description: t("fullNameHow") })}
					{input("kana", t("kana"), { description: t("kanaHow") })}
					{input("born", t("born"), {
						required: true,
						description: born
							? `${fullDay(dayBegins(born))}・${common("years", { age: yearsOld(born, Date.now()) })}`
							: t("bornHow"),
					})}
					<Input.Wrapper label={t("sex")} error={fault("sex")} size="md" required>
						<Chip.Group
							value={form.sex ? String(form.sex) : ""}
							onChange={(value) => change({ sex: Number(value) })}
						>
							<Group gap={8} mt={8} role="radiogroup" aria-label={t("sex")}>
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
					{input("consentOn", t("consentOn"), {
						type: "date",
						max: isoDay(Date.now()),
						description: t("consentOnHow"),
					})}
					{!beside && <Failure error={error} />}
					<Button type="submit" size="lg" fullWidth loading={send.busy}>
						{t("registerNow")}
					</Button>
				</Stack>
			</form>
		</Sheet>
	);
}
