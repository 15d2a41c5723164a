// What a person sets for themselves: how the page looks and sounds, how they sign in, where they are
// signed in, where a mail goes when no device answers.

import {
	Anchor,
	Button,
	Group,
	PasswordInput,
	SegmentedControl,
	Stack,
	Switch,
	Text,
	TextInput,
	useMantineColorScheme,
	type MantineColorScheme,
} from "@mantine/core";
import { lazy, Suspense, useRef, useState, useSyncExternalStore, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useAction, useAsked, useMe } from "../../core/hooks";
import { makePasskey } from "../../core/passkey";
import { session } from "../../core/session";
import { TooSoon, WrongPin } from "../../core/vault";
import { onSoundChange, setSound, soundState } from "../../core/sound";
import {
	AddPasskeySchema,
	DeviceListSchema,
	ListDevicesSchema,
	RemovePasskeySchema,
	SetMailSchema,
	SetPasswordSchema,
	SetTotpSchema,
	ShowSignInSchema,
	SignInShownSchema,
	SignOutSchema,
	type SignInShown,
} from "../../gen/network_pb";
import { language, setLanguage, type Language } from "../../i18n";
import { Failure, Page, Section, Shown, Waiting } from "../../parts";
import { fullDay, when } from "../../parts/time";
import { pinFault } from "../signin/pin";

const Totp = lazy(() => import("../signin/totp"));

const directory = session.client;

export default function Settings() {
	const { t } = useTranslation("settings");
	const { me } = useMe();
	return (
		<Page title={t("title")}>
			<Stack gap="xl" maw={560}>
				<Look />
				<Section title={t("reach")}>
					<Stack>
						<Mail mail={me.person?.mail ?? ""} />
						<Text>
							<Anchor component={Link} href="/directory" py={10} display="inline-block">
								{t("hours")}
							</Anchor>
						</Text>
					</Stack>
				</Section>
				<Password />
				<SecondFactor />
				<Pin />
				<Devices />
			</Stack>
		</Page>
	);
}

function Look() {
	const { t, i18n } = useTranslation("settings");
	const { colorScheme, setColorScheme } = useMantineColorScheme();
	const sound = useSyncExternalStore(onSoundChange, soundState);
	return (
		<Section title={t("look")}>
			<Stack>
				<Choice
					label={t("language")}
					value={i18n.language === "en" ? "en" : language()}
					choices={[
						{ value: "ja", label: t("japanese") },
						{ value: "en", label: t("english") },
					]}
					choose={(value) => void setLanguage(value as Language)}
				/>
				<Choice
					label={t("scheme")}
					value={colorScheme}
					choices={[
						{ value: "auto", label: t("auto") },
						{ value: "light", label: t("light") },
						{ value: "dark", label: t("dark") },
					]}
					choose={(value) => setColorScheme(value as MantineColorScheme)}
				/>
				<Switch
					label={t("sound")}
					description={sound === "blocked" ? t("soundBlocked") : undefined}
					checked={sound !== "off"}
					onChange={(event) => setSound(event.currentTarget.checked)}
				/>
			</Stack>
		</Section>
	);
}

function Choice(props: {
	label: string;
	value: string;
	choices: { value: string; label: string }[];
	choose: (value: string) => void;
}) {
	return (
		<div>
			<Text fw={500} mb={4}>
				{props.label}
			</Text>
			<SegmentedControl
				aria-label={props.label}
				fullWidth
				value={props.value}
				data={props.choices}
				onChange={props.choose}
			/>
		</div>
	);
}

/**
 * A form of a few fields: what went wrong stands below them, what went well beside the button. `send`
 * gives false where it has said itself what is wrong.
 */
function Form(props: {
	send: () => Promise<unknown>;
	fault?: string;
	button: string;
	done: string;
	children: ReactNode;
}) {
	const { send, fault, button, done, children } = props;
	const [sent, setSent] = useState(false);
	const [faulty, setFaulty] = useState(false);
	const well = useRef(false);
	const action = useAction(async () => {
		well.current = (await send()) !== false;
	});
	return (
		<form
			onChange={() => setSent(false)}
			onSubmit={(event) => {
				event.preventDefault();
				setFaulty(!!fault);
				if (!fault) void action.run().then((ran) => setSent(ran && well.current));
			}}
		>
			<Stack gap="sm">
				{children}
				{faulty && fault && (
					<Text role="alert" c="var(--t-urgent)">
						{fault}
					</Text>
				)}
				<Failure error={action.error} />
				<Group>
					<Button type="submit" variant="default" loading={action.busy}>
						{button}
					</Button>
					<Text role="status">{sent ? done : ""}</Text>
				</Group>
			</Stack>
		</form>
	);
}

function Mail({ mail }: { mail: string }) {
	const { t } = useTranslation("settings");
	const [value, setValue] = useState(mail);
	return (
		<Form
			send={() => directory.ask("directory", SetMailSchema, { mail: value.trim() })}
			button={t("keep")}
			done={t("kept")}
		>
			<TextInput
				type="email"
				label={t("mail")}
				description={t("mailWhy")}
				autoComplete="email"
				value={value}
				onChange={(event) => setValue(event.currentTarget.value)}
			/>
		</Form>
	);
}

function Password() {
	const { t } = useTranslation("settings");
	const [present, setPresent] = useState("");
	const [next, setNext] = useState("");
	const signIn = useAsked("directory", ShowSignInSchema, {}, SignInShownSchema);
	return (
		<Section title={t("password")}>
			<Form
				send={async () => {
					await directory.ask("directory", SetPasswordSchema, { present, password: next });
					setPresent("");
					setNext("");
					signIn.again();
				}}
				fault={[...next].length < 8 ? t("passwordShort") : undefined}
				button={t("passwordSet")}
				done={t("passwordDone")}
			>
				{signIn.data?.password !== false && (
					<PasswordInput
						label={t("present")}
						autoComplete="current-password"
						value={present}
						onChange={(event) => setPresent(event.currentTarget.value)}
					/>
				)}
				<PasswordInput
					label={t("next")}
					description={t("passwordWhy")}
					autoComplete="new-password"
					value={next}
					onChange={(event) => setNext(event.currentTarget.value)}
				/>
			</Form>
		</Section>
	);
}

function SecondFactor() {
	const { t } = useTranslation("settings");
	const signIn = useAsked("directory", ShowSignInSchema, {}, SignInShownSchema);
	return (
		<Section title={t("second")}>
			<Shown live={signIn}>
				{(shown) => (
					<Stack>
						<Authenticator shown={shown} again={signIn.again} />
						<Passkeys shown={shown} again={signIn.again} />
					</Stack>
				)}
			</Shown>
		</Section>
	);
}

function Authenticator({ shown, again }: { shown: SignInShown; again: () => void }) {
	const { t } = useTranslation("settings");
	const { user } = useMe();
	const [secret, setSecret] = useState<Uint8Array>();
	const [code, setCode] = useState("");
	const away = useAction(async () => {
		await directory.ask("directory", SetTotpSchema, {});
		again();
	});
	if (!secret)
		return (
			<Group justify="space-between">
				<Text>{t(shown.totp ? "totpOn" : "totpOff")}</Text>
				<Group gap="xs">
					{shown.totp && !shown.secondFactorRequired && (
						<Button variant="subtle" loading={away.busy} onClick={() => void away.run()}>
							{t("takeAway")}
						</Button>
					)}
					<Button
						variant="default"
						onClick={() => setSecret(crypto.getRandomValues(new Uint8Array(20)))}
					>
						{t(shown.totp ? "totpAnew" : "totpSet")}
					</Button>
				</Group>
				<Failure error={away.error} />
			</Group>
		);
	return (
		<Form
			send={async () => {
				await directory.ask("directory", SetTotpSchema, { secret, code: code.trim() });
				setSecret(undefined);
				setCode("");
				again();
			}}
			fault={/^\d{6}$/.test(code.trim()) ? undefined : t("codeSix")}
			button={t("keep")}
			done={t("kept")}
		>
			<Text>{t("totpHow")}</Text>
			<Suspense fallback={<Waiting />}>
				<Totp user={user} secret={secret} />
			</Suspense>
			<TextInput
				label={t("code")}
				inputMode="numeric"
				autoComplete="one-time-code"
				maxLength={6}
				value={code}
				onChange={(event) => setCode(event.currentTarget.value)}
			/>
		</Form>
	);
}

function Passkeys({ shown, again }: { shown: SignInShown; again: () => void }) {
	const { t } = useTranslation("settings");
	const { user, me, device } = useMe();
	const add = useAction(async () => {
		const have = shown.passkeys.map((one) => one.credential);
		const made = await makePasskey(user, me.person?.name ?? user, have);
		await directory.ask("directory", AddPasskeySchema, {
			passkey: { credential: made.credential, publicKey: made.publicKey, name: device },
			authenticatorData: made.authenticatorData,
			clientData: made.clientData,
		});
		again();
	});
	const remove = useAction(async (credential: Uint8Array) => {
		await directory.ask("directory", RemovePasskeySchema, { credential });
		again();
	});
	// The person stopped it, or the device has none: the browser has said so already.
	const stopped = add.error instanceof DOMException;
	return (
		<div>
			{shown.passkeys.map((one) => (
				<div key={one.credential.join()} className="row">
					<Group justify="space-between">
						<Text>
							{t("passkey")} {one.name}{" "}
							<Text span size="sm" className="quiet">
								{fullDay(Number(one.addedMs))}
							</Text>
						</Text>
						<Button variant="subtle" onClick={() => void remove.run(one.credential)}>
							{t("takeAway")}
						</Button>
					</Group>
				</div>
			))}
			{"credentials" in navigator && (
				<Button variant="default" mt="xs" loading={add.busy} onClick={() => void add.run()}>
					{t("passkeyAdd")}
				</Button>
			)}
			{stopped && <Text role="alert">{t("passkeyStopped")}</Text>}
			<Failure error={stopped ? undefined : (add.error ?? remove.error)} />
		</div>
	);
}

function Pin() {
	const { t } = useTranslation("settings");
	const { t: signin } = useTranslation("signin");
	const [present, setPresent] = useState("");
	const [next, setNext] = useState("");
	const [wrong, setWrong] = useState<WrongPin | TooSoon>();
	const fault = pinFault(next);
	return (
		<Section title={t("pin")}>
			<Form
				send={async () => {
					setWrong(undefined);
					try {
						await session.changePin(present, next);
					} catch (error) {
						if (!(error instanceof WrongPin || error instanceof TooSoon)) throw error;
						setWrong(error);
						return false;
					}
					setPresent("");
					setNext("");
					return true;
				}}
				fault={fault && signin(fault)}
				button={t("pinSet")}
				done={t("pinDone")}
			>
				<PasswordInput
					label={t("pinPresent")}
					inputMode="numeric"
					autoComplete="off"
					value={present}
					error={
						wrong instanceof WrongPin
							? signin("pinWrong")
							: wrong &&
								signin("pinWait", { seconds: Math.ceil((wrong.notBeforeMs - Date.now()) / 1000) })
					}
					onChange={(event) => setPresent(event.currentTarget.value)}
				/>
				<PasswordInput
					label={t("pinNext")}
					description={t("pinWhy")}
					inputMode="numeric"
					autoComplete="off"
					value={next}
					onChange={(event) => setNext(event.currentTarget.value)}
				/>
			</Form>
		</Section>
	);
}

function Devices() {
	const { t } = useTranslation("settings");
	const { device } = useMe();
	const devices = useAsked("directory", ListDevicesSchema, {}, DeviceListSchema);
	const end = useAction(async (which: string) => {
		await directory.ask("directory", SignOutSchema, { device: which });
		devices.again();
	});
	return (
		<Section title={t("devices")}>
			<Failure error={end.error} />
			<Shown live={devices}>
				{({ sessions }) =>
					sessions.map((one) => (
						<div key={one.id} className="row">
							<Group justify="space-between">
								<div>
									<Text>
										{one.device}
										{one.device === device && ` (${t("thisOne")})`}
									</Text>
									<Text size="sm" className="quiet">
										{t("since", { time: when(Number(one.sinceMs), Date.now()) })}
									</Text>
								</div>
								{one.device !== device && (
									<Button
										variant="default"
										aria-label={`${one.device}: ${t("end")}`}
										onClick={() => void end.run(one.device)}
									>
										{t("end")}
									</Button>
								)}
							</Group>
						</div>
					))
				}
			</Shown>
		</Section>
	);
}
