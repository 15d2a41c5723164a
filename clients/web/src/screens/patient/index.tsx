// One patient: who it is always in view, then what happened, and what one writes.

import { useMediaQuery } from "@mantine/hooks";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams, useSearchParams } from "wouter";
import { useAsked } from "../../core/hooks";
import { names, usePatientBrief } from "../../core/names";
import { outbox, type OutboxItem } from "../../core/outbox";
import { session } from "../../core/session";
import { summaryKey } from "../../core/visits";
import { EntryKind, ShowSummarySchema, SummarySchema, type Summary } from "../../gen/record_pb";
import { language } from "../../i18n";
import { Failure, Loading } from "../../parts";
import PatientList from "../patients/list";
import { isArranged } from "./arranged";
import { photoOf, toPhoto, type PhotoPlace } from "./attachments";
import { Details } from "./details";
import type { Wanted } from "./forms";
import { Header } from "./header";
import c from "./patient.module.css";
import { seeMedicines, seenMedicines } from "./seen";
import { Timeline } from "./timeline";
import { useTimeline } from "./use-timeline";

const Viewer = lazy(() => import("./viewer"));
const Forms = lazy(() => import("./forms"));
const Arrange = lazy(() => import("./arrange"));
const Medicines = lazy(() => import("./medicines"));
const VitalSigns = lazy(() => import("./vital-signs"));
const Team = lazy(() => import("./team"));
const SummaryPage = lazy(() => import("./summary"));

const TABS = ["", "medicines", "vitals", "team", "summary"] as const;

/** A new entry of these changes what the header and the summary show. */
const SUMMARISED = new Set([
	EntryKind.ALLERGY,
	EntryKind.PRECAUTION,
	EntryKind.MEDICATION,
	EntryKind.CONDITION,
	EntryKind.WISH,
	EntryKind.VITAL_SIGNS,
	EntryKind.WEIGHT,
	EntryKind.RENAL,
	EntryKind.SWALLOWING,
	EntryKind.ACTIVITY,
]);

/** What was looked at before it was stored goes by another id now. */
const madeOf = (id: string): string => outbox.list().find((item) => item.id === id)?.madeId ?? "";

export default function Patient() {
	const params = useParams<{ id: string; "*"?: string }>();
	const wide = useMediaQuery("(min-width: 62em)", undefined, { getInitialValueInEffect: false });
	return (
		<div className={c.screen} data-fill>
			{wide && (
				<div className={`${c.list} noprint`}>
					<PatientList here={params.id} />
				</div>
			)}
			<OnePatient key={params.id} id={params.id} tab={params["*"] ?? ""} alone={!wide} />
		</div>
	);
}

function OnePatient({ id, tab, alone }: { id: string; tab: string; alone: boolean }) {
	const { t } = useTranslation("patient");
	const { t: common } = useTranslation();
	const [search, setSearch] = useSearchParams();
	const timeline = useTimeline(id);
	const summary = useAsked(
		session.client.instanceFor("record", id),
		ShowSummarySchema,
		{ patient: id },
		SummarySchema,
		{ keep: summaryKey(id) },
	);
	const brief = usePatientBrief(id);
	const [arranged, setArranged] = useState(0);
	const patient = summary.data?.patient ?? brief;
	const limits = summary.data?.thresholds;
	useEffect(() => {
		if (summary.data?.patient) names.learnPatients([summary.data.patient]);
	}, [summary.data?.patient]);

	// What was pushed may be in the summary, too.
	const { fresh, stirs, all, entries } = timeline;
	const summarised = useMemo(
		() => fresh.filter((one) => SUMMARISED.has(entries?.get(one)?.kind ?? 0)).length,
		[fresh],
	);
	const stored = [...timeline.waiting.values()].filter((one) => one.state === "stored").length;
	useEffect(() => {
		if (summarised + stirs + stored === 0) return;
		const timer = setTimeout(summary.again, 500);
		return () => clearTimeout(timer);
	}, [summarised, stirs, stored]);

	useEffect(() => {
		if (entries) seeMedicines(entries.values());
	}, [entries]);
	useEffect(() => {
		if (summary.data) seeMedicines(summary.data.medications);
	}, [summary.data]);

	// There before it is wanted, for where there is no network.
	useEffect(() => void import("./forms"), []);

	const wanted: Wanted = { write: search.get("write") ?? "", entry: search.get("entry") ?? "" };
	const go = useCallback(
		({ write, entry }: Wanted) =>
			setSearch(
				(was) => {
					const next = new URLSearchParams(was);
					for (const [name, value] of Object.entries({ write, entry }))
						if (value) next.set(name, value);
						else next.delete(name);
					return next;
				},
				{ replace: Boolean(search.get("write") || search.get("entry")) },
			),
		[setSearch, search],
	);
	const close = useCallback(() => go({ write: "", entry: "" }), [go]);
	const open = useCallback((entry: string) => go({ write: "", entry }), [go]);
	const rewrite = useCallback((item: OutboxItem) => go({ write: "again", entry: item.id }), [go]);

	// What was arranged here is not in this summary yet.
	const [stale, setStale] = useState<Summary>();
	const now = summary.from === "live" && summary.data !== stale;
	const changed = useCallback(() => {
		setStale(summary.data);
		summary.again();
		setArranged((n) => n + 1);
	}, [summary.again, summary.data]);

	const photo = photoOf(search);
	const goPhoto = useCallback(
		(next: PhotoPlace | undefined) => setSearch((was) => toPhoto(was, next), { replace: true }),
		[setSearch],
	);

	const named =
		all?.get(wanted.entry) ??
		all?.get(madeOf(wanted.entry)) ?? // stored while its form stood open
		summary.data?.medications.find((one) => one.id === wanted.entry);
	const medicines = summary.data?.medications ?? [];
	const seen = useMemo(
		() => [
			...medicines.flatMap(({ content }) =>
				content.case === "medication" ? [content.value.name] : [],
			),
			...seenMedicines(),
		],
		[medicines, wanted.write],
	);

	if (summary.refused)
		return (
			<div className={c.patient}>
				<div className={c.padded}>
					<h1 className="heard">{t("title")}</h1>
					<Failure error={summary.refused} />
					<p>
						<Link href={`/patients?glass=${id}`}>{t("toBreakGlass")}</Link>
					</p>
				</div>
			</div>
		);

	const of = patient
		? language() === "ja"
			? `${patient.name} ${common("sama")}`
			: patient.name
		: "";
	const writes = ["vitals", "note", "medicine", "photo", "more"] as const;
	return (
		<section className={c.patient} aria-label={patient?.name}>
			<Header patient={patient} summary={summary.data} alone={alone} />
			<nav className={`${c.tabs} noprint`} aria-label={t("sections")}>
				{TABS.map((one) => (
					<Link
						key={one}
						href={one ? `/patients/${id}/${one}` : `/patients/${id}`}
						className={c.tab}
						aria-current={tab === one ? "page" : undefined}
						replace
					>
						{t(`tab_${one || "timeline"}`)}
					</Link>
				))}
			</nav>
			{tab === "" ? (
				<Timeline timeline={timeline} limits={limits} onOpen={open} onRewrite={rewrite} />
			) : (
				<div className={c.pane} key={tab}>
					<Suspense fallback={<Loading />}>
						{tab === "medicines" && (
							<Medicines id={id} summary={summary} timeline={timeline} go={go} />
						)}
						{tab === "vitals" && <VitalSigns id={id} limits={limits} timeline={timeline} />}
						{tab === "team" && (
							<Team
								id={id}
								summary={summary}
								arranged={arranged}
								now={now}
								go={go}
								changed={changed}
							/>
						)}
						{tab === "summary" && <SummaryPage summary={summary} />}
					</Suspense>
				</div>
			)}
			<div className={`${c.bar} noprint`} role="group" aria-label={t("writeWhat")}>
				{writes.map((one) => (
					<button
						key={one}
						type="button"
						className={c.write}
						onClick={() => go({ write: one, entry: "" })}
					>
						{t(`write_${one}`)}
					</button>
				))}
			</div>
			{isArranged(wanted.write) ? (
				<Suspense>
					<Arrange
						what={wanted.write}
						patient={id}
						limits={now ? (limits ?? "general") : undefined}
						of={of}
						close={close}
						changed={changed}
					/>
				</Suspense>
			) : wanted.write ? (
				<Suspense>
					<Forms
						patient={id}
						wanted={wanted}
						entry={named}
						limits={limits}
						medicines={medicines}
						seen={seen}
						of={of}
						go={go}
						close={close}
					/>
				</Suspense>
			) : photo ? (
				<Suspense>
					<Viewer
						patient={id}
						entry={all?.get(photo.entry) ?? all?.get(madeOf(photo.entry))}
						photo={photo}
						go={goPhoto}
					/>
				</Suspense>
			) : (
				wanted.entry &&
				named && (
					<Details
						entry={named}
						team={summary.data?.contacts ?? []}
						limits={limits}
						of={of}
						go={go}
						close={close}
					/>
				)
			)}
		</section>
	);
}
