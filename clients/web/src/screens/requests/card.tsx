import { Badge, Group, Paper, Stack, Text, VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useAsked, useMe, useNow } from "../../core/hooks";
import { useOrganisationName } from "../../core/organisations";
import {
	Offer_State,
	ReferralKindSchema,
	ReferralSchema,
	ShowReferralSchema,
	type Referral,
} from "../../gen/referral_pb";
import { Urgent } from "../../parts";
import { PatientName } from "../../parts/names";
import { when } from "../../parts/time";
import { Deeds, useDeclining } from "./deeds";
import { deadlineFor, isOver, ownOffer, roleOf, viewerOf, waitsForMe } from "./look";
import classes from "./requests.module.css";
import { useRequestWords } from "./words";

/** What is pushed names no patient: of our own requests it is asked for. */
function Whom({ referral, ours }: { referral: Referral; ours: boolean }) {
	const shown = useAsked("referral", ShowReferralSchema, { id: referral.id }, ReferralSchema, {
		skip: referral.patient !== "" || !ours || isOver(referral),
	});
	const patient = referral.patient || shown.data?.patient;
	if (!patient) return null;
	return (
		<Text fw={600}>
			<PatientName id={patient} />
		</Text>
	);
}

/** One request in a list: what decides stands first, then the answer. */
export function Card({ referral }: { referral: Referral }) {
	const { t } = useTranslation("requests");
	const { me } = useMe();
	const now = useNow();
	const words = useRequestWords();
	const name = useOrganisationName();
	const viewer = viewerOf(me);
	const own = ownOffer(viewer, referral);
	const role = roleOf(viewer, referral);
	const declining = useDeclining(referral.id);
	const deadline = deadlineFor(viewer, referral);
	const needs = words.needs(referral);
	const window = words.window(referral, now);
	const asked = referral.offers.filter((offer) => offer.state === Offer_State.OFFERED);
	const waits = waitsForMe(viewer, referral, now);
	const where = [words.place(referral), words.ageAndSex(referral)].filter(Boolean).join(t("dot"));
	return (
		<Paper
			component="article"
			className={classes.card}
			data-waits={waits || undefined}
			data-declining={declining || undefined}
		>
			<Stack gap={8}>
				<Group gap="xs" justify="space-between" wrap="nowrap" align="flex-start">
					<Group gap={8} wrap="wrap">
						{referral.urgent && !isOver(referral) && <Urgent />}
						<Link href={`/requests/${referral.id}`} className={classes.kind}>
							{words.word(ReferralKindSchema, referral.kind)}
							<VisuallyHidden> {t("openDetail")}</VisuallyHidden>
						</Link>
					</Group>
					<Text size="sm" className={classes.state}>
						{words.state(viewer, referral, now)}
					</Text>
				</Group>
				{window && <Text className={classes.window}>{window}</Text>}
				<Whom referral={referral} ours={role === "asker"} />
				{where && <Text>{where}</Text>}
				{needs.length > 0 && (
					<Group gap={6} component="ul" className={classes.needs} aria-label={t("needs")}>
						{needs.map((need) => (
							<Badge
								key={need}
								component="li"
								variant="default"
								radius="sm"
								className={classes.need}
							>
								{need}
							</Badge>
						))}
					</Group>
				)}
				{role !== "asker" && referral.asker && (
					<Text size="sm" className="quiet">
						{t("askedBy", { name: name(referral.asker) })}
					</Text>
				)}
				{role !== "asked" && referral.taker && (
					<Text size="sm">{t("takenBy", { name: name(referral.taker) })}</Text>
				)}
				{role !== "asked" && !referral.taker && asked.length > 0 && !isOver(referral) && (
					<Text size="sm" className="quiet">
						{t("askedOf", {
							names: asked
								.slice(0, 3)
								.map((offer) => name(offer.organisation))
								.join(t("comma")),
							count: asked.length,
						})}
					</Text>
				)}
				{own?.score && own.state === Offer_State.OFFERED && (
					<Text size="sm" className="quiet">
						{t("why", { why: words.score(own.score) })}
					</Text>
				)}
				{deadline > 0 && (
					<Text
						size="sm"
						className={classes.deadline}
						data-near={deadline - now < 30 * 60_000 || undefined}
					>
						{words.left(deadline, now)}
						<span className="quiet">{t("at", { time: when(deadline, now) })}</span>
					</Text>
				)}
				<Deeds referral={referral} brief />
			</Stack>
		</Paper>
	);
}
