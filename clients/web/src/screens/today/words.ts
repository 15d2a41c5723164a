// A notification in words, and where it leads.

import { useTranslation } from "react-i18next";
import {
	EscalationStep_PlaceSchema,
	Matter,
	MatterSchema,
	type Notification,
} from "../../gen/alert_pb";
import { ConcernSchema, EntryKindSchema } from "../../gen/record_pb";
import { useWord } from "../../i18n/words";

/** Where one reads what it is about, and does what it asks for. */
export function placeOf(n: Notification): string {
	switch (n.service) {
		case "referral":
			return `/requests/${n.subject}`;
		case "board":
			return "/board";
		case "rota":
			return "/duty";
		case "record":
			if (n.matter === Matter.DUTY_BEGINS) return "/patients?covered";
			break;
		case "alert":
			return "/#hand-over";
	}
	return n.entry ? `/patients/${n.patient}?entry=${n.entry}` : `/patients/${n.patient}`;
}

export function useNotificationWords() {
	const { t } = useTranslation("today");
	const word = useWord();
	return {
		/** 処方（訂正）, 緊急閲覧, 依頼：受けられますか */
		what(n: Notification): string {
			if (n.matter) return word(MatterSchema, n.matter);
			if (n.breakGlass) return t("breakGlass");
			const kind = word(EntryKindSchema, n.kind);
			return n.correction ? `${kind}（${t("correction")}）` : kind;
		},
		concerns: (n: Notification): string[] => n.concerns.map((one) => word(ConcernSchema, one)),
		place: (place: number): string => word(EscalationStep_PlaceSchema, place),
	};
}
