// A patient who is not in the network yet: who it is, where they live, whom to call; and that they consented.

import { Alert, Anchor, Button, Stack, Text, TextInput } from "@mantine/core";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { Refused } from "../../core/errors";
import { useAction, useDraft, useStands } from "../../core/hooks";
import { newId } from "../../core/ids";
import { session } from "../../core/session";
import { recordInstances } from "../../core/visits";
import {
	FindPatientsSchema,
	PatientListSchema,
	RegisterPatientSchema,
	type Patient,
} from "../../gen/record_pb";
import { said } from "../../i18n";
import { Failure } from "../../parts";
import { useFocusFault } from "../../parts/focus";
import { isoDay } from "../../parts/time";
import { Sheet } from "../patient/forms/entry-form";
import { NOBODY, patientOf, usePerson } from "./person";

const EMPTY = {
	...NOBODY,
	consentOn: "",
	// What was sent last and has no answer yet, and its id: sent again, it takes effect once.
	...{ sent: "", sentId: "" },
};

export function Register({ close }: { close(): void }) {
	const { t } = useTranslation("patients");
	const [, go] = useLocation();
	const stands = useStands();
	const [form, setForm, clear] = useDraft("register", EMPTY);
	const [tried, setTried] = useState(0);
	const [known, setKnown] = useState<Patient[]>([]);
	const element = useRef<HTMLFormElement>(null);
	const send = useAction(async (anyhow: boolean) => {
		setTried((n) => n + 1);
		if (person.missing) return;
		const request = { patient: patientOf(form), consentGivenOn: form.consentOn };
		const what = JSON.stringify(request);
		const [record] = recordInstances();
		if (!anyhow && what !== form.sent) {
			const found = await session.client.ask(
				record!,
				FindPatientsSchema,
				{ text: form.name },
				PatientListSchema,
			);
			const same = found.body.items.filter((one) => one.born === request.patient.born);
			setKnown(same);
			if (same.length) return;
		}
		const id = what === form.sent ? form.sentId : newId();
		setForm({ ...form, sent: what, sentId: id });
		const answer = await session.client.ask(record!, RegisterPatientSchema, request, undefined, {
			id,
		});
		clear();
		if (stands()) go(`/patients/${answer.id}/team`, { replace: true });
	});
	const { error } = send;
	const consent =
		error instanceof Refused && error.field === "consent_given_on" ? said(error) : undefined;
	const change = (next: Partial<typeof form>) => setForm({ ...form, ...next });
	const person = usePerson(form, change, tried, error);
	useFocusFault(element, error ?? (person.missing && tried));
	return (
		<Sheet title={t("register")} onClose={() => send.busy || close()}>
			<form
				ref={element}
				noValidate
				onSubmit={(event) => {
					event.preventDefault();
					if (!send.busy) void send.run(false);
				}}
			>
				<Stack>
					{person.fields}
					<TextInput
						type="date"
						label={t("consentOn")}
						description={t("consentOnHow")}
						value={form.consentOn}
						max={isoDay(Date.now())}
						error={consent}
						onChange={(event) => change({ consentOn: event.currentTarget.value })}
					/>
					{known.length > 0 && (
						<Alert color="gray" variant="light" role="alert">
							<Text fw={600}>{t("knownAlready")}</Text>
							{known.map((one) => (
								<Anchor
									key={one.id}
									component={Link}
									href={`/patients/${one.id}`}
									py={10}
									display="block"
								>
									{one.name}（{one.kana}）{one.address}
								</Anchor>
							))}
							<Button variant="default" loading={send.busy} onClick={() => void send.run(true)}>
								{t("registerAnyhow")}
							</Button>
						</Alert>
					)}
					{!person.beside && !consent && <Failure error={error} />}
					<Button type="submit" size="lg" fullWidth loading={send.busy}>
						{t("registerNow")}
					</Button>
				</Stack>
			</form>
		</Sheet>
	);
}
