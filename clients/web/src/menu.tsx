// What one seldom needs: loaded when the menu is first opened.

import { ActionIcon, Menu } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { useMe } from "./core/hooks";
import { session } from "./core/session";
import { Profession } from "./gen/network_pb";
import { language, setLanguage } from "./i18n";
import {
	IconAddressBook,
	IconDotsVertical,
	IconLanguage,
	IconLock,
	IconLogout,
	IconSettings,
	IconShieldCog,
} from "./parts/icons";

const Lose = lazy(() => import("./screens/signin/lose").then((all) => ({ default: all.Lose })));

export default function MoreMenu() {
	const { t } = useTranslation();
	const { t: signin } = useTranslation("signin");
	const { me } = useMe();
	const [, go] = useLocation();
	const [opened, setOpened] = useState(true); // it was wanted
	const [unsent, setUnsent] = useState(0);
	const out = async () => {
		setOpened(false);
		const keeps = await session.keeps();
		if (keeps && keeps.unsent > 0) setUnsent(keeps.unsent);
		else await session.signOut();
	};
	if (unsent > 0)
		return (
			<Suspense>
				<Lose
					says={signin("loseOut", { n: unsent })}
					safe={signin("loseOutSafe")}
					goOn={() => void session.signOut()}
					cancel={() => setUnsent(0)}
				/>
			</Suspense>
		);
	return (
		<Menu opened={opened} onChange={setOpened} position="bottom-end" withinPortal={false}>
			<Menu.Target>
				<ActionIcon aria-label={t("menu")}>
					<IconDotsVertical size={22} />
				</ActionIcon>
			</Menu.Target>
			<Menu.Dropdown>
				<Menu.Item leftSection={<IconAddressBook size={18} />} onClick={() => go("/directory")}>
					{t("directory")}
				</Menu.Item>
				{me.person?.profession === Profession.ADMINISTRATOR && (
					<Menu.Item leftSection={<IconShieldCog size={18} />} onClick={() => go("/admin")}>
						{t("administration")}
					</Menu.Item>
				)}
				<Menu.Item leftSection={<IconSettings size={18} />} onClick={() => go("/settings")}>
					{t("settings")}
				</Menu.Item>
				<Menu.Item
					leftSection={<IconLanguage size={18} />}
					onClick={() => void setLanguage(language() === "en" ? "ja" : "en")}
				>
					{t("language")}
				</Menu.Item>
				<Menu.Item leftSection={<IconLock size={18} />} onClick={() => void session.lock()}>
					{signin("lockNow")}
				</Menu.Item>
				<Menu.Item leftSection={<IconLogout size={18} />} onClick={() => void out()}>
					{signin("out")}
				</Menu.Item>
			</Menu.Dropdown>
		</Menu>
	);
}
