/* Sentences about photos and papers, and about what is new; see messages.h. */
#ifndef CLI_ATTACH_MESSAGES_H
#define CLI_ATTACH_MESSAGES_H

#define ATTACH_MESSAGES(X) \
	X(HELP_PHOTO_OR_PDF, \
	  "a JPEG, PNG or PDF of at most 8 MiB, up to 8 of them; what pictures say of place, time and camera is left out", \
	  "JPEG・PNG・PDF（8MBまで、8件まで）。写真の撮影場所・日時・機種の情報は取り除きます") \
	X(ATTACH_CANNOT_READ, "%s cannot be read: %s", "%s を読めません: %s") \
	X(ATTACH_TOO_BIG, \
	  "%s is empty or larger than 8 MiB. Make it smaller (a photo of 2000 pixels is enough).", \
	  "%s は空か、8MBを超えています。小さくしてください（写真は2000画素程度で十分です）。") \
	X(ATTACH_WRONG_TYPE, \
	  "%s is no JPEG, PNG or PDF: only those can be attached.", \
	  "%s は JPEG・PNG・PDF ではありません。添付できるのはこの3種類だけです。") \
	X(ATTACH_DAMAGED, \
	  "%s is damaged or cut short: what it says of place and time cannot be taken out, so it is not sent.", \
	  "%s は壊れているか途中で切れています。撮影場所などの情報を取り除けないため、送信しません。") \
	X(ATTACH_TOO_MANY, "An entry bears at most %u attachments.", "1件の記録に添付できるのは%u件までです。") \
	X(ATTACH_STRIPPED, \
	  "%s: %zu bytes that say where, when or with what it was taken are not sent.", \
	  "%s: 撮影場所・日時・機種などの情報（%zuバイト）は取り除いて送信します。") \
	X(ATTACH_SENDING, "%s %3u %%  %s", "%s %3u %%  %s") \
	X(ATTACH_MISMATCH, \
	  "%s did not arrive as it was sent. Nothing was recorded: repeat the command.", \
	  "%s は送信中に内容が変わりました。記録していません。もう一度実行してください。") \
	X(ATTACH_BROKE_OFF, \
	  "Not all of %s is there yet. Nothing is lost: repeat the command, it goes on where it was.", \
	  "%s はまだ全部届いていません。失われたものはありません。もう一度実行すると続きから送ります。") \
	X(ATTACH_AND_DETACH, \
	  "--attach says what it bears from now on, --detach that it bears nothing: give one of them.", \
	  "--attach（添付を入れ替える）と --detach（添付を外す）は、どちらか1つにしてください。") \
	X(ATTACHMENT, "attachment %zu: %s", "添付%zu: %s") \
	X(FETCH_NONE, "This entry has no attachment.", "この記録に添付はありません。") \
	X(FETCH_WHICH, \
	  "This entry has %zu attachments: say which with --number 1 to %zu.", \
	  "この記録には添付が%zu件あります。--number で1〜%zuを指定してください。") \
	X(FETCH_TERMINAL, \
	  "This is no text for a terminal: give a file with --output FILE, or send it into a pipe.", \
	  "端末には表示できません。--output ファイル名 で保存するか、パイプに渡してください。") \
	X(FETCH_EXISTS, \
	  "%s is there already: give another name with --output FILE.", \
	  "%s はすでにあります。--output で別の名前を指定してください。") \
	X(FETCH_ALTERED, \
	  "What came is not what was recorded (its SHA-256 differs). Nothing was written. Call the administrator.", \
	  "受信した内容が記録されたものと違います（SHA-256の不一致）。書き込んでいません。管理者に連絡してください。") \
	\
	X(NEWS_UNREAD, "%u unread", "未読 %u") \
	X(NEWS_UNREAD_MANY, "%u+ unread", "未読 %u以上") \
	X(NEWS_URGENT, "! %u urgent", "! 至急 %u") \
	X(NEWS_MEDICATIONS, "%zu medicines changed", "処方の変更 %zu") \
	X(NEWS_LAST, "last entry %s", "最終記録 %s") \
	X(NEWS_VISIT, "next visit %s", "次回 %s") \
	X(NEWS_NONE, "No patients of yours.", "担当する患者はいません。") \
	X(NEWS_GONE, "no longer shared with you", "共有が終わりました")

#endif
