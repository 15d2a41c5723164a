#include "clients/demo/places.h"

#include "clients/demo/person_names.h"

static const struct word plants[] = {
	{ "柊", "ヒイラギ" },         { "楓", "カエデ" },
	{ "椿", "ツバキ" },           { "橘", "タチバナ" },
	{ "楠", "クスノキ" },         { "欅", "ケヤキ" },
	{ "榎", "エノキ" },           { "槐", "エンジュ" },
	{ "菫", "スミレ" },           { "芙蓉", "フヨウ" },
	{ "竜胆", "リンドウ" },       { "桔梗", "キキョウ" },
	{ "撫子", "ナデシコ" },       { "木犀", "モクセイ" },
	{ "山査子", "サンザシ" },     { "沈丁花", "ジンチョウゲ" },
};

static const struct word stones[] = {
	{ "琥珀", "コハク" },     { "翡翠", "ヒスイ" },     { "瑠璃", "ルリ" },
	{ "珊瑚", "サンゴ" },     { "瑪瑙", "メノウ" },     { "水晶", "スイショウ" },
	{ "玻璃", "ハリ" },       { "真珠", "シンジュ" },   { "黒曜", "コクヨウ" },
	{ "碧玉", "ヘキギョク" },
};
static const struct word birds[] = {
	{ "雲雀", "ヒバリ" },   { "鶺鴒", "セキレイ" }, { "鶯", "ウグイス" },
	{ "千鳥", "チドリ" },   { "燕", "ツバメ" },     { "鴎", "カモメ" },
	{ "鶫", "ツグミ" },     { "鷺", "サギ" },       { "雉", "キジ" },
	{ "鶉", "ウズラ" },     { "鴫", "シギ" },       { "郭公", "カッコウ" },
};

/* What comes before and behind the two words. The second word changes where the first list ends. */
#define LIST(words) words, sizeof(words) / sizeof(*(words))
static const struct style {
	OrganisationKind kind;
	const struct word *first;
	size_t n_first;
	const struct word second[3];
	const char *before, *before_kana;
	struct word behind[2]; /* in turn */
} styles[] = {
	{ ORGANISATION_KIND_CLINIC, LIST(plants),
	  { { "星", "ボシ" }, { "雲", "グモ" }, { "帆", "ホ" } }, "", "",
	  { { "クリニック", "クリニック" }, { "内科医院", "ナイカイイン" } } },
	{ ORGANISATION_KIND_NURSE_STATION, LIST(plants), { { "風", "カゼ" } },
	  "訪問看護ステーション", "ホウモンカンゴステーション", { { "", "" }, { "", "" } } },
	{ ORGANISATION_KIND_HOSPITAL, LIST(stones), { { "峰", "ミネ" }, { "湊", "ミナト" } }, "", "",
	  { { "病院", "ビョウイン" }, { "記念病院", "キネンビョウイン" } } },
	{ ORGANISATION_KIND_PHARMACY, LIST(stones), { { "泉", "イズミ" }, { "鈴", "スズ" } }, "", "",
	  { { "薬局", "ヤッキョク" }, { "調剤薬局", "チョウザイヤッキョク" } } },
	{ ORGANISATION_KIND_DENTAL_CLINIC, LIST(birds), { { "笛", "ブエ" } }, "", "",
	  { { "歯科医院", "シカイイン" }, { "歯科クリニック", "シカクリニック" } } },
	{ ORGANISATION_KIND_CARE_MANAGEMENT_OFFICE, LIST(birds),
	  { { "橋", "バシ" }, { "文", "ブミ" } }, "", "",
	  { { "ケアプランセンター", "ケアプランセンター" },
	    { "居宅介護支援事業所", "キョタクカイゴシエンジギョウショ" } } },
	{ ORGANISATION_KIND_HELPER_OFFICE, LIST(birds), { { "羽", "バネ" } },
	  "ヘルパーステーション", "ヘルパーステーション", { { "", "" }, { "", "" } } },
};

void place_organisation(struct city *city, OrganisationKind kind, unsigned number, char **name,
			char **kana)
{
	const struct style *style = styles;
	unsigned index = number - 1;

	while (style->kind != kind)
		style++;
	const struct word *first = &style->first[index % style->n_first];
	const struct word *second = &style->second[index / style->n_first];
	const struct word *behind = &style->behind[index % 2];
	*name = arena_printf(city->arena, "%s%s%s%s", style->before, first->text, second->text,
			     behind->text);
	*kana = arena_printf(city->arena, "%s%s%s%s", style->before_kana, first->kana, second->kana,
			     behind->kana);
}

/* In the order of the areas: north, west, south. */
static const char *const districts[CITY_AREAS][6] = {
	{ "霧笛台", "柊星町", "氷雨沢", "鶺鴒丘", "琥珀峰", "雪蛍町" },
	{ "夕凪舟町", "楓雲町", "瑪瑙原", "茜帆台", "鴎文町", "蜜柑窓" },
	{ "潮鈴町", "橘帆町", "珊瑚湊", "陽炎坂", "雲雀橋", "虹苔町" },
};

const char *place_district(struct dice *dice, Area area)
{
	return DICE_PICK(dice, districts[area - AREA_NORTH]);
}

char *place_address(struct city *city, struct dice *dice, const char *district)
{
	return arena_printf(city->arena, "つなぎ市%s%d丁目%d-%d", district, dice_between(dice, 1, 5),
			    dice_between(dice, 1, 28), dice_between(dice, 1, 19));
}
