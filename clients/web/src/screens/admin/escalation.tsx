// How long each is waited for before the next is asked, of what is urgent.

import { Button, NumberInput, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Refused } from "../../core/errors";
import { useAction, useAsked } from "../../core/hooks";
import { session } from "../../core/session";
import {
	EscalationSettingsSchema,
	SetEscalationSchema,
	ShowEscalationSettingsSchema,
	type EscalationSettings,
} from "../../gen/alert_pb";
import { said } from "../../i18n";
import { Failure, Shown } from "../../parts";
import c from "./admin.module.css";

const FIELDS = [
	{ field: "urgentS", name: "urgent_s", label: "urgentWait", how: "urgentWaitHow" },
	{ field: "limitS", name: "limit_s", label: "limitWait", how: "limitWaitHow" },
] as const;

export function EscalationTimes() {
	const settings = useAsked("alert", ShowEscalationSettingsSchema, {}, EscalationSettingsSchema);
	return <Shown live={settings}>{(now) => <Times now={now} again={settings.again} />}</Shown>;
}

function Times({ now, again }: { now: EscalationSettings; again: () => void }) {
	const { t } = useTranslation("admin");
	const { t: common } = useTranslation();
	const [form, setForm] = useState<Record<"urgentS" | "limitS", number | string>>({
		urgentS: now.urgentS,
		limitS: now.limitS,
	});
	const [stored, setStored] = useState(false);
	const save = useAction(async () => {
		await session.client.ask("alert", SetEscalationSchema, {
			urgentS: Number(form.urgentS),
			limitS: Number(form.limitS),
		});
		setStored(true);
		again();
	});
	const { error } = save;
	const fault = (name: string) =>
		error instanceof Refused && error.field === name ? said(error) : undefined;
	return (
		<form
			className={c.narrow}
			onSubmit={(event) => {
				event.preventDefault();
				void save.run();
			}}
		>
			<Stack>
				<Text>{t("escalationHow")}</Text>
				{FIELDS.map(({ field, name, label, how }) => (
					<NumberInput
						key={field}
						label={t(label)}
						description={t(how)}
						suffix={t("seconds")}
						min={10}
						max={3600}
						clampBehavior="none"
						hideControls
						required
						value={form[field]}
						error={fault(name)}
						onChange={(value) => {
							setForm({ ...form, [field]: value });
							setStored(false);
						}}
					/>
				))}
				{!FIELDS.some(({ name }) => fault(name)) && <Failure error={error} />}
				<Button type="submit" loading={save.busy}>
					{common("save")}
				</Button>
				<div role="status">{stored && <Text>● {common("stored")}</Text>}</div>
			</Stack>
		</form>
	);
}
