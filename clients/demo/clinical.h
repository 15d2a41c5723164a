/*
 * What people who are cared for at home have and take: tables, and the pictures ("profiles") that
 * patients are drawn from. Codes are ICD-10; medicines bear their generic names, doses are usual ones
 * for the old. None of it is advice.
 */
#ifndef CLINICAL_H
#define CLINICAL_H

#include <stdbool.h>
#include <stddef.h>

#include "names.h"

#define ICD10 "http://hl7.org/fhir/sid/icd-10"

/* X(id, name, strength and form, dose) */
#define DRUGS(X) \
	X(NO_DRUG, "", "", "") \
	X(AMLODIPINE, "アムロジピン", "錠5mg", "1回1錠 1日1回 朝食後") \
	X(CANDESARTAN, "カンデサルタン", "錠4mg", "1回1錠 1日1回 朝食後") \
	X(FUROSEMIDE, "フロセミド", "錠20mg", "1回1錠 1日1回 朝食後") \
	X(SPIRONOLACTONE, "スピロノラクトン", "錠25mg", "1回1錠 1日1回 朝食後") \
	X(BISOPROLOL, "ビソプロロールフマル酸塩", "錠2.5mg", "1回1錠 1日1回 朝食後") \
	X(DAPAGLIFLOZIN, "ダパグリフロジン", "錠5mg", "1回1錠 1日1回 朝食後") \
	X(WARFARIN, "ワルファリンカリウム", "錠1mg", "1回2錠 1日1回 夕食後") \
	X(APIXABAN, "アピキサバン", "錠2.5mg", "1回1錠 1日2回 朝夕食後") \
	X(EDOXABAN, "エドキサバン", "錠30mg", "1回1錠 1日1回 朝食後") \
	X(CLOPIDOGREL, "クロピドグレル", "錠75mg", "1回1錠 1日1回 朝食後") \
	X(ASPIRIN, "アスピリン", "腸溶錠100mg", "1回1錠 1日1回 朝食後") \
	X(CILOSTAZOL, "シロスタゾール", "OD錠100mg", "1回1錠 1日2回 朝夕食後") \
	X(ROSUVASTATIN, "ロスバスタチン", "錠2.5mg", "1回1錠 1日1回 夕食後") \
	X(DONEPEZIL, "ドネペジル塩酸塩", "錠5mg", "1回1錠 1日1回 朝食後") \
	X(MEMANTINE, "メマンチン塩酸塩", "OD錠20mg", "1回1錠 1日1回 夕食後") \
	X(LEVODOPA, "レボドパ・カルビドパ配合", "錠L100", "1回1錠 1日3回 毎食後") \
	X(PRAMIPEXOLE, "プラミペキソール塩酸塩", "錠0.5mg", "1回1錠 1日3回 毎食後") \
	X(TIOTROPIUM, "チオトロピウム", "2.5μg吸入用", "1回2吸入 1日1回 朝") \
	X(CARBOCISTEINE, "カルボシステイン", "錠500mg", "1回1錠 1日3回 毎食後") \
	X(METFORMIN, "メトホルミン塩酸塩", "錠250mg", "1回1錠 1日2回 朝夕食後") \
	X(LINAGLIPTIN, "リナグリプチン", "錠5mg", "1回1錠 1日1回 朝食後") \
	X(GLARGINE, "インスリン グラルギン", "注", "1回8単位 1日1回 朝食前 皮下注") \
	X(ALENDRONATE, "アレンドロン酸", "錠35mg", "1回1錠 週1回 起床時 服用後30分は横にならない") \
	X(ELDECALCITOL, "エルデカルシトール", "カプセル0.75μg", "1回1カプセル 1日1回 朝食後") \
	X(DENOSUMAB, "デノスマブ", "皮下注60mg", "6か月に1回 皮下注") \
	X(MAGNESIUM, "酸化マグネシウム", "錠330mg", "1回1錠 1日3回 毎食後") \
	X(SENNOSIDE, "センノシド", "錠12mg", "1回2錠 就寝前 便秘時") \
	X(LANSOPRAZOLE, "ランソプラゾール", "OD錠15mg", "1回1錠 1日1回 朝食後") \
	X(LEMBOREXANT, "レンボレキサント", "錠5mg", "1回1錠 1日1回 就寝前") \
	X(ACETAMINOPHEN, "アセトアミノフェン", "錠200mg", "1回2錠 1日3回 毎食後") \
	X(PREGABALIN, "プレガバリン", "OD錠25mg", "1回1錠 1日2回 朝夕食後") \
	X(OXYCODONE, "オキシコドン", "徐放錠5mg", "1回1錠 1日2回 12時間ごと") \
	X(HYDROMORPHONE, "ヒドロモルフォン", "錠1mg", "1回1錠 疼痛時 1時間あけて追加可") \
	X(NALDEMEDINE, "ナルデメジン", "錠0.2mg", "1回1錠 1日1回 朝食後") \
	X(TAMSULOSIN, "タムスロシン塩酸塩", "OD錠0.2mg", "1回1錠 1日1回 朝食後") \
	X(MIRABEGRON, "ミラベグロン", "錠50mg", "1回1錠 1日1回 朝食後") \
	X(YOKUKANSAN, "抑肝散", "エキス顆粒2.5g", "1回1包 1日2回 朝夕食前") \
	X(LEVOTHYROXINE, "レボチロキシンNa", "錠50μg", "1回1錠 1日1回 起床時") \
	X(METHOTREXATE, "メトトレキサート", "カプセル2mg", "1回2カプセル 週1回（月曜）朝食後") \
	X(PREDNISOLONE, "プレドニゾロン", "錠5mg", "1回1錠 1日1回 朝食後") \
	X(RILUZOLE, "リルゾール", "錠50mg", "1回1錠 1日2回 朝夕食前") \
	X(BICARBONATE, "炭酸水素ナトリウム", "錠500mg", "1回1錠 1日3回 毎食後") \
	X(FERROUS, "クエン酸第一鉄Na", "錠50mg", "1回1錠 1日1回 夕食後") \
	X(SUGAR_IODINE, "精製白糖・ポビドンヨード", "軟膏", "1日1回 洗浄後に創部へ塗布") \
	X(HEPARINOID, "ヘパリン類似物質", "クリーム0.3%", "1日2回 四肢・体幹へ塗布") \
	X(LATANOPROST, "ラタノプロスト", "点眼液0.005%", "1日1回 就寝前 両眼に1滴") \
	X(LOXOPROFEN, "ロキソプロフェンNa", "テープ100mg", "1日1回 患部に1枚") \
	X(LEVOFLOXACIN, "レボフロキサシン", "錠250mg", "1回1錠 1日1回 朝食後 7日間") \
	X(NUTRITION, "経腸栄養剤（半消化態）", "250mL", "1日2本 間食として少しずつ")

enum drug {
#define DRUG_ID(id, name, form, dose) id,
	DRUGS(DRUG_ID)
#undef DRUG_ID
	N_DRUGS
};

struct medicine {
	const char *name, *form, *dose;
};
extern const struct medicine medicines[N_DRUGS];

struct diagnosis {
	const char *name, *code;
};

enum theme {
	STROKE, RHYTHM, HEART, LUNG, DEMENTIA, PARKINSON, CANCER, DIABETES, FRACTURE, ULCER, ALS,
	KIDNEY, ARTHRITIS, THEMES
};
#define THEME(name) (1u << (name))

#define PROFILE_DIAGNOSES 3
#define PROFILE_DRUGS 6

struct profile {
	unsigned per_thousand;                  /* of all patients */
	int age, age_spread;
	struct diagnosis main[PROFILE_DIAGNOSES]; /* one of these */
	struct diagnosis second[PROFILE_DIAGNOSES]; /* all of these */
	enum drug drugs[PROFILE_DRUGS];
	enum drug one_of[PROFILE_DIAGNOSES];    /* and one of these */
	int visits_min, visits_max;             /* of the nurse, a week */
	int doctor_days;                        /* between two visits of the doctor */
	int systolic, pulse, spo2, respiration; /* around which this person's lie */
	int care_min, care_max;                 /* care level (要介護) */
};
extern const struct profile profiles[THEMES];

/* What many have besides. */
struct comorbidity {
	struct diagnosis diagnosis;
	enum drug drug;
	unsigned percent;
	Patient_Sex sex; /* unspecified: all */
};
extern const struct comorbidity comorbidities[];
extern const size_t n_comorbidities;

struct allergen {
	const char *substance, *reaction;
	bool severe;
};
extern const struct allergen allergens[];
extern const size_t n_allergens;

struct hazard {
	const char *text;
	bool infection;
	unsigned themes; /* whom it fits; 0: everybody */
};
extern const struct hazard hazards[];
extern const size_t n_hazards;

#endif
