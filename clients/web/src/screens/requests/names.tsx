// The name of a patient whom the reader may see.

import { createContext, useContext, useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useAsked } from "../../core/hooks";
import { ListNewsSchema, NewsListSchema, type Patient } from "../../gen/record_pb";

const Context = createContext<{ patients: Patient[]; byId: ReadonlyMap<string, Patient> }>({
	patients: [],
	byId: new Map(),
});

export function Patients({ children }: { children: ReactNode }) {
	const news = useAsked("record", ListNewsSchema, {}, NewsListSchema, {
		merge: (have, came) => (have ? { ...have, items: [...have.items, ...came.items] } : came),
	});
	const known = useMemo(() => {
		const byId = new Map<string, Patient>();
		for (const one of news.data?.items ?? [])
			if (one.patient && !one.gone) byId.set(one.patient.id, one.patient);
		return { patients: [...byId.values()], byId };
	}, [news.data]);
	return <Context.Provider value={known}>{children}</Context.Provider>;
}

export const useMyPatients = () => useContext(Context);

export function PatientName({ id }: { id: string }) {
	const { t } = useTranslation();
	const { t: requests } = useTranslation("requests");
	const patient = useContext(Context).byId.get(id);
	if (!patient) return requests("aPatient");
	return (
		<>
			{patient.name}
			{t("sama") && ` ${t("sama")}`}
		</>
	);
}
