use super::*;
use std::collections::{HashMap, HashSet};

/// The 33 townships of 石柱 with their villages, as the national list has them (2023).
const SHIZHU: &[(&str, &str, usize)] = &[
    ("500240001000", "南宾街道", 13),
    ("500240002000", "万安街道", 10),
    ("500240003000", "下路街道", 12),
    ("500240101000", "西沱镇", 11),
    ("500240103000", "悦崃镇", 9),
    ("500240104000", "临溪镇", 10),
    ("500240105000", "黄水镇", 8),
    ("500240106000", "马武镇", 7),
    ("500240107000", "沙子镇", 10),
    ("500240108000", "王场镇", 7),
    ("500240109000", "沿溪镇", 7),
    ("500240110000", "龙沙镇", 8),
    ("500240111000", "鱼池镇", 8),
    ("500240112000", "三河镇", 13),
    ("500240113000", "大歇镇", 10),
    ("500240114000", "桥头镇", 7),
    ("500240115000", "万朝镇", 6),
    ("500240116000", "冷水镇", 5),
    ("500240117000", "黄鹤镇", 3),
    ("500240118000", "枫木镇", 7),
    ("500240203000", "黎场乡", 5),
    ("500240204000", "三星乡", 6),
    ("500240205000", "六塘乡", 10),
    ("500240207000", "三益乡", 4),
    ("500240208000", "王家乡", 6),
    ("500240209000", "河嘴乡", 7),
    ("500240210000", "石家乡", 5),
    ("500240213000", "中益乡", 7),
    ("500240214000", "洗新乡", 5),
    ("500240216000", "龙潭乡", 5),
    ("500240217000", "新乐乡", 4),
    ("500240218000", "金铃乡", 4),
    ("500240219000", "金竹乡", 3),
];

#[test]
fn shizhu_is_complete() {
    let county = county("500240").expect("listed");
    assert_eq!(county.name, "石柱土家族自治县");
    assert_eq!((county.province_name.as_str(), county.city_name.as_deref()), ("重庆市", None));
    assert!(!county.pseudo);
    let listed: Vec<(&str, &str, usize)> = county
        .townships
        .iter()
        .map(|township| (township.code.as_str(), township.name.as_str(), township.villages.len()))
        .collect();
    assert_eq!(listed, SHIZHU);
    let kinds: Vec<VillageKind> =
        county.townships.iter().flat_map(|township| &township.villages).map(|village| village.kind).collect();
    assert_eq!(kinds.len(), 242);
    assert_eq!(kinds.iter().filter(|kind| **kind == VillageKind::Community).count(), 44);
    assert_eq!(kinds.iter().filter(|kind| **kind == VillageKind::Village).count(), 198);
}

#[test]
fn shizhu_villages_have_names_people_use() {
    let county = county("500240").expect("listed");
    for township in &county.townships {
        for village in &township.villages {
            let ending = if village.kind == VillageKind::Community { "社区" } else { "村" };
            assert!(village.name.ends_with("委员会") || village.name.ends_with("委会"), "{village:?}");
            assert!(village.short_name.ends_with(ending), "{village:?}");
        }
    }
}

/// The whole country once: nothing is lost, every code lies in its parent, every short name can be used.
#[test]
fn the_country_is_complete() {
    let (mut townships, mut villages) = (0, 0);
    let mut kinds: HashMap<TownshipKind, usize> = HashMap::new();
    let mut by_name = Vec::new();
    for (province_code, province_name) in provinces() {
        for county in province(province_code).expect("listed") {
            assert!(!county.townships.is_empty(), "{} {}", county.code, county.name);
            assert_eq!(county.province_name, province_name);
            for township in &county.townships {
                assert!(township.code.len() == 12 && township.code.starts_with(&county.code), "{township:?}");
                assert!(!township.villages.is_empty(), "{} {}", township.code, township.name);
                *kinds.entry(township.kind).or_default() += 1;
                check_villages(township);
                villages += township.villages.len();
            }
            townships += county.townships.len();
            by_name.push((county.code, county.name));
        }
    }
    let listed: Vec<_> = counties().iter().map(|it| (it.code.clone(), it.name.clone())).collect();
    assert_eq!(by_name, listed);
    assert_eq!((provinces().count(), listed.len(), townships, villages), (31, 2_978, 41_352, 620_573));
    assert_eq!(kinds[&TownshipKind::Street], 9_066);
    assert_eq!(kinds[&TownshipKind::Town], 21_377);
    assert_eq!(kinds[&TownshipKind::Township], 8_198);
    assert_eq!(kinds[&TownshipKind::Pseudo], 2_711);
    assert_eq!(counties().iter().filter(|county| county.pseudo).count(), 124);
}

fn check_villages(township: &Township) {
    let mut short_names = HashSet::new();
    for village in &township.villages {
        assert!(village.code.len() == 12 && village.code.starts_with(&township.code[..9]), "{village:?}");
        assert!(!village.name.is_empty() && !village.short_name.is_empty(), "{village:?}");
        assert!(short_names.insert(&village.short_name), "{} {village:?}", township.name);
    }
    assert!(township.villages.is_sorted_by_key(|village| &village.code), "{}", township.code);
}

#[test]
fn levels_on_paper_are_hidden() {
    let name = |code: &str| counties().iter().find(|county| county.code == code).expect("listed").full_name();
    assert_eq!(name("500112"), "重庆市渝北区");
    assert_eq!(name("500240"), "重庆市石柱土家族自治县");
    assert_eq!(name("429021"), "湖北省神农架林区");
    assert_eq!(name("659001"), "新疆维吾尔自治区石河子市");
    assert_eq!(name("320583"), "江苏省苏州市昆山市");
    assert_eq!(name("441900"), "广东省东莞市");
    assert!(counties().iter().all(|county| county.city.as_deref().is_none_or(|it| !is_placeholder(it))));
}

#[test]
fn prefectures_without_counties_are_their_own_county() {
    for (code, name, township) in
        [("441900", "东莞市", "东城街道"), ("442000", "中山市", "石岐街道"), ("460400", "儋州市", "那大镇")]
    {
        let county = county(code).expect("listed");
        assert_eq!((county.name.as_str(), county.city_name.as_deref(), county.pseudo), (name, None, false));
        assert!(county.townships.iter().any(|it| it.name == township), "{name}");
    }
}

#[test]
fn zones_are_flagged() {
    let county = county("320576").expect("listed");
    assert_eq!((county.name.as_str(), county.pseudo), ("苏州工业园区", true));
    let placeholder = super::county("350527").expect("listed");
    assert_eq!(placeholder.townships[0].kind, TownshipKind::Pseudo);
    assert_eq!(placeholder.townships[0].villages[0].kind, VillageKind::Pseudo);
}

#[test]
fn short_names() {
    let check = |names: &[&str], kind: VillageKind, expected: &[&str]| {
        let named: Vec<(&str, VillageKind)> = names.iter().map(|name| (*name, kind)).collect();
        assert_eq!(short::short_names(&named, &["河南省", "洛阳市", "栾川县", "三川镇"]), expected);
    };
    let village = VillageKind::Village;
    check(&["星光村民委员会"], village, &["星光村"]);
    check(&["李家村村民委员会", "王庄村委会"], village, &["李家村", "王庄村"]);
    check(&["北周庄村村民民委员会", "杨甘固村委员会"], village, &["北周庄村", "杨甘固村"]);
    check(
        &["巴彦嘎查村民委员会", "乌拉嘎查委员会", "红旗嘎查"],
        village,
        &["巴彦嘎查", "乌拉嘎查", "红旗嘎查"],
    );
    check(&["托勒村牧民委员会", "布洛格牧委会"], village, &["托勒村", "布洛格村"]);
    check(&["阳光社区村民委员会", "小（氵甸）村委会"], village, &["阳光社区", "小（氵甸）村"]);
    check(&["栾川县三川镇祖师庙村村民委员会"], village, &["祖师庙村"]);
    check(&["三川镇村民委员会"], village, &["三川镇村"]);
    let community = VillageKind::Community;
    check(&["红星社区居民委员会"], community, &["红星社区"]);
    check(&["红星社区居委会", "城南居委会"], community, &["红星社区", "城南社区"]);
    check(&["第一街委员会"], community, &["第一街"]);
    check(&["社区居委会"], community, &["社区居委会"]);
    check(&["三川镇社区居委会"], community, &["三川镇社区"]);
    check(&["文景街道虚拟社区"], VillageKind::Pseudo, &["文景街道虚拟社区"]);
}

#[test]
fn short_names_that_would_collide_stay_longer() {
    let check = |names: &[(&str, VillageKind)], expected: &[&str]| {
        assert_eq!(short::short_names(names, &["三川镇"]), expected);
    };
    let (community, village) = (VillageKind::Community, VillageKind::Village);
    check(
        &[("城南居委会", community), ("城南社区居委会", community), ("城北居委会", community)],
        &["城南居委会", "城南社区居委会", "城北社区"],
    );
    check(&[("三川镇新村村委会", village), ("新村村委会", village)], &["三川镇新村", "新村"]);
    check(&[("新村", village), ("新村村委会", village)], &["新村", "新村村委会"]);
}

#[test]
fn an_unknown_code_is_answered_with_help() {
    let check = |typed: &str, expected: &str| {
        let message = county(typed).expect_err("unknown").to_string();
        assert!(message.contains(expected), "{typed}: {message}");
    };
    check("500249", "没有代码为“500249”的县（区、市、旗），请填写 6 位县级区划代码。您要找的可能是：");
    check("500249", "500240 重庆市石柱土家族自治县");
    check("石柱", "500240 重庆市石柱土家族自治县");
    check("重庆石柱县", "500240 重庆市石柱土家族自治县");
    check("500240000000", "500240 重庆市石柱土家族自治县");
    check("500200", "500229 重庆市城口县");
    check("710000", "“710000”属于台湾省");
    check("810101", "香港特别行政区");
    check("820000", "澳门特别行政区");
    for typed in ["", " ", "x", "000000", "县县县县", "５００２４０", "5"] {
        assert!(county(typed).is_err(), "{typed}");
    }
    assert!(province("50").is_ok() && province("99").is_err() && province("7").is_err());
}
