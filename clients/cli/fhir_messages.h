/* The texts of `patient import`: X(name, English, Japanese), the same conversions in both. */
#ifndef FHIR_MESSAGES_H
#define FHIR_MESSAGES_H

/* Why something was not taken. Their names, without FHIR_, are also what --json prints. */
#define FHIR_REASONS(X) \
	X(FHIR_NOT_IMPORTED, "this type is not imported", "取り込みの対象でない種類") \
	X(FHIR_REFERENCE_DATA, "reference data only: it enrols nobody", \
	  "参照情報のみ（登録はされません）") \
	X(FHIR_NOT_ENROLLED, "no member is enrolled here", "メンバーがここに登録されていません") \
	X(FHIR_NOT_ACTIVE, "no longer active", "現在有効でない") \
	X(FHIR_REPLACED, "replaced by another record of the same person", \
	  "同じ人の別の記録に置き換え済み") \
	X(FHIR_IN_ERROR, "entered in error, or refuted", "誤入力または否定済み") \
	X(FHIR_STATUS, "its status says that it does not count (yet)", "状態が確定・実施でない") \
	X(FHIR_INTENT, "only a proposal or a plan", "提案または予定のみ") \
	X(FHIR_NOT_TAKEN, "not taken, or not to be taken", "服用していない") \
	X(FHIR_NO_KNOWN_ALLERGY, "says that there is no known allergy", "アレルギーなしの記載") \
	X(FHIR_CODE, "no vital sign, weight or renal function", \
	  "バイタルサイン・体重・腎機能以外の項目") \
	X(FHIR_NO_VALUE, "holds no value", "値がない") \
	X(FHIR_BOUND, "holds only a bound (less or more than)", "値が上限・下限のみ") \
	X(FHIR_NOT_A_PATIENT, "is not about a patient", "患者についての記録でない") \
	X(FHIR_METHOD, "a Bundle entry that does not bring a resource", \
	  "リソースを登録しないBundleの項目") \
	X(FHIR_BUNDLE_TYPE, "a Bundle of a type that is not imported", "取り込みの対象でないBundle") \
	X(FHIR_NESTED_BUNDLE, "a Bundle inside a Bundle", "Bundleの中のBundle") \
	X(FHIR_NOT_FHIR, "not a FHIR resource", "FHIRのリソースでない") \
	X(FHIR_NOT_JSON, "not JSON (an archive must be unpacked first)", \
	  "JSONでない（アーカイブは先に展開してください）") \
	X(FHIR_UNREADABLE, "cannot be read", "読み込めない") \
	X(FHIR_DAMAGED, "the compressed data are damaged", "圧縮データが壊れている") \
	X(FHIR_CUT_OFF, "ends in the middle", "途中で終わっている") \
	X(FHIR_SYNTAX, "the JSON is not valid", "JSONが正しくない") \
	X(FHIR_TOO_LARGE, "too large", "大きすぎる") \
	X(FHIR_TOO_DEEP, "nested too deeply", "入れ子が深すぎる") \
	X(FHIR_TOO_MANY, "has too many values", "値が多すぎる") \
	X(FHIR_NO_RESOURCE, "the entry has no resource", "項目にリソースがない") \
	X(FHIR_NO_TYPE, "no resourceType", "resourceTypeがない") \
	X(FHIR_FIELD_TYPE, "a field has the wrong JSON type", "項目のJSON型が違う") \
	X(FHIR_NO_NAME, "the patient has no name", "患者の氏名がない") \
	X(FHIR_NO_IDENTITY, "neither identifier nor id", "識別子もidもない") \
	X(FHIR_DATE, "not a date", "日付でない") \
	X(FHIR_UNIT, "unknown unit", "単位が不明") \
	X(FHIR_NUMBER, "the number is out of range", "数値が範囲外") \
	X(FHIR_MISSING, "a field is missing", "必要な項目がない") \
	X(FHIR_NO_SUBJECT, "names no patient", "患者が示されていない") \
	X(FHIR_UNKNOWN_PATIENT, "its patient was not imported (give the patients' file in the same command)", \
	  "対象の患者が取り込まれていない（患者のファイルも同時に指定してください）") \
	X(FHIR_AMBIGUOUS_PATIENT, "its patient's id is that of several people", \
	  "患者のidが複数の人に使われている") \
	X(FHIR_REFUSED, "refused", "受け付けられない") \
	X(FHIR_OTHER, "other reasons", "その他の理由")

#define FHIR_MESSAGES(X) FHIR_REASONS(X) \
	X(FHIR_HEAD_TYPE, "Type", "種類") \
	X(FHIR_HEAD_READ, "Read", "読込") \
	X(FHIR_HEAD_NEW, "New", "新規") \
	X(FHIR_HEAD_KNOWN, "Already there", "登録済み") \
	X(FHIR_HEAD_SKIPPED, "Skipped", "対象外") \
	X(FHIR_HEAD_WRONG, "Wrong", "誤り") \
	X(FHIR_HEAD_WHY, "Why", "理由") \
	X(FHIR_TOTAL, "Total", "合計") \
	X(FHIR_LINE, "line %zu", "%zu行目") \
	X(FHIR_ENTRY, "entry %zu", "項目%zu") \
	X(FHIR_NO_FILE, "%s: no such file or folder.", "%s: そのようなファイルやフォルダーはありません。") \
	X(FHIR_CANNOT_READ, "%s cannot be read: %s", "%s を読み込めません: %s") \
	X(FHIR_NOTHING, "There is no file in it.", "ファイルがありません。") \
	X(FHIR_SOURCE_NAME, "A source's name has 1 to 100 bytes.", "--source の名前は1〜100バイトです。") \
	X(FHIR_INTERRUPTED, \
	  "Interrupted. What was stored stays; run the same import again, nothing is doubled.", \
	  "中断しました。保存された分はそのままです。同じ取り込みをもう一度実行してください（重複しません）。") \
	X(FHIR_REPEAT, \
	  "No answer in time. What was stored stays; run the same import again, nothing is doubled.", \
	  "時間内に応答がありませんでした。保存された分はそのままです。" \
	  "同じ取り込みをもう一度実行してください（重複しません）。") \
	X(FHIR_STRICT, "Stopped at the first mistake (--strict).", "最初の誤りで停止しました（--strict）。") \
	X(FHIR_OTHER_PEOPLE, \
	  "Some identifiers are other people's here. If these data come from another source, name it: " \
	  "--source NAME", \
	  "識別番号の一部は、ここでは別の人のものです。別の取り込み元のデータであれば --source で名前を" \
	  "付けてください。") \
	X(FHIR_PROGRESS, "%s %3u %%  %lu resources", "%s %3u %%  %lu件")

/* What stands behind `patient import`. */
#define IMPORT_USAGE "FILE… [--strict] [--consent-given-on DATE] [--source NAME]"

#endif
