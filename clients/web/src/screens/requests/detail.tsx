import { Anchor, Badge, Group, Stack, Text } from "@mantine/core";
import { useEffect, useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useAsked, useMe, useNow } from "../../core/hooks";
import { useOrganisationName } from "../../core/organisations";
import {
	Offer_State,
	Referral_CauseSchema,
	Referral_State,
	ReferralKind,
	ReferralKindSchema,
	ReferralSchema,
	ShowReferralSchema,
	type Offer,
	type Referral,
} from "../../gen/referral_pb";
import { Page, Section, Shown, Urgent } from "../../parts";
import { PatientName } from "../../parts/names";
import { IconChevronLeft } from "../../parts/icons";
import { when } from "../../parts/time";
import { useOpenReferrals } from "./open";
import { Deeds } from "./deeds";
import {
	deadlineFor,
	deedsOf,
	isOver,
	nextVisitMs,
	ownOffer,
	roleOf,
	viewerOf,
	visitBegun,
} from "./look";
import classes from "./requests.module.css";
import { useRequestWords } from "./words";

export function Detail({ id }: { id: string }) {
	const { t } = useTranslation("requests");
	const live = useAsked("referral", ShowReferralSchema, { id }, ReferralSchema, {
		keep: `request/${id}`,
	});
	useFollow(id, live.data?.position, live.again);
	return (
		<>
			<Anchor component={Link} href="/requests" className={classes.back} underline="never">
				<IconChevronLeft size={20} aria-hidden />
				{t("title")}
			</Anchor>
			<Shown live={live}>{(referral) => <Whole referral={referral} />}</Shown>
		</>
	);
}

/** Asks again when the list is told of a later state; its pushes name no patient. */
function useFollow(id: string, position: bigint | undefined, again: () => void): void {
	const open = useOpenReferrals();
	const told = open.data?.items.find((item) => item.id === id)?.position;
	const asked = useRef<bigint | undefined>(undefined);
	useEffect(() => {
		if (told === undefined || position === undefined || told <= position) return;
		if (asked.current === told) return;
		asked.current = told;
		again();
	}, [told, position, again]);
}

function Whole({ referral }: { referral: Referral }) {
	const { t } = useTranslation("requests");
	const { me } = useMe();
	const now = useNow();
	const words = useRequestWords();
	const viewer = viewerOf(me);
	const own = ownOffer(viewer, referral);
	return (
		<Page
			title={
				<Group gap="sm" component="span" display="inline-flex">
					{referral.urgent && !isOver(referral) && <Urgent />}
					{words.word(ReferralKindSchema, referral.kind)}
				</Group>
			}
			beside={
				<Text fw={600} role="status">
					{words.state(viewer, referral, now)}
				</Text>
			}
		>
			<div className={classes.two}>
				<Stack gap="lg">
					<Next referral={referral} />
					<Facts referral={referral} />
				</Stack>
				{!own && referral.offers.length > 0 && (
					<Section title={t("offers")}>
						<Offers referral={referral} />
					</Section>
				)}
			</div>
		</Page>
	);
}

/** What to do now, or what is waited for. */
function Next({ referral }: { referral: Referral }) {
	const { t } = useTranslation("requests");
	const { me } = useMe();
	const now = useNow();
	const wait = useWait(referral);
	const some = deedsOf(me, referral, now).length > 0;
	if (!wait && !some) return null;
	return (
		<Section title={t("next")}>
			<Stack gap="sm">
				{wait && <Text>{t(wait)}</Text>}
				<Deeds referral={referral} />
			</Stack>
		</Section>
	);
}

function useWait(referral: Referral) {
	const { me } = useMe();
	const now = useNow();
	const viewer = viewerOf(me);
	const own = ownOffer(viewer, referral);
	const { state } = referral;
	switch (roleOf(viewer, referral)) {
		case "asked":
			if (own?.state === Offer_State.STANDING_BY) return "wait_standby";
			if (own?.state !== Offer_State.HOLDING)
				return own?.state === Offer_State.OFFERED ? undefined : "wait_nothing";
			if (state === Referral_State.ACCEPTED) return "wait_asker";
			if (state === Referral_State.CONFIRMING) return "wait_record";
			if (state === Referral_State.CONFIRMED && referral.kind === ReferralKind.VISIT)
				return visitBegun(referral, now)
					? undefined
					: nextVisitMs(referral) - now > 24 * 3600 * 1000
						? "wait_window"
						: "wait_visitSoon";
			return undefined;
		case "asker":
			if (state === Referral_State.OFFERED) return "wait_taker";
			if (state === Referral_State.CONFIRMING) return "wait_record";
			if (state === Referral_State.UNPLACED) return "wait_centre";
			if (state === Referral_State.CONFIRMED && referral.kind === ReferralKind.VISIT)
				return "wait_visit";
			return undefined;
		default:
			return undefined;
	}
}

function Facts({ referral }: { referral: Referral }) {
	const { t } = useTranslation("requests");
	const { me } = useMe();
	const now = useNow();
	const words = useRequestWords();
	const name = useOrganisationName();
	const viewer = viewerOf(me);
	const own = ownOffer(viewer, referral);
	const deadline = deadlineFor(viewer, referral);
	const needs = words.needs(referral);
	const told = referral.area || referral.ageTo || referral.sex || needs.length;
	const showCause =
		referral.cause !== 0 && (referral.withCentre || referral.state >= Referral_State.UNPLACED);
	return (
		<Section title={t("facts")}>
			<dl className={classes.pair}>
				<Fact name={t("window")}>{words.window(referral, now)}</Fact>
				{referral.patient && (
					<Fact name={t("patient")}>
						<Anchor component={Link} href={`/patients/${referral.patient}`}>
							<PatientName id={referral.patient} />
						</Anchor>
					</Fact>
				)}
				<Fact name={t("place")}>{words.place(referral)}</Fact>
				<Fact name={t("ageSex")}>{words.ageAndSex(referral)}</Fact>
				{told ? (
					<Fact name={t("needs")}>
						{needs.length === 0 ? (
							t("noNeeds")
						) : (
							<Group gap={6}>
								{needs.map((need) => (
									<Badge key={need} variant="default" radius="sm" className={classes.need}>
										{need}
									</Badge>
								))}
							</Group>
						)}
					</Fact>
				) : null}
				{deadline > 0 && (
					<Fact name={t(deadlineName(referral))}>
						{words.left(deadline, now)}
						<Text span className="quiet">
							{t("at", { time: when(deadline, now) })}
						</Text>
					</Fact>
				)}
				{referral.taker && referral.taker !== viewer.organisation && (
					<Fact name={t("taker")}>{name(referral.taker)}</Fact>
				)}
				{referral.kind === ReferralKind.VISIT &&
					(referral.reports > 0 || (referral.times > 1 && referral.wave > 0)) && (
						<Fact name={t("reports")}>
							{t("reportsOf", { n: referral.reports, times: referral.times })}
						</Fact>
					)}
				{showCause && (
					<Fact name={t("cause")}>{words.word(Referral_CauseSchema, referral.cause)}</Fact>
				)}
				<Fact name={t("outcome")}>{referral.outcome}</Fact>
				{own && (
					<Fact name={t("yourAnswer")}>
						{words.offer(own)}
						{own.answeredMs > 0n && (
							<Text span className="quiet">
								{" "}
								{when(Number(own.answeredMs), now)}
							</Text>
						)}
					</Fact>
				)}
				{own?.score && <Fact name={t("whyYou")}>{words.score(own.score)}</Fact>}
				{referral.asker && <Fact name={t("asker")}>{name(referral.asker)}</Fact>}
				{referral.askedMs > 0n && (
					<Fact name={t("askedAt")}>{when(Number(referral.askedMs), now)}</Fact>
				)}
			</dl>
		</Section>
	);
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
	if (!children) return null;
	return (
		<>
			<dt>{name}</dt>
			<dd>{children}</dd>
		</>
	);
}

function deadlineName(referral: Referral) {
	if (referral.state === Referral_State.OFFERED) return "answerBy";
	if (referral.state === Referral_State.ACCEPTED) return "confirmBy";
	return "reportBy";
}

/** Whom it was asked of, wave by wave, and what each said. */
function Offers({ referral }: { referral: Referral }) {
	const { t } = useTranslation("requests");
	const waves = [...new Set(referral.offers.map((offer) => offer.wave))];
	return (
		<Stack gap="md">
			{waves.map((wave) => (
				<div key={wave}>
					<Text size="sm" fw={600} id={`wave-${wave}`}>
						{t("waveTitle", { n: wave })}
					</Text>
					<ol className={classes.wave} aria-labelledby={`wave-${wave}`}>
						{referral.offers
							.filter((offer) => offer.wave === wave)
							.map((offer) => (
								<OfferRow key={offer.organisation} offer={offer} />
							))}
					</ol>
				</div>
			))}
		</Stack>
	);
}

const SIGNS: Partial<Record<Offer_State, string>> = {
	[Offer_State.OFFERED]: "○",
	[Offer_State.HOLDING]: "●",
	[Offer_State.STANDING_BY]: "◐",
};

function OfferRow({ offer }: { offer: Offer }) {
	const now = useNow();
	const words = useRequestWords();
	const name = useOrganisationName();
	return (
		<li className={classes.offer} data-holds={offer.state === Offer_State.HOLDING || undefined}>
			<Group justify="space-between" gap="xs" align="baseline">
				<Text fw="inherit">{name(offer.organisation)}</Text>
				<Text fw="inherit">
					<span aria-hidden>{SIGNS[offer.state] ?? "–"}</span> {words.offer(offer)}
					{offer.answeredMs > 0n && (
						<Text span size="sm" className="quiet" ms={8}>
							{when(Number(offer.answeredMs), now)}
						</Text>
					)}
				</Text>
			</Group>
			{offer.score && (
				<Text size="sm" className="quiet" fw={400}>
					{words.score(offer.score)}
				</Text>
			)}
		</li>
	);
}
