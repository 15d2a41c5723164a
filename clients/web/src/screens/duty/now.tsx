// Who answers tonight: now and next, with the telephone.

import { Anchor, Box, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useAsked, useLive, useNow } from "../../core/hooks";
import { AreaSchema, type Organisation, type Person } from "../../gen/network_pb";
import {
	DutyShownSchema,
	ListShiftsSchema,
	ShiftListSchema,
	ShowDutySchema,
	type OnDuty,
	type Shift,
} from "../../gen/rota_pb";
import { useWord } from "../../i18n/words";
import { Empty, Shown } from "../../parts";
import { IconPhone } from "../../parts/icons";
import { clock, isoDay, when } from "../../parts/time";
import { addDays } from "./calendar";
import classes from "./duty.module.css";
import { useDutyWords } from "./words";

export function Now() {
	const { t } = useTranslation("duty");
	const live = useAsked("rota", ShowDutySchema, {}, DutyShownSchema, { keep: "duty/now" });
	useFresh(live.data?.items, live.again);
	return (
		<Shown live={live}>
			{(data) =>
				data.items.length === 0 ? (
					<Empty>{t("nothingPlanned")}</Empty>
				) : (
					<div className={classes.nows} aria-live="polite">
						{data.items.map((one) => (
							<One key={one.area} duty={one} />
						))}
					</div>
				)
			}
		</Shown>
	);
}

/** Asked again when a shift of these days changes, and when the one of now ends or the next begins. */
function useFresh(items: readonly OnDuty[] | undefined, again: () => void): void {
	const now = useNow();
	const today = isoDay(now);
	const near = useLive(
		"rota",
		ListShiftsSchema,
		{ from: addDays(today, -1), until: addDays(today, 7) },
		ShiftListSchema,
	);
	const newest = near.data?.items.reduce(
		(max, one) => (one.position > max ? one.position : max),
		0n,
	);
	const first = newest === undefined;
	useEffect(() => {
		if (!first) again();
	}, [newest, first, again]);
	const turns = (items ?? [])
		.flatMap((one) => [one.now?.untilMs, one.next?.fromMs])
		.filter((ms): ms is bigint => ms !== undefined)
		.map(Number)
		.filter((ms) => ms > Date.now());
	const turn = turns.length ? Math.min(...turns) : 0;
	useEffect(() => {
		if (!turn) return;
		const timer = setTimeout(again, Math.min(turn - Date.now() + 1500, 3600_000));
		return () => clearTimeout(timer);
	}, [turn, again]);
}

function One({ duty }: { duty: OnDuty }) {
	const { t, kind, name } = useDutyWords();
	const word = useWord();
	const now = useNow();
	const { now: shift, next } = duty;
	return (
		<Paper className={classes.now} component="section">
			<Stack gap="sm">
				<Group gap="xs" justify="space-between" align="baseline">
					<Title order={2} size="h4">
						{duty.area
							? t("nowArea", { area: word(AreaSchema, duty.area) })
							: t(shift ? "now" : "nowNobody")}
					</Title>
					{shift && (
						<Text size="sm" className="quiet">
							{kind(shift)}
							{t("dot")}
							{t("until", { time: when(Number(shift.untilMs), now) })}
						</Text>
					)}
				</Group>
				{shift ? (
					<div className={classes.pair}>
						<Reach
							shift={shift}
							second={false}
							organisation={duty.first}
							people={duty.firstPeople}
						/>
						<Reach shift={shift} second organisation={duty.second} people={duty.secondPeople} />
					</div>
				) : (
					<Text>{t("clinicsOpen")}</Text>
				)}
				<Text size="sm">
					<span className="quiet">{t("next")} </span>
					{next
						? t("nextLine", {
								time: `${when(Number(next.fromMs), now)}–${clock(Number(next.untilMs))}`,
								kind: kind(next),
								first: duty.nextFirst?.name ?? (next.first ? name(next.first) : t("gap")),
								second: duty.nextSecond?.name ?? (next.second ? name(next.second) : t("gap")),
							})
						: t("notPlannedYet")}
				</Text>
			</Stack>
		</Paper>
	);
}

function Reach({
	shift,
	second,
	organisation,
	people,
}: {
	shift: Shift;
	second: boolean;
	organisation: Organisation | undefined;
	people: readonly Person[];
}) {
	const { t, place, holder, name } = useDutyWords();
	const id = second ? shift.second : shift.first;
	const gap = second ? shift.secondGap : shift.firstGap;
	if (!id)
		return (
			<Box>
				<Text size="sm" className="quiet">
					{place(second)}
				</Text>
				<Text fw={600} c="var(--t-urgent)">
					{holder({ second, organisation: "", gap })}
				</Text>
			</Box>
		);
	const clinic = organisation?.name ?? name(id);
	return (
		<Box>
			<Text size="sm" className="quiet">
				{place(second)}
			</Text>
			<Text fw={650} size="lg">
				{clinic}
			</Text>
			<Telephone phone={organisation?.phone ?? ""} of={clinic} />
			{people.map((person) => (
				<Text key={person.id} size="sm">
					{t("doctor", { name: person.name })}{" "}
					{person.phone && person.phone !== organisation?.phone && (
						<Telephone phone={person.phone} of={person.name} small />
					)}
				</Text>
			))}
		</Box>
	);
}

export function Telephone({ phone, of, small }: { phone: string; of: string; small?: boolean }) {
	const { t } = useTranslation("duty");
	if (!phone) return <Text className="quiet">{t("noPhone")}</Text>;
	return (
		<Anchor
			href={`tel:${phone.replace(/[^\d+]/g, "")}`}
			className={classes.phone}
			data-small={small || undefined}
			aria-label={t("call", { name: of, phone })}
		>
			<IconPhone size={small ? 16 : 20} aria-hidden />
			{phone}
		</Anchor>
	);
}
