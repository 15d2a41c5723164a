// For the support centre and administrators: gaps and conflicts, and a month's plan.

import { Button, Stack, Table, Text } from "@mantine/core";
import { useState } from "react";
import { useAction, useMe, type Live } from "../../core/hooks";
import { session } from "../../core/session";
import { Profession } from "../../gen/network_pb";
import {
	DutyCategorySchema,
	GapReason,
	GapReasonSchema,
	GenerateRotaSchema,
	RotaGeneratedSchema,
	type Gap,
	type GapList,
	type RotaGenerated,
} from "../../gen/rota_pb";
import { language } from "../../i18n";
import { Empty, Section, Shown } from "../../parts";
import { Sure } from "../../parts/sure";
import { day, dayBegins, isoDay } from "../../parts/time";
import { monthOf, unplannedRuns } from "./calendar";
import classes from "./duty.module.css";
import { useDutyWords } from "./words";

export function Centre({ month, gaps }: { month: string; gaps: Live<GapList> }) {
	const { t } = useDutyWords();
	const { me } = useMe();
	const profession = me.person?.profession;
	if (profession !== Profession.ADMINISTRATOR && profession !== Profession.CENTRE_STAFF)
		return null;
	return (
		<>
			<Section
				title={t("gaps")}
				beside={
					<Button variant="subtle" px="xs" onClick={gaps.again}>
						{t("lookAgain")}
					</Button>
				}
			>
				<Shown live={gaps}>{(data) => <Gaps gaps={data.items} />}</Shown>
			</Section>
			<Generate key={month} month={month} made={gaps.again} />
		</>
	);
}

function Gaps({ gaps }: { gaps: readonly Gap[] }) {
	const { t, word, kind, place, name } = useDutyWords();
	const told = gaps.filter((gap) => gap.reason !== GapReason.NOT_PLANNED);
	const runs = unplannedRuns(gaps);
	if (gaps.length === 0) return <Empty>{t("noGaps")}</Empty>;
	return (
		<ul className={classes.past}>
			{told.map((gap) => (
				<li key={`${gap.shift}/${String(gap.second)}/${gap.reason}`}>
					<Text fw={600}>
						{day(Number(gap.fromMs))} {kind(gap)} {place(gap.second)}
					</Text>
					<Text>
						<span aria-hidden>! </span>
						{word(GapReasonSchema, gap.reason)}
						{gap.organisation && `${t("dot")}${name(gap.organisation)}`}
					</Text>
					<Text size="sm" className="quiet">
						{language() === "en" ? gap.detailEn : gap.detailJa}
					</Text>
				</li>
			))}
			{runs.map(([from, until]) => (
				<li key={from}>
					<Text>
						<span aria-hidden>! </span>
						{t("unplanned", { from: day(dayBegins(from)), until: day(dayBegins(until)) })}
					</Text>
				</li>
			))}
		</ul>
	);
}

/** What is asked twice with the same seed gives the same plan; what was set by hand stays. */
function Generate({ month, made }: { month: string; made: () => void }) {
	const { t } = useDutyWords();
	const [sure, setSure] = useState(false);
	const [plan, setPlan] = useState<RotaGenerated>();
	const action = useAction(async () => {
		const answer = await session.client.ask(
			"rota",
			GenerateRotaSchema,
			{ month },
			RotaGeneratedSchema,
			{ patienceMs: 60_000 },
		);
		setPlan(answer.body);
		setSure(false);
		made();
	});
	const [year, number] = month.split("-").map(Number);
	const text = t("month", { year, month: number });
	if (month < monthOf(isoDay(Date.now()))) return null;
	return (
		<Section title={t("plan")}>
			<Stack gap="sm">
				{!sure && (
					<Button variant="default" w="fit-content" onClick={() => setSure(true)}>
						{t("generate", { month: text })}
					</Button>
				)}
				{sure && (
					<Sure
						text={t("generateSure", { month: text })}
						yes={t("generateNow")}
						no={t("notNow")}
						action={action}
						leave={() => setSure(false)}
					/>
				)}
				{plan && <Plan plan={plan} />}
			</Stack>
		</Section>
	);
}

function Plan({ plan }: { plan: RotaGenerated }) {
	const { t, word } = useDutyWords();
	return (
		<Stack gap="sm" role="status">
			<Text fw={600}>
				{t("generated", { shifts: plan.shifts, places: plan.places, of: plan.shifts * 2 })}
			</Text>
			<Table.ScrollContainer minWidth={300}>
				<Table>
					<Table.Thead>
						<Table.Tr>
							<Table.Th>{t("fair")}</Table.Th>
							<Table.Th ta="end">{t("least")}</Table.Th>
							<Table.Th ta="end">{t("most")}</Table.Th>
							<Table.Th>{t("verdict")}</Table.Th>
						</Table.Tr>
					</Table.Thead>
					<Table.Tbody>
						{plan.fairness.map((one) => (
							<Table.Tr key={one.category}>
								<Table.Td>{word(DutyCategorySchema, one.category)}</Table.Td>
								<Table.Td ta="end">{one.least}</Table.Td>
								<Table.Td ta="end">{one.most}</Table.Td>
								<Table.Td>
									{t(one.withinOne ? "withinOne" : one.provenBest ? "blocksPrevent" : "notProven")}
								</Table.Td>
							</Table.Tr>
						))}
					</Table.Tbody>
				</Table>
			</Table.ScrollContainer>
			{plan.gaps.length > 0 && <Gaps gaps={plan.gaps} />}
		</Stack>
	);
}
