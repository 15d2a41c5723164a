// The duties in one's own calendar program: an address from which it fetches them, whenever it likes.

import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useRef, useState } from "react";
import { useAction, useAsked, useMe } from "../../core/hooks";
import { useOrganisations } from "../../core/organisations";
import { session } from "../../core/session";
import { Network } from "../../gen/network_pb";
import {
	CalendarListSchema,
	EndCalendarSchema,
	ListCalendarsSchema,
	SubscribeCalendarSchema,
	type Calendar,
} from "../../gen/rota_pb";
import { language } from "../../i18n";
import { Failure, Section, Shown } from "../../parts";
import { useDone } from "../../parts/done";
import { IconCalendarPlus, IconDownload, IconExternalLink } from "../../parts/icons";
import { Sure } from "../../parts/sure";
import { useDutyWords } from "./words";

export function Subscriptions() {
	const { t } = useDutyWords();
	const { me } = useMe();
	const { byId } = useOrganisations();
	const calendars = useAsked("rota", ListCalendarsSchema, {}, CalendarListSchema);
	const own = me.organisation?.id ?? "";
	const takesPart = byId.get(own)?.networks.includes(Network.ROUND_THE_CLOCK);
	const english = language() === "en";
	const make = useAction(async (organisation: string) => {
		await session.client.ask("rota", SubscribeCalendarSchema, { organisation, english });
		calendars.again();
	});
	return (
		<Section title={t("calendar")}>
			<Text size="sm" className="quiet" mb="xs">
				{t("calendarHint")}
			</Text>
			<Shown live={calendars}>
				{({ items }) => {
					const has = (organisation: string) =>
						items.some((one) => one.organisation === organisation && one.english === english);
					return (
						<Stack gap="md">
							{items.map((one) => (
								<Subscription key={one.id} calendar={one} ended={calendars.again} />
							))}
							<Group gap="xs">
								{takesPart && !has(own) && (
									<Make
										run={() => void make.run(own)}
										busy={make.busy}
										text={t("calendarMakeOurs")}
									/>
								)}
								{!has("") && (
									<Make
										run={() => void make.run("")}
										busy={make.busy}
										text={t("calendarMakeAll")}
									/>
								)}
							</Group>
						</Stack>
					);
				}}
			</Shown>
			<Failure error={make.error} />
		</Section>
	);
}

function Make({ run, busy, text }: { run: () => void; busy: boolean; text: string }) {
	return (
		<Button
			variant="default"
			leftSection={<IconCalendarPlus size={18} aria-hidden />}
			loading={busy}
			onClick={run}
		>
			{text}
		</Button>
	);
}

function Subscription({ calendar, ended }: { calendar: Calendar; ended: () => void }) {
	const { t, name } = useDutyWords();
	const { me } = useMe();
	const done = useDone();
	const field = useRef<HTMLInputElement>(null);
	const [sure, setSure] = useState(false);
	const path = `/calendar/${calendar.address}.ics`;
	const address = location.origin + path;
	const end = useAction(async () => {
		await session.client.ask("rota", EndCalendarSchema, { id: calendar.id });
		done({ text: t("calendarEnded") });
		ended();
	});
	const copy = async () => {
		field.current?.select();
		try {
			await navigator.clipboard.writeText(address);
			done({ text: t("calendarCopied") });
		} catch {
			// Browsers may forbid it; the address is selected then.
			done({ text: t("calendarCopy") });
		}
	};
	const whose =
		calendar.organisation === ""
			? t("calendarAll")
			: calendar.organisation === me.organisation?.id
				? t("calendarOurs")
				: name(calendar.organisation);
	return (
		<div>
			<TextInput
				ref={field}
				label={calendar.english ? t("calendarEnglish", { whose }) : whose}
				value={address}
				readOnly
				maw={640}
				onFocus={(event) => event.currentTarget.select()}
			/>
			<Group gap="xs" mt="xs">
				<Button variant="default" onClick={() => void copy()}>
					{t("calendarCopyAddress")}
				</Button>
				{location.protocol === "https:" && (
					<Button
						component="a"
						variant="default"
						href={`webcal://${location.host}${path}`}
						leftSection={<IconExternalLink size={18} aria-hidden />}
					>
						{t("calendarOpen")}
					</Button>
				)}
				<Button
					component="a"
					variant="default"
					href={path}
					download={`tsunagi-${calendar.organisation || "all"}.ics`}
					leftSection={<IconDownload size={18} aria-hidden />}
				>
					{t("calendarSave")}
				</Button>
				<Button variant="default" onClick={() => setSure(!sure)} aria-expanded={sure}>
					{t("calendarEnd")}
				</Button>
			</Group>
			{sure && (
				<Sure
					text={t("calendarEndSure")}
					yes={t("calendarEndNow")}
					no={t("notNow")}
					action={end}
					leave={() => setSure(false)}
				/>
			)}
		</div>
	);
}
