/*
 * Sentences of `rota`. Part of the one table, messages.h.
 */
#ifndef ROTA_MESSAGES_H
#define ROTA_MESSAGES_H

/* X(name, English, Japanese) */
#define ROTA_MESSAGES(X) \
	X(HELP_SHIFT_ID, \
	  "a shift as `rota show` names it: 2026-11-22-holiday-night", \
	  "枠のID（rota show に表示）: 2026-11-22-holiday-night") \
	X(HELP_CLOCKS, "18:00-8:00", "18:00-8:00") \
	X(HELP_ORG_OR_NONE, "an organisation, or none", "機関、または none（なし）") \
	X(BAD_CLOCKS, \
	  "%s: \"%s\" is not understood. Example: 18:00-8:00", \
	  "%s:「%s」を理解できません。例: 18:00-8:00") \
	X(BAD_DAYS, \
	  "\"%s\" is not a date, or not one after another. Examples: 2026-12-31, 2026-12-29..2027-01-03", \
	  "「%s」は日付ではないか、順番が逆です。例: 2026-12-31、2026-12-29..2027-01-03") \
	X(TOO_MANY_DAYS, "At most 62 days at once.", "一度に指定できるのは62日までです。") \
	X(HELP_DAYS, "2026-12-31, or from .. until: 2026-12-29..2027-01-03", \
	  "2026-12-31、または 初日..末日: 2026-12-29..2027-01-03") \
	X(NO_DUTY_THEN, "%s has no duty on %s.", "%s の当番は %s にありません。") \
	X(SEVERAL_DUTIES, \
	  "%s has more than one duty on %s. Name one: %s", \
	  "%s の当番は %s に複数あります。枠を指定してください: %s") \
	X(EXPORT_NEEDS_ICS, "Say which form: --ics", "形式を指定してください: --ics") \
	X(MONTH_OR_FROM, "Give --month, or --from and --until.", "--month か、--from・--until のどちらかを指定してください。") \
	\
	X(ROTA_NOW, "On duty, %s", "当番（%s現在）") \
	X(ROTA_NOW_AREA, "On duty in the %s, %s", "%sの当番（%s現在）") \
	X(ROTA_NOBODY, "Nobody is on duty: the clinics are open.", "当番の時間帯ではありません（各診療所の診療時間です）。") \
	X(ROTA_NOT_PLANNED_YET, "! no plan yet", "! 当番表がまだありません") \
	X(ROTA_NOTHING_PLANNED, "No rota is planned for this time.", "この時期の当番表はまだありません。") \
	X(FIELD_SHIFT, "Shift", "枠") \
	X(FIELD_FIRST, "First", "第一当番") \
	X(FIELD_SECOND, "Second", "第二当番") \
	X(FIELD_ON_DUTY_UNTIL, "Until", "終了") \
	X(FIELD_NEXT, "Next", "次の当番") \
	X(ROTA_GAP, "! nobody", "! 空白") \
	X(ROTA_GAP_WHY, "! nobody (%s)", "! 空白（%s）") \
	X(ROTA_BOTH, "first %s, second %s", "第一 %s、第二 %s") \
	X(ROTA_REACH, "%s  %s", "%s　%s") \
	X(ROTA_DOCTOR, "%s (doctor)", "%s医師") \
	X(ROTA_DOCTOR_PHONE, "%s (doctor)  %s", "%s医師　%s") \
	X(ROTA_NO_PHONE, "no phone is known", "電話番号の登録なし") \
	X(ROTA_DATE, "date", "日付") \
	X(ROTA_KIND, "shift", "枠") \
	X(ROTA_HOURS, "hours", "時間") \
	X(ROTA_FIRST, "first", "第一当番") \
	X(ROTA_SECOND, "second", "第二当番") \
	X(ROTA_BY_HAND, "by hand", "手動") \
	X(ROTA_SWAPPED, "swapped", "交代") \
	X(ROTA_PROVISIONAL, "provisional holiday", "祝日は見込み") \
	X(ROTA_PLACE_FIRST, "first", "第一") \
	X(ROTA_PLACE_SECOND, "second", "第二") \
	X(NO_SHIFTS, "No rota is planned for these days.", "この期間の当番表はまだありません。") \
	\
	X(ROTA_GENERATED, "%s: %u shifts, %u of %u places filled.", "%s：%u枠、%u／%uか所が決まりました。") \
	X(ROTA_FAIR, "duties / weight", "当番数÷重み") \
	X(ROTA_LEAST, "least", "最少") \
	X(ROTA_MOST, "most", "最多") \
	X(ROTA_WITHIN_ONE, "within one", "差は1以内") \
	X(ROTA_BLOCKS_PREVENT, "nothing fairer is possible", "これ以上公平にはできません") \
	X(ROTA_NOT_PROVEN, "perhaps not the fairest", "より公平な案があるかもしれません") \
	X(HEADING_GAPS, "Gaps and conflicts", "空白と不整合") \
	X(NO_GAPS, "No gaps and no conflicts.", "空白も不整合もありません。") \
	X(GAPS_NOT_PLANNED, \
	  "%s to %s: no plan yet (`tsunagi rota generate --month %s`)", \
	  "%s〜%s：当番表がまだありません（tsunagi rota generate --month %s）") \
	X(DONE_BLOCKED, "Blocked: nobody plans a duty for you on these days.", \
	  "不可日を登録しました。これから作る当番表では当番になりません。") \
	X(DONE_FREED, "No longer blocked.", "不可日を取り消しました。") \
	X(NO_BLOCKS, "No days are blocked.", "不可日の登録はありません。") \
	X(DONE_SHIFT_SET, "Set. The clinics concerned are told.", "当番を変更し、関係する診療所に知らせました。") \
	X(DONE_SWAP_ACCEPTED, "The duty is yours now. Both sides and the support centre are told.", \
	  "当番を引き受けました。相手の診療所とセンターに知らせます。") \
	X(DONE_SWAP_DECLINED, "Declined; who asked is told.", "お断りしました。相手の診療所に知らせます。") \
	X(DONE_SWAP_UNDONE, "Undone.", "取り消しました。") \
	X(DONE_ROTA_SETTINGS, "The settings are stored. They hold for what is planned from now on.", \
	  "設定を保存しました。これから作る当番表に使われます。") \
	X(ROTA_ASKED_OF, "Asked: %s", "依頼しました: %s") \
	X(NO_SWAPS, "No swaps.", "交代の依頼はありません。") \
	X(SWAP_LINE, "%s  %s (%s)", "%s　%s（%s）") \
	X(SWAP_FROM_TO, "%s → %s", "%s → %s") \
	X(SWAP_ALL, "anybody", "全体") \
	X(SWAP_IN_RETURN, "in return for %s", "代わりに %s を受ける") \
	X(SWAP_UNTIL, "answer by %s", "回答期限 %s") \
	X(FIELD_WEEKDAY_NIGHT, "Weekday nights", "平日夜間") \
	X(FIELD_SATURDAY, "Saturday afternoons", "土曜午後") \
	X(FIELD_HOLIDAY_DAY, "Holidays by day", "休日昼間") \
	X(FIELD_HOLIDAY_NIGHT, "Holidays by night", "休日夜間") \
	X(FIELD_BY_AREA, "By area", "圏域ごと") \
	X(FIELD_REST, "Rest between duties", "当番の間の休み") \
	X(FIELD_MOST, "Most a month", "月の上限") \
	X(FIELD_WEIGHT, "Enhanced type", "機能強化型の重み") \
	X(FIELD_YEAR, "Year begins", "年度の始まり") \
	X(ROTA_CLOCKS, "%u:%02u–%u:%02u", "%u:%02u〜%u:%02u") \
	X(ROTA_HOURS_N, "%u h", "%u時間") \
	X(ROTA_DUTIES_N, "%u duties", "%u回") \
	X(ROTA_TIMES_N, "%u ×", "%u倍") \
	X(ROTA_MONTH_N, "month %u", "%u月") \
	X(ROTA_YES, "yes", "はい") \
	X(ROTA_NO, "no", "いいえ") \
	X(CALENDAR_LINE, "%s  /calendar/%s.ics  %s", "%s  /calendar/%s.ics  %s") \
	X(CALENDAR_ALL, "everybody's duties", "全体の当番") \
	X(CALENDAR_HOW, \
	  "Behind the address of the page. Who knows it reads the rota; end it with `rota unsubscribe ID`.", \
	  "つなぎのページのアドレスの後に続けて登録します。知っている人は誰でも読めます（終えるには rota unsubscribe ID）。") \
	X(NO_CALENDARS, "No addresses.", "購読アドレスはありません。") \
	X(DONE_CALENDAR_ENDED, "Ended: nothing is at this address any longer.", \
	  "購読を終えました。アドレスはもう使えません。")

#endif
