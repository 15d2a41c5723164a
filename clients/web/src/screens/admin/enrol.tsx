// Enrolling somebody who signs in from a browser: who they are, then a password for once.

import { Button, Select, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Refused } from "../../core/errors";
import { useAction, useDraft } from "../../core/hooks";
import { session } from "../../core/session";
import { EnrolSchema, Profession, ProfessionSchema } from "../../gen/network_pb";
import { said } from "../../i18n";
import { useWord } from "../../i18n/words";
import { Failure, Page } from "../../parts";
import c from "./admin.module.css";
import { setPasswordOnce, ShownOnce } from "./once";
import { Back } from "./people";
import { useOrganisationList } from "./use-people";

interface Form {
	id: string;
	name: string;
	nameKana: string;
	organisation: string;
	profession: string;
	phone: string;
	mail: string;
}

const TEXTS = ["name", "nameKana", "id", "phone", "mail"] as const;
const NEEDED = ["name", "id"];

export function EnrolForm({ organisation }: { organisation: string }) {
	const { t } = useTranslation("admin");
	const word = useWord();
	const { byId } = useOrganisationList();
	const empty: Form = {
		...{ id: "", name: "", nameKana: "", profession: "", phone: "", mail: "" },
		organisation,
	};
	const [form, setForm, clearForm] = useDraft(`enrol/${organisation}`, empty);
	const [made, setMade] = useState<{ user: string; name: string; password?: string }>();
	const enrol = useAction(async () => {
		const { profession, ...person } = form;
		if (made?.user !== form.id)
			await session.client.ask("directory", EnrolSchema, {
				person: { ...person, profession: Number(profession) },
			});
		setMade({ user: form.id, name: form.name });
		setMade({ user: form.id, name: form.name, password: await setPasswordOnce(form.id) });
		clearForm();
	});
	const { error } = enrol;
	const fault = (field: string) =>
		error instanceof Refused && error.field === `person.${FIELDS[field] ?? field}`
			? said(error)
			: undefined;
	const besideField =
		error instanceof Refused &&
		[...TEXTS, "organisation", "profession"].some((field) => fault(field));
	const professions = ProfessionSchema.values
		.filter(({ number }) => number > 0 && (number as Profession) !== Profession.SERVICE)
		.map(({ number }) => ({ value: String(number), label: word(ProfessionSchema, number) }));
	const places = [...byId.values()]
		.filter((one) => !one.left)
		.map((one) => ({ value: one.id, label: one.name }));

	const back = organisation ? `/admin/organisation/${organisation}` : "/admin";
	return (
		<div>
			<Back to={back} text={byId.get(organisation)?.name} />
			<Page title={t("enrol")}>
				{made?.password ? (
					<ShownOnce
						name={made.name}
						user={made.user}
						password={made.password}
						close={() => setMade(undefined)}
					/>
				) : (
					<form
						className={c.narrow}
						onSubmit={(event) => {
							event.preventDefault();
							void enrol.run();
						}}
					>
						<Stack>
							<Select
								label={t("organisation")}
								data={places}
								value={form.organisation || null}
								onChange={(value) => setForm({ ...form, organisation: value ?? "" })}
								searchable
								required
								error={fault("organisation")}
								nothingFoundMessage={t("noOrganisation")}
							/>
							<Select
								label={t("profession")}
								data={professions}
								value={form.profession || null}
								onChange={(value) => setForm({ ...form, profession: value ?? "" })}
								required
								error={fault("profession")}
							/>
							{TEXTS.map((field) => (
								<TextInput
									key={field}
									label={t(field === "id" ? "user" : field)}
									description={
										field === "id" ? t("userHow") : field === "mail" ? t("mailHow") : undefined
									}
									autoComplete="off"
									autoCapitalize={field === "name" || field === "nameKana" ? undefined : "none"}
									type={field === "phone" ? "tel" : "text"}
									required={NEEDED.includes(field)}
									value={form[field]}
									error={fault(field)}
									onChange={(event) => setForm({ ...form, [field]: event.currentTarget.value })}
								/>
							))}
							{!besideField && <Failure error={error} />}
							<Button type="submit" loading={enrol.busy}>
								{t("enrolNow")}
							</Button>
						</Stack>
					</form>
				)}
			</Page>
		</div>
	);
}

/** Names of fields as the service says them. */
const FIELDS: Record<string, string> = { nameKana: "name_kana" };
