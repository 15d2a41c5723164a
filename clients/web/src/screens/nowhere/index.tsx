import { Anchor } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { Page } from "../../parts";

export default function Nowhere() {
	const { t } = useTranslation();
	return (
		<Page title={t("nowhere")}>
			<Anchor component={Link} href="/" py={10} display="inline-block">
				{t("today")}
			</Anchor>
		</Page>
	);
}
