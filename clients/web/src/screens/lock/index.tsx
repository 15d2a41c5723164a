// The device is locked: nothing of anybody's is shown until the PIN opens it.

import { Anchor, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useSession } from "../../core/hooks";
import { session } from "../../core/session";
import { AskPin } from "./askpin";

export default function Lock() {
	const { t } = useTranslation("signin");
	const { t: common } = useTranslation();
	const state = useSession();
	return (
		<Stack maw={360} mx="auto" p="md" component="main" gap="xs">
			<Title order={1} size="h3">
				{common("name")}
			</Title>
			<Text className="quiet">
				{t("locked")}
				{state.kind === "locked" && ` · ${state.user}`}
			</Text>
			<AskPin
				forgotten={() => session.toSignIn()}
				beside={
					<Anchor component="button" type="button" mih={44} onClick={() => session.toSignIn()}>
						{t("other")}
					</Anchor>
				}
			/>
		</Stack>
	);
}
