// Break-glass: a patient who is in danger and whom one may not see else. It is written down, and others are
// told; that is said before.

import { Button, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { useAction, useDraft, useStands } from "../../core/hooks";
import { Refused } from "../../core/errors";
import { session } from "../../core/session";
import { BreakGlassSchema } from "../../gen/record_pb";
import { said } from "../../i18n";
import { Failure } from "../../parts";
import { Sheet } from "../patient/forms/entry-form";
import c from "./patients.module.css";

export function Glass({ id, close }: { id: string; close(): void }) {
	const { t } = useTranslation("patients");
	const [, go] = useLocation();
	const [draft, setDraft, clear] = useDraft(`glass/${id}`, { patient: id, reason: "" });
	const stands = useStands();
	const patient = draft.patient.trim().toUpperCase();
	const breaking = useAction(async () => {
		await session.client.ask(session.client.instanceFor("record", patient), BreakGlassSchema, {
			patient,
			reason: draft.reason.trim(),
		});
		clear();
		if (stands()) go(`/patients/${patient}`, { replace: true });
	});
	const refused = breaking.error instanceof Refused ? breaking.error : undefined;
	return (
		<Sheet title={t("breakGlass")} onClose={close}>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					void breaking.run();
				}}
			>
				<Stack>
					<div className={c.told}>
						<Text fw={650} c="var(--t-urgent)">
							{t("glassTitle")}
						</Text>
						<Text>{t("glassTold")}</Text>
					</div>
					{!id && (
						<TextInput
							label={t("patientId")}
							description={t("patientIdHint")}
							value={draft.patient}
							autoCapitalize="characters"
							autoComplete="off"
							error={refused?.field === "patient" ? said(refused) : undefined}
							onChange={(event) => setDraft({ ...draft, patient: event.currentTarget.value })}
							required
						/>
					)}
					<Textarea
						label={t("reason")}
						description={t("reasonHint")}
						value={draft.reason}
						error={refused?.field === "reason" ? said(refused) : undefined}
						onChange={(event) => setDraft({ ...draft, reason: event.currentTarget.value })}
						required
					/>
					{!(refused && (refused.field === "reason" || (refused.field === "patient" && !id))) && (
						<Failure error={breaking.error} />
					)}
					<Button
						type="submit"
						color="red"
						loading={breaking.busy}
						disabled={!patient || !draft.reason.trim()}
					>
						{t("glassGo")}
					</Button>
				</Stack>
			</form>
		</Sheet>
	);
}
