// A week of contact hours as a table: a row a time, a column a day.

import { Table } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ContactMeans, ContactMeansSchema, type ContactHours } from "../../gen/network_pb";
import { useWord } from "../../i18n/words";
import classes from "./directory.module.css";
import { clockOf, DAYS, tableOf } from "./week";

const SIGNS: Partial<Record<ContactMeans, string>> = {
	[ContactMeans.PHONE]: "☎",
	[ContactMeans.PAGE]: "!",
	[ContactMeans.MESSAGE]: "✉",
	[ContactMeans.BREAK]: "×",
};

export function useTimeWords(): (from: number, to: number) => string {
	const { t } = useTranslation("directory");
	return (from, to) =>
		`${clockOf(from)}–${to < from ? t("nextDay", { time: clockOf(to) }) : clockOf(to)}`;
}

export function HoursTable({ hours, name }: { hours: readonly ContactHours[]; name: string }) {
	const { t } = useTranslation("directory");
	const word = useWord();
	const time = useTimeWords();
	const rows = tableOf(hours);
	const used = [...new Set(rows.flatMap((row) => row.means.flat()))].sort();
	return (
		<div>
			<div className={classes.scroll} tabIndex={0} role="group" aria-label={name}>
				<Table className={classes.week} withRowBorders>
					<caption className="heard">{name}</caption>
					<Table.Thead>
						<Table.Tr>
							<Table.Th scope="col">{t("time")}</Table.Th>
							{DAYS.map((day) => (
								<Table.Th key={day} scope="col" ta="center" px={2}>
									{t(`day_${day}`)}
								</Table.Th>
							))}
						</Table.Tr>
					</Table.Thead>
					<Table.Tbody>
						{rows.map((row) => (
							<Table.Tr key={`${row.from}/${row.to}/${row.whom}`}>
								<Table.Th scope="row" fw={500} className={classes.time}>
									{time(row.from, row.to)}
									{row.whom && <span className={classes.whom}>{row.whom}</span>}
								</Table.Th>
								{DAYS.map((day) => (
									<Table.Td key={day} ta="center" px={2}>
										{(row.means[day] ?? []).map((means) => (
											<span key={means}>
												<span aria-hidden>{SIGNS[means]}</span>
												<span className="heard">{word(ContactMeansSchema, means)}</span>
											</span>
										))}
									</Table.Td>
								))}
							</Table.Tr>
						))}
					</Table.Tbody>
				</Table>
			</div>
			<p className={classes.legend} aria-hidden>
				{used.map((means) => (
					<span key={means}>
						{SIGNS[means]} {word(ContactMeansSchema, means)}
					</span>
				))}
			</p>
		</div>
	);
}
