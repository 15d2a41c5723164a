import { Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useAsked, useMe } from "../../core/hooks";
import {
	AreaSchema,
	NetworkSchema,
	OrganisationKindSchema,
	OrganisationShownSchema,
	Profession,
	ShowOrganisationSchema,
	type ContactHours,
	type OrganisationShown,
	type Person,
} from "../../gen/network_pb";
import { useWord } from "../../i18n/words";
import { Page, Section, Shown } from "../../parts";
import { IconChevronLeft } from "../../parts/icons";
import { usePersonWords } from "../../parts/names";
import classes from "./directory.module.css";
import { HoursEditor } from "./editor";
import { HoursTable } from "./hours";
import { Telephone } from "./search";

export function Whole({ id }: { id: string }) {
	const { t } = useTranslation("directory");
	const live = useAsked("directory", ShowOrganisationSchema, { id }, OrganisationShownSchema, {
		keep: `organisation/${id}`,
		merge: (have, came) => (have ? { ...have, people: [...have.people, ...came.people] } : came),
	});
	return (
		<>
			<Anchor component={Link} href="/directory" className={classes.back} underline="never">
				<IconChevronLeft size={20} aria-hidden />
				{t("title")}
			</Anchor>
			<Shown live={live}>
				{(data) =>
					data.organisation && (
						<Page title={data.organisation.name}>
							<One shown={data} again={live.again} />
						</Page>
					)
				}
			</Shown>
		</>
	);
}

function One({ shown, again }: { shown: OrganisationShown; again: () => void }) {
	const { t } = useTranslation("directory");
	const word = useWord();
	const { me } = useMe();
	const one = shown.organisation!;
	const admin = me.person?.profession === Profession.ADMINISTRATOR;
	const ours = me.organisation?.id === one.id;
	return (
		<div className={classes.two}>
			<Stack gap="lg">
				<Stack gap={4}>
					{one.nameKana && <Text className="quiet">{one.nameKana}</Text>}
					<Text>
						{[word(OrganisationKindSchema, one.kind), word(AreaSchema, one.area)]
							.filter(Boolean)
							.join(t("dot"))}
					</Text>
					{one.networks.length > 0 && (
						<Text size="sm" className="quiet">
							{one.networks.map((network) => word(NetworkSchema, network)).join(t("dot"))}
						</Text>
					)}
					{one.address && <Text>{one.address}</Text>}
					{one.left && <Text fw={600}>{t("left")}</Text>}
					{one.phone && (
						<div>
							<Telephone phone={one.phone} of={one.name} />
						</div>
					)}
				</Stack>
				<Hours
					title={t("hours")}
					hours={one.hours}
					mayEdit={ours || admin}
					of={{ organisation: one.id, user: "" }}
					again={again}
				/>
			</Stack>
			<Section title={t("people")}>
				<ul className={classes.list}>
					{shown.people.map((person) => (
						<PersonRow
							key={person.id}
							person={person}
							phone={one.phone}
							mayEdit={ours || admin}
							again={again}
						/>
					))}
				</ul>
			</Section>
		</div>
	);
}

function PersonRow({
	person,
	phone,
	mayEdit,
	again,
}: {
	person: Person;
	phone: string;
	mayEdit: boolean;
	again: () => void;
}) {
	const { t } = useTranslation("directory");
	const words = usePersonWords();
	const { me } = useMe();
	const self = me.person?.id === person.id;
	return (
		<li className={classes.person}>
			<Group justify="space-between" gap="xs">
				<Text fw={600}>
					{words(person)}
					{self && (
						<Text span className="quiet" fw={400}>
							{t("you")}
						</Text>
					)}
				</Text>
				{person.phone && person.phone !== phone && (
					<Telephone phone={person.phone} of={person.name} />
				)}
			</Group>
			{(person.hours.length > 0 || self || mayEdit) && (
				<Hours
					hours={person.hours}
					mayEdit={self || mayEdit}
					of={{ organisation: "", user: person.id }}
					person={words(person)}
					again={again}
				/>
			)}
		</li>
	);
}

function Hours({
	title,
	hours,
	mayEdit,
	of,
	person,
	again,
}: {
	title?: string;
	hours: readonly ContactHours[];
	mayEdit: boolean;
	of: { organisation: string; user: string };
	person?: string;
	again: () => void;
}) {
	const { t } = useTranslation("directory");
	const [editing, setEditing] = useState(false);
	const name = title ?? t("hoursOf", { name: person ?? "" });
	const button = mayEdit && !editing && (
		<Button
			variant="subtle"
			px="xs"
			onClick={() => setEditing(true)}
			aria-label={`${t(hours.length ? "edit" : "add")} ${name}`}
		>
			{t(hours.length ? "edit" : "add")}
		</Button>
	);
	const body = editing ? (
		<HoursEditor name={name} hours={hours} of={of} close={() => setEditing(false)} saved={again} />
	) : hours.length > 0 ? (
		<HoursTable hours={hours} name={name} />
	) : (
		<Text size="sm" className="quiet">
			{t(person ? "noOwnHours" : "noHours")}
		</Text>
	);
	if (title)
		return (
			<Section title={title} beside={button}>
				{body}
			</Section>
		);
	return (
		<div>
			<Group justify="space-between" gap="xs">
				{!editing && hours.length > 0 && <Text size="sm">{t("ownHours")}</Text>}
				{!editing && hours.length === 0 && body}
				{button}
			</Group>
			{(editing || hours.length > 0) && body}
		</div>
	);
}
