// What is urgent, on every other screen: who it is about, who knows already, and the answer.

import { ActionIcon, Button, Text } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { useAction } from "../../core/hooks";
import { notifications, useInbox } from "../../core/notifications";
import type { Notification } from "../../gen/alert_pb";
import { Age, Failure, Urgent } from "../../parts";
import { IconBellOff } from "../../parts/icons";
import { About } from "./notices";
import classes from "./today.module.css";
import { WhoKnows } from "./who";
import { placeOf, useNotificationWords } from "./words";

/** The count in the tab's title; in the banner's place nothing, or what is urgent. */
export function Banner() {
	const inbox = useInbox();
	const { t } = useTranslation();
	const [location] = useLocation();
	const name = t("name");
	useEffect(() => {
		document.title = inbox.waiting > 0 ? `(${inbox.waiting}) ${name}` : name;
		return () => {
			document.title = name;
		};
	}, [inbox.waiting, name]);
	const first = inbox.urgent[0];
	if (!first || location === "/" || location.startsWith("/notification/")) return null;
	return <Bar n={first} more={inbox.urgent.length - 1} rings={inbox.ringing.has(first.id)} />;
}

function Bar({ n, more, rings }: { n: Notification; more: number; rings: boolean }) {
	const { t } = useTranslation("today");
	const words = useNotificationWords();
	const accept = useAction(() => notifications.accept(n.id));
	return (
		<section className={`${classes.bar} noprint`} aria-label={t("banner")} role="alert">
			<div>
				<div className={classes.line}>
					<Urgent />
					{(n.patient || (n.service === "alert" && n.subject)) && (
						<span className={classes.name}>
							<About n={n} />
						</span>
					)}
					<span className={classes.what}>{words.what(n)}</span>
					<Age ms={n.storedMs} />
				</div>
				<WhoKnows n={n} steps={1} />
				{more > 0 && (
					<Text size="sm" component={Link} href="/" className={classes.more}>
						{t("bannerMore", { n: more })}
					</Text>
				)}
				<Failure error={accept.error} />
			</div>
			<div className={classes.buttons}>
				{!n.matter && (
					<Button loading={accept.busy} onClick={() => void accept.run()}>
						{t("accept")}
					</Button>
				)}
				<Button
					variant={n.matter ? "filled" : "default"}
					component={Link}
					href={n.matter ? placeOf(n) : `/notification/${n.id}`}
					onClick={() => notifications.opened(n.id)}
				>
					{t(n.matter ? "look" : "details")}
				</Button>
				{rings && (
					<ActionIcon
						color="gray"
						aria-label={t("hush")}
						title={t("hush")}
						onClick={() => notifications.looked()}
					>
						<IconBellOff size={22} />
					</ActionIcon>
				)}
			</div>
		</section>
	);
}
