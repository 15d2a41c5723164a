// Who cares for this patient and how to reach them now; what the patient wants; what was consented to.

import { Button, Group, Stack, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useAction, useAsked, useMe, type Live } from "../../core/hooks";
import { session } from "../../core/session";
import {
	ContactListSchema,
	ContactMeans,
	ContactMeansSchema,
	Profession,
	ProfessionSchema,
	SearchContactsSchema,
	type Contact,
	type Me,
} from "../../gen/network_pb";
import {
	PatientShownSchema,
	RemoveTeamMemberSchema,
	SetUnstableSchema,
	ShowPatientSchema,
	TeamRole,
	TeamRoleSchema,
	type Summary,
	type TeamMember,
} from "../../gen/record_pb";
import { useWord } from "../../i18n/words";
import { Empty, Failure, Section, Shown } from "../../parts";
import { IconPhone } from "../../parts/icons";
import { OrganisationName } from "../../parts/names";
import { Sure } from "../../parts/sure";
import { day, when } from "../../parts/time";
import { Author } from "./entry";
import type { Wanted } from "./forms";
import { telephone } from "./header";
import { mayArrange, maySetLimits } from "./may";
import c from "./patient.module.css";
import { LimitsInWords } from "./vital-signs";

/** Where the focus goes when the row is gone that it was in. */
const ADD = "add-member";

export default function Team({
	id,
	summary,
	arranged,
	now,
	go,
	changed,
}: {
	id: string;
	summary: Live<Summary>;
	/** How often something was arranged while this stands: what this asks itself is asked anew. */
	arranged: number;
	/** What is shown has all that was arranged. */
	now: boolean;
	go(wanted: Wanted): void;
	changed(): void;
}) {
	const { t } = useTranslation("patient");
	const { me } = useMe();
	const contacts = useAsked("directory", SearchContactsSchema, {}, ContactListSchema);
	return (
		<div className={c.padded}>
			<h2 className="heard">{t("tab_team")}</h2>
			<Shown live={summary}>
				{(data) => (
					<Stack gap="xl">
						<Section
							title={t("team")}
							beside={
								mayArrange(me) && (
									<Button
										id={ADD}
										variant="default"
										onClick={() => go({ write: "member", entry: "" })}
									>
										{t("addMember")}
									</Button>
								)
							}
						>
							{data.contacts.map((member, index) => (
								<Member
									key={`${member.organisation}/${member.user}/${index}`}
									patient={id}
									member={member}
									contacts={contacts.data?.items}
									now={now}
									removed={changed}
								/>
							))}
						</Section>
						<Section title={t("wishes")}>
							{data.wishes.length === 0 && <Empty>{t("noWishes")}</Empty>}
							{data.wishes.map((entry) => (
								<div key={entry.id} className="row">
									<div className={c.body}>
										{entry.content.case === "wish" && entry.content.value.text}
									</div>
									<div className={c.meta}>
										{entry.content.case === "wish" && entry.content.value.statedBy && (
											<span>{t("statedBy", { who: entry.content.value.statedBy })}</span>
										)}
										<span>{when(Number(entry.occurredMs), Date.now())}</span>
										<Author entry={entry} />
									</div>
								</div>
							))}
						</Section>
						<Home summary={data} go={go} />
						<Consents id={id} arranged={arranged} go={go} />
						<Section
							title={t("limits")}
							beside={
								maySetLimits(me) && (
									<Button
										variant="default"
										aria-label={t("changeLimits")}
										onClick={() => go({ write: "limits", entry: "" })}
									>
										{t("changeIt")}
									</Button>
								)
							}
						>
							<p>
								<LimitsInWords limits={data.thresholds} />
							</p>
						</Section>
						<Unstable id={id} unstable={data.patient?.unstable ?? false} again={summary.again} />
						{maySeeAudit(data, me) && (
							<div>
								<Button variant="default" component={Link} href={`/admin/audit/${id}`}>
									{t("whoLooked")}
								</Button>
							</div>
						)}
					</Stack>
				)}
			</Shown>
		</div>
	);
}

/** As record has it (rules.c, audit_right): the registering organisation and the attending doctor. */
function maySeeAudit({ patient, contacts }: Summary, { person, organisation }: Me): boolean {
	const own = organisation?.id ?? "";
	if (patient?.registeredBy === own) return true;
	return (
		person?.profession === Profession.DOCTOR &&
		contacts.some((one) => one.role === TeamRole.ATTENDING && one.organisation === own)
	);
}

function Member({
	patient,
	member,
	contacts,
	now,
	removed,
}: {
	patient: string;
	member: TeamMember;
	contacts: readonly Contact[] | undefined;
	now: boolean;
	removed(): void;
}) {
	const { t } = useTranslation("patient");
	const word = useWord();
	const { me } = useMe();
	const [sure, setSure] = useState(false);
	const remove = useAction(async () => {
		const { organisation, user } = member;
		await session.client.ask(
			session.client.instanceFor("record", patient),
			RemoveTeamMemberSchema,
			{ patient, organisation, user },
		);
		setSure(false);
		document.getElementById(ADD)?.focus();
		removed();
	});
	const open = contacts?.find(
		(one) =>
			one.organisation?.id === member.organisation &&
			(!one.person || one.person.id === member.user),
	);
	const role = [
		member.role === TeamRole.MEMBER ? "" : word(TeamRoleSchema, member.role),
		word(ProfessionSchema, member.profession),
	]
		.filter(Boolean)
		.join("・");
	return (
		<div className={`row ${c.member}`}>
			<div>
				{role && (
					<Text size="sm" className="quiet">
						{role}
					</Text>
				)}
				<Text fw={600}>{member.name}</Text>
				{member.user && (
					<Text size="sm">
						<OrganisationName id={member.organisation} />
					</Text>
				)}
				{member.untilMs > 0n && (
					<Text size="sm" className="quiet">
						{t("memberUntil", { day: day(Number(member.untilMs)) })}
					</Text>
				)}
				{contacts && <Reach contact={open} />}
			</div>
			{member.phone && (
				<a className={c.phone} href={telephone(member.phone)}>
					<IconPhone size={20} aria-hidden />
					<span>{member.phone}</span>
					<span className="heard">{t("callThem", { name: member.name, phone: "" })}</span>
				</a>
			)}
			{/* Who is there for a visit leaves by itself, or with the request. */}
			{mayArrange(me) && !member.referral && (
				<Button
					variant="subtle"
					aria-label={t("removeThem", { name: member.name })}
					aria-expanded={sure}
					disabled={!now}
					onClick={() => setSure(!sure)}
				>
					{t("removeMember")}
				</Button>
			)}
			{sure && (
				<Sure
					text={t("removeSure", { name: member.name })}
					yes={t("removeNow")}
					no={t("notRemove")}
					action={remove}
					leave={() => setSure(false)}
				/>
			)}
		</div>
	);
}

/** ● いま連絡できます（電話、〜17:30） */
function Reach({ contact }: { contact: Contact | undefined }) {
	const { t } = useTranslation("patient");
	const word = useWord();
	const hours = contact?.hours;
	if (!hours || hours.means === ContactMeans.BREAK)
		return (
			<Text size="sm" className="quiet">
				<span aria-hidden>○</span> {t("notNow")}
			</Text>
		);
	const minute = hours.toMinute % 1440;
	const until = `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, "0")}`;
	const onCall = hours.means === ContactMeans.PAGE;
	const means = [word(ContactMeansSchema, hours.means), hours.whom].filter(Boolean).join(" ");
	return (
		<Text size="sm" c={onCall ? "var(--t-limited)" : "var(--t-available)"} fw={600}>
			<span aria-hidden>{onCall ? "▲" : "●"}</span>{" "}
			{t(onCall ? "reachUrgent" : "reachNow", { means, until })}
		</Text>
	);
}

function Home({ summary, go }: { summary: Summary; go(wanted: Wanted): void }) {
	const { t } = useTranslation("patient");
	const { me } = useMe();
	const { patient } = summary;
	if (!patient) return null;
	const emergency = patient.emergencyContact;
	return (
		<Section
			title={t("home")}
			beside={
				mayArrange(me) && (
					<Button
						variant="default"
						aria-label={t("changeHome")}
						onClick={() => go({ write: "home", entry: "" })}
					>
						{t("changeIt")}
					</Button>
				)
			}
		>
			<dl className={c.facts2}>
				<dt>{t("address")}</dt>
				<dd>{patient.address || "–"}</dd>
				<dt>{t("phone")}</dt>
				<dd>{patient.phone ? <a href={telephone(patient.phone)}>{patient.phone}</a> : "–"}</dd>
				<dt>{t("emergency")}</dt>
				<dd>
					{emergency && (emergency.name || emergency.relation || emergency.phone) ? (
						<>
							{emergency.name}
							{emergency.relation &&
								(emergency.name ? `（${emergency.relation}）` : emergency.relation)}{" "}
							{emergency.phone && <a href={telephone(emergency.phone)}>{emergency.phone}</a>}
						</>
					) : (
						"–"
					)}
				</dd>
			</dl>
		</Section>
	);
}

function Consents({
	id,
	arranged,
	go,
}: {
	id: string;
	arranged: number;
	go(wanted: Wanted): void;
}) {
	const { t } = useTranslation("patient");
	const { me } = useMe();
	const shown = useAsked(
		session.client.instanceFor("record", id),
		ShowPatientSchema,
		{ id },
		PatientShownSchema,
		{ keep: `patient/${id}` },
	);
	const { again } = shown;
	useEffect(() => {
		if (arranged) again();
	}, [arranged, again]);
	return (
		<Section title={t("consent")}>
			<Shown live={shown}>
				{({ patient, teamConsentOn, coverConsentOn }) => (
					<>
						<Consent
							what={t("teamConsent")}
							given={patient?.teamConsent}
							on={teamConsentOn}
							change={mayArrange(me) && (() => go({ write: "consent-team", entry: "" }))}
						/>
						<Consent
							what={t("coverConsent")}
							given={patient?.coverConsent}
							on={coverConsentOn}
							change={mayArrange(me) && (() => go({ write: "consent-cover", entry: "" }))}
						/>
					</>
				)}
			</Shown>
		</Section>
	);
}

function Consent({
	what,
	given,
	on,
	change,
}: {
	what: string;
	given: boolean | undefined;
	on: string;
	/** False: one may not. */
	change: (() => void) | false;
}) {
	const { t } = useTranslation("patient");
	return (
		<Group justify="space-between" gap="xs" wrap="nowrap" mb="xs">
			<Text>
				<span className="quiet">{what}</span> {t(given ? "given" : "notGiven")} {on}
			</Text>
			{change && (
				<Button variant="default" aria-label={t("changeConsent", { what })} onClick={change}>
					{t("enterConsent")}
				</Button>
			)}
		</Group>
	);
}

function Unstable({ id, unstable, again }: { id: string; unstable: boolean; again(): void }) {
	const { t } = useTranslation("patient");
	const set = useAction(async () => {
		await session.client.ask(session.client.instanceFor("record", id), SetUnstableSchema, {
			patient: id,
			unstable: !unstable,
		});
		again();
	});
	return (
		<Section title={t("state")}>
			<Group>
				<Text>{t(unstable ? "isUnstable" : "isStable")}</Text>
				<Button variant="default" loading={set.busy} onClick={() => void set.run()}>
					{t(unstable ? "markStable" : "markUnstable")}
				</Button>
			</Group>
			<Failure error={set.error} />
		</Section>
	);
}
