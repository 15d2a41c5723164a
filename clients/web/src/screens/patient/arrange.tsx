// What is arranged for a patient: consent, the care team, limits of vital signs,
// who they are. Unlike entries it goes to
// the service at once or not at all; what was typed stays until it has.

import {
	Button,
	Fieldset,
	SegmentedControl,
	Select,
	SimpleGrid,
	Stack,
	Switch,
	Text,
	TextInput,
} from "@mantine/core";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Refused } from "../../core/errors";
import { useAction, useAsked, useDraft, useStands } from "../../core/hooks";
import { Organisations, useOrganisations } from "../../core/organisations";
import { session } from "../../core/session";
import { OrganisationKind, ProfessionSchema } from "../../gen/network_pb";
import {
	AddTeamMemberSchema,
	ConsentScope,
	PatientShownSchema,
	RecordConsentSchema,
	SetThresholdsSchema,
	ShowPatientSchema,
	TeamRole,
	TeamRoleSchema,
	UpdatePatientSchema,
	type Patient,
} from "../../gen/record_pb";
import { said } from "../../i18n";
import { useWord } from "../../i18n/words";
import { Failure, Shown, Waiting } from "../../parts";
import { useFocusFault } from "../../parts/focus";
import { isoDay } from "../../parts/time";
import { usePeople } from "../admin/use-people";
import { patientOf, personOf, usePerson } from "../patients/person";
import { Sheet } from "./forms/entry-form";
import type { Arranged } from "./arranged";
import { limitFault, limitsTyped, LIMITS, thresholdsOf, type LimitName } from "./limits";
import { UNITS, type Limits } from "./vitals";

interface Arranging {
	patient: string;
	/** It stands: what is shown of the patient is to be asked anew. */
	done(): void;
	/** While it is being sent, the sheet stays: what came of it is said there. */
	hold(busy: boolean): void;
}

export default function Arrange({
	what,
	patient,
	limits,
	of,
	close,
	changed,
}: {
	what: Arranged;
	patient: string;
	/** As the service has them now; undefined: not known yet. */
	limits: Limits | "general" | undefined;
	of: string;
	close(): void;
	changed(): void;
}) {
	const { t } = useTranslation("patient");
	const stands = useStands(what);
	const [busy, hold] = useState(false);
	const arranging = {
		patient,
		hold,
		done() {
			changed();
			if (stands()) close();
		},
	};
	return (
		<Sheet title={t(`arrange_${what}`)} of={of} onClose={() => busy || close()}>
			{what === "limits" &&
				(limits ? (
					<LimitsForm {...arranging} limits={limits === "general" ? undefined : limits} />
				) : (
					<Waiting silent={false} />
				))}
			{what === "consent-team" && <ConsentForm {...arranging} scope={ConsentScope.TEAM} />}
			{what === "consent-cover" && <ConsentForm {...arranging} scope={ConsentScope.COVER} />}
			{what === "home" && <Home {...arranging} />}
			{what === "member" && (
				<Organisations>
					<MemberForm {...arranging} />
				</Organisations>
			)}
		</Sheet>
	);
}

const recordOf = (patient: string) => session.client.instanceFor("record", patient);

function Form({
	send,
	hold,
	button,
	fields = [],
	faulty,
	beside = false,
	children,
}: {
	send: ReturnType<typeof useAction<[]>>;
	hold(busy: boolean): void;
	button: string;
	/** Of the service: what is wrong with these stands beside them. */
	fields?: readonly string[];
	/** Something is wrong with what is typed; each try is another. */
	faulty?: unknown;
	/** What the service refused is said by a field. */
	beside?: boolean;
	children: ReactNode;
}) {
	const { error } = send;
	const form = useRef<HTMLFormElement>(null);
	useFocusFault(form, error ?? faulty);
	useEffect(() => hold(send.busy), [hold, send.busy]);
	const said = beside || (error instanceof Refused && fields.includes(error.field));
	return (
		<form
			ref={form}
			noValidate
			onSubmit={(event) => {
				event.preventDefault();
				if (!send.busy) void send.run();
			}}
		>
			<Stack>
				{children}
				{!said && <Failure error={error} />}
				<Button type="submit" size="lg" fullWidth loading={send.busy}>
					{button}
				</Button>
			</Stack>
		</form>
	);
}

/* ---- limits ---- */

function LimitsForm({ patient, limits, done, hold }: Arranging & { limits: Limits | undefined }) {
	const { t } = useTranslation("patient");
	const now = limitsTyped(limits);
	// What was typed over other limits than these is no draft of them.
	const [typed, setTyped, clear] = useDraft(`limits/${patient}/${JSON.stringify(now)}`, now);
	const [tried, setTried] = useState(0);
	const faults = LIMITS.flatMap(({ low, high }) => [low, high]).filter(
		(name) => name && limitFault(name, typed),
	);
	const send = useAction(async () => {
		setTried((n) => n + 1);
		if (faults.length) return;
		const thresholds = thresholdsOf(typed);
		await session.client.ask(recordOf(patient), SetThresholdsSchema, { patient, thresholds });
		clear();
		done();
	});
	const field = (name: LimitName | undefined, side: "low" | "high", general: number) => {
		if (!name) return <span key={side} />;
		const fault = tried > 0 && limitFault(name, typed);
		return (
			<TextInput
				key={side}
				label={t(side === "low" ? "limitLow" : "limitHigh")}
				inputMode="decimal"
				autoComplete="off"
				placeholder={general ? String(general) : undefined}
				value={typed[name] ?? ""}
				error={fault ? t(`limit_${fault.why}`, fault) : undefined}
				onChange={(event) => setTyped({ ...typed, [name]: event.currentTarget.value })}
			/>
		);
	};
	return (
		<Form send={send} hold={hold} button={t("store")} faulty={faults.length > 0 && tried}>
			<Text size="sm" className="quiet">
				{t("limitsHow")}
			</Text>
			{LIMITS.map(({ sign, low, high, general }) => (
				<Fieldset key={sign} legend={`${t(sign)} (${UNITS[sign]})`} variant="unstyled">
					<SimpleGrid cols={2}>
						{field(low, "low", general.low)}
						{field(high, "high", general.high)}
					</SimpleGrid>
				</Fieldset>
			))}
		</Form>
	);
}

/* ---- consent ---- */

function ConsentForm({ patient, scope, done, hold }: Arranging & { scope: ConsentScope }) {
	const { t } = useTranslation("patient");
	// A paper of its own each time: who closes this has not begun the next one.
	const [draft, setDraft, clear] = useDraft(`consent/${patient}/${scope}`, { given: true, on: "" });
	useEffect(() => clear, [clear]);
	const [missing, setMissing] = useState(0);
	const send = useAction(async () => {
		if (!draft.on) return setMissing((n) => n + 1);
		await session.client.ask(recordOf(patient), RecordConsentSchema, { patient, scope, ...draft });
		done();
	});
	const { error } = send;
	const fault = error instanceof Refused && error.field === "on" ? said(error) : undefined;
	return (
		<Form send={send} hold={hold} button={t("store")} fields={["on"]} faulty={!draft.on && missing}>
			<Text>{t(scope === ConsentScope.TEAM ? "teamConsentHow" : "coverConsentHow")}</Text>
			<SegmentedControl
				fullWidth
				aria-label={t("consent")}
				value={draft.given ? "given" : "withdrawn"}
				onChange={(value) => setDraft({ ...draft, given: value === "given" })}
				data={(["given", "withdrawn"] as const).map((value) => ({
					value,
					label: t(`consent_${value}`),
				}))}
			/>
			{!draft.given && scope === ConsentScope.TEAM && (
				<Text fw={600} c="var(--t-urgent)" role="status">
					{t("withdrawnTold")}
				</Text>
			)}
			<TextInput
				type="date"
				label={t("paperDate")}
				value={draft.on}
				max={isoDay(Date.now())}
				error={missing && !draft.on ? t("paperDateMissing") : fault}
				onChange={(event) => setDraft({ ...draft, on: event.currentTarget.value })}
			/>
		</Form>
	);
}

/* ---- team ---- */

const ROLES = [
	TeamRole.MEMBER,
	TeamRole.KEY_PERSON,
	TeamRole.ATTENDING,
	TeamRole.DEPUTY,
	TeamRole.SPECIALIST,
];

function MemberForm({ patient, done, hold }: Arranging) {
	const { t } = useTranslation("patient");
	const word = useWord();
	const { byId } = useOrganisations();
	const [draft, setDraft, clear] = useDraft(`member/${patient}`, {
		organisation: "",
		user: "",
		role: TeamRole.MEMBER,
	});
	const { people, complete } = usePeople(draft.organisation ? [draft.organisation] : []);
	const [missing, setMissing] = useState(0);
	const send = useAction(async () => {
		if (!draft.organisation) return setMissing((n) => n + 1);
		await session.client.ask(recordOf(patient), AddTeamMemberSchema, { patient, member: draft });
		clear();
		done();
	});
	const { error } = send;
	const fault = (field: string) =>
		error instanceof Refused && error.field === field ? said(error) : undefined;
	const staff = [...people.values()].filter((one) => one.organisation === draft.organisation);
	const places = [...byId.values()]
		.filter((one) => !one.left && one.kind !== OrganisationKind.CITY_OFFICE)
		.map((one) => ({ value: one.id, label: one.name }));
	return (
		<Form
			send={send}
			hold={hold}
			button={t("addMember")}
			fields={["member.organisation", "member.user", "member.role"]}
			faulty={!draft.organisation && missing}
		>
			<Select
				label={t("memberPlace")}
				data={places}
				value={draft.organisation || null}
				onChange={(value) => setDraft({ ...draft, organisation: value ?? "", user: "" })}
				searchable
				error={
					missing && !draft.organisation ? t("memberPlaceMissing") : fault("member.organisation")
				}
				nothingFoundMessage={t("noPlace")}
			/>
			<Select
				label={t("memberWho")}
				description={t("memberWhoHow")}
				data={[
					{ value: "", label: t("memberWhole") },
					...staff.map((one) => ({
						value: one.id,
						label: [one.name, word(ProfessionSchema, one.profession)].join("・"),
					})),
				]}
				value={draft.user}
				onChange={(value) => setDraft({ ...draft, user: value ?? "" })}
				disabled={!draft.organisation || !complete}
				allowDeselect={false}
				error={fault("member.user")}
			/>
			<Select
				label={t("memberRole")}
				data={ROLES.map((role) => ({ value: String(role), label: word(TeamRoleSchema, role) }))}
				value={String(draft.role)}
				onChange={(value) => setDraft({ ...draft, role: Number(value) })}
				allowDeselect={false}
				error={fault("member.role")}
			/>
		</Form>
	);
}

/* ---- who it is ---- */

/** As the service has it now: what stands on this device may be older. */
function Home(arranging: Arranging) {
	const shown = useAsked(
		recordOf(arranging.patient),
		ShowPatientSchema,
		{ id: arranging.patient },
		PatientShownSchema,
	);
	return (
		<Shown live={shown}>
			{({ patient }) => patient && <HomeForm {...arranging} before={patient} />}
		</Shown>
	);
}

function HomeForm({ patient, before, done, hold }: Arranging & { before: Patient }) {
	const { t } = useTranslation("patient");
	const now = { ...personOf(before), deceased: before.deceased };
	// What was typed over something else than this is no draft of it.
	const [form, setForm, clear] = useDraft(`home/${patient}/${JSON.stringify(now)}`, now);
	const [tried, setTried] = useState(0);
	const change = (next: Partial<typeof form>) => setForm({ ...form, ...next });
	const send = useAction(async () => {
		setTried((n) => n + 1);
		if (person.missing) return;
		// What this form does not have stays as it is.
		const { id, insuranceNumbers, identifiers } = before;
		await session.client.ask(recordOf(patient), UpdatePatientSchema, {
			patient: { id, insuranceNumbers, identifiers, ...patientOf(form), deceased: form.deceased },
		});
		clear();
		done();
	});
	const person = usePerson(form, change, tried, send.error, now);
	return (
		<Form
			send={send}
			hold={hold}
			button={t("store")}
			faulty={person.missing && tried}
			beside={person.beside}
		>
			{person.fields}
			<Switch
				label={t("deceased")}
				checked={form.deceased}
				onChange={(event) => change({ deceased: event.currentTarget.checked })}
			/>
		</Form>
	);
}
