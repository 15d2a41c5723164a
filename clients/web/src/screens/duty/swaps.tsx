// Swaps: what is asked of us first, then what we asked.

import { Button, Group, Paper, Stack, Text } from "@mantine/core";
import { useAction, useMe, useNow } from "../../core/hooks";
import { session } from "../../core/session";
import { Profession } from "../../gen/network_pb";
import {
	AcceptSwapSchema,
	DeclineSwapSchema,
	Swap_State,
	Swap_StateSchema,
	UndoSwapSchema,
	type Swap,
} from "../../gen/rota_pb";
import { Failure, Section } from "../../parts";
import { useDone } from "../../parts/done";
import { when } from "../../parts/time";
import classes from "./duty.module.css";
import { useDutyWords } from "./words";

export function Swaps({ swaps }: { swaps: readonly Swap[] }) {
	const { t } = useDutyWords();
	const { me } = useMe();
	const now = useNow();
	const own = me.organisation?.id ?? "";
	const open = swaps.filter(
		(swap) => swap.state === Swap_State.ASKED && Number(swap.lapsesMs) > now,
	);
	const ofUs = open.filter((swap) => swap.asker !== own && (!swap.to || swap.to === own));
	const ours = open.filter((swap) => swap.asker === own);
	const taken = swaps.filter(
		(swap) => swap.state === Swap_State.TAKEN && (swap.asker === own || swap.taker === own),
	);
	const clinic = useOfClinic();
	const listed = [...(clinic ? ofUs : []), ...ours, ...taken];
	if (listed.length === 0) return null;
	return (
		<Section title={t("swaps")}>
			<div className={classes.swaps} aria-live="polite">
				{listed.map((swap) => (
					<SwapCard key={swap.id} swap={swap} />
				))}
			</div>
		</Section>
	);
}

/** Doctors and nurses swap duties. */
export function useOfClinic(): boolean {
	const { me } = useMe();
	const profession = me.person?.profession;
	return profession === Profession.DOCTOR || profession === Profession.NURSE;
}

export function SwapCard({ swap }: { swap: Swap }) {
	const { t, word, name, place, shiftName } = useDutyWords();
	const { me } = useMe();
	const now = useNow();
	const done = useDone();
	const clinic = useOfClinic();
	const admin = me.person?.profession === Profession.ADMINISTRATOR;
	const own = me.organisation?.id ?? "";
	const { id } = swap;
	const undo = () => session.client.ask("rota", UndoSwapSchema, { id });
	const act = useAction(async (what: "take" | "decline" | "undo") => {
		if (what === "take") {
			await session.client.ask("rota", AcceptSwapSchema, { id });
			done({ text: t("swapTaken"), undo });
		} else if (what === "decline") {
			await session.client.ask("rota", DeclineSwapSchema, { id });
			done({ text: t("swapDeclined") });
		} else {
			await undo();
			done({ text: t("swapUndone") });
		}
	});
	const asked = swap.state === Swap_State.ASKED;
	const ofUs = asked && clinic && swap.asker !== own && (!swap.to || swap.to === own);
	const sides = [swap.asker, swap.taker].includes(own) || admin;
	const mayUndo = (clinic || admin) && sides && (asked || swap.state === Swap_State.TAKEN);
	const to = swap.taker || swap.to;
	return (
		<Paper className={classes.swap} data-waits={ofUs || undefined} component="article">
			<Stack gap={6}>
				<Group justify="space-between" gap="xs" align="baseline">
					<Text fw={600}>
						{shiftName(swap.shift)} {place(swap.second)}
					</Text>
					<Text size="sm" className="quiet">
						{word(Swap_StateSchema, swap.state)}
					</Text>
				</Group>
				<Text>{t("sides", { from: name(swap.asker), to: to ? name(to) : t("anybody") })}</Text>
				{swap.inReturn && <Text>{t("inReturn", { shift: shiftName(swap.inReturn) })}</Text>}
				{swap.text && <Text className="quiet">{t("quoted", { text: swap.text })}</Text>}
				{asked && (
					<Text size="sm" className="quiet">
						{t("answerBy", { time: when(Number(swap.lapsesMs), now) })}
					</Text>
				)}
				<Group gap="xs">
					{ofUs && (
						<Button loading={act.busy} onClick={() => void act.run("take")}>
							{t("take")}
						</Button>
					)}
					{ofUs && swap.to === own && (
						<Button variant="default" loading={act.busy} onClick={() => void act.run("decline")}>
							{t("declineSwap")}
						</Button>
					)}
					{mayUndo && (
						<Button variant="default" loading={act.busy} onClick={() => void act.run("undo")}>
							{t(asked ? "withdrawSwap" : "undoSwap")}
						</Button>
					)}
				</Group>
				<Failure error={act.error} />
			</Stack>
		</Paper>
	);
}
