// The organisations of the network: who is who, on one watch for a whole screen, and kept on the
// device.

import { createContext, useContext, useEffect, useMemo, type ReactNode } from "react";
import {
	ListOrganisationsSchema,
	OrganisationListSchema,
	type Organisation,
	type OrganisationList,
} from "../gen/network_pb";
import { useLive, type Live } from "./hooks";
import { names } from "./names";

interface Known {
	live: Live<OrganisationList>;
	byId: ReadonlyMap<string, Organisation>;
}

const Context = createContext<Known | undefined>(undefined);

export function Organisations({ children }: { children: ReactNode }) {
	const live = useLive("directory", ListOrganisationsSchema, {}, OrganisationListSchema, {
		keep: "organisations",
	});
	const known = useMemo(
		() => ({ live, byId: new Map(live.data?.items.map((one) => [one.id, one])) }),
		[live],
	);
	useEffect(() => names.learnOrganisations(known.byId.values()), [known]);
	return <Context.Provider value={known}>{children}</Context.Provider>;
}

/** Below <Organisations>. */
export function useOrganisations(): Known {
	const known = useContext(Context);
	if (!known) throw new Error("no <Organisations> above");
	return known;
}

/** The name of an organisation; its id until the name is known. */
export function useOrganisationName(): (id: string) => string {
	const { byId } = useOrganisations();
	return (id) => byId.get(id)?.name ?? id;
}
