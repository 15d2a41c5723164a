import { useTranslation } from "react-i18next";
import { Page } from "../../parts";

export default function Patient() {
	const { t } = useTranslation("patient");
	return <Page title={t("title")}>{null}</Page>;
}
