// Who looked at a patient or wrote, when, by which right; the newest first. record keeps the patient;
// referral names them to those who ask and take over, and knows who was told there.

import { Button, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { useAsked } from "../../core/hooks";
import { session } from "../../core/session";
import { ProfessionSchema } from "../../gen/network_pb";
import {
	AuditListSchema,
	PatientShownSchema,
	ShowAuditSchema,
	ShowPatientSchema,
	type AuditEvent,
	type AuditList,
} from "../../gen/record_pb";
import { Accessed_Right, Accessed_RightSchema } from "../../gen/envelope_pb";
import { useWord } from "../../i18n/words";
import { Empty, Page, Shown } from "../../parts";
import { clock, fullDay } from "../../parts/time";
import c from "./admin.module.css";
import { Back } from "./people";
import { useOrganisationList, usePeople } from "./use-people";

/** A row of a phone; each is measured when it is there. */
const ROW_PX = 84;

const together = (have: AuditList | undefined, came: AuditList, first: boolean): AuditList =>
	have && !first ? { ...have, items: [...have.items, ...came.items] } : came;

/** An administrator has no list of patients: of one that somebody names. */
export function AuditOf() {
	const { t } = useTranslation("admin");
	const [patient, setPatient] = useState("");
	const [, go] = useLocation();
	return (
		<form
			onSubmit={(event) => {
				event.preventDefault();
				if (patient.trim()) go(`/admin/audit/${encodeURIComponent(patient.trim())}`);
			}}
		>
			<Stack maw={480}>
				<TextInput
					label={t("auditPatient")}
					description={t("auditPatientHow")}
					value={patient}
					onChange={(event) => setPatient(event.currentTarget.value)}
				/>
				<Button type="submit" disabled={!patient.trim()}>
					{t("auditShow")}
				</Button>
			</Stack>
		</form>
	);
}

export function Audit({ patient }: { patient: string }) {
	const { t } = useTranslation("admin");
	const { t: common } = useTranslation();
	const record = session.client.instanceFor("record", patient);
	const options = { merge: together };
	const looked = useAsked(record, ShowAuditSchema, { patient }, AuditListSchema, options);
	const told = useAsked("referral", ShowAuditSchema, { patient }, AuditListSchema, options);
	// An administrator may see who looked, and nothing of the patient, not even the name.
	const who = useAsked(record, ShowPatientSchema, { id: patient }, PatientShownSchema);
	const name = who.data?.patient?.name;
	const events = useMemo(
		() =>
			[...(looked.data?.items ?? []), ...(told.data?.items ?? [])].sort((a, b) =>
				Number(b.timeMs - a.timeMs || b.position - a.position),
			),
		[looked.data, told.data],
	);
	return (
		<div>
			<Back
				to={who.refused ? "/admin" : `/patients/${patient}`}
				text={who.refused ? undefined : name ? `${name} ${common("sama")}`.trim() : common("back")}
			/>
			<Page title={t("audit")}>
				<Text className="quiet">{t("auditHow")}</Text>
				<Shown live={looked}>
					{() => (events.length ? <Events events={events} /> : <Empty>{t("noEvents")}</Empty>)}
				</Shown>
			</Page>
		</div>
	);
}

function Events({ events }: { events: AuditEvent[] }) {
	const { t } = useTranslation("admin");
	const { byId } = useOrganisationList();
	const organisations = useMemo(
		() => [...new Set(events.map((one) => one.organisation))].filter(Boolean).sort(),
		[events],
	);
	const { people } = usePeople(organisations);
	const [person, setPerson] = useState<string | null>(null);
	const [onlyGlass, setOnlyGlass] = useState(false);
	const nameOf = (user: string) => people.get(user)?.name ?? user;
	const users = useMemo(() => [...new Set(events.map((one) => one.user))].sort(), [events]);
	const shown = events.filter(
		(one) =>
			(!person || one.user === person) &&
			(!onlyGlass || one.right === Accessed_Right.BREAK_GLASS || one.what === "BreakGlass"),
	);
	return (
		<Stack>
			<Select
				className={c.narrow}
				label={t("byPerson")}
				placeholder={t("everybody")}
				data={users.map((user) => ({
					value: user,
					label: nameOf(user) === user ? user : `${nameOf(user)} · ${user}`,
				}))}
				value={person}
				onChange={setPerson}
				clearable
				clearButtonProps={{ "aria-label": t("everybody") }}
				searchable
			/>
			<Switch
				label={t("onlyGlass")}
				checked={onlyGlass}
				onChange={(event) => setOnlyGlass(event.currentTarget.checked)}
			/>
			<Text size="sm" className="quiet" role="status">
				{t("events", { n: shown.length })}
			</Text>
			<Rows
				events={shown}
				nameOf={nameOf}
				placeOf={(id) => byId.get(id)?.name ?? id}
				key={`${person} ${onlyGlass}`}
			/>
		</Stack>
	);
}

function Rows({
	events,
	nameOf,
	placeOf,
}: {
	events: AuditEvent[];
	nameOf: (user: string) => string;
	placeOf: (organisation: string) => string;
}) {
	const list = useRef<HTMLDivElement>(null);
	const [top, setTop] = useState(0);
	useLayoutEffect(() => {
		if (list.current) setTop(list.current.getBoundingClientRect().top + scrollY);
	}, []);
	const rows = useWindowVirtualizer({
		count: events.length,
		estimateSize: () => ROW_PX,
		overscan: 8,
		scrollMargin: top,
	});
	return (
		<div ref={list} role="list" className={c.events} style={{ height: rows.getTotalSize() }}>
			{rows.getVirtualItems().map((row) => (
				<div
					key={row.key}
					ref={rows.measureElement}
					data-index={row.index}
					role="listitem"
					aria-setsize={events.length}
					aria-posinset={row.index + 1}
					className={c.event}
					style={{ transform: `translateY(${row.start - top}px)` }}
				>
					<Row event={events[row.index]!} nameOf={nameOf} placeOf={placeOf} />
				</div>
			))}
		</div>
	);
}

function Row({
	event,
	nameOf,
	placeOf,
}: {
	event: AuditEvent;
	nameOf: (user: string) => string;
	placeOf: (organisation: string) => string;
}) {
	const { t } = useTranslation("admin");
	const word = useWord();
	const ms = Number(event.timeMs);
	const glass = event.right === Accessed_Right.BREAK_GLASS || event.what === "BreakGlass";
	return (
		<>
			<Text span size="sm" className="quiet">
				{fullDay(ms)} {clock(ms)}
			</Text>
			<div className={c.wide}>
				<span className={c.name}>{nameOf(event.user)}</span>
				<span className={c.second} title={event.device}>
					{[word(ProfessionSchema, event.profession), placeOf(event.organisation)]
						.filter(Boolean)
						.join(" · ")}
				</span>
			</div>
			<Text span>{t(`what.${event.what}` as never, { defaultValue: event.what })}</Text>
			<Text span size="sm" className={glass ? c.breakglass : "quiet"}>
				{word(Accessed_RightSchema, event.right)}
			</Text>
			{event.reason && (
				<Text className={`${c.wide} ${c.reason}`}>{t("because", { reason: event.reason })}</Text>
			)}
		</>
	);
}
