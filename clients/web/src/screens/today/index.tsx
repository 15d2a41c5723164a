import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Page } from "../../parts";

export default function Today() {
	const { t } = useTranslation();
	return (
		<Page title={t("today")}>
			<Text>…</Text>
		</Page>
	);
}
