// The one page for somebody who does not know this patient; on paper one A4.

import { Button } from "@mantine/core";
import { useLayoutEffect, useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Live } from "../../core/hooks";
import { ProfessionSchema } from "../../gen/network_pb";
import {
	EntryKindSchema,
	TeamRole,
	TeamRoleSchema,
	type Entry,
	type Summary,
} from "../../gen/record_pb";
import { useWord } from "../../i18n/words";
import { Shown } from "../../parts";
import { IconPrinter } from "../../parts/icons";
import { PersonName } from "../../parts/names";
import { clock, day, fullDay } from "../../parts/time";
import { NameOf, useAgeAndSex } from "./header";
import { useEntryText } from "./kinds";
import p from "./patient.module.css";
import c from "./summary.module.css";
import { LimitsInWords } from "./vital-signs";

// An A4 page less its margins; what does not fit is made smaller until it does.
const PAGE_WIDTH_MM = 190;
const PAGE_HEIGHT_MM = 272;
const PX_PER_MM = 96 / 25.4;
const SMALLEST = 0.55;
const MEDICINES_MOST = 40;
const TEAM_MOST = 16;

export default function SummaryPage({ summary }: { summary: Live<Summary> }) {
	const { t } = useTranslation("patient");
	return (
		<div className={`${p.padded} ${c.around}`}>
			<Shown live={summary}>
				{(data) => (
					<>
						<div className={`${c.print} noprint`}>
							<Button leftSection={<IconPrinter size={20} />} onClick={() => window.print()}>
								{t("print")}
							</Button>
						</div>
						<OnePage summary={data} />
					</>
				)}
			</Shown>
		</div>
	);
}

function Block({ title, children }: { title: string; children: ReactNode }) {
	return (
		<section className={c.block}>
			<h3>{title}</h3>
			{children}
		</section>
	);
}

function OnePage({ summary }: { summary: Summary }) {
	const { t } = useTranslation("patient");
	const word = useWord();
	const text = useEntryText();
	const ageAndSex = useAgeAndSex();
	const page = useRef<HTMLElement>(null);
	const { patient } = summary;

	// How much smaller it must be to fit: tried at the width of the paper, before anybody prints.
	useLayoutEffect(() => {
		const element = page.current;
		if (!element) return;
		element.dataset.measured = "";
		let fit = 1;
		for (; fit > SMALLEST; fit -= 0.03) {
			element.style.width = `${(PAGE_WIDTH_MM * PX_PER_MM) / fit}px`;
			if (element.scrollHeight * fit <= PAGE_HEIGHT_MM * PX_PER_MM) break;
		}
		element.style.width = "";
		delete element.dataset.measured;
		element.style.setProperty("--fit", String(fit));
	});

	const list = (entries: readonly Entry[], most = 30) => (
		<ul>
			{entries.slice(0, most).map((entry) => (
				<li key={entry.id}>{text(entry)}</li>
			))}
			{entries.length > most && <li>{t("andMore", { n: entries.length - most })}</li>}
			{entries.length === 0 && <li className="quiet">{t("nothingRecorded")}</li>}
		</ul>
	);
	if (!patient) return null;
	const emergency = patient.emergencyContact;
	return (
		<article className={c.page} ref={page}>
			<header className={c.head}>
				<h2>
					<NameOf patient={patient} /> <small>{patient.kana}</small>
				</h2>
				<div>
					{ageAndSex(patient)}　{t("bornOn", { date: patient.born })}
					{patient.unstable && <b> ▲ {t("unstable")}</b>}
				</div>
				<div>
					{patient.address}　{patient.phone}
					{emergency?.name && (
						<>
							{`　${t("emergency")}: ${emergency.name}`}
							{emergency.relation && `（${emergency.relation}）`} {emergency.phone}
						</>
					)}
				</div>
				<div className="quiet">
					{t("madeAt", {
						time: `${fullDay(Number(summary.madeMs))} ${clock(Number(summary.madeMs))}`,
					})}
				</div>
			</header>
			<div className={c.warn}>
				<Block title={t("sumAllergies")}>{list(summary.allergies)}</Block>
				<Block title={t("sumPrecautions")}>{list(summary.precautions)}</Block>
			</div>
			<div className={c.two}>
				<div>
					<Block title={t("sumProblems")}>{list(summary.problems)}</Block>
					<Block title={t("sumWishes")}>{list(summary.wishes, 6)}</Block>
					<Block title={t("team")}>
						<ul>
							{summary.contacts.slice(0, TEAM_MOST).map((one, index) => (
								<li key={index}>
									<span className="quiet">
										{one.role === TeamRole.MEMBER
											? word(ProfessionSchema, one.profession)
											: word(TeamRoleSchema, one.role)}
									</span>{" "}
									{one.name} {one.phone}
								</li>
							))}
							{summary.contacts.length > TEAM_MOST && (
								<li>{t("andMore", { n: summary.contacts.length - TEAM_MOST })}</li>
							)}
						</ul>
					</Block>
				</div>
				<div>
					<Block title={t("sumMedicines", { n: summary.medications.length })}>
						<ul>
							{summary.medications.slice(0, MEDICINES_MOST).map(({ id, content }) =>
								content.case === "medication" ? (
									<li key={id}>
										{content.value.name}　{content.value.dose}
									</li>
								) : null,
							)}
							{summary.medications.length > MEDICINES_MOST && (
								<li>{t("andMore", { n: summary.medications.length - MEDICINES_MOST })}</li>
							)}
							{summary.medications.length === 0 && (
								<li className="quiet">{t("nothingRecorded")}</li>
							)}
						</ul>
					</Block>
					<Block title={t("sumVitals")}>
						<ul>
							{summary.vitalSigns.slice(0, 6).map((entry) => (
								<li key={entry.id}>
									<span className="quiet">
										{day(Number(entry.occurredMs))} {clock(Number(entry.occurredMs))}
									</span>{" "}
									{text(entry)}
								</li>
							))}
						</ul>
						<p className="quiet">
							<LimitsInWords limits={summary.thresholds} />
						</p>
					</Block>
					<Block title={t("sumObservations")}>
						<ul>
							{summary.observations.map((entry) => (
								<li key={entry.id}>
									{word(EntryKindSchema, entry.kind)} {text(entry)}{" "}
									<span className="quiet">{day(Number(entry.occurredMs))}</span>
								</li>
							))}
							{summary.observations.length === 0 && (
								<li className="quiet">{t("nothingRecorded")}</li>
							)}
						</ul>
					</Block>
				</div>
			</div>
			<Block title={t("sumRecent")}>
				<ul>
					{summary.recent.map((entry) => (
						<li key={entry.id} className={c.recent}>
							<span className="quiet">
								{day(Number(entry.occurredMs))} {clock(Number(entry.occurredMs))}{" "}
								<PersonName user={entry.author} />
							</span>{" "}
							{entry.urgent && <b>{t("urgentWord")} </b>}
							{text(entry)}
						</li>
					))}
				</ul>
			</Block>
		</article>
	);
}
