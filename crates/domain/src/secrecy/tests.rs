use super::*;
use proptest::prelude::*;

fn rules_of(text: &str) -> Vec<&'static str> {
    scan(text).iter().map(|hit| hit.rule.key).collect()
}

#[test]
fn marks_are_refused() {
    for text in [
        "机密★10年",
        "绝密★30年",
        "秘密★",
        "机密★解密时间：2030年1月1日",
        "机密★长期",
        "机 密 ★ 10 年",
        "机　　密　★　１０年",
        "机\n密\n★",
        "机\u{200b}密\u{200d}★\u{feff}十年",
        "机.密★",
        "机-密-★",
        "机密级★10年",
        "“机密”★10年",
        "【机密】★",
        "機密★10年",
        "絕密★",
        "㊙密★",
        "机密⭐10年",
        "机密☆10年",
        "机密＊10年",
        "机密*十年",
        "秘密*6个月",
        "秘密*20301231",
        "秘密☆解密条件：公开发布后",
        "走访记录，原文为机密★10年的通知",
        "保守国家秘密★10年",
        "000001\n机密★10年\n特急",
        "机密\t★10年",
    ] {
        let keys = rules_of(text);
        assert!(keys.contains(&"classification_mark"), "{text:?}: {keys:?}");
        assert!(is_refused(text), "{text:?}");
    }
}

#[test]
fn a_level_alone_at_the_head_is_refused() {
    for text in [
        "机密",
        "绝 密",
        "密级：秘密",
        "密 级:机密",
        "秘密 10年",
        "机密\n关于做好某项工作的通知",
        "000012\n绝密\n特急\n某某办公室",
        "000012 机密 特急",
        "特急　机密",
        "（秘密）",
        "【绝密】",
        "机密级",
        "机密件",
        "绝密文件",
        "密级和保密期限：机密 长期",
    ] {
        assert_eq!(rules_of(text).first(), Some(&"classification_line"), "{text:?}");
        assert!(scan_rest(text).is_empty(), "{text:?}: only the head of a document has such a line");
    }
}

#[test]
fn ordinary_prose_passes() {
    for text in [
        "",
        "★★★",
        "密",
        "保守国家秘密",
        "严守国家秘密，人人有责",
        "秘密战线老战士",
        "机密性、完整性、可用性",
        "曾从事机要工作，保守机密",
        "保密工作先进个人",
        "秘密花园",
        "绝密押题卷",
        "密级：公开",
        "密级：无",
        "参加过秘密工作\n机密文件的传递",
        "守住秘密十年",
        "国家秘密*（见注）",
        "附：机密*\n第二行",
        "他说的秘密* 不是密级",
        "机密 文★",
        "司机，保密★",
        "内部装修",
        "单位内部人员",
        "内部使用面积80平方米",
        "内部 资料齐全",
        "地下工作 秘密战线",
        "老兵★5星志愿者",
    ] {
        assert_eq!(rules_of(text), [""; 0], "{text:?}");
    }
}

#[test]
fn a_level_line_far_below_the_head_passes() {
    let text = format!("{}秘密\n", "一行正文\n".repeat(40));
    assert_eq!(rules_of(&text), [""; 0]);
    let text = format!("{}秘密★\n", "一行正文\n".repeat(40));
    assert_eq!(rules_of(&text), ["classification_mark"]);
}

#[test]
fn work_secrets_and_internal_papers_are_warned_of() {
    for (text, key) in [
        ("本件为工作秘密", "work_secret"),
        ("工 作 秘 密", "work_secret"),
        ("内部资料，注意保存", "internal_document"),
        ("内部文件", "internal_document"),
        ("仅供内部使用", "internal_document"),
        ("内 部 参 考", "internal_document"),
        ("內部資料", "internal_document"),
    ] {
        let hits = scan(text);
        assert_eq!(hits.iter().map(|hit| hit.rule.key).collect::<Vec<_>>(), [key], "{text:?}");
        assert_eq!(hits[0].verdict(), Verdict::Warn);
    }
}

#[test]
fn true_designations_are_warned_of() {
    for text in [
        "第71集团军",
        "第七十七集团军",
        "71 集团军",
        "第３旅",
        "第112师",
        "112师",
        "三五九旅",
        "某军第三师",
        "合成第三旅",
        "71合成旅",
        "第七十一合成旅",
        "机步112旅",
        "步兵第三百七十三团",
        "特战第76旅",
        "3摩步师",
        "西部战区陆军合成旅",
        "武警重庆总队机动第三支队",
        "武警第2支队",
    ] {
        assert_eq!(rules_of(text), ["unit_designation"], "{text:?}");
    }
    for text in ["31121部队", "中国人民解放军第75709部队", "七七一九三部队", "３１１２１ 部队官兵"]
    {
        assert_eq!(rules_of(text), ["cover_number"], "{text:?}");
    }
}

#[test]
fn words_that_end_alike_pass() {
    for text in [
        "驻石某部",
        "某旅官兵",
        "某团三连",
        "武警中队",
        "县人武部",
        "原8023部队",
        "400000部队",
        "3个旅",
        "旅游团",
        "第三师范学校",
        "十二师生",
        "第3团支部",
        "12团员",
        "共青团石柱县委",
        "八一团拜会",
        "一团和气",
        "百团大战",
        "五一旅游",
        "代表团",
        "兵团第八师石河子",
        "新疆生产建设兵团第十二师",
        "文工团慰问",
        "西部战区某旅",
        "西部战区官兵团结一心",
        "西部战区总医院",
        "交警一支队",
        "高速公路第三支队",
        "12名教师",
        "3级厨师",
        "律师2人",
        "农业银行西沱支行",
        "生产队二队",
        "5旅",
        "师级",
    ] {
        assert_eq!(rules_of(text), [""; 0], "{text:?}");
    }
}

#[test]
fn refusals_come_first_and_each_rule_once() {
    let hits = scan("31121部队、31122部队的工作秘密，机密★10年，机密★20年");
    let keys: Vec<_> = hits.iter().map(|hit| hit.rule.key).collect();
    assert_eq!(keys, ["classification_mark", "work_secret", "cover_number"]);
}

#[test]
fn the_place_is_told_and_the_text_is_not() {
    let hit = scan("第一行\n　机密★10年")[0];
    assert_eq!(hit.place, Place { line: 2, column: 2 });
    let told = format!("{hit:?}{}", hit.explanation());
    assert!(!told.contains("10年") && !told.contains("机密★"), "{told}");
}

#[test]
fn rules_say_what_why_and_what_to_do() {
    let mut keys = std::collections::BTreeSet::new();
    for rule in RULES {
        assert!(keys.insert(rule.key));
        assert_eq!(super::rule(rule.key), Some(rule));
        for text in [rule.title, rule.looks_for, rule.why, rule.advice] {
            assert!(!text.is_empty());
        }
        // What a user is told is itself stored and sent: it must not be held for a mark.
        assert!(!is_refused(&rule.explanation()), "{}", rule.key);
    }
    assert_eq!(rule("none"), None);
}

#[test]
fn a_megabyte_of_anything_is_looked_through() {
    for piece in [
        "机密",
        "机 ",
        "密",
        "★",
        "机...密",
        "一二三",
        "第1",
        "战区",
        "秘密*",
        "内部",
        "合成",
        "旅师团",
        "部队",
        "\n机密\n",
    ] {
        let text = piece.repeat((1 << 20) / piece.len());
        assert!(scan(&text).len() <= RULES.len());
    }
}

proptest! {
    #[test]
    fn never_panics(text in any::<String>()) {
        prop_assert!(scan(&text).len() <= RULES.len());
    }

    #[test]
    fn never_panics_on_its_own_words(text in "[机绝秘密级★☆*第一三0-9旅师团军集战区部队内工作 \\n\u{200b}　.·”]{0,60}") {
        for hit in scan(&text) {
            prop_assert!(may_hold(&text));
            prop_assert!(hit.place.line >= 1 && hit.place.column >= 1);
        }
    }

    #[test]
    fn a_mark_is_found_however_it_is_spaced(
        level in prop::sample::select(vec!["绝密", "机密", "秘密"]),
        gaps in prop::collection::vec("[ \\t\\n　\u{200b}\u{feff}\u{a0}]{0,20}", 4),
        before in "[a-z甲乙丙，。 \\n]{0,40}",
        behind in "[a-z甲乙丙，。 \\n]{0,40}",
    ) {
        let mut text = before;
        for (c, gap) in level.chars().chain(['★']).zip(&gaps) {
            text.push_str(gap);
            text.push(c);
        }
        text.push_str(&behind);
        prop_assert!(is_refused(&text), "{:?}", text);
    }
}

#[test]
fn the_signs_are_those_of_the_rules() {
    for (c, sign) in "密宻内內旅师師团團队隊".chars().zip([1, 1, 2, 2, 4, 4, 4, 4, 4, 4, 4]) {
        assert_eq!(signs(&format!("甲a乙{c}é𠮷")), sign, "{c}");
    }
    for text in ["", "a", "é", "𠮷", "机绝秘工作部军战区", "a密".get(1..2).unwrap_or_default()] {
        assert_eq!(signs(text), 0, "{text}");
    }
}
