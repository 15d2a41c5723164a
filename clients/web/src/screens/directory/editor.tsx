// A week's hours by thumb: each time with its days, from and to, by which means, a break.

import { Button, Chip, Group, Paper, Select, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Refused } from "../../core/errors";
import { useAction, useDraft } from "../../core/hooks";
import { session } from "../../core/session";
import {
	ContactMeans,
	ContactMeansSchema,
	SetContactHoursSchema,
	type ContactHours,
} from "../../gen/network_pb";
import { useWord } from "../../i18n/words";
import { Failure } from "../../parts";
import { useDone } from "../../parts/done";
import { IconPlus, IconTrash } from "../../parts/icons";
import classes from "./directory.module.css";
import { DAYS, faultOf, inputOf, minuteOf, rowsOf, windowsOf, type WeekRow } from "./week";

const MEANS = [ContactMeans.PHONE, ContactMeans.MESSAGE, ContactMeans.PAGE, ContactMeans.BREAK];
const MOST = 64; // windows of one organisation or person
const WORKDAYS = [1, 2, 3, 4, 5];

export function HoursEditor({
	name,
	hours,
	of,
	close,
	saved,
}: {
	name: string;
	hours: readonly ContactHours[];
	of: { organisation: string; user: string };
	close: () => void;
	saved: () => void;
}) {
	const { t } = useTranslation("directory");
	const { t: common } = useTranslation();
	const done = useDone();
	const [rows, setRows, clear] = useDraft<WeekRow[]>(
		`hours/${of.organisation || of.user}`,
		rowsOf(hours),
	);
	const [looked, setLooked] = useState(false);
	const change = (i: number, part: Partial<WeekRow>) =>
		setRows(rows.map((row, k) => (k === i ? { ...row, ...part } : row)));
	const add = (row: Omit<WeekRow, "whom" | "days">) =>
		setRows([...rows, { ...row, days: WORKDAYS, whom: "" }]);
	const set = (windows: ReturnType<typeof windowsOf>) =>
		session.client.ask("directory", SetContactHoursSchema, { ...of, hours: windows });
	const save = useAction(async () => {
		const before = windowsOf(rowsOf(hours));
		await set(windowsOf(rows));
		clear();
		close();
		saved();
		done({
			text: t("saved"),
			undo: async () => {
				await set(before);
				saved();
			},
		});
	});
	const faulty = rows.some(faultOf);
	const tooMany = windowsOf(rows).length > MOST;
	const refused = save.error instanceof Refused && save.error.field.startsWith("hours");
	return (
		<form
			aria-label={name}
			noValidate
			onSubmit={(event) => {
				event.preventDefault();
				setLooked(true);
				if (!faulty && !tooMany) void save.run();
			}}
		>
			<Stack gap="sm">
				{rows.length === 0 && <Text className="quiet">{t("noRows")}</Text>}
				{rows.map((row, i) => (
					<RowEditor
						key={i}
						row={row}
						n={i + 1}
						fault={looked ? faultOf(row) : undefined}
						change={(part) => change(i, part)}
						remove={() => setRows(rows.filter((_, k) => k !== i))}
					/>
				))}
				<Group gap="xs">
					<Button
						variant="default"
						leftSection={<IconPlus size={18} aria-hidden />}
						onClick={() => add({ from: 9 * 60, to: 17 * 60, means: ContactMeans.PHONE })}
					>
						{t("addTime")}
					</Button>
					<Button
						variant="default"
						leftSection={<IconPlus size={18} aria-hidden />}
						onClick={() => add({ from: 12 * 60, to: 13 * 60, means: ContactMeans.BREAK })}
					>
						{t("addBreak")}
					</Button>
				</Group>
				{tooMany && <Text c="var(--t-urgent)">{t("tooMany")}</Text>}
				<Failure error={save.error} />
				{refused && <Text size="sm">{t("lookAtRows")}</Text>}
				<Group gap="xs">
					<Button type="submit" loading={save.busy}>
						{common("save")}
					</Button>
					<Button
						variant="default"
						onClick={() => {
							clear();
							close();
						}}
					>
						{common("cancel")}
					</Button>
				</Group>
			</Stack>
		</form>
	);
}

function RowEditor({
	row,
	n,
	fault,
	change,
	remove,
}: {
	row: WeekRow;
	n: number;
	fault: "noDays" | "sameTime" | undefined;
	change: (part: Partial<WeekRow>) => void;
	remove: () => void;
}) {
	const { t } = useTranslation("directory");
	const word = useWord();
	return (
		<Paper component="fieldset" className={classes.row}>
			<legend className="heard">{t("rowN", { n })}</legend>
			<Stack gap="sm">
				<Chip.Group
					multiple
					value={row.days.map(String)}
					onChange={(days) => change({ days: days.map(Number).sort() })}
				>
					<div className={classes.days} role="group" aria-label={t("days")}>
						{DAYS.map((day) => (
							<Chip
								key={day}
								value={String(day)}
								variant="filled"
								icon={null}
								classNames={{ label: classes.dayChip, iconWrapper: classes.gone }}
								aria-label={t(`dayLong_${day}`)}
							>
								{t(`day_${day}`)}
							</Chip>
						))}
					</div>
				</Chip.Group>
				{fault === "noDays" && <Text c="var(--t-urgent)">{t("noDays")}</Text>}
				<Group gap="sm" grow align="flex-start">
					<TextInput
						type="time"
						label={t("from")}
						value={inputOf(row.from)}
						onChange={(event) =>
							event.currentTarget.value &&
							change({ from: minuteOf(event.currentTarget.value, false) })
						}
					/>
					<TextInput
						type="time"
						label={t("to")}
						description={row.to < row.from ? t("endsNextDay") : undefined}
						inputWrapperOrder={["label", "input", "description", "error"]}
						value={inputOf(row.to)}
						onChange={(event) =>
							event.currentTarget.value && change({ to: minuteOf(event.currentTarget.value, true) })
						}
						error={fault === "sameTime" ? t("sameTime") : undefined}
					/>
				</Group>
				<Group gap="sm" grow align="flex-start">
					<Select
						label={t("means")}
						data={MEANS.map((means) => ({
							value: String(means),
							label: word(ContactMeansSchema, means),
						}))}
						value={String(row.means)}
						onChange={(means) => change({ means: Number(means) })}
						allowDeselect={false}
					/>
					{row.means !== ContactMeans.BREAK && (
						<TextInput
							label={t("whom")}
							value={row.whom}
							onChange={(event) => change({ whom: event.currentTarget.value })}
						/>
					)}
				</Group>
				<Button
					variant="subtle"
					color="gray"
					c="inherit"
					w="fit-content"
					px="xs"
					leftSection={<IconTrash size={18} aria-hidden />}
					onClick={remove}
				>
					{t("removeRow")}
				</Button>
			</Stack>
		</Paper>
	);
}
