/*
 * Every sentence of the command line, in English and Japanese. A test finds those that lack one or
 * whose conversions differ.
 */
#ifndef CLI_MESSAGES_H
#define CLI_MESSAGES_H

#include <inttypes.h>
#include <stdbool.h>

#include "clients/cli/attach_messages.h"
#include "clients/cli/board_messages.h"
#include "clients/cli/escalation_messages.h"
#include "clients/cli/fhir_messages.h"
#include "clients/cli/hours_messages.h"
#include "clients/cli/referral_messages.h"
#include "clients/cli/rota_messages.h"

/* X(name, English, Japanese) */
#define CLI_MESSAGES(X) \
	X(NO_ACCOUNT, \
	  "No account: give its folder with -p DIR, or in TSUNAGI_ACCOUNT.", \
	  "アカウントがありません。-p フォルダー、または環境変数 TSUNAGI_ACCOUNT で指定してください。") \
	X(BAD_ACCOUNT, "The account cannot be used: %s", "アカウントを使えません: %s") \
	X(BAD_CREDENTIALS, \
	  "The account cannot be used: cert.pem, key.pem or ca.pem in %s is damaged, missing or another's (%s).", \
	  "アカウントを使えません: %s の cert.pem・key.pem・ca.pem のどれかが壊れているか、ないか、別のものです（%s）。") \
	X(NO_BROKER, \
	  "No connection (%s). Nothing is lost: repeat the command.", \
	  "通信できません（%s）。失われたものはありません。もう一度実行してください。") \
	X(NO_ANSWER, \
	  "No answer in time. Nothing is lost: repeat the command.", \
	  "時間内に応答がありませんでした。失われたものはありません。もう一度実行してください。") \
	X(CERTIFICATE_REVOKED, \
	  "This account's certificate was revoked. Call the administrator.", \
	  "このアカウントの証明書は失効しています。管理者に連絡してください。") \
	X(CERTIFICATE_EXPIRED, \
	  "This account's certificate has expired. Call the administrator.", \
	  "このアカウントの証明書は期限切れです。管理者に連絡してください。") \
	X(CONNECTION_LOST, \
	  "Connection lost (%s). Trying again; nothing is lost.", \
	  "通信が切れました（%s）。再接続しています。失われるものはありません。") \
	X(CONNECTION_BACK, "Connected again.", "再接続しました。") \
	X(STRANGE_ANSWER, \
	  "The service gave an answer that this version does not understand. Update tsunagi.", \
	  "サービスの応答を理解できません。tsunagi を更新してください。") \
	X(REFUSED, "%s", "%s") \
	X(REFUSED_FIELD, "%s: %s", "%s: %s") \
	X(ALREADY_THERE, "It is there already: %s", "登録済みです: %s") \
	X(TOO_BIG, "This is too large for one message. Make it shorter.", "内容が大きすぎます。短くしてください。") \
	X(NO_MEMORY, "Out of memory, or too many watches open.", "メモリーが足りないか、開いている画面が多すぎます。") \
	X(CANNOT_WRITE, "The output cannot be written: %s", "出力できません: %s") \
	X(CANNOT_WRITE_FILE, "%s cannot be written: %s", "%s に書き込めません: %s") \
	X(CANNOT_READ, \
	  "%s cannot be read, is empty or too large.", \
	  "%s を読めません（空か、大きすぎるか、権限がありません）。") \
	X(BAD_KEY, "%s is not a private key that can be used.", "%s は使える秘密鍵ではありません。") \
	X(NOT_KEPT, \
	  "%s cannot be written. Before you repeat the command, look whether it took effect.", \
	  "%s に書き込めません。もう一度実行する前に、反映されていないか確かめてください。") \
	\
	X(BAD_ID, \
	  "\"%s\" is not an id: 26 letters and digits, as the lists show them.", \
	  "「%s」はIDではありません。一覧に表示される26文字を入れてください。") \
	X(BAD_TIME, \
	  "\"%s\" is not a time. Examples: 2026-11-22, 2026-11-22T14:05, 2026-11-22T14:05+09:00", \
	  "「%s」は日時ではありません。例: 2026-11-22、2026-11-22T14:05") \
	X(BAD_DATE, \
	  "\"%s\" is not a date that exists. Example: 2026-11-22", \
	  "「%s」は存在する日付ではありません。例: 2026-11-22") \
	X(BAD_WORD, "\"%s\" is none of: %s", "「%s」は次のどれでもありません: %s") \
	X(BAD_NUMBER, "%s: \"%s\" is not a number that fits.", "%s:「%s」は使える数値ではありません。") \
	X(BAD_PRESSURE, \
	  "--bp: \"%s\" is not a blood pressure. Example: 128/76", \
	  "--bp:「%s」は血圧ではありません。例: 128/76") \
	X(BAD_IDENTIFIER, \
	  "--identifier: \"%s\" is not SYSTEM|VALUE. Example: urn:oid:1.2.392.100495|0001", \
	  "--identifier:「%s」は「体系|値」の形ではありません。例: urn:oid:1.2.392.100495|0001") \
	X(BAD_USER, \
	  "\"%s\" is not a user name: a-z, 0-9 and -.", \
	  "「%s」は利用者名ではありません（半角の a〜z、0〜9、-）。") \
	X(NOTHING_MEASURED, \
	  "Nothing was measured: give at least one of --bp --pulse --temp --spo2 --resp.", \
	  "測定値がありません。--bp --pulse --temp --spo2 --resp のどれかを入れてください。") \
	X(ONE_OBSERVATION, \
	  "Give one observation: --weight, --creatinine and --egfr, --swallowing, or --activity.", \
	  "観察は1つだけ入れてください: --weight、--creatinine と --egfr、--swallowing、--activity。") \
	X(NEW_DEVICE_NEEDS_OUT, \
	  "A new device needs a folder of its own: give --out DIR.", \
	  "新しい端末には専用のフォルダーが必要です。--out DIR を指定してください。") \
	X(ARG_MISSING, "%s is missing.", "%s がありません。") \
	X(ARG_SURPLUS, \
	  "\"%s\" is one word too many. Put quotes around text with blanks.", \
	  "「%s」は余分です。空白を含む文は引用符で囲んでください。") \
	X(ARG_UNKNOWN, "%s is no option of this command.", "%s というオプションはありません。") \
	X(ARG_NO_VALUE, "%s needs a value.", "%s には値が必要です。") \
	X(ARG_WITH_VALUE, "%s takes no value.", "%s は値を取りません。") \
	X(ARG_TWICE, "%s was given twice.", "%s が2回指定されています。") \
	X(ARG_CHOICE, "\"%s\" is none of: %s", "「%s」は次のどれでもありません: %s") \
	X(ARG_ONE_OF, "Give exactly one of: %s", "次のうち1つだけを指定してください: %s") \
	X(NO_NOUN, \
	  "There is no \"%s\". `tsunagi help` lists what there is.", \
	  "「%s」はありません。tsunagi help で一覧が出ます。") \
	X(NO_VERB, "There is no \"%s %s\".", "「%s %s」はありません。") \
	X(USAGE_LINE, "Usage: tsunagi %s%s%s %s", "使い方: tsunagi %s%s%s %s") \
	X(USAGE_OVERVIEW, \
	  "Usage: tsunagi [-p ACCOUNT_DIR] [--json] [--timeout SECONDS] NOUN VERB …", \
	  "使い方: tsunagi [-p アカウントのフォルダー] [--json] [--timeout 秒] 名詞 動詞 …") \
	X(HELP_MORE, \
	  "`tsunagi NOUN VERB --help` says what a command takes.", \
	  "tsunagi 名詞 動詞 --help で、各コマンドの使い方が出ます。") \
	X(HELP_GLOBAL, \
	  "  -p ACCOUNT_DIR     folder of the account (or TSUNAGI_ACCOUNT)\n" \
	  "  --json             one JSON object a line\n" \
	  "  --timeout SECONDS  how long to wait for an answer (10)\n" \
	  "  -h, --help         at every level\n" \
	  "\n" \
	  "Exit status: 0 done, 64 usage, 65 the input is wrong, 66 not found, 69 no answer (nothing is lost,\n" \
	  "repeat it), 74 input/output, 75 refused by the present state, 77 not permitted.", \
	  "  -p フォルダー      アカウントのフォルダー（または TSUNAGI_ACCOUNT）\n" \
	  "  --json             1行に1つのJSON\n" \
	  "  --timeout 秒       応答を待つ時間（10秒）\n" \
	  "  -h, --help         どこでも使えます\n" \
	  "\n" \
	  "終了コード: 0 完了、64 使い方、65 入力の誤り、66 見つからない、69 応答なし（失われません。\n" \
	  "もう一度実行してください）、74 入出力、75 今の状態ではできない、77 権限なし") \
	X(HELP_OPTIONS, \
	  "-p ACCOUNT_DIR, --json, --timeout SECONDS: see `tsunagi help`.", \
	  "-p フォルダー、--json、--timeout 秒 については tsunagi help を見てください。") \
	X(HELP_TIME, \
	  "2026-11-22, 2026-11-22T14:05; Japan's time unless a zone is given", \
	  "2026-11-22、2026-11-22T14:05（日本時間）") \
	X(HELP_DATE, "2026-11-22", "2026-11-22") \
	X(HELP_BORN, "1940-05-17, 1940-05 or 1940", "1940-05-17、1940-05、1940") \
	X(HELP_ID, "26 letters and digits, as the lists show them", "一覧に表示される26文字") \
	X(HELP_ORG_OR_USER, \
	  "an organisation (its staff) or one person: clinic01, clinic01-doctor", \
	  "機関（その職員全員）または個人: clinic01、clinic01-doctor") \
	X(HELP_ORG, "an organisation: clinic01", "機関: clinic01") \
	X(HELP_USER, "a user name: clinic01-doctor", "利用者名: clinic01-doctor") \
	X(HELP_SERVICE, \
	  "directory, record, alert, board, referral, rota", \
	  "directory、record、alert、board、referral、rota") \
	X(HELP_USER_OR_NONE, "a user name, or none", "利用者名、または none（なし）") \
	X(HELP_IDENTIFIER, \
	  "who gave it and what it is: urn:oid:1.2.392.100495|0001", \
	  "発行元と番号: urn:oid:1.2.392.100495|0001") \
	\
	X(JUST_NOW, "just now", "たった今") \
	X(MINUTES_AGO, "%d min ago", "%d分前") \
	X(HOURS_AGO, "%d h ago", "%d時間前") \
	X(DAYS_AGO, "%d days ago", "%d日前") \
	X(IN_MINUTES, "in %d min", "あと%d分") \
	X(IN_HOURS, "in %d h", "あと%d時間") \
	X(IN_HOURS_MINUTES, "in %d h %d min", "あと%d時間%d分") \
	X(IN_DAYS, "in %d days", "あと%d日") \
	X(TODAY, "%s, %s", "今日 %s（%s）") \
	X(YESTERDAY, "yesterday %s", "昨日 %s") \
	X(THEN, "%s, %s", "%s（%s）") \
	X(UNTIL, "until %s", "%sまで") \
	X(RECORDED_AT, "recorded %s", "記録 %s") \
	X(MADE_AT, "Made %s", "%s 作成") \
	\
	X(PATIENT_NAME, "%s", "%s 様") \
	X(IN_PARENTHESES, " (%s)", "（%s）") \
	X(AGE_SEX, "%d, %s", "%d歳・%s") \
	X(PERSON_NAME, "%s (%s, %s)", "%s %s（%s）") \
	X(URGENT, "! URGENT", "! 至急") \
	X(CORRECTION, "correction", "訂正") \
	X(CORRECTS, "corrects", "訂正元") \
	X(ANSWER, "answer", "回答") \
	X(READERS, "read by %u", "既読 %u") \
	X(INFECTION, "infection", "感染") \
	X(SAFETY, "safety", "安全") \
	X(SEVERE, "severe", "重度") \
	X(RESOLVED, "resolved", "解決済") \
	X(SINCE_DATE, " (since %s)", "（%s〜）") \
	X(PULSE, "pulse %u", "脈拍 %u") \
	X(BREATHS, "breaths %u/min", "呼吸 %u/分") \
	X(ON_OXYGEN, "on oxygen", "酸素投与中") \
	X(CREATININE, "creatinine %.2f mg/dL", "クレアチニン %.2f mg/dL") \
	X(BREAK_GLASS, "break-glass", "緊急閲覧") \
	X(UNOPENED, "not opened", "未開封") \
	X(ASKED, "you are asked", "回答をお願いします") \
	X(TAKEN_BY, "taken by %s", "%s が対応") \
	X(REMINDERS, "reminded %u ×", "再通知 %u回") \
	X(SUBSTITUTE_FOR, "for %s", "%s の代理") \
	X(HANDED_OVER_BY, "handed over by %s", "%s から申し送り") \
	X(VISIT_IN, "%s, visit", "%s 訪問の応援") \
	X(VISITS_IN, "%s, visit, %u times, every %u days", "%s 訪問の応援（全%u回・%u日ごと）") \
	X(MADE_URGENT, \
	  "Recorded as URGENT: %s. The team is told at once.", \
	  "至急として記録しました: %s。チームにすぐ知らせます。") \
	\
	X(FIELD_USER, "User", "利用者名") \
	X(FIELD_NAME, "Name", "氏名") \
	X(FIELD_PROFESSION, "Profession", "職種") \
	X(FIELD_ORGANISATION, "Organisation", "所属") \
	X(FIELD_DEVICE, "Device", "端末") \
	X(FIELD_CERTIFICATE, "Certificate ends", "証明書の期限") \
	X(FIELD_ID, "Id", "ID") \
	X(FIELD_BORN, "Born", "生年月日") \
	X(FIELD_ADDRESS, "Address", "住所") \
	X(FIELD_PHONE, "Phone", "電話") \
	X(FIELD_EMERGENCY, "In an emergency", "緊急連絡先") \
	X(FIELD_INSURANCE, "Insurance", "保険番号") \
	X(FIELD_IDENTIFIER, "Identifier", "識別番号") \
	X(FIELD_REGISTERED_BY, "Registered by", "登録した機関") \
	X(FIELD_CONSENT, "Consent", "同意") \
	X(FIELD_STATE, "State", "状態") \
	X(FIELD_SYSTOLIC, "Systolic mmHg", "収縮期血圧 mmHg") \
	X(FIELD_PULSE, "Pulse", "脈拍") \
	X(FIELD_TEMPERATURE, "Temperature °C", "体温 °C") \
	X(FIELD_SPO2, "SpO2 %", "SpO2 %") \
	X(FIELD_RESPIRATION, "Breaths a minute", "呼吸数/分") \
	X(FIELD_KANA, "Kana", "よみ") \
	X(FIELD_KIND, "Kind", "種別") \
	X(FIELD_AREA, "Area", "圏域") \
	X(FIELD_NETWORKS, "Networks", "ネットワーク") \
	X(FIELD_PAIR, "Attending, deputy", "主治医・副主治医") \
	X(PAIR, "%s ⇄ %s", "%s ⇄ %s") \
	X(CONSENTS, "team %s, cover %s", "チーム共有 %s、当番医の閲覧 %s") \
	X(YES, "given", "あり") \
	X(NO, "not given", "なし") \
	X(GENERAL_LIMIT, "general limit", "標準値") \
	X(DECEASED, "deceased", "逝去") \
	X(UNSTABLE, "unstable", "不安定") \
	X(SHARED, "shared", "共有中") \
	X(NOT_SHARED, "not shared", "未共有") \
	X(LEFT, "has left", "脱退") \
	X(REVOKED, "revoked", "失効") \
	X(EXPIRED, "expired", "期限切れ") \
	X(VALID, "valid", "有効") \
	X(ALL_KINDS, "everything", "すべて") \
	\
	X(HEADING_TEAM, "Care team", "ケアチーム") \
	X(HEADING_THRESHOLDS, "Limits (outside of them: urgent)", "しきい値（外れると至急）") \
	X(HEADING_ALLERGIES, "Allergies", "アレルギー・副作用歴") \
	X(HEADING_PRECAUTIONS, "Precautions", "感染・安全上の注意") \
	X(HEADING_PROBLEMS, "Problems", "病名・問題") \
	X(HEADING_MEDICATIONS, "Current medicines", "現在の処方") \
	X(HEADING_VITALS, "Vital signs, newest first", "バイタルサイン（新しい順）") \
	X(HEADING_WISHES, "Wishes", "本人・家族の意向") \
	X(HEADING_CONTACTS, "Contacts", "連絡先") \
	X(HEADING_OBSERVATIONS, "Weight, renal function, swallowing, activity", "体重・腎機能・嚥下・活動") \
	X(HEADING_RECENT, "Last entries", "最近の記録") \
	X(HEADING_HOURS, "When it may be called", "ケアマネタイム（連絡可能な時間帯）") \
	X(HEADING_PEOPLE, "People", "職員") \
	X(NONE_RECORDED, "none recorded", "記録なし") \
	\
	X(NO_PATIENTS, "No patients.", "該当する患者はいません。") \
	X(NO_TEAM, \
	  "No care team yet. `tsunagi patient team-add` adds to it.", \
	  "ケアチームはまだありません。tsunagi patient team-add で加えます。") \
	X(NO_READERS, "Nobody has read it yet.", "まだ誰も読んでいません。") \
	X(NO_ENTRIES, "No entries.", "記録はありません。") \
	X(OLDER_ENTRIES, \
	  "There are older entries: --all shows them, --since TIME a part.", \
	  "これより古い記録があります。--all ですべて、--since 日時 でそれ以降を表示します。") \
	X(NO_HOURS, "No contact hours have been given.", "ケアマネタイムは登録されていません。") \
	X(NO_ORGANISATIONS, "No organisations.", "該当する機関はありません。") \
	X(NOBODY_THEN, "Nobody has given hours for that time.", "その時刻に連絡できると登録した機関はありません。") \
	X(NOTHING_WAITS, "Nothing waits for you.", "未対応のお知らせはありません。") \
	X(NOTHING_WAITS_YET, \
	  "Nothing waits for you. What comes will be shown here; Ctrl-C ends.", \
	  "未対応のお知らせはありません。届きしだい表示します（Ctrl-Cで終了）。") \
	X(NO_NOTIFICATION, "There is no such notification in your inbox.", "そのお知らせは受信箱にありません。") \
	X(NO_MUTES, "You get everything.", "止めているお知らせはありません。") \
	\
	X(DONE_PATIENT, "Stored.", "保存しました。") \
	X(DONE_CONSENT, "Consent is recorded.", "同意を記録しました。") \
	X(DONE_COVER_WITHDRAWN, \
	  "The withdrawal is recorded; the clinics on duty no longer see the record.", \
	  "同意の撤回を記録しました。当番医は閲覧できなくなりました。") \
	X(DONE_CONSENT_WITHDRAWN, \
	  "The withdrawal is recorded; sharing has ended.", \
	  "同意の撤回を記録しました。共有は終わりました。") \
	X(DONE_TEAM_ADD, "Added to the care team.", "ケアチームに加えました。") \
	X(DONE_TEAM_REMOVE, "Removed from the care team.", "ケアチームから外しました。") \
	X(DONE_THRESHOLDS, "The limits are stored.", "しきい値を保存しました。") \
	X(DONE_UNSTABLE, "Marked as unstable.", "「不安定」にしました。") \
	X(DONE_STABLE, "No longer marked as unstable.", "「不安定」を外しました。") \
	X(DONE_BREAK_GLASS, \
	  "Open for 3 hours. The attending doctor and the support centre are told.", \
	  "3時間だけ閲覧できます。主治医と支援センターに通知します。") \
	X(DONE_ACCEPT, "Stored: you see to it.", "「対応します」と登録しました。") \
	X(DONE_FINISH, "Stored: it is done.", "完了にしました。") \
	X(DONE_DECLINE, "Stored: you cannot see to it.", "「対応できません」と登録しました。") \
	X(DONE_TAKEOVER, "It is yours now.", "引き継ぎました。") \
	X(DONE_HAND_OVER, "Handed over.", "申し送りました。") \
	X(DONE_MUTE, "Stopped.", "お知らせを止めました。") \
	X(DONE_UNMUTE, "Started again.", "お知らせを再開しました。") \
	X(DONE_SUBSTITUTE, "Your substitute is stored.", "代理を登録しました。") \
	X(DONE_NO_SUBSTITUTE, "You have no substitute now.", "代理を取り消しました。") \
	X(DONE_HOURS, "The hours are stored.", "ケアマネタイムを登録しました。") \
	X(DONE_ORGANISATION, "The organisation is stored.", "機関を登録しました。") \
	X(DONE_REVOKE, "Revoked. Live connections are cut.", "失効させました。接続中の端末も切断されます。") \
	X(ENROLLED_WEB, "%s is enrolled, for the browser. Next: `tsunagi admin password %s`.", \
	  "%sを登録しました（ブラウザー用）。次に: tsunagi admin password %s") \
	X(SIGNED_IN, "signed in", "サインイン中") \
	X(SIGNED_IN_TOTP, "signed in, with a code", "サインイン中（確認コード）") \
	X(SIGNED_IN_PASSKEY, "signed in, with a passkey", "サインイン中（パスキー）") \
	X(ASK_PRESENT, "Present password:", "今のパスワード:") \
	X(ASK_PASSWORD, "New password:", "新しいパスワード:") \
	X(ASK_PASSWORD_OR_NONE, "Password (empty: one is made):", "パスワード（空なら自動で作成）:") \
	X(ASK_AGAIN, "Once more:", "もう一度:") \
	X(ASK_CODE, "Six digits:", "6桁のコード:") \
	X(ASK_PRESENT_CODE, "Six digits of the present authenticator:", "今の認証アプリの6桁のコード:") \
	X(NO_PASSWORD, "No password was given. Type it, or give it with --stdin.", \
	  "パスワードが入力されていません。入力するか --stdin で渡してください。") \
	X(NO_CODE, "No code was given.", "コードが入力されていません。") \
	X(NOT_THE_SAME, "The two are not the same. Nothing was changed.", \
	  "2回の入力が違います。何も変えていません。") \
	X(NO_RANDOM, "No random numbers can be had.", "乱数を取得できません。") \
	X(PASSWORD_SET, "Your password is set. Your other sessions are ended.", \
	  "パスワードを変えました。ほかのサインインは終わりました。") \
	X(PASSWORD_SET_ONCE, "The password is set, for once: the next sign-in changes it.", \
	  "パスワードを決めました（1回限り。次のサインインで変更します）。") \
	X(PASSWORD_MADE, "For %s, for once (the next sign-in changes it): %s", \
	  "%sの1回限りのパスワード（次のサインインで変更します）: %s") \
	X(TOTP_MADE, "For the authenticator of %s (shown this once):", \
	  "%sの認証アプリに登録してください（今だけ表示します）:") \
	X(TOTP_SET, "Codes are set up.", "確認コードを設定しました。") \
	X(TOTP_REMOVED, "Codes are no longer asked for.", "確認コードを取り消しました。") \
	X(DONE_SIGN_OUT, "Signed out.", "サインアウトさせました。") \
	X(ENROLLED, "%s, device %s, until %s: %s", "%s（端末 %s、%sまで）: %s") \
	X(RENEW_SOON, \
	  "The certificate ends soon: `tsunagi admin renew`.", \
	  "証明書の期限が近づいています。tsunagi admin renew で更新してください。") \
	X(BACKED_UP, "%s: position %" PRIu64 ": %s", "%s: %" PRIu64 " 件目まで: %s") \
	X(NOT_BACKED_UP, \
	  "%s was not backed up. Give a folder that it can make or write to, without a copy in it.", \
	  "%s は複製できませんでした。書き込みができ、まだ複製のないフォルダーを指定してください。") \
	X(BACKUP_NEEDS_KEYS, \
	  "Keep the services' keys, too, but elsewhere: without them a copy cannot be read.", \
	  "各サービスの鍵も別の場所に保管してください。鍵がないと複製は読めません。") \
	X(REBUILT, \
	  "%s: %" PRIu64 " facts applied, %" PRIu64 " keys were different before.", \
	  "%s: 台帳 %" PRIu64 " 件から作り直しました（違っていたもの %" PRIu64 " 件）。") \
	\
	X(FAULT, "%s: position %" PRIu64 ": %s", "%s: %" PRIu64 " 件目: %s") \
	X(FAULT_WITNESSED, \
	  "%s: position %" PRIu64 ": %s (witnessed by %s)", \
	  "%s: %" PRIu64 " 件目: %s（%s が証人）") \
	X(FAULT_ALTERED, "altered", "改ざん、または破損") \
	X(FAULT_MISSING, "missing", "欠落") \
	X(FAULT_TRUNCATED, "truncated, or replaced by an older copy", "末尾の欠落、または古い複製との入れ替え") \
	X(FAULT_REPLACED, "replaced by another history", "別の履歴との入れ替え") \
	X(CHAIN_WHOLE, "%s: %" PRIu64 " entries, chain whole", "%s: %" PRIu64 " 件、連鎖は正常") \
	X(WITNESSES_AGREE, "%s: %u witnessed positions agree", "%s: 証人の記録 %u 件と一致") \
	X(NOT_VERIFIED, "%s could not be checked.", "%s を検査できませんでした。")

#define MESSAGES(X) \
	CLI_MESSAGES(X) BOARD_MESSAGES(X) FHIR_MESSAGES(X) HOURS_MESSAGES(X) REFERRAL_MESSAGES(X) \
	ESCALATION_MESSAGES(X) ROTA_MESSAGES(X) ATTACH_MESSAGES(X)

enum message {
#define MESSAGE_NAME(name, en, ja) MSG_##name,
	MESSAGES(MESSAGE_NAME)
#undef MESSAGE_NAME
	MESSAGE_COUNT
};

const char *message_text(enum message message, bool japanese);

#endif
