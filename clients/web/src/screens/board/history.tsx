// On which weekdays has it room? Four weeks, by hours; and what was said last.

import { Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useAsked, useNow } from "../../core/hooks";
import {
	BoardHistorySchema,
	CapacityLevel,
	CapacityLevelSchema,
	ShowBoardHistorySchema,
	type BoardHistory,
	type Capacity,
	type WeekdayLoad,
} from "../../gen/board_pb";
import { useWord } from "../../i18n/words";
import { Empty, Level, Shown } from "../../parts";
import { clock, isoDay, when } from "../../parts/time";
import classes from "./board.module.css";

const DAYS = [
	"monday",
	"tuesday",
	"wednesday",
	"thursday",
	"friday",
	"saturday",
	"sunday",
] as const;
const LAST = 12;
const HOUR_MS = 3600 * 1000;

/** Pages add up. */
export function joinHistory(have: BoardHistory | undefined, came: BoardHistory): BoardHistory {
	if (!have) return came;
	return {
		...have,
		items: [...have.items, ...came.items],
		weekdays: [...have.weekdays, ...came.weekdays],
	};
}

/** Hours of each level on each weekday, Monday first. */
export function hoursOf(loads: readonly WeekdayLoad[]): [number, number, number][] {
	const sums = DAYS.map((): [number, number, number] => [0, 0, 0]);
	for (const load of loads) {
		const day = sums[load.weekday - 1];
		if (!day) continue;
		day[0] += Number(load.availableMs) / HOUR_MS;
		day[1] += Number(load.limitedMs) / HOUR_MS;
		day[2] += Number(load.fullMs) / HOUR_MS;
	}
	return sums;
}

export default function History({ row }: { row: Capacity }) {
	const { t } = useTranslation("board");
	const now = useNow();
	const asked = useAsked(
		"board",
		ShowBoardHistorySchema,
		{ organisation: row.id },
		BoardHistorySchema,
		{ merge: joinHistory },
	);
	return (
		<Shown live={asked}>
			{(history) =>
				history.items.length === 0 && history.weekdays.length === 0 ? (
					<Empty>{t("historyNone")}</Empty>
				) : (
					<Stack gap="lg">
						<Week loads={history.weekdays} />
						<section>
							<Title order={3} size="sm" className="quiet">
								{t("periods")}
							</Title>
							<ul className={classes.rows}>
								{[...history.items]
									.reverse()
									.slice(0, LAST)
									.map((period) => {
										const [from, to] = [Number(period.fromMs), Number(period.toMs)];
										const end = isoDay(from) === isoDay(to) ? clock(to) : when(to, now);
										return (
											<li key={from} className={classes.row} style={{ padding: "8px 0" }}>
												<Level level={period.level} />{" "}
												<Text span size="sm">
													{t("period", { from: when(from, now), to: end })}
												</Text>
												{(period.freeVisits || period.remark) && (
													<Text size="sm" className="quiet">
														{period.freeVisits &&
															t("visits", {
																today: period.freeVisits.today,
																week: period.freeVisits.week,
															})}{" "}
														{period.remark}
													</Text>
												)}
											</li>
										);
									})}
							</ul>
						</section>
					</Stack>
				)
			}
		</Shown>
	);
}

function Week({ loads }: { loads: readonly WeekdayLoad[] }) {
	const { t } = useTranslation("board");
	const word = useWord();
	const levels = [CapacityLevel.AVAILABLE, CapacityLevel.LIMITED, CapacityLevel.FULL];
	const colors = ["var(--t-available)", "var(--t-limited)", "var(--t-full)"];
	return (
		<table className={classes.week}>
			<caption className="heard">{t("weekdays")}</caption>
			<thead>
				<tr>
					<th scope="col">{t("weekday")}</th>
					{levels.map((level) => (
						<th key={level} scope="col">
							{word(CapacityLevelSchema, level)}
						</th>
					))}
				</tr>
			</thead>
			<tbody>
				{hoursOf(loads).map((hours, day) => {
					const known = hours[0] + hours[1] + hours[2];
					const share = (one: number) => (known ? Math.round((one / known) * 100) : 0);
					return (
						<tr key={DAYS[day]}>
							<th scope="row">
								{t(DAYS[day]!)}
								<span className={classes.bar} aria-hidden>
									{known > 0 &&
										hours.map((one, index) => (
											<span
												key={index}
												style={{ width: `${share(one)}%`, background: colors[index] }}
											/>
										))}
								</span>
							</th>
							{hours.map((one, index) => (
								<td key={index}>{known ? t("share", { n: share(one) }) : "–"}</td>
							))}
						</tr>
					);
				})}
			</tbody>
		</table>
	);
}
