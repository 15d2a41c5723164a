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
import { Requests } from "./requests";
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
					<Requests />
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
	if (inbox.from === "nowhere") return <Waiting />;
	const waiting = inbox.items.filter((n) => rank(n) < 2);
	const mine = inbox.items.filter((n) => rank(n) === 2);
	const others = inbox.items.filter((n) => rank(n) === 3);
	return (
		<>
			<Section title={t("waitingTitle", { n: waiting.length })}>
				{inbox.from === "kept" && (
					<Text size="sm" className="quiet" role="status">
						{common("keptAt", { time: when(inbox.keptMs, now) })}
					</Text>
				)}
				{waiting.length === 0 ? <Empty>{t("nothingWaits")}</Empty> : <Items items={waiting} />}
			</Section>
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
