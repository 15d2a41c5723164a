// Makes a text that does not exist a type error.
import type admin from "./ja/admin.json";
import type board from "./ja/board.json";
import type common from "./ja/common.json";
import type directory from "./ja/directory.json";
import type duty from "./ja/duty.json";
import type levels from "./ja/levels.json";
import type patient from "./ja/patient.json";
import type patients from "./ja/patients.json";
import type photos from "./ja/photos.json";
import type requests from "./ja/requests.json";
import type settings from "./ja/settings.json";
import type signin from "./ja/signin.json";
import type today from "./ja/today.json";
import type words from "./ja/words.json";

declare module "i18next" {
	interface CustomTypeOptions {
		defaultNS: "common";
		resources: {
			admin: typeof admin;
			board: typeof board;
			common: typeof common;
			directory: typeof directory;
			duty: typeof duty;
			levels: typeof levels;
			patient: typeof patient;
			patients: typeof patients;
			photos: typeof photos;
			requests: typeof requests;
			settings: typeof settings;
			signin: typeof signin;
			today: typeof today;
			words: typeof words;
		};
	}
}
