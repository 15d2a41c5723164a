// Where the focus goes.

import { useEffect, useState } from "react";

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
