// A patient who is not in the network yet: who it is, where they live, whom to call; and that they consented.

import {
	Alert,
	Anchor,
	Button,
	Chip,
	Fieldset,
	Group,
	Input,
	Select,
	Stack,
	Text,
	TextInput,
} from "@mantine/core";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { bornOf } from "../../core/born";
import { Refused } from "../../core/errors";
import { useAction, useDraft, useStands } from "../../core/hooks";
import { newId } from "../../core/ids";
import { session } from "../../core/session";
import { recordInstances } from "../../core/visits";
import { Area, AreaSchema } from "../../gen/network_pb";
import {
	FindPatientsSchema,
	Patient_Sex,
	Patient_SexSchema,
	PatientListSchema,
	RegisterPatientSchema,
	type Patient,
} from "../../gen/record_pb";
import { said } from "../../i18n";
import { useWord } from "../../i18n/words";
import { Failure } from "../../parts";
import { useFocusFault } from "../../parts/focus";
import { dayBegins, fullDay, isoDay, yearsOld } from "../../parts/time";
import { Sheet } from "../patient/forms/entry-form";

const EMPTY = {
	...{ name: "", kana: "", born: "", sex: 0, phone: "", area: 0, district: "", address: "" },
	...{ emergencyName: "", emergencyRelation: "", emergencyPhone: "", consentOn: "" },
	// What was sent last and has no answer yet, and its id: sent again, it takes effect once.
	...{ sent: "", sentId: "" },
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
	const [tried, setTried] = useState(0);
	const [known, setKnown] = useState<Patient[]>([]);
	const element = useRef<HTMLFormElement>(null);
	const born = bornOf(form.born, Date.now());
	const missing: Partial<Record<keyof Form, string>> = {
		...(!form.name.trim() && { name: t("fillIn") }),
		...(!born && { born: t(form.born.trim() ? "bornFault" : "fillIn") }),
		...(!form.sex && { sex: t("fillIn") }),
	};
	const send = useAction(async (anyhow: boolean) => {
		setTried((n) => n + 1);
		if (Object.keys(missing).length) return;
		const { name, kana, sex, phone, area, district, address, sent, sentId, ...rest } = form;
		const emergencyContact = {
			name: rest.emergencyName,
			relation: rest.emergencyRelation,
			phone: rest.emergencyPhone,
		};
		const request = {
			patient: {
				...{ name, kana, born, sex, phone, area, district, address },
				emergencyContact: Object.values(emergencyContact).some(Boolean)
					? emergencyContact
					: undefined,
			},
			consentGivenOn: rest.consentOn,
		};
		const what = JSON.stringify(request);
		const [record] = recordInstances();
		if (!anyhow && what !== sent) {
			const found = await session.client.ask(
				record!,
				FindPatientsSchema,
				{ text: name },
				PatientListSchema,
			);
			const same = found.body.items.filter((one) => one.born === born);
			setKnown(same);
			if (same.length) return;
		}
		const id = what === sent ? sentId : newId();
		setForm({ ...form, sent: what, sentId: id });
		const answer = await session.client.ask(record!, RegisterPatientSchema, request, undefined, {
			id,
		});
		clear();
		if (stands()) go(`/patients/${answer.id}/team`, { replace: true });
	});
	const { error } = send;
	const refused = error instanceof Refused ? error : undefined;
	const at = (field: keyof Form) =>
		refused?.field === (FIELDS[field] ?? `patient.${field}`) ? said(refused) : undefined;
	const fault = (field: keyof Form) => (tried > 0 ? missing[field] : undefined) ?? at(field);
	const beside = (Object.keys(EMPTY) as (keyof Form)[]).some(at);
	useFocusFault(element, error ?? (Object.keys(missing).length > 0 && tried));
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
		<Sheet title={t("register")} onClose={() => send.busy || close()}>
			<form
				ref={element}
				noValidate
				onSubmit={(event) => {
					event.preventDefault();
					if (!send.busy) void send.run(false);
				}}
			>
				<Stack>
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
					{input("consentOn", t("consentOn"), {
						type: "date",
						max: isoDay(Date.now()),
						description: t("consentOnHow"),
					})}
					{known.length > 0 && (
						<Alert color="gray" variant="light" role="alert">
							<Text fw={600}>{t("knownAlready")}</Text>
							{known.map((one) => (
								<Anchor
									key={one.id}
									component={Link}
									href={`/patients/${one.id}`}
									py={10}
									display="block"
								>
									{one.name}（{one.kana}）{one.address}
								</Anchor>
							))}
							<Button variant="default" loading={send.busy} onClick={() => void send.run(true)}>
								{t("registerAnyhow")}
							</Button>
						</Alert>
					)}
					{!beside && <Failure error={error} />}
					<Button type="submit" size="lg" fullWidth loading={send.busy}>
						{t("registerNow")}
					</Button>
				</Stack>
			</form>
		</Sheet>
	);
}
