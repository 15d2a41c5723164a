// What must I do? What waits for me stands first; then our own state, our patients, who is on duty.

import { Button, Text } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useMe, useNow } from "../../core/hooks";
import { notifications, useInbox, useSoundState } from "../../core/notifications";
import { rank } from "../../core/ringing";
import { setSound } from "../../core/sound";
import { Profession } from "../../gen/network_pb";
import { Empty, Page, Section, Waiting } from "../../parts";
import { day, when } from "../../parts/time";
import { Duty } from "./duty";
import { HandOver } from "./hand-over";
import { MyState } from "./my-state";
import { News } from "./news";
import { Items } from "./notices";
import { Requests, useRequests } from "./requests";
import { Sent } from "./sent";
import classes from "./today.module.css";

export default function Today() {
	const { t } = useTranslation("today");
	const { me } = useMe();
	const now = useNow();
	useLooked();
	const cares =
		me.person?.profession !== Profession.ADMINISTRATOR &&
		me.person?.profession !== Profession.CITY_OFFICER;
	return (
		<Page
			title={t("title")}
			beside={
				<Text size="sm" className="quiet">
					{day(now)}
				</Text>
			}
		>
			<div className={classes.columns}>
				<div className={classes.column}>
					<SoundHint />
					<Inbox />
					<HandOver />
					<Sent />
				</div>
				<div className={classes.column}>
					<MyState />
					{cares && <News />}
					<Duty />
				</div>
			</div>
		</Page>
	);
}

function Inbox() {
	const { t } = useTranslation("today");
	const { t: common } = useTranslation();
	const now = useNow();
	const inbox = useInbox();
	const requests = useRequests();
	if (inbox.from === "nowhere") return <Waiting />;
	// What is a request that waits stands there once, with its answer.
	const there = new Set(requests.wanted.map(({ one }) => one.id));
	const here = inbox.items.filter((n) => n.service !== "referral" || !there.has(n.subject));
	const urgent = here.filter((n) => rank(n) === 0);
	const waiting = here.filter((n) => rank(n) === 1);
	const mine = here.filter((n) => rank(n) === 2);
	const others = here.filter((n) => rank(n) === 3);
	const nothing = urgent.length + waiting.length + requests.wanted.length === 0;
	return (
		<>
			{inbox.from === "kept" && (
				<Text size="sm" className="quiet" role="status">
					{common("keptAt", { time: when(inbox.keptMs, now) })}
				</Text>
			)}
			{urgent.length > 0 && (
				<Section title={t("urgentTitle", { n: urgent.length })}>
					<Items items={urgent} />
				</Section>
			)}
			<Requests {...requests} />
			{waiting.length > 0 && (
				<Section title={t("waitingTitle", { n: waiting.length })}>
					<Items items={waiting} />
				</Section>
			)}
			{nothing && <Empty>{t("nothingWaits")}</Empty>}
			{mine.length > 0 && (
				<Section title={t("mineTitle", { n: mine.length })}>
					<Items items={mine} />
				</Section>
			)}
			{others.length > 0 && (
				<Section title={t("othersTitle", { n: others.length })}>
					<Items items={others} />
				</Section>
			)}
		</>
	);
}

/** Who touches this screen has it before their eyes: what rings may be still. */
function useLooked(): void {
	useEffect(() => {
		const looked = () => document.visibilityState === "visible" && notifications.looked();
		const events = ["pointerdown", "keydown", "wheel"] as const;
		for (const event of events) window.addEventListener(event, looked, { passive: true });
		return () => {
			for (const event of events) window.removeEventListener(event, looked);
		};
	}, []);
}

function SoundHint() {
	const { t } = useTranslation("today");
	const sound = useSoundState();
	if (sound === "on") return null;
	return (
		<div className={classes.hint} role="status">
			{t(sound === "blocked" ? "soundBlocked" : "soundOff")}
			{sound === "off" && (
				<Button variant="subtle" size="compact-md" onClick={() => setSound(true)}>
					{t("soundOn")}
				</Button>
			)}
		</div>
	);
}
