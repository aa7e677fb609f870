//! Words that synthetic records are made of, with their weights.

use domain::person::{DisabilityNature, Hardship, PersonClass};

/// Surnames by their share.
pub(super) const SURNAMES: &[(u32, &str)] = &[
    (80, "王"),
    (78, "李"),
    (72, "张"),
    (58, "刘"),
    (60, "陈"),
    (50, "杨"),
    (46, "谭"),
    (44, "马"),
    (42, "冉"),
    (40, "向"),
    (36, "黄"),
    (34, "周"),
    (32, "秦"),
    (30, "吴"),
    (28, "罗"),
    (26, "何"),
    (24, "郎"),
    (24, "田"),
    (22, "彭"),
    (20, "江"),
    (20, "唐"),
    (18, "邓"),
    (18, "曾"),
    (16, "余"),
    (16, "徐"),
    (15, "孙"),
    (15, "赵"),
    (14, "汪"),
    (14, "蒋"),
    (12, "崔"),
    (12, "付"),
    (10, "隆"),
    (10, "袁"),
    (10, "文"),
    (8, "聂"),
    (8, "湛"),
    (6, "庹"),
    (4, "欧阳"),
    (3, "上官"),
    (2, "訾"),
];

/// Given characters of men.
pub(super) const MALE: &[&str] = &[
    "国", "建", "明", "华", "军", "德", "文", "平", "永", "志", "光", "福", "贵", "林", "成", "忠", "世",
    "清", "安", "兴", "海", "生", "良", "发", "祥", "胜", "学", "正", "才", "荣", "松", "万", "朝", "仁",
    "义", "山", "川", "武", "勇", "全", "斌", "刚", "毅", "昌", "龙", "云", "树", "江", "远", "泽",
];

/// Given characters of women.
pub(super) const FEMALE: &[&str] = &[
    "秀", "英", "兰", "芳", "桂", "玉", "珍", "琼", "素", "淑", "碧", "群", "梅", "菊", "莲", "凤", "春",
    "美", "翠", "云", "清", "华", "容", "会", "红", "霞", "琴", "香", "惠", "蓉", "燕", "平", "贵", "明",
    "德", "文", "万", "成", "洪", "仙",
];

/// Rare characters: each is a trap of fonts, encodings or bank files (domain.md H6).
pub(super) const RARE: &[&str] = &["喆", "堃", "翀", "燚", "彧", "垚", "犇", "淼", "䶮", "𬱖", "㛃", "弢"];

/// Names with a dot, as minorities write them.
pub(super) const DOTTED: &[&str] = &[
    "阿依古丽·买买提",
    "尼玛·扎西",
    "木呷·阿力",
    "巴特尔·乌恩其",
    "古丽娜尔·艾山",
    "吉克·曲布",
    "多吉·次仁",
    "阿卜杜拉·吐尔逊",
];

/// Classes by their share of the roster, per mille (domain.md B and F).
pub(super) const CLASSES: &[(u32, PersonClass)] = &[
    (400, PersonClass::RuralVeteran60),
    (134, PersonClass::CombatVeteran),
    (108, PersonClass::ReturnedIll),
    (108, PersonClass::DisabledSoldier),
    (72, PersonClass::ServingFamily),
    (27, PersonClass::OldDemobilised),
    (27, PersonClass::MartyrChild),
    (24, PersonClass::Veteran),
    (18, PersonClass::TestVeteran),
    (14, PersonClass::MartyrSurvivor),
    (14, PersonClass::IllnessDeathSurvivor),
    (12, PersonClass::Merit),
    (12, PersonClass::HardshipVeteran),
    (10, PersonClass::RetiredCadre),
    (8, PersonClass::DutyDeathSurvivor),
    (3, PersonClass::DisabledPolice),
    (3, PersonClass::DisabledMilitia),
    (2, PersonClass::DisabledOther),
    (2, PersonClass::FiveElders),
    (1, PersonClass::DisabledReservist),
    (1, PersonClass::RedArmy),
];

/// The second identity that goes with a first one.
pub(super) const SECOND: &[(PersonClass, PersonClass)] = &[
    (PersonClass::DisabledSoldier, PersonClass::CombatVeteran),
    (PersonClass::CombatVeteran, PersonClass::Merit),
    (PersonClass::OldDemobilised, PersonClass::CombatVeteran),
    (PersonClass::ServingFamily, PersonClass::Merit),
    (PersonClass::MartyrChild, PersonClass::ServingFamily),
    (PersonClass::ReturnedIll, PersonClass::TestVeteran),
    (PersonClass::IllnessDeathSurvivor, PersonClass::ServingFamily),
];

/// Older words that lists still have for a class.
pub(super) const OLD_WORDS: &[(PersonClass, &str)] = &[
    (PersonClass::OldDemobilised, "在乡老复员军人"),
    (PersonClass::ReturnedIll, "带病回乡退伍军人"),
    (PersonClass::CombatVeteran, "参战退役人员"),
    (PersonClass::TestVeteran, "参试退役人员"),
    (PersonClass::RuralVeteran60, "农村籍老义务兵"),
    (PersonClass::MartyrChild, "部分烈士子女"),
    (PersonClass::DisabledSoldier, "伤残军人"),
    (PersonClass::IllnessDeathSurvivor, "病故军人家属"),
];

/// Disability grades by their share.
pub(super) const GRADES: &[(u32, u8)] =
    &[(1, 1), (1, 2), (2, 3), (3, 4), (6, 5), (9, 6), (15, 7), (21, 8), (22, 9), (20, 10)];

/// Natures of disability by their share.
pub(super) const NATURES: &[(u32, DisabilityNature)] =
    &[(15, DisabilityNature::Combat), (55, DisabilityNature::Duty), (30, DisabilityNature::Illness)];

/// Grades as clerks write them.
pub(super) const GRADE_WORDS: &[&str] = &["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];

/// Kinds of hardship by their share.
pub(super) const HARDSHIPS: &[(u32, Hardship)] =
    &[(25, Hardship::LaidOff), (20, Hardship::Disaster), (45, Hardship::GraveIllness), (10, Hardship::Other)];

/// Peoples that give counties their names, with the code's label (GB/T 3304).
pub(super) const PEOPLES: &[&str] =
    &["土家族", "苗族", "彝族", "藏族", "壮族", "回族", "侗族", "瑶族", "傣族", "羌族", "蒙古族", "满族"];

/// Banks that pay in a county.
pub(super) const BANKS: &[(u32, &str)] =
    &[(60, "农村商业银行"), (25, "中国邮政储蓄银行"), (10, "中国农业银行"), (5, "中国工商银行")];

/// Goods with their unit and price in yuan.
pub(super) const GOODS: &[(u32, (&str, &str, u32))] = &[
    (30, ("大米", "袋", 65)),
    (30, ("食用油", "桶", 70)),
    (15, ("牛奶", "箱", 60)),
    (8, ("棉被", "床", 180)),
    (6, ("面条", "提", 25)),
    (5, ("水果", "箱", 50)),
    (4, ("白糖", "袋", 18)),
    (2, ("毛毯", "床", 150)),
];

/// Money of a visit to one person in yuan, by its share; 0 is none.
pub(super) const MONEY: &[(u32, u32)] =
    &[(12, 0), (14, 50), (14, 100), (22, 200), (14, 300), (12, 500), (6, 600), (4, 800), (2, 1000)];

/// Leaders of a township: title, category.
pub(super) const TOWNSHIP_LEADERS: &[&str] = &[
    "党委书记",
    "镇长",
    "分管副镇长",
    "人大主席",
    "党委副书记",
    "武装部部长",
    "宣传委员",
    "组织委员",
    "副镇长",
    "退役军人服务站站长",
];

/// Leaders of a department.
pub(super) const DEPARTMENT_LEADERS: &[&str] = &["党组书记", "分管副职领导", "办公室主任"];

/// Leaders of the county.
pub(super) const COUNTY_LEADERS: &[&str] = &["县委书记", "县长", "分管副县长", "县委常委"];
