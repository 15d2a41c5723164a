import { useTranslation } from "react-i18next";
import { Page } from "../../parts";

export default function Directory() {
	const { t } = useTranslation("directory");
	return <Page title={t("title")}>{null}</Page>;
}
