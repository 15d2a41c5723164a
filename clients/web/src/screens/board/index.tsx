import { useTranslation } from "react-i18next";
import { Page } from "../../parts";

export default function Board() {
	const { t } = useTranslation("board");
	return <Page title={t("title")}>{null}</Page>;
}
