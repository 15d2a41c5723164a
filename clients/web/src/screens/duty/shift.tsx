// One shift: who has it, what may be done with it, what became of it before.

import {
	Button,
	Drawer,
	Group,
	SegmentedControl,
	Select,
	Stack,
	Text,
	Textarea,
	TextInput,
} from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Refused } from "../../core/errors";
import { useAction, useAsked, useDraft, useMe, useNow } from "../../core/hooks";
import { useOrganisations } from "../../core/organisations";
import { session } from "../../core/session";
import { Network, Profession } from "../../gen/network_pb";
import {
	AskSwapSchema,
	ListShiftsSchema,
	SetShiftSchema,
	ShiftListSchema,
	UndoSwapSchema,
	type Shift,
	type Swap,
} from "../../gen/rota_pb";
import { said } from "../../i18n";
import { Failure, Section } from "../../parts";
import { useDone } from "../../parts/done";
import { clock, day, fullDay, isoDay } from "../../parts/time";
import { addDays, pastOf, placesOf } from "./calendar";
import classes from "./duty.module.css";
import { Telephone } from "./now";
import { SwapCard, useOfClinic } from "./swaps";
import { useDutyWords } from "./words";

export function ShiftDrawer({
	shift,
	swaps,
	close,
}: {
	shift: Shift | undefined;
	swaps: readonly Swap[];
	close: () => void;
}) {
	const { t: common } = useTranslation();
	const { kind } = useDutyWords();
	const wide = useMediaQuery("(min-width: 62em)", undefined, { getInitialValueInEffect: false });
	return (
		<Drawer.Root
			opened={shift !== undefined}
			onClose={close}
			position={wide ? "right" : "bottom"}
			size={wide ? 460 : "88%"}
		>
			<Drawer.Overlay />
			<Drawer.Content>
				{/* No <header>: the page has one, and two are one too many for those who listen. */}
				<div className={classes.drawerHead}>
					<Drawer.Title className={classes.drawerTitle}>
						{shift && `${day(Number(shift.fromMs))} ${kind(shift)}`}
					</Drawer.Title>
					<Drawer.CloseButton aria-label={common("close")} size={44} />
				</div>
				<Drawer.Body>
					{shift && <Whole shift={shift} swaps={swaps.filter((swap) => swap.shift === shift.id)} />}
				</Drawer.Body>
			</Drawer.Content>
		</Drawer.Root>
	);
}

function Whole({ shift, swaps }: { shift: Shift; swaps: readonly Swap[] }) {
	const { t, holder, place, hours } = useDutyWords();
	const { me } = useMe();
	const { byId } = useOrganisations();
	const now = useNow();
	const clinic = useOfClinic();
	const own = me.organisation?.id ?? "";
	const admin = me.person?.profession === Profession.ADMINISTRATOR;
	const coming = Number(shift.untilMs) > now;
	const asked = swaps.filter((swap) => swap.state === 1);
	return (
		<Stack gap="lg">
			<Text className="quiet">
				{fullDay(Number(shift.fromMs))} {hours(shift)}
			</Text>
			{placesOf(shift).map((one) => (
				<div key={String(one.second)}>
					<Text size="sm" className="quiet">
						{place(one.second)}
						{one.organisation === own && own && <span className={classes.mine}>{t("ours")}</span>}
					</Text>
					<Text fw={600} size="lg" c={one.organisation ? undefined : "var(--t-urgent)"}>
						{holder(one)}
					</Text>
					{one.organisation && (
						<div>
							<Telephone phone={byId.get(one.organisation)?.phone ?? ""} of={holder(one)} />
						</div>
					)}
					{coming &&
						clinic &&
						one.organisation === own &&
						own &&
						!asked.some((swap) => swap.second === one.second) && (
							<AskSwap shift={shift} second={one.second} />
						)}
				</div>
			))}
			{shift.byHand && (
				<Text>{shift.reason ? t("byHand", { reason: shift.reason }) : t("swapped")}</Text>
			)}
			{shift.provisional && <Text>{t("provisionalLong")}</Text>}
			{asked.map((swap) => (
				<SwapCard key={swap.id} swap={swap} />
			))}
			{admin && coming && <SetByHand shift={shift} />}
			<History shift={shift} />
		</Stack>
	);
}

/** In one's own place: of everybody, or of one clinic, perhaps for one of theirs. */
function AskSwap({ shift, second }: { shift: Shift; second: boolean }) {
	const { t, kind } = useDutyWords();
	const done = useDone();
	const { me } = useMe();
	const { byId } = useOrganisations();
	const own = me.organisation?.id ?? "";
	const [opened, setOpened] = useState(false);
	const key = `swap/${shift.id}/${second ? 2 : 1}`;
	const [form, setForm, clear] = useDraft(key, { to: "", inReturn: "", text: "" });
	const today = isoDay(Date.now());
	const theirs = useAsked(
		"rota",
		ListShiftsSchema,
		{ from: today, until: addDays(today, 92), organisation: form.to },
		ShiftListSchema,
		{ skip: !opened || !form.to },
	);
	const ask = useAction(async () => {
		const { id } = await session.client.ask("rota", AskSwapSchema, {
			shift: shift.id,
			second,
			...form,
			text: form.text.trim(),
		});
		clear();
		setOpened(false);
		done({
			text: t("swapAsked"),
			undo: () => session.client.ask("rota", UndoSwapSchema, { id }),
		});
	});
	const refused = ask.error instanceof Refused ? ask.error : undefined;
	const clinics = [...byId.values()].filter(
		(one) => one.id !== own && !one.left && one.networks.includes(Network.ROUND_THE_CLOCK),
	);
	if (!opened)
		return (
			<Button mt="xs" onClick={() => setOpened(true)}>
				{t("askSwap")}
			</Button>
		);
	return (
		<form
			onSubmit={(event) => {
				event.preventDefault();
				void ask.run();
			}}
		>
			<Stack gap="sm" mt="xs">
				<Select
					label={t("swapTo")}
					data={[
						{ value: "", label: t("everybody") },
						...clinics.map((one) => ({ value: one.id, label: one.name })),
					]}
					value={form.to}
					onChange={(to) => setForm({ ...form, to: to ?? "", inReturn: "" })}
					searchable
					allowDeselect={false}
					error={refused?.field === "to" ? said(refused) : undefined}
				/>
				{form.to && (
					<Select
						label={t("swapInReturn")}
						data={[
							{ value: "", label: t("nothingInReturn") },
							...(theirs.data?.items ?? [])
								.filter(
									(one) =>
										!one.dropped &&
										(one.first === form.to || one.second === form.to) &&
										Number(one.fromMs) > Date.now(),
								)
								.sort((a, b) => Number(a.fromMs - b.fromMs))
								.map((one) => ({
									value: one.id,
									label: `${day(Number(one.fromMs))} ${kind(one)}`,
								})),
						]}
						value={form.inReturn}
						onChange={(inReturn) => setForm({ ...form, inReturn: inReturn ?? "" })}
						allowDeselect={false}
						error={refused?.field === "in_return" ? said(refused) : undefined}
					/>
				)}
				<Textarea
					label={t("swapText")}
					minRows={2}
					value={form.text}
					onChange={(event) => setForm({ ...form, text: event.currentTarget.value })}
					error={refused?.field === "text" ? said(refused) : undefined}
				/>
				{!(refused && ["to", "in_return", "text"].includes(refused.field)) && (
					<Failure error={ask.error} />
				)}
				<Group gap="xs">
					<Button type="submit" loading={ask.busy}>
						{t("askSwapNow")}
					</Button>
					<Button variant="default" onClick={() => setOpened(false)}>
						{t("notNow")}
					</Button>
				</Group>
			</Stack>
		</form>
	);
}

/** Administrators. */
function SetByHand({ shift }: { shift: Shift }) {
	const { t, place } = useDutyWords();
	const done = useDone();
	const { byId } = useOrganisations();
	const [opened, setOpened] = useState(false);
	const [form, setForm, clear] = useDraft(`set/${shift.id}`, {
		second: false,
		organisation: "",
		reason: "",
	});
	const clinics = [...byId.values()].filter(
		(one) => !one.left && one.networks.includes(Network.ROUND_THE_CLOCK),
	);
	const before = form.second ? shift.second : shift.first;
	const set = useAction(async () => {
		const request = { shift: shift.id, second: form.second, reason: form.reason.trim() };
		await session.client.ask("rota", SetShiftSchema, {
			...request,
			organisation: form.organisation,
		});
		clear();
		setOpened(false);
		done({
			text: t("shiftSet"),
			undo: () => session.client.ask("rota", SetShiftSchema, { ...request, organisation: before }),
		});
	});
	const refused = set.error instanceof Refused ? set.error : undefined;
	if (!opened)
		return (
			<Button variant="default" onClick={() => setOpened(true)}>
				{t("setByHand")}
			</Button>
		);
	return (
		<form
			onSubmit={(event) => {
				event.preventDefault();
				void set.run();
			}}
		>
			<Stack gap="sm">
				<SegmentedControl
					aria-label={t("placeOf")}
					value={form.second ? "2" : "1"}
					onChange={(value) => setForm({ ...form, second: value === "2" })}
					data={[
						{ value: "1", label: place(false) },
						{ value: "2", label: place(true) },
					]}
				/>
				<Select
					label={t("clinic")}
					data={[
						{ value: "", label: t("nobody") },
						...clinics.map((one) => ({ value: one.id, label: one.name })),
					]}
					value={form.organisation}
					onChange={(organisation) => setForm({ ...form, organisation: organisation ?? "" })}
					searchable
					allowDeselect={false}
					error={refused?.field === "organisation" ? said(refused) : undefined}
				/>
				<TextInput
					label={t("reason")}
					value={form.reason}
					onChange={(event) => setForm({ ...form, reason: event.currentTarget.value })}
					error={refused?.field === "reason" ? said(refused) : undefined}
				/>
				{!(refused && ["organisation", "reason"].includes(refused.field)) && (
					<Failure error={set.error} />
				)}
				<Group gap="xs">
					<Button type="submit" loading={set.busy} disabled={!form.reason.trim()}>
						{t("setNow")}
					</Button>
					<Button variant="default" onClick={() => setOpened(false)}>
						{t("notNow")}
					</Button>
				</Group>
			</Stack>
		</form>
	);
}

function History({ shift }: { shift: Shift }) {
	const { t, name, place } = useDutyWords();
	const past = pastOf(shift);
	return (
		<Section title={t("history")}>
			{past.length === 0 ? (
				<Text className="quiet">{t("unchanged")}</Text>
			) : (
				<ul className={classes.past}>
					{past.map((one, i) => (
						<li key={i}>
							{one.duty
								? t("had", {
										place: place(one.second),
										name: name(one.organisation),
										from: clock(Number(one.duty.fromMs)),
										until: clock(Number(one.duty.untilMs)),
									})
								: t("gaveAway", { place: place(one.second), name: name(one.organisation) })}
						</li>
					))}
				</ul>
			)}
		</Section>
	);
}
