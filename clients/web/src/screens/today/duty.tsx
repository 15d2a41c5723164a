// Who is on duty now, until when, and who is next; with their telephone.

import { Anchor, Text } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useAsked, useMe, useNow } from "../../core/hooks";
import { AreaSchema, type Organisation } from "../../gen/network_pb";
import { DutyShownSchema, ShowDutySchema, type OnDuty } from "../../gen/rota_pb";
import { useWord } from "../../i18n/words";
import { Section, Shown } from "../../parts";
import { IconPhone } from "../../parts/icons";
import { when } from "../../parts/time";
import classes from "./today.module.css";

const LOOK_MS = 60_000;

export function Duty() {
	const { t } = useTranslation("today");
	const { me } = useMe();
	const asked = useAsked("rota", ShowDutySchema, {}, DutyShownSchema, { keep: "today/duty" });
	const { again } = asked;
	useEffect(() => {
		const timer = setInterval(again, LOOK_MS);
		return () => clearInterval(timer);
	}, [again]);
	return (
		<Section
			title={t("dutyTitle")}
			beside={
				<Anchor component={Link} href="/duty" size="sm" className={classes.all}>
					{t("dutyAll")}
				</Anchor>
			}
		>
			<Shown live={asked}>
				{(shown) =>
					[...shown.items]
						.sort(
							(a, b) =>
								Number(b.area === me.organisation?.area) - Number(a.area === me.organisation?.area),
						)
						.map((one) => <One key={one.area} one={one} />)
				}
			</Shown>
		</Section>
	);
}

function One({ one }: { one: OnDuty }) {
	const { t } = useTranslation("today");
	const { t: common } = useTranslation();
	const word = useWord();
	const now = useNow();
	return (
		<div>
			{one.area > 0 && <Text fw={600}>{word(AreaSchema, one.area)}</Text>}
			{one.now ? (
				<>
					<Text size="sm" className="quiet">
						{t("dutyNow")} {common("until", { time: when(Number(one.now.untilMs), now) })}
					</Text>
					<div className={classes.duty}>
						<Place name={t("first")} who={one.first} />
						<Place name={t("second")} who={one.second} />
					</div>
				</>
			) : (
				<Text>{t("dutyOpen")}</Text>
			)}
			{one.next && (
				<>
					<Text size="sm" className="quiet" mt="xs">
						{t("dutyNext", { time: when(Number(one.next.fromMs), now) })}
					</Text>
					<div className={classes.duty}>
						<Place name={t("first")} who={one.nextFirst} />
						<Place name={t("second")} who={one.nextSecond} />
					</div>
				</>
			)}
		</div>
	);
}

function Place({ name, who }: { name: string; who: Organisation | undefined }) {
	const { t } = useTranslation("today");
	return (
		<>
			<Text size="sm" className="quiet">
				{name}
			</Text>
			<Text fw={600} className={who ? undefined : "quiet"}>
				{who?.name ?? t("dutyGap")}
			</Text>
			{who?.phone ? (
				<a
					className={classes.phone}
					href={`tel:${who.phone.replace(/[^+\d]/g, "")}`}
					aria-label={`${t("call", { name: who.name })} ${who.phone}`}
				>
					<IconPhone size={18} aria-hidden />
					{who.phone}
				</a>
			) : (
				<span />
			)}
		</>
	);
}
