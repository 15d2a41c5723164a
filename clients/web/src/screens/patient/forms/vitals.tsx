// Vital signs by thumb: big fields, numbers of our own below them, the next field by itself.

import { Switch } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useDraft } from "../../../core/hooks";
import { IconBackspace } from "../../../parts/icons";
import c from "../patient.module.css";
import {
	isFull,
	judge,
	limitsOf,
	numberOf,
	RANGES,
	SIGNS,
	typedOf,
	UNITS,
	urgentSigns,
	vitalsOf,
	type Limits,
	type Sign,
	type Typed,
	type Verdict,
} from "../vitals";
import { commonOf, draftKey, EntryForm, write, type Writing } from "./entry-form";

export function VitalsForm({ writing, limits }: { writing: Writing; limits: Limits | undefined }) {
	const { t } = useTranslation("patient");
	const from = writing.from?.content;
	const [draft, setDraft, clear] = useDraft(draftKey(writing, "vitals"), {
		typed: (from?.case === "vitalSigns" ? typedOf(from.value) : {}) as Typed,
		onOxygen: from?.case === "vitalSigns" && from.value.onOxygen,
		common: commonOf(writing),
	});
	const [tried, setTried] = useState(false);
	const [left, setLeft] = useState<readonly Sign[]>([]);
	const [here, setHere] = useState<Sign>("systolic");
	const thumb = useMediaQuery("(pointer: coarse)", undefined, { getInitialValueInEffect: false });
	const inputs = useRef<Partial<Record<Sign, HTMLInputElement | null>>>({});

	const verdicts = judge(draft.typed, limits);
	// While somebody types, half a number is neither a mistake nor urgent.
	const settled = (sign: Sign) =>
		tried || left.includes(sign) || isFull(sign, draft.typed[sign] ?? "");
	const urgent = urgentSigns(draft.typed, limits).filter(
		(sign) => settled(sign) && verdicts[sign]?.kind !== "refused",
	);
	const nothing = SIGNS.every((sign) => !draft.typed[sign]?.trim());

	// A key may be pressed before what the one before changed is drawn.
	const latest = useRef(draft);
	latest.current = draft;
	const change = (next: Partial<typeof draft>) => {
		latest.current = { ...latest.current, ...next };
		setDraft(latest.current);
	};
	const go = (sign: Sign | undefined) => sign && inputs.current[sign]?.focus();
	const next = (sign: Sign) => SIGNS[SIGNS.indexOf(sign) + 1];
	const set = (sign: Sign, text: string, forward: boolean) => {
		change({ typed: { ...latest.current.typed, [sign]: text } });
		if (forward && isFull(sign, text)) go(next(sign));
	};
	const press = (key: string) => {
		const typed = latest.current.typed[here] ?? "";
		// A field that is full begins anew: it was come back to.
		if (key === "back") set(here, typed.slice(0, -1), false);
		else set(here, isFull(here, typed) ? key : typed + key, true);
	};
	const leave = (sign: Sign) => {
		const typed = latest.current.typed[sign];
		if (!typed) return;
		setLeft((was) => [...new Set([...was, sign])]);
		const value = numberOf(sign, typed);
		if (sign === "temperature" && value)
			set(sign, value.toFixed(RANGES.temperature.decimals), false);
	};

	const submit = async () => {
		setTried(true);
		const wrong = SIGNS.find((sign) => verdicts[sign]?.kind === "refused");
		if (wrong || nothing) return false;
		const value = vitalsOf(draft.typed, draft.onOxygen);
		await write(writing, { case: "vitalSigns", value }, draft.common);
		clear();
		writing.done();
		return true;
	};

	return (
		<EntryForm
			writing={writing}
			common={draft.common}
			onCommon={(common) => change({ common })}
			onSubmit={submit}
			beside={
				<Switch
					label={t("onOxygen")}
					checked={draft.onOxygen}
					onChange={(event) => change({ onOxygen: event.currentTarget.checked })}
					styles={{ body: { minHeight: 44, alignItems: "center" } }}
				/>
			}
			forcedUrgent={
				urgent.length
					? t("becomesUrgent", { what: urgent.map((sign) => t(sign)).join("・") })
					: undefined
			}
			pad={
				thumb && (
					<Pad
						onKey={press}
						onNext={() => go(next(here) ?? "systolic")}
						decimal={here === "temperature"}
					/>
				)
			}
		>
			<div className={c.signs}>
				{SIGNS.map((sign) => {
					const verdict = verdicts[sign];
					const told = verdict && settled(sign);
					const { low, high } = limitsOf(sign, limits);
					return (
						<div key={sign} className={c.sign} data-verdict={told ? verdict.kind : undefined}>
							<label htmlFor={`sign-${sign}`}>
								{t(sign)}
								<small>
									{low || high ? `${low || ""}–${high || ""} ` : ""}
									{UNITS[sign]}
								</small>
							</label>
							<input
								id={`sign-${sign}`}
								ref={(element) => {
									inputs.current[sign] = element;
								}}
								data-autofocus={sign === "systolic" || undefined}
								inputMode={thumb ? "none" : "decimal"}
								autoComplete="off"
								enterKeyHint="next"
								value={draft.typed[sign] ?? ""}
								aria-invalid={told && verdict.kind === "refused" ? true : undefined}
								aria-describedby={`said-${sign}`}
								onFocus={(event) => {
									setHere(sign);
									event.currentTarget.select();
								}}
								onBlur={() => leave(sign)}
								onChange={(event) => set(sign, event.currentTarget.value, true)}
								onKeyDown={(event) => {
									if (event.key === "Enter" && next(sign)) {
										event.preventDefault();
										go(next(sign));
									}
								}}
							/>
							<p id={`said-${sign}`} className={c.said} data-verdict={verdict?.kind} role="status">
								{told && <Said sign={sign} verdict={verdict} />}
							</p>
						</div>
					);
				})}
			</div>
			{tried && nothing && (
				<p className={c.said} data-verdict="refused" role="alert">
					{t("nothingMeasured")}
				</p>
			)}
		</EntryForm>
	);
}

function Said({ sign, verdict }: { sign: Sign; verdict: Verdict }) {
	const { t } = useTranslation("patient");
	const { least, most } = RANGES[sign];
	switch (verdict.kind) {
		case "refused":
			return t(`refused_${verdict.why}`, { least, most });
		case "doubt":
			return t("doubt");
		case "urgent":
			return t(verdict.side === "low" ? "belowLimit" : "aboveLimit");
		default:
			return null;
	}
}

function Pad({
	onKey,
	onNext,
	decimal,
}: {
	onKey(key: string): void;
	onNext(): void;
	decimal: boolean;
}) {
	const { t } = useTranslation("patient");
	// The fields keep the focus: a key of the pad is no place to be.
	const key = (text: string) => (
		<button
			key={text}
			type="button"
			tabIndex={-1}
			onPointerDown={(event) => event.preventDefault()}
			onClick={() => onKey(text)}
		>
			{text}
		</button>
	);
	return (
		<div className={c.pad} role="group" aria-label={t("numbers")}>
			{["1", "2", "3"].map(key)}
			<button
				type="button"
				tabIndex={-1}
				aria-label={t("eraseDigit")}
				onPointerDown={(event) => event.preventDefault()}
				onClick={() => onKey("back")}
			>
				<IconBackspace size={26} aria-hidden />
			</button>
			{["4", "5", "6"].map(key)}
			<button
				type="button"
				tabIndex={-1}
				disabled={!decimal}
				onPointerDown={(event) => event.preventDefault()}
				onClick={() => onKey(".")}
			>
				.
			</button>
			{["7", "8", "9"].map(key)}
			<button
				type="button"
				tabIndex={-1}
				className={c.tall}
				onPointerDown={(event) => event.preventDefault()}
				onClick={onNext}
			>
				{t("next")}
			</button>
			<span />
			{key("0")}
			<span />
		</div>
	);
}
