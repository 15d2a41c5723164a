// Duties in words.

import { useTranslation } from "react-i18next";
import { useOrganisationName } from "../../core/organisations";
import { AreaSchema } from "../../gen/network_pb";
import { GapReasonSchema, ShiftKind, ShiftKindSchema, type Shift } from "../../gen/rota_pb";
import { useWord } from "../../i18n/words";
import { clock, day, dayBegins } from "../../parts/time";
import type { Place } from "./calendar";

const KINDS: Record<string, ShiftKind> = {
	"weekday-night": ShiftKind.WEEKDAY_NIGHT,
	"saturday-afternoon": ShiftKind.SATURDAY_AFTERNOON,
	"holiday-day": ShiftKind.HOLIDAY_DAY,
	"holiday-night": ShiftKind.HOLIDAY_NIGHT,
};

export function useDutyWords() {
	const { t } = useTranslation("duty");
	const word = useWord();
	const name = useOrganisationName();
	const kind = (shift: Pick<Shift, "kind" | "area">) =>
		[word(ShiftKindSchema, shift.kind), word(AreaSchema, shift.area)]
			.filter(Boolean)
			.join(t("dot"));
	return {
		t,
		word,
		name,
		kind,
		hours: (shift: Shift) => `${clock(Number(shift.fromMs))}–${clock(Number(shift.untilMs))}`,
		place: (second: boolean) => t(second ? "second" : "first"),
		/** Who has the place, or why nobody has it. */
		holder(place: Place): string {
			if (place.organisation) return name(place.organisation);
			return place.gap ? t("gapWhy", { why: word(GapReasonSchema, place.gap) }) : t("gap");
		},
		/** 11月22日(日) 休日夜間, of the id of a shift. */
		shiftName(id: string): string {
			const date = id.slice(0, 10);
			const rest = id.slice(11);
			const key = Object.keys(KINDS).find((one) => rest.startsWith(one));
			return `${day(dayBegins(date))} ${key ? word(ShiftKindSchema, KINDS[key]!) : ""}`.trim();
		},
	};
}
