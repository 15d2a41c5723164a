import { useTranslation } from "react-i18next";
import { Page } from "../../parts";

export default function Duty() {
	const { t } = useTranslation("duty");
	return <Page title={t("title")}>{null}</Page>;
}
