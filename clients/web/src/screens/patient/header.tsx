// Who it is, what one must not forget, and how to reach the three who hold the care together.

import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { Profession } from "../../gen/network_pb";
import { Patient_SexSchema, TeamRole } from "../../gen/record_pb";
import type { Entry, Patient, Summary, TeamMember } from "../../gen/record_pb";
import { language } from "../../i18n";
import { useWord } from "../../i18n/words";
import { IconChevronLeft, IconPhone } from "../../parts/icons";
import { yearsOld } from "../../parts/time";
import c from "./patient.module.css";

export const telephone = (phone: string) => `tel:${phone.replace(/[^\d+]/g, "")}`;

export function NameOf({ patient }: { patient: Patient }) {
	const { t } = useTranslation();
	return <>{language() === "ja" ? `${patient.name} ${t("sama")}` : patient.name}</>;
}

/** 84歳・女 */
export function useAgeAndSex(): (patient: Patient) => string {
	const { t } = useTranslation();
	const word = useWord();
	return (patient) => {
		const years = yearsOld(patient.born, Date.now());
		return [
			years === undefined ? "" : t("years", { age: years }),
			word(Patient_SexSchema, patient.sex),
		]
			.filter(Boolean)
			.join(language() === "ja" ? "・" : ", ");
	};
}

/** Attending doctor, visiting nurse, care manager; undefined where the team has none. */
export function keyPersons(team: readonly TeamMember[]) {
	const first = (profession: Profession) =>
		team.find((one) => one.profession === profession && one.role === TeamRole.KEY_PERSON) ??
		team.find((one) => one.profession === profession);
	return {
		doctor: team.find((one) => one.role === TeamRole.ATTENDING) ?? first(Profession.DOCTOR),
		nurse: first(Profession.NURSE),
		careManager: first(Profession.CARE_MANAGER),
	};
}

export function Header({
	patient,
	summary,
	alone,
}: {
	patient: Patient | undefined;
	summary: Summary | undefined;
	/** There is no list beside it: a way back to it. */
	alone: boolean;
}) {
	const { t } = useTranslation("patient");
	const ageAndSex = useAgeAndSex();
	const keys = keyPersons(summary?.contacts ?? []);
	return (
		<header className={`${c.head} noprint`}>
			<div className={c.who}>
				{alone && (
					<Link href="/patients" className={c.back} aria-label={t("toPatients")}>
						<IconChevronLeft size={24} aria-hidden />
					</Link>
				)}
				<h1 className={c.name}>{patient ? <NameOf patient={patient} /> : "…"}</h1>
				{patient && <span className={c.facts}>{ageAndSex(patient)}</span>}
				{patient?.unstable && (
					<span className={c.unstable}>
						<span aria-hidden>▲</span> {t("unstable")}
					</span>
				)}
				{patient?.deceased && <span className={c.facts}>{t("deceased")}</span>}
			</div>
			{summary && <Warnings allergies={summary.allergies} precautions={summary.precautions} />}
			{summary && (
				<div className={c.keys}>
					<Key label={t("attending")} member={keys.doctor} />
					<Key label={t("nurse")} member={keys.nurse} />
					<Key label={t("careManager")} member={keys.careManager} />
				</div>
			)}
		</header>
	);
}

function Warnings({
	allergies,
	precautions,
}: {
	allergies: readonly Entry[];
	precautions: readonly Entry[];
}) {
	const { t } = useTranslation("patient");
	const items: string[] = [];
	for (const { content } of allergies)
		if (content.case === "allergy")
			items.push(
				t(content.value.severe ? "severeAllergyOf" : "allergyOf", {
					what: content.value.substance,
				}),
			);
	for (const { content } of precautions)
		if (content.case === "precaution")
			items.push(`${t(content.value.infection ? "infection" : "safety")}: ${content.value.text}`);
	if (!items.length) return <p className={`${c.warnings} quiet`}>{t("noWarnings")}</p>;
	return (
		<ul className={c.warnings} aria-label={t("warnings")}>
			{items.map((item) => (
				<li key={item} className={c.warning}>
					<span aria-hidden>⚠</span> {item}
				</li>
			))}
		</ul>
	);
}

/** The part of a name that tells one from another: the label says the rest. */
export const shortName = (name: string): string =>
	name
		.replace(/^(訪問看護ステーション|居宅介護支援事業所|ケアプランセンター|医療法人\S*\s)\s*/, "")
		.replace(/\s*(訪問看護ステーション|居宅介護支援事業所|ケアプランセンター)$/, "") || name;

/** For where there is hardly room: a long name of a clinic without what all clinics are called. */
const shorterName = (name: string): string => {
	const short = shortName(name);
	return short.length > 6 ? short.replace(/(クリニック|診療所)$/, "") || short : short;
};

function Key({ label, member }: { label: string; member: TeamMember | undefined }) {
	const { t } = useTranslation("patient");
	const inside = (
		<>
			<small>
				{label}
				{member?.phone && <IconPhone size={18} aria-hidden />}
			</small>
			<b>{member ? shorterName(member.name) : t("nobody")}</b>
		</>
	);
	if (!member?.phone) return <span className={c.key}>{inside}</span>;
	return (
		<a className={c.key} href={telephone(member.phone)} title={`${member.name} ${member.phone}`}>
			{inside}
			<span className="heard">{t("callThem", { name: member.name, phone: member.phone })}</span>
		</a>
	);
}
