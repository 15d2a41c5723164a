// What people type into a search, as it is compared: width, case, spaces and kana make no difference.

export function folded(text: string): string {
	return text
		.normalize("NFKC")
		.toLowerCase()
		.replace(/\s/g, "")
		.replace(/[ぁ-ゖ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) + 0x60));
}
