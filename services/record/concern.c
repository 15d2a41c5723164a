#include "concern.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "text.h"

/*
 * Source of the codes: MHLW, 薬価基準収載品目リスト of 16 July 2025; the first four digits are the class of
 * 日本標準商品分類 (87 omitted), seven digits the ingredient and route.
 *
 * Source of the choice: 日本有病者歯科医療学会・日本口腔外科学会・日本老年歯科医学会, 抗血栓療法患者の抜歯に関する
 * ガイドライン 2020 (antithrombotics: anticoagulants and antiplatelet agents); 日本口腔外科学会ほか,
 * 薬剤関連顎骨壊死の病態と管理：ポジションペーパー 2023 (bisphosphonates, denosumab, romosozumab).
 *
 * 333 and 3399 also hold what is no antithrombotic, so the table names ingredients:
 *  - not in it: citrate for stored blood (33314, 33317), the heparin-like skin ointment (3339950), and of
 *    3399 G-CSF, thrombopoietin agonists (lusutrombopag, avatrombopag), antidotes (idarucizumab,
 *    andexanet), plerixafor, luspatercept, ADAMTS13, tuberculin extract, trometamol, Ringer's;
 *  - in it: limaprost, ethyl icosapentate, beraprost, sarpogrelate, weak antiplatelet agents whose
 *    package inserts warn of bleeding, and caplacizumab, which makes bleed.
 * Outside of both stand argatroban, ozagrel, dipyridamole and trapidil (2190, 3999, 2171), and the
 * capsule of ethyl icosapentate for lipids (2189) and aspirin for pain (1143): the same question.
 * Raloxifene and bazedoxifene (3999) are no cause of osteonecrosis of the jaw, nor are calcitonin or
 * teriparatide (2439).
 */
static const struct {
	const char *code; /* the beginning of it */
	Concern concern;
} codes[] = {
	{ "3332001", CONCERN_ANTITHROMBOTIC }, /* warfarin */
	{ "3334", CONCERN_ANTITHROMBOTIC },    /* heparins, dalteparin, parnaparin, enoxaparin */
	{ "3339001", CONCERN_ANTITHROMBOTIC }, /* dabigatran */
	{ "3339002", CONCERN_ANTITHROMBOTIC }, /* edoxaban */
	{ "3339003", CONCERN_ANTITHROMBOTIC }, /* rivaroxaban */
	{ "3339004", CONCERN_ANTITHROMBOTIC }, /* apixaban */
	{ "3339400", CONCERN_ANTITHROMBOTIC }, /* fondaparinux */
	{ "3339401", CONCERN_ANTITHROMBOTIC }, /* thrombomodulin alfa */
	{ "3399001", CONCERN_ANTITHROMBOTIC }, /* ticlopidine */
	{ "3399002", CONCERN_ANTITHROMBOTIC }, /* cilostazol */
	{ "3399003", CONCERN_ANTITHROMBOTIC }, /* limaprost alfadex */
	{ "3399004", CONCERN_ANTITHROMBOTIC }, /* ethyl icosapentate */
	{ "3399005", CONCERN_ANTITHROMBOTIC }, /* beraprost */
	{ "3399006", CONCERN_ANTITHROMBOTIC }, /* sarpogrelate */
	{ "3399007", CONCERN_ANTITHROMBOTIC }, /* aspirin, low dose */
	{ "3399008", CONCERN_ANTITHROMBOTIC }, /* clopidogrel */
	{ "3399009", CONCERN_ANTITHROMBOTIC }, /* prasugrel */
	{ "3399011", CONCERN_ANTITHROMBOTIC }, /* ticagrelor */
	{ "33991", CONCERN_ANTITHROMBOTIC },   /* combinations with aspirin */
	{ "3399415", CONCERN_ANTITHROMBOTIC }, /* caplacizumab */
	{ "1143001", CONCERN_ANTITHROMBOTIC }, /* aspirin, as an analgesic */
	{ "2171010", CONCERN_ANTITHROMBOTIC }, /* dipyridamole */
	{ "2171402", CONCERN_ANTITHROMBOTIC }, /* dipyridamole, injection */
	{ "2171012", CONCERN_ANTITHROMBOTIC }, /* trapidil */
	{ "2189021", CONCERN_ANTITHROMBOTIC }, /* ethyl icosapentate, EM capsule */
	{ "2190408", CONCERN_ANTITHROMBOTIC }, /* argatroban */
	{ "3999411", CONCERN_ANTITHROMBOTIC }, /* ozagrel sodium */
	{ "3999010", CONCERN_BONE_MODIFYING }, /* etidronate */
	{ "3999018", CONCERN_BONE_MODIFYING }, /* alendronate */
	{ "3999019", CONCERN_BONE_MODIFYING }, /* risedronate */
	{ "3999026", CONCERN_BONE_MODIFYING }, /* minodronate */
	{ "3999040", CONCERN_BONE_MODIFYING }, /* ibandronate */
	{ "3999418", CONCERN_BONE_MODIFYING }, /* pamidronate */
	{ "3999419", CONCERN_BONE_MODIFYING }, /* alendronate, infusion */
	{ "3999423", CONCERN_BONE_MODIFYING }, /* zoledronate */
	{ "3999435", CONCERN_BONE_MODIFYING }, /* denosumab */
	{ "3999438", CONCERN_BONE_MODIFYING }, /* ibandronate, injection */
	{ "3999449", CONCERN_BONE_MODIFYING }, /* romosozumab */
};

/*
 * Where there is no code: the generic names in Japanese and English, and the brands that people say
 * and write instead. Folded as by text_fold (no spaces, ー for every dash, lower case); found anywhere
 * in the folded name, so that "ワルファリンK錠1mg「…」" is found; hence nothing short or common is here.
 */
static const struct {
	const char *name;
	Concern concern;
} names[] = {
	{ "ワルファリン", CONCERN_ANTITHROMBOTIC },
	{ "ワーファリン", CONCERN_ANTITHROMBOTIC },
	{ "warfarin", CONCERN_ANTITHROMBOTIC },
	{ "ヘパリン", CONCERN_ANTITHROMBOTIC },
	{ "heparin", CONCERN_ANTITHROMBOTIC },
	{ "ダルテパリン", CONCERN_ANTITHROMBOTIC },
	{ "dalteparin", CONCERN_ANTITHROMBOTIC },
	{ "パルナパリン", CONCERN_ANTITHROMBOTIC },
	{ "parnaparin", CONCERN_ANTITHROMBOTIC },
	{ "エノキサパリン", CONCERN_ANTITHROMBOTIC },
	{ "クレキサン", CONCERN_ANTITHROMBOTIC },
	{ "enoxaparin", CONCERN_ANTITHROMBOTIC },
	{ "ダビガトラン", CONCERN_ANTITHROMBOTIC },
	{ "プラザキサ", CONCERN_ANTITHROMBOTIC },
	{ "dabigatran", CONCERN_ANTITHROMBOTIC },
	{ "エドキサバン", CONCERN_ANTITHROMBOTIC },
	{ "リクシアナ", CONCERN_ANTITHROMBOTIC },
	{ "edoxaban", CONCERN_ANTITHROMBOTIC },
	{ "リバーロキサバン", CONCERN_ANTITHROMBOTIC },
	{ "イグザレルト", CONCERN_ANTITHROMBOTIC },
	{ "rivaroxaban", CONCERN_ANTITHROMBOTIC },
	{ "アピキサバン", CONCERN_ANTITHROMBOTIC },
	{ "エリキュース", CONCERN_ANTITHROMBOTIC },
	{ "apixaban", CONCERN_ANTITHROMBOTIC },
	{ "フォンダパリヌクス", CONCERN_ANTITHROMBOTIC },
	{ "アリクストラ", CONCERN_ANTITHROMBOTIC },
	{ "fondaparinux", CONCERN_ANTITHROMBOTIC },
	{ "トロンボモデュリン", CONCERN_ANTITHROMBOTIC },
	{ "thrombomodulin", CONCERN_ANTITHROMBOTIC },
	{ "アルガトロバン", CONCERN_ANTITHROMBOTIC },
	{ "argatroban", CONCERN_ANTITHROMBOTIC },
	{ "チクロピジン", CONCERN_ANTITHROMBOTIC },
	{ "パナルジン", CONCERN_ANTITHROMBOTIC },
	{ "ticlopidine", CONCERN_ANTITHROMBOTIC },
	{ "シロスタゾール", CONCERN_ANTITHROMBOTIC },
	{ "プレタール", CONCERN_ANTITHROMBOTIC },
	{ "cilostazol", CONCERN_ANTITHROMBOTIC },
	{ "リマプロスト", CONCERN_ANTITHROMBOTIC },
	{ "オパルモン", CONCERN_ANTITHROMBOTIC },
	{ "プロレナール", CONCERN_ANTITHROMBOTIC },
	{ "limaprost", CONCERN_ANTITHROMBOTIC },
	{ "イコサペント酸", CONCERN_ANTITHROMBOTIC },
	{ "エパデール", CONCERN_ANTITHROMBOTIC },
	{ "icosapent", CONCERN_ANTITHROMBOTIC },
	{ "ベラプロスト", CONCERN_ANTITHROMBOTIC },
	{ "beraprost", CONCERN_ANTITHROMBOTIC },
	{ "サルポグレラート", CONCERN_ANTITHROMBOTIC },
	{ "アンプラーグ", CONCERN_ANTITHROMBOTIC },
	{ "sarpogrelate", CONCERN_ANTITHROMBOTIC },
	{ "アスピリン", CONCERN_ANTITHROMBOTIC },
	{ "バイアスピリン", CONCERN_ANTITHROMBOTIC },
	{ "バファリン", CONCERN_ANTITHROMBOTIC },
	{ "タケルダ", CONCERN_ANTITHROMBOTIC },
	{ "キャブピリン", CONCERN_ANTITHROMBOTIC },
	{ "コンプラビン", CONCERN_ANTITHROMBOTIC },
	{ "aspirin", CONCERN_ANTITHROMBOTIC },
	{ "クロピドグレル", CONCERN_ANTITHROMBOTIC },
	{ "プラビックス", CONCERN_ANTITHROMBOTIC },
	{ "clopidogrel", CONCERN_ANTITHROMBOTIC },
	{ "プラスグレル", CONCERN_ANTITHROMBOTIC },
	{ "エフィエント", CONCERN_ANTITHROMBOTIC },
	{ "prasugrel", CONCERN_ANTITHROMBOTIC },
	{ "チカグレロル", CONCERN_ANTITHROMBOTIC },
	{ "ブリリンタ", CONCERN_ANTITHROMBOTIC },
	{ "ticagrelor", CONCERN_ANTITHROMBOTIC },
	{ "カプラシズマブ", CONCERN_ANTITHROMBOTIC },
	{ "caplacizumab", CONCERN_ANTITHROMBOTIC },
	{ "ジピリダモール", CONCERN_ANTITHROMBOTIC },
	{ "dipyridamole", CONCERN_ANTITHROMBOTIC },
	{ "トラピジル", CONCERN_ANTITHROMBOTIC },
	{ "trapidil", CONCERN_ANTITHROMBOTIC },
	{ "オザグレルナトリウム", CONCERN_ANTITHROMBOTIC },
	{ "オザグレルna", CONCERN_ANTITHROMBOTIC },
	{ "エチドロン酸", CONCERN_BONE_MODIFYING },
	{ "ダイドロネル", CONCERN_BONE_MODIFYING },
	{ "etidron", CONCERN_BONE_MODIFYING },
	{ "アレンドロン酸", CONCERN_BONE_MODIFYING },
	{ "フォサマック", CONCERN_BONE_MODIFYING },
	{ "ボナロン", CONCERN_BONE_MODIFYING },
	{ "alendron", CONCERN_BONE_MODIFYING },
	{ "リセドロン酸", CONCERN_BONE_MODIFYING },
	{ "アクトネル", CONCERN_BONE_MODIFYING },
	{ "ベネット錠", CONCERN_BONE_MODIFYING },
	{ "risedron", CONCERN_BONE_MODIFYING },
	{ "ミノドロン酸", CONCERN_BONE_MODIFYING },
	{ "ボノテオ", CONCERN_BONE_MODIFYING },
	{ "リカルボン", CONCERN_BONE_MODIFYING },
	{ "minodron", CONCERN_BONE_MODIFYING },
	{ "イバンドロン酸", CONCERN_BONE_MODIFYING },
	{ "ボンビバ", CONCERN_BONE_MODIFYING },
	{ "ibandron", CONCERN_BONE_MODIFYING },
	{ "パミドロン酸", CONCERN_BONE_MODIFYING },
	{ "pamidron", CONCERN_BONE_MODIFYING },
	{ "ゾレドロン酸", CONCERN_BONE_MODIFYING },
	{ "ゾメタ", CONCERN_BONE_MODIFYING },
	{ "リクラスト", CONCERN_BONE_MODIFYING },
	{ "zoledron", CONCERN_BONE_MODIFYING },
	{ "デノスマブ", CONCERN_BONE_MODIFYING },
	{ "ランマーク", CONCERN_BONE_MODIFYING },
	{ "プラリア", CONCERN_BONE_MODIFYING },
	{ "denosumab", CONCERN_BONE_MODIFYING },
	{ "ロモソズマブ", CONCERN_BONE_MODIFYING },
	{ "イベニティ", CONCERN_BONE_MODIFYING },
	{ "romosozumab", CONCERN_BONE_MODIFYING },
};

/* They hold a name of the table and are not it: the heparin-like ointment, and "without". */
static const char *const other_things[] = { "ヘパリン類似物質", "ヘパリノイド", "heparinoid" };

/* Seven digits, a letter for the form, four digits. Individual (YJ) codes look the same and begin with
 * the same seven. */
static bool is_drug_code(const char *code)
{
	if (strlen(code) != 12)
		return false;
	for (size_t i = 0; i < 12; i++)
		if (i == 7 ? !isupper((unsigned char)code[i]) : !isdigit((unsigned char)code[i]))
			return false;
	return true;
}

static Concern by_code(const char *code)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (!strncmp(code, codes[i].code, strlen(codes[i].code)))
			return codes[i].concern;
	return CONCERN_UNSPECIFIED;
}

static Concern by_name(const char *folded)
{
	for (size_t i = 0; i < sizeof(other_things) / sizeof(*other_things); i++)
		if (strstr(folded, other_things[i]))
			return CONCERN_UNSPECIFIED;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strstr(folded, names[i].name))
			return names[i].concern;
	return CONCERN_UNSPECIFIED;
}

Concern concern_of_medicine(struct arena *arena, const char *code, const char *name)
{
	Concern concern = by_code(code);
	/* A whole code says what it is, and what it is not. A shorter one that is not in the table may be
	 * of another system (RxNorm's are numbers too). */
	if (is_drug_code(code) || (concern && strlen(code) == 7))
		return concern;
	const char *folded = text_fold(arena, name);
	return folded ? by_name(folded) : CONCERN_UNSPECIFIED;
}
