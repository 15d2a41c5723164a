// Small shared pieces. What a level, an urgency, an age, a stored mark looks like is decided here.

import { Alert, Badge, Box, Button, Group, Loader, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { NoAnswer, Refused, StorageFull } from "../core/errors";
import type { Live } from "../core/hooks";
import { useLinkState, useNow } from "../core/hooks";
import type { OutboxState } from "../core/outbox";
import { CapacityLevel, CapacityLevelSchema } from "../gen/board_pb";
import { said } from "../i18n";
import { useWord } from "../i18n/words";
import { age, when } from "./time";

/** A screen: its title for those who listen, and what stands beside it. */
export function Page({
	title,
	beside,
	children,
}: {
	title: ReactNode;
	beside?: ReactNode;
	children: ReactNode;
}) {
	return (
		<Stack gap="md" component="section">
			<Group justify="space-between" align="center" gap="xs" wrap="wrap">
				<Title order={1} size="h3">
					{title}
				</Title>
				{beside}
			</Group>
			{children}
		</Stack>
	);
}

/** A part of a screen with a quiet heading. */
export function Section({
	title,
	beside,
	children,
}: {
	title: ReactNode;
	beside?: ReactNode;
	children: ReactNode;
}) {
	return (
		<Box component="section">
			<Group justify="space-between" gap="xs" mb={4}>
				<Title order={2} size="sm" className="quiet" fw={600}>
					{title}
				</Title>
				{beside}
			</Group>
			{children}
		</Box>
	);
}

const LEVELS: Record<CapacityLevel, { sign: string; color: string }> = {
	[CapacityLevel.CAPACITY_LEVEL_UNSPECIFIED]: { sign: "?", color: "var(--t-unknown)" },
	[CapacityLevel.AVAILABLE]: { sign: "●", color: "var(--t-available)" },
	[CapacityLevel.LIMITED]: { sign: "▲", color: "var(--t-limited)" },
	[CapacityLevel.FULL]: { sign: "■", color: "var(--t-full)" },
	[CapacityLevel.UNKNOWN]: { sign: "?", color: "var(--t-unknown)" },
};

/** Colour, sign and word. */
export function Level({ level }: { level: CapacityLevel }) {
	const word = useWord();
	const known = level === CapacityLevel.CAPACITY_LEVEL_UNSPECIFIED ? CapacityLevel.UNKNOWN : level;
	const { sign, color } = LEVELS[known];
	return (
		<Text span c={color} fw={600} className="nowrap">
			<span aria-hidden>{sign}</span> {word(CapacityLevelSchema, known)}
		</Text>
	);
}

/** Red, and the word. */
export function Urgent() {
	const { t } = useTranslation();
	return (
		<Badge color="var(--t-urgent)" variant="filled" radius="sm">
			{t("urgent")}
		</Badge>
	);
}

/** How old a value is; the exact time when pointed at. */
export function Age({ ms }: { ms: number | bigint }) {
	const now = useNow();
	if (!ms) return null;
	return (
		<Text span size="sm" className="quiet nowrap" title={when(Number(ms), now)}>
			{age(Number(ms), now)}
		</Text>
	);
}

/** Three quiet marks: waiting ○, sent ◐, stored ●; and ! for what was refused. */
export function Stored({ state }: { state: OutboxState }) {
	const { t } = useTranslation();
	const [sign, text] = {
		waiting: ["○", t("waiting")],
		sent: ["◐", t("sent")],
		stored: ["●", t("stored")],
		refused: ["!", t("notStored")],
	}[state] as [string, string];
	return (
		<Text span size="sm" c={state === "refused" ? "var(--t-urgent)" : "var(--t-quiet)"}>
			<span aria-hidden>{sign}</span> {text}
		</Text>
	);
}

/** What an error says: what happened, what is safe, what to do. */
export function errorText(
	error: unknown,
	t: (key: "noAnswer" | "unexpected" | "full") => string,
): string {
	if (error instanceof Refused) return said(error);
	if (error instanceof NoAnswer) return t("noAnswer");
	if (error instanceof StorageFull) return t("full");
	return t("unexpected");
}

export function Failure({ error, again }: { error: unknown; again?: () => void }) {
	const { t } = useTranslation();
	if (!error) return null;
	return (
		<Alert color="red" variant="light" role="alert">
			<Text>{errorText(error, t)}</Text>
			{again && (
				<Button variant="default" mt="xs" onClick={again}>
					{t("again")}
				</Button>
			)}
		</Alert>
	);
}

export function Empty({ children }: { children: ReactNode }) {
	return (
		<Text className="quiet" py="md">
			{children}
		</Text>
	);
}

/** What is not known yet. Without connection that may last, and so it does when the service is `silent`. */
export function Waiting({ silent = false }: { silent?: boolean }) {
	const { t } = useTranslation();
	const down = useLinkState() === "down";
	return down || silent ? <Empty>{t("silent")}</Empty> : <Loading />;
}

/** A part of the page itself. */
export function Loading() {
	const { t } = useTranslation();
	return (
		<Group py="md" gap="xs" role="status">
			<Loader size="sm" />
			<Text className="quiet">{t("loading")}</Text>
		</Group>
	);
}

/**
 * What is live, as it is: nothing yet, refused, or the data; with a line that tells its age where it
 * comes from this device.
 */
export function Shown<Body>({
	live,
	children,
}: {
	live: Live<Body>;
	children: (data: Body) => ReactNode;
}) {
	const { t } = useTranslation();
	const now = useNow();
	if (live.refused) return <Failure error={live.refused} />;
	if (live.data === undefined) return <Waiting silent={live.silent} />;
	return (
		<>
			{live.from === "kept" && (
				<Text size="sm" className="quiet" role="status">
					{t("keptAt", { time: when(live.keptMs, now) })}
				</Text>
			)}
			{children(live.data)}
		</>
	);
}
