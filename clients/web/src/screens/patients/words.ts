// Words of enums in the list.

import { AreaSchema } from "../../gen/network_pb";
import { EntryKind, EntryKindSchema } from "../../gen/record_pb";
import { useWord } from "../../i18n/words";

export function useAreaWord(): (area: number) => string {
	const word = useWord();
	return (area) => word(AreaSchema, area);
}

/** The kinds of what is new, three at most; medicines are said already. */
export function useKindWords(): (kinds: readonly EntryKind[], said: boolean) => string[] {
	const word = useWord();
	return (kinds, said) =>
		kinds
			.filter((kind) => !(said && kind === EntryKind.MEDICATION))
			.slice(0, 3)
			.map((kind) => word(EntryKindSchema, kind));
}
