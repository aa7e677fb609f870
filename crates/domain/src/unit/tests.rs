use super::*;
use uuid::Uuid;

fn unit(number: u128, code: &str, kind: UnitKind, name: &str, short: &str, aliases: &[&str]) -> Unit {
    let parent = match number {
        1 => None,
        2..20 => Some(1),
        _ => Some(number / 10),
    };
    Unit {
        id: UnitId(Uuid::from_u128(number)),
        code: code.to_owned(),
        kind,
        name: name.to_owned(),
        short_name: short.to_owned(),
        parent_id: parent.map(|number| UnitId(Uuid::from_u128(number))),
        valid_from: None,
        valid_to: None,
        aliases: aliases.iter().map(|it| (*it).to_owned()).collect(),
    }
}

/// A piece of 石柱. Villages of 西沱镇 (2) begin with 2, those of 黄水镇 (3) with 3. 西沱 (4) is another township whose
/// name begins alike.
fn county() -> UnitTree {
    use UnitKind::{County, Department, Township, Village};
    let mut gone = unit(27, "500240101206", Village, "旧村村民委员会", "旧村", &[]);
    gone.valid_to = Some(jiff::civil::date(2020, 1, 1));
    UnitTree::new(vec![
        unit(1, "500240", County, "石柱土家族自治县", "石柱县", &[]),
        unit(2, "500240101000", Township, "西沱镇", "西沱镇", &["西沱古镇"]),
        unit(3, "500240105000", Township, "黄水镇", "黄水镇", &[]),
        unit(4, "500240299000", Township, "西沱镇大坪街道", "西沱镇大坪街道", &[]),
        unit(5, "500240D017", Department, "县教育局", "教育局", &[]),
        unit(21, "500240101201", Village, "西山村民委员会", "西山村", &["西山坡村"]),
        unit(22, "500240101001", Village, "江家槽社区居民委员会", "江家槽社区", &[]),
        unit(23, "500240101202", Village, "双坝村民委员会", "双坝村", &[]),
        unit(24, "500240101002", Village, "双坝社区居民委员会", "双坝社区", &[]),
        unit(25, "500240101203", Village, "大坪村民委员会", "大坪村", &[]),
        unit(26, "500240101204", Village, "大坪街道新村村民委员会", "大坪街道新村", &[]),
        gone,
        unit(31, "500240105203", Village, "大坪村民委员会", "大坪村", &[]),
        unit(41, "500240299201", Village, "新村村民委员会", "新村", &[]),
    ])
    .unwrap()
}

#[test]
fn township_and_village_may_be_one_word() {
    let units = county();
    for (typed, number) in [
        ("西沱镇西山村", 21),
        (" 西沱镇 西山村 ", 21),
        ("石柱县西沱镇西山村", 21),
        ("石柱土家族自治县西沱镇西山村", 21),
        ("重庆市石柱县西沱镇西山村", 21),
        ("西沱镇西山村民委员会", 21),
        ("西沱镇西山村委会", 21),
        ("西沱镇西山", 21),
        ("西沱西山村", 21),
        ("西沱古镇西山村", 21),
        ("西沱镇西山坡村", 21),
        ("西沱镇西山村3组", 21),
        ("西沱镇江家槽社区", 22),
        ("西沱镇江家槽居委会", 22),
        // The file says 村 for what became a community: there is no other.
        ("西沱镇江家槽村", 22),
        ("西沱镇双坝村", 23),
        ("西沱镇双坝社区居委会", 24),
        ("西沱镇大坪村", 25),
        ("黄水镇大坪村", 31),
        ("石柱县黄水镇大坪村民委员会", 31),
        // The office of a village whose name is unique in the county.
        ("西山村委会", 21),
        ("石柱县西山村", 21),
        // The county before other units.
        ("石柱县西沱镇", 2),
        ("石柱土家族自治县教育局", 5),
        // What answers as it stands needs no reading.
        ("西沱镇大坪街道", 4),
        ("西山村", 21),
    ] {
        let found = units.find(typed).map(|unit| unit.id);
        assert_eq!(found, Ok(UnitId(Uuid::from_u128(number))), "{typed}");
    }
}

#[test]
fn what_fits_several_units_is_refused_with_all_of_them() {
    let units = county();
    for (typed, candidates) in [
        ("西沱镇双坝", &["西沱镇双坝村", "西沱镇双坝社区"][..]),
        ("石柱县西沱镇双坝", &["西沱镇双坝村", "西沱镇双坝社区"]),
        ("大坪村", &["西沱镇大坪村", "黄水镇大坪村"]),
        ("大坪村委会", &["西沱镇大坪村", "黄水镇大坪村"]),
        // Written out, both are called the same: then their codes tell them apart.
        ("西沱镇大坪街道新村", &["西沱镇大坪街道新村（500240101204）", "西沱镇大坪街道新村（500240299201）"]),
    ] {
        let Err(UnitError::Ambiguous { candidates: found, text }) = units.find(typed) else {
            panic!("{typed} was found")
        };
        assert_eq!(found, candidates, "{typed}");
        assert_eq!(text, typed);
    }
}

#[test]
fn what_names_no_unit_stays_unknown() {
    let units = county();
    for typed in [
        "",
        " ",
        "县",
        "西沱镇没有的村",
        "黄水镇西山村",
        "忠县西沱镇西山村",
        "西沱镇旧村",
        "西沱镇村",
        "西沱镇中学",
        "村委会",
    ] {
        assert!(matches!(units.find(typed), Err(UnitError::Unknown(_))), "{typed}");
    }
}
