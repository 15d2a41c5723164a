// A password for once: made here, shown once, to be handed over. Whoever signs in with it chooses one
// of their own at once.

import { Button, Paper, Stack, Text, Title } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { session } from "../../core/session";
import { SetPasswordSchema } from "../../gen/network_pb";
import c from "./admin.module.css";

// Without those that are taken for one another: 0 o, 1 l i. 32 of them, so that a byte chooses evenly.
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789-";
const GROUPS = 3;
const GROUP = 4;

/** Three groups of four letters, 59 bits: "k7mv-pq3x-hd9r". */
export function makePassword(): string {
	const letters: string[] = [];
	while (letters.length < GROUPS * GROUP)
		for (const byte of crypto.getRandomValues(new Uint8Array(16))) {
			const letter = LETTERS[byte & 31]!;
			if (letter !== "-" && letters.length < GROUPS * GROUP) letters.push(letter);
		}
	return letters.join("").replace(/(.{4})(?=.)/g, "$1-");
}

/** Sets a fresh one for this user, and gives it. @throws Refused, NoAnswer */
export async function setPasswordOnce(user: string): Promise<string> {
	const password = makePassword();
	await session.client.ask("directory", SetPasswordSchema, { user, password });
	return password;
}

export function ShownOnce({
	name,
	user,
	password,
	close,
}: {
	name: string;
	user: string;
	password: string;
	close: () => void;
}) {
	const { t } = useTranslation("admin");
	const heading = useRef<HTMLHeadingElement>(null);
	useEffect(() => heading.current?.focus(), [password]);
	return (
		<Paper p="md" bg="var(--t-soft)" className={c.narrow}>
			<Stack gap="xs">
				<Title order={2} size="h4" ref={heading} tabIndex={-1}>
					{t("handOver", { name })}
				</Title>
				<Text>
					{t("user")}: <b>{user}</b>
				</Text>
				<Text component="div">
					{t("oncePassword")}:<span className={c.password}>{password}</span>
				</Text>
				<Text size="sm" className="quiet">
					{t("onceHow")}
				</Text>
				<div>
					<Button variant="default" onClick={close}>
						{t("handedOver")}
					</Button>
				</div>
			</Stack>
		</Paper>
	);
}
