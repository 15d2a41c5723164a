// My notifications: urgent ones as cards, the others as rows.

import { Badge, Button, Text, UnstyledButton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { lazy, Suspense, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { useAction, useNow } from "../../core/hooks";
import { useOrganisation } from "../../core/names";
import { notifications } from "../../core/notifications";
import { inRows, next, rank, rowOf, waits } from "../../core/ringing";
import type { Notification } from "../../gen/alert_pb";
import { Age, Failure, Urgent } from "../../parts";
import { IconChevronRight, IconPhone } from "../../parts/icons";
import { OrganisationName, PatientName, PersonName } from "../../parts/names";
import { when } from "../../parts/time";
import classes from "./today.module.css";
import { WhoKnows } from "./who";
import { placeOf, useNotificationWords } from "./words";

const Decline = lazy(() => import("./decline").then((all) => ({ default: all.Decline })));

// So many at first, and with each touch more: nobody reads five hundred at once.
const SHOWN = { phone: 5, wide: 10, more: 50 };
const LIVE_CARDS = 3; // of so many urgent ones it is followed who knows: a service bears 32 watches of a user

/** Goes where it is read; then it is opened. */
export function useLook(): (n: Notification) => void {
	const [, go] = useLocation();
	return (n) => {
		notifications.opened(n.id);
		go(placeOf(n));
	};
}

/** 至急 is for what waits; of what somebody has, the word alone. */
export function UrgentCard({ n, live = true }: { n: Notification; live?: boolean }) {
	const { t } = useTranslation("today");
	const [declining, setDeclining] = useState(false);
	const accept = useAction(() => notifications.accept(n.id));
	const look = useLook();
	const now = useNow();
	return (
		<li className={classes.urgent} data-notification={n.id} data-event={n.event}>
			<div className={classes.line}>
				<Urgent />
				<What n={n} />
				<span className="nowrap quiet">
					{when(Number(n.storedMs), now)} · <Age ms={n.storedMs} />
				</span>
			</div>
			{(n.patient || (n.service === "alert" && n.subject)) && (
				<div className={classes.name}>
					<About n={n} />
				</div>
			)}
			{n.author && !n.matter && (
				<Text size="sm" className="quiet">
					<From n={n} />
				</Text>
			)}
			<More n={n} />
			{n.organisation && !n.matter && <Call organisation={n.organisation} />}
			{live && <WhoKnows n={n} />}
			<Failure error={accept.error} />
			{declining ? (
				<Suspense>
					<Decline id={n.id} close={() => setDeclining(false)} />
				</Suspense>
			) : (
				<div className={classes.buttons}>
					{n.matter ? (
						<>
							<Button onClick={() => look(n)}>{t("look")}</Button>
							<Button variant="default" loading={accept.busy} onClick={() => void accept.run()}>
								{t("accept")}
							</Button>
						</>
					) : (
						<>
							<Button loading={accept.busy} onClick={() => void accept.run()}>
								{t("accept")}
							</Button>
							<Button
								variant="default"
								component={Link}
								href={`/notification/${n.id}`}
								onClick={() => notifications.opened(n.id)}
							>
								{t("details")}
							</Button>
							<Button variant="subtle" color="gray" px={4} onClick={() => setDeclining(true)}>
								{t("cannot")}
							</Button>
						</>
					)}
				</div>
			)}
		</li>
	);
}

/**
 * One that is not urgent, or that somebody has already. Not `named`: of whom it is, and by whom, stands
 * above it.
 */
export function Item({ n, named = true }: { n: Notification; named?: boolean }) {
	const { t } = useTranslation("today");
	const look = useLook();
	const may = next(n);
	const act = useAction(() => notifications[may](n.id));
	return (
		<li className={classes.item} data-notification={n.id} data-event={n.event}>
			<Link
				href={placeOf(n)}
				className={classes.open}
				onClick={(event) => {
					event.preventDefault();
					look(n);
				}}
			>
				<div className={classes.line}>
					{n.urgent && <Urgent />}
					{named && n.patient && (
						<span className={classes.name}>
							<About n={n} />
						</span>
					)}
					<What n={n} />
				</div>
			</Link>
			<div className={classes.side}>
				{n.matter && may === "accept" ? (
					<Button variant="default" px="sm" onClick={() => look(n)}>
						{t("look")}
					</Button>
				) : (
					<Button variant="default" px="sm" loading={act.busy} onClick={() => void act.run()}>
						{t(may)}
					</Button>
				)}
				<Link
					href={`/notification/${n.id}`}
					className={classes.dots}
					aria-label={t("details")}
					title={t("details")}
				>
					<span aria-hidden>⋯</span>
				</Link>
			</div>
			<div className={classes.under}>
				<Text size="sm" className="quiet">
					{named && <From n={n} dot />}
					<Age ms={n.storedMs} />
				</Text>
				<More n={n} />
				<Failure error={act.error} />
			</div>
		</li>
	);
}

/** What one colleague wrote of one patient: answered together, or unfolded and each by itself. */
function Several({ all }: { all: readonly Notification[] }) {
	const { t } = useTranslation("today");
	const { t: common } = useTranslation();
	const words = useNotificationWords();
	const [unfolded, setUnfolded] = useState(false);
	const may = next(all[0]!);
	const act = useAction(async () => {
		const answers = await Promise.allSettled(all.map((n) => notifications[may](n.id)));
		for (const answer of answers) if (answer.status === "rejected") throw answer.reason;
	});
	const kinds = [...new Set(all.map((n) => words.what(n)))];
	const concerns = [...new Set(all.flatMap((n) => words.concerns(n)))];
	return (
		<li className={classes.item} data-notification={all[0]!.id}>
			<UnstyledButton
				className={classes.open}
				aria-expanded={unfolded}
				onClick={() => setUnfolded(!unfolded)}
			>
				<span className={classes.line}>
					<span className={classes.name}>
						<About n={all[0]!} />
					</span>
					<span className={classes.what}>
						{kinds.join(common("comma"))} <Concerns all={concerns} />
						<IconChevronRight size={18} aria-hidden className={classes.chevron} />
					</span>
				</span>
			</UnstyledButton>
			<Button variant="default" px="sm" loading={act.busy} onClick={() => void act.run()}>
				{t(may === "finish" ? "finishAll" : "acceptAll", { n: all.length })}
			</Button>
			<div className={classes.under}>
				<Text size="sm" className="quiet">
					<From n={all[0]!} dot />
					<Age ms={all[0]!.storedMs} />
				</Text>
				<Failure error={act.error} />
				{unfolded && (
					<ul className={classes.inner}>
						{all.map((n) => (
							<Item key={n.id} n={n} named={false} />
						))}
					</ul>
				)}
			</div>
		</li>
	);
}

/** Rows, the first of them; more with a touch. */
export function Items({ items }: { items: readonly Notification[] }) {
	const { t } = useTranslation("today");
	const wide = useMediaQuery("(min-width: 62em)", undefined, { getInitialValueInEffect: false });
	const [more, setMore] = useState(0);
	const shown = (wide ? SHOWN.wide : SHOWN.phone) + more;
	const rows = inRows(items);
	return (
		<>
			<ul className={classes.list}>
				{rows.slice(0, shown).map((row, index) => {
					const [n] = row;
					if (row.length > 1) return <Several key={rowOf(n!)} all={row} />;
					if (rank(n!) > 0) return <Item key={n!.id} n={n!} />;
					return <UrgentCard key={n!.id} n={n!} live={index < LIVE_CARDS} />;
				})}
			</ul>
			{rows.length > shown && (
				<Button variant="subtle" fullWidth onClick={() => setMore(more + SHOWN.more)}>
					{t("more", { n: rows.slice(shown).flat().length })}
				</Button>
			)}
		</>
	);
}

function What({ n }: { n: Notification }) {
	const words = useNotificationWords();
	return (
		<span className={classes.what}>
			{words.what(n)} <Concerns all={words.concerns(n)} />
		</span>
	);
}

function Concerns({ all }: { all: readonly string[] }) {
	return all.map((one) => (
		<Badge key={one} component="span" variant="light" color="gray" radius="sm" me={6} tt="none">
			{one}
		</Badge>
	));
}

/** Of which patient, or which organisation; of a request or a shift its words say it. */
export function About({ n }: { n: Notification }) {
	if (n.patient) return <PatientName id={n.patient} />;
	if (n.service === "alert" && n.subject) return <OrganisationName id={n.subject} />;
	return null;
}

export function From({ n, dot }: { n: Notification; dot?: boolean }) {
	if (n.matter || !n.author) return null;
	return (
		<>
			<PersonName user={n.author} />
			{n.organisation && (
				<>
					{" · "}
					<OrganisationName id={n.organisation} />
				</>
			)}
			{dot && " · "}
		</>
	);
}

/** Who sent it can be asked, above all by who may not see the patient. */
export function Call({ organisation }: { organisation: string }) {
	const { t } = useTranslation("today");
	const one = useOrganisation(organisation);
	if (!one?.phone) return null;
	return (
		<a
			className={classes.phone}
			href={`tel:${one.phone.replace(/[^+\d]/g, "")}`}
			aria-label={`${t("call", { name: one.name })} ${one.phone}`}
		>
			<IconPhone size={18} aria-hidden />
			{one.phone}
		</a>
	);
}

/** What else there is to know of it, in quiet words. */
function More({ n }: { n: Notification }) {
	const { t } = useTranslation("today");
	const words = useNotificationWords();
	const lines: ReactNode[] = [];
	if (n.takenBy && n.takenBy !== n.recipient)
		lines.push(
			<span key="taken">
				<PersonName user={n.takenBy} />
				{t("hasIt")}
			</span>,
		);
	if (n.place) lines.push(words.place(n.place));
	if (n.everyone) lines.push(t("forEveryone"));
	if (n.round > 0 && waits(n)) lines.push(t("round", { n: n.round + 1 }));
	if (n.asked) lines.push(t("askedYou"));
	if (n.unstable) lines.push(t("unstable", { n: n.unstable }));
	if (n.substituteFor)
		lines.push(
			<span key="substitute">
				<PersonName user={n.substituteFor} /> {t("substituteFor")}
			</span>,
		);
	if (n.handedOverBy)
		lines.push(
			<span key="handed">
				<PersonName user={n.handedOverBy} /> {t("handedOverBy")}
			</span>,
		);
	if (lines.length === 0) return null;
	return (
		<Text size="sm" className="quiet">
			{lines.map((line, index) => (
				<span key={index}>
					{index > 0 && " · "}
					{line}
				</span>
			))}
		</Text>
	);
}
