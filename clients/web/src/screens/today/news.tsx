// My patients with what is new since I last looked; without content, which is read at the patient.

import { Anchor, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { EntryKindSchema, type PatientNews } from "../../gen/record_pb";
import { useWord } from "../../i18n/words";
import { Age, Empty, Section, Shown, Urgent } from "../../parts";
import { useNews } from "../patients/use-news";
import classes from "./today.module.css";

const SHOWN = 5;

export function News() {
	const { t } = useTranslation("today");
	const live = useNews();
	const news = (live.items ?? []).filter((one) => one.unread > 0);
	return (
		<Section
			title={t("newsTitle")}
			beside={
				<Anchor component={Link} href="/patients" size="sm" className={classes.all}>
					{t("newsAll")}
				</Anchor>
			}
		>
			<Shown live={{ ...live, data: live.items, again: () => undefined }}>
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
