// What is left after the password: six digits or a passkey, a new password, setting up the digits.

import { Button, Divider, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAction } from "../../core/hooks";
import { session, type SecondStep } from "../../core/session";
import { Failure, Loading } from "../../parts";

const Totp = lazy(() => import("./totp"));

export function Second({
	user,
	step,
	next,
}: {
	user: string;
	step: SecondStep;
	next: (step: SecondStep | undefined) => void;
}) {
	const { t } = useTranslation("signin");
	const [code, setCode] = useState("");
	const [password, setPassword] = useState("");
	const [secret] = useState(() => crypto.getRandomValues(new Uint8Array(20)));

	const goOn = useAction(async () =>
		next(
			await session.second({
				totp: code.replace(/\D/g, "") || undefined,
				newPassword: password || undefined,
				newTotpSecret: step.setUpTotp ? secret : undefined,
			}),
		),
	);
	const byPasskey = useAction(async () => next(await session.secondByPasskey()));
	const digits = step.totp || step.setUpTotp;

	return (
		<form
			onSubmit={(event) => {
				event.preventDefault();
				void goOn.run();
			}}
		>
			<Stack>
				{step.passkey && (
					<>
						<Button onClick={() => void byPasskey.run()} loading={byPasskey.busy}>
							{t("passkey")}
						</Button>
						{byPasskey.error instanceof DOMException ? (
							<Text role="alert">{t("passkeyFailed")}</Text>
						) : (
							<Failure error={byPasskey.error} />
						)}
						{digits && <Divider label={t("or")} />}
					</>
				)}
				{step.changePassword && (
					<PasswordInput
						label={t("newPassword")}
						description={t("change")}
						autoComplete="new-password"
						minLength={8}
						value={password}
						onChange={(event) => setPassword(event.currentTarget.value)}
						required
						autoFocus
					/>
				)}
				{step.setUpTotp && (
					<>
						<Title order={2} size="h4">
							{t("setUp")}
						</Title>
						<Text>{t("setUpWhy")}</Text>
						<Suspense fallback={<Loading />}>
							<Totp user={user} secret={secret} />
						</Suspense>
					</>
				)}
				{digits && (
					<TextInput
						label={t("code")}
						inputMode="numeric"
						autoComplete="one-time-code"
						value={code}
						onChange={(event) => setCode(event.currentTarget.value)}
						required
						autoFocus={!step.changePassword}
					/>
				)}
				<Failure error={goOn.error} />
				{(digits || step.changePassword) && (
					<Button type="submit" loading={goOn.busy} fullWidth>
						{t("next")}
					</Button>
				)}
			</Stack>
		</form>
	);
}
