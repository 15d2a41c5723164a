#include "clients/demo/episodes.h"

#define STEP(on, who, what, says, ...) \
	{ .day = on, .by = who, .kind = ENTRY_KIND_##what, .text = says, __VA_ARGS__ }
#define ACTION(name) .how = MEDICATION_ACTION_##name
#define WORKER(name) (1u << (name))
#define END { .kind = ENTRY_KIND_UNSPECIFIED }
#define STEPS(...) (const struct step[]){ __VA_ARGS__, END }

const struct episode episode_warfarin = {
	.with = WARFARIN, .last_day = 7, .steps = STEPS(
		STEP(0, PHARMACIST, NOTE,
	     "訪問薬剤管理。納豆は控えているが、PT-INRの変動があり用量調整が続いている。"
	     "直接経口抗凝固薬への切り替えを主治医に相談。"),
		STEP(2, DOCTOR, RENAL, "採血結果", .value = 52),
		STEP(2, DOCTOR, NOTE,
	     "訪問診療。PT-INR 1.4〜3.1と不安定。腎機能は保たれており、"
	     "抗凝固薬の変更を本人・{kin}に説明し同意を得た。来週から切り替える。"),
		STEP(3, CARE_MANAGER, QUESTION,
	     "抗凝固薬が変わる予定と聞きました。"
	     "訪問介護や通所で気をつけることがあれば教えてください。",
	     .how = WORKER(DOCTOR) | WORKER(NURSE) | WORKER(PHARMACIST)),
		STEP(4, NURSE, ANSWER,
	     "皮下出血・歯ぐきの出血・黒い便があれば連絡をお願いします。"
	     "転倒して頭を打ったときは症状がなくても連絡を。"),
		STEP(4, PHARMACIST, ANSWER,
	     "切り替え日までワルファリンは今までどおりです。"
	     "納豆の制限は切り替え後は不要になります。"),
		STEP(5, DOCTOR, ANSWER,
	     "飲み忘れが続くと脳梗塞の危険が高まります。朝・夕の内服確認をお願いします。"),
		STEP(7, NURSE, NOTE,
	     "PT-INR 1.6（簡易測定）を主治医に報告。切り替えの日程を{kin}と確認、"
	     "残薬は薬局が回収予定。"),
		END) };

static const struct step infection[] = {
	STEP(0, NURSE, VITAL_SIGNS, "", .how = FEVER),
	STEP(0, NURSE, NOTE,
	     "尿混濁と悪臭あり。38度台の発熱、悪寒は軽度。食事は半量、水分は飲めている。"
	     "主治医に電話で報告した。"),
	STEP(0, DOCTOR, NOTE,
	     "臨時往診。尿路感染症と診断。全身状態は保たれており在宅で治療する。"
	     "水分を1日1200mL以上。"),
	STEP(0, DOCTOR, MEDICATION, "尿路感染症", .drug = LEVOFLOXACIN, ACTION(START)),
	STEP(1, PHARMACIST, NOTE,
	     "訪問薬剤管理。抗菌薬を配薬、朝の1回目から服用開始。"
	     "酸化マグネシウムとは2時間あけるよう説明。"),
	STEP(2, NURSE, VITAL_SIGNS, "", .how = SLIGHT_FEVER),
	STEP(2, NURSE, NOTE,
	     "36度台後半まで解熱。尿混濁は減少。{食欲が戻ってきた|水分を1300mL摂取}。"),
	STEP(5, NURSE, NOTE, "解熱を維持。尿は淡黄色透明。皮疹・下痢なし。"),
	STEP(7, DOCTOR, MEDICATION, "軽快、予定の投与を終了", .drug = LEVOFLOXACIN, ACTION(STOP)),
	END,
};

static const struct step decompensation[] = {
	STEP(0, HELPER, NOTE,
	     "訪問介護。靴下のあとがいつもより深く、ズボンがきつそうでした。"
	     "看護師さんに連絡しました。"),
	STEP(1, NURSE, WEIGHT, "前週より+1.8kg", .value = 1.8),
	STEP(1, NURSE, NOTE,
	     "下腿浮腫が増強、体重+1.8kg。夜間に{1|2}回、座って休むと楽になるとのこと。"
	     "湿性咳嗽なし。主治医に報告。"),
	STEP(1, DOCTOR, NOTE,
	     "臨時往診。両下肺に軽度の湿性ラ音。心不全の増悪初期。利尿薬を増量し、"
	     "3日後に看護師が体重を確認。"),
	STEP(1, DOCTOR, MEDICATION,
	     "心不全の増悪",
	     .drug = FUROSEMIDE, ACTION(CHANGE), .more = "1回2錠 1日1回 朝食後（40mg/日に増量）"),
	STEP(2, PHARMACIST, NOTE,
	     "訪問薬剤管理。利尿薬の増量分を配薬、カレンダーを差し替えた。旧用量の残薬は回収。"),
	STEP(4, NURSE, WEIGHT, "増量後3日", .value = -2.4),
	STEP(4, NURSE, NOTE,
	     "体重は増量前より2.4kg減。浮腫は軽減、夜間の息苦しさなし。立ちくらみなし。"),
	STEP(6, DOCTOR, RENAL, "利尿薬増量後の採血", .value = 41),
	STEP(6, CARE_MANAGER, PLAN,
	     "心不全の増悪を受け、訪問看護を週1回追加（2週間）。体重測定は毎朝、{kin}が記入する。"),
	END,
};

static const struct step fall[] = {
	STEP(0, HELPER, NOTE,
	     "訪問介護。朝、トイレ前で尻もちをついたと本人より。頭は打っていないとのこと。"
	     "{kin}と看護師さんに連絡しました。"),
	STEP(1, NURSE, NOTE,
	     "転倒の報告を受け訪問。臀部に3cm大の皮下出血、圧痛軽度。歩行・可動域に変化なし。"
	     "頭部打撲なし、意識清明。"),
	STEP(1, NURSE, PRECAUTION, "転倒あり。夜間はポータブルトイレを使用、足元灯を点灯。"),
	STEP(2, DOCTOR, NOTE,
	     "訪問診療。骨折を疑う所見なし。睡眠薬の影響も考え、夜間の様子を{kin}に聞き取り。"),
	STEP(2, CARE_MANAGER, PLAN,
	     "廊下とトイレ前に手すりを追加（福祉用具貸与）。マットを撤去。"
	     "夜間はポータブルトイレを使用する。"),
	STEP(4, NURSE, ACTIVITY, "手すりを使いトイレまで見守りで歩行。立ち上がりは安定。"),
	END,
};

static const struct step pneumonia[] = {
	STEP(0, NURSE, VITAL_SIGNS, "", .how = LOW_OXYGEN),
	STEP(0, NURSE, NOTE,
	     "朝から痰が多く38度台の発熱。右下肺で水泡音。SpO2低下あり主治医に電話、"
	     "臨時往診となった。"),
	STEP(0, DOCTOR, MOVEMENT,
	     "誤嚥性肺炎の疑い。本人・{kin}と相談し入院とした。診療情報提供書と内服一覧を送付。",
	     .how = MOVEMENT_KIND_ADMISSION),
	STEP(1, CARE_MANAGER, NOTE,
	     "入院に伴いサービスを一時停止、各事業所に連絡。"
	     "入院時情報を病院の地域連携室へ提供した。"),
	STEP(7, LIAISON, NOTE,
	     "病状は改善。嚥下食（きざみ・とろみ中間）で摂取可能。"
	     "退院前カンファレンスを今週行いたい。"),
	STEP(9, LIAISON, MOVEMENT,
	     "肺炎は軽快、抗菌薬は終了。食形態はきざみ、水分はとろみ（中間）。吸引器の手配済み。",
	     .how = MOVEMENT_KIND_DISCHARGE),
	STEP(10, NURSE, NOTE,
	     "退院後初回訪問。呼吸音清、むせは食事の後半にあり。吸引の手技を{kin}と確認した。"),
	STEP(10, NURSE, SWALLOWING, "とろみ（中間）でむせなし。食後30分は座位を保つ。"),
	STEP(11, DOCTOR, NOTE,
	     "訪問診療。退院後の状態は安定。再入院の希望について、本人・{kin}と改めて話し合った。"),
	STEP(11, CARE_MANAGER, PLAN,
	     "退院に伴い訪問看護を週3回に変更。訪問歯科による口腔ケアを追加する。"),
	END,
};

static const struct step pressure[] = {
	STEP(0, NURSE, VITAL_SIGNS, "", .how = HIGH_PRESSURE),
	STEP(0, NURSE, NOTE,
	     "血圧高めが続く（自宅の記録で朝150〜170台）。頭痛・めまいなし。"
	     "塩分の聞き取りでは{漬物と汁物が毎食|佃煮と梅干しを毎日}。"),
	STEP(1, DOCTOR, NOTE,
	     "訪問診療。家庭血圧の上昇を確認。降圧薬を増量し、2週間の血圧手帳で判断する。"),
	STEP(1, DOCTOR, MEDICATION,
	     "血圧高値",
	     .drug = AMLODIPINE, ACTION(CHANGE), .more = "1回1.5錠 1日1回 朝食後（7.5mg/日に増量）"),
	STEP(2, PHARMACIST, NOTE,
	     "訪問薬剤管理。アムロジピンの増量分を配薬。浮腫・ふらつきに注意するよう説明。"),
	STEP(5, NURSE, NOTE, "朝の血圧は130〜140台に低下。ふらつき・浮腫なし。"),
	END,
};

static const struct step sleeping[] = {
	STEP(0, NURSE, NOTE,
	     "日中の傾眠とふらつきあり。夜は20時に就寝、"
	     "睡眠薬は22時に再度起こして飲ませていたとのこと。"),
	STEP(1, PHARMACIST, NOTE,
	     "訪問薬剤管理。睡眠薬の持ち越しが疑われる。減量または中止を主治医に提案。"),
	STEP(2, DOCTOR, MEDICATION, "日中の傾眠とふらつき", .drug = LEMBOREXANT, ACTION(STOP)),
	STEP(2, DOCTOR, NOTE, "訪問診療。睡眠薬を中止。就寝を21時にし、日中の離床時間を増やす。"),
	STEP(5, NURSE, NOTE, "中止後も入眠できている。日中の眠気は改善、会話が増えた。"),
	END,
};

static const struct step constipation[] = {
	STEP(0, NURSE, NOTE,
	     "排便5日なし、腹部膨満あり。グル音は弱いが聴取。摘便で硬便中等量。"
	     "主治医に下剤の追加を相談。"),
	STEP(0, DOCTOR, MEDICATION, "便秘", .drug = SENNOSIDE, ACTION(START)),
	STEP(3, NURSE, NOTE,
	     "センノシド1回内服で{翌朝|翌日の昼}に普通便。腹痛なし。"
	     "2日排便がなければ使うよう{kin}に説明。"),
	END,
};

static const struct step pain[] = {
	STEP(0, NURSE, NOTE,
	     "疼痛NRS安静時5、体動時7。レスキューは昨日4回。夜間に痛みで目が覚める。主治医に報告。"),
	STEP(0, DOCTOR, MEDICATION,
	     "疼痛の増強",
	     .drug = OXYCODONE, ACTION(CHANGE), .more = "1回2錠 1日2回 12時間ごと（20mg/日に増量）"),
	STEP(0, DOCTOR, NOTE,
	     "臨時往診。定時薬を増量。レスキューは1時間あけて追加可。"
	     "眠気・呼吸数を看護師と確認していく。"),
	STEP(1, PHARMACIST, NOTE,
	     "訪問薬剤管理。医療用麻薬の増量分を交付、残数を確認。"
	     "便秘と眠気について{kin}に説明した。"),
	STEP(2, NURSE, NOTE,
	     "NRS安静時2、体動時3に軽減。レスキュー1回。眠気は軽度、呼吸数の低下なし。"
	     "「夜眠れた」と。"),
	STEP(4, DOCTOR, WISH,
	     "「最期まで家にいたい。点滴は望まない。痛みと苦しさは取ってほしい」。{kin}も了解。",
	     .more = "本人"),
	END,
};

static const struct step agitation[] = {
	STEP(0, CARE_MANAGER, NOTE,
	     "{kin}より電話。夕方になると「家に帰る」と玄関へ行き、止めると怒る。"
	     "ここ1週間で毎日とのこと。"),
	STEP(1, NURSE, NOTE,
	     "夕方の不穏について聞き取り。便秘・痛み・脱水は目立たず。"
	     "夕方に散歩や洗濯物たたみを取り入れるよう提案。"),
	STEP(2, DOCTOR, MEDICATION, "夕方の不穏", .drug = YOKUKANSAN, ACTION(START)),
	STEP(2, DOCTOR, NOTE,
	     "訪問診療。BPSDに対し環境調整を優先、漢方薬を少量で開始。"
	     "低カリウムに注意し2週間後に採血。"),
	STEP(4, CARE_MANAGER, PLAN,
	     "通所介護を週1回追加し、夕方まで利用する。"
	     "{kin}の休息のためショートステイの見学を調整。"),
	STEP(8, NURSE, NOTE,
	     "夕方の外出しようとする行動は週2回に減少。{kin}の表情も和らいだ。浮腫なし。"),
	END,
};

static const struct step swallowing[] = {
	STEP(0, NURSE, SWALLOWING,
	     "お茶で毎食むせあり。改訂水飲みテスト3点。食事時間が40分に延びている。"),
	STEP(0, NURSE, NOTE,
	     "食事中のむせが増加。発熱・痰の増加なし。水分にとろみ（薄い）を開始し、姿勢を調整。"
	     "歯科に評価を依頼したい。"),
	STEP(3, DENTIST, DENTAL,
	     "摂食嚥下評価：咽頭残留あり、咳嗽反射は保たれる。義歯の適合を調整。"
	     "口腔ケアは毎食後に。"),
	STEP(3, DENTIST, SWALLOWING,
	     "主食は軟飯、副食はきざみ・あんかけ、水分はとろみ（薄い）を推奨。"),
	STEP(4, CARE_MANAGER, PLAN,
	     "食形態の変更を配食サービスと通所介護に連絡。嚥下体操を食前に取り入れる。"),
	STEP(6, NURSE, NOTE, "とろみと食形態の変更後、むせは1日1回程度に減少。食事時間は25分。"),
	END,
};

static const struct step jaw[] = {
	STEP(0, DENTIST, DENTAL,
	     "右下6番の動揺と排膿あり、抜歯が必要。"
	     "骨吸収抑制薬の使用期間と休薬の可否を主治医に照会する。"),
	STEP(0, CARE_MANAGER, QUESTION,
	     "歯科で抜歯の予定です。内服中の薬と日程で気をつけることを教えてください。",
	     .how = WORKER(DOCTOR) | WORKER(PHARMACIST)),
	STEP(1, PHARMACIST, ANSWER,
	     "アレンドロン酸を2年以上服用中です。骨粗鬆症薬のほかに抗血栓薬はありません。"),
	STEP(2, DOCTOR, ANSWER,
	     "休薬なしでの抜歯を基本とします。口腔清掃を十分に行い、抜歯後の創を確認してください。"),
	STEP(5, DENTIST, DENTAL, "右下6番を抜歯、止血良好。骨露出なし。1週間後に創部を確認する。"),
	END,
};

static const struct step bathing[] = {
	STEP(0, CARE_MANAGER, QUESTION,
	     "本人が自宅での入浴を希望しています。可否と条件、気をつける点を教えてください。",
	     .how = WORKER(DOCTOR) | WORKER(NURSE) | WORKER(HELPER)),
	STEP(1, NURSE, ANSWER,
	     "血圧160以上・37.5度以上のときは清拭に変更してください。湯温40度、5分以内で。"),
	STEP(1, DOCTOR, ANSWER,
	     "全身状態は安定しており入浴可。食後1時間は避け、入浴前後に水分をとってください。"),
	STEP(1, HELPER, ANSWER,
	     "浴室の段差が高いです。すのこと手すりがあれば二人介助でできると思います。"),
	STEP(3, CARE_MANAGER, PLAN,
	     "回答をとりまとめ、週1回の訪問入浴から開始。浴室の手すりとすのこを手配する。"),
	END,
};

static const struct step leftovers[] = {
	STEP(0, PHARMACIST, NOTE,
	     "訪問薬剤管理。{med}が21日分残っている。飲み忘れが多い。"
	     "朝1回にまとめられないか主治医に相談。"),
	STEP(0, CARE_MANAGER, QUESTION,
	     "残薬が多いようです。それぞれの訪問時の内服の様子を教えてください。",
	     .how = WORKER(NURSE) | WORKER(PHARMACIST) | WORKER(HELPER)),
	STEP(1, NURSE, ANSWER,
	     "朝は声かけで飲めています。夕はひとりの時間で、飲んだかどうか本人も覚えていません。"),
	STEP(1, HELPER, ANSWER, "夕の訪問は火・木だけです。その日は目の前で飲んでもらっています。"),
	STEP(3, DOCTOR, NOTE,
	     "訪問診療。薬を整理し、朝にまとめる。一包化を継続。{kin}にも説明した。"),
	END,
};

static const struct step eruption[] = {
	STEP(0, HELPER, NOTE,
	     "訪問介護。腕とお腹に赤いぶつぶつがあり、かゆいとのこと。"
	     "写真を撮り看護師さんに連絡しました。"),
	STEP(1, NURSE, NOTE,
	     "体幹・両上肢に紅斑、かゆみあり。呼吸苦・粘膜疹なし。"
	     "3日前に他科で処方された抗菌薬を服用していた。主治医に報告。"),
	STEP(1, DOCTOR, ALLERGY,
	     "セフカペン ピボキシル",
	     .how = 0, .more = "服用3日目に体幹・上肢の紅斑"),
	STEP(1, DOCTOR, NOTE,
	     "臨時往診。薬疹と判断、原因と思われる抗菌薬を中止。粘膜症状なし。"
	     "以後セフェム系は避ける。"),
	STEP(2, PHARMACIST, NOTE,
	     "訪問薬剤管理。お薬手帳と薬局の記録に薬疹の情報を登録。残薬を回収した。"),
	STEP(4, NURSE, NOTE, "紅斑は退色傾向、かゆみ軽減。新しい皮疹なし。"),
	END,
};

static const struct step organism[] = {
	STEP(0, DOCTOR, PRECAUTION,
	     "喀痰からMRSAを検出（保菌）。手袋・エプロンを着用し、訪問は1日の最後に。"
	     "退室時に手指消毒。",
	     .how = 1),
	STEP(0, CARE_MANAGER, PLAN,
	     "保菌の連絡を受け、通所介護の座席と入浴の順番を調整。サービスは中止しない。"),
	STEP(1, NURSE, NOTE,
	     "感染対策を{kin}・ヘルパーと確認。発熱・膿性痰なし。物品は本人専用とした。"),
	END,
};

static const struct step low_sugar[] = {
	STEP(0, NURSE, NOTE,
	     "朝食前の血糖68mg/dL、冷汗あり。ブドウ糖10gで15分後104mg/dLに回復。"
	     "前夜の食事が少なかった。"),
	STEP(0, DOCTOR, MEDICATION,
	     "低血糖",
	     .drug = GLARGINE, ACTION(CHANGE), .more = "1回6単位 1日1回 朝食前 皮下注（2単位減量）"),
	STEP(1, PHARMACIST, NOTE,
	     "訪問薬剤管理。インスリンの減量を確認、単位の設定を{kin}と一緒に練習。"
	     "ブドウ糖を枕元に置いた。"),
	STEP(3, NURSE, NOTE, "減量後の朝食前血糖は110〜140mg/dL。低血糖症状なし。"),
	END,
};

static const struct step conference[] = {
	STEP(0, DOCTOR, WISH,
	     "「なるべくこの家で。苦しいことはしたくない」。{kin}同席のもと、"
	     "主治医・看護師と話し合った。",
	     .more = "本人"),
	STEP(0, CARE_MANAGER, PLAN,
	     "本人の意向を受け、"
	     "夜間の緊急時は訪問看護のオンコールへ連絡することを各事業所で共有した。"),
	STEP(1, NURSE, NOTE,
	     "話し合い後の気持ちを伺う。「言えてよかった」と。{kin}は夜間の不安が残るため、"
	     "連絡手順を書いて渡した。"),
	END,
};

static const struct step slip[] = {
	STEP(0, NURSE, WEIGHT, "体重測定", .value = 10),
	STEP(1, NURSE, WEIGHT,
	     "前回の記録は入力誤り。正しい値に訂正します。",
	     .value = 0.2, .corrects = true),
	END,
};

static const struct step wrong_note[] = {
	STEP(0, PHARMACIST, NOTE,
	     "訪問薬剤管理。{med}の残薬14日分。次回の処方日数を調整するよう主治医に連絡。"),
	STEP(1, PHARMACIST, NOTE,
	     "訪問薬剤管理。{med}の残薬は4日分でした（14日分は誤り）。処方日数の調整は不要です。",
	     .corrects = true),
	END,
};

static const struct step thin[] = {
	STEP(0, NURSE, WEIGHT, "1か月で減少", .value = -1.6),
	STEP(0, NURSE, NOTE,
	     "食事は半量程度、1か月で体重1.6kg減。義歯の痛みはない。"
	     "好物の{卵豆腐|バナナ|アイス}は食べられる。"),
	STEP(2, DOCTOR, MEDICATION, "食事摂取量の低下", .drug = NUTRITION, ACTION(START)),
	STEP(6, NURSE, NOTE,
	     "栄養剤は1日1本半飲めている。下痢なし。「コーヒー味がいい」とのこと。"),
	END,
};

const struct episode episodes[] = {
	{ .workers = WORKER(NURSE), .without = LEVOFLOXACIN, .last_day = 7, .weight = 10,
	  .steps = infection },
	{ .themes = THEME(HEART), .workers = WORKER(NURSE), .with = FUROSEMIDE, .last_day = 6,
	  .weight = 40, .steps = decompensation },
	{ .themes = ~(THEME(ALS) | THEME(ULCER)), .workers = WORKER(NURSE), .last_day = 4,
	  .weight = 12, .steps = fall },
	{ .themes = THEME(STROKE) | THEME(DEMENTIA) | THEME(PARKINSON) | THEME(ULCER),
	  .workers = WORKER(NURSE), .last_day = 11, .weight = 8, .steps = pneumonia },
	{ .themes = ~(THEME(HEART) | THEME(LUNG) | THEME(PARKINSON) | THEME(CANCER) | THEME(ULCER)),
	  .workers = WORKER(NURSE), .with = AMLODIPINE, .last_day = 5, .weight = 14,
	  .steps = pressure },
	{ .with = LEMBOREXANT, .workers = WORKER(NURSE), .last_day = 5, .weight = 25,
	  .steps = sleeping },
	{ .without = SENNOSIDE, .workers = WORKER(NURSE), .last_day = 3, .weight = 8,
	  .steps = constipation },
	{ .themes = THEME(CANCER), .workers = WORKER(NURSE), .with = OXYCODONE, .last_day = 4,
	  .weight = 50, .steps = pain },
	{ .themes = THEME(DEMENTIA), .workers = WORKER(NURSE) | WORKER(CARE_MANAGER),
	  .without = YOKUKANSAN, .last_day = 8, .weight = 25, .steps = agitation },
	{ .themes = THEME(STROKE) | THEME(PARKINSON) | THEME(DEMENTIA),
	  .workers = WORKER(NURSE) | WORKER(DENTIST), .last_day = 6, .weight = 40,
	  .steps = swallowing },
	{ .workers = WORKER(DENTIST) | WORKER(CARE_MANAGER) | WORKER(PHARMACIST),
	  .with = ALENDRONATE, .last_day = 5, .weight = 80, .steps = jaw },
	{ .workers = WORKER(CARE_MANAGER) | WORKER(NURSE), .last_day = 3, .weight = 8,
	  .steps = bathing },
	{ .workers = WORKER(CARE_MANAGER) | WORKER(NURSE) | WORKER(PHARMACIST), .last_day = 3,
	  .weight = 8, .steps = leftovers },
	{ .workers = WORKER(NURSE), .last_day = 4, .weight = 4, .steps = eruption },
	{ .workers = WORKER(NURSE) | WORKER(HELPER), .last_day = 1, .weight = 4,
	  .steps = organism },
	{ .themes = THEME(DIABETES), .workers = WORKER(NURSE), .with = GLARGINE, .last_day = 3,
	  .weight = 40, .steps = low_sugar },
	{ .workers = WORKER(NURSE) | WORKER(CARE_MANAGER), .last_day = 1, .weight = 6,
	  .steps = conference },
	{ .workers = WORKER(NURSE), .last_day = 1, .weight = 5, .steps = slip },
	{ .workers = WORKER(PHARMACIST), .last_day = 1, .weight = 5, .steps = wrong_note },
	{ .themes = THEME(DEMENTIA) | THEME(FRACTURE) | THEME(KIDNEY) | THEME(LUNG),
	  .workers = WORKER(NURSE), .without = NUTRITION, .last_day = 6, .weight = 8,
	  .steps = thin },
};
const size_t n_episodes = sizeof(episodes) / sizeof(*episodes);

/* ---- since yesterday ---------------------------------------------------------------------- */

static const struct step for_pharmacists[] = {
	STEP(0, DOCTOR, MEDICATION, "血圧低め、ふらつき", .drug = AMLODIPINE, ACTION(CHANGE),
	     .more = "1回0.5錠 1日1回 朝食後（2.5mg/日に減量）"),
	STEP(0, DOCTOR, MEDICATION, "日中の眠気", .drug = LEMBOREXANT, ACTION(STOP)),
	STEP(0, DOCTOR, MEDICATION, "軟便", .drug = MAGNESIUM, ACTION(CHANGE),
	     .more = "1回1錠 1日2回 朝夕食後（減量）"),
	STEP(0, DOCTOR, MEDICATION, "膝痛", .drug = LOXOPROFEN, ACTION(START)),
	STEP(0, DOCTOR, MEDICATION, "胸やけ", .drug = LANSOPRAZOLE, ACTION(START)),
	STEP(0, DOCTOR, RENAL, "定期採血。腎排泄の薬の用量を確認してください。", .value = 37),
	END,
};

static const struct step for_dentists[] = {
	STEP(0, DOCTOR, MEDICATION, "胃部不快、出血の危険を考慮", .drug = ASPIRIN, ACTION(STOP)),
	STEP(0, DOCTOR, MEDICATION, "腎機能低下", .drug = EDOXABAN, ACTION(CHANGE),
	     .more = "1回15mg 1日1回 朝食後（減量）"),
	STEP(0, DOCTOR, MEDICATION, "3年服用したため休薬", .drug = ALENDRONATE, ACTION(STOP)),
	STEP(0, DOCTOR, MEDICATION, "血小板低下", .drug = CLOPIDOGREL, ACTION(STOP)),
	STEP(0, NURSE, SWALLOWING,
	     "昼食時にむせが2回。姿勢を直すと落ち着く。義歯がゆるいとのこと。"),
	STEP(0, DOCTOR, ALLERGY, "クロルヘキシジン", .more = "含嗽後の口唇の腫れ"),
	END,
};

static const struct step for_helpers[] = {
	STEP(0, NURSE, ACTIVITY, "立ち上がりにふらつきあり。トイレ移動は腰を支えて一人介助で。"),
	STEP(0, CARE_MANAGER, PLAN,
	     "来週から{水|金}曜の訪問介護を30分延長し、昼食の見守りを加える。"),
	STEP(0, NURSE, PRECAUTION,
	     "下痢あり（感染性胃腸炎の疑い）。手袋・エプロンを着用し、便の処理後は床を消毒。",
	     .how = 1),
	STEP(0, NURSE, ACTIVITY,
	     "歩行が安定し、見守りで居間まで移動できる。できることは本人に任せる。"),
	END,
};

static const struct step for_care_managers[] = {
	STEP(0, DOCTOR, NEXT_VISIT, "訪問診療（家族同席を希望）", .value = 3),
	STEP(0, NURSE, WISH,
	     "「デイサービスは休まず行きたい」。{kin}も続けてほしいとのこと。", .more = "本人"),
	STEP(0, NURSE, NEXT_VISIT, "訪問看護（入浴介助）", .value = 2),
	STEP(0, DOCTOR, NEXT_VISIT, "訪問診療・採血", .value = 7),
	END,
};

static const struct step for_liaisons[] = {
	STEP(0, DOCTOR, WISH, "「入院は短くしてほしい。家に帰れるなら治療は受けたい」。{kin}同席。",
	     .more = "本人"),
	STEP(0, NURSE, WISH,
	     "次に入院が必要になったときは、前と同じ病院を希望するとのこと。", .more = "家族"),
	END,
};

const struct news news[] = {
	{ PHARMACIST, for_pharmacists },       { DENTIST, for_dentists }, { HELPER, for_helpers },
	{ CARE_MANAGER, for_care_managers }, { LIAISON, for_liaisons },
};
const size_t n_news = sizeof(news) / sizeof(*news);
