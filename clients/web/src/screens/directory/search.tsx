import {
	Button,
	Chip,
	Group,
	SegmentedControl,
	Select,
	Stack,
	Text,
	TextInput,
} from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useAsked, useNow } from "../../core/hooks";
import { useOrganisations } from "../../core/organisations";
import {
	Area,
	AreaSchema,
	ContactListSchema,
	ContactMeans,
	ContactMeansSchema,
	OrganisationKind,
	OrganisationKindSchema,
	ProfessionSchema,
	SearchContactsSchema,
	type Contact,
} from "../../gen/network_pb";
import { useWord } from "../../i18n/words";
import { Empty, Page, Section, Shown } from "../../parts";
import { IconPhone } from "../../parts/icons";
import { dayBegins, isoDay } from "../../parts/time";
import classes from "./directory.module.css";
import { clockOf, folded, inputOf, minuteOf } from "./week";

const AREAS = [Area.NORTH, Area.WEST, Area.SOUTH];
const KINDS = Object.values(OrganisationKind).filter(
	(kind): kind is OrganisationKind =>
		typeof kind === "number" && kind !== OrganisationKind.ORGANISATION_KIND_UNSPECIFIED,
);

interface Wanted {
	kind: OrganisationKind;
	area: Area;
}

export function Search() {
	const { t } = useTranslation("directory");
	const word = useWord();
	const [tab, setTab] = useState<"now" | "all">("now");
	const [wanted, setWanted] = useState<Wanted>({
		kind: OrganisationKind.ORGANISATION_KIND_UNSPECIFIED,
		area: Area.AREA_UNSPECIFIED,
	});
	return (
		<Page title={t("title")}>
			<SegmentedControl
				fullWidth
				maw={480}
				aria-label={t("title")}
				value={tab}
				onChange={(value) => setTab(value as "now" | "all")}
				data={[
					{ value: "now", label: t("whoNow") },
					{ value: "all", label: t("allOrganisations") },
				]}
			/>
			<div className={classes.filters}>
				<Select
					label={t("kind")}
					data={[
						{ value: "0", label: t("anyKind") },
						...KINDS.map((kind) => ({
							value: String(kind),
							label: word(OrganisationKindSchema, kind),
						})),
					]}
					value={String(wanted.kind)}
					onChange={(value) => setWanted({ ...wanted, kind: Number(value ?? 0) })}
					allowDeselect={false}
					maxDropdownHeight={340}
				/>
				<Chip.Group
					value={String(wanted.area)}
					onChange={(value) => setWanted({ ...wanted, area: Number(value) })}
				>
					<Group gap={8} role="group" aria-label={t("area")}>
						<Chip value="0" variant="outline">
							{t("anyArea")}
						</Chip>
						{AREAS.map((area) => (
							<Chip key={area} value={String(area)} variant="outline">
								{word(AreaSchema, area)}
							</Chip>
						))}
					</Group>
				</Chip.Group>
			</div>
			{tab === "now" ? <Reachable wanted={wanted} /> : <All wanted={wanted} />}
		</Page>
	);
}

/** Who may be asked at a time: now, or then. */
function Reachable({ wanted }: { wanted: Wanted }) {
	const { t } = useTranslation("directory");
	const now = useNow();
	const [at, setAt] = useState<{ date: string; time: string }>();
	const atMs = at ? dayBegins(at.date) + minuteOf(at.time, false) * 60_000 : 0;
	// The answer to "now" grows old: asked again by the quarter of an hour.
	const quarter = at ? 0 : Math.floor(now / 900_000);
	const live = useAsked(
		"directory",
		SearchContactsSchema,
		{ ...wanted, atMs: BigInt(atMs || quarter * 900_000 || 0) },
		ContactListSchema,
		{
			keep: at ? undefined : `contacts/${wanted.kind}/${wanted.area}`,
			merge: (have, came) => (have ? { ...have, items: [...have.items, ...came.items] } : came),
		},
	);
	return (
		<Stack gap="sm">
			<Group gap={8}>
				<Chip checked={!at} onChange={() => setAt(undefined)} variant="outline">
					{t("now")}
				</Chip>
				<Chip
					checked={at !== undefined}
					onChange={() =>
						setAt({
							date: isoDay(now),
							time: inputOf(Math.ceil(((now / 60_000 + 540) % 1440) / 30) * 30),
						})
					}
					variant="outline"
				>
					{t("atATime")}
				</Chip>
			</Group>
			{at && (
				<Group gap="sm" grow maw={420}>
					<TextInput
						type="date"
						label={t("day")}
						value={at.date}
						onChange={(event) =>
							event.currentTarget.value && setAt({ ...at, date: event.currentTarget.value })
						}
					/>
					<TextInput
						type="time"
						label={t("time")}
						value={at.time}
						onChange={(event) =>
							event.currentTarget.value && setAt({ ...at, time: event.currentTarget.value })
						}
					/>
				</Group>
			)}
			<Shown live={live}>
				{(data) => {
					const contacts = data.items.filter((one) => one.organisation && one.hours);
					if (contacts.length === 0) return <Empty>{t(at ? "nobodyThen" : "nobodyNow")}</Empty>;
					const calls = contacts.filter((one) => one.hours?.means !== ContactMeans.PAGE);
					const pages = contacts.filter((one) => one.hours?.means === ContactMeans.PAGE);
					return (
						<Stack gap="lg">
							{calls.length > 0 && (
								<Section title={t("canBeAsked", { n: calls.length })}>
									<Contacts contacts={calls} />
								</Section>
							)}
							{pages.length > 0 && (
								<Section title={t("urgentOnly", { n: pages.length })}>
									<Contacts contacts={pages} />
								</Section>
							)}
						</Stack>
					);
				}}
			</Shown>
		</Stack>
	);
}

function Contacts({ contacts }: { contacts: readonly Contact[] }) {
	return (
		<ul className={classes.list}>
			{contacts.map((contact, i) => (
				<ContactRow
					key={`${contact.organisation?.id}/${contact.person?.id}/${contact.hours?.means}/${i}`}
					contact={contact}
				/>
			))}
		</ul>
	);
}

function ContactRow({ contact }: { contact: Contact }) {
	const { t } = useTranslation("directory");
	const { t: common } = useTranslation();
	const word = useWord();
	const { organisation, person, hours } = contact;
	if (!organisation || !hours) return null;
	const phone = person?.phone || organisation.phone;
	const calls = hours.means === ContactMeans.PHONE || hours.means === ContactMeans.PAGE;
	const next = hours.toMinute < hours.fromMinute;
	const until = clockOf(hours.toMinute);
	const name = person?.name ?? organisation.name;
	return (
		<li className={classes.contact}>
			<div className={classes.who}>
				<Link href={`/directory/${organisation.id}`} className={classes.name}>
					{name}
				</Link>
				<Text size="sm" className="quiet">
					{person
						? `${word(ProfessionSchema, person.profession)}${t("dot")}${organisation.name}`
						: `${word(OrganisationKindSchema, organisation.kind)}${t("dot")}${word(AreaSchema, organisation.area)}`}
				</Text>
				<Text size="sm">
					<strong>{word(ContactMeansSchema, hours.means)}</strong>{" "}
					{common("until", { time: next ? t("nextDay", { time: until }) : until })}
					{hours.whom && `${t("dot")}${hours.whom}`}
				</Text>
			</div>
			{calls && phone && <Telephone phone={phone} of={name} />}
		</li>
	);
}

export function Telephone({ phone, of }: { phone: string; of: string }) {
	const { t } = useTranslation("directory");
	return (
		<Button
			component="a"
			href={`tel:${phone.replace(/[^\d+]/g, "")}`}
			variant="light"
			leftSection={<IconPhone size={18} aria-hidden />}
			aria-label={t("call", { name: of, phone })}
			className={classes.phone}
		>
			{phone}
		</Button>
	);
}

/** Every organisation, found by name or kana. */
function All({ wanted }: { wanted: Wanted }) {
	const { t } = useTranslation("directory");
	const word = useWord();
	const { live } = useOrganisations();
	const [text, setText] = useState("");
	const key = folded(text);
	return (
		<Stack gap="sm">
			<TextInput
				type="search"
				label={t("find")}
				placeholder={t("findHint")}
				value={text}
				onChange={(event) => setText(event.currentTarget.value)}
				maw={480}
			/>
			<Shown live={live}>
				{(data) => {
					const found = data.items
						.filter(
							(one) =>
								!one.left &&
								(!wanted.kind || one.kind === wanted.kind) &&
								(!wanted.area || one.area === wanted.area) &&
								(!key || folded(one.name + one.nameKana).includes(key)),
						)
						.sort((a, b) => a.kind - b.kind || a.nameKana.localeCompare(b.nameKana, "ja"));
					if (found.length === 0) return <Empty>{t("noneFound")}</Empty>;
					return (
						<>
							<Text size="sm" className="quiet" role="status">
								{t("found", { n: found.length })}
							</Text>
							<ul className={classes.list}>
								{found.map((one) => (
									<li key={one.id} className={classes.contact}>
										<div className={classes.who}>
											<Link href={`/directory/${one.id}`} className={classes.name}>
												{one.name}
											</Link>
											<Text size="sm" className="quiet">
												{word(OrganisationKindSchema, one.kind)}
												{t("dot")}
												{word(AreaSchema, one.area)}
											</Text>
										</div>
										{one.phone && <Telephone phone={one.phone} of={one.name} />}
									</li>
								))}
							</ul>
						</>
					);
				}}
			</Shown>
		</Stack>
	);
}
