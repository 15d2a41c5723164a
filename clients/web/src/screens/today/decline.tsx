// "I cannot", with a reason where there is one. What is typed stays if it fails, or the page is left.

import { Button, Chip, Group, Stack, Text, Textarea } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Refused } from "../../core/errors";
import { useAction, useDraft } from "../../core/hooks";
import { notifications } from "../../core/notifications";
import { errorText, Failure } from "../../parts";
import classes from "./today.module.css";

const REASONS = ["reasonAway", "reasonBusy", "reasonOff"] as const;

export function Decline({ id, close }: { id: string; close: () => void }) {
	const { t } = useTranslation("today");
	const { t: common } = useTranslation();
	const [reason, setReason, clear] = useDraft(`decline/${id}`, "");
	const decline = useAction(async () => {
		await notifications.decline(id, reason.trim());
		clear();
		close();
	});
	const beside = decline.error instanceof Refused && decline.error.field === "reason";
	return (
		<form
			onSubmit={(event) => {
				event.preventDefault();
				void decline.run();
			}}
		>
			<Stack gap="xs" mt="sm">
				<Group gap="xs">
					{REASONS.map((one) => (
						<Chip
							key={one}
							checked={reason === t(one)}
							onChange={(on) => setReason(on ? t(one) : "")}
						>
							{t(one)}
						</Chip>
					))}
				</Group>
				<Textarea
					label={t("reason")}
					minRows={1}
					maxLength={300}
					value={reason}
					error={beside ? errorText(decline.error, common) : undefined}
					onChange={(event) => setReason(event.currentTarget.value)}
					autoFocus
				/>
				<Text size="sm" className="quiet">
					{t("reasonHelp")}
				</Text>
				{!beside && <Failure error={decline.error} />}
				<div className={classes.buttons}>
					<Button type="submit" variant="default" loading={decline.busy}>
						{t("declineGo")}
					</Button>
					<Button variant="subtle" color="gray" onClick={close}>
						{common("cancel")}
					</Button>
				</div>
			</Stack>
		</form>
	);
}
