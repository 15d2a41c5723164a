// A screen that fails does not take the others with it. Most often a piece of the page could not be
// loaded: there is no network, and it is not kept on this device yet.

import { Button, Stack, Text, Title } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { session } from "../core/session";

interface Props {
	/** Another place is another try. */
	place: string;
	children: ReactNode;
}

export class Mishap extends Component<Props, { failed: boolean; place: string }> {
	state = { failed: false, place: this.props.place };

	static getDerivedStateFromError() {
		return { failed: true };
	}

	static getDerivedStateFromProps(props: Props, state: { failed: boolean; place: string }) {
		return props.place === state.place ? null : { failed: false, place: props.place };
	}

	render() {
		return this.state.failed ? <Says /> : this.props.children;
	}
}

function Says() {
	const { t } = useTranslation();
	return (
		<Stack p="md" role="alert">
			<Text>{t("notLoaded")}</Text>
			<Button variant="default" onClick={() => location.reload()}>
				{t("again")}
			</Button>
		</Stack>
	);
}

/** The browser does not open what this device keeps. Nobody signs in over it. */
export function Unreadable() {
	const { t } = useTranslation();
	return (
		<Stack maw={420} mx="auto" p="md" pt="xl" component="main">
			<Title order={1}>{t("name")}</Title>
			<Text role="alert">{t("unreadable")}</Text>
			<Button onClick={() => void session.startOver()}>{t("again")}</Button>
		</Stack>
	);
}
