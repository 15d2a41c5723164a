// My patients with what is new since I last looked; without content, which is read at the patient.

import { Anchor, Text } from "@mantine/core";
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useLive } from "../../core/hooks";
import { names } from "../../core/names";
import {
	EntryKindSchema,
	ListNewsSchema,
	NewsListSchema,
	type NewsList,
	type PatientNews,
} from "../../gen/record_pb";
import { useWord } from "../../i18n/words";
import { Age, Empty, Section, Shown, Urgent } from "../../parts";
import classes from "./today.module.css";

const SHOWN = 5;

/** Of two of the same patient the higher position holds; who is gone is gone. */
export function mergeNews(have: NewsList | undefined, came: NewsList, first: boolean): NewsList {
	const byId = new Map<string, PatientNews>();
	for (const one of [...(first || !have ? [] : have.items), ...came.items]) {
		const id = one.patient?.id ?? "";
		const old = byId.get(id);
		if (!old || one.position >= old.position) byId.set(id, one);
	}
	return { ...came, items: [...byId.values()].filter((one) => !one.gone) };
}

/** Urgent, then unread, then the latest. */
export function newsInOrder(items: readonly PatientNews[]): PatientNews[] {
	return [...items]
		.filter((one) => one.unread > 0)
		.sort(
			(a, b) => Number(b.urgent > 0) - Number(a.urgent > 0) || Number(b.lastMs) - Number(a.lastMs),
		);
}

export function News() {
	const { t } = useTranslation("today");
	const live = useLive("record", ListNewsSchema, {}, NewsListSchema, {
		keep: "patients/news",
		merge: mergeNews,
	});
	useEffect(() => {
		if (live.data) names.learnPatients(live.data.items.flatMap((one) => one.patient ?? []));
	}, [live.data]);
	const news = useMemo(() => newsInOrder(live.data?.items ?? []), [live.data]);
	return (
		<Section
			title={t("newsTitle")}
			beside={
				<Anchor component={Link} href="/patients" size="sm" className={classes.all}>
					{t("newsAll")}
				</Anchor>
			}
		>
			<Shown live={live}>
				{() =>
					news.length === 0 ? (
						<Empty>{t("newsNone")}</Empty>
					) : (
						<ul className={classes.list}>
							{news.slice(0, SHOWN).map((one) => (
								<Row key={one.patient?.id} one={one} />
							))}
						</ul>
					)
				}
			</Shown>
		</Section>
	);
}

function Row({ one }: { one: PatientNews }) {
	const { t } = useTranslation("today");
	const { t: common } = useTranslation();
	const word = useWord();
	const kinds = one.kinds.map((kind) => word(EntryKindSchema, kind)).join(common("comma"));
	return (
		<li className={classes.item}>
			<Link href={`/patients/${one.patient?.id}`} className={classes.open}>
				<div className={classes.line}>
					{one.urgent > 0 && <Urgent />}
					<span className={classes.name}>
						{one.patient?.name} {common("sama")}
					</span>
				</div>
				<Text size="sm" className="quiet">
					<Text span size="sm" fw={600} c="var(--mantine-color-text)">
						{t("newsNew", { n: one.unread >= 99 ? t("newsMore99") : one.unread })}
					</Text>{" "}
					{kinds}
				</Text>
			</Link>
			<Age ms={one.lastMs} />
		</li>
	);
}
