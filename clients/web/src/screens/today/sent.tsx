// What we sent urgently and somebody is looked for; for the support centre, all of it. When somebody has
// it the line says so for the rest of the day: that is what the sender waits for.

import { Button, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useLive, useMe, useNow } from "../../core/hooks";
import {
	Escalation_State as State,
	EscalationListSchema,
	EscalationStep_What as What,
	ListEscalationsSchema,
	type Escalation,
} from "../../gen/alert_pb";
import { Profession } from "../../gen/network_pb";
import { Age, Section, Urgent } from "../../parts";
import { OrganisationName, PatientName, PersonName } from "../../parts/names";
import { clock } from "../../parts/time";
import classes from "./today.module.css";
import { useNotificationWords } from "./words";

export function isWalking(one: Escalation): boolean {
	return one.state === State.WALKING || one.state === State.WITH_CENTRE;
}

const SHOWN_MS = 12 * 3600 * 1000;

export function Sent() {
	const { t } = useTranslation("today");
	const { me } = useMe();
	const now = useNow(60_000);
	const all = me.person?.profession !== Profession.CENTRE_STAFF; // there, too many are over
	const live = useLive("alert", ListEscalationsSchema, { all }, EscalationListSchema, {
		keep: "today/sent",
	});
	const items = (live.data?.items ?? [])
		.filter((one) => isWalking(one) || now - Number(one.startedMs) < SHOWN_MS)
		.sort(
			(a, b) =>
				Number(isWalking(b)) - Number(isWalking(a)) || Number(b.startedMs) - Number(a.startedMs),
		);
	if (items.length === 0) return null;
	return (
		<Section title={t("sentTitle", { n: items.length })}>
			<ul className={classes.list} aria-live="polite">
				{items.map((one) => (
					<Walk key={one.id} one={one} />
				))}
			</ul>
		</Section>
	);
}

function Walk({ one }: { one: Escalation }) {
	const { t } = useTranslation("today");
	const words = useNotificationWords();
	const step = one.steps[one.steps.length - 1];
	return (
		<li className={classes.item} data-escalation={one.id}>
			<Link href={`/notification/${one.id}`} className={classes.open}>
				<div className={classes.line}>
					{isWalking(one) && <Urgent />}
					<span className={classes.name}>
						<PatientName id={one.patient} />
					</span>
					<Age ms={one.startedMs} />
				</div>
				<WalkState one={one} />
				{isWalking(one) && step?.what === What.ASKED && (
					<Text size="sm" className="quiet">
						{clock(Number(step.timeMs))} {t("askedPlace", { place: words.place(step.place) })}
						<OrganisationName id={step.organisation} />
					</Text>
				)}
			</Link>
			<div className={classes.side}>
				<Button variant="default" component={Link} href={`/notification/${one.id}`}>
					{t("details")}
				</Button>
			</div>
		</li>
	);
}

/** まだ誰も対応していません; 蒼井医師が対応します. */
export function WalkState({ one }: { one: Escalation }) {
	const { t } = useTranslation("today");
	if (isWalking(one))
		return (
			<Text c="var(--t-urgent)" fw={600}>
				{t(one.state === State.WALKING ? "sentWalking" : "sentCentre")}
			</Text>
		);
	if (one.state === State.OVER) return <Text className="quiet">{t("sentOver")}</Text>;
	return (
		<Text c="var(--t-available)" fw={600}>
			<span aria-hidden>✓ </span>
			{one.holder ? (
				<>
					<PersonName user={one.holder} />
					{t("hasIt")}
				</>
			) : (
				t("sentTakenNow")
			)}
		</Text>
	);
}
