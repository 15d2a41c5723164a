// My organisation's state on the board: one touch changes it, one more undoes that.

import { Anchor, Button, Group, Text } from "@mantine/core";
import { fromBinary } from "@bufbuild/protobuf";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useAction, useLive, useMe, useNow } from "../../core/hooks";
import { session } from "../../core/session";
import {
	BoardSchema,
	CapacityLevel,
	CapacitySchema,
	ListBoardSchema,
	SetCapacitySchema,
	type Capacity,
} from "../../gen/board_pb";
import { Age, Failure, Level, Section } from "../../parts";
import { when } from "../../parts/time";
import { mergeBoard, onBoard, rowOf, sameAgain, withLevel, worth } from "../board/capacity";
import classes from "./today.module.css";

const LEVELS = [
	{
		level: CapacityLevel.AVAILABLE,
		sign: "●",
		name: "stateAvailable",
		color: "var(--t-available)",
	},
	{ level: CapacityLevel.LIMITED, sign: "▲", name: "stateLimited", color: "var(--t-limited)" },
	{ level: CapacityLevel.FULL, sign: "■", name: "stateFull", color: "var(--t-full)" },
] as const;

export function MyState() {
	const { me } = useMe();
	const organisation = me.organisation;
	if (!organisation || !onBoard(organisation.kind)) return null;
	return <State id={organisation.id} />;
}

function State({ id }: { id: string }) {
	const { t } = useTranslation("today");
	const { t: common } = useTranslation();
	const { me } = useMe();
	const now = useNow(10_000);
	const live = useLive(
		"board",
		ListBoardSchema,
		{ area: me.organisation?.area, kind: me.organisation?.kind },
		BoardSchema,
		{
			keep: "today/board",
			merge: mergeBoard,
			publicRow: (push) => rowOf(push, (bytes) => fromBinary(CapacitySchema, bytes)),
		},
	);
	const row = live.data?.items.find((one) => one.id === id);
	const state = row && worth(row, now);
	const [before, setBefore] = useState<Capacity>();
	const [wished, setWished] = useState<CapacityLevel>();
	const set = useAction(async (level: CapacityLevel) => {
		setWished(level);
		try {
			const capacity = withLevel(row, level, Date.now());
			await session.client.ask("board", SetCapacitySchema, { capacity });
			setBefore(row);
		} finally {
			setWished(undefined);
		}
	});
	const undo = useAction(async () => {
		const capacity = sameAgain(before, Date.now());
		if (capacity) await session.client.ask("board", SetCapacitySchema, { capacity });
		setBefore(undefined);
	});
	if (live.data && !row) return null;
	const level = wished ?? state?.level;
	const undoable = before && sameAgain(before, now) !== undefined;
	return (
		<Section
			title={t("stateTitle")}
			beside={
				<Anchor component={Link} href="/board?mine" size="sm" className={classes.all}>
					{t("stateMore")}
				</Anchor>
			}
		>
			<div className={classes.levels} role="group" aria-label={t("stateTitle")}>
				{LEVELS.map((one) => (
					<button
						key={one.level}
						type="button"
						className={classes.level}
						style={level === one.level ? { color: one.color } : undefined}
						aria-pressed={level === one.level}
						disabled={set.busy || undo.busy}
						onClick={() => void set.run(one.level)}
					>
						<span aria-hidden>{one.sign}</span> {t(one.name)}
					</button>
				))}
			</div>
			<Group gap="xs" mt={4} mih={32} aria-live="polite">
				{state && state.level === CapacityLevel.UNKNOWN && (
					<Text size="sm" className="quiet">
						{t("stateUnknown")}
					</Text>
				)}
				{state && state.level !== CapacityLevel.UNKNOWN && (
					<Text size="sm" className="quiet">
						<Level level={state.level} /> · <Age ms={state.setMs} /> ·{" "}
						<span className="nowrap">
							{common("until", { time: when(Number(state.validUntilMs), now) })}
						</span>
					</Text>
				)}
				{undoable && (
					<Button
						variant="subtle"
						size="compact-md"
						loading={undo.busy}
						onClick={() => void undo.run()}
					>
						{common("undo")}
					</Button>
				)}
			</Group>
			<Failure error={set.error ?? undo.error} />
		</Section>
	);
}
