#include "clients/cli/labels.h"

#include <ctype.h>
#include <string.h>

#include "error.h"

struct label {
	const ProtobufCEnumDescriptor *type;
	int value;
	const char *en, *ja;
};

#define L(Type, PREFIX, name, en, ja)                       \
	{                                                   \
		&Type##_descriptor, PREFIX##_##name, en, ja \
	}

static const struct label labels[] = {
	L(Profession, PROFESSION, DOCTOR, "doctor", "医師"),
	L(Profession, PROFESSION, NURSE, "nurse", "看護師"),
	L(Profession, PROFESSION, PHARMACIST, "pharmacist", "薬剤師"),
	L(Profession, PROFESSION, DENTIST, "dentist", "歯科医師"),
	L(Profession, PROFESSION, DENTAL_HYGIENIST, "dental hygienist", "歯科衛生士"),
	L(Profession, PROFESSION, CARE_MANAGER, "care manager", "ケアマネジャー"),
	L(Profession, PROFESSION, HELPER, "helper", "ホームヘルパー"),
	L(Profession, PROFESSION, THERAPIST, "therapist", "療法士"),
	L(Profession, PROFESSION, LIAISON, "hospital liaison", "退院支援担当"),
	L(Profession, PROFESSION, CENTRE_STAFF, "support centre staff", "支援センター職員"),
	L(Profession, PROFESSION, CITY_OFFICER, "city officer", "市職員"),
	L(Profession, PROFESSION, ADMINISTRATOR, "administrator", "管理者"),
	L(Profession, PROFESSION, SERVICE, "service", "サービス"),
	L(OrganisationKind, ORGANISATION_KIND, CLINIC, "home-care clinic", "在宅療養支援診療所"),
	L(OrganisationKind, ORGANISATION_KIND, NURSE_STATION, "visiting-nurse station",
	  "訪問看護ステーション"),
	L(OrganisationKind, ORGANISATION_KIND, HOSPITAL, "hospital", "病院"),
	L(OrganisationKind, ORGANISATION_KIND, PHARMACY, "pharmacy", "薬局"),
	L(OrganisationKind, ORGANISATION_KIND, DENTAL_CLINIC, "dental clinic", "歯科診療所"),
	L(OrganisationKind, ORGANISATION_KIND, CARE_MANAGEMENT_OFFICE, "care-management office",
	  "居宅介護支援事業所"),
	L(OrganisationKind, ORGANISATION_KIND, HELPER_OFFICE, "helper office", "訪問介護事業所"),
	L(OrganisationKind, ORGANISATION_KIND, REHABILITATION, "rehabilitation", "訪問リハビリ"),
	L(OrganisationKind, ORGANISATION_KIND, SUPPORT_CENTRE, "community support centre",
	  "地域包括支援センター"),
	L(OrganisationKind, ORGANISATION_KIND, CITY_OFFICE, "city office", "市役所"),
	L(Area, AREA, NORTH, "north", "北部"),
	L(Area, AREA, WEST, "west", "西部"),
	L(Area, AREA, SOUTH, "south", "南部"),
	L(Network, NETWORK, TIZI_NET, "TIZI-NET", "TIZI-NET"),
	L(Network, NETWORK, ROUND_THE_CLOCK, "round the clock", "24時間ネットワーク"),
	L(Network, NETWORK, ENHANCED, "enhanced type", "機能強化型"),
	L(Network, NETWORK, BBN, "back-up hospital (BBN)", "後方支援病院（BBN）"),
	L(ContactMeans, CONTACT_MEANS, PHONE, "phone", "電話"),
	L(ContactMeans, CONTACT_MEANS, PAGE, "page", "呼び出し"),
	L(ContactMeans, CONTACT_MEANS, MESSAGE, "message", "メッセージ"),
	L(ContactMeans, CONTACT_MEANS, BREAK, "break", "休憩"),
	L(EnrolmentState, ENROLMENT_STATE, ENROLLED, "enrolled", "登録済"),
	L(EnrolmentState, ENROLMENT_STATE, REVOKED, "revoked", "失効"),
	L(Patient_Sex, PATIENT_SEX, MALE, "male", "男"),
	L(Patient_Sex, PATIENT_SEX, FEMALE, "female", "女"),
	L(Patient_Sex, PATIENT_SEX, OTHER, "other sex", "その他"),
	L(Patient_Sex, PATIENT_SEX, UNKNOWN, "sex unknown", "性別不明"),
	L(ConsentScope, CONSENT_SCOPE, TEAM, "team", "チーム共有"),
	L(ConsentScope, CONSENT_SCOPE, COVER, "cover", "当番医の閲覧"),
	L(TeamRole, TEAM_ROLE, ATTENDING, "attending doctor", "主治医"),
	L(TeamRole, TEAM_ROLE, DEPUTY, "deputy doctor", "副主治医"),
	L(TeamRole, TEAM_ROLE, SPECIALIST, "specialist", "専門医"),
	L(TeamRole, TEAM_ROLE, KEY_PERSON, "key person", "キーパーソン"),
	L(TeamRole, TEAM_ROLE, MEMBER, "member", "メンバー"),
	L(EntryKind, ENTRY_KIND, NOTE, "note", "連絡・所見"),
	L(EntryKind, ENTRY_KIND, VITAL_SIGNS, "vital signs", "バイタルサイン"),
	L(EntryKind, ENTRY_KIND, MEDICATION, "medication", "処方"),
	L(EntryKind, ENTRY_KIND, ALLERGY, "allergy", "アレルギー・副作用歴"),
	L(EntryKind, ENTRY_KIND, CONDITION, "condition", "病名・問題"),
	L(EntryKind, ENTRY_KIND, DENTAL, "dental finding", "歯科所見"),
	L(EntryKind, ENTRY_KIND, PLAN, "care plan", "ケアプラン"),
	L(EntryKind, ENTRY_KIND, WEIGHT, "weight", "体重"),
	L(EntryKind, ENTRY_KIND, RENAL, "renal function", "腎機能"),
	L(EntryKind, ENTRY_KIND, SWALLOWING, "swallowing", "嚥下"),
	L(EntryKind, ENTRY_KIND, ACTIVITY, "activity", "活動・ADL"),
	L(EntryKind, ENTRY_KIND, PRECAUTION, "precaution", "感染・安全上の注意"),
	L(EntryKind, ENTRY_KIND, MOVEMENT, "movement", "入院・退院・転居"),
	L(EntryKind, ENTRY_KIND, NEXT_VISIT, "next visit", "次回訪問"),
	L(EntryKind, ENTRY_KIND, WISH, "wish", "意向（ACP）"),
	L(EntryKind, ENTRY_KIND, QUESTION, "question", "質問（情報収集）"),
	L(EntryKind, ENTRY_KIND, ANSWER, "answer", "回答"),
	L(Concern, CONCERN, ANTITHROMBOTIC, "antithrombotic", "抗血栓薬"),
	L(Concern, CONCERN, BONE_MODIFYING, "bone-modifying agent", "骨修飾薬"),
	L(Concern, CONCERN, RENAL_FUNCTION, "renal function", "腎機能"),
	L(MedicationAction, MEDICATION_ACTION, START, "start", "開始"),
	L(MedicationAction, MEDICATION_ACTION, CHANGE, "change", "変更"),
	L(MedicationAction, MEDICATION_ACTION, STOP, "stop", "中止"),
	L(MovementKind, MOVEMENT_KIND, ADMISSION, "admission", "入院"),
	L(MovementKind, MOVEMENT_KIND, DISCHARGE, "discharge", "退院"),
	L(MovementKind, MOVEMENT_KIND, RELOCATION, "relocation", "転居"),
	L(Notification_State, NOTIFICATION_STATE, STORED, "stored", "未配信"),
	L(Notification_State, NOTIFICATION_STATE, DELIVERED, "delivered", "配信済"),
	L(Notification_State, NOTIFICATION_STATE, OPENED, "opened", "開封"),
	L(Notification_State, NOTIFICATION_STATE, ACCEPTED, "accepted", "対応します"),
	L(Notification_State, NOTIFICATION_STATE, DONE, "done", "完了"),
	L(Notification_State, NOTIFICATION_STATE, DECLINED, "declined", "対応できません"),
	L(Notification_State, NOTIFICATION_STATE, WITHDRAWN, "withdrawn", "取り下げ"),
	L(Accessed_Right, ACCESSED_RIGHT, REGISTRAR, "registering organisation", "登録した機関"),
	L(Accessed_Right, ACCESSED_RIGHT, TEAM, "care team", "ケアチーム"),
	L(Accessed_Right, ACCESSED_RIGHT, COVER, "cover", "当番対応"),
	L(Accessed_Right, ACCESSED_RIGHT, BREAK_GLASS, "break-glass", "緊急閲覧"),
	L(Accessed_Right, ACCESSED_RIGHT, AUDIT, "audit", "監査"),
	L(Accessed_Right, ACCESSED_RIGHT, REFERRAL, "referral", "依頼（受け手）"),
	L(Matter, MATTER, CAPACITY_LAPSES, "board: what you said lapses soon",
	  "空き状況：まもなく有効期限です"),
	L(Matter, MATTER, CAPACITY_LAPSED, "board: what you said has lapsed, you are shown as unknown",
	  "空き状況：有効期限が切れました（不明と表示中）"),
	L(Matter, MATTER, REFERRAL_ASKED, "referral: can you take it?", "依頼：受けられますか"),
	L(Matter, MATTER, REFERRAL_REMINDER, "referral: can you take it? Half of the time is over",
	  "依頼：受けられますか（回答期限まで残り半分）"),
	L(Matter, MATTER, REFERRAL_ACCEPTED, "referral: accepted, please confirm",
	  "依頼：受諾されました。確定してください"),
	L(Matter, MATTER, REFERRAL_CONFIRM_REMINDER,
	  "referral: accepted, please confirm. Half of the time is over",
	  "依頼：受諾されました。確定してください（期限まで残り半分）"),
	L(Matter, MATTER, REFERRAL_HOLDING, "referral: you stood by, it is yours now",
	  "依頼：控えから受け手になりました"),
	L(Matter, MATTER, REFERRAL_CONFIRMED, "referral: confirmed, it is yours",
	  "依頼：確定しました。よろしくお願いします"),
	L(Matter, MATTER, REFERRAL_OVER, "referral: you need not answer any longer",
	  "依頼：回答は不要になりました"),
	L(Matter, MATTER, REFERRAL_BACK, "referral: given back, others are asked",
	  "依頼：受け手が辞退しました。ほかへ打診中です"),
	L(Matter, MATTER, REFERRAL_UNPLACED, "referral: nobody took it, with the support centre",
	  "依頼：受け手なし（センター対応）"),
	L(Matter, MATTER, REFERRAL_TOO_LATE, "referral: too late for waves, all are asked at once",
	  "依頼：時間がないため一斉に打診しました"),
	L(Matter, MATTER, REFERRAL_REPORT_DUE, "referral: the visit is over, please report it",
	  "依頼：訪問の報告をお願いします"),
	L(Matter, MATTER, REFERRAL_REPORTED, "referral: the visit was reported",
	  "依頼：訪問の報告が届きました"),
	L(Matter, MATTER, REFERRAL_STUCK, "referral: it is stuck, see to it",
	  "依頼：滞っています（センター対応）"),
	L(Matter, MATTER, REFERRAL_CANCELLED, "referral: cancelled", "依頼：取り消されました"),
	L(Matter, MATTER, REFERRAL_CLOSED, "referral: closed by the support centre",
	  "依頼：センターが終了しました"),
	L(Matter, MATTER, DUTIES_PLANNED, "rota: a month is planned, which changes your duties",
	  "当番：当番表ができました（自院の当番が変わります）"),
	L(Matter, MATTER, DUTY_YOURS, "rota: this shift is yours now", "当番：自院の当番になりました"),
	L(Matter, MATTER, DUTY_MOVED, "rota: your duty has moved", "当番：自院の当番が変わりました"),
	L(Matter, MATTER, DUTY_NOT_YOURS, "rota: this shift is no longer yours",
	  "当番：自院の当番ではなくなりました"),
	L(Matter, MATTER, DUTIES_OF_WEEK, "rota: your duties of this week", "当番：今週の自院の当番"),
	L(Matter, MATTER, DUTY_BEGINS, "rota: your duty begins", "当番：当番が始まります"),
	L(Matter, MATTER, SWAP_ASKED, "rota: would you take this duty?",
	  "当番：交代をお願いできますか"),
	L(Matter, MATTER, SWAP_TAKEN, "rota: the duty was taken", "当番：交代が決まりました"),
	L(Matter, MATTER, SWAP_DECLINED, "rota: the swap was declined", "当番：交代は断られました"),
	L(Matter, MATTER, SWAP_UNDONE, "rota: the swap was undone", "当番：交代が取り消されました"),
	L(Matter, MATTER, SWAP_LAPSED, "rota: your question is over, nobody took the duty",
	  "当番：交代の引き受け手がありませんでした"),
	L(Matter, MATTER, SHIFT_GAP, "rota: a gap or a conflict, see to it",
	  "当番：空白または不整合があります（センター対応）"),
	L(Matter, MATTER, PLAN_ENDS, "rota: nothing is planned for the week after next",
	  "当番：再来週以降の当番表がまだありません"),
	L(Matter, MATTER, HAND_OVER_OFFERED, "hand-over: still open from the shift before",
	  "申し送り：前の当番から引き継ぎがあります"),
	L(ShiftKind, SHIFT_KIND, WEEKDAY_NIGHT, "weekday night", "平日夜間"),
	L(ShiftKind, SHIFT_KIND, SATURDAY_AFTERNOON, "Saturday afternoon", "土曜午後"),
	L(ShiftKind, SHIFT_KIND, HOLIDAY_DAY, "holiday, day", "休日昼間"),
	L(ShiftKind, SHIFT_KIND, HOLIDAY_NIGHT, "holiday, night", "休日夜間"),
	L(DutyCategory, DUTY_CATEGORY, WEEKDAY_NIGHTS, "weekday nights", "平日夜間"),
	L(DutyCategory, DUTY_CATEGORY, SATURDAYS, "Saturdays", "土曜"),
	L(DutyCategory, DUTY_CATEGORY, SUNDAYS_AND_HOLIDAYS, "Sundays and holidays", "日曜・祝日"),
	L(GapReason, GAP_REASON, NOT_PLANNED, "not planned yet", "未作成"),
	L(GapReason, GAP_REASON, ALL_BLOCKED, "all have blocked the day", "全診療所が不可日"),
	L(GapReason, GAP_REASON, NOBODY_LEFT, "nobody is left", "当番にできる診療所なし"),
	L(GapReason, GAP_REASON, REMOVED_BY_HAND, "taken out by hand", "手動で空白に変更"),
	L(GapReason, GAP_REASON, CLINIC_LEFT, "has left the network", "脱退した診療所"),
	L(GapReason, GAP_REASON, ON_BLOCKED_DAY, "has blocked the day", "不可日"),
	L(GapReason, GAP_REASON, REST_TOO_SHORT, "too little rest", "休み不足"),
	L(GapReason, GAP_REASON, BOTH_PLACES, "has both places", "第一・第二が同じ"),
	L(GapReason, GAP_REASON, TWO_AT_ONCE, "on two shifts at once", "同時に二つの当番"),
	L(Swap_State, SWAP_STATE, ASKED, "asked", "依頼中"),
	L(Swap_State, SWAP_STATE, TAKEN, "taken", "成立"),
	L(Swap_State, SWAP_STATE, DECLINED, "declined", "お断り"),
	L(Swap_State, SWAP_STATE, UNDONE, "undone", "取消"),
	L(Swap_State, SWAP_STATE, LAPSED, "lapsed", "期限切れ"),
	L(Swap_State, SWAP_STATE, OVERTAKEN, "overtaken", "当番の変更により終了"),
	L(EscalationStep_Place, ESCALATION_STEP_PLACE, ATTENDING_CLINIC, "attending clinic", "主治医の診療所"),
	L(EscalationStep_Place, ESCALATION_STEP_PLACE, DEPUTY_CLINIC, "deputy clinic", "副主治医の診療所"),
	L(EscalationStep_Place, ESCALATION_STEP_PLACE, ON_DUTY_FIRST, "on duty, first", "第一当番"),
	L(EscalationStep_Place, ESCALATION_STEP_PLACE, ON_DUTY_SECOND, "on duty, second", "第二当番"),
	L(EscalationStep_Place, ESCALATION_STEP_PLACE, CENTRE, "support centre", "支援センター"),
	L(EscalationStep_What, ESCALATION_STEP_WHAT, ASKED, "asked", "連絡"),
	L(EscalationStep_What, ESCALATION_STEP_WHAT, STEP_ACCEPTED, "accepted", "対応します"),
	L(EscalationStep_What, ESCALATION_STEP_WHAT, STEP_DECLINED, "declined", "対応できません"),
	L(EscalationStep_What, ESCALATION_STEP_WHAT, TAKEN_OVER, "taken over", "引き継ぎ"),
	L(EscalationStep_What, ESCALATION_STEP_WHAT, GIVEN_BACK, "given back", "対応を取りやめ"),
	L(EscalationStep_What, ESCALATION_STEP_WHAT, STARTED_OVER, "nobody answered, begun again",
	  "全員応答なし・最初から"),
	L(EscalationStep_What, ESCALATION_STEP_WHAT, MAILED, "no device answers, mail sent",
	  "端末の応答なし・メール送信"),
	L(EscalationStep_What, ESCALATION_STEP_WHAT, MAIL_FAILED, "mail could not be sent",
	  "メール送信失敗（再送します）"),
	L(EscalationStep_What, ESCALATION_STEP_WHAT, NO_ADDRESS, "no device answers, no mail address",
	  "端末の応答なし・メール未登録"),
	L(EscalationStep_What, ESCALATION_STEP_WHAT, HANDED_ON, "handed on at the end of a shift",
	  "当番の申し送り"),
	L(Escalation_State, ESCALATION_STATE, WALKING, "nobody yet", "未対応"),
	L(Escalation_State, ESCALATION_STATE, WITH_CENTRE, "nobody yet, with the support centre",
	  "未対応（センター対応）"),
	L(Escalation_State, ESCALATION_STATE, TAKEN, "taken", "対応あり"),
	L(Escalation_State, ESCALATION_STATE, OVER, "over, nobody may see it any longer",
	  "終了（閲覧できる人なし）"),
	L(CapacityLevel, CAPACITY_LEVEL, AVAILABLE, "available", "空きあり"),
	L(CapacityLevel, CAPACITY_LEVEL, LIMITED, "limited", "残りわずか"),
	L(CapacityLevel, CAPACITY_LEVEL, FULL, "full", "受入不可"),
	L(CapacityLevel, CAPACITY_LEVEL, UNKNOWN, "unknown", "不明（更新なし）"),
	L(Need, NEED, VENTILATOR, "ventilator", "人工呼吸器"),
	L(Need, NEED, OXYGEN, "oxygen", "在宅酸素"),
	L(Need, NEED, OPIOID_PUMP, "cancer pain, opioid pump", "がん疼痛・麻薬ポンプ"),
	L(Need, NEED, CENTRAL_LINE, "central line", "中心静脈栄養"),
	L(Need, NEED, TUBE_FEEDING, "tube feeding", "経管栄養"),
	L(Need, NEED, DIALYSIS, "dialysis", "透析"),
	L(Need, NEED, DEMENTIA, "dementia", "認知症"),
	L(Need, NEED, CHILDREN, "children", "小児"),
	L(Need, NEED, PRESSURE_ULCER, "pressure ulcer", "褥瘡"),
	L(Need, NEED, NIGHT_VISIT, "night visits", "夜間訪問"),
	L(BedKind, BED_KIND, ACUTE, "acute", "急性期"),
	L(BedKind, BED_KIND, COMMUNITY_CARE, "community care", "地域包括ケア"),
	L(BedKind, BED_KIND, PALLIATIVE, "palliative care", "緩和ケア"),
	L(BedKind, BED_KIND, REHABILITATION_BED, "rehabilitation bed", "回復期"),
	L(BedKind, BED_KIND, LONG_TERM, "long-term", "療養"),
	L(NewPatients, NEW_PATIENTS, WELCOME, "new patients welcome", "新規患者 可"),
	L(NewPatients, NEW_PATIENTS, NOT_NOW, "no new patients now", "新規患者 不可"),
	L(ReferralKind, REFERRAL_KIND, HOME_DOCTOR, "home doctor", "在宅医さがし"),
	L(ReferralKind, REFERRAL_KIND, BACKUP_BED, "back-up bed", "後方ベッド"),
	L(ReferralKind, REFERRAL_KIND, VISIT, "visit", "訪問の応援"),
	L(Referral_State, REFERRAL_STATE, OFFERED, "offered", "打診中"),
	L(Referral_State, REFERRAL_STATE, ACCEPTED, "accepted", "受諾"),
	L(Referral_State, REFERRAL_STATE, CONFIRMING, "confirming", "確認中"),
	L(Referral_State, REFERRAL_STATE, CONFIRMED, "confirmed", "確定"),
	L(Referral_State, REFERRAL_STATE, DONE, "done", "完了"),
	L(Referral_State, REFERRAL_STATE, UNPLACED, "unplaced, with the support centre",
	  "受け手なし（センター対応）"),
	L(Referral_State, REFERRAL_STATE, CANCELLED, "cancelled", "取消"),
	L(Referral_State, REFERRAL_STATE, CLOSED, "closed", "終了"),
	L(Referral_Cause, REFERRAL_CAUSE, NOBODY_TOOK_IT, "nobody took it in time",
	  "期限までに受け手がなかった"),
	L(Referral_Cause, REFERRAL_CAUSE, TOO_LATE_FOR_WAVES,
	  "no time to ask in turn: all are asked at once",
	  "順に打診する時間がなく、一斉に打診した"),
	L(Referral_Cause, REFERRAL_CAUSE, NOT_CONFIRMED, "the asker did not confirm in time",
	  "依頼元の確認がなかった"),
	L(Referral_Cause, REFERRAL_CAUSE, RECORD_REFUSED,
	  "the taker could not be added to the care team", "受け手をケアチームに登録できなかった"),
	L(Referral_Cause, REFERRAL_CAUSE, RECORD_SILENT,
	  "the taker is not yet added to the care team", "ケアチームへの登録がまだ済んでいない"),
	L(Referral_Cause, REFERRAL_CAUSE, NOT_REPORTED, "a visit was not reported",
	  "訪問の報告がない"),
	L(Referral_Cause, REFERRAL_CAUSE, BY_ASKER, "the asker cancelled it", "依頼元が取り消した"),
	L(Referral_Cause, REFERRAL_CAUSE, CONSENT_WITHDRAWN, "consent was withdrawn",
	  "同意が撤回された"),
	L(Referral_Cause, REFERRAL_CAUSE, PATIENT_DECEASED, "the patient is deceased",
	  "患者の逝去"),
	L(Referral_Cause, REFERRAL_CAUSE, ASKER_LEFT, "the asker left the network",
	  "依頼元がネットワークを脱退した"),
	L(Offer_State, OFFER_STATE, OFFERED, "asked, no answer yet", "打診中"),
	L(Offer_State, OFFER_STATE, HOLDING, "accepted", "受諾"),
	L(Offer_State, OFFER_STATE, STANDING_BY, "standing by", "控え"),
	L(Offer_State, OFFER_STATE, DECLINED, "cannot take it", "対応できません"),
	L(Offer_State, OFFER_STATE, WITHDRAWN, "given back", "辞退"),
	L(Offer_State, OFFER_STATE, RELEASED, "no longer asked", "打診終了"),
	L(Offer_State, OFFER_STATE, PASSED, "passed over", "見送り"),
	L(DeclineReason, DECLINE_REASON, NO_CAPACITY, "no capacity", "空きなし"),
	L(DeclineReason, DECLINE_REASON, CANNOT_TAKE_NEED, "cannot take this need",
	  "対応困難な処置"),
	L(DeclineReason, DECLINE_REASON, TOO_FAR, "too far", "遠方"),
	L(DeclineReason, DECLINE_REASON, WRONG_TIME, "wrong time", "日時不可"),
	L(DeclineReason, DECLINE_REASON, OTHER, "other", "その他"),
	L(Ability, ABILITY, ABLE, "can take the needs", "必要な対応が可能"),
	L(Ability, ABILITY, NOT_KNOWN, "has not said what it can take", "対応できるかは不明"),
	L(Ability, ABILITY, UNABLE, "may not be able to take the needs",
	  "必要な対応は難しい見込み"),
};

const ProtobufCEnumDescriptor *const labelled_enums[] = {
	&Profession_descriptor,     &OrganisationKind_descriptor,
	&Area_descriptor,           &Network_descriptor,
	&ContactMeans_descriptor,   &EnrolmentState_descriptor,
	&Patient_Sex_descriptor,    &ConsentScope_descriptor,
	&TeamRole_descriptor,       &EntryKind_descriptor,
	&Concern_descriptor,        &MedicationAction_descriptor,
	&MovementKind_descriptor,   &Notification_State_descriptor,
	&Accessed_Right_descriptor, &CapacityLevel_descriptor,
	&Need_descriptor,           &BedKind_descriptor,
	&NewPatients_descriptor,    &ReferralKind_descriptor,
	&Referral_State_descriptor, &Referral_Cause_descriptor,
	&Offer_State_descriptor,    &DeclineReason_descriptor,
	&Ability_descriptor,        &Matter_descriptor,
	&ShiftKind_descriptor,      &DutyCategory_descriptor,
	&GapReason_descriptor,      &Swap_State_descriptor,
	&Escalation_State_descriptor, &EscalationStep_Place_descriptor,
	&EscalationStep_What_descriptor,
	NULL};

const char *label(const ProtobufCEnumDescriptor *type, int value, bool japanese)
{
	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++)
		if (labels[i].type == type && labels[i].value == value)
			return japanese ? labels[i].ja : labels[i].en;
	if (value == 0)
		return "-";
	const ProtobufCEnumValue *named = protobuf_c_enum_descriptor_get_value(type, value);
	return named ? named->name : "?";
}

static bool same_word(const char *a, const char *b)
{
	for (;; a++, b++) {
		while (*a == '-' || *a == '_' || *a == ' ')
			a++;
		while (*b == '-' || *b == '_' || *b == ' ')
			b++;
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (!*a)
			return true;
	}
}

int label_parse(const ProtobufCEnumDescriptor *type, const char *word, int *value)
{
	if (type == &EntryKind_descriptor && same_word(word, "vitals"))
		word = "vital-signs";
	for (unsigned i = 0; i < type->n_values; i++)
		if (type->values[i].value != 0 && same_word(type->values[i].name, word)) {
			*value = type->values[i].value;
			return 0;
		}
	return ERR_INVALID;
}

void label_word(const ProtobufCEnumDescriptor *type, int value, char *out, size_t size)
{
	const ProtobufCEnumValue *named = protobuf_c_enum_descriptor_get_value(type, value);
	size_t at = 0;

	for (const char *c = named && value ? named->name : ""; *c && at + 1 < size; c++)
		out[at++] = *c == '_' ? '-' : (char)tolower((unsigned char)*c);
	out[at] = '\0';
}

void label_words(const ProtobufCEnumDescriptor *type, char *out, size_t size)
{
	size_t at = 0;

	out[0] = '\0';
	for (unsigned i = 0; i < type->n_values; i++) {
		if (type->values[i].value == 0)
			continue;
		for (const char *c = at ? ", " : ""; *c && at + 1 < size; c++)
			out[at++] = *c;
		label_word(type, type->values[i].value, out + at, size - at);
		at += strlen(out + at);
	}
}
