/*
 * Sentences of contact hours, and of when something reaches whom. Part of the one table, messages.h.
 */
#ifndef HOURS_MESSAGES_H
#define HOURS_MESSAGES_H

/* X(name, English, Japanese) */
#define HOURS_MESSAGES(X) \
	X(HELP_HOURS, \
	  "\"DAYS FROM-TO phone|page|message [WHOM]\": \"mon-fri 13:00-14:00 phone 連携室\"; a break: " \
	  "\"mon-fri 12:30-13:30 break\"; \"none\"", \
	  "「曜日 開始-終了 phone|page|message [相手]」: \"mon-fri 13:00-14:00 phone 連携室\"、" \
	  "休憩は \"mon-fri 12:30-13:30 break\"、なしは \"none\"") \
	X(HELP_MOMENT, \
	  "\"thu 16:00\" (the coming one), 16:00 (today), 2026-11-22T14:05", \
	  "\"木 16:00\"（次に来る曜日）、16:00（今日）、2026-11-22T14:05") \
	X(HELP_ADDRESS, "name@example.jp, or none", "name@example.jp、または none（なし）") \
	X(BAD_HOURS, \
	  "\"%s\" is not understood. Examples: \"mon-fri 13:00-14:00 phone 医療連携室\", " \
	  "\"mon-fri 12:30-13:30 break\"", \
	  "「%s」を理解できません。例: \"mon-fri 13:00-14:00 phone 医療連携室\"、" \
	  "\"mon-fri 12:30-13:30 break\"") \
	X(NO_SUCH_WHO, \
	  "\"%s\" is neither an organisation nor a user name that is enrolled.", \
	  "「%s」という機関も、登録された利用者もありません。") \
	X(AT_OR_AFTER, "Give --at or --after, not both.", "--at と --after は、どちらか1つにしてください。") \
	X(HOURS_OF_ORGANISATION, \
	  "%s has given no hours of their own: those of %s hold.", \
	  "%s 個人のケアマネタイムはありません。%s のものが使われます。") \
	X(OWN_HOURS, "hours of their own", "個人のケアマネタイムあり") \
	X(OPEN_FROM, "from %s", "%sから") \
	X(DONE_MAIL, "The address is stored.", "メールアドレスを登録しました。") \
	X(DONE_NO_MAIL, "No mail will be sent.", "メールアドレスを削除しました。") \
	X(FIELD_MAIL, "mail", "メール") \
	\
	X(TOMORROW, "tomorrow %s", "明日 %s") \
	X(REACHED, "%s: was rung", "%s: 通知音で届きました") \
	X(REACHES_LATER, "%s: rings %s (as a bundle)", "%s: %s に届きます（まとめて）") \
	X(REACHES_SILENTLY, \
	  "%s: is in the inbox, without a sound", \
	  "%s: 受信箱に入りました（音は鳴りません）") \
	X(REACHES_IN_TURN, "%s: will be asked in turn", "%s: 順番が来ると通知音で届きます") \
	X(LIST_AND, "%s, %s", "%s、%s") \
	X(RINGS_LATER, "rings %s", "%s に通知") \
	X(RINGS_NOW, "♪ %u notifications", "♪ お知らせ %u件") \
	X(REASON_WITHOUT_URGENT, \
	  "%s belongs to --urgent.", \
	  "%s は --urgent と一緒に指定してください。") \
	X(URGENT_NEEDS_REASON, \
	  "--reason: Say why it is urgent; those who are rung read it.", \
	  "--reason: 至急とする理由を入れてください（連絡を受ける人に表示されます）。") \
	X(CORRECTED_ALREADY, \
	  "This entry was corrected: mark its correction, %s.", \
	  "この記録は訂正されています。訂正後の記録 %s を指定してください。")

#endif
