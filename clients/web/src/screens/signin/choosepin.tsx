import { Button, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAction } from "../../core/hooks";
import { Failure } from "../../parts";
import { pinFault } from "./pin";

/** A PIN, twice. */
export function ChoosePin({ choose }: { choose: (pin: string) => Promise<void> }) {
	const { t } = useTranslation("signin");
	const [pin, setPin] = useState("");
	const [again, setAgain] = useState("");
	const [looked, setLooked] = useState(false);
	const first = useRef<HTMLInputElement>(null);
	const second = useRef<HTMLInputElement>(null);
	const set = useAction(() => choose(pin));
	const fault = pinFault(pin);
	const differs = pin !== again;

	return (
		<form
			onSubmit={(event) => {
				event.preventDefault();
				setLooked(true);
				if (fault) first.current?.focus();
				else if (differs) second.current?.focus();
				else void set.run();
			}}
		>
			<Stack>
				<Title order={2} size="h4">
					{t("pinChoose")}
				</Title>
				<Text>{t("pinWhy")}</Text>
				<PasswordInput
					ref={first}
					label={t("pin")}
					inputMode="numeric"
					autoComplete="new-password"
					value={pin}
					onChange={(event) => setPin(event.currentTarget.value.normalize("NFKC"))}
					error={looked && fault ? t(fault) : undefined}
					autoFocus
				/>
				<PasswordInput
					ref={second}
					label={t("pinAgain")}
					inputMode="numeric"
					autoComplete="new-password"
					value={again}
					onChange={(event) => setAgain(event.currentTarget.value.normalize("NFKC"))}
					error={looked && !fault && differs ? t("pinDiffers") : undefined}
				/>
				<Failure error={set.error} />
				<Button type="submit" loading={set.busy} fullWidth>
					{t("pinSet")}
				</Button>
			</Stack>
		</form>
	);
}
