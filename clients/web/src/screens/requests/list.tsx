import { Button, Group, Text, Title } from "@mantine/core";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useAsked, useMe, useNow } from "../../core/hooks";
import { ListReferralsSchema, ReferralListSchema, type Referral } from "../../gen/referral_pb";
import { Empty, Page, Shown } from "../../parts";
import { IconPlus } from "../../parts/icons";
import { useOpenReferrals } from "./open";
import { Card } from "./card";
import {
	byWeight,
	mayAnswer,
	mayAsk,
	mayRead,
	mergeReferrals,
	stageOf,
	STAGES,
	viewerOf,
	type Stage,
} from "./look";
import classes from "./requests.module.css";

export function List() {
	const { t } = useTranslation("requests");
	const { me } = useMe();
	const open = useOpenReferrals();
	if (!mayRead(me))
		return (
			<Page title={t("title")}>
				<Empty>{t("notForYou")}</Empty>
			</Page>
		);
	return (
		<Page title={t("title")} beside={<AskButton />}>
			<Shown live={open}>{(data) => <Columns items={data.items} />}</Shown>
			<Over />
		</Page>
	);
}

function AskButton() {
	const { t } = useTranslation("requests");
	const { me } = useMe();
	if (mayAsk(me).length === 0) return null;
	return (
		<Button component={Link} href="/requests/new" leftSection={<IconPlus size={20} aria-hidden />}>
			{t("ask")}
		</Button>
	);
}

function useStages(items: readonly Referral[]): Map<Stage, Referral[]> {
	const { me } = useMe();
	const now = useNow();
	return useMemo(() => {
		const viewer = viewerOf(me);
		const stages = new Map<Stage, Referral[]>();
		for (const item of items) {
			const stage = stageOf(viewer, item);
			stages.set(stage, [...(stages.get(stage) ?? []), item]);
		}
		for (const list of stages.values()) list.sort(byWeight(viewer, now));
		return stages;
	}, [items, me, now]);
}

type OpenStage = Exclude<Stage, "over">;
const OPEN_STAGES = STAGES.filter((stage): stage is OpenStage => stage !== "over");

function Columns({ items }: { items: readonly Referral[] }) {
	const { t } = useTranslation("requests");
	const { me } = useMe();
	const stages = useStages(items);
	const mine = OPEN_STAGES.filter((stage) => {
		if (stage === "centre") return viewerOf(me).centre;
		if (stage === "answer") return mayAnswer(me);
		return stage !== "asked" || mayAsk(me).length > 0 || stages.has(stage);
	});
	if (mine.every((stage) => !stages.has(stage))) return <Empty>{t("nothing")}</Empty>;
	return (
		<div className={classes.columns}>
			{mine.map((stage) => (
				<Column key={stage} stage={stage} items={stages.get(stage) ?? []} />
			))}
		</div>
	);
}

function Column({ stage, items }: { stage: OpenStage; items: Referral[] }) {
	const { t } = useTranslation("requests");
	const id = `stage-${stage}`;
	return (
		<section
			className={classes.column}
			aria-labelledby={id}
			data-empty={(items.length === 0 && stage !== "answer" && stage !== "centre") || undefined}
		>
			<Title order={2} size="md" id={id} mb={8}>
				{t(`stage_${stage}`)}
				<Text span className={`quiet ${classes.count}`}>
					{t("count", { n: items.length })}
				</Text>
			</Title>
			{items.length === 0 && (
				<Text size="sm" className="quiet">
					{t(`none_${stage}`)}
				</Text>
			)}
			<ul className={classes.cards} aria-live="polite" aria-relevant="additions">
				{items.map((item) => (
					<li key={item.id}>
						<Card referral={item} />
					</li>
				))}
			</ul>
		</section>
	);
}

/** What is over is asked for when somebody wants to see it. */
function Over() {
	const { t } = useTranslation("requests");
	const [shown, setShown] = useState(false);
	const live = useAsked("referral", ListReferralsSchema, { all: true }, ReferralListSchema, {
		keep: "requests/all",
		skip: !shown,
		merge: mergeReferrals,
	});
	return (
		<section aria-labelledby="stage-over">
			<Group justify="flex-start">
				<Button
					id="stage-over"
					variant="subtle"
					px={0}
					aria-expanded={shown}
					onClick={() => setShown(!shown)}
				>
					{t(shown ? "hideOver" : "showOver")}
				</Button>
			</Group>
			{shown && <Shown live={live}>{(data) => <OverList items={data.items} />}</Shown>}
		</section>
	);
}

function OverList({ items }: { items: readonly Referral[] }) {
	const { t } = useTranslation("requests");
	const over = useStages(items).get("over") ?? [];
	const latest = [...over].sort((a, b) => (a.position < b.position ? 1 : -1)).slice(0, 100);
	if (latest.length === 0) return <Empty>{t("none_over")}</Empty>;
	return (
		<ul className={`${classes.cards} ${classes.overs}`}>
			{latest.map((item) => (
				<li key={item.id}>
					<Card referral={item} />
				</li>
			))}
		</ul>
	);
}
