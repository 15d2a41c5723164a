// The level of my own organisation: one touch says it, until this evening; one more says until when, one
// takes it back. On the board and on Today.

import { Button, Group, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAction, useNow } from "../../core/hooks";
import { session } from "../../core/session";
import { CapacityLevel, SetCapacitySchema, type Capacity } from "../../gen/board_pb";
import { Age, Failure, Level } from "../../parts";
import { clock, isoDay, when } from "../../parts/time";
import classes from "./levels.module.css";
import { sameAgain, untils, withLevel, worth } from "./capacity";

const DAY_MS = 24 * 3600 * 1000;

const LEVELS = [
	{ level: CapacityLevel.AVAILABLE, sign: "●", name: "available", color: "var(--t-available)" },
	{ level: CapacityLevel.LIMITED, sign: "▲", name: "limited", color: "var(--t-limited)" },
	{ level: CapacityLevel.FULL, sign: "■", name: "full", color: "var(--t-full)" },
] as const;

export function LevelButtons({
	value,
	disabled,
	choose,
}: {
	value: CapacityLevel | undefined;
	disabled?: boolean;
	choose: (level: CapacityLevel) => void;
}) {
	const { t } = useTranslation("levels");
	return (
		<div className={classes.levels} role="group" aria-label={t("level")}>
			{LEVELS.map((one) => (
				<button
					key={one.level}
					type="button"
					className={classes.level}
					style={value === one.level ? { color: one.color } : undefined}
					aria-pressed={value === one.level}
					disabled={disabled}
					onClick={() => choose(one.level)}
				>
					<span aria-hidden>{one.sign}</span> {t(one.name)}
				</button>
			))}
		</div>
	);
}

/** 今日 18:00, 明日 9:00, then the day: of what is to come. */
export function useEnd(): (ms: number, nowMs: number) => string {
	const { t } = useTranslation("levels");
	return (ms, nowMs) => {
		const ofDay = isoDay(ms);
		if (ofDay === isoDay(nowMs)) return t("today", { time: clock(ms) });
		if (ofDay === isoDay(nowMs + DAY_MS)) return t("tomorrow", { time: clock(ms) });
		return when(ms, nowMs);
	};
}

/** `ends`: until when is asked as well. */
export function MyLevel({ row, ends }: { row: Capacity | undefined; ends?: boolean }) {
	const { t } = useTranslation("levels");
	const { t: common } = useTranslation();
	const end = useEnd();
	const now = useNow(10_000);
	const state = row && worth(row, now);
	const [before, setBefore] = useState<Capacity>();
	const [wished, setWished] = useState<CapacityLevel>();
	const [asking, setAsking] = useState(false);
	const set = useAction(async (level: CapacityLevel, untilMs?: number) => {
		setWished(level);
		try {
			const capacity = withLevel(row, level, Date.now(), untilMs);
			await session.client.ask("board", SetCapacitySchema, { capacity });
			setBefore(row);
			setAsking(untilMs === undefined);
		} finally {
			setWished(undefined);
		}
	});
	const undo = useAction(async () => {
		const capacity = sameAgain(before, Date.now());
		if (capacity) await session.client.ask("board", SetCapacitySchema, { capacity });
		setBefore(undefined);
		setAsking(false);
	});
	const known = state && state.level !== CapacityLevel.UNKNOWN && state.level !== 0;
	const undoable = before && sameAgain(before, now) !== undefined;
	return (
		<div data-mine>
			<LevelButtons
				value={wished ?? state?.level}
				disabled={set.busy || undo.busy}
				choose={(level) => void set.run(level)}
			/>
			<Group gap="xs" mt={4} mih={44} aria-live="polite">
				{known ? (
					<Text size="sm" className="quiet">
						<Level level={state.level} /> · <Age ms={state.setMs} /> ·{" "}
						<span className="nowrap">
							{common("until", { time: when(Number(state.validUntilMs), now) })}
						</span>
					</Text>
				) : (
					<Text size="sm" className="quiet">
						{row && t("unknown")}
					</Text>
				)}
				{undoable && (
					<Button variant="subtle" loading={undo.busy} onClick={() => void undo.run()}>
						{common("undo")}
					</Button>
				)}
			</Group>
			{ends && known && asking && (
				<Group gap="xs" role="group" aria-label={t("until")}>
					<Text size="sm">{t("until")}</Text>
					{untils(now).map((ms) => (
						<Button
							key={ms}
							variant={Number(state.validUntilMs) === ms ? "light" : "default"}
							aria-pressed={Number(state.validUntilMs) === ms}
							px="sm"
							disabled={set.busy}
							onClick={() => void set.run(state.level, ms)}
						>
							{end(ms, now)}
						</Button>
					))}
				</Group>
			)}
			<Failure error={set.error ?? undo.error} />
		</div>
	);
}
