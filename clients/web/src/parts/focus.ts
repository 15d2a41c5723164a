// Where the focus goes.

import { useEffect, useState, type RefObject } from "react";

/**
 * For a dialog that is there only while it is open, and so cannot do it itself: when it goes, the focus is
 * where it was when it came, unless something else has taken it.
 */
export function useFocusBack(): void {
	const [from] = useState(() => document.activeElement);
	useEffect(
		() => () => {
			requestAnimationFrame(() => {
				if (document.activeElement === document.body && from instanceof HTMLElement)
					from.focus({ preventScroll: true });
			});
		},
		[from],
	);
}

/** To the first field that is said to be wrong, once it says so: each time that `faults` becomes another. */
export function useFocusFault(form: RefObject<HTMLElement | null>, faults: unknown): void {
	useEffect(() => {
		if (faults) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
	}, [form, faults]);
}
