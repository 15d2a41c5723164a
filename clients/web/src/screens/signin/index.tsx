import {
	Anchor,
	Button,
	Group,
	Paper,
	PasswordInput,
	Stack,
	Text,
	TextInput,
	Title,
} from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAction, useSession } from "../../core/hooks";
import { session, type SecondStep } from "../../core/session";
import { loadSettings, type Settings } from "../../core/settings";
import { language, setLanguage } from "../../i18n";
import { Failure } from "../../parts";

export default function SignIn() {
	const { t } = useTranslation("signin");
	const { t: common } = useTranslation();
	const state = useSession();
	const [settings, setSettings] = useState<Settings>();
	const [user, setUser] = useState("");
	const [password, setPassword] = useState("");
	const [code, setCode] = useState("");
	const [newPassword, setNewPassword] = useState("");
	const [second, setSecond] = useState<SecondStep>();

	useEffect(() => void loadSettings().then(setSettings), []);

	const signIn = useAction(async () => setSecond(await session.signIn(user.trim(), password)));
	const goOn = useAction(async () =>
		setSecond(await session.second({ totp: code, newPassword: newPassword || undefined })),
	);

	return (
		<Stack maw={420} mx="auto" p="md" pt="xl" component="main">
			<Group justify="space-between">
				<Title order={1}>{common("name")}</Title>
				<Anchor
					component="button"
					type="button"
					onClick={() => void setLanguage(language() === "en" ? "ja" : "en")}
				>
					{common("language")}
				</Anchor>
			</Group>
			{state.kind === "signedOut" && state.why && <Text role="status">{t(state.why)}</Text>}
			{!second ? (
				<form
					onSubmit={(event) => {
						event.preventDefault();
						void signIn.run();
					}}
				>
					<Stack>
						<TextInput
							label={t("user")}
							autoComplete="username"
							autoCapitalize="none"
							value={user}
							onChange={(event) => setUser(event.currentTarget.value)}
							required
						/>
						<PasswordInput
							label={t("password")}
							autoComplete="current-password"
							value={password}
							onChange={(event) => setPassword(event.currentTarget.value)}
							required
						/>
						<Failure error={signIn.error} />
						<Button type="submit" loading={signIn.busy} fullWidth>
							{t("go")}
						</Button>
					</Stack>
				</form>
			) : (
				<form
					onSubmit={(event) => {
						event.preventDefault();
						void goOn.run();
					}}
				>
					<Stack>
						{second.totp && (
							<TextInput
								label={t("code")}
								inputMode="numeric"
								autoComplete="one-time-code"
								maxLength={6}
								value={code}
								onChange={(event) => setCode(event.currentTarget.value)}
								data-autofocus
							/>
						)}
						{second.changePassword && (
							<PasswordInput
								label={t("newPassword")}
								description={t("change")}
								autoComplete="new-password"
								value={newPassword}
								onChange={(event) => setNewPassword(event.currentTarget.value)}
							/>
						)}
						<Failure error={goOn.error} />
						<Button type="submit" loading={goOn.busy} fullWidth>
							{t("go")}
						</Button>
					</Stack>
				</form>
			)}
			{settings?.demonstration && (
				<Paper p="md" bg="var(--t-soft)">
					<Text size="sm">{t("demonstration")}</Text>
					<Text size="sm" fw={600} mt="xs">
						{t("try")}
					</Text>
					{settings.accounts.map((account) => (
						<button
							key={account.user}
							type="button"
							className="row"
							onClick={() => {
								setUser(account.user);
								setPassword(settings.password);
							}}
						>
							{language() === "en" ? account.en : account.ja}
							<Text span className="quiet" size="sm">
								{" "}
								{account.user}
							</Text>
						</button>
					))}
				</Paper>
			)}
		</Stack>
	);
}
