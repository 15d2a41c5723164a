/*
 * The sentences of `inbox steps`, `inbox sent`, `inbox hand-over` and `admin escalation`, in English
 * and Japanese; part of messages.h.
 */
#ifndef ESCALATION_MESSAGES_H
#define ESCALATION_MESSAGES_H

/* X(name, English, Japanese) */
#define ESCALATION_MESSAGES(X) \
	X(ASKED_AS, "asked as: %s", "%sとして連絡") \
	X(LOUDER, "nobody has answered, round %u", "応答なし・%u巡目") \
	X(LOUDER_FOR_SOME, "not everybody has answered, round %u", "未応答者あり・%u巡目") \
	X(FOR_EVERYONE, "everyone is to accept it", "全員の「対応します」が必要") \
	X(OFFERED_TO, "offered to %s", "%s に申し送り中") \
	X(RANG_AGAIN, "rang again %u ×", "再呼出 %u回") \
	X(UNSTABLE_COVERED, "%u unstable patients", "不安定な患者 %u人") \
	X(WALK_OPEN, "escalation: %s", "順次連絡：%s") \
	X(WALK_SOME, "not everybody yet", "一部未対応") \
	X(WALK_SOME_CENTRE, "not everybody yet, with the support centre", "一部未対応（センター対応）") \
	X(WALK_HOLDER, "%s has it", "%s が対応") \
	X(STEP_MINUTES, "%u s each", "各%u秒") \
	X(PEOPLE_AND_MORE, "%s and %u more", "%s ほか%u人") \
	X(STEP_BY_OTHER, "%s, from %s", "%s ← %s") \
	X(STEP_TO_OTHER, "%s, to %s", "%s → %s") \
	X(STEP_OVER_FOR_SOME, "not everybody answered, begun again", "未応答者あり・最初から") \
	X(STEP_ROUND, "round %u", "%u巡目") \
	X(NO_SENT, \
	  "Nothing urgent of yours is without an answer.", \
	  "送った至急のお知らせで、未対応のものはありません。") \
	X(NO_SENT_AT_ALL, \
	  "Nothing urgent was sent in the last 30 days.", \
	  "この30日間に送った至急のお知らせはありません。") \
	X(NO_OPEN_WALKS_YET, \
	  "Nothing urgent is without an answer. What comes will be shown here; Ctrl-C ends.", \
	  "未対応の至急のお知らせはありません。届きしだい表示します（Ctrl-Cで終了）。") \
	X(HEADING_OFFERED_TO_US, "Offered to us, to be taken one by one: %u", \
	  "前の当番からの申し送り %u件（1件ずつ引き継いでください）") \
	X(HEADING_OFFERED_BY_US, "Of ours, not taken yet: %u", "こちらから申し送り中で、まだ引き継がれていないもの %u件") \
	X(TAKE_OFFERED, "To take one: tsunagi inbox takeover ID", "引き継ぐとき: tsunagi inbox takeover ID") \
	X(NOTHING_OFFERED, "There is nothing to hand over.", "申し送りはありません。") \
	X(ESCALATION_TIMES, \
	  "Each is waited for: %u s where a person said it is urgent, %u s where a limit was passed.", \
	  "待つ時間: 人が至急としたもの %u秒、しきい値を外れたもの %u秒")

#endif
