// My organisation's state on the board: one touch changes it, one more undoes that.

import { Anchor } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useLive, useMe } from "../../core/hooks";
import { BoardSchema, ListBoardSchema } from "../../gen/board_pb";
import { Section } from "../../parts";
import { maySay, mergeBoard, rowOf } from "../board/capacity";
import { MyLevel } from "../board/levels";
import classes from "./today.module.css";

export function MyState() {
	const { me } = useMe();
	const organisation = me.organisation;
	if (!organisation || !maySay(me)) return null;
	return <State id={organisation.id} />;
}

function State({ id }: { id: string }) {
	const { t } = useTranslation("today");
	const { me } = useMe();
	const live = useLive(
		"board",
		ListBoardSchema,
		{ area: me.organisation?.area, kind: me.organisation?.kind },
		BoardSchema,
		{
			keep: "today/board",
			merge: mergeBoard,
			publicRow: (push) => rowOf(push),
		},
	);
	const row = live.data?.items.find((one) => one.id === id);
	if (live.data && !row) return null;
	return (
		<Section
			title={t("stateTitle")}
			beside={
				<Anchor component={Link} href="/board?mine" size="sm" className={classes.all}>
					{t("stateMore")}
				</Anchor>
			}
		>
			<MyLevel row={row} />
		</Section>
	);
}
