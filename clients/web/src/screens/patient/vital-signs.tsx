// Vital signs over time: a chart of each, with the patient's own limits, and the same in a table.

import { SegmentedControl, Stack } from "@mantine/core";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAsked, useNow } from "../../core/hooks";
import { session } from "../../core/session";
import {
	EntryKind,
	ListTimelineSchema,
	TimelineSchema,
	type Entry,
	type VitalSigns as Values,
} from "../../gen/record_pb";
import { Empty, Failure, Loading, Section, Waiting } from "../../parts";
import { clock, isoDay } from "../../parts/time";
import { fold } from "./model";
import c from "./patient.module.css";
import type { useTimeline } from "./use-timeline";
import { limitsOf, passed, RANGES, SIGNS, type Limits, type Sign } from "./vitals";

const Chart = lazy(() => import("./chart"));

const DAYS = [7, 30, 90, 0] as const;
const DAY_MS = 24 * 3600 * 1000;
const TABLE_MOST = 200;

export interface Point {
	ms: number;
	values: Values;
	entry: Entry;
}

export default function VitalSigns({
	id,
	limits,
	timeline,
}: {
	id: string;
	limits: Limits | undefined;
	timeline: ReturnType<typeof useTimeline>;
}) {
	const { t } = useTranslation("patient");
	const [days, setDays] = useState<number>(30);
	const now = useNow(60_000);
	const asked = useAsked(
		session.client.instanceFor("record", id),
		ListTimelineSchema,
		{ patient: id, kind: EntryKind.VITAL_SIGNS },
		TimelineSchema,
		{ keep: `vitals/${id}` },
	);
	const { all } = timeline;
	const points = useMemo(() => {
		const known = new Map<string, Entry>();
		for (const entry of [...(asked.data?.items ?? []), ...(all?.values() ?? [])])
			if (entry.kind === EntryKind.VITAL_SIGNS) known.set(entry.id, entry);
		const found: Point[] = [];
		for (const item of fold(known.values()))
			for (const entry of item.shown)
				if (entry.content.case === "vitalSigns")
					found.push({ ms: Number(entry.occurredMs), values: entry.content.value, entry });
		return found.sort((a, b) => a.ms - b.ms);
	}, [asked.data, all]);
	const shown = useMemo(
		() => (days ? points.filter((one) => one.ms > now - days * DAY_MS) : points),
		[points, days, now],
	);
	if (asked.refused) return <Failure error={asked.refused} />;
	if (!asked.data && !points.length)
		return (
			<div className={c.said}>
				<Waiting silent={asked.silent} />
			</div>
		);
	return (
		<Stack className={c.padded} gap="lg">
			<h2 className="heard">{t("tab_vitals")}</h2>
			<SegmentedControl
				aria-label={t("period")}
				data={DAYS.map((n) => ({
					value: String(n),
					label: n ? t("days", { n }) : t("allTime"),
				}))}
				value={String(days)}
				onChange={(value) => setDays(Number(value))}
			/>
			{shown.length === 0 ? (
				<Empty>{t("noVitals")}</Empty>
			) : (
				<>
					<Suspense fallback={<Loading />}>
						<div className={c.charts} aria-hidden>
							<Chart points={shown} signs={["systolic", "diastolic"]} limits={limits} />
							<Chart points={shown} signs={["pulse"]} limits={limits} />
							<Chart points={shown} signs={["temperature"]} limits={limits} />
							<Chart points={shown} signs={["spo2"]} limits={limits} />
							<Chart points={shown} signs={["breaths"]} limits={limits} />
						</div>
					</Suspense>
					<Section title={t("values")}>
						<p className="quiet">
							<LimitsInWords limits={limits} />
						</p>
						<Table points={shown} limits={limits} />
					</Section>
				</>
			)}
		</Stack>
	);
}

/** 11/25 */
const shortDay = (ms: number): string => isoDay(ms).slice(5).split("-").map(Number).join("/");

/** Own limits are said to be the patient's. */
export function LimitsInWords({ limits }: { limits: Limits | undefined }) {
	const { t } = useTranslation("patient");
	const own = limits && Object.values(limits).some((value) => typeof value === "number" && value);
	const parts = SIGNS.flatMap((sign) => {
		const { low, high } = limitsOf(sign, limits);
		if (!low && !high) return [];
		if (!high) return `${t(sign)} ${t("atLeast", { n: low })}`;
		return `${t(sign)} ${low ? `${low}–${high}` : t("atMost", { n: high })}`;
	});
	return <>{t(own ? "ownLimits" : "generalLimits", { limits: parts.join(t("comma")) })}</>;
}

function Table({ points, limits }: { points: readonly Point[]; limits: Limits | undefined }) {
	const { t } = useTranslation("patient");
	const columns: { sign: Sign; also?: Sign }[] = [
		{ sign: "systolic", also: "diastolic" },
		{ sign: "pulse" },
		{ sign: "temperature" },
		{ sign: "spo2" },
		{ sign: "breaths" },
	];
	const cell = (values: Values, sign: Sign) => {
		const { field, decimals } = RANGES[sign];
		const value = values[field];
		if (!value) return "–";
		const side = passed(sign, value, limits);
		return (
			<span className={side ? c.out : undefined}>
				{value.toFixed(decimals)}
				{side && <span aria-hidden>{side === "low" ? "↓" : "↑"}</span>}
				{side && <span className="heard">{t(side === "low" ? "tooLow" : "tooHigh")}</span>}
			</span>
		);
	};
	return (
		<div className={c.wideTable} tabIndex={0} role="region" aria-label={t("values")}>
			<table className={c.table}>
				<thead>
					<tr>
						<th scope="col">{t("dateTime")}</th>
						{columns.map(({ sign, also }) => (
							<th key={sign} scope="col">
								{also ? t("pressure") : t(sign)}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{points
						.slice(-TABLE_MOST)
						.reverse()
						.map(({ ms, values, entry }) => (
							<tr key={entry.id}>
								<th scope="row">
									{shortDay(ms)} {clock(ms)}
								</th>
								{columns.map(({ sign, also }) => (
									<td key={sign}>
										{cell(values, sign)}
										{also && "/"}
										{also && cell(values, also)}
										{sign === "spo2" && values.onOxygen && (
											<small className="quiet"> {t("oxygenShort")}</small>
										)}
									</td>
								))}
							</tr>
						))}
				</tbody>
			</table>
		</div>
	);
}
