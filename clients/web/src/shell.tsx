// What stands around every screen: where one can go, who and where one is, whether there is a
// connection. On a phone the way is at the thumb; on a PC at the left.

import { ActionIcon, Box, Button, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { Icon } from "@tabler/icons-react";
import {
	IconDotsVertical,
	IconHeartbeat,
	IconInbox,
	IconLayoutGrid,
	IconMoon,
	IconSun,
} from "./parts/icons";
import { lazy, Suspense, useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { useDraftsFailed, useLinkState, useMe } from "./core/hooks";
import { useInbox } from "./core/notifications";
import { session } from "./core/session";
import { useNewVersion } from "./core/update";
import { ProfessionSchema } from "./gen/network_pb";
import { language } from "./i18n";
import { useWord } from "./i18n/words";
import { Banner } from "./screens/today/banner";
import classes from "./shell.module.css";

const menu = () => import("./menu");
const MoreMenu = lazy(menu);

type Place = { to: string; name: "today" | "patients" | "board" | "requests" | "duty"; icon: Icon };

const PLACES: Place[] = [
	{ to: "/", name: "today", icon: IconSun },
	{ to: "/patients", name: "patients", icon: IconHeartbeat },
	{ to: "/board", name: "board", icon: IconLayoutGrid },
	{ to: "/requests", name: "requests", icon: IconInbox },
	{ to: "/duty", name: "duty", icon: IconMoon },
];

export function Shell({ children }: { children: ReactNode }) {
	const { t } = useTranslation();
	const wide = useMediaQuery("(min-width: 62em)", undefined, { getInitialValueInEffect: false });
	useVisitsKept();
	return (
		<div className={classes.shell} data-wide={wide || undefined}>
			<a className={classes.skip} href="#main">
				{t("skip")}
			</a>
			<header className={`${classes.header} noprint`}>
				<WhoAndWhere />
				<More />
			</header>
			<Connection />
			<Suspense>
				<Banner />
			</Suspense>
			<Places />
			<main id="main" className={classes.main} tabIndex={-1}>
				{children}
			</main>
		</div>
	);
}

/** Today's patients are kept for where there is no network; nobody waits for the script. */
function useVisitsKept() {
	useEffect(() => {
		let open = true;
		let end: (() => void) | undefined;
		void import("./core/visits").then(({ keepVisits }) => {
			if (open) end = keepVisits();
		});
		return () => {
			open = false;
			end?.();
		};
	}, []);
}

function Places() {
	const { t } = useTranslation();
	const [location] = useLocation();
	const { waiting } = useInbox();
	return (
		<nav className={`${classes.places} noprint`} aria-label={t("menu")}>
			{PLACES.map(({ to, name, icon: Sign }) => {
				const here = to === "/" ? location === "/" : location.startsWith(to);
				return (
					<Link
						key={to}
						href={to}
						className={classes.place}
						aria-current={here ? "page" : undefined}
					>
						<span className={classes.sign}>
							<Sign size={24} stroke={1.6} aria-hidden />
							{name === "today" && waiting > 0 && (
								<span className={classes.count}>
									<span aria-hidden>{waiting > 99 ? "99+" : waiting}</span>
									<span className="heard">{t("waitingHeard", { n: waiting })}</span>
								</span>
							)}
						</span>
						<span>{t(name)}</span>
					</Link>
				);
			})}
		</nav>
	);
}

/** Which organisation, who, and which device. */
function WhoAndWhere() {
	const { t } = useTranslation();
	const word = useWord();
	const { me, device } = useMe();
	const profession = word(ProfessionSchema, me.person?.profession ?? 0);
	const who = [me.person?.name, profession].filter(Boolean).join(language() === "ja" ? " " : ", ");
	return (
		<Box className={classes.who}>
			<Text size="sm" fw={600} truncate title={me.organisation?.name}>
				{me.organisation?.name}
			</Text>
			<Text size="xs" className={`quiet ${classes.whoAndDevice}`}>
				<Text span inherit truncate title={who}>
					{who}
				</Text>
				<span className="nowrap">· {t("device", { device })}</span>
			</Text>
		</Box>
	);
}

function More() {
	const { t } = useTranslation();
	const [wanted, setWanted] = useState(false);
	const button = (
		<ActionIcon
			aria-label={t("menu")}
			aria-haspopup="menu"
			onPointerEnter={() => void menu()}
			onClick={() => setWanted(true)}
		>
			<IconDotsVertical size={22} />
		</ActionIcon>
	);
	return wanted ? (
		<Suspense fallback={button}>
			<MoreMenu />
		</Suspense>
	) : (
		button
	);
}

function Connection() {
	const { t } = useTranslation();
	const { t: signin } = useTranslation("signin");
	const { over } = useMe();
	const state = useLinkState();
	const draftsFailed = useDraftsFailed();
	const newVersion = useNewVersion();
	return (
		<div role="status" aria-live="polite" className="noprint">
			{over ? (
				<Text size="sm" component="div" className={classes.offline}>
					{signin("over")}{" "}
					<Button variant="default" onClick={() => void session.signInAgain()}>
						{signin("again")}
					</Button>
				</Text>
			) : (
				state !== "up" && (
					<Text size="sm" className={classes.offline}>
						{t(state === "connecting" ? "connecting" : "offline")}
					</Text>
				)
			)}
			{draftsFailed && (
				<Text size="sm" className={classes.offline}>
					{signin("draftsFailed")}
				</Text>
			)}
			{newVersion && (
				<Text size="sm" component="div" className={classes.news}>
					{signin("newVersion")}{" "}
					<Button variant="default" onClick={() => void newVersion()}>
						{signin("update")}
					</Button>
				</Text>
			)}
		</div>
	);
}
