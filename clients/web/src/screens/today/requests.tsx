// Requests that wait for my organisation: to be answered, confirmed, reported.

import { Badge, Button, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useAction, useLive, useMe, useNow } from "../../core/hooks";
import { notifications } from "../../core/notifications";
import { session } from "../../core/session";
import { NeedSchema } from "../../gen/board_pb";
import { AreaSchema } from "../../gen/network_pb";
import { Patient_SexSchema } from "../../gen/record_pb";
import {
	AcceptReferralSchema,
	ListReferralsSchema,
	ReferralAcceptedSchema,
	ReferralKindSchema,
	ReferralListSchema,
	type Referral,
	type ReferralAccepted,
} from "../../gen/referral_pb";
import { useWord } from "../../i18n/words";
import { Failure, Section, Urgent } from "../../parts";
import { OrganisationName } from "../../parts/names";
import { clock, when } from "../../parts/time";
import { byWeight, mayRead, viewerOf } from "../requests/look";
import { wantedOf, type Wanted } from "./asked";
import classes from "./today.module.css";

const SHOWN = 5;

/** What waits for my organisation, the most pressing first, and what came of what I just answered. */
export function useRequests() {
	const { me } = useMe();
	const now = useNow();
	const live = useLive("referral", ListReferralsSchema, {}, ReferralListSchema, {
		keep: "today/requests",
		skip: !mayRead(me),
	});
	const [answered, setAnswered] = useState<ReadonlyMap<string, ReferralAccepted>>(new Map());
	const viewer = viewerOf(me);
	const wanted = [...(live.data?.items ?? [])].sort(byWeight(viewer, now)).flatMap((one) => {
		const what = wantedOf(viewer, one, now);
		return what || answered.has(one.id) ? [{ one, what }] : [];
	});
	return {
		wanted,
		answered,
		answer: (id: string, came: ReferralAccepted) => setAnswered(new Map(answered).set(id, came)),
	};
}

export function Requests({ wanted, answered, answer }: ReturnType<typeof useRequests>) {
	const { t } = useTranslation("today");
	if (wanted.length === 0) return null;
	return (
		<Section title={t("requestsTitle", { n: wanted.length })}>
			<ul className={classes.list}>
				{wanted.slice(0, SHOWN).map(({ one, what }) => (
					<Row
						key={one.id}
						one={one}
						what={what}
						answer={answered.get(one.id)}
						answered={(came) => answer(one.id, came)}
					/>
				))}
			</ul>
			{wanted.length > SHOWN && (
				<Button variant="subtle" fullWidth component={Link} href="/requests">
					{t("more", { n: wanted.length - SHOWN })}
				</Button>
			)}
		</Section>
	);
}

function Row({
	one,
	what,
	answer,
	answered,
}: {
	one: Referral;
	what: Wanted | undefined;
	answer: ReferralAccepted | undefined;
	answered: (answer: ReferralAccepted) => void;
}) {
	const { t } = useTranslation("today");
	const word = useWord();
	const now = useNow();
	const href = `/requests/${one.id}`;
	const take = useAction(async () => {
		const came = await session.client.ask(
			"referral",
			AcceptReferralSchema,
			{ id: one.id },
			ReferralAcceptedSchema,
		);
		answered(came.body);
		// The notification of it has been answered with it.
		for (const n of notifications.state.items)
			if (n.subject === one.id) await notifications.finish(n.id).catch(() => undefined);
	});
	const where = [word(AreaSchema, one.area), one.district].filter(Boolean).join(" ");
	const who = [
		one.ageTo > 0 ? t("age", { from: one.ageFrom, to: one.ageTo }) : "",
		word(Patient_SexSchema, one.sex),
	];
	return (
		<li
			className={`${classes.item} ${one.urgent && what ? classes.pressing : ""}`}
			data-request={one.id}
		>
			<Link href={href} className={classes.open}>
				<div className={classes.line}>
					{one.urgent && <Urgent />}
					<span className={classes.what}>{word(ReferralKindSchema, one.kind)}</span>
					<span>{where}</span>
				</div>
				<Text>
					{one.fromMs > 0n && (
						<>
							{when(Number(one.fromMs), now)}–{clock(Number(one.toMs))}{" "}
							{one.times > 1 && t("times", { n: one.times })}
						</>
					)}
					{one.wishedMs > 0n && t("wishedBy", { time: when(Number(one.wishedMs), now) })}
				</Text>
				<Text size="sm" className="quiet">
					{who.filter(Boolean).join(" · ")}{" "}
					{one.needs.map((need) => (
						<Badge
							key={need}
							component="span"
							variant="light"
							color="gray"
							radius="sm"
							me={6}
							tt="none"
						>
							{word(NeedSchema, need)}
						</Badge>
					))}
				</Text>
				<Text size="sm" fw={600} aria-live="polite">
					{answer ? (
						answer.holding ? (
							t("taken")
						) : (
							t("standby", { n: answer.standby })
						)
					) : what === "confirm" ? (
						<>
							<OrganisationName id={one.taker} />
							{t("hasAccepted")}
						</>
					) : (
						what && t(TEXTS[what])
					)}
					{!answer && what !== "report" && one.deadlineMs > 0n && (
						<Text span size="sm" className="quiet">
							{" · "}
							{t("by", { time: when(Number(one.deadlineMs), now) })}
						</Text>
					)}
				</Text>
			</Link>
			<div className={classes.side}>
				{what === "answer" && !answer && (
					<Button loading={take.busy} variant="default" onClick={() => void take.run()}>
						{t("take")}
					</Button>
				)}
				{!(what === "answer" && !answer) && (
					<Button variant="default" component={Link} href={href}>
						{t(what === "confirm" ? "confirm" : what === "report" ? "report" : "look")}
					</Button>
				)}
			</div>
			<Failure error={take.error} />
		</li>
	);
}

const TEXTS = {
	answer: "requestOffered",
	report: "requestReport",
	centre: "requestCentre",
	confirm: "requestConfirm",
} as const;
