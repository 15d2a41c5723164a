// Who knows of something urgent: who was asked when, and who of them has opened it. Live.

import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useLive } from "../../core/hooks";
import {
	EscalationSchema,
	EscalationStep_What as What,
	Notification_State as State,
	RecipientListSchema,
	ShowEscalationSchema,
	ShowRecipientsSchema,
	type Escalation,
	type EscalationStep,
	type Notification,
} from "../../gen/alert_pb";
import { OrganisationName, PersonName } from "../../parts/names";
import { clock } from "../../parts/time";
import classes from "./today.module.css";
import { useNotificationWords } from "./words";

const whole = <T,>(_have: T | undefined, came: T): T => came;

/** The steps of what is urgent, as they happen. `event`: also of its entry or one of its notifications. */
export function useEscalation(event: string, skip = false) {
	return useLive("alert", ShowEscalationSchema, { event }, EscalationSchema, {
		merge: whole,
		skip: skip || !event,
	});
}

/** Whom an entry reached, as far as it has come. */
export function useRecipients(entry: string) {
	return useLive("alert", ShowRecipientsSchema, { entry }, RecipientListSchema, { skip: !entry });
}

/** The furthest that somebody of them has come. */
export function furthest(reached: readonly Notification[]): State {
	const order = [State.ACCEPTED, State.DONE, State.OPENED, State.DECLINED, State.DELIVERED];
	return order.find((state) => reached.some((one) => one.state === state)) ?? State.STORED;
}

export function useStateWord(): (state: State) => string {
	const { t } = useTranslation("today");
	return (state) => {
		switch (state) {
			case State.ACCEPTED:
			case State.DONE:
				return t("accepted");
			case State.OPENED:
				return t("opened");
			case State.DECLINED:
				return t("declined");
			case State.DELIVERED:
				return t("unopened");
			default:
				return t("undelivered");
		}
	};
}

/** Of each organisation that was asked the last time; in that order. */
export function lastOfEach(steps: readonly EscalationStep[]): EscalationStep[] {
	const asked = steps.filter((step) => step.what === What.ASKED);
	return asked.filter(
		(step, index) =>
			!asked.slice(index + 1).some((later) => later.organisation === step.organisation),
	);
}

/** Who was asked last, and how far it has come there: "7:52 第一当番：蒼井医院 未開封". */
export function WhoKnows({ n, steps = 3 }: { n: Notification; steps?: number }) {
	const { t } = useTranslation("today");
	const escalation = useEscalation(n.event || n.id, n.matter !== 0 || n.breakGlass);
	const recipients = useRecipients(n.entry);
	const words = useNotificationWords();
	const stateWord = useStateWord();
	const asked = lastOfEach(escalation.data?.steps ?? []);
	const reached = recipients.data?.items ?? [];
	if (asked.length === 0) return <OpenedBy reached={reached} />;
	return (
		<ul className={classes.ways} aria-label={t("knows")} aria-live="polite">
			{asked.slice(-steps).map((step, index) => {
				const there = reached.filter((one) => step.users.includes(one.recipient));
				return (
					<Text component="li" size="sm" key={`${index}-${step.timeMs}`}>
						{clock(Number(step.timeMs))} {t("askedPlace", { place: words.place(step.place) })}
						<OrganisationName id={step.organisation} />{" "}
						{there.length > 0 && <span className="nowrap quiet">{stateWord(furthest(there))}</span>}
					</Text>
				);
			})}
			<Holder escalation={escalation.data} />
		</ul>
	);
}

function OpenedBy({ reached }: { reached: readonly Notification[] }) {
	const { t } = useTranslation("today");
	const opened = reached.filter((one) => one.state >= State.OPENED).length;
	return (
		<Text size="sm" aria-live="polite">
			{reached.length > 0 && (opened > 0 ? t("openedBy", { n: opened }) : t("unopened"))}
		</Text>
	);
}

function Holder({ escalation }: { escalation: Escalation | undefined }) {
	const { t } = useTranslation("today");
	if (!escalation?.holder) return null;
	return (
		<Text component="li" size="sm" fw={600}>
			<PersonName user={escalation.holder} />
			{t("hasIt")}
		</Text>
	);
}
