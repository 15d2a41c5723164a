// The list of patients: who has something new first; a search; those whom the clinic on duty covers.

import { TextInput } from "@mantine/core";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useAsked, useMe, useNow } from "../../core/hooks";
import { recordInstances } from "../../core/visits";
import { Profession } from "../../gen/network_pb";
import { useAreaWord, useKindWords } from "./words";
import {
	FindPatientsSchema,
	ListCoveredSchema,
	PatientListSchema,
	type Patient,
	type PatientNews,
} from "../../gen/record_pb";
import { Age, Empty, Failure, Section, Waiting } from "../../parts";
import { IconSearch } from "../../parts/icons";
import { clock, day, isoDay, when } from "../../parts/time";
import { NameOf, useAgeAndSex } from "../patient/header";
import { mayArrange } from "../patient/may";
import c from "./patients.module.css";
import { useNews } from "./use-news";

export default function PatientList({ here }: { here?: string }) {
	const { t } = useTranslation("patients");
	const { t: common } = useTranslation();
	const [typed, setTyped] = useState("");
	const sought = useDeferredValue(typed.trim());
	const news = useNews();
	const now = useNow();
	const { me } = useMe();
	return (
		<div className={c.list}>
			<TextInput
				type="search"
				aria-label={t("search")}
				placeholder={t("searchHint")}
				leftSection={<IconSearch size={20} aria-hidden />}
				value={typed}
				onChange={(event) => setTyped(event.currentTarget.value)}
			/>
			{sought ? (
				<Found text={sought} here={here} />
			) : (
				<>
					{news.refused && <Failure error={news.refused} />}
					{news.from === "kept" && (
						<p className="quiet" role="status">
							{common("keptAt", { time: when(news.keptMs, now) })}
						</p>
					)}
					{!news.items && !news.refused && <Waiting silent={news.silent} />}
					{news.items?.length === 0 && <Empty>{t("none")}</Empty>}
					{news.items && news.items.length > 0 && (
						<ul className={c.rows} aria-label={t("mine")}>
							{news.items.map((one) => (
								<li key={one.patient!.id}>
									<NewsRow news={one} now={now} here={here === one.patient!.id} />
								</li>
							))}
						</ul>
					)}
					{me.person?.profession === Profession.DOCTOR && <Covered here={here} />}
				</>
			)}
			<p className={c.glass}>
				{mayArrange(me) && <Link href="/patients?register">{t("register")}</Link>}
				<Link href="/patients?glass">{t("breakGlass")}</Link>
			</p>
		</div>
	);
}

function NewsRow({ news, now, here }: { news: PatientNews; now: number; here: boolean }) {
	const { t } = useTranslation("patients");
	const { t: common } = useTranslation();
	const ageAndSex = useAgeAndSex();
	const patient = news.patient!;
	const words = useKindWords();
	const changed = news.medicationsChanged.length > 0;
	const what = words(news.kinds, changed);
	const next = Number(news.nextVisitMs);
	return (
		<Link
			href={`/patients/${patient.id}`}
			className={`row ${c.row} ${news.urgent ? c.urgent : ""}`}
			aria-current={here ? "page" : undefined}
		>
			<span className={c.top}>
				<b className={c.name}>
					<NameOf patient={patient} />
				</b>
				<span className="quiet nowrap">{ageAndSex(patient)}</span>
			</span>
			{(news.urgent > 0 || patient.unstable || patient.deceased) && (
				<span className={c.marks}>
					{news.urgent > 0 && (
						<span className={c.badgeUrgent}>{t("urgentOf", { n: news.urgent })}</span>
					)}
					{patient.unstable && (
						<span className={c.badgeUnstable}>
							<span aria-hidden>▲</span> {t("unstable")}
						</span>
					)}
					{patient.deceased && <span className="quiet">{t("deceased")}</span>}
				</span>
			)}
			{news.unread > 0 && (
				<span className={c.new}>
					{t("newEntries", { n: news.unread >= 99 ? "99+" : news.unread })}
					{what.length > 0 && t("inBrackets", { what: what.join(t("and")) })}
					{changed && `${t("also")}${t("medicineChanged")}`}
				</span>
			)}
			{news.unread === 0 && changed && <span className={c.new}>{t("medicineChanged")}</span>}
			<span className={c.bottom}>
				{next > 0 && (
					<span className={isoDay(next) === isoDay(now) ? c.today : "quiet"}>
						{t("nextVisit", {
							time:
								isoDay(next) === isoDay(now)
									? `${common("today")} ${clock(next)}`
									: `${day(next)} ${clock(next)}`,
						})}
					</span>
				)}
				{news.lastMs > 0n && (
					<span className="quiet">
						{t("last")} <Age ms={news.lastMs} />
					</span>
				)}
			</span>
		</Link>
	);
}

function PatientRow({ patient, here }: { patient: Patient; here: boolean }) {
	const { t } = useTranslation("patients");
	const ageAndSex = useAgeAndSex();
	const area = useAreaWord();
	return (
		<Link
			href={`/patients/${patient.id}`}
			className={`row ${c.row}`}
			aria-current={here ? "page" : undefined}
		>
			<span className={c.top}>
				<b className={c.name}>
					<NameOf patient={patient} />
				</b>
				<span className="quiet nowrap">{ageAndSex(patient)}</span>
			</span>
			<span className={`${c.bottom} quiet`}>
				<span>{patient.kana}</span>
				<span>{[area(patient.area), patient.district].filter(Boolean).join(" ")}</span>
			</span>
			{patient.unstable && (
				<span className={c.marks}>
					<span className={c.badgeUnstable}>
						<span aria-hidden>▲</span> {t("unstable")}
					</span>
				</span>
			)}
		</Link>
	);
}

function Found({ text, here }: { text: string; here: string | undefined }) {
	const { t } = useTranslation("patients");
	const found = useAsked(recordInstances()[0]!, FindPatientsSchema, { text }, PatientListSchema);
	if (found.refused) return <Failure error={found.refused} />;
	if (!found.data) return <Waiting silent={found.silent} />;
	const { items } = found.data;
	return (
		<>
			<p className="quiet" role="status">
				{t("found", { n: items.length })}
			</p>
			<ul className={c.rows} aria-label={t("search")}>
				{items.map((patient) => (
					<li key={patient.id}>
						<PatientRow patient={patient} here={here === patient.id} />
					</li>
				))}
			</ul>
		</>
	);
}

/** Doctors of the clinic on duty. Who is not on duty is refused, and sees nothing of it. */
function Covered({ here }: { here: string | undefined }) {
	const { t } = useTranslation("patients");
	const [all, setAll] = useState(false);
	const covered = useAsked(
		recordInstances()[0]!,
		ListCoveredSchema,
		{ unstable: !all },
		PatientListSchema,
		{ keep: `covered/${all ? "all" : "unstable"}` },
	);
	if (covered.refused || !covered.data) return null;
	return (
		<Section
			title={t("covered")}
			beside={
				<button type="button" className={c.link} onClick={() => setAll(!all)}>
					{t(all ? "onlyUnstable" : "allCovered")}
				</button>
			}
		>
			{covered.data.items.length === 0 && <Empty>{t("nobodyCovered")}</Empty>}
			<ul className={c.rows}>
				{covered.data.items.map((patient) => (
					<li key={patient.id}>
						<PatientRow patient={patient} here={here === patient.id} />
					</li>
				))}
			</ul>
		</Section>
	);
}
