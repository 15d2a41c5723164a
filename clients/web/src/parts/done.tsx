// What has just been done, said at the foot of the screen, with one tap to undo it.

import { Button, Group, Text } from "@mantine/core";
import { createContext, useCallback, useContext, useEffect, useRef, useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { errorText } from ".";
import classes from "./done.module.css";

export interface Deed {
	text: string;
	/** Takes it back. What it says then: `undone`. */
	undo?: () => Promise<unknown> | void;
	undone?: string;
	/** Stays so long; by default ten seconds. */
	forMs?: number;
}

const Context = createContext<(deed: Deed) => void>(() => {});
const FOR_MS = 10_000;

/** `said({ text, undo })`: below <Done>. */
export function useDone(): (deed: Deed) => void {
	return useContext(Context);
}

export function Done({ children }: { children: ReactNode }) {
	const { t } = useTranslation();
	const [deed, setDeed] = useState<Deed>();
	const [bad, setBad] = useState(false);
	const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

	const show = useCallback((next: Deed, failed = false) => {
		clearTimeout(timer.current);
		setDeed(next);
		setBad(failed);
		timer.current = setTimeout(() => setDeed(undefined), next.forMs ?? FOR_MS);
	}, []);
	useEffect(() => () => clearTimeout(timer.current), []);

	const undo = async () => {
		if (!deed?.undo) return;
		setDeed(undefined);
		try {
			await deed.undo();
			show({ text: deed.undone ?? t("undone") });
		} catch (error) {
			show({ text: errorText(error, t) }, true);
		}
	};

	return (
		<Context.Provider value={show}>
			{children}
			<div className={`${classes.place} noprint`} role="status" aria-live="polite">
				{deed && (
					<Group className={classes.bar} data-bad={bad || undefined} wrap="nowrap" gap="sm">
						<Text className={classes.text}>{deed.text}</Text>
						{deed.undo && (
							<Button variant="default" onClick={() => void undo()}>
								{t("undo")}
							</Button>
						)}
					</Group>
				)}
			</div>
		</Context.Provider>
	);
}
