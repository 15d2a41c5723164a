// The PIN pad: large keys at the thumb, and any keyboard.

import { Anchor, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNow } from "../../core/hooks";
import { session } from "../../core/session";
import { PIN_DIGITS, TooSoon, WrongPin } from "../../core/vault";
import { vault } from "../../core/device";
import { Failure } from "../../parts";
import { IconBackspace } from "../../parts/icons";
import classes from "./lock.module.css";

const WARN_LEFT = 5; // from here on it says what happens in the end

export function AskPin({ forgotten, beside }: { forgotten: () => void; beside?: ReactNode }) {
	const { t } = useTranslation("signin");
	const [pin, setPin] = useState("");
	const [busy, setBusy] = useState(false);
	const [wrong, setWrong] = useState(false);
	const [error, setError] = useState<unknown>();
	const [left, setLeft] = useState<number>();
	const [unsent, setUnsent] = useState(0);
	const [notBeforeMs, setNotBeforeMs] = useState(0);
	const now = useNow(500);
	const seconds = Math.ceil((notBeforeMs - now) / 1000);
	const waits = seconds > 0;

	useEffect(() => {
		void vault.pinState().then((state) => {
			setLeft(state.left);
			setNotBeforeMs(state.notBeforeMs);
		});
		void session.keeps().then((keeps) => setUnsent(keeps?.unsent ?? 0));
	}, []);

	const open = async () => {
		if (busy || pin.length < PIN_DIGITS) return;
		setBusy(true);
		setWrong(false);
		setError(undefined);
		try {
			await session.openByPin(pin);
		} catch (reason) {
			setPin("");
			if (reason instanceof WrongPin || reason instanceof TooSoon) {
				setWrong(reason instanceof WrongPin);
				setLeft(reason.left);
				setNotBeforeMs(reason.notBeforeMs);
			} else setError(reason);
		} finally {
			setBusy(false);
		}
	};
	const press = (digit: string) => {
		setWrong(false);
		setPin((typed) => (typed.length < 32 ? typed + digit : typed));
	};

	return (
		<form
			className={classes.pad}
			onSubmit={(event) => {
				event.preventDefault();
				void open();
			}}
		>
			<Stack gap="xs" align="center">
				<Title order={2} size="h4">
					{t("pinAsk")}
				</Title>
				<Text className="quiet">{t("pinAskWhy")}</Text>
				<input
					className={classes.typed}
					type="password"
					inputMode="none"
					autoComplete="off"
					aria-label={t("pin")}
					aria-invalid={wrong || undefined}
					aria-describedby="pin-says"
					value={pin}
					onChange={(event) => {
						setWrong(false);
						setPin(event.currentTarget.value.normalize("NFKC").replace(/\D/g, ""));
					}}
					disabled={waits}
					autoFocus
				/>
				<div id="pin-says" role="alert" className={classes.says}>
					{wrong && <Text c="var(--t-urgent)">{t("pinWrong")}</Text>}
					{waits && <Text>{t("pinWait", { seconds })}</Text>}
					{left !== undefined && left <= WARN_LEFT && (
						<Text fw={600}>{t("pinLeft", { left, unsent })}</Text>
					)}
					<Failure error={error} />
				</div>
			</Stack>
			<div className={classes.keys}>
				{["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((digit) => (
					<button key={digit} type="button" disabled={waits} onClick={() => press(digit)}>
						{digit}
					</button>
				))}
				<span />
				<button type="button" disabled={waits} onClick={() => press("0")}>
					0
				</button>
				<button
					type="button"
					aria-label={t("pinErase")}
					onClick={() => setPin((typed) => typed.slice(0, -1))}
				>
					<IconBackspace size={26} aria-hidden />
				</button>
			</div>
			<Button type="submit" loading={busy} disabled={waits || pin.length < PIN_DIGITS} fullWidth>
				{t("pinOpen")}
			</Button>
			<Group justify="space-between">
				<Anchor component="button" type="button" mih={44} onClick={forgotten}>
					{t("pinForgotten")}
				</Anchor>
				{beside}
			</Group>
		</form>
	);
}
