// One chart of one vital sign (or both blood pressures), with its limits as a band.

import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { language } from "../../i18n";
import { day } from "../../parts/time";
import c from "./patient.module.css";
import type { Point } from "./vital-signs";
import { limitsOf, RANGES, UNITS, type Limits, type Sign } from "./vitals";

const HEIGHT_PX = 150;

export default function Chart({
	points,
	signs,
	limits,
}: {
	points: readonly Point[];
	signs: readonly Sign[];
	limits: Limits | undefined;
}) {
	const { t } = useTranslation("patient");
	const place = useRef<HTMLDivElement>(null);
	const scheme = useComputedColorScheme("light");
	const key = signs.join();
	const title = signs.length > 1 ? t("pressure") : t(signs[0]!);
	const limitKey = JSON.stringify(signs.map((sign) => limitsOf(sign, limits)));

	useEffect(() => {
		const element = place.current;
		if (!element) return;
		const style = getComputedStyle(document.documentElement);
		const colour = (name: string) => style.getPropertyValue(name).trim();
		const line = colour("--mantine-primary-color-filled");
		const quiet = colour("--t-quiet");
		const soft = colour("--t-line");
		const band = scheme === "dark" ? "rgb(123 211 198 / 12%)" : "rgb(15 118 110 / 8%)";
		const mine = points.filter((one) => signs.some((sign) => one.values[RANGES[sign].field]));
		const data: uPlot.AlignedData = [
			mine.map((one) => one.ms / 1000),
			...signs.map((sign) => mine.map((one) => one.values[RANGES[sign].field] || null)),
		];
		const { low, high } = limitsOf(signs[0]!, limits);
		const all = data
			.slice(1)
			.flatMap((column) => [...column])
			.filter((value): value is number => typeof value === "number");
		if (!all.length) return;
		const bounds = [...all, ...(low ? [low] : [])];
		const margin = { temperature: 0.4, spo2: 2 }[signs[0] as string] ?? 8;
		const least = Math.min(...bounds) - margin;
		const most = Math.max(...all) + margin;
		const font = "13px system-ui, sans-serif";
		const decimals = RANGES[signs[0]!].decimals;
		const plot = new uPlot(
			{
				width: element.clientWidth,
				height: HEIGHT_PX,
				legend: { show: false },
				cursor: { y: false, points: { size: 8 } },
				scales: { y: { range: [least, most] } },
				axes: [
					{
						stroke: quiet,
						font,
						grid: { stroke: soft, width: 1 },
						ticks: { show: false },
						space: 70,
						values: (_, splits) =>
							splits.map((seconds) =>
								new Intl.DateTimeFormat(language() === "en" ? "en-GB" : "ja-JP", {
									timeZone: "Asia/Tokyo",
									month: "numeric",
									day: "numeric",
								}).format(seconds * 1000),
							),
						incrs: [1, 2, 3, 7, 14, 30, 60, 120, 365].map((days) => days * 86400),
					},
					{
						stroke: quiet,
						font,
						size: 46,
						grid: { stroke: soft, width: 1 },
						ticks: { show: false },
						values: (_, splits) => splits.map((value) => value.toFixed(decimals && 1)),
						space: 34,
					},
				],
				series: [
					{},
					...signs.map((sign) => ({
						label: t(sign),
						stroke: line,
						width: 2,
						dash: sign === "diastolic" ? [5, 4] : undefined,
						points: { show: mine.length < 80, size: 6, fill: line },
						spanGaps: true,
					})),
				],
				hooks: {
					drawClear: [
						(u) => {
							if (!low && !high) return;
							const { left, width, top, height } = u.bbox;
							const y = (value: number) =>
								Math.min(Math.max(u.valToPos(value, "y", true), top), top + height);
							const from = high ? y(high) : top;
							const to = low ? y(low) : top + height;
							u.ctx.save();
							u.ctx.fillStyle = band;
							u.ctx.fillRect(left, from, width, to - from);
							u.ctx.strokeStyle = colour("--t-urgent");
							u.ctx.setLineDash([6, 5]);
							for (const limit of [low, high]) {
								if (!limit || limit < least || limit > most) continue;
								u.ctx.beginPath();
								u.ctx.moveTo(left, y(limit));
								u.ctx.lineTo(left + width, y(limit));
								u.ctx.stroke();
							}
							u.ctx.restore();
						},
					],
					setCursor: [
						(u) => {
							const index = u.cursor.idx;
							const told = element.parentElement?.querySelector("output");
							const one = index === null || index === undefined ? undefined : mine[index];
							if (told)
								told.textContent = one
									? `${day(one.ms)} ${signs
											.map((sign) => one.values[RANGES[sign].field].toFixed(RANGES[sign].decimals))
											.join("/")}`
									: "";
						},
					],
				},
			},
			data,
			element,
		);
		const observer = new ResizeObserver(() =>
			plot.setSize({ width: element.clientWidth, height: HEIGHT_PX }),
		);
		observer.observe(element);
		return () => {
			observer.disconnect();
			plot.destroy();
		};
	}, [points, key, limitKey, scheme, title]);

	const last = points.findLast((one) => one.values[RANGES[signs[0]!].field]);
	return (
		<figure className={c.chart}>
			<figcaption>
				<b>{title}</b>{" "}
				<span className="quiet">
					{last &&
						signs
							.map((sign) => last.values[RANGES[sign].field].toFixed(RANGES[sign].decimals))
							.join("/")}{" "}
					{UNITS[signs[0]!]}
				</span>
				<output />
			</figcaption>
			<div ref={place} />
		</figure>
	);
}
