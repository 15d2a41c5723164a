// One notification, or what we sent urgently, as it went: who was asked when, whom it reached, who has it.
// `/notification/:id`: id of the notification, of its event, or of an entry.

import { Anchor, Button, Select, Stack, Text } from "@mantine/core";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useParams } from "wouter";
import { useAction, useAsked, useMe, useNow } from "../../core/hooks";
import { notifications, useInbox } from "../../core/notifications";
import { waits } from "../../core/ringing";
import { session } from "../../core/session";
import {
	EscalationStep_What as What,
	EscalationStep_WhatSchema,
	HandOverSchema,
	Notification_State as State,
	OfferHandOverSchema,
	type Escalation,
	type EscalationStep,
	type Notification,
} from "../../gen/alert_pb";
import {
	EnrolmentState,
	OrganisationKind,
	OrganisationShownSchema,
	Profession,
	ShowOrganisationSchema,
} from "../../gen/network_pb";
import { useWord } from "../../i18n/words";
import { Age, Empty, Failure, Page, Section, Urgent, Waiting } from "../../parts";
import { OrganisationName, PatientName, PersonName, usePersonWords } from "../../parts/names";
import { when } from "../../parts/time";
import { Decline } from "./decline";
import { Call, From } from "./notices";
import { isWalking, WalkState } from "./sent";
import classes from "./today.module.css";
import { useEscalation, useRecipients, useStateWord } from "./who";
import { placeOf, useNotificationWords } from "./words";

const STEPS = 8; // the last; the earlier ones unfold
const PEOPLE = 3; // named at a step; of more their number

export default function NotificationPage() {
	const { t } = useTranslation("today");
	const { t: common } = useTranslation();
	const { id = "" } = useParams();
	const inbox = useInbox();
	// The last that was known of it stays on the screen when it leaves the inbox.
	const here = inbox.items.find((one) => one.id === id || one.event === id || one.entry === id);
	const [last, setLast] = useState<Notification>();
	useEffect(() => {
		if (here) setLast(here);
	}, [here]);
	const n = here ?? (last?.id === id || last?.event === id ? last : undefined);
	useEffect(() => {
		if (here) notifications.opened(here.id);
	}, [here?.id]);
	const escalation = useEscalation(n?.event || id, n !== undefined && n.matter !== 0);
	const walk = escalation.data;
	const entry = n?.entry || walk?.entry || "";
	if (!n && !walk && !escalation.refused && !escalation.silent && inbox.from !== "live")
		return <Waiting />;
	if (!n && !walk && escalation.data === undefined && !escalation.refused) return <Waiting />;
	return (
		<Page
			title={t("notification")}
			beside={
				<Anchor component={Link} href="/" className={classes.all}>
					{common("today")}
				</Anchor>
			}
		>
			<Stack gap="lg" maw={760}>
				{!here && !walk && <Empty>{t("gone")}</Empty>}
				{n ? <Mine n={n} gone={!here} /> : walk && <Ours walk={walk} />}
				{walk && <Way walk={walk} />}
				{entry && <People entry={entry} />}
				{here && <ToColleague />}
			</Stack>
		</Page>
	);
}

/** What I was told, and my answer. */
function Mine({ n, gone }: { n: Notification; gone: boolean }) {
	const { t } = useTranslation("today");
	const words = useNotificationWords();
	const now = useNow();
	const [, go] = useLocation();
	const [declining, setDeclining] = useState(false);
	const act = useAction(async (what: "accept" | "finish" | "takeOver") =>
		notifications[what](n.id),
	);
	const waiting = waits(n) && !gone;
	const others = !gone && !waits(n) && n.state < State.ACCEPTED;
	return (
		<section className={waiting && n.urgent ? classes.urgent : undefined}>
			<div className={classes.line}>
				{n.urgent && <Urgent />}
				<span className={classes.what}>{words.what(n)}</span>
				<span className="quiet">{words.concerns(n).join(" · ")}</span>
			</div>
			{n.patient && (
				<div className={classes.name}>
					<PatientName id={n.patient} />
				</div>
			)}
			<Text size="sm" className="quiet">
				<From n={n} dot />
				{when(Number(n.storedMs), now)} <Age ms={n.storedMs} />
			</Text>
			{n.organisation && !n.matter && <Call organisation={n.organisation} />}
			{n.place > 0 && <Text size="sm">{words.place(n.place)}</Text>}
			{n.everyone && <Text size="sm">{t("forEveryone")}</Text>}
			{Number(n.ringsMs) > now && waiting && (
				<Text size="sm" className="quiet">
					{t("ringsAt", { time: when(Number(n.ringsMs), now) })}
				</Text>
			)}
			{(n.state === State.ACCEPTED || others) && n.takenBy && (
				<Text fw={600} c="var(--t-available)">
					<span aria-hidden>✓ </span>
					<PersonName user={n.takenBy} />
					{t("hasIt")}
				</Text>
			)}
			{gone && <Text className="quiet">{t("gone")}</Text>}
			<Failure error={act.error} />
			{declining && !gone ? (
				<Decline id={n.id} close={() => setDeclining(false)} />
			) : (
				<div className={classes.buttons}>
					{waiting && (
						<Button loading={act.busy} onClick={() => void act.run("accept")}>
							{t("accept")}
						</Button>
					)}
					{others && (
						<Button loading={act.busy} onClick={() => void act.run("takeOver")}>
							{t("takeOver")}
						</Button>
					)}
					{!gone && n.state === State.ACCEPTED && (
						<Button loading={act.busy} onClick={() => void act.run("finish")}>
							{t("finish")}
						</Button>
					)}
					<Button variant="default" onClick={() => go(placeOf(n))}>
						{t(n.matter ? "look" : "openEntry")}
					</Button>
					{!gone && n.state === State.OPENED && !n.urgent && (
						<Button
							variant="default"
							loading={act.busy}
							onClick={() => void act.run("finish").then((done) => done && go("/"))}
						>
							{t("finish")}
						</Button>
					)}
					{!gone && !others && (
						<Button variant="subtle" color="gray" onClick={() => setDeclining(true)}>
							{t("cannot")}
						</Button>
					)}
				</div>
			)}
		</section>
	);
}

/** What we sent. */
function Ours({ walk }: { walk: Escalation }) {
	const { t } = useTranslation("today");
	return (
		<section className={isWalking(walk) ? classes.urgent : undefined}>
			<div className={classes.line}>
				{isWalking(walk) && <Urgent />}
				<span className={classes.name}>
					<PatientName id={walk.patient} />
				</span>
				<Age ms={walk.startedMs} />
			</div>
			<Text size="sm" className="quiet">
				<PersonName user={walk.author} /> · <OrganisationName id={walk.organisation} />
			</Text>
			<WalkState one={walk} />
			{walk.everyone && <Text size="sm">{t("forEveryone")}</Text>}
			<div className={classes.buttons}>
				<Button
					variant="default"
					component={Link}
					href={`/patients/${walk.patient}?entry=${walk.entry}`}
				>
					{t("openEntry")}
				</Button>
			</div>
		</section>
	);
}

/** Each step, the oldest first; what is to come stands last. */
function Way({ walk }: { walk: Escalation }) {
	const { t } = useTranslation("today");
	const now = useNow(5000);
	const last = [...walk.steps].reverse().find((step) => step.what === What.ASKED);
	const nextMs = last ? Number(last.timeMs) + Number(walk.stepMs) : 0;
	const [all, setAll] = useState(false);
	const earlier = all ? 0 : Math.max(0, walk.steps.length - STEPS);
	return (
		<Section title={t("way")}>
			{earlier > 0 && (
				<Button variant="subtle" px={0} onClick={() => setAll(true)}>
					{t("earlier", { n: earlier })}
				</Button>
			)}
			<ol className={classes.timeline} aria-live="polite">
				{walk.steps.slice(earlier).map((step, index) => (
					<Step key={earlier + index} step={step} walk={walk} />
				))}
				{isWalking(walk) && nextMs > now && (
					<li className={`${classes.step} quiet`}>
						<span />
						<span>{t("nextIn", { time: when(nextMs, now) })}</span>
					</li>
				)}
			</ol>
		</Section>
	);
}

function Step({ step, walk }: { step: EscalationStep; walk: Escalation }) {
	const { t } = useTranslation("today");
	const words = useNotificationWords();
	const word = useWord();
	const now = useNow();
	const loud = [What.STARTED_OVER, What.MAIL_FAILED, What.NO_ADDRESS].includes(step.what);
	const good = [What.STEP_ACCEPTED, What.TAKEN_OVER, What.HANDED_ON].includes(step.what);
	return (
		<li
			className={classes.step}
			data-loud={loud || undefined}
			data-good={good || undefined}
			data-last={step === walk.steps[walk.steps.length - 1] || undefined}
		>
			<span className="quiet nowrap">{when(Number(step.timeMs), now)}</span>
			<div>
				<Text fw={600} c={loud ? "var(--t-urgent)" : good ? "var(--t-available)" : undefined}>
					{step.what === What.ASKED
						? t("stepAsked", { place: words.place(step.place) })
						: word(EscalationStep_WhatSchema, step.what)}
					{step.what === What.STARTED_OVER && ` · ${t("round", { n: step.round + 1 })}`}
				</Text>
				<Text size="sm">
					{step.organisation && <OrganisationName id={step.organisation} />}
					{step.users.slice(0, PEOPLE).map((user, index) => (
						<span key={user}>
							{(index > 0 || step.organisation) && " · "}
							<PersonName user={user} />
						</span>
					))}
					{step.users.length > PEOPLE && ` ${t("and", { n: step.users.length - PEOPLE })}`}
					{step.other && (
						<>
							{step.what === What.GIVEN_BACK ? " → " : " ← "}
							<PersonName user={step.other} />
						</>
					)}
				</Text>
				{step.detail && (
					<Text size="sm" className="quiet">
						{step.detail}
					</Text>
				)}
			</div>
		</li>
	);
}

/** Everybody whom the entry reached. */
function People({ entry }: { entry: string }) {
	const { t } = useTranslation("today");
	const stateWord = useStateWord();
	const now = useNow();
	const live = useRecipients(entry);
	const items = [...(live.data?.items ?? [])].sort((a, b) => b.state - a.state);
	if (live.data && items.length === 0) return null;
	return (
		<Section title={t("people")}>
			<ul className={classes.list} aria-live="polite">
				{items.map((one) => {
					const at = [one.declinedMs, one.doneMs, one.acceptedMs, one.openedMs, one.deliveredMs];
					const ms = Number(at.find((time) => time > 0n) ?? 0n);
					return (
						<li key={one.id} className={classes.person}>
							<span>
								<PersonName user={one.recipient} />{" "}
								<span className="quiet">
									<OrganisationName id={one.recipientOrganisation} />
								</span>
							</span>
							<span className="quiet nowrap">
								{stateWord(one.state)} {ms > 0 && when(ms, now)}
							</span>
						</li>
					);
				})}
			</ul>
		</Section>
	);
}

/** All that is open to a colleague; a clinic on duty may offer it to the next, too. */
function ToColleague() {
	const { t } = useTranslation("today");
	const { me, user } = useMe();
	const words = usePersonWords();
	const [open, setOpen] = useState(false);
	const [to, setTo] = useState<string | null>(null);
	const id = me.organisation?.id ?? "";
	const shown = useAsked("directory", ShowOrganisationSchema, { id }, OrganisationShownSchema, {
		skip: !open,
	});
	const colleagues = useMemo(
		() =>
			(shown.data?.people ?? []).filter(
				(one) =>
					one.id !== user &&
					one.profession === me.person?.profession &&
					one.state !== EnrolmentState.REVOKED,
			),
		[shown.data, user, me],
	);
	const give = useAction(async () => {
		if (to) await session.client.ask("alert", HandOverSchema, { to });
	});
	const offer = useAction(async () => {
		await session.client.ask("alert", OfferHandOverSchema, {});
	});
	const [done, setDone] = useState(false);
	if (done) return <Text role="status">{t("handedOver")}</Text>;
	const onDuty =
		me.organisation?.kind === OrganisationKind.CLINIC &&
		me.person?.profession === Profession.DOCTOR;
	return (
		<div>
			{!open ? (
				<div className={classes.buttons}>
					<Button variant="subtle" color="gray" px={0} onClick={() => setOpen(true)}>
						{t("handOver")}
					</Button>
					{onDuty && (
						<Button
							variant="subtle"
							color="gray"
							loading={offer.busy}
							onClick={() => void offer.run().then(setDone)}
						>
							{t("offer")}
						</Button>
					)}
				</div>
			) : (
				<Stack gap="xs">
					<Text size="sm">{t("handOverHelp")}</Text>
					{shown.data && colleagues.length === 0 ? (
						<Empty>{t("noColleague")}</Empty>
					) : (
						<Select
							label={t("handOverTo")}
							data={colleagues.map((one) => ({ value: one.id, label: words(one) }))}
							value={to}
							onChange={setTo}
						/>
					)}
					<div className={classes.buttons}>
						<Button
							variant="default"
							disabled={!to}
							loading={give.busy}
							onClick={() => void give.run().then(setDone)}
						>
							{t("handOverGo")}
						</Button>
						<Cancel onClick={() => setOpen(false)} />
					</div>
				</Stack>
			)}
			<Failure error={give.error ?? offer.error} />
		</div>
	);
}

function Cancel({ onClick }: { onClick: () => void }) {
	const { t } = useTranslation();
	return (
		<Button variant="subtle" color="gray" onClick={onClick}>
			{t("cancel")}
		</Button>
	);
}
