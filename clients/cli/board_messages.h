/*
 * Sentences of `board`. Part of the one table, messages.h.
 */
#ifndef BOARD_MESSAGES_H
#define BOARD_MESSAGES_H

/* X(name, English, Japanese) */
#define BOARD_MESSAGES(X) \
	X(HELP_UNTIL, \
	  "18:00 (the next one), 2026-11-22T18:00; Japan's time unless a zone is given", \
	  "18:00（次に来る時刻）、2026-11-22T18:00（日本時間）") \
	X(HELP_BEDS, \
	  "3, or KIND:COUNT[:male|female],… with kinds acute, community-care, palliative, " \
	  "rehabilitation-bed, long-term, any: acute:2,palliative:1:female", \
	  "3、または 種類:床数[:male|female],…（種類は acute、community-care、palliative、" \
	  "rehabilitation-bed、long-term、any）: acute:2,palliative:1:female") \
	X(BAD_BEDS, \
	  "--beds: \"%s\" is not understood. Examples: 3, acute:2, palliative:1:female", \
	  "--beds:「%s」を理解できません。例: 3、acute:2、palliative:1:female") \
	X(ORG_OR_AREA, \
	  "Give an organisation, or --area and --kind, not both.", \
	  "機関か、--area・--kind のどちらかを指定してください。") \
	X(DONE_CAPACITY, "Your state is on the board.", "空き状況を登録しました。") \
	X(NO_BOARD, "Nobody stands on the board.", "空き状況ボードに載っている機関はありません。") \
	X(NO_HISTORY, "Nothing was said in that time.", "その期間の登録はありません。") \
	X(BOARD_TITLE, "Who has room", "空き状況ボード") \
	X(BOARD_LOST, "Connection lost: this may be old.", "通信が切れています（表示は古いかもしれません）。") \
	X(BOARD_MORE, \
	  "%u more lines; --area and --kind show a part.", \
	  "ほかに %u 行あります。--area・--kind で絞り込めます。") \
	X(BOARD_GROUP, "%s, %s", "%s　%s") \
	X(BOARD_NAME, "%s (%s)", "%s（%s）") \
	X(BOARD_SAID, "%s, until %s", "%s・%sまで") \
	X(BOARD_LAPSED, "said %s, ended %s", "%sの登録・%sに期限切れ") \
	X(BOARD_NEVER, "nothing said", "登録なし") \
	X(BOARD_SILENT, "%u that never said anything", "%uか所（登録なし）") \
	X(BOARD_GONE, "has left the board", "ボードから外れました") \
	X(BOARD_VISITS, "today %u, week %u", "今日%u・今週%u") \
	X(BOARD_BEDS, "beds %u", "空床%u") \
	X(BOARD_BEDS_OF, "%s%s%s %u", "%s%s%s%u") \
	X(BOARD_FOR_MALE, " (men)", "・男") \
	X(BOARD_FOR_FEMALE, " (women)", "・女") \
	X(BOARD_OFFLINE, "offline", "端末オフ") \
	X(BOARD_NEAREST, "→ %s %s: %s, %s", "→ %s %s: %s・%s") \
	X(BOARD_NO_NEAREST, \
	  "→ nobody else has room for the same", \
	  "→ 同じ受け入れができる空きは、ほかにありません") \
	X(HISTORY_TITLE, "Hours by weekday, and share of the time that is known", \
	  "曜日別の時間と、登録のあった時間に占める割合") \
	X(HISTORY_FULL, "Full, by organisation", "受入不可の時間（機関別）") \
	X(HISTORY_FULL_SHARE, "Share of the known time that is full, by organisation", "受入不可の割合（機関別）") \
	X(HISTORY_SAID, "What was said", "登録の履歴") \
	X(HISTORY_KNOWN, "known", "登録あり") \
	X(HISTORY_HOURS, "%.1f h", "%.1f時間") \
	X(HISTORY_SHARE, "%.1f h %3.0f%%", "%.1f時間 %3.0f%%") \
	X(HISTORY_WEEKDAY_1, "Mon", "月") \
	X(HISTORY_WEEKDAY_2, "Tue", "火") \
	X(HISTORY_WEEKDAY_3, "Wed", "水") \
	X(HISTORY_WEEKDAY_4, "Thu", "木") \
	X(HISTORY_WEEKDAY_5, "Fri", "金") \
	X(HISTORY_WEEKDAY_6, "Sat", "土") \
	X(HISTORY_WEEKDAY_7, "Sun", "日")

#endif
