// The patients whom one may choose from.

import { useEffect, useMemo } from "react";
import { useAsked } from "../../core/hooks";
import { names } from "../../core/names";
import { ListNewsSchema, NewsListSchema, type NewsList, type Patient } from "../../gen/record_pb";

export function useMyPatients(): Patient[] {
	const news = useAsked("record", ListNewsSchema, {}, NewsListSchema, { merge: joinNews });
	const patients = useMemo(() => {
		const byId = new Map<string, Patient>();
		for (const one of news.data?.items ?? [])
			if (one.patient && !one.gone) byId.set(one.patient.id, one.patient);
		return [...byId.values()];
	}, [news.data]);
	useEffect(() => names.learnPatients(patients), [patients]);
	return patients;
}

const joinNews = (have: NewsList | undefined, came: NewsList): NewsList =>
	have ? { ...have, items: [...have.items, ...came.items] } : came;
