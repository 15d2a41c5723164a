// The words of the protocol's enums, as the command line has them (a test holds them together).

import type { DescEnum } from "@bufbuild/protobuf";
import { useTranslation } from "react-i18next";

/**
 * `word(ProfessionSchema, Profession.NURSE)`: 看護師. The name without its prefix is the key; values
 * without a word ("unspecified") give "".
 */
export function useWord(): (type: DescEnum, value: number) => string {
	const { t } = useTranslation("words");
	return (type, value) => {
		const name = type.value[value]?.name;
		if (!name || value === 0) return "";
		const key = `${type.typeName.replace("tsunagi.v1.", "").replaceAll(".", "_")}.${name}`;
		return t(key as never, { defaultValue: "" });
	};
}
