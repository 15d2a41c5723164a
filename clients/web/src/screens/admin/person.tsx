// One person: how they sign in, on which devices, where they are signed in now; and the end of it.

import { Anchor, Button, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useAction, useAsked, useMe } from "../../core/hooks";
import { session } from "../../core/session";
import {
	DeviceListSchema,
	ListDevicesSchema,
	OrganisationShownSchema,
	ProfessionSchema,
	RemovePasskeySchema,
	RevokeSchema,
	SetTotpSchema,
	ShowOrganisationSchema,
	ShowSignInSchema,
	SignInShownSchema,
	SignOutSchema,
	type Certificate,
	type Passkey,
	type Session,
} from "../../gen/network_pb";
import { useWord } from "../../i18n/words";
import { Empty, Failure, Page, Section, Shown } from "../../parts";
import { fullDay, when } from "../../parts/time";
import c from "./admin.module.css";
import { setPasswordOnce, ShownOnce } from "./once";
import { Back } from "./people";

export function PersonPage({ user }: { user: string }) {
	const { t } = useTranslation("admin");
	const word = useWord();
	const shown = useAsked("directory", ShowOrganisationSchema, { user }, OrganisationShownSchema);
	const signIn = useAsked("directory", ShowSignInSchema, { user }, SignInShownSchema);
	const devices = useAsked("directory", ListDevicesSchema, { user }, DeviceListSchema, {
		merge: (have, came, first) =>
			have && !first ? { ...have, items: [...have.items, ...came.items] } : came,
	});
	const own = useMe().user === user;
	const [password, setPassword] = useState<string>();
	const [revoking, setRevoking] = useState(false);
	const person = shown.data?.people[0];
	const organisation = shown.data?.organisation;
	const name = person?.name ?? user;

	const reset = useAction(async () => {
		setPassword(await setPasswordOnce(user));
		signIn.again();
		devices.again();
	});
	return (
		<div className={c.medium}>
			<Back
				to={organisation ? `/admin/organisation/${organisation.id}` : "/admin"}
				text={organisation?.name}
			/>
			<Page title={name}>
				<Shown live={shown}>
					{() => (
						<Text className="quiet">
							{[
								word(ProfessionSchema, person?.profession ?? 0),
								organisation?.name,
								user,
								person?.phone,
								person?.mail,
							]
								.filter(Boolean)
								.join(" · ")}
						</Text>
					)}
				</Shown>
				{password && (
					<ShownOnce
						name={name}
						user={user}
						password={password}
						close={() => setPassword(undefined)}
					/>
				)}
				<Section title={t("signingIn")}>
					<Shown live={signIn}>
						{(how) => (
							<Stack gap={0}>
								<Thing
									what={t("password")}
									said={t(
										how.changePassword
											? "passwordOnce"
											: how.password
												? "passwordSet"
												: "passwordNone",
									)}
									also={how.failures > 0 && t("failures", { n: how.failures })}
								>
									{own ? (
										<Anchor component={Link} href="/settings" py={10}>
											{t("ownInSettings")}
										</Anchor>
									) : (
										<Act text={t("resetPassword")} action={reset} />
									)}
								</Thing>
								<Totp user={user} set={how.totp} done={signIn.again} />
								{how.passkeys.map((one, i) => (
									<PasskeyRow key={i} user={user} passkey={one} done={signIn.again} />
								))}
							</Stack>
						)}
					</Shown>
				</Section>
				<Shown live={devices}>
					{({ items, sessions }) => (
						<>
							<Section
								title={t("sessions")}
								beside={
									sessions.length > 1 && (
										<SignOutButton user={user} device="" done={devices.again} />
									)
								}
							>
								{sessions.map((one) => (
									<SessionRow key={one.id} session={one} done={devices.again} />
								))}
								{!sessions.length && <Empty>{t("noSessions")}</Empty>}
							</Section>
							<Section title={t("certificates")}>
								{items.map((one) => (
									<CertificateRow key={one.id} certificate={one} />
								))}
								{!items.length && <Empty>{t("noCertificates")}</Empty>}
							</Section>
						</>
					)}
				</Shown>
				{person && (
					<Section title={t("end")}>
						<Button color="var(--t-urgent)" variant="outline" onClick={() => setRevoking(true)}>
							{t("revoke")}
						</Button>
						<RevokeQuestion
							user={user}
							name={name}
							opened={revoking}
							close={() => setRevoking(false)}
							done={() => {
								shown.again();
								devices.again();
								signIn.again();
							}}
						/>
					</Section>
				)}
			</Page>
		</div>
	);
}

/** A line: what it is, how it stands, what can be done. */
function Thing({
	what,
	said,
	also,
	children,
}: {
	what: string;
	said: string;
	also?: string | false;
	children?: ReactNode;
}) {
	return (
		<div className={c.thing}>
			<div>
				<span className={c.name}>{what}</span>
				<span className={c.second}>
					{said}
					{also && ` · ${also}`}
				</span>
			</div>
			{children}
		</div>
	);
}

function Act({
	text,
	label,
	action,
}: {
	text: string;
	/** For those who listen, where there are several. */
	label?: string;
	action: ReturnType<typeof useAction<[]>>;
}) {
	return (
		<div>
			<Button
				variant="default"
				aria-label={label}
				loading={action.busy}
				onClick={() => void action.run()}
			>
				{text}
			</Button>
			<Failure error={action.error} />
		</div>
	);
}

function Totp({ user, set, done }: { user: string; set: boolean; done: () => void }) {
	const { t } = useTranslation("admin");
	const own = useMe().user === user;
	const remove = useAction(async () => {
		await session.client.ask("directory", SetTotpSchema, { user });
		done();
	});
	return (
		<Thing what={t("totp")} said={t(set ? "isSet" : "isNotSet")}>
			{set && !own && <Act text={t("resetTotp")} action={remove} />}
		</Thing>
	);
}

function PasskeyRow({ user, passkey, done }: { user: string; passkey: Passkey; done: () => void }) {
	const { t } = useTranslation("admin");
	const own = useMe().user === user;
	const remove = useAction(async () => {
		await session.client.ask("directory", RemovePasskeySchema, {
			user,
			credential: passkey.credential,
		});
		done();
	});
	const name = passkey.name || t("passkey");
	return (
		<Thing what={name} said={t("addedAt", { time: fullDay(Number(passkey.addedMs)) })}>
			{!own && <Act text={t("remove")} label={`${name}: ${t("remove")}`} action={remove} />}
		</Thing>
	);
}

function SignOutButton({ user, device, done }: { user: string; device: string; done: () => void }) {
	const { t } = useTranslation("admin");
	const signOut = useAction(async () => {
		await session.client.ask("directory", SignOutSchema, { user, device });
		done();
	});
	return (
		<Act
			text={t(device ? "signOut" : "signOutAll")}
			label={device ? `${device}: ${t("signOut")}` : undefined}
			action={signOut}
		/>
	);
}

function SessionRow({ session: one, done }: { session: Session; done: () => void }) {
	const { t } = useTranslation("admin");
	const { user, device } = useMe();
	const now = Date.now();
	const own = one.user === user && one.device === device;
	const factor = one.passkey ? t("withPasskey") : one.totp ? t("withTotp") : undefined;
	return (
		<Thing
			what={own ? t("thisDevice", { device: one.device }) : one.device}
			said={t("signedInSince", {
				since: when(Number(one.sinceMs), now),
				until: when(Number(one.untilMs), now),
			})}
			also={factor}
		>
			<SignOutButton user={one.user} device={one.device} done={done} />
		</Thing>
	);
}

function CertificateRow({ certificate }: { certificate: Certificate }) {
	const { t } = useTranslation("admin");
	return (
		<Thing
			what={certificate.device || t("unnamed")}
			said={
				certificate.revoked
					? t("revokedAt", { time: fullDay(Number(certificate.revokedMs)) })
					: t("goodUntil", { time: fullDay(Number(certificate.notAfterMs)) })
			}
		/>
	);
}

function RevokeQuestion({
	user,
	name,
	opened,
	close,
	done,
}: {
	user: string;
	name: string;
	opened: boolean;
	close: () => void;
	done: () => void;
}) {
	const { t } = useTranslation("admin");
	const { t: common } = useTranslation();
	const [reason, setReason] = useState("");
	const revoke = useAction(async () => {
		await session.client.ask("directory", RevokeSchema, { user, reason });
		close();
		done();
	});
	return (
		<Modal
			opened={opened}
			onClose={close}
			title={t("revokeQuestion", { name })}
			closeButtonProps={{ "aria-label": common("close"), size: 44 }}
		>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					void revoke.run();
				}}
			>
				<Stack>
					<Text>{t("revokeWhat", { user })}</Text>
					<Textarea
						label={t("reason")}
						required
						value={reason}
						onChange={(event) => setReason(event.currentTarget.value)}
						data-autofocus
					/>
					<Failure error={revoke.error} />
					<Button type="submit" color="var(--t-urgent)" loading={revoke.busy}>
						{t("revokeNow")}
					</Button>
					<Button variant="default" onClick={close}>
						{common("cancel")}
					</Button>
				</Stack>
			</form>
		</Modal>
	);
}
