// The secret for an authenticator app: a QR code, and the same as text.

import { Code, Stack, Text } from "@mantine/core";
import qrcode from "qrcode-generator";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4648, as authenticator apps take it. */
export function base32(bytes: Uint8Array): string {
	let made = "";
	let value = 0;
	let bits = 0;
	for (const byte of bytes) {
		value = ((value << 8) | byte) & 0xffff;
		bits += 8;
		while (bits >= 5) {
			bits -= 5;
			made += LETTERS[(value >> bits) & 31];
		}
	}
	return bits > 0 ? made + LETTERS[(value << (5 - bits)) & 31] : made;
}

export default function Totp({ user, secret }: { user: string; secret: Uint8Array }) {
	const { t } = useTranslation("signin");
	const key = base32(secret);
	const path = useMemo(() => {
		const code = qrcode(0, "M");
		code.addData(
			`otpauth://totp/${encodeURIComponent(`つなぎ:${user}`)}?secret=${key}&issuer=${encodeURIComponent("つなぎ")}`,
		);
		code.make();
		const size = code.getModuleCount();
		let squares = "";
		for (let row = 0; row < size; row++)
			for (let column = 0; column < size; column++)
				if (code.isDark(row, column)) squares += `M${column + 4} ${row + 4}h1v1h-1z`;
		return { squares, size: size + 8 };
	}, [key, user]);

	return (
		<Stack gap="xs" align="center">
			<svg
				viewBox={`0 0 ${path.size} ${path.size}`}
				width={220}
				height={220}
				role="img"
				aria-label={t("setUp")}
				shapeRendering="crispEdges"
			>
				<rect width="100%" height="100%" fill="#ffffff" />
				<path d={path.squares} fill="#000000" />
			</svg>
			<Text size="sm" className="quiet">
				{t("setUpKey")}
			</Text>
			<Code fz="md">{key.match(/.{1,4}/g)?.join(" ")}</Code>
		</Stack>
	);
}
