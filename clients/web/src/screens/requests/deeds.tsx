// What can be done with a request, as buttons: accept or decline in one tap, confirm, pass, give back.

import { Box, Button, Group, Modal, SimpleGrid, Stack, Text, Textarea } from "@mantine/core";
import { useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { Refused } from "../../core/errors";
import { useAction, useDraft, useMe, useNow } from "../../core/hooks";
import { useOrganisationName } from "../../core/organisations";
import { session } from "../../core/session";
import {
	AcceptReferralSchema,
	CancelReferralSchema,
	CloseReferralSchema,
	ConfirmReferralSchema,
	DeclineReason,
	DeclineReasonSchema,
	PassReferralSchema,
	ReferralAcceptedSchema,
	ReportReferralSchema,
	WithdrawReferralSchema,
	type Referral,
} from "../../gen/referral_pb";
import { said } from "../../i18n";
import { useWord } from "../../i18n/words";
import { errorText, Failure } from "../../parts";
import { useDone } from "../../parts/done";
import { declines, HELD_MS } from "./declines";
import { deedsOf, type Deed } from "./look";

const REASONS = [
	DeclineReason.NO_CAPACITY,
	DeclineReason.CANNOT_TAKE_NEED,
	DeclineReason.TOO_FAR,
	DeclineReason.WRONG_TIME,
	DeclineReason.OTHER,
];

/** Whether it is about to be declined here. */
export function useDeclining(id: string): boolean {
	useSyncExternalStore(declines.onChange, declines.version);
	return declines.has(id);
}

/**
 * The buttons of a request. `brief`: on a card, where only what is asked of the reader now has its
 * place; the rest stands in the detail.
 */
export function Deeds({ referral, brief = false }: { referral: Referral; brief?: boolean }) {
	const { t } = useTranslation("requests");
	const { t: common } = useTranslation();
	const { me } = useMe();
	const now = useNow();
	const done = useDone();
	const name = useOrganisationName();
	const declining = useDeclining(referral.id);
	const [asking, setAsking] = useState<Deed>();
	const { id, taker } = referral;
	const deeds = deedsOf(me, referral, now).filter(
		(deed) => !brief || !["withdraw", "leaveStandby", "cancel"].includes(deed),
	);

	const withdraw = () => session.client.ask("referral", WithdrawReferralSchema, { id });
	const act = useAction(async (deed: Deed) => {
		const { client } = session;
		switch (deed) {
			case "accept":
			case "standBy": {
				const answer = await client.ask(
					"referral",
					AcceptReferralSchema,
					{ id },
					ReferralAcceptedSchema,
				);
				done({
					text: answer.body.holding ? t("accepted") : t("standingBy", { n: answer.body.standby }),
					undo: withdraw,
					undone: t("withdrawn"),
				});
				break;
			}
			case "withdraw":
			case "leaveStandby":
				await withdraw();
				done({ text: t("withdrawn") });
				break;
			case "confirm":
				await client.ask("referral", ConfirmReferralSchema, { id, taker });
				done({ text: t("confirming", { name: name(taker) }) });
				break;
			case "pass":
				await client.ask("referral", PassReferralSchema, { id, taker });
				done({ text: t("passed", { name: name(taker) }) });
				break;
			case "cancel":
				await client.ask("referral", CancelReferralSchema, { id });
				done({ text: t("cancelled") });
				break;
			default:
				break;
		}
		setAsking(undefined);
	});

	const decline = (reason: DeclineReason) => {
		setAsking(undefined);
		declines.hold(id, reason, (error) => done({ text: errorText(error, common) }));
		done({
			text: t("declining", { reason: word(DeclineReasonSchema, reason) }),
			forMs: HELD_MS,
			undo: () => {
				if (!declines.undo(id)) throw new Refused(9, "", t("saidAlready"), t("saidAlready"), "");
			},
		});
	};
	const word = useWord();

	if (deeds.length === 0) return null;
	const press = (deed: Deed) =>
		["decline", "report", "close", "cancel", "withdraw", "pass"].includes(deed)
			? setAsking(asking === deed ? undefined : deed)
			: void act.run(deed);
	return (
		<Stack gap="xs">
			<Group gap="xs" grow={brief} preventGrowOverflow={false}>
				{deeds.map((deed) => (
					<Button
						key={deed}
						variant={LEADING.includes(deed) ? "filled" : "default"}
						onClick={() => press(deed)}
						loading={act.busy && !asking}
						disabled={declining}
						aria-expanded={deed === "decline" ? asking === "decline" : undefined}
						c={LEADING.includes(deed) ? undefined : "inherit"}
					>
						{t(`do_${deed}`)}
					</Button>
				))}
			</Group>
			{asking === "decline" && !declining && (
				<Box role="group" aria-label={t("whyNot")}>
					<Text size="sm" className="quiet" mb={6}>
						{t("whyNot")}
					</Text>
					<SimpleGrid cols={2} spacing="xs" verticalSpacing="xs">
						{REASONS.map((reason) => (
							<Button key={reason} variant="light" onClick={() => decline(reason)} px="xs">
								{word(DeclineReasonSchema, reason)}
							</Button>
						))}
					</SimpleGrid>
				</Box>
			)}
			{(asking === "cancel" || asking === "withdraw" || asking === "pass") && (
				<Box role="group" aria-label={t(`sure_${asking}`)} bg="var(--t-soft)" p="sm" bdrs="md">
					<Text mb="xs">{t(`sure_${asking}`)}</Text>
					<Group gap="xs">
						<Button loading={act.busy} onClick={() => void act.run(asking)}>
							{t(`do_${asking}`)}
						</Button>
						<Button variant="default" onClick={() => setAsking(undefined)}>
							{common("cancel")}
						</Button>
					</Group>
				</Box>
			)}
			<Written
				opened={asking === "report"}
				title={t("do_report")}
				label={t("reportText")}
				hint={t("reportHint")}
				draft={`report/${id}`}
				send={async (text) => {
					await session.client.ask("referral", ReportReferralSchema, { id, text });
					done({ text: t("reported") });
				}}
				close={() => setAsking(undefined)}
			/>
			<Written
				opened={asking === "close"}
				title={t("do_close")}
				label={t("outcomeText")}
				hint={t("outcomeHint")}
				draft={`outcome/${id}`}
				send={async (outcome) => {
					await session.client.ask("referral", CloseReferralSchema, { id, outcome });
					done({ text: t("closed") });
				}}
				close={() => setAsking(undefined)}
			/>
			<Failure error={act.error} />
		</Stack>
	);
}

const LEADING: Deed[] = ["accept", "standBy", "confirm", "report", "close"];

/** A text that goes with a deed; what is typed stays until it is sent. */
function Written({
	opened,
	title,
	label,
	hint,
	draft,
	send,
	close,
}: {
	opened: boolean;
	title: string;
	label: string;
	hint: string;
	draft: string;
	send: (text: string) => Promise<void>;
	close: () => void;
}) {
	const { t } = useTranslation();
	const [text, setText, clear] = useDraft(draft, "");
	const action = useAction(async () => {
		await send(text.trim());
		clear();
		close();
	});
	const refused = action.error instanceof Refused ? said(action.error) : undefined;
	return (
		<Modal.Root opened={opened} onClose={close}>
			<Modal.Overlay />
			<Modal.Content>
				<Group justify="space-between" p="xs" ps="md">
					<Modal.Title fw={650}>{title}</Modal.Title>
					<Modal.CloseButton aria-label={t("close")} size={44} />
				</Group>
				<Modal.Body>
					<form
						onSubmit={(event) => {
							event.preventDefault();
							void action.run();
						}}
					>
						<Stack>
							<Textarea
								label={label}
								description={hint}
								value={text}
								onChange={(event) => setText(event.currentTarget.value)}
								minRows={5}
								error={refused}
								data-autofocus
							/>
							{!refused && <Failure error={action.error} />}
							<Button type="submit" loading={action.busy} disabled={!text.trim()}>
								{t("send")}
							</Button>
						</Stack>
					</form>
				</Modal.Body>
			</Modal.Content>
		</Modal.Root>
	);
}
