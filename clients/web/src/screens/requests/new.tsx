import {
	ActionIcon,
	Anchor,
	Button,
	Chip,
	Group,
	Input,
	Paper,
	SegmentedControl,
	Select,
	Stack,
	Switch,
	Text,
	TextInput,
} from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useSearch } from "wouter";
import { Refused } from "../../core/errors";
import { useAction, useDraft, useMe, useNow, useStands } from "../../core/hooks";
import { session } from "../../core/session";
import { Need, NeedSchema } from "../../gen/board_pb";
import { Code } from "../../gen/envelope_pb";
import { AskReferralSchema, ReferralKind, ReferralKindSchema } from "../../gen/referral_pb";
import { said } from "../../i18n";
import { useWord } from "../../i18n/words";
import { Empty, Failure, Page } from "../../parts";
import { folded } from "../../parts/fold";
import { useDone } from "../../parts/done";
import { IconChevronLeft } from "../../parts/icons";
import { isoDay, yearsOld } from "../../parts/time";
import { askOf, emptyForm, SLOTS, type Form } from "./form";
import { firstWaveMinutes, mayAsk } from "./look";
import { useMyPatients } from "./names";
import classes from "./requests.module.css";

const DAY_MS = 24 * 3600 * 1000;
const NEEDS = Object.values(Need).filter(
	(need): need is Need => typeof need === "number" && need !== Need.NEED_UNSPECIFIED,
);
const KIND_WORDS: Record<string, ReferralKind> = {
	visit: ReferralKind.VISIT,
	"home-doctor": ReferralKind.HOME_DOCTOR,
	bed: ReferralKind.BACKUP_BED,
};

export function New() {
	const { t } = useTranslation("requests");
	const { me } = useMe();
	const kinds = mayAsk(me);
	const query = new URLSearchParams(useSearch());
	const wanted = KIND_WORDS[query.get("kind") ?? ""];
	const kind = kinds.find((one) => one === wanted) ?? kinds[0];
	return (
		<>
			<Anchor component={Link} href="/requests" className={classes.back} underline="never">
				<IconChevronLeft size={20} aria-hidden />
				{t("title")}
			</Anchor>
			<Page title={t("newTitle")}>
				{kind === undefined ? (
					<Empty>{t("mayNotAsk")}</Empty>
				) : (
					<AskForm kinds={kinds} kind={kind} patient={query.get("patient") ?? ""} />
				)}
			</Page>
		</>
	);
}

function AskForm({
	kinds,
	kind,
	patient,
}: {
	kinds: ReferralKind[];
	kind: ReferralKind;
	patient: string;
}) {
	const { t } = useTranslation("requests");
	const word = useWord();
	const done = useDone();
	const [, go] = useLocation();
	const stands = useStands();
	const now = useNow();
	const [form, setForm, clear] = useDraft<Form>(
		`request/new/${patient}`,
		emptyForm(kind, patient, now),
	);
	const change = (part: Partial<Form>) => setForm({ ...form, ...part });
	const ask = useAction(async (beside: string[]) => {
		const answer = await session.client.ask(
			"referral",
			AskReferralSchema,
			askOf({ ...form, beside }),
		);
		clear();
		done({ text: t("asked") });
		if (stands()) go(`/requests/${answer.id}`);
	});
	const refused = ask.error instanceof Refused ? ask.error : undefined;
	const exists = refused?.code === Code.ALREADY_EXISTS ? refused : undefined;
	const at = (...fields: string[]) =>
		refused && !exists && fields.includes(refused.field) ? said(refused) : undefined;
	const placed = [
		"kind",
		"patient",
		"needs",
		"from_ms",
		"to_ms",
		"times",
		"every_days",
		"wished_ms",
	];
	const visit = form.kind === ReferralKind.VISIT;
	const [missing, setMissing] = useState(false);

	return (
		<form
			className={classes.form}
			noValidate
			onSubmit={(event) => {
				event.preventDefault();
				setMissing(!form.patient);
				if (form.patient) void ask.run(form.beside);
			}}
		>
			<Stack gap="lg">
				{kinds.length > 1 ? (
					<SegmentedControl
						fullWidth
						aria-label={t("kind")}
						value={String(form.kind)}
						onChange={(value) => change({ kind: Number(value) })}
						data={kinds.map((one) => ({
							value: String(one),
							label: word(ReferralKindSchema, one),
						}))}
					/>
				) : (
					<Text fw={600} size="lg">
						{word(ReferralKindSchema, form.kind)}
					</Text>
				)}
				<PatientPicker
					value={form.patient}
					change={(id) => {
						setMissing(false);
						change({ patient: id, beside: [] });
					}}
					error={missing ? t("patientMissing") : at("patient")}
				/>
				{visit ? (
					<Window form={form} change={change} at={at} />
				) : (
					<Wished form={form} change={change} error={at("wished_ms")} />
				)}
				<Input.Wrapper
					label={t("needs")}
					description={t("needsHint")}
					error={at("needs")}
					size="md"
				>
					<Chip.Group
						multiple
						value={form.needs.map(String)}
						onChange={(values) => change({ needs: values.map(Number) })}
					>
						<Group gap={8} mt={8} role="group" aria-label={t("needs")}>
							{NEEDS.map((need) => (
								<Chip key={need} value={String(need)} variant="outline">
									{word(NeedSchema, need)}
								</Chip>
							))}
						</Group>
					</Chip.Group>
				</Input.Wrapper>
				<Switch
					checked={form.urgent}
					onChange={(event) => change({ urgent: event.currentTarget.checked })}
					label={t("urgentAsk")}
					description={t("urgentHint")}
					color="var(--t-urgent)"
				/>
				<Text className={classes.after}>{afterwards(form, t)}</Text>
				{exists ? (
					<Paper bg="var(--t-limited-soft)" p="md" role="alert">
						<Stack gap="sm">
							<Text fw={600} c="var(--t-limited)">
								{t("existsTitle")}
							</Text>
							<Text>{said(exists)}</Text>
							<Group gap="xs">
								<Button component={Link} href={`/requests/${exists.id}`} variant="default">
									{t("seeExisting")}
								</Button>
								<Button
									variant="default"
									loading={ask.busy}
									onClick={() => {
										const beside = [...form.beside, exists.id];
										change({ beside });
										void ask.run(beside);
									}}
								>
									{t("askBeside")}
								</Button>
							</Group>
						</Stack>
					</Paper>
				) : (
					<>
						{!(refused && placed.includes(refused.field)) && <Failure error={ask.error} />}
						<Button type="submit" size="lg" loading={ask.busy}>
							{t("askNow")}
						</Button>
					</>
				)}
			</Stack>
		</form>
	);
}

type Say = ReturnType<typeof useTranslation<"requests">>["t"];

/** What happens next, in a sentence. */
function afterwards(form: Form, t: Say): string {
	const minutes = firstWaveMinutes(form.kind, form.urgent);
	const time = minutes < 60 ? t("minutes", { n: minutes }) : t("hours", { n: minutes / 60 });
	switch (form.kind) {
		case ReferralKind.HOME_DOCTOR:
			return t("after_doctor", { time });
		case ReferralKind.BACKUP_BED:
			return t("after_bed", { time });
		default:
			return t("after_visit", { time });
	}
}

function PatientPicker({
	value,
	change,
	error,
}: {
	value: string;
	change: (id: string) => void;
	error: string | undefined;
}) {
	const { t } = useTranslation("requests");
	const { t: common } = useTranslation();
	const patients = useMyPatients();
	const now = useNow();
	const living = patients.filter((patient) => !patient.deceased);
	return (
		<Select
			label={t("patient")}
			placeholder={t("choosePatient")}
			nothingFoundMessage={t("noPatient")}
			searchable
			value={value || null}
			onChange={(id) => change(id ?? "")}
			error={error}
			data={living.map((patient) => {
				const years = yearsOld(patient.born, now);
				return {
					value: patient.id,
					label: [
						`${patient.name}${common("sama") && ` ${common("sama")}`}`,
						years === undefined ? "" : common("years", { age: years }),
					]
						.filter(Boolean)
						.join(" "),
				};
			})}
			filter={({ options, search }) => {
				const text = folded(search);
				const found = new Set(
					living
						.filter((patient) => folded(patient.name + patient.kana).includes(text))
						.map((patient) => patient.id),
				);
				return options.filter(
					(option) =>
						"value" in option && (option.label.includes(search) || found.has(option.value)),
				);
			}}
			maxDropdownHeight={320}
			comboboxProps={{ transitionProps: { duration: 0 } }}
		/>
	);
}

function Window({
	form,
	change,
	at,
}: {
	form: Form;
	change: (part: Partial<Form>) => void;
	at: (...fields: string[]) => string | undefined;
}) {
	const { t } = useTranslation("requests");
	const { t: common } = useTranslation();
	const now = useNow();
	const days = [
		[isoDay(now), common("today")],
		[isoDay(now + DAY_MS), t("tomorrow")],
		[isoDay(now + 2 * DAY_MS), t("dayAfter")],
	] as const;
	const slot = Object.entries(SLOTS).find(([, [from, to]]) => from === form.from && to === form.to);
	return (
		<Stack gap="sm" component="fieldset" className={classes.fields}>
			<Text component="legend" fw={500} mb={8}>
				{t("window")}
			</Text>
			<Chip.Group value={form.date} onChange={(date) => change({ date: String(date) })}>
				<Group gap={8} role="group" aria-label={t("day")}>
					{days.map(([iso, text]) => (
						<Chip key={iso} value={iso} variant="outline">
							{text}
						</Chip>
					))}
				</Group>
			</Chip.Group>
			<TextInput
				type="date"
				label={t("day")}
				min={isoDay(now)}
				max={isoDay(now + 90 * DAY_MS)}
				value={form.date}
				onChange={(event) =>
					event.currentTarget.value && change({ date: event.currentTarget.value })
				}
			/>
			<Chip.Group
				value={slot?.[0] ?? ""}
				onChange={(name) => {
					const [from, to] = SLOTS[name as keyof typeof SLOTS];
					change({ from, to });
				}}
			>
				<Group gap={8} role="group" aria-label={t("hoursOfDay")}>
					{(Object.keys(SLOTS) as (keyof typeof SLOTS)[]).map((name) => (
						<Chip key={name} value={name} variant="outline">
							{t(`slot_${name}`)}
						</Chip>
					))}
				</Group>
			</Chip.Group>
			<Group gap="sm" grow align="flex-start">
				<TextInput
					type="time"
					label={t("from")}
					step={300}
					value={form.from}
					onChange={(event) =>
						event.currentTarget.value && change({ from: event.currentTarget.value })
					}
					error={at("from_ms")}
				/>
				<TextInput
					type="time"
					label={t("to")}
					step={300}
					value={form.to}
					onChange={(event) =>
						event.currentTarget.value && change({ to: event.currentTarget.value })
					}
					error={at("to_ms")}
				/>
			</Group>
			<Group gap="xl" align="flex-start">
				<Stepper
					label={t("times")}
					value={form.times}
					most={30}
					change={(times) => change({ times })}
					error={at("times")}
				/>
				{form.times > 1 && (
					<Stepper
						label={t("every")}
						value={form.every}
						most={31}
						change={(every) => change({ every })}
						error={at("every_days")}
					/>
				)}
			</Group>
		</Stack>
	);
}

function Wished({
	form,
	change,
	error,
}: {
	form: Form;
	change: (part: Partial<Form>) => void;
	error: string | undefined;
}) {
	const { t } = useTranslation("requests");
	const now = useNow();
	const choices = [
		["", t("noWish")],
		[isoDay(now + 3 * DAY_MS), t("inDays", { n: 3 })],
		[isoDay(now + 7 * DAY_MS), t("inDays", { n: 7 })],
		[isoDay(now + 14 * DAY_MS), t("inDays", { n: 14 })],
	] as const;
	return (
		<Stack gap="sm" component="fieldset" className={classes.fields}>
			<Text component="legend" fw={500} mb={8}>
				{t("wished")}
			</Text>
			<Chip.Group value={form.wished} onChange={(wished) => change({ wished: String(wished) })}>
				<Group gap={8} role="group" aria-label={t("wished")}>
					{choices.map(([iso, text]) => (
						<Chip key={iso} value={iso} variant="outline">
							{text}
						</Chip>
					))}
				</Group>
			</Chip.Group>
			<TextInput
				type="date"
				label={t("wishedDate")}
				min={isoDay(now)}
				max={isoDay(now + 89 * DAY_MS)}
				value={form.wished}
				onChange={(event) => change({ wished: event.currentTarget.value })}
				error={error}
			/>
		</Stack>
	);
}

/** A number by thumb: one less, one more. */
function Stepper({
	label,
	value,
	most,
	change,
	error,
}: {
	label: string;
	value: number;
	most: number;
	change: (value: number) => void;
	error: string | undefined;
}) {
	const { t } = useTranslation("requests");
	return (
		<Input.Wrapper label={label} error={error} size="md" labelElement="div">
			<Group gap={4} wrap="nowrap" role="group" aria-label={label}>
				<ActionIcon
					variant="default"
					aria-label={t("oneLess", { name: label })}
					disabled={value <= 1}
					onClick={() => change(value - 1)}
				>
					<span aria-hidden>−</span>
				</ActionIcon>
				<Text miw={44} ta="center" fw={600} aria-live="polite">
					{value}
				</Text>
				<ActionIcon
					variant="default"
					aria-label={t("oneMore", { name: label })}
					disabled={value >= most}
					onClick={() => change(value + 1)}
				>
					<span aria-hidden>＋</span>
				</ActionIcon>
			</Group>
		</Input.Wrapper>
	);
}
