// Texts: Japanese first, English by a switch. A file an area in ja/ and en/; a screen names its area
// (useTranslation("board")) and it is loaded with the screen.

import i18next, { type BackendModule, type ResourceKey } from "i18next";
import { initReactI18next } from "react-i18next";
import commonJa from "./ja/common.json";

export type Language = "ja" | "en";
const LANGUAGE_KEY = "language";

const files = import.meta.glob<{ default: ResourceKey }>("./{ja,en}/*.json");

const backend: BackendModule = {
	type: "backend",
	init() {},
	read(language, area, done) {
		const load = files[`./${language}/${area}.json`];
		if (!load) done(new Error(`no texts: ${language}/${area}`), null);
		else
			load().then(
				(file) => done(null, file.default),
				(error: Error) => done(error, null),
			);
	},
};

export function startTexts(): Promise<unknown> {
	const language: Language = localStorage.getItem(LANGUAGE_KEY) === "en" ? "en" : "ja";
	document.documentElement.lang = language;
	return i18next
		.use(backend)
		.use(initReactI18next)
		.init({
			lng: language,
			fallbackLng: "ja",
			ns: ["common"],
			defaultNS: "common",
			resources: { ja: { common: commonJa } },
			partialBundledLanguages: true,
			interpolation: { escapeValue: false }, // React does it
			returnNull: false,
			showSupportNotice: false,
		});
}

export async function setLanguage(language: Language): Promise<void> {
	localStorage.setItem(LANGUAGE_KEY, language);
	await i18next.changeLanguage(language);
	document.documentElement.lang = language;
}

export function language(): Language {
	return i18next.language === "en" ? "en" : "ja";
}

/** The sentence of a service in the reader's language. */
export function said(of: { ja: string; en: string }): string {
	return language() === "en" ? of.en || of.ja : of.ja || of.en;
}
