// What is arranged for a patient: consent, the care team, limits of vital signs. Unlike entries it goes to
// the service at once or not at all; what was typed stays until it has.

import {
	Button,
	Fieldset,
	SegmentedControl,
	Select,
	SimpleGrid,
	Stack,
	Text,
	TextInput,
} from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Refused } from "../../core/errors";
import { useAction, useDraft, useStands } from "../../core/hooks";
import { Organisations, useOrganisations } from "../../core/organisations";
import { session } from "../../core/session";
import { OrganisationKind, ProfessionSchema } from "../../gen/network_pb";
import {
	AddTeamMemberSchema,
	ConsentScope,
	RecordConsentSchema,
	SetThresholdsSchema,
	TeamRole,
	TeamRoleSchema,
} from "../../gen/record_pb";
import { said } from "../../i18n";
import { useWord } from "../../i18n/words";
import { Failure } from "../../parts";
import { isoDay } from "../../parts/time";
import { usePeople } from "../admin/use-people";
import { Sheet } from "./forms/entry-form";
import { isArranged, type Arranged } from "./arranged";
import { limitFault, limitsTyped, LIMITS, thresholdsOf, type LimitName } from "./limits";
import { UNITS, type Limits } from "./vitals";

interface Arranging {
	patient: string;
	limits: Limits | undefined;
	/** It stands: what is shown of the patient is to be asked anew. */
	done(): void;
}

export default function Arrange({
	what,
	of,
	close,
	changed,
	...rest
}: Omit<Arranging, "done"> & {
	what: Arranged;
	of: string;
	close(): void;
	changed(): void;
}) {
	const { t } = useTranslation("patient");
	const stands = useStands(what);
	const arranging = {
		...rest,
		done() {
			changed();
			if (stands()) close();
		},
	};
	if (!isArranged(what)) return null;
	return (
		<Sheet title={t(`arrange_${what}`)} of={of} onClose={close}>
			{what === "limits" && <LimitsForm {...arranging} />}
			{what === "consent-team" && <ConsentForm {...arranging} scope={ConsentScope.TEAM} />}
			{what === "consent-cover" && <ConsentForm {...arranging} scope={ConsentScope.COVER} />}
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
	button,
	fields = [],
	children,
}: {
	send: ReturnType<typeof useAction<[]>>;
	button: string;
	/** Of the service: what is wrong with these stands beside them. */
	fields?: readonly string[];
	children: ReactNode;
}) {
	const { error } = send;
	const beside = error instanceof Refused && fields.includes(error.field);
	return (
		<form
			noValidate
			onSubmit={(event) => {
				event.preventDefault();
				if (!send.busy) void send.run();
			}}
		>
			<Stack>
				{children}
				{!beside && <Failure error={error} />}
				<Button type="submit" size="lg" fullWidth loading={send.busy}>
					{button}
				</Button>
			</Stack>
		</form>
	);
}

/* ---- limits ---- */

function LimitsForm({ patient, limits, done }: Arranging) {
	const { t } = useTranslation("patient");
	const [typed, setTyped, clear] = useDraft(`limits/${patient}`, limitsTyped(limits));
	const [tried, setTried] = useState(false);
	const faults = LIMITS.flatMap(({ low, high }) => [low, high]).filter(
		(name) => name && limitFault(name, typed),
	);
	const send = useAction(async () => {
		setTried(true);
		if (faults.length) return;
		const thresholds = thresholdsOf(typed);
		await session.client.ask(recordOf(patient), SetThresholdsSchema, { patient, thresholds });
		clear();
		done();
	});
	const field = (name: LimitName | undefined, side: "low" | "high", general: number) => {
		if (!name) return <span key={side} />;
		const fault = tried && limitFault(name, typed);
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
		<Form send={send} button={t("store")}>
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

function ConsentForm({ patient, scope, done }: Arranging & { scope: ConsentScope }) {
	const { t } = useTranslation("patient");
	const [draft, setDraft, clear] = useDraft(`consent/${patient}/${scope}`, {
		given: true,
		on: isoDay(Date.now()),
	});
	const send = useAction(async () => {
		await session.client.ask(recordOf(patient), RecordConsentSchema, { patient, scope, ...draft });
		clear();
		done();
	});
	const { error } = send;
	return (
		<Form send={send} button={t("store")} fields={["on"]}>
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
				error={error instanceof Refused && error.field === "on" ? said(error) : undefined}
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

function MemberForm({ patient, done }: Arranging) {
	const { t } = useTranslation("patient");
	const word = useWord();
	const { byId } = useOrganisations();
	const [draft, setDraft, clear] = useDraft(`member/${patient}`, {
		organisation: "",
		user: "",
		role: TeamRole.MEMBER,
	});
	const { people } = usePeople(draft.organisation ? [draft.organisation] : []);
	const [missing, setMissing] = useState(false);
	const send = useAction(async () => {
		setMissing(!draft.organisation);
		if (!draft.organisation) return;
		await session.client.ask(recordOf(patient), AddTeamMemberSchema, { patient, member: draft });
		clear();
		done();
	});
	const { error } = send;
	const fault = (field: string) =>
		error instanceof Refused && error.field === field ? said(error) : undefined;
	const places = [...byId.values()]
		.filter((one) => !one.left && one.kind !== OrganisationKind.CITY_OFFICE)
		.map((one) => ({ value: one.id, label: one.name }));
	return (
		<Form
			send={send}
			button={t("addMember")}
			fields={["member.organisation", "member.user", "member.role"]}
		>
			<Select
				label={t("memberPlace")}
				data={places}
				value={draft.organisation || null}
				onChange={(value) => {
					setMissing(false);
					setDraft({ ...draft, organisation: value ?? "", user: "" });
				}}
				searchable
				error={missing ? t("memberPlaceMissing") : fault("member.organisation")}
				nothingFoundMessage={t("noPlace")}
			/>
			<Select
				label={t("memberWho")}
				description={t("memberWhoHow")}
				data={[
					{ value: "", label: t("memberWhole") },
					...[...people.values()].map((one) => ({
						value: one.id,
						label: [one.name, word(ProfessionSchema, one.profession)].join("・"),
					})),
				]}
				value={draft.user}
				onChange={(value) => setDraft({ ...draft, user: value ?? "" })}
				disabled={!draft.organisation}
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
