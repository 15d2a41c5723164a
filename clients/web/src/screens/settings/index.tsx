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
	type Passkey,
	type SignInShown,
} from "../../gen/network_pb";
import { language, setLanguage, type Language } from "../../i18n";
import { Failure, Loading, Page, Section, Shown } from "../../parts";
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
	/** Beside the button, where a form can be left. */
	stop?: () => void;
	children: ReactNode;
}) {
	const { send, fault, button, done, stop, children } = props;
	const { t } = useTranslation();
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
					{stop && (
						<Button variant="subtle" onClick={stop}>
							{t("cancel")}
						</Button>
					)}
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

/**
 * What shows that it is really they, where there is a factor already: the fields of a form, and what was
 * typed, for the request.
 */
function useProof(shown: SignInShown) {
	const { t } = useTranslation("settings");
	const [password, setPassword] = useState("");
	const [presentCode, setPresentCode] = useState("");
	const wanted = shown.totp || shown.passkeys.length > 0;
	return {
		wanted,
		typed: { password, presentCode: presentCode.trim() },
		fault: shown.totp && !isCode(presentCode) ? t("codeSix") : undefined,
		clear: () => {
			setPassword("");
			setPresentCode("");
		},
		fields: wanted && (
			<>
				{shown.password && (
					<PasswordInput
						label={t("present")}
						autoComplete="current-password"
						value={password}
						onChange={(event) => setPassword(event.currentTarget.value)}
					/>
				)}
				{shown.totp && (
					<CodeInput label={t("presentCode")} value={presentCode} set={setPresentCode} />
				)}
			</>
		),
	};
}

const isCode = (typed: string) => /^\d{6}$/.test(typed.trim());

function CodeInput(props: { label: string; value: string; set: (value: string) => void }) {
	return (
		<TextInput
			label={props.label}
			inputMode="numeric"
			autoComplete="one-time-code"
			maxLength={6}
			value={props.value}
			onChange={(event) => props.set(event.currentTarget.value)}
		/>
	);
}

function Authenticator({ shown, again }: { shown: SignInShown; again: () => void }) {
	const { t } = useTranslation("settings");
	const { user } = useMe();
	const [doing, setDoing] = useState<Uint8Array | "away">();
	const [code, setCode] = useState("");
	const proof = useProof(shown);
	const secret = doing === "away" ? undefined : doing;
	const end = () => {
		setDoing(undefined);
		setCode("");
		proof.clear();
	};
	if (!doing)
		return (
			<Group justify="space-between">
				<Text>{t(shown.totp ? "totpOn" : "totpOff")}</Text>
				<Group gap="xs">
					{shown.totp && !shown.secondFactorRequired && (
						<Button variant="subtle" onClick={() => setDoing("away")}>
							{t("takeAway")}
						</Button>
					)}
					<Button
						variant="default"
						onClick={() => setDoing(crypto.getRandomValues(new Uint8Array(20)))}
					>
						{t(shown.totp ? "totpAnew" : "totpSet")}
					</Button>
				</Group>
			</Group>
		);
	return (
		<Form
			send={async () => {
				await directory.ask("directory", SetTotpSchema, {
					...(secret && { secret, code: code.trim() }),
					...proof.typed,
				});
				end();
				again();
			}}
			fault={proof.fault ?? (secret && !isCode(code) ? t("codeSix") : undefined)}
			button={t(secret ? "keep" : "takeAway")}
			done={t("kept")}
			stop={end}
		>
			{!secret && <Text>{t("totpAway")}</Text>}
			{proof.fields}
			{secret && (
				<>
					<Text>{t("totpHow")}</Text>
					<Suspense fallback={<Loading />}>
						<Totp user={user} secret={secret} />
					</Suspense>
					<CodeInput label={t(shown.totp ? "newCode" : "code")} value={code} set={setCode} />
				</>
			)}
		</Form>
	);
}

function Passkeys({ shown, again }: { shown: SignInShown; again: () => void }) {
	const { t } = useTranslation("settings");
	const { user, me, device } = useMe();
	const [doing, setDoing] = useState<Passkey | "add">();
	const [stopped, setStopped] = useState(false);
	const made = useRef<Awaited<ReturnType<typeof makePasskey>> | undefined>(undefined);
	const proof = useProof(shown);
	const end = () => {
		setDoing(undefined);
		made.current = undefined;
		proof.clear();
	};
	/** What the device has made is kept until it is taken: after a slip in the password it is not made twice. */
	const add = async () => {
		setStopped(false);
		try {
			const have = shown.passkeys.map((one) => one.credential);
			made.current ??= await makePasskey(user, me.person?.name ?? user, have);
		} catch (error) {
			if (!(error instanceof DOMException)) throw error;
			// The person stopped it, or the device has none: the browser has said so already.
			setStopped(true);
			return false;
		}
		const { credential, publicKey, authenticatorData, clientData } = made.current;
		await directory.ask("directory", AddPasskeySchema, {
			passkey: { credential, publicKey, name: device },
			authenticatorData,
			clientData,
			...proof.typed,
		});
		end();
		again();
		return true;
	};
	const remove = async ({ credential }: Passkey) => {
		await directory.ask("directory", RemovePasskeySchema, { credential, ...proof.typed });
		end();
		again();
	};
	const first = useAction(add);
	return (
		<div>
			{shown.passkeys.map((one) => (
				<div key={one.credential.join()} className="row">
					<Group justify="space-between">
						<PasskeyName passkey={one} />
						{!doing && (
							<Button variant="subtle" onClick={() => setDoing(one)}>
								{t("takeAway")}
							</Button>
						)}
					</Group>
				</div>
			))}
			{doing ? (
				<Form
					send={() => (doing === "add" ? add() : remove(doing))}
					fault={proof.fault}
					button={t(doing === "add" ? "passkeyAdd" : "takeAway")}
					done={t("kept")}
					stop={end}
				>
					{doing !== "add" && (
						<div>
							<Text>{t("passkeyAway")}</Text>
							<PasskeyName passkey={doing} />
						</div>
					)}
					{proof.fields}
				</Form>
			) : (
				"credentials" in navigator && (
					<Button
						variant="default"
						mt="xs"
						loading={first.busy}
						onClick={() => (proof.wanted ? setDoing("add") : void first.run())}
					>
						{t("passkeyAdd")}
					</Button>
				)
			)}
			{stopped && <Text role="alert">{t("passkeyStopped")}</Text>}
			<Failure error={first.error} />
		</div>
	);
}

function PasskeyName({ passkey }: { passkey: Passkey }) {
	const { t } = useTranslation("settings");
	return (
		<Text>
			{t("passkey")} {passkey.name}{" "}
			<Text span size="sm" className="quiet">
				{fullDay(Number(passkey.addedMs))}
			</Text>
		</Text>
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
