// What an id is called, wherever one stands on a screen. Until the name is known: a quiet sign in its
// place, never the id.

import { useTranslation } from "react-i18next";
import { names, useOrganisation, usePatientName, usePerson } from "../core/names";
import { ProfessionSchema, type Person } from "../gen/network_pb";
import { language } from "../i18n";
import { useWord } from "../i18n/words";

/** 田所 ハル 様 */
export function PatientName({ id }: { id: string }) {
	const { t } = useTranslation();
	const name = usePatientName(id);
	if (name === undefined)
		return <span className="quiet">{names.refused("patients", id) ? t("notShown") : "…"}</span>;
	return <>{language() === "ja" ? `${name} ${t("sama")}` : name}</>;
}

/** 佐倉 未来 看護師; in English: 佐倉 未来, nurse. */
export function usePersonWords(): (person: Person) => string {
	const word = useWord();
	return (person) => {
		const profession = word(ProfessionSchema, person.profession);
		if (!profession) return person.name;
		return language() === "ja" ? `${person.name} ${profession}` : `${person.name}, ${profession}`;
	};
}

export function PersonName({ user }: { user: string }) {
	const person = usePerson(user);
	const words = usePersonWords();
	if (person === undefined)
		return <span className="quiet">{names.refused("people", user) ? user : "…"}</span>;
	return <>{words(person)}</>;
}

export function OrganisationName({ id }: { id: string }) {
	const organisation = useOrganisation(id);
	if (organisation === undefined)
		return <span className="quiet">{names.refused("organisations", id) ? id : "…"}</span>;
	return <>{organisation.name}</>;
}
