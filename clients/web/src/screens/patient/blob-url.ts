import { useEffect, useState } from "react";

/** An address of the blob as long as it is shown; empty: not yet. */
export function useBlobUrl(blob: Blob | undefined): string {
	const [made, setMade] = useState<{ blob: Blob; url: string }>();
	useEffect(() => {
		if (!blob) return;
		const url = URL.createObjectURL(blob);
		setMade({ blob, url });
		return () => URL.revokeObjectURL(url);
	}, [blob]);
	return made && made.blob === blob ? made.url : "";
}
