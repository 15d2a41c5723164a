// Who has room? The city by area, live; my own organisation stands on top and is changed in two touches.

import { Button, Drawer, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { useThrottledValue } from "@mantine/hooks";
import {
	Fragment,
	lazy,
	Suspense,
	useCallback,
	useDeferredValue,
	useEffect,
	useMemo,
	useState,
} from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useSearch } from "wouter";
import { useDraft, useLive, useMe, useNow } from "../../core/hooks";
import { BoardSchema, ListBoardSchema, type Capacity } from "../../gen/board_pb";
import { Area, AreaSchema, OrganisationKind } from "../../gen/network_pb";
import { useWord } from "../../i18n/words";
import { Empty, Loading, Page, Section, Shown } from "../../parts";
import { mayAsk } from "../requests/look";
import classes from "./board.module.css";
import { byLevel, counts, inOrder, maySay, mergeBoard, nextLapse, rowOf, worth } from "./capacity";
import { MyLevel } from "./levels";
import { Row } from "./row";

const History = lazy(() => import("./history"));
const Form = lazy(() => import("./form"));

const KINDS = [
	{ value: "0", name: "all" },
	{ value: String(OrganisationKind.NURSE_STATION), name: "stations" },
	{ value: String(OrganisationKind.HOSPITAL), name: "hospitals" },
	{ value: String(OrganisationKind.CLINIC), name: "clinics" },
] as const;
const AREAS = [Area.NORTH, Area.WEST, Area.SOUTH];
const MOST_TIMER_MS = 3600_000;
const TOGETHER_MS = 400;

export default function Board() {
	const { t } = useTranslation("board");
	const { me } = useMe();
	const word = useWord();
	const mine = me.organisation?.id ?? "";
	const [area, setArea] = useDraft("board/area", "0");
	const [kind, setKind] = useDraft("board/kind", "0");
	const [history, setHistory] = useState<Capacity>();
	const search = useSearch();
	const [, go] = useLocation();
	const form = new URLSearchParams(search).has("mine");
	const live = useLive("board", ListBoardSchema, {}, BoardSchema, {
		keep: "board",
		merge: mergeBoard,
		publicRow: rowOf,
	});
	// Rows change while somebody scrolls: scrolling goes first, and many changes are one.
	const data = useDeferredValue(useThrottledValue(live.data, TOGETHER_MS));
	const now = useLapses(data?.items);
	const rows = useMemo(
		() =>
			inOrder(
				(data?.items ?? [])
					.filter((row) => !row.left)
					.filter((row) => area === "0" || String(row.area) === area)
					.filter((row) => kind === "0" || String(row.kind) === kind)
					.map((row) => worth(row, now)),
				mine,
			),
		[data, area, kind, now, mine],
	);
	const own = data?.items.find((row) => row.id === mine);
	const may = useMemo(() => mayAsk(me), [me]);
	return (
		<Page title={t("title")}>
			<Stack gap="lg">
				{maySay(me) && own && (
					<Section
						title={t("mine")}
						beside={
							<Button variant="subtle" onClick={() => go("/board?mine")}>
								{t("detailsMine")}
							</Button>
						}
					>
						<div className={classes.mine}>
							<MyLevel row={own} ends />
						</div>
					</Section>
				)}
				<div className={classes.filters}>
					<SegmentedControl
						aria-label={t("area")}
						className={classes.filter}
						value={area}
						onChange={setArea}
						data={[
							{ value: "0", label: t("all") },
							...AREAS.map((one) => ({ value: String(one), label: word(AreaSchema, one) })),
						]}
					/>
					<SegmentedControl
						aria-label={t("kind")}
						className={classes.filter}
						value={kind}
						onChange={setKind}
						data={KINDS.map((one) => ({ value: one.value, label: t(one.name) }))}
					/>
				</div>
				<Shown live={live}>
					{() =>
						rows.length === 0 ? (
							<Empty>{t("none")}</Empty>
						) : (
							AREAS.map((one) => (
								<AreaRows
									key={one}
									area={one}
									rows={rows.filter((row) => row.area === one)}
									mine={mine}
									may={may}
									history={setHistory}
								/>
							))
						)
					}
				</Shown>
			</Stack>
			<Side
				open={history !== undefined}
				close={() => setHistory(undefined)}
				title={history && t("historyTitle", { name: history.name })}
			>
				{history && <History row={history} />}
			</Side>
			<Side
				open={form && own !== undefined && maySay(me)}
				close={() => go("/board", { replace: true })}
				title={t("mine")}
			>
				{own && <Form row={own} done={() => go("/board", { replace: true })} />}
			</Side>
		</Page>
	);
}

/** The time, again when the next of them lapses: nobody else says so in time. */
function useLapses(rows: readonly Capacity[] | undefined): number {
	const clock = useNow(60_000);
	const [at, setAt] = useState(0);
	const now = Math.max(clock, at);
	useEffect(() => {
		const next = nextLapse(rows ?? [], Date.now());
		if (!next) return;
		const wait = Math.min(next - Date.now() + 50, MOST_TIMER_MS);
		const timer = setTimeout(() => setAt(Date.now()), wait);
		return () => clearTimeout(timer);
	}, [rows, now]);
	return now;
}

function toggled(was: ReadonlySet<string>, id: string): ReadonlySet<string> {
	const next = new Set(was);
	if (!next.delete(id)) next.add(id);
	return next;
}

function AreaRows({
	area,
	rows,
	mine,
	may,
	history,
}: {
	area: Area;
	rows: readonly Capacity[];
	mine: string;
	may: ReturnType<typeof mayAsk>;
	history: (row: Capacity) => void;
}) {
	const { t } = useTranslation("board");
	const word = useWord();
	const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
	const toggle = useCallback((id: string) => setOpen((was) => toggled(was, id)), []);
	// By level: who changes it comes and goes, where in one list all that it passes would be moved.
	const groups = useMemo(() => byLevel(rows, mine), [rows, mine]);
	if (rows.length === 0) return null;
	const [available, limited, full, unknown] = counts(rows);
	return (
		<section aria-label={word(AreaSchema, area)}>
			<div className={classes.area}>
				<Title order={2} size="h4">
					{word(AreaSchema, area)}
				</Title>
				<Text size="sm" className="nowrap">
					<span aria-hidden>
						<span style={{ color: "var(--t-available)" }}>● {available}</span>
						{"  "}
						<span style={{ color: "var(--t-limited)" }}>▲ {limited}</span>
						{"  "}
						<span style={{ color: "var(--t-full)" }}>■ {full}</span>
						{"  "}
						<span style={{ color: "var(--t-unknown)" }}>? {unknown}</span>
					</span>
					<span className="heard">{t("counts", { available, limited, full, unknown })}</span>
				</Text>
			</div>
			<ul className={classes.rows}>
				{groups.map(([level, ones]) => (
					<Fragment key={level}>
						{ones.map((row) => (
							<Row
								key={row.id}
								row={row}
								own={row.id === mine}
								may={may}
								history={history}
								open={open.has(row.id)}
								toggle={toggle}
							/>
						))}
					</Fragment>
				))}
			</ul>
		</section>
	);
}

function Side({
	open,
	close,
	title,
	children,
}: {
	open: boolean;
	close: () => void;
	title: string | undefined;
	children: React.ReactNode;
}) {
	const { t } = useTranslation();
	return (
		<Drawer
			opened={open}
			onClose={close}
			position="right"
			size="min(100vw, 480px)"
			title={title}
			closeButtonProps={{ "aria-label": t("close"), size: 44 }}
		>
			<Suspense fallback={<Loading />}>{children}</Suspense>
		</Drawer>
	);
}
