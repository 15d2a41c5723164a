import {
	Anchor,
	Button,
	Checkbox,
	Group,
	Paper,
	PasswordInput,
	Stack,
	Text,
	TextInput,
	Title,
} from "@mantine/core";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAction, useSession } from "../../core/hooks";
import { session, type SecondStep } from "../../core/session";
import { loadSettings, type Settings } from "../../core/settings";
import { language, setLanguage } from "../../i18n";
import { Failure, Loading } from "../../parts";

// What comes after the password is loaded while it is typed.
const later = () => import("./later");
const Second = lazy(() => later().then((all) => ({ default: all.Second })));
const ChoosePin = lazy(() => later().then((all) => ({ default: all.ChoosePin })));
const AskPin = lazy(() => later().then((all) => ({ default: all.AskPin })));
const Lose = lazy(() => import("./lose").then((all) => ({ default: all.Lose })));

type Keeps = Awaited<ReturnType<typeof session.keeps>>;

export default function SignIn() {
	const { t } = useTranslation("signin");
	const { t: common } = useTranslation();
	const state = useSession();
	const [settings, setSettings] = useState<Settings>();
	const [keeps, setKeeps] = useState<Keeps>();
	const [user, setUser] = useState("");
	const [password, setPassword] = useState("");
	const [shared, setShared] = useState(false);
	const [second, setSecond] = useState<SecondStep>();
	const [asks, setAsks] = useState<"other" | "same">();

	useEffect(() => {
		void loadSettings().then(setSettings);
		void later();
	}, []);

	// Whatever changed: from the beginning. Who left in the middle of it leaves no password here.
	useEffect(() => {
		setSecond(undefined);
		setPassword("");
		void session
			.keeps()
			.then((found) => {
				setKeeps(found);
				if (found) setUser((typed) => typed || found.user);
			})
			.catch(() => {});
	}, [state]);

	const why = state.kind === "signedOut" ? state.why : undefined;
	const name = user.trim();
	const other = keeps !== undefined && keeps.user !== name;
	const signIn = useAction(async () => setSecond(await session.signIn(name, password, shared)));
	const ask = () => {
		if (other && keeps.unsent > 0) setAsks("other");
		else void signIn.run();
	};

	return (
		<Stack maw={420} mx="auto" p="md" pt="xl" component="main">
			<Group justify="space-between">
				<Title order={1}>{common("name")}</Title>
				<Anchor
					component="button"
					type="button"
					mih={44}
					onClick={() => void setLanguage(language() === "en" ? "ja" : "en")}
				>
					{common("language")}
				</Anchor>
			</Group>
			{why && <Text role="status">{t(why)}</Text>}
			<Suspense fallback={<Loading />}>
				{!second ? (
					<form
						onSubmit={(event) => {
							event.preventDefault();
							ask();
						}}
					>
						<Stack>
							<TextInput
								label={t("user")}
								autoComplete="username"
								autoCapitalize="none"
								spellCheck={false}
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
							{(!keeps || other) && (
								<Checkbox
									label={t("shared")}
									description={t("sharedWhy")}
									checked={shared}
									onChange={(event) => setShared(event.currentTarget.checked)}
								/>
							)}
							{other && name !== "" && (
								<Text size="sm" className="quiet">
									{t("wipeOther", { user: keeps.user })}
								</Text>
							)}
							<Failure error={signIn.error} />
							<Button type="submit" loading={signIn.busy} fullWidth>
								{t("go")}
							</Button>
						</Stack>
					</form>
				) : second.pin === "choose" ? (
					<ChoosePin choose={(pin) => session.choosePin(pin)} />
				) : second.pin === "ask" ? (
					<AskPin
						forgotten={() => {
							if (keeps && keeps.unsent > 0) setAsks("same");
							else setSecond(session.forgetPin());
						}}
					/>
				) : (
					<Second user={name} step={second} next={setSecond} />
				)}
				{asks && (
					<Lose
						says={
							asks === "other"
								? t("loseOther", { user: keeps?.user ?? "", n: keeps?.unsent ?? 0 })
								: t("loseSame", { n: keeps?.unsent ?? 0 })
						}
						goOn={() => {
							setAsks(undefined);
							if (asks === "other") void signIn.run();
							else setSecond(session.forgetPin());
						}}
						cancel={() => setAsks(undefined)}
					/>
				)}
			</Suspense>
			{second && (
				<Anchor component="button" type="button" mih={44} onClick={() => session.startAgain()}>
					{t("back")}
				</Anchor>
			)}
			{!second && keeps?.pin && !keeps.ended && !why && (
				<Anchor component="button" type="button" mih={44} onClick={() => session.toLock()}>
					{t("byPin", { user: keeps.user })}
				</Anchor>
			)}
			{settings?.demonstration && !second && (
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
