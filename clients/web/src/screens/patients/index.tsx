// My patients. On a PC the list stays, and a patient opens beside it.

import { useMediaQuery } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { useLocation, useSearchParams } from "wouter";
import { Page } from "../../parts";
import p from "../patient/patient.module.css";
import { Glass } from "./glass";
import PatientList from "./list";
import { Register } from "./register";
import c from "./patients.module.css";

export default function Patients() {
	const { t } = useTranslation("patients");
	const wide = useMediaQuery("(min-width: 62em)", undefined, { getInitialValueInEffect: false });
	const [search] = useSearchParams();
	const [, go] = useLocation();
	const close = () => go("/patients");
	const sheet = search.has("glass") ? (
		<Glass id={search.get("glass") ?? ""} close={close} />
	) : (
		search.has("register") && <Register close={close} />
	);
	if (wide)
		return (
			<div className={p.screen} data-fill>
				<div className={p.list}>
					<Page title={t("title")}>
						<PatientList />
					</Page>
				</div>
				<p className={c.empty}>{t("chooseOne")}</p>
				{sheet}
			</div>
		);
	return (
		<>
			<Page title={t("title")}>
				<PatientList />
			</Page>
			{sheet}
		</>
	);
}
