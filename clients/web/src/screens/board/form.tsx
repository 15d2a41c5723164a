// Everything that can be said of my own organisation; what is typed survives a reload.

import {
	ActionIcon,
	Button,
	Chip,
	Group,
	NumberInput,
	SegmentedControl,
	Select,
	Stack,
	Text,
	TextInput,
} from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Refused } from "../../core/errors";
import { useAction, useDraft, useNow, useStands } from "../../core/hooks";
import { session } from "../../core/session";
import {
	BedKindSchema,
	CapacityLevel,
	NeedSchema,
	NewPatients,
	NewPatientsSchema,
	SetCapacitySchema,
	type Capacity,
} from "../../gen/board_pb";
import { OrganisationKind } from "../../gen/network_pb";
import { Patient_Sex as Sex } from "../../gen/record_pb";
import { useWord } from "../../i18n/words";
import { Failure, errorText } from "../../parts";
import { IconTrash } from "../../parts/icons";
import { defaultUntil, untils, worth } from "./capacity";
import classes from "./board.module.css";
import { LevelButtons, useEnd } from "./levels";

const JAPAN_MS = 9 * 3600 * 1000;

interface Draft {
	level: CapacityLevel;
	untilMs: number;
	other: boolean;
	today: string;
	week: string;
	beds: { kind: string; sex: string; count: string }[];
	newPatients: string;
	accepts: string[];
	remark: string;
}

/** As it stands now; what has lapsed begins empty. */
export function draftOf(row: Capacity, nowMs: number): Draft {
	const now = worth(row, nowMs);
	const known = now.level !== CapacityLevel.UNKNOWN && now.level !== 0;
	return {
		level: known ? now.level : CapacityLevel.CAPACITY_LEVEL_UNSPECIFIED,
		untilMs: known ? Number(now.validUntilMs) : defaultUntil(nowMs),
		other: false,
		today: now.freeVisits ? String(now.freeVisits.today) : "",
		week: now.freeVisits ? String(now.freeVisits.week) : "",
		beds: now.beds.map(({ kind, sex, count }) => ({
			kind: String(kind),
			sex: String(sex),
			count: String(count),
		})),
		newPatients: String(now.newPatients),
		accepts: now.accepts.map(String),
		remark: now.remark,
	};
}

/** What is sent of it. */
export function saidOf(draft: Draft, kind: OrganisationKind) {
	const station = kind === OrganisationKind.NURSE_STATION;
	return {
		level: draft.level,
		validUntilMs: BigInt(draft.untilMs),
		freeVisits:
			station && (draft.today || draft.week)
				? { today: Number(draft.today), week: Number(draft.week) }
				: undefined,
		beds:
			kind === OrganisationKind.HOSPITAL
				? draft.beds
						.filter((beds) => beds.count !== "")
						.map((beds) => ({
							kind: Number(beds.kind),
							sex: Number(beds.sex),
							count: Number(beds.count),
						}))
				: [],
		newPatients: kind === OrganisationKind.CLINIC ? Number(draft.newPatients) : 0,
		accepts: draft.accepts.map(Number),
		remark: draft.remark.trim(),
	};
}

/** For <input type="datetime-local">, in Japan whatever the device believes. */
const localOf = (ms: number) => new Date(ms + JAPAN_MS).toISOString().slice(0, 16);
const msOf = (local: string) => Date.parse(`${local}:00+09:00`);

export default function Form({ row, done }: { row: Capacity; done: () => void }) {
	const { t } = useTranslation("board");
	const { t: common } = useTranslation();
	const word = useWord();
	const now = useNow();
	const end = useEnd();
	const [draft, setDraft, clear] = useDraft<Draft>("board/mine", draftOf(row, Date.now()));
	const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
	const stands = useStands();
	const save = useAction(async () => {
		const capacity = saidOf(draft, row.kind);
		await session.client.ask("board", SetCapacitySchema, { capacity });
		clear();
		if (stands()) done();
	});
	const field = save.error instanceof Refused ? save.error.field : "";
	const beside = (name: string) =>
		field.startsWith(`capacity.${name}`) ? errorText(save.error, common) : undefined;
	const number = (value: string | number) => (value === "" ? "" : String(value));
	const station = row.kind === OrganisationKind.NURSE_STATION;
	const hospital = row.kind === OrganisationKind.HOSPITAL;
	const clinic = row.kind === OrganisationKind.CLINIC;
	const bedKinds = [
		{ value: "0", label: t("anyBed") },
		...BedKindSchema.values
			.filter((one) => one.number > 0)
			.map((one) => ({ value: String(one.number), label: word(BedKindSchema, one.number) })),
	];
	const sexes = [
		{ value: "0", label: t("either") },
		{ value: String(Sex.MALE), label: t("male") },
		{ value: String(Sex.FEMALE), label: t("female") },
	];
	const ends = [...new Set([...untils(now), draft.untilMs])].sort((a, b) => a - b);
	return (
		<form
			onSubmit={(event) => {
				event.preventDefault();
				void save.run();
			}}
		>
			<Stack gap="lg">
				<div>
					<LevelButtons value={draft.level} choose={(level) => change({ level })} />
					{beside("level") && (
						<Text size="sm" c="var(--t-urgent)" role="alert">
							{beside("level")}
						</Text>
					)}
				</div>
				<div>
					<Text fw={500} id="until">
						{t("until")}
					</Text>
					<Group gap="xs" role="group" aria-labelledby="until">
						{ends.map((ms) => (
							<Chip
								key={ms}
								checked={draft.untilMs === ms}
								onChange={() => change({ untilMs: ms, other: false })}
							>
								{end(ms, now)}
							</Chip>
						))}
						<Chip checked={draft.other} onChange={(other) => change({ other })}>
							{t("untilOther")}
						</Chip>
					</Group>
					{(draft.other || beside("valid_until_ms")) && (
						<TextInput
							type="datetime-local"
							mt="xs"
							label={t("untilOther")}
							value={localOf(draft.untilMs)}
							error={beside("valid_until_ms")}
							onChange={(event) => {
								const ms = msOf(event.currentTarget.value);
								if (!Number.isNaN(ms)) change({ untilMs: ms, other: true });
							}}
						/>
					)}
				</div>
				{station && (
					<Group grow align="end">
						<NumberInput
							label={t("visitsToday")}
							min={0}
							max={1000}
							allowDecimal={false}
							inputMode="numeric"
							value={draft.today}
							error={beside("free_visits.today")}
							onChange={(value) => change({ today: number(value) })}
						/>
						<NumberInput
							label={t("visitsWeek")}
							min={0}
							max={5000}
							allowDecimal={false}
							inputMode="numeric"
							value={draft.week}
							error={beside("free_visits.week")}
							onChange={(value) => change({ week: number(value) })}
						/>
					</Group>
				)}
				{hospital && (
					<fieldset style={{ border: 0, padding: 0, margin: 0 }}>
						<Text component="legend" fw={500}>
							{t("bedsTitle")}
						</Text>
						<Stack gap="xs">
							{draft.beds.map((beds, index) => {
								const set = (part: Partial<Draft["beds"][number]>) =>
									change({
										beds: draft.beds.map((one, at) => (at === index ? { ...one, ...part } : one)),
									});
								return (
									<div key={index} className={classes.bed}>
										<Select
											label={t("bedKind")}
											data={bedKinds}
											value={beds.kind}
											allowDeselect={false}
											onChange={(kind) => set({ kind: kind ?? "0" })}
										/>
										<Select
											label={t("bedSex")}
											data={sexes}
											value={beds.sex}
											allowDeselect={false}
											onChange={(sex) => set({ sex: sex ?? "0" })}
										/>
										<NumberInput
											label={t("bedCount")}
											min={0}
											max={1000}
											allowDecimal={false}
											inputMode="numeric"
											value={beds.count}
											error={beside(`beds[${index}]`)}
											onChange={(value) => set({ count: number(value) })}
										/>
										<ActionIcon
											color="gray"
											aria-label={t("bedRemove")}
											title={t("bedRemove")}
											onClick={() => change({ beds: draft.beds.filter((_, at) => at !== index) })}
										>
											<IconTrash size={20} />
										</ActionIcon>
									</div>
								);
							})}
							<Button
								variant="default"
								disabled={draft.beds.length >= 20}
								onClick={() =>
									change({ beds: [...draft.beds, { kind: "0", sex: "0", count: "" }] })
								}
							>
								{t("bedAdd")}
							</Button>
						</Stack>
					</fieldset>
				)}
				{clinic && (
					<div>
						<Text fw={500}>{t("newPatients")}</Text>
						<SegmentedControl
							aria-label={t("newPatients")}
							value={draft.newPatients}
							onChange={(newPatients) => change({ newPatients })}
							data={[
								{ value: "0", label: t("notSaid") },
								...[NewPatients.WELCOME, NewPatients.NOT_NOW].map((one) => ({
									value: String(one),
									label: word(NewPatientsSchema, one),
								})),
							]}
							orientation="vertical"
							fullWidth
						/>
					</div>
				)}
				<div>
					<Text fw={500} id="accepts">
						{t("accepts")}
					</Text>
					<Chip.Group multiple value={draft.accepts} onChange={(accepts) => change({ accepts })}>
						<Group gap="xs" role="group" aria-labelledby="accepts">
							{NeedSchema.values
								.filter((one) => one.number > 0)
								.map((one) => (
									<Chip key={one.number} value={String(one.number)}>
										{word(NeedSchema, one.number)}
									</Chip>
								))}
						</Group>
					</Chip.Group>
				</div>
				<TextInput
					label={t("remark")}
					description={t("remarkHelp")}
					maxLength={300}
					value={draft.remark}
					error={beside("remark")}
					onChange={(event) => change({ remark: event.currentTarget.value })}
				/>
				<Failure error={field && beside(field.replace("capacity.", "")) ? undefined : save.error} />
				<Group>
					<Button type="submit" loading={save.busy}>
						{t("save")}
					</Button>
					<Button
						variant="subtle"
						color="gray"
						onClick={() => {
							clear();
							done();
						}}
					>
						{common("cancel")}
					</Button>
				</Group>
			</Stack>
		</form>
	);
}
