// The rota for a calendar program: a file, made here from what the rota says now.

import { Button, Group, Text } from "@mantine/core";
import { useAction, useMe } from "../../core/hooks";
import { useOrganisations } from "../../core/organisations";
import { session } from "../../core/session";
import { Network } from "../../gen/network_pb";
import { ListShiftsSchema, ShiftListSchema, type Shift } from "../../gen/rota_pb";
import { Failure, Section } from "../../parts";
import { IconDownload } from "../../parts/icons";
import { isoDay } from "../../parts/time";
import { monthOf } from "./calendar";
import { calendarText, eventsOf } from "./ics";
import { useDutyWords } from "./words";

const AHEAD_MS = 400 * 24 * 3600 * 1000;

/** From this month on: what was given away lately, too, for its events are in somebody's calendar. */
async function load(organisation: string): Promise<Shift[]> {
	const byId = new Map<string, Shift>();
	let after = 0n;
	for (;;) {
		const answer = await session.client.ask(
			"rota",
			ListShiftsSchema,
			{
				from: `${monthOf(isoDay(Date.now()))}-01`,
				until: isoDay(Date.now() + AHEAD_MS),
				organisation,
			},
			ShiftListSchema,
			{ after },
		);
		for (const shift of answer.body.items) byId.set(shift.id, shift);
		if (!answer.more) return [...byId.values()];
		after = answer.position;
	}
}

function save(name: string, text: string): void {
	const url = URL.createObjectURL(new Blob([text], { type: "text/calendar;charset=utf-8" }));
	const link = document.createElement("a");
	link.href = url;
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export function Export() {
	const { t, ics } = useDutyWords();
	const { me } = useMe();
	const { byId } = useOrganisations();
	const own = me.organisation?.id ?? "";
	const takesPart = byId.get(own)?.networks.includes(Network.ROUND_THE_CLOCK);
	const action = useAction(async (organisation: string) => {
		const events = eventsOf(await load(organisation), organisation);
		save(
			organisation ? `tsunagi-${organisation}.ics` : "tsunagi.ics",
			calendarText(events, ics, Date.now()),
		);
	});
	return (
		<Section title={t("calendar")}>
			<Text size="sm" className="quiet" mb="xs">
				{t("calendarHint")}
			</Text>
			<Group gap="xs">
				{takesPart && (
					<Button
						variant="default"
						leftSection={<IconDownload size={18} aria-hidden />}
						loading={action.busy}
						onClick={() => void action.run(own)}
					>
						{t("calendarOurs")}
					</Button>
				)}
				<Button
					variant="default"
					leftSection={<IconDownload size={18} aria-hidden />}
					loading={action.busy}
					onClick={() => void action.run("")}
				>
					{t("calendarAll")}
				</Button>
			</Group>
			<Failure error={action.error} />
		</Section>
	);
}
