// One organisation: what decides stands in the first line; the rest unfolds.

import { Button, Text } from "@mantine/core";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useNow } from "../../core/hooks";
import {
	BedKindSchema,
	CapacityLevel,
	NeedSchema,
	NewPatientsSchema,
	type Capacity,
} from "../../gen/board_pb";
import { OrganisationKind, OrganisationKindSchema } from "../../gen/network_pb";
import { Patient_Sex as Sex } from "../../gen/record_pb";
import { ReferralKind } from "../../gen/referral_pb";
import { useWord } from "../../i18n/words";
import { Age, Level } from "../../parts";
import { IconPhone } from "../../parts/icons";
import { when } from "../../parts/time";
import classes from "./board.module.css";

const ASK = [
	{
		of: OrganisationKind.NURSE_STATION,
		kind: ReferralKind.VISIT,
		word: "visit",
		name: "askVisit",
	},
	{ of: OrganisationKind.HOSPITAL, kind: ReferralKind.BACKUP_BED, word: "bed", name: "askBed" },
	{
		of: OrganisationKind.CLINIC,
		kind: ReferralKind.HOME_DOCTOR,
		word: "home-doctor",
		name: "askDoctor",
	},
] as const;

interface Props {
	row: Capacity;
	own: boolean;
	/** The kinds of requests that I may ask. */
	may: readonly ReferralKind[];
	history: (row: Capacity) => void;
	/** Unfolded. */
	open: boolean;
	toggle: (id: string) => void;
}

export const Row = memo(function Row({ row, own, may, history, open, toggle }: Props) {
	const { t } = useTranslation("board");
	const word = useWord();
	const free = useFree(row);
	const ask = ASK.find((one) => one.of === row.kind && may.includes(one.kind));
	return (
		<li
			className={classes.row}
			data-org={row.id}
			data-level={row.level}
			data-own={own || undefined}
		>
			<button
				type="button"
				className={classes.head}
				aria-expanded={open}
				onClick={() => toggle(row.id)}
			>
				<span className={classes.level}>
					<Level level={row.level} />
				</span>
				<span className={classes.name}>
					{row.name}
					{own && <span className={classes.ours}>{t("ours")}</span>}
					<Text span size="sm" className={`quiet ${classes.kind}`}>
						{word(OrganisationKindSchema, row.kind)}
					</Text>
				</span>
				<span className={classes.free}>{free}</span>
				<span className={`quiet ${classes.said}`}>
					<Said row={row} />
				</span>
				<span className={`quiet ${classes.online}`}>
					<span aria-hidden className={row.online ? classes.dot : classes.noDot} />
					{t(row.online ? "online" : "offline")}
				</span>
			</button>
			{open && (
				<div className={classes.more}>
					<Text size="sm">
						<span className="quiet">{t("accepts")} </span>
						{row.accepts.length > 0
							? row.accepts.map((need) => word(NeedSchema, need)).join(" · ")
							: t("acceptsNone")}
					</Text>
					{row.remark && (
						<Text size="sm">
							<span className="quiet">{t("remark")} </span>
							{row.remark}
						</Text>
					)}
					<div className={classes.buttons}>
						{row.phone && (
							<Button
								variant="default"
								component="a"
								href={`tel:${row.phone.replace(/[^+\d]/g, "")}`}
								leftSection={<IconPhone size={18} aria-hidden />}
								aria-label={`${t("call", { name: row.name })} ${row.phone}`}
							>
								{row.phone}
							</Button>
						)}
						{ask && !own && (
							<Button variant="default" component={Link} href={`/requests/new?kind=${ask.word}`}>
								{t(ask.name)}
							</Button>
						)}
						<Button variant="subtle" onClick={() => history(row)}>
							{t("history")}
						</Button>
					</div>
				</div>
			)}
		</li>
	);
});

/** 12分前 · 18:00まで; what is past its end says so. */
function Said({ row }: { row: Capacity }) {
	const { t } = useTranslation("board");
	const { t: common } = useTranslation();
	const now = useNow(60_000);
	if (!row.setMs) return <>{t("never")}</>;
	const time = when(Number(row.validUntilMs), now);
	if (row.level === CapacityLevel.UNKNOWN) return <>{t("lapsed", { time })}</>;
	return (
		<>
			<Age ms={row.setMs} /> · <span className="nowrap">{common("until", { time })}</span>
		</>
	);
}

/** 枠 今日2・今週8; 空床 3（急性期 2、緩和ケア 女性 1）; 新規患者 可. */
export function useFree(row: Capacity): string {
	const { t } = useTranslation("board");
	const { t: common } = useTranslation();
	const word = useWord();
	if (row.freeVisits)
		return t("visits", { today: row.freeVisits.today, week: row.freeVisits.week });
	if (row.newPatients) return word(NewPatientsSchema, row.newPatients);
	const none = row.kind === OrganisationKind.HOSPITAL && row.level === CapacityLevel.FULL;
	if (row.beds.length === 0 && !none) return "";
	const kinds = row.beds
		.filter((beds) => beds.kind || beds.sex)
		.map((beds) => {
			const sex = beds.sex === Sex.MALE ? t("male") : beds.sex === Sex.FEMALE ? t("female") : "";
			const kind = [beds.kind ? word(BedKindSchema, beds.kind) : "", sex].filter(Boolean);
			return t("bedsOf", { kind: kind.join(" "), n: beds.count });
		});
	const total = t("beds", { n: row.beds.reduce((sum, beds) => sum + beds.count, 0) });
	return kinds.length > 0 ? `${total} (${kinds.join(common("comma"))})` : total;
}
