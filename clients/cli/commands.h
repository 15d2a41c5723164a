/*
 * The table of commands: what there is, what it takes, what it does. Dispatch, help and the test of
 * completeness all read it.
 */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "clients/cli/cli.h"

/* With times, on what a patient had or a patient's paper said: the same for every entry. */
#define URGENT_OPTIONS " [--urgent] [--reason TEXT] [--everyone]"
#define ATTACH_OPTIONS " [--attach PHOTO_OR_PDF…]"
#define ENTRY_OPTIONS " [--at TIME]" URGENT_OPTIONS " [--corrects ENTRY]" ATTACH_OPTIONS
/* Of a medicine, --reason says why it is given. */
#define MEDICATION_OPTIONS \
	" [--at TIME] [--urgent] [--urgent-reason TEXT] [--everyone] [--corrects ENTRY]" ATTACH_OPTIONS
#define PATIENT_OPTIONS \
	" [--address A] [--area AREA] [--district D] [--phone T] [--emergency-name N]" \
	" [--emergency-relation R] [--emergency-phone T] [--insurance NUMBER,…]" \
	" [--identifier SYSTEM|VALUE]"

/* X(noun, verb, function, usage, English, Japanese); a noun without verbs has "". */
#define COMMANDS(X) \
	X("whoami", "", run_whoami, "", \
	  "Who I am here: name, organisation, profession, device, end of the certificate.", \
	  "自分の登録内容（氏名・所属・職種・端末・証明書の期限）を表示します。") \
	X("directory", "list", run_directory_list, "[--kind ORGANISATION_KIND] [--area AREA]", \
	  "Organisations of the network.", "ネットワークの機関を一覧します。") \
	X("directory", "show", run_directory_show, "ORG", \
	  "One organisation, its people and how to reach it.", "機関の連絡先と職員を表示します。") \
	X("directory", "hours", run_directory_hours, "ORG_OR_USER", \
	  "When and how they may be called, as a week (care-manager time).", \
	  "ケアマネタイム（連絡可能な時間帯）を表示します。") \
	X("directory", "set-hours", run_directory_set_hours, "ORG_OR_USER HOURS…", \
	  "Says when they may be called; replaces what was said before.", \
	  "ケアマネタイムを登録します（前の登録を置き換えます）。") \
	X("directory", "search", run_directory_search, \
	  "[--at MOMENT] [--after MOMENT] [--kind ORGANISATION_KIND] [--area AREA]", \
	  "Who may be called at a time (now, if none is given), or after it on that day.", \
	  "その時刻（指定がなければ今）、またはその日のその時刻以降に連絡できる相手を探します。") \
	X("directory", "set-mail", run_directory_set_mail, "ADDRESS_OR_NONE [--user USER]", \
	  "Where a mail goes when none of your devices answers to what is urgent.", \
	  "至急のお知らせに端末が応答しないときに送るメールの宛先を登録します。") \
	X("patient", "register", run_patient_register, \
	  "--name N --kana K --born BORN --sex SEX [--consent-given-on DATE]" PATIENT_OPTIONS, \
	  "Registers a patient. Shared with nobody until consent is recorded.", \
	  "患者を登録します。同意を記録するまで、ほかの機関には共有されません。") \
	X("patient", "update", run_patient_update, \
	  "ID [--name N] [--kana K] [--born BORN] [--sex SEX] [--deceased yes|no]" \
	  PATIENT_OPTIONS, \
	  "Changes what is said of a patient; the earlier facts are kept.", \
	  "患者の登録内容を変更します（前の内容も残ります）。") \
	X("patient", "list", run_patient_list, "", \
	  "The patients you may see.", "閲覧できる患者を一覧します。") \
	X("patient", "news", run_patient_news, "[--watch]", \
	  "My patients, and what is new of each; --watch: what changes, too, until Ctrl-C.", \
	  "担当患者と、それぞれの未読・至急・処方の変更を表示します（--watchで続けて表示）。") \
	X("patient", "find", run_patient_find, "TEXT", \
	  "Finds patients by name (kanji, kana) or birth date.", \
	  "氏名（漢字・かな）または生年月日で患者を探します。") \
	X("patient", "covered", run_patient_covered, "[--unstable]", \
	  "The patients whom your clinic covers now: on duty, and for 12 hours after it.", \
	  "当番の対象患者を一覧します（当番中と終了後12時間。診療所の医師のみ）。") \
	X("patient", "deputies", run_patient_deputies, "", \
	  "The pairs of attending and deputy in which your clinic has a part.", \
	  "自院が主治医または副主治医である患者と、その相手を一覧します。") \
	X("patient", "show", run_patient_show, "ID", \
	  "A patient: contacts, consent, care team, limits.", \
	  "患者の基本情報・同意・ケアチーム・しきい値を表示します。") \
	X("patient", "consent", run_patient_consent, \
	  "ID given|withdrawn --on DATE [--scope team|cover]", \
	  "Records that consent was given or withdrawn on paper.", \
	  "同意（チーム共有・当番医の閲覧）の取得・撤回を記録します。") \
	X("patient", "team", run_patient_team, "ID", "The care team.", "ケアチームを表示します。") \
	X("patient", "team-add", run_patient_team_add, \
	  "ID ORG_OR_USER --as ROLE [--profession PROFESSION]", \
	  "Adds an organisation or a person to the care team.", \
	  "機関または個人をケアチームに加えます。") \
	X("patient", "team-remove", run_patient_team_remove, "ID ORG_OR_USER", \
	  "Takes them off the care team.", "ケアチームから外します。") \
	X("patient", "summary", run_patient_summary, "ID", \
	  "One page for a doctor who does not know the patient.", \
	  "患者サマリー（初めて診る医師のための1枚）を表示します。") \
	X("patient", "thresholds", run_patient_thresholds, \
	  "ID [--systolic MIN-MAX] [--pulse MIN-MAX] [--temp MIN-MAX] [--spo2 MIN]" \
	  " [--resp MIN-MAX]", \
	  "Limits outside of which a vital sign is urgent; 0: the general limit.", \
	  "至急とするバイタルサインのしきい値を表示・変更します（0は標準値）。") \
	X("patient", "unstable", run_patient_unstable, "ID on|off", \
	  "Marks the patient as unstable.", "状態が不安定であることを表示します。") \
	X("patient", "break-glass", run_patient_break_glass, "ID --reason TEXT", \
	  "Opens a patient in an emergency, for 3 hours. The attending doctor is told.", \
	  "緊急閲覧：3時間だけ開きます。主治医に通知されます。") \
	X("entry", "note", run_entry_note, "PATIENT --text T" ENTRY_OPTIONS, \
	  "A message or finding for the team.", "連絡・所見を記録します。") \
	X("entry", "vitals", run_entry_vitals, \
	  "PATIENT [--bp 128/76] [--pulse N] [--temp CELSIUS] [--spo2 PERCENT] [--resp N]" \
	  " [--oxygen]" \
	  ENTRY_OPTIONS, \
	  "Vital signs. Out of range, they are urgent by themselves.", \
	  "バイタルサインを記録します。しきい値を超えると自動で至急になります。") \
	X("entry", "medication", run_entry_medication, \
	  "PATIENT (--start NAME | --change ENTRY | --stop ENTRY) [--to NAME] [--dose D]" \
	  " [--code C] [--code-system URI] [--reason TEXT]" MEDICATION_OPTIONS, \
	  "A medicine started, changed or stopped.", "処方の開始・変更・中止を記録します。") \
	X("entry", "allergy", run_entry_allergy, \
	  "PATIENT --substance S [--reaction TEXT] [--code C] [--severe]" ENTRY_OPTIONS, \
	  "An allergy or side effect.", "アレルギー・副作用歴を記録します。") \
	X("entry", "condition", run_entry_condition, \
	  "PATIENT --name N [--code C] [--code-system URI] [--onset BORN] [--resolved]" \
	  ENTRY_OPTIONS, \
	  "A diagnosis or problem.", "病名・問題を記録します。") \
	X("entry", "observation", run_entry_observation, \
	  "PATIENT [--weight KG] [--creatinine MG_DL] [--egfr N] [--swallowing TEXT]" \
	  " [--activity TEXT] [--text T]" ENTRY_OPTIONS, \
	  "Weight, renal function, swallowing or activity: one of them.", \
	  "体重・腎機能・嚥下・活動のいずれかを記録します。") \
	X("entry", "precaution", run_entry_precaution, \
	  "PATIENT (--infection TEXT | --safety TEXT)" ENTRY_OPTIONS, \
	  "What everybody who visits must mind.", "感染・安全上の注意を記録します。") \
	X("entry", "dental", run_entry_dental, "PATIENT --text T" ENTRY_OPTIONS, \
	  "A dental finding.", "歯科所見を記録します。") \
	X("entry", "plan", run_entry_plan, "PATIENT --text T" ENTRY_OPTIONS, \
	  "The care plan, or a change of it.", "ケアプランとその変更を記録します。") \
	X("entry", "movement", run_entry_movement, \
	  "PATIENT admission|discharge|relocation [--facility F] [--text T]" ENTRY_OPTIONS, \
	  "Into hospital, out of it, or to another home.", "入院・退院・転居を記録します。") \
	X("entry", "next-visit", run_entry_next_visit, \
	  "PATIENT --on TIME [--text T]" ENTRY_OPTIONS, \
	  "When the next visit is.", "次回訪問・次回診療日を記録します。") \
	X("entry", "wish", run_entry_wish, "PATIENT --text T [--stated-by WHO]" ENTRY_OPTIONS, \
	  "What the patient or family wishes (advance care).", \
	  "本人・家族の意向（ACP・人生会議）を記録します。") \
	X("entry", "correct", run_entry_correct, \
	  "ENTRY --text T" URGENT_OPTIONS ATTACH_OPTIONS " [--detach]", \
	  "Corrects an entry; both stay visible. It bears what the other bore, or what --attach says.", \
	  "記録を訂正します（元の記録も残ります。添付は引き継ぎ、--attachで入れ替え、--detachで外します）。") \
	X("entry", "ask", run_entry_ask, "PATIENT --text T [--of PROFESSION,…]" URGENT_OPTIONS, \
	  "Asks the whole team, or some professions, once.", \
	  "チーム全員または職種を選んで質問します（情報収集）。") \
	X("entry", "urgent", run_entry_urgent, "ENTRY --reason TEXT [--everyone]", \
	  "Sends an entry once more as urgent: it waits for nobody's contact hours.", \
	  "記録を至急として送り直します（相手のケアマネタイムを待ちません）。") \
	X("entry", "answer", run_entry_answer, "ENTRY --text T" ATTACH_OPTIONS, \
	  "Answers a question.", "質問に回答します。") \
	X("entry", "show", run_entry_show, "ENTRY", \
	  "An entry with its corrections and answers.", "記録を、訂正・回答とともに表示します。") \
	X("entry", "fetch", run_entry_fetch, "ENTRY [--number N] [--output FILE]", \
	  "Writes a photo or paper of an entry to a file; --output -: into a pipe.", \
	  "記録に添付された写真・書類を保存します（--output - で標準出力）。") \
	X("entry", "readers", run_entry_readers, "ENTRY", \
	  "Who has read it, and when.", "既読の一覧（誰がいつ読んだか）を表示します。") \
	X("timeline", "", run_timeline, \
	  "PATIENT [--follow] [--since TIME] [--all] [--kind ENTRY_KIND]", \
	  "What was recorded of a patient, the newest at the bottom.", \
	  "患者の記録を時系列で表示します（いちばん下が最新）。") \
	X("inbox", "list", run_inbox_list, "[--all]", \
	  "What waits for me, urgent first; --all: what is done and declined, too.", \
	  "自分へのお知らせを、至急から順に表示します（--allで完了分も）。") \
	X("inbox", "follow", run_inbox_follow, "", \
	  "What waits for me, and then what comes, until Ctrl-C.", \
	  "お知らせを表示し、届きしだい続けて表示します（Ctrl-Cで終了）。") \
	X("inbox", "open", run_inbox_open, "NOTIFICATION", \
	  "Opens one and shows the entry. Others see that you have read it.", \
	  "お知らせを開き、記録を表示します（既読になります）。") \
	X("inbox", "accept", run_inbox_accept, "NOTIFICATION", \
	  "I will see to it.", "「対応します」と答えます。") \
	X("inbox", "done", run_inbox_done, "NOTIFICATION", \
	  "It is done.", "完了にします。") \
	X("inbox", "decline", run_inbox_decline, "NOTIFICATION --reason TEXT", \
	  "I cannot see to it.", "「対応できません」と答えます。") \
	X("inbox", "takeover", run_inbox_takeover, "NOTIFICATION", \
	  "Takes over what a colleague has, what a shift handed on, or, of my own, what another accepted.", \
	  "同僚のお知らせ、当番の申し送り、ほかの人が対応中のお知らせを引き継ぎます。") \
	X("inbox", "hand-over", run_inbox_hand_over, "[USER] [--list]", \
	  "Offers what is open of our duty to who comes next (--list: only lists); USER: mine to a colleague.", \
	  "未完了分を次の当番に申し送り、一覧します（--list: 一覧のみ、USER: 自分の分を同僚へ）。") \
	X("inbox", "steps", run_inbox_steps, "ID [--follow]", \
	  "Whom something urgent was brought to, when, and who has it.", \
	  "至急のお知らせを、いつ誰に連絡し、誰が対応しているかを表示します。") \
	X("inbox", "sent", run_inbox_sent, "[--all] [--follow]", \
	  "What is urgent of ours and nobody has accepted; the support centre sees all of it.", \
	  "こちらから送った至急のうち未対応のものを表示します（センターはすべて）。") \
	X("inbox", "mute", run_inbox_mute, "KIND_OR_ALL --patient ID", \
	  "Stops notifications of one kind for a patient.", \
	  "患者ごとに、この種類のお知らせを止めます。") \
	X("inbox", "unmute", run_inbox_unmute, "KIND_OR_ALL --patient ID", \
	  "Starts them again.", "止めたお知らせを再開します。") \
	X("inbox", "mutes", run_inbox_mutes, "", \
	  "What I have stopped.", "止めているお知らせを一覧します。") \
	X("inbox", "substitute", run_inbox_substitute, "USER_OR_NONE [--from TIME] [--to TIME]", \
	  "Who gets my notifications, too, while I am away.", \
	  "不在の間、代理でお知らせを受ける人を登録します。") \
	X("board", "show", run_board_show, "[--area AREA] [--kind ORGANISATION_KIND] [--watch]", \
	  "Who has room, by area; --watch: live, until Ctrl-C.", \
	  "圏域ごとの空き状況を表示します（--watchで更新し続け、Ctrl-Cで終了）。") \
	X("board", "set", run_board_set, \
	  "--level available|limited|full --until UNTIL [--slots-today N] [--slots-week N]" \
	  " [--beds BEDS] [--new-patients yes|no] [--accepts NEED,…] [--remark T]", \
	  "Says how much room your organisation has; replaces what was said before.", \
	  "自分の事業所の空き状況を登録します（前の登録を置き換えます）。") \
	X("board", "history", run_board_history, \
	  "[ORG] [--area AREA] [--kind ORGANISATION_KIND] [--from TIME] [--to TIME]", \
	  "What was said when, and which weekdays are full (the last four weeks).", \
	  "空き状況の履歴と、曜日ごとの混み具合を表示します（指定がなければ過去4週間）。") \
	X("referral", "ask", run_referral_ask, \
	  "home-doctor|backup-bed|visit --patient ID [--urgent] [--needs NEED,…] [--by TIME]" \
	  " [--from TIME] [--to TIME] [--times N] [--every DAYS] [--beside ID,…]", \
	  "Asks who takes a patient: a home doctor, a back-up bed, a visit.", \
	  "在宅医・後方ベッド・訪問の応援を依頼します。") \
	X("referral", "list", run_referral_list, "[--all] [--unplaced] [--patient ID] [--follow]", \
	  "Requests of and to us, those that wait for us first; --unplaced: the centre's list.", \
	  "自分の事業所に関わる依頼を、対応待ちから順に表示します" \
	  "（--unplacedは支援センター用）。") \
	X("referral", "show", run_referral_show, "ID", \
	  "One request: what is needed, who was asked and why, what to do now.", \
	  "依頼の内容、打診先とその理由、次にすることを表示します。") \
	X("referral", "accept", run_referral_accept, "ID", \
	  "We take it. The first has it, the others stand by.", \
	  "依頼を受けます（最初に答えた機関が受け手、次からは控えになります）。") \
	X("referral", "decline", run_referral_decline, "ID --reason CODE", \
	  "We cannot take it.", "「対応できません」と答えます。") \
	X("referral", "withdraw", run_referral_withdraw, "ID", \
	  "Gives back what we accepted; the next has it.", \
	  "受けた依頼を辞退します（控えの機関に移ります）。") \
	X("referral", "confirm", run_referral_confirm, "ID [--taker ORG]", \
	  "The asker: this one shall do it. It becomes a member of the care team." \
	  " --taker: if it still is.", \
	  "依頼元：この機関に決めます（ケアチームに加わります）。" \
	  "--taker：受け手がその機関のときだけ。") \
	X("referral", "pass", run_referral_pass, "ID [--taker ORG]", \
	  "The asker: not this one, the next.", "依頼元：この機関を見送り、次の機関に移します。") \
	X("referral", "cancel", run_referral_cancel, "ID", \
	  "The asker: no longer needed.", "依頼元：依頼を取り消します。") \
	X("referral", "report", run_referral_report, "ID --text T", \
	  "Reports a visit; it becomes an entry of the patient's record.", \
	  "訪問の結果を報告します（患者の記録に入ります）。") \
	X("referral", "close", run_referral_close, "ID --outcome TEXT", \
	  "The support centre: what came of it; takes it off the list.", \
	  "支援センター：結果を記録し、一覧から外します。") \
	X("rota", "now", run_rota_now, "[--at TIME] [--area AREA]", \
	  "Who is on duty: first and second, how to reach them, until when, who is next.", \
	  "今の当番（第一・第二）の連絡先、終了時刻、次の当番を表示します。") \
	X("rota", "show", run_rota_show, "[--month MONTH] [--org ORG] [--watch]", \
	  "The rota of a month; without one, the next 31 days. --watch: what changes, until Ctrl-C.", \
	  "当番表を表示します（指定がなければ今日から31日間。--watchで変更も表示し続けます）。") \
	X("rota", "generate", run_rota_generate, "--month MONTH [--seed N]", \
	  "Fills a month: what has begun, was set by hand or swapped stays.", \
	  "月の当番表を作ります（始まった枠、手動・交代の枠はそのままです）。") \
	X("rota", "block", run_rota_block, "DAYS… [--org ORG] [--free]", \
	  "No duty for our clinic on these days; --free: again possible.", \
	  "当番の不可日を登録します（--freeで取り消し）。") \
	X("rota", "blocks", run_rota_blocks, "[--month MONTH] [--org ORG]", \
	  "The days that are blocked.", "不可日を一覧します。") \
	X("rota", "set", run_rota_set, \
	  "DATE SHIFT ORG_OR_NONE --reason T [--second] [--area AREA]", \
	  "Administrators: sets one place of a shift by hand.", \
	  "管理者：枠の当番を直接決めます（--secondは第二当番）。") \
	X("rota", "swap-ask", run_rota_swap_ask, \
	  "DATE [--shift SHIFT] [--area AREA] [--to ORG] [--in-return DATE] [--text T]", \
	  "Asks one clinic or all to take our duty, perhaps for one of theirs.", \
	  "自院の当番を引き受けてもらえるか頼みます（--toがなければ全体に）。") \
	X("rota", "swap-accept", run_rota_swap_accept, "ID", \
	  "We take it.", "交代を引き受けます。") \
	X("rota", "decline", run_rota_decline, "ID", \
	  "We cannot take it.", "交代を断ります。") \
	X("rota", "undo", run_rota_undo, "ID", \
	  "Withdraws what we asked, or undoes a swap before it begins.", \
	  "交代の依頼を取り下げます。成立した交代も、始まる前なら取り消せます。") \
	X("rota", "swaps", run_rota_swaps, "[--all]", \
	  "Swaps that are open or to come; --all: those that are over, too.", \
	  "交代の依頼を一覧します（--allで終わったものも）。") \
	X("rota", "gaps", run_rota_gaps, "[--days N]", \
	  "Holes and conflicts of the next 60 days, with the reason.", \
	  "これから60日間の空白と不整合を、理由とともに表示します。") \
	X("rota", "settings", run_rota_settings, \
	  "[--weekday-night CLOCKS] [--saturday-afternoon CLOCKS] [--holiday-day CLOCKS]" \
	  " [--holiday-night CLOCKS] [--by-area yes|no] [--rest-hours N] [--most-a-month N]" \
	  " [--enhanced-weight N] [--year-begins N]", \
	  "Times and rules of the rota; administrators change them.", \
	  "当番の時間と決まりを表示します（変更は管理者）。") \
	X("rota", "export", run_rota_export, \
	  "--ics [--org ORG] [--month MONTH] [--from DATE] [--until DATE]", \
	  "The rota as a calendar (iCalendar); exported again, it updates the same events.", \
	  "当番表をカレンダー（iCalendar）に出力します。再度取り込むと同じ予定が更新されます。") \
	X("rota", "subscribe", run_rota_subscribe, "[--org ORG]", \
	  "An address from which a calendar program fetches the rota, of all or of one clinic.", \
	  "カレンダーアプリが当番表を読み込むアドレスを作ります（--orgで1機関の当番だけ）。") \
	X("rota", "subscriptions", run_rota_subscriptions, "", \
	  "The addresses that you have.", "自分の購読アドレスを一覧します。") \
	X("rota", "unsubscribe", run_rota_unsubscribe, "ID", \
	  "Ends one: nothing is at its address any longer.", \
	  "購読を終えます（アドレスは使えなくなります）。") \
	X("stats", "show", run_stats_show, "[--month MONTH] [--area AREA]", \
	  "How many requests were made and what became of them.", \
	  "依頼の件数と結果を集計します。") \
	X("stats", "export", run_stats_export, "--csv [--month MONTH] [--area AREA]", \
	  "The same, for a spreadsheet.", "集計を表計算用（CSV）に出力します。") \
	X("audit", "show", run_audit_show, "--patient ID", \
	  "Who looked at a patient, when, by which right.", \
	  "誰がいつ、どの権限で患者を閲覧したかを表示します。") \
	X("audit", "verify", run_audit_verify, "", \
	  "Checks every journal: its chain, and what the services saw of each other.", \
	  "すべての台帳の改ざん・欠落を検査します。") \
	X("admin", "organisation", run_admin_organisation, \
	  "ORG --name N --kind ORGANISATION_KIND [--kana K] [--area AREA] [--network NETWORK,…]" \
	  " [--phone T] [--address A] [--left yes|no]", \
	  "Registers an organisation, or changes it.", "機関を登録・変更します。") \
	X("admin", "enrol", run_admin_enrol, \
	  "USER --org ORG --profession PROFESSION [--name N] [--kana K] [--phone T]" \
	  " [--mail ADDRESS] [--device DEVICE] [--out DIR] [--csr FILE] [--web]", \
	  "Enrols a person: makes the key here and writes an account folder; --web: for a browser alone.", \
	  "職員を登録し、鍵をこの端末で作って、アカウントのフォルダーを作ります（--webはブラウザーのみ）。") \
	X("admin", "renew", run_admin_renew, "[--device DEVICE] [--out DIR]", \
	  "A new certificate for this account, or for one more device of it.", \
	  "このアカウントの証明書を更新します（端末の追加もできます）。") \
	X("admin", "revoke", run_admin_revoke, "USER [--reason TEXT]", \
	  "No certificate of this person is good any longer, at once.", \
	  "この人の証明書をすべて、ただちに失効させます。") \
	X("admin", "devices", run_admin_devices, "[USER]", \
	  "Certificates of a person, and where they are signed in.", \
	  "発行済みの証明書（端末）と、サインイン中のブラウザーを一覧します。") \
	X("admin", "password", run_admin_password, "[USER] [--stdin]", \
	  "Sets a password for the browser: for once, where it is somebody else's; makes one unless it is typed.", \
	  "ブラウザー用のパスワードを決めます（他の人には1回限り。入力しなければ自動で作ります）。") \
	X("admin", "totp", run_admin_totp, "[USER] [--remove]", \
	  "Makes a secret for the six digits of an authenticator, or takes it away.", \
	  "認証アプリの6桁コードの鍵を作ります（--removeで取り消し）。") \
	X("admin", "sign-out", run_admin_sign_out, "[USER] [--device DEVICE]", \
	  "Ends sessions in browsers, at once.", \
	  "ブラウザーでのサインインを、ただちに終わらせます。") \
	X("admin", "escalation", run_admin_escalation, "[--urgent-s N] [--limit-s N]", \
	  "How long each is waited for before the next is asked, in seconds.", \
	  "順次連絡で次へ進むまでの秒数を表示・変更します。") \
	X("admin", "backup", run_admin_backup, "DIR", \
	  "A copy of every store, made while the services run.", \
	  "各サービスのデータを、動かしたまま複製します。") \
	X("admin", "rebuild-views", run_admin_rebuild_views, "SERVICE", \
	  "Makes the views of a service anew from its journal.", \
	  "台帳から検索用データを作り直します。")

#define DECLARE_COMMAND(noun, verb, function, usage, en, ja) \
	int function(struct cli *cli, const struct args *args);
COMMANDS(DECLARE_COMMAND)
#undef DECLARE_COMMAND

struct command {
	const char *noun, *verb;
	int (*run)(struct cli *cli, const struct args *args);
	const char *usage, *en, *ja;
};
extern const struct command commands[];
extern const size_t n_commands;

/* main() of the command line. The exit status. */
int cli_main(int argc, char **argv);

#endif
