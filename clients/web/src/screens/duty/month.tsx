import { ActionIcon, Button, Group, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useMemo, useState } from "react";
import { useLocation, useRoute } from "wouter";
import { useAction, useAsked, useLive, useMe, useNow } from "../../core/hooks";
import { useOrganisations } from "../../core/organisations";
import { session } from "../../core/session";
import { Area, AreaSchema, Network, Profession } from "../../gen/network_pb";
import {
	BlockDatesSchema,
	BlockListSchema,
	GapListSchema,
	GapReasonSchema,
	ListBlocksSchema,
	ListGapsSchema,
	ListShiftsSchema,
	ListSwapsSchema,
	ShiftListSchema,
	Swap_State,
	SwapListSchema,
	type Gap,
	type Shift,
	type Swap,
} from "../../gen/rota_pb";
import { Failure, Page, Section, Shown } from "../../parts";
import { IconChevronLeft, IconChevronRight } from "../../parts/icons";
import { useDone } from "../../parts/done";
import { day, dayBegins, isoDay } from "../../parts/time";
import {
	addMonths,
	blockedDates,
	byDate,
	conflicts,
	daysOf,
	isHoliday,
	isMonth,
	isOwn,
	monthGrid,
	monthOf,
	placesOf,
	weekdayOf,
} from "./calendar";
import { Centre } from "./centre";
import classes from "./duty.module.css";
import { Now } from "./now";
import { ShiftDrawer } from "./shift";
import { Subscriptions } from "./subscriptions";
import { Swaps } from "./swaps";
import { useDutyWords } from "./words";

export function Month() {
	const { t } = useDutyWords();
	const { me } = useMe();
	const now = useNow();
	const [, params] = useRoute("/duty/:month/:shift?");
	const [, go] = useLocation();
	const thisMonth = monthOf(isoDay(now));
	const month = params?.month && isMonth(params.month) ? params.month : thisMonth;
	const swaps = useLive("rota", ListSwapsSchema, {}, SwapListSchema, { keep: "duty/swaps" });
	const days = daysOf(month);
	const live = useLive(
		"rota",
		ListShiftsSchema,
		{ from: days[0], until: days.at(-1) },
		ShiftListSchema,
		{ keep: `duty/${month}` },
	);
	const gaps = useAsked("rota", ListGapsSchema, { days: 120 }, GapListSchema, {
		merge: (have, came) => (have ? { ...have, items: [...have.items, ...came.items] } : came),
	});
	const opened = live.data?.items.find((shift) => shift.id === params?.shift);
	// Kept from month to month.
	const [area, setArea] = useState<Area>(me.organisation?.area ?? Area.AREA_UNSPECIFIED);
	const [blocking, setBlocking] = useState(false);
	const openSwaps = (swaps.data?.items ?? []).filter((swap) => swap.state === Swap_State.ASKED);
	return (
		<Page title={t("title")}>
			<Now />
			<Swaps swaps={swaps.data?.items ?? []} />
			<Shown live={live}>
				{(data) => (
					<Calendar
						month={month}
						shifts={data.items}
						swaps={openSwaps}
						gaps={gaps.data?.items ?? []}
						open={(shift) => go(`/duty/${month}/${shift.id}`)}
						area={area}
						onArea={setArea}
						blocking={blocking}
						onBlocking={setBlocking}
					/>
				)}
			</Shown>
			<Subscriptions />
			<Centre month={month} gaps={gaps} />
			<ShiftDrawer
				shift={opened}
				swaps={swaps.data?.items ?? []}
				close={() => go(`/duty/${month}`)}
			/>
		</Page>
	);
}

function Calendar({
	month,
	shifts,
	swaps,
	gaps,
	open,
	area,
	onArea,
	blocking,
	onBlocking,
}: {
	month: string;
	shifts: readonly Shift[];
	swaps: readonly Swap[];
	gaps: readonly Gap[];
	open: (shift: Shift) => void;
	area: Area;
	onArea: (area: Area) => void;
	blocking: boolean;
	onBlocking: (blocking: boolean) => void;
}) {
	const { t, word } = useDutyWords();
	const now = useNow();
	const [, go] = useLocation();
	const wide = useMediaQuery("(min-width: 62em)", undefined, { getInitialValueInEffect: false });
	const areas = [...new Set(shifts.map((shift) => shift.area))].filter(Boolean).sort();
	const shownArea = areas.includes(area) ? area : areas[0];
	const dates = useMemo(
		() => byDate(shifts.filter((shift) => !shift.area || shift.area === shownArea)),
		[shifts, shownArea],
	);
	const bad = useMemo(() => conflicts(gaps), [gaps]);
	const today = isoDay(now);
	const thisMonth = monthOf(today);
	const asked = new Set(swaps.map((swap) => swap.shift));
	const mayBlock = useMayBlock();
	const view = { dates, bad, asked, today, open };
	const [year, number] = month.split("-").map(Number);

	return (
		<section aria-labelledby="duty-month">
			<Group justify="space-between" mb="sm" gap="xs">
				<Group gap={4} wrap="nowrap">
					<ActionIcon
						aria-label={t("monthBefore")}
						onClick={() => go(`/duty/${addMonths(month, -1)}`)}
					>
						<IconChevronLeft size={22} aria-hidden />
					</ActionIcon>
					<Title order={2} size="h4" id="duty-month" aria-live="polite">
						{t("month", { year, month: number })}
					</Title>
					<ActionIcon
						aria-label={t("monthAfter")}
						onClick={() => go(`/duty/${addMonths(month, 1)}`)}
					>
						<IconChevronRight size={22} aria-hidden />
					</ActionIcon>
					{month !== thisMonth && (
						<Button variant="subtle" px="xs" onClick={() => go("/duty")}>
							{t("thisMonth")}
						</Button>
					)}
				</Group>
				{mayBlock && (
					<Button variant={blocking ? "filled" : "default"} onClick={() => onBlocking(!blocking)}>
						{t(blocking ? "blockingDone" : "blocking")}
					</Button>
				)}
			</Group>
			{areas.length > 0 && (
				<SegmentedControl
					mb="sm"
					aria-label={t("area")}
					value={String(shownArea)}
					onChange={(value) => onArea(Number(value))}
					data={areas.map((one) => ({ value: String(one), label: word(AreaSchema, one) }))}
				/>
			)}
			{blocking ? (
				<Blocks month={month} today={today} shifts={shifts} />
			) : shifts.every((shift) => shift.dropped) ? (
				<Text className="quiet">{t("noShifts")}</Text>
			) : wide ? (
				<Grid month={month} {...view} />
			) : (
				<Days month={month} {...view} />
			)}
		</section>
	);
}

interface View {
	dates: ReadonlyMap<string, Shift[]>;
	bad: ReadonlyMap<string, Gap>;
	asked: ReadonlySet<string>;
	today: string;
	open: (shift: Shift) => void;
}

/** On a PC: weeks below each other. */
function Grid({ month, ...view }: View & { month: string }) {
	const { t } = useDutyWords();
	return (
		<table className={classes.grid}>
			<thead>
				<tr>
					{[0, 1, 2, 3, 4, 5, 6].map((n) => (
						<th key={n} scope="col">
							{t(`weekday_${n}` as "weekday_0")}
						</th>
					))}
				</tr>
			</thead>
			<tbody>
				{monthGrid(month).map((week, i) => (
					<tr key={i}>
						{week.map((date, k) =>
							date ? (
								<td key={date} data-today={date === view.today || undefined}>
									<DayHead date={date} {...view} />
									{(view.dates.get(date) ?? []).map((shift) => (
										<ShiftButton key={shift.id} shift={shift} {...view} />
									))}
								</td>
							) : (
								<td key={k} className={classes.other} />
							),
						)}
					</tr>
				))}
			</tbody>
		</table>
	);
}

function DayHead({ date, dates, today }: View & { date: string }) {
	const { t } = useDutyWords();
	const holiday = isHoliday(date, dates.get(date) ?? []);
	return (
		<div className={classes.dayHead}>
			<span>
				{Number(date.slice(8))}
				{holiday && <span className={classes.holiday}>{t("holiday")}</span>}
			</span>
			{date === today && <span className={classes.today}>{t("today")}</span>}
		</div>
	);
}

/** On a phone: day by day, from today on in the month of now. */
function Days({ month, ...view }: View & { month: string }) {
	const { t } = useDutyWords();
	const now = useNow();
	const [past, setPast] = useState(false);
	const days = daysOf(month).filter((date) => view.dates.has(date));
	// Last night's is still going on.
	const coming = days.filter((date) =>
		view.dates.get(date)?.some((shift) => Number(shift.untilMs) > now),
	);
	const shown = past || coming.length === 0 ? days : coming;
	return (
		<Stack gap={0}>
			{coming.length > 0 && coming.length < days.length && (
				<Button variant="subtle" px={0} w="fit-content" onClick={() => setPast(!past)}>
					{t(past ? "hidePast" : "showPast")}
				</Button>
			)}
			{shown.map((date) => (
				<div key={date} className={classes.day} data-today={date === view.today || undefined}>
					<Text className={classes.date} fw={600} component="h3">
						{day(dayBegins(date))}
						{isHoliday(date, view.dates.get(date) ?? []) && (
							<span className={classes.holiday}>{t("holiday")}</span>
						)}
						{date === view.today && <span className={classes.today}>{t("today")}</span>}
					</Text>
					<Stack gap={6}>
						{(view.dates.get(date) ?? []).map((shift) => (
							<ShiftButton key={shift.id} shift={shift} {...view} />
						))}
					</Stack>
				</div>
			))}
		</Stack>
	);
}

function ShiftButton({ shift, bad, asked, open }: View & { shift: Shift }) {
	const { t, kind, hours, holder, word } = useDutyWords();
	const { me } = useMe();
	const own = me.organisation?.id ?? "";
	const mine = isOwn(shift, own);
	return (
		<button
			type="button"
			className={classes.shift}
			data-own={mine || undefined}
			onClick={() => open(shift)}
		>
			<span className={classes.kind}>
				{kind(shift)} <span className="quiet">{hours(shift)}</span>
			</span>
			{placesOf(shift).map((place) => {
				const conflict = bad.get(`${shift.id}/${place.second ? 2 : 1}`);
				return (
					<span key={String(place.second)} className={classes.place}>
						<span className="quiet">{t(place.second ? "shortSecond" : "shortFirst")}</span>
						<span
							data-own={place.organisation === own || undefined}
							data-gap={!place.organisation || undefined}
						>
							{!place.organisation && <span aria-hidden>! </span>}
							{holder(place)}
							{place.organisation === own && own && (
								<span className={classes.mine}>{t("ours")}</span>
							)}
							{conflict && (
								<span className={classes.bad}>! {word(GapReasonSchema, conflict.reason)}</span>
							)}
						</span>
					</span>
				);
			})}
			{asked.has(shift.id) && <span className={classes.asking}>{t("swapOpen")}</span>}
			{shift.provisional && <span className="quiet">{t("provisional")}</span>}
		</button>
	);
}

/** Doctors and nurses of a round-the-clock clinic, for it. */
function useMayBlock(): boolean {
	const { me } = useMe();
	const { byId } = useOrganisations();
	const own = byId.get(me.organisation?.id ?? "") ?? me.organisation;
	const { profession } = me.person ?? {};
	return (
		(profession === Profession.DOCTOR || profession === Profession.NURSE) &&
		own?.networks.includes(Network.ROUND_THE_CLOCK) === true
	);
}

/** Days on which nobody plans a duty for us: a tap a day, and a tap back. */
function Blocks({
	month,
	today,
	shifts,
}: {
	month: string;
	today: string;
	shifts: readonly Shift[];
}) {
	const { t } = useDutyWords();
	const { me } = useMe();
	const own = me.organisation?.id ?? "";
	const onDuty = useMemo(
		() => new Set(shifts.filter((one) => isOwn(one, own)).map((one) => one.date)),
		[shifts, own],
	);
	const done = useDone();
	const live = useAsked("rota", ListBlocksSchema, { month, organisation: own }, BlockListSchema, {
		merge: (have, came) => (have ? { ...have, items: [...have.items, ...came.items] } : came),
	});
	const [mine, setMine] = useState<ReadonlyMap<string, boolean>>(new Map());
	const set = async (date: string, block: boolean) => {
		await session.client.ask("rota", BlockDatesSchema, { dates: [date], free: !block });
		setMine((was) => new Map(was).set(date, block));
	};
	const action = useAction(async (date: string, block: boolean) => {
		await set(date, block);
		done({
			text: t(block ? (onDuty.has(date) ? "blockedOnDuty" : "blocked") : "freed", {
				day: day(dayBegins(date)),
			}),
			undo: () => set(date, !block),
		});
	});
	return (
		<Section title={t("blockingHint")}>
			<Failure error={action.error} />
			<Shown live={live}>
				{(data) => {
					const blocked = blockedDates(data.items, own);
					for (const [date, block] of mine) {
						if (block) blocked.add(date);
						else blocked.delete(date);
					}
					return (
						<div className={classes.blocks}>
							{[0, 1, 2, 3, 4, 5, 6].map((n) => (
								<Text key={n} size="sm" ta="center" className="quiet" aria-hidden>
									{t(`weekday_${n}` as "weekday_0")}
								</Text>
							))}
							{daysOf(month).map((date) => {
								const on = blocked.has(date);
								return (
									<button
										key={date}
										type="button"
										className={classes.block}
										style={
											date.endsWith("-01") ? { gridColumnStart: weekdayOf(date) + 1 } : undefined
										}
										aria-pressed={on}
										disabled={date < today || action.busy}
										onClick={() => void action.run(date, !on)}
									>
										<span className="heard">{day(dayBegins(date))} </span>
										<span aria-hidden>{Number(date.slice(8))}</span>
										<span className={classes.blockWord}>{on ? t("isBlocked") : ""}</span>
										{onDuty.has(date) && <span className={classes.blockDuty}>{t("isOnDuty")}</span>}
									</button>
								);
							})}
						</div>
					);
				}}
			</Shown>
		</Section>
	);
}
