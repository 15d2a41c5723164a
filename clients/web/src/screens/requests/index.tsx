import { useTranslation } from "react-i18next";
import { Page } from "../../parts";

export default function Requests() {
	const { t } = useTranslation("requests");
	return <Page title={t("title")}>{null}</Page>;
}
