// Photos and papers of an entry, small. Which one stands open, the address says (?photo=<entry>/<n>):
// a phone's way back closes it.

import { useCallback, useMemo, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "wouter";
import { base64 } from "../../core/bytes";
import { outbox } from "../../core/outbox";
import type { Attachment, Entry } from "../../gen/record_pb";
import { IconFileText, IconPhoto } from "../../parts/icons";
import c from "./photos.module.css";

/** A photo or paper of an entry. */
export interface PhotoPlace {
	entry: string;
	index: number;
}

export function photoOf(search: URLSearchParams): PhotoPlace | undefined {
	const [, entry, index] = /^([0-9A-Za-z-]+)\/(\d)$/.exec(search.get("photo") ?? "") ?? [];
	return entry ? { entry, index: Number(index) } : undefined;
}

export function toPhoto(was: URLSearchParams, to: PhotoPlace | undefined): URLSearchParams {
	const next = new URLSearchParams(was);
	if (to) next.set("photo", `${to.entry}/${to.index}`);
	else next.delete("photo");
	return next;
}

export const isPaper = (one: Pick<Attachment, "mediaType">): boolean =>
	one.mediaType === "application/pdf";

export function Attachments({ entry }: { entry: Entry }) {
	return entry.attachments.length ? <Openable entry={entry} /> : null;
}

function Openable({ entry }: { entry: Entry }) {
	const [, setSearch] = useSearchParams();
	const { t } = useTranslation("patient");
	return (
		<div className={c.thumbnails}>
			{entry.attachments.map((one, index) => {
				const paper = isPaper(one);
				const name = one.name || t(paper ? "paper" : "photo");
				return (
					<button
						key={index}
						type="button"
						className={c.thumbnail}
						aria-label={t(paper ? "openPaper" : "openPhoto", { name })}
						onClick={() => setSearch((was) => toPhoto(was, { entry: entry.id, index }))}
					>
						<Small one={one} name={name} />
					</button>
				);
			})}
		</div>
	);
}

/** The same, only to be seen. */
export function Thumbnails({ entry }: { entry: Entry }) {
	const { t } = useTranslation("patient");
	return (
		<div className={c.thumbnails}>
			{entry.attachments.map((one, index) => (
				<div key={index} className={c.thumbnail}>
					<Small one={one} name={one.name || t(isPaper(one) ? "paper" : "photo")} />
				</div>
			))}
		</div>
	);
}

function Small({ one, name }: { one: Attachment; name: string }) {
	// A few KB: an address of its own is not worth keeping account of.
	const url = useMemo(
		() => (one.thumbnail.length ? `data:image/jpeg;base64,${base64(one.thumbnail)}` : ""),
		[one.thumbnail],
	);
	const Sign = isPaper(one) ? IconFileText : IconPhoto;
	return (
		<>
			{url ? (
				<img src={url} alt="" width={88} height={88} decoding="async" />
			) : (
				<span className={c.sign}>
					<Sign size={36} stroke={1.4} aria-hidden />
				</span>
			)}
			<span className={c.caption}>{name}</span>
		</>
	);
}

/** How much of an entry's photos has gone. */
export function Sending({ id }: { id: string }) {
	const { t } = useTranslation("patient");
	const part = useSyncExternalStore(
		useCallback((changed: () => void) => outbox.onChange(changed), []),
		() => outbox.progress(id),
	);
	if (part <= 0 || part >= 1) return null;
	return <span>{t("sendingPhotos", { n: Math.floor(part * 100) })}</span>;
}
