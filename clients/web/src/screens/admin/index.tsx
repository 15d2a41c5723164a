import { useTranslation } from "react-i18next";
import { Page } from "../../parts";

export default function Admin() {
	const { t } = useTranslation("admin");
	return <Page title={t("title")}>{null}</Page>;
}
