// One entry by itself: who has read it, what it was before, what can be done with it.

import { Button, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useAsked } from "../../core/hooks";
import { session } from "../../core/session";
import {
	EntryKind,
	EntryKindSchema,
	ListReadersSchema,
	ReaderListSchema,
	type Entry,
	type TeamMember,
} from "../../gen/record_pb";
import { useWord } from "../../i18n/words";
import { Empty, Section, Shown } from "../../parts";
import { OrganisationName, PersonName, usePersonWords } from "../../parts/names";
import { clock, fullDay, when } from "../../parts/time";
import { Attachments } from "./attachments";
import { EntryBody } from "./entry";
import { Sheet } from "./forms/entry-form";
import type { Wanted } from "./forms";
import type { Limits } from "./vitals";

export function Details({
	entry,
	team,
	limits,
	of,
	go,
	close,
}: {
	of: string;
	entry: Entry;
	team: readonly TeamMember[];
	limits: Limits | undefined;
	go(wanted: Wanted): void;
	close(): void;
}) {
	const { t } = useTranslation("patient");
	const word = useWord();
	const ms = Number(entry.occurredMs);
	return (
		<Sheet title={word(EntryKindSchema, entry.kind)} of={of} onClose={close}>
			<Stack gap="md">
				<div>
					<Text size="sm" className="quiet">
						{fullDay(ms)} {clock(ms)}
					</Text>
					<EntryBody entry={entry} limits={limits} />
					{entry.urgent && entry.urgentReason && (
						<Text c="var(--t-urgent)">{t("urgentBecause", { reason: entry.urgentReason })}</Text>
					)}
					<Attachments entry={entry} />
					<Text size="sm" className="quiet">
						<PersonName user={entry.author} />・<OrganisationName id={entry.organisation} />
					</Text>
				</div>
				<Group gap="xs">
					<Button variant="default" onClick={() => go({ write: "correct", entry: entry.id })}>
						{t("correct")}
					</Button>
					{entry.kind === EntryKind.QUESTION && (
						<Button onClick={() => go({ write: "answer", entry: entry.id })}>{t("answer")}</Button>
					)}
				</Group>
				{entry.position !== 0n && <Readers entry={entry} team={team} />}
			</Stack>
		</Sheet>
	);
}

/** Who has read it, and who of the team has not. */
function Readers({ entry, team }: { entry: Entry; team: readonly TeamMember[] }) {
	const { t } = useTranslation("patient");
	const words = usePersonWords();
	const readers = useAsked(
		session.client.instanceFor("record", entry.patient),
		ListReadersSchema,
		{ entry: entry.id },
		ReaderListSchema,
	);
	return (
		<Section title={t("readers")}>
			<Shown live={readers}>
				{({ items }) => {
					const read = new Set(items.flatMap((one) => [one.organisation, one.id]));
					const not = team.filter(
						(one) =>
							one.organisation !== entry.organisation && !read.has(one.user || one.organisation),
					);
					return (
						<>
							{items.length === 0 && <Empty>{t("nobodyRead")}</Empty>}
							{items.map((one) => (
								<div key={one.id} className="row">
									<span aria-hidden>✓ </span>
									{words({ ...one, $typeName: "tsunagi.v1.Person" } as never)}
									<Text size="sm" className="quiet">
										<OrganisationName id={one.organisation} />・
										{when(Number(one.readMs), Date.now())}
									</Text>
								</div>
							))}
							{not.length > 0 && (
								<Text size="sm" className="quiet" mt="xs">
									{t("notRead", { who: not.map((one) => one.name).join("、") })}
								</Text>
							)}
						</>
					);
				}}
			</Shown>
		</Section>
	);
}
