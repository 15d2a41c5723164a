// What the duty before left open: taken item by item. And what of ours the next has not taken yet.

import { Button, Text } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useAction, useAsked } from "../../core/hooks";
import { notifications, useInbox } from "../../core/notifications";
import { HandOverListSchema, ListHandOverSchema, type Notification } from "../../gen/alert_pb";
import { Age, Failure, Section, Urgent } from "../../parts";
import { OrganisationName } from "../../parts/names";
import { About, From } from "./notices";
import classes from "./today.module.css";
import { useNotificationWords } from "./words";

const LOOK_MS = 60_000;

export function HandOver() {
	const { t } = useTranslation("today");
	const inbox = useInbox();
	const asked = useAsked("alert", ListHandOverSchema, {}, HandOverListSchema, {
		keep: "today/hand-over",
	});
	// It cannot be watched. What is offered, or taken, moves something in the inbox as well.
	const { again } = asked;
	const first = useRef(true);
	useEffect(() => {
		if (!first.current) again();
		first.current = false;
		const timer = setInterval(again, LOOK_MS);
		return () => clearInterval(timer);
	}, [inbox.items, again]);
	const toUs = asked.data?.offeredToUs ?? [];
	const byUs = asked.data?.offeredByUs ?? [];
	return (
		<>
			{toUs.length > 0 && (
				<Section title={t("handOverTitle", { n: toUs.length })}>
					<ul className={classes.list} id="hand-over">
						{toUs.map((n) => (
							<Offered key={n.id} n={n} taken={again} />
						))}
					</ul>
				</Section>
			)}
			{byUs.length > 0 && (
				<Section title={t("handOverMine", { n: byUs.length })}>
					<ul className={classes.list}>
						{byUs.map((n) => (
							<Offered key={n.id} n={n} />
						))}
					</ul>
				</Section>
			)}
		</>
	);
}

function Offered({ n, taken }: { n: Notification; taken?: () => void }) {
	const { t } = useTranslation("today");
	const words = useNotificationWords();
	const take = useAction(async () => {
		await notifications.takeOver(n.id);
		taken?.();
	});
	return (
		<li className={classes.item}>
			<div>
				<div className={classes.line}>
					{n.urgent && <Urgent />}
					<span className={classes.what}>{words.what(n)}</span>
				</div>
				<div className={classes.name}>
					<About n={n} />
				</div>
				<Text size="sm" className="quiet">
					<From n={n} dot /> <Age ms={n.storedMs} />
					{!taken && n.offeredTo && (
						<>
							{" → "}
							<OrganisationName id={n.offeredTo} />
						</>
					)}
				</Text>
				<Failure error={take.error} />
			</div>
			{taken && (
				<div className={classes.side}>
					<Button variant="default" loading={take.busy} onClick={() => void take.run()}>
						{t("takeOver")}
					</Button>
				</div>
			)}
		</li>
	);
}
