#include "clients/demo/clinical.h"

const struct medicine medicines[N_DRUGS] = {
#define DRUG_ROW(id, name, form, dose) { name, form, dose },
	DRUGS(DRUG_ROW)
#undef DRUG_ROW
};

const struct profile profiles[THEMES] = {
	[STROKE] = {
		.per_thousand = 130, .age = 80, .age_spread = 14,
		.main = { { "脳梗塞後遺症", "I69.3" }, { "脳出血後遺症", "I69.1" } },
		.second = { { "高血圧症", "I10" } },
		.drugs = { AMLODIPINE, LANSOPRAZOLE, MAGNESIUM }, .one_of = { CLOPIDOGREL, ASPIRIN, CILOSTAZOL },
		.visits_min = 1, .visits_max = 3, .doctor_days = 14,
		.systolic = 134, .pulse = 72, .spo2 = 97, .respiration = 16, .care_min = 3, .care_max = 5,
	},
	[RHYTHM] = {
		.per_thousand = 80, .age = 84, .age_spread = 11,
		.main = { { "慢性心房細動", "I48" } },
		.second = { { "心原性脳塞栓症後遺症", "I69.3" }, { "高血圧症", "I10" } },
		.drugs = { BISOPROLOL, AMLODIPINE, LANSOPRAZOLE }, .one_of = { WARFARIN, APIXABAN, EDOXABAN },
		.visits_min = 1, .visits_max = 2, .doctor_days = 14,
		.systolic = 126, .pulse = 78, .spo2 = 97, .respiration = 16, .care_min = 2, .care_max = 3,
	},
	[HEART] = {
		.per_thousand = 140, .age = 86, .age_spread = 11,
		.main = { { "慢性心不全", "I50.9" } },
		.second = { { "陳旧性心筋梗塞", "I25.2" }, { "高血圧症", "I10" } },
		.drugs = { FUROSEMIDE, SPIRONOLACTONE, BISOPROLOL, CANDESARTAN },
		.one_of = { ASPIRIN, CLOPIDOGREL, DAPAGLIFLOZIN },
		.visits_min = 2, .visits_max = 3, .doctor_days = 14,
		.systolic = 116, .pulse = 74, .spo2 = 96, .respiration = 17, .care_min = 1, .care_max = 3,
	},
	[LUNG] = {
		.per_thousand = 80, .age = 80, .age_spread = 11,
		.main = { { "慢性閉塞性肺疾患", "J44.9" } },
		.second = { { "慢性呼吸不全（在宅酸素療法）", "J96.1" } },
		.drugs = { TIOTROPIUM, CARBOCISTEINE, LANSOPRAZOLE },
		.visits_min = 2, .visits_max = 3, .doctor_days = 14,
		.systolic = 124, .pulse = 84, .spo2 = 92, .respiration = 20, .care_min = 1, .care_max = 3,
	},
	[DEMENTIA] = {
		.per_thousand = 170, .age = 86, .age_spread = 12,
		.main = { { "アルツハイマー型認知症", "G30.9" }, { "レビー小体型認知症", "G31.8" },
			  { "血管性認知症", "F01.9" } },
		.second = { { "高血圧症", "I10" } },
		.drugs = { AMLODIPINE, MAGNESIUM }, .one_of = { DONEPEZIL, MEMANTINE },
		.visits_min = 1, .visits_max = 2, .doctor_days = 14,
		.systolic = 130, .pulse = 70, .spo2 = 97, .respiration = 16, .care_min = 2, .care_max = 5,
	},
	[PARKINSON] = {
		.per_thousand = 70, .age = 78, .age_spread = 10,
		.main = { { "パーキンソン病", "G20" } },
		.second = { { "便秘症", "K59.0" } },
		.drugs = { LEVODOPA, PRAMIPEXOLE, MAGNESIUM },
		.visits_min = 2, .visits_max = 3, .doctor_days = 14,
		.systolic = 112, .pulse = 68, .spo2 = 97, .respiration = 16, .care_min = 2, .care_max = 3,
	},
	[CANCER] = {
		.per_thousand = 90, .age = 76, .age_spread = 14,
		.main = { { "膵癌（終末期）", "C25.9" }, { "肺癌（骨転移）", "C34.9" }, { "胃癌（腹膜播種）", "C16.9" } },
		.second = { { "癌性疼痛", "R52.1" } },
		.drugs = { OXYCODONE, HYDROMORPHONE, NALDEMEDINE, ACETAMINOPHEN, LANSOPRAZOLE },
		.visits_min = 3, .visits_max = 5, .doctor_days = 7,
		.systolic = 108, .pulse = 88, .spo2 = 96, .respiration = 18, .care_min = 2, .care_max = 5,
	},
	[DIABETES] = {
		.per_thousand = 70, .age = 78, .age_spread = 11,
		.main = { { "2型糖尿病", "E11.9" } },
		.second = { { "糖尿病性末梢神経障害", "E11.4" }, { "脂質異常症", "E78.5" } },
		.drugs = { LINAGLIPTIN, ROSUVASTATIN, CANDESARTAN }, .one_of = { GLARGINE, METFORMIN },
		.visits_min = 1, .visits_max = 3, .doctor_days = 14,
		.systolic = 136, .pulse = 74, .spo2 = 97, .respiration = 16, .care_min = 1, .care_max = 3,
	},
	[FRACTURE] = {
		.per_thousand = 80, .age = 87, .age_spread = 9,
		.main = { { "大腿骨頚部骨折術後", "S72.0" }, { "胸腰椎圧迫骨折後", "M48.5" } },
		.second = { { "骨粗鬆症", "M81.9" } },
		.drugs = { ELDECALCITOL, ACETAMINOPHEN, MAGNESIUM }, .one_of = { ALENDRONATE, DENOSUMAB },
		.visits_min = 1, .visits_max = 2, .doctor_days = 14,
		.systolic = 132, .pulse = 74, .spo2 = 97, .respiration = 16, .care_min = 2, .care_max = 3,
	},
	[ULCER] = {
		.per_thousand = 30, .age = 88, .age_spread = 9,
		.main = { { "仙骨部褥瘡", "L89.9" } },
		.second = { { "廃用症候群", "M62.5" }, { "低栄養", "E46" } },
		.drugs = { SUGAR_IODINE, NUTRITION, LANSOPRAZOLE },
		.visits_min = 3, .visits_max = 3, .doctor_days = 14,
		.systolic = 114, .pulse = 80, .spo2 = 96, .respiration = 17, .care_min = 4, .care_max = 5,
	},
	[ALS] = {
		.per_thousand = 15, .age = 69, .age_spread = 8,
		.main = { { "筋萎縮性側索硬化症", "G12.2" } },
		.drugs = { RILUZOLE, LANSOPRAZOLE, MAGNESIUM },
		.visits_min = 3, .visits_max = 5, .doctor_days = 7,
		.systolic = 122, .pulse = 78, .spo2 = 96, .respiration = 18, .care_min = 4, .care_max = 5,
	},
	[KIDNEY] = {
		.per_thousand = 30, .age = 84, .age_spread = 10,
		.main = { { "慢性腎臓病", "N18.9" } },
		.second = { { "腎性貧血", "D63.8" }, { "高血圧症", "I10" } },
		.drugs = { AMLODIPINE, BICARBONATE, FUROSEMIDE },
		.visits_min = 1, .visits_max = 2, .doctor_days = 14,
		.systolic = 138, .pulse = 72, .spo2 = 97, .respiration = 16, .care_min = 1, .care_max = 3,
	},
	[ARTHRITIS] = {
		.per_thousand = 15, .age = 77, .age_spread = 10,
		.main = { { "関節リウマチ", "M06.9" } },
		.second = { { "骨粗鬆症", "M81.9" } },
		.drugs = { METHOTREXATE, PREDNISOLONE, LANSOPRAZOLE, ALENDRONATE, ELDECALCITOL },
		.visits_min = 1, .visits_max = 2, .doctor_days = 14,
		.systolic = 128, .pulse = 74, .spo2 = 97, .respiration = 16, .care_min = 1, .care_max = 3,
	},
};

const struct comorbidity comorbidities[] = {
	{ { "高血圧症", "I10" }, AMLODIPINE, 30, PATIENT_SEX_UNSPECIFIED },
	{ { "脂質異常症", "E78.5" }, ROSUVASTATIN, 18, PATIENT_SEX_UNSPECIFIED },
	{ { "便秘症", "K59.0" }, MAGNESIUM, 28, PATIENT_SEX_UNSPECIFIED },
	{ { "不眠症", "G47.0" }, LEMBOREXANT, 18, PATIENT_SEX_UNSPECIFIED },
	{ { "変形性膝関節症", "M17.9" }, LOXOPROFEN, 22, PATIENT_SEX_UNSPECIFIED },
	{ { "骨粗鬆症", "M81.9" }, ELDECALCITOL, 16, PATIENT_SEX_FEMALE },
	{ { "前立腺肥大症", "N40" }, TAMSULOSIN, 32, PATIENT_SEX_MALE },
	{ { "過活動膀胱", "N32.8" }, MIRABEGRON, 12, PATIENT_SEX_FEMALE },
	{ { "緑内障", "H40.9" }, LATANOPROST, 9, PATIENT_SEX_UNSPECIFIED },
	{ { "甲状腺機能低下症", "E03.9" }, LEVOTHYROXINE, 6, PATIENT_SEX_UNSPECIFIED },
	{ { "鉄欠乏性貧血", "D50.9" }, FERROUS, 7, PATIENT_SEX_UNSPECIFIED },
	{ { "皮脂欠乏症", "L85.3" }, HEPARINOID, 14, PATIENT_SEX_UNSPECIFIED },
	{ { "腰部脊柱管狭窄症", "M48.0" }, PREGABALIN, 12, PATIENT_SEX_UNSPECIFIED },
	{ { "加齢性難聴", "H91.1" }, NO_DRUG, 14, PATIENT_SEX_UNSPECIFIED },
	{ { "白内障術後", "Z96.1" }, NO_DRUG, 12, PATIENT_SEX_UNSPECIFIED },
	{ { "胃癌術後", "Z85.0" }, NO_DRUG, 4, PATIENT_SEX_UNSPECIFIED },
};
const size_t n_comorbidities = sizeof(comorbidities) / sizeof(*comorbidities);

const struct allergen allergens[] = {
	{ "ペニシリン系抗菌薬", "全身の発疹", true },
	{ "セフェム系抗菌薬", "薬疹", false },
	{ "ヨード造影剤", "血圧低下・嘔気", true },
	{ "アスピリン", "喘息発作", true },
	{ "そば", "口腔の違和感・蕁麻疹", false },
	{ "えび・かに", "蕁麻疹", false },
	{ "鶏卵", "蕁麻疹", false },
	{ "アルコール綿", "接触部の発赤", false },
	{ "テープかぶれ（アクリル系粘着剤）", "貼付部のびらん", false },
	{ "ラテックス", "接触皮膚炎", false },
	{ "ロキソプロフェン（内服）", "胃痛・発疹", false },
	{ "さば", "蕁麻疹", false },
};
const size_t n_allergens = sizeof(allergens) / sizeof(*allergens);

const struct hazard hazards[] = {
	{ "MRSA保菌（喀痰）。手袋・エプロン着用、訪問順は最後に。", true, 0 },
	{ "HBs抗原陽性。血液・体液に触れるときは手袋着用。", true, 0 },
	{ "HCV抗体陽性。採血時の針刺しに注意。", true, 0 },
	{ "ESBL産生菌（尿）。おむつ交換時は手袋・エプロン、交換後は手洗い。", true, 0 },
	{ "疥癬治療後、経過観察中。皮疹・かゆみの再燃があれば連絡を。", true, 0 },
	{ "転倒リスク高。夜間トイレ歩行時のふらつきあり、センサーマット使用中。", false, ~(THEME(ALS) | THEME(ULCER)) },
	{ "誤嚥リスクあり。水分はとろみ（薄い）、食事中は姿勢を90度に。", false, THEME(STROKE) | THEME(PARKINSON) | THEME(DEMENTIA) | THEME(ALS) },
	{ "在宅酸素使用中。火気厳禁（ガスこんろ・線香・たばこ）。", false, THEME(LUNG) },
	{ "玄関は施錠、鍵はキーボックス。番号は事業所に確認を。", false, 0 },
	{ "大型犬あり。訪問前に電話し、別室に入れてもらうこと。", false, 0 },
	{ "認知症による外出あり。門扉の施錠を確認して退室。", false, THEME(DEMENTIA) },
	{ "起立性低血圧あり。起き上がりはゆっくり、座位で1分待つ。", false, THEME(PARKINSON) | THEME(HEART) },
};
const size_t n_hazards = sizeof(hazards) / sizeof(*hazards);
