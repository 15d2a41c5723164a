// Administration: who takes part, how they sign in, who looked at a patient. Administrators alone, but
// for the audit of a patient, which record shows to some others too.

import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link, Route, Switch, useLocation } from "wouter";
import { useMe } from "../../core/hooks";
import { Profession } from "../../gen/network_pb";
import { Page } from "../../parts";
import c from "./admin.module.css";
import { Audit, AuditOf } from "./audit";
import { EnrolForm } from "./enrol";
import { EscalationTimes } from "./escalation";
import { Journals } from "./journals";
import { OrganisationPage, People } from "./people";
import { PersonPage } from "./person";

const TABS = [
	{ to: "/admin", name: "people" },
	{ to: "/admin/escalation", name: "escalation" },
	{ to: "/admin/journals", name: "journals" },
	{ to: "/admin/audit", name: "auditOne" },
] as const;

export default function Admin() {
	const { t } = useTranslation("admin");
	const { me } = useMe();
	const [location] = useLocation();
	const audit = location.startsWith("/admin/audit/");
	if (!audit && me.person?.profession !== Profession.ADMINISTRATOR)
		return (
			<Page title={t("title")}>
				<Text>{t("onlyAdministrators")}</Text>
			</Page>
		);
	return (
		<Switch>
			<Route path="/admin/audit/:patient">{({ patient }) => <Audit patient={patient} />}</Route>
			<Route path="/admin/person/:user">
				{({ user }) => <PersonPage user={decodeURIComponent(user)} />}
			</Route>
			<Route path="/admin/organisation/:id">{({ id }) => <OrganisationPage id={id} />}</Route>
			<Route path="/admin/enrol/:organisation?">
				{({ organisation }) => <EnrolForm organisation={organisation ?? ""} />}
			</Route>
			<Route>
				<Page title={t("title")}>
					<nav className={c.tabs} aria-label={t("title")}>
						{TABS.map(({ to, name }) => (
							<Link
								key={to}
								href={to}
								className={c.tab}
								aria-current={location === to ? "page" : undefined}
							>
								{t(name)}
							</Link>
						))}
					</nav>
					<Switch>
						<Route path="/admin/escalation" component={EscalationTimes} />
						<Route path="/admin/audit" component={AuditOf} />
						<Route path="/admin/journals" component={Journals} />
						<Route component={People} />
					</Switch>
				</Page>
			</Route>
		</Switch>
	);
}
