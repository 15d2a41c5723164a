// Photos and papers of an entry, small. (What opens them stands here as soon as it is there.)

import { useEffect, useMemo } from "react";
import type { Entry } from "../../gen/record_pb";

export function Attachments({ entry }: { entry: Entry }) {
	if (!entry.attachments.length) return null;
	return (
		<div style={{ display: "flex", gap: 8, flexWrap: "wrap", margin: "4px 0" }}>
			{entry.attachments.map((one, index) => (
				<Thumbnail key={index} bytes={one.thumbnail} name={one.name} />
			))}
		</div>
	);
}

function Thumbnail({ bytes, name }: { bytes: Uint8Array; name: string }) {
	const url = useMemo(
		() =>
			bytes.length
				? URL.createObjectURL(new Blob([bytes as BlobPart], { type: "image/jpeg" }))
				: "",
		[bytes],
	);
	useEffect(() => () => URL.revokeObjectURL(url), [url]);
	return url ? <img src={url} alt={name} width={72} height={72} /> : <span>{name}</span>;
}
