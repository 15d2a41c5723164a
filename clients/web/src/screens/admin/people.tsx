// Finding a person or an organisation, and what an organisation has.

import { Anchor, Button, Stack, Text, TextInput } from "@mantine/core";
import { useDeferredValue, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import {
	OrganisationKindSchema,
	ProfessionSchema,
	type Organisation,
	type Person,
} from "../../gen/network_pb";
import { useWord } from "../../i18n/words";
import { folded } from "../../parts/fold";
import { Empty, Failure, Page, Section, Shown, Waiting } from "../../parts";
import c from "./admin.module.css";
import { peopleOf, useOrganisationList, usePeople } from "./use-people";

const SHOWN = 50;

/** Width and case of letters do not matter, nor do spaces in names. */

export function People() {
	const { t } = useTranslation("admin");
	const { live, byId } = useOrganisationList();
	const [text, setText] = useState("");
	const sought = folded(useDeferredValue(text));
	const { people, complete } = usePeople(sought ? [...byId.keys()].sort() : []);
	const matches = (one: { id: string; name: string; nameKana: string }) =>
		folded(one.id + one.name + one.nameKana).includes(sought);
	const foundPeople = sought ? [...people.values()].filter(matches) : [];
	const foundPlaces = [...byId.values()].filter(matches).sort((a, b) => (a.id < b.id ? -1 : 1));
	return (
		<Stack>
			<TextInput
				className={c.narrow}
				type="search"
				label={t("search")}
				description={t("searchHow")}
				value={text}
				onChange={(event) => setText(event.currentTarget.value)}
			/>
			<div>
				<Button component={Link} href="/admin/enrol" variant="light">
					{t("enrol")}
				</Button>
			</div>
			{sought && (
				<Section title={t("foundPeople")}>
					{foundPeople.slice(0, SHOWN).map((person) => (
						<PersonRow
							key={person.id}
							person={person}
							organisation={byId.get(person.organisation)?.name}
						/>
					))}
					{foundPeople.length > SHOWN && <Empty>{t("tooMany", { n: SHOWN })}</Empty>}
					{!complete ? <Waiting /> : !foundPeople.length && <Empty>{t("nobody")}</Empty>}
				</Section>
			)}
			<Section title={t("organisations")}>
				<Shown live={live}>
					{() =>
						foundPlaces.length ? (
							foundPlaces.map((one) => <OrganisationRow key={one.id} organisation={one} />)
						) : (
							<Empty>{t("noOrganisation")}</Empty>
						)
					}
				</Shown>
			</Section>
		</Stack>
	);
}

function OrganisationRow({ organisation }: { organisation: Organisation }) {
	const { t } = useTranslation("admin");
	const word = useWord();
	return (
		<Link href={`/admin/organisation/${organisation.id}`} className="row">
			<span className={c.name}>{organisation.name}</span>
			<span className={c.second}>
				{word(OrganisationKindSchema, organisation.kind)} · {organisation.id}
				{organisation.left && ` · ${t("left")}`}
			</span>
		</Link>
	);
}

function PersonRow({ person, organisation }: { person: Person; organisation?: string }) {
	const word = useWord();
	return (
		<Link href={`/admin/person/${encodeURIComponent(person.id)}`} className="row">
			<span className={c.name}>{person.name}</span>
			<span className={c.second}>
				{[word(ProfessionSchema, person.profession), organisation, person.id]
					.filter(Boolean)
					.join(" · ")}
			</span>
		</Link>
	);
}

export function Back({ to = "/admin", text }: { to?: string; text?: string }) {
	const { t } = useTranslation("admin");
	return (
		<Link href={to} className={c.back}>
			← {text ?? t("title")}
		</Link>
	);
}

export function OrganisationPage({ id }: { id: string }) {
	const { t } = useTranslation("admin");
	const word = useWord();
	const { byId } = useOrganisationList();
	const [people, setPeople] = useState<Person[]>();
	const [error, setError] = useState<unknown>();
	const [turn, setTurn] = useState(0);
	useEffect(() => {
		const stop = new AbortController();
		setError(undefined);
		peopleOf(id, stop.signal).then(setPeople, (reason: unknown) => {
			if (!stop.signal.aborted) setError(reason);
		});
		return () => stop.abort();
	}, [id, turn]);
	const organisation = byId.get(id);
	return (
		<div>
			<Back />
			<Page title={organisation?.name ?? id}>
				{organisation && (
					<Text className="quiet">
						{word(OrganisationKindSchema, organisation.kind)} · {organisation.id}
						{organisation.phone && (
							<>
								{" · "}
								<Anchor href={`tel:${organisation.phone}`} underline="always">
									{organisation.phone}
								</Anchor>
							</>
						)}
					</Text>
				)}
				<div>
					<Button component={Link} href={`/admin/enrol/${id}`} variant="light">
						{t("enrolHere")}
					</Button>
				</div>
				<Section title={t("staff")}>
					<Failure error={error} again={() => setTurn(turn + 1)} />
					{!people && !error && <Waiting />}
					{people?.map((person) => (
						<PersonRow key={person.id} person={person} />
					))}
					{people?.length === 0 && <Empty>{t("nobodyHere")}</Empty>}
				</Section>
			</Page>
		</div>
	);
}
