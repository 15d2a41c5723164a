// A photo or a paper. (What takes and sends them stands here as soon as it is there.)

import { useTranslation } from "react-i18next";
import { Empty } from "../../../parts";

export function PhotoForm(_: { patient: string; close(): void }) {
	const { t } = useTranslation("patient");
	return <Empty>{t("photoLater")}</Empty>;
}
