import { useTranslation } from "react-i18next";
import { Page } from "../../parts";

export default function Patients() {
	const { t } = useTranslation("patients");
	return <Page title={t("title")}>{null}</Page>;
}
