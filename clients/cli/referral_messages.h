/*
 * The sentences of `referral` and `stats`, in English and Japanese; part of messages.h.
 */
#ifndef REFERRAL_MESSAGES_H
#define REFERRAL_MESSAGES_H

/* X(name, English, Japanese) */
#define REFERRAL_MESSAGES(X) \
	X(ARG_NOT_BOTH, "%s and %s do not go together.", "%s と %s は同時に使えません。") \
	X(ARG_OF_VISIT, "%s is for a visit only.", "%s は訪問の応援のときだけ使えます。") \
	X(ARG_NOT_OF_VISIT, \
	  "A visit has a window: give --from and --to instead of --by.", \
	  "訪問の応援では --by ではなく、--from と --to で時間帯を入れてください。") \
	X(BAD_MONTH, "\"%s\" is not a month. Example: 2026-11", "「%s」は月ではありません。例: 2026-11") \
	X(HELP_MONTH, "2026-11", "2026-11") \
	\
	X(REFERRAL_OPEN_ALREADY, \
	  "This patient has open requests already:", \
	  "この患者には、終わっていない依頼があります:") \
	X(REFERRAL_BESIDE, \
	  "Look at it first, with tsunagi referral show. If another one is needed all the same, " \
	  "repeat the command with --beside and this id.", \
	  "まず tsunagi referral show で内容を確かめてください。" \
	  "それでも別に必要なときは、--beside とこのIDを付けてもう一度実行してください。") \
	X(REFERRAL_ASKED, "Stored: %s", "依頼を出しました: %s") \
	X(REFERRAL_YOURS, \
	  "It is yours. The asker confirms it next; then you see the patient.", \
	  "受諾しました。受け手はあなたの事業所です。依頼元が確認すると、患者の記録を見られます。") \
	X(REFERRAL_STANDBY, \
	  "Stored: another was first. You stand by as number %u, and move up if it is given back.", \
	  "先に受けた機関があります。控えの%u番目に入りました。空いたときは繰り上がり、お知らせが届きます。") \
	X(REFERRAL_DECLINED, "Stored: you cannot take it.", "「対応できません」と答えました。") \
	X(REFERRAL_WITHDRAWN, \
	  "Given back. The next who stands by has it, or others are asked.", \
	  "辞退しました。控えの機関に移るか、ほかの機関に打診します。") \
	X(REFERRAL_CONFIRMING, \
	  "Stored. The taker is being added to the care team; then the request is confirmed.", \
	  "確認しました。受け手をケアチームに登録しています。済むと「確定」になります。") \
	X(REFERRAL_PASSED, "Stored: not this one.", "この機関を見送りました。") \
	X(REFERRAL_REPORTED, \
	  "The report is stored; the asker is told.", \
	  "報告しました。患者の記録に入り、依頼元に知らせます。") \
	X(REFERRAL_CANCELLED, \
	  "Cancelled. Everybody who was asked is told.", \
	  "取り消しました。打診した機関すべてに知らせます。") \
	X(REFERRAL_CLOSED, "Closed, with its outcome.", "結果を記録し、一覧から外しました。") \
	X(NO_REFERRALS, "No open requests.", "終わっていない依頼はありません。") \
	X(NO_REFERRALS_AT_ALL, "No requests.", "依頼はありません。") \
	X(NO_REFERRALS_YET, \
	  "No open requests. What comes will be shown here; Ctrl-C ends.", \
	  "終わっていない依頼はありません。届きしだい表示します（Ctrl-Cで終了）。") \
	X(NO_UNPLACED, "Nothing is on the centre's list.", "受け手のない依頼はありません。") \
	X(SEE_UNPLACED, \
	  "What nobody took: tsunagi referral list --unplaced", \
	  "受け手のない依頼: tsunagi referral list --unplaced") \
	X(HEADING_WAITS, "Waits for you: %u", "あなたの対応待ち %u件") \
	X(HEADING_OTHERS, "Others: %u", "そのほか %u件") \
	\
	X(REFERRAL_ROUND, "%s (round %u of 4)", "%s（第%u次）") \
	X(ROUND, "%u", "第%u次") \
	X(REFERRAL_UNTIL, "by %s", "期限 %s") \
	X(REFERRAL_FROM, "asked by %s", "依頼元 %s") \
	X(REFERRAL_WITH, "taken by %s", "受け手 %s") \
	X(REFERRAL_ANSWERED, "answered %s", "回答 %s") \
	X(DOT, " · ", " · ") \
	X(REFERRAL_ALSO_CENTRE, "%s, on the support centre's list", "%s・センター対応中") \
	X(REFERRAL_STANDBY_NUMBER, "%s, number %u", "%s %u番目") \
	X(REFERRAL_REASON, "%s: %s", "%s（%s）") \
	X(TO_REPORT, "to be reported", "報告待ち") \
	X(AGE_UNDER_TEN, "under 10", "10歳未満") \
	X(AGE_BAND, "%u to %u years", "%u〜%u歳") \
	X(AGE_NINETY, "90 or older", "90歳以上") \
	X(LIST_COMMA, ", ", "、") \
	X(SCORE_COMMA, ", ", "・") \
	X(NOTHING_SAID, \
	  "has not said what it can take, nor whether it has room", \
	  "対応と空きは不明（更新なし）") \
	X(ROOM, "room %s", "%s") \
	X(ROOM_UNKNOWN, "has not said whether it has room", "空きは不明（更新なし）") \
	X(AND_OTHERS, "%s and %u others", "%s ほか%u機関") \
	X(SAME_AREA, "same area", "同じ圏域") \
	X(OTHER_AREA, "another area", "ほかの圏域") \
	X(TAKEN_LATELY, "took %u in the last 30 days", "この30日の受け入れ%u件") \
	X(VISIT_SERIES, "%s, %u visits, every %u days", "%s（全%u回・%u日ごと）") \
	X(VISITS_REPORTED, "%u of %u", "%u／%u回") \
	X(WANTED_BY, "by %s", "%sまで") \
	\
	X(FIELD_ASKER, "Asked by", "依頼元") \
	X(FIELD_ASKED, "Asked", "依頼日時") \
	X(FIELD_PATIENT, "Patient", "患者") \
	X(FIELD_PLACE, "Where", "地域") \
	X(FIELD_AGE_SEX, "Age, sex", "年代・性別") \
	X(FIELD_NEEDS, "Needs", "必要な対応") \
	X(FIELD_NO_NEEDS, "nothing special", "特になし") \
	X(FIELD_WISHED, "Wanted by", "希望日") \
	X(FIELD_WINDOW, "Visit", "訪問の時間帯") \
	X(FIELD_VISITS_REPORTED, "Visits reported", "報告済み") \
	X(FIELD_ANSWER_BY, "Answer by", "回答期限") \
	X(FIELD_CONFIRM_BY, "Confirm by", "依頼元の確認期限") \
	X(FIELD_REPORT_BY, "Report by", "報告期限") \
	X(FIELD_TAKER, "Taken by", "受け手") \
	X(FIELD_CAUSE, "Why", "理由") \
	X(FIELD_OUTCOME, "Outcome", "結果") \
	X(FIELD_YOUR_ANSWER, "You", "あなたの事業所") \
	X(FIELD_WHY_YOU, "Why you were asked", "打診の理由") \
	X(FIELD_WHO_IS_ASKED, "Who is asked", "打診先") \
	X(HEADING_OFFERS, "Who was asked, in this order", "打診先（打診の順）") \
	X(HEADING_NEXT, "What to do now", "次にすること") \
	X(COLUMN_ROUND, "round", "打診") \
	X(COLUMN_ORGANISATION, "organisation", "機関") \
	X(COLUMN_STATE, "state", "状態") \
	X(COLUMN_SCORE, "why in this order", "順番の理由") \
	\
	X(NEXT_ACCEPT, "take it", "受ける") \
	X(NEXT_STAND_BY, "stand by, for another has it", "控えに入る（先に受けた機関があります）") \
	X(NEXT_DECLINE, "cannot take it", "受けられない") \
	X(NEXT_GIVE_BACK, "give it back", "辞退する") \
	X(NEXT_NOT_STAND_BY, "stand by no longer", "控えをやめる") \
	X(NEXT_CONFIRM, "this one shall do it", "この機関に決める") \
	X(NEXT_PASS, "not this one, the next", "見送って次の機関へ") \
	X(NEXT_CANCEL, "no longer needed", "取り消す") \
	X(NEXT_REPORT, "report the visit", "訪問を報告する") \
	X(NEXT_PATIENT, "see the patient", "患者の記録を見る") \
	X(NEXT_CLOSE, "settled: take it off the list", "解決した（一覧から外す）") \
	X(NEXT_REASONS, "CODE is one of:", "CODE（理由）:") \
	X(NEXT_WAIT_ASKER, \
	  "Nothing now: the asker confirms it, and you are told.", \
	  "今はありません。依頼元が確認すると、お知らせが届きます。") \
	X(NEXT_WAIT_WINDOW, \
	  "Nothing now: you see the patient from 24 hours before the visit.", \
	  "今はありません。患者の記録は、訪問の24時間前から見られます。") \
	X(NEXT_WAIT_RECORD, \
	  "Nothing now: the taker is being added to the care team.", \
	  "今はありません。受け手をケアチームに登録しています。") \
	X(NEXT_WAIT_TAKER, \
	  "Nothing now: you are told as soon as somebody takes it.", \
	  "今はありません。受け手が見つかりしだい、お知らせが届きます。") \
	X(NEXT_WAIT_CENTRE, \
	  "The support centre sees to it; you are told.", \
	  "支援センターが対応しています。決まりしだい、お知らせが届きます。") \
	X(NEXT_WAIT_STANDBY, \
	  "Nothing now: you are told if it becomes yours.", \
	  "今はありません。繰り上がったときは、お知らせが届きます。") \
	X(NEXT_WAIT_VISIT, "Nothing now: you are told of each report.", "今はありません。訪問の報告が届きます。") \
	X(NEXT_NOTHING, "Nothing: this is over for you.", "ありません。この依頼への対応は終わっています。") \
	\
	X(NO_FIGURES, "No requests in that month.", "この月の依頼はありません。") \
	X(HEADING_FIGURES, "Requests asked in %s", "%s に出された依頼") \
	X(COLUMN_KIND, "kind", "種別") \
	X(COLUMN_AREA, "area", "圏域") \
	X(COLUMN_ASKED, "asked", "依頼") \
	X(COLUMN_PLACED, "confirmed", "確定") \
	X(COLUMN_UNPLACED, "unplaced now", "受け手なし（今）") \
	X(COLUMN_CLOSED, "closed by the centre", "センターが終了") \
	X(COLUMN_MEDIAN, "to first acceptance (median)", "受諾まで（中央値）") \
	X(FEW, "1–4", "1〜4") \
	X(FEW_NOTE, \
	  "1–4: too few to be told apart, so that nobody is recognised.", \
	  "1〜4: 個人が特定されないよう、まとめて表示しています。") \
	X(MINUTES, "%d min", "%d分") \
	X(HOURS_MINUTES, "%d h %02d min", "%d時間%02d分")

#endif
