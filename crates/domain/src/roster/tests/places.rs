use super::*;
use crate::roster::{RosterColumn as C, codes};
use Severity::{Note, Warning};

#[test]
fn townships_as_clerks_write_them() {
    for (text, township) in [
        ("黄水镇", 2),
        (" 黄水镇 ", 2),
        ("黄水", 2),
        ("黄水公社", 2),
        ("黄水镇人民政府", 2),
        ("500240105000", 2),
        ("500240105", 2),
        ("石柱县黄水镇", 2),
        ("重庆市石柱土家族自治县黄水镇", 2),
        ("西沱", 3),
        ("南宾", 4),
        ("南宾街道办事处", 4),
        ("南宾街道办", 4),
    ] {
        assert_eq!(taken(&[(C::Township, text)]).township_id, id(township), "{text}");
    }
}

#[test]
fn unknown_townships_are_refused_with_a_proposal() {
    for (township, village, code, proposal) in [
        ("", "", codes::TOWNSHIP_MISSING, "请填写乡镇（街道）全称"),
        ("", "星光村", codes::TOWNSHIP_MISSING, "全县只有黄水镇有“星光村”，如属该乡镇请填“黄水镇”"),
        ("不知道镇", "星光", codes::TOWNSHIP_UNKNOWN, "请填“黄水镇”"),
        ("不知道镇", "大坪村", codes::TOWNSHIP_UNKNOWN, "请填写乡镇（街道）全称"),
        ("黄水乡", "", codes::TOWNSHIP_UNKNOWN, "请填“黄水镇”"),
        ("忠县黄水镇", "", codes::TOWNSHIP_UNKNOWN, "请填“黄水镇”"),
        ("黄水镇星光村", "", codes::TOWNSHIP_UNKNOWN, "请填“黄水镇”"),
        ("星光村", "", codes::TOWNSHIP_UNKNOWN, "请填写乡镇（街道）全称"),
        ("石柱土家族自治县", "", codes::TOWNSHIP_UNKNOWN, "请填写乡镇（街道）全称"),
    ] {
        let (row, findings) = check(&raw(2, &[(C::Township, township), (C::Village, village)]));
        let [finding] = findings.as_slice() else { panic!("{township}: {findings:?}") };
        assert_eq!((row.is_err(), finding.code), (true, code), "{township}");
        assert!(finding.message.contains(proposal), "{township}: {}", finding.message);
    }
}

#[test]
fn villages_as_clerks_write_them() {
    let unknown = Some((Warning, codes::VILLAGE_UNKNOWN));
    let elsewhere = Some((Warning, codes::VILLAGE_ELSEWHERE));
    let assumed = Some((Note, codes::VILLAGE_ASSUMED));
    for (text, village, remark) in [
        ("", None, None),
        ("星光", Some(21), None),
        ("星光村", Some(21), None),
        ("星光村委会", Some(21), None),
        ("星光村民委员会", Some(21), None),
        ("星光社区", Some(21), assumed),
        ("黄水镇星光村", Some(21), None),
        ("石柱县黄水镇星光村", Some(21), None),
        ("重庆市石柱县黄水公社星光村委会", Some(21), None),
        ("黄水星光村", Some(21), None),
        ("黄水镇双坝", None, unknown),
        ("西沱镇江家槽社区", None, elsewhere),
        ("石柱县西沱镇大坪村", None, elsewhere),
        ("星光村３组", Some(21), None),
        ("星光村三社", Some(21), None),
        ("500240105201", Some(21), None),
        ("新光", Some(22), None),
        ("新光社区居委会", Some(22), None),
        ("新光居委会", Some(22), None),
        ("新光村", Some(22), assumed),
        ("双坝村", Some(23), None),
        ("双坝社区", Some(24), None),
        ("双坝", None, unknown),
        ("大坪村", Some(25), None),
        ("江家槽", None, elsewhere),
        ("江家槽社区", None, elsewhere),
        ("没有的村", None, unknown),
        ("村", None, unknown),
        ("组", None, unknown),
    ] {
        let (row, findings) = check(&raw(2, &[(C::Village, text)]));
        assert_eq!(row.expect("taken").village_id, village.map(id), "{text}");
        assert_eq!(severities(&findings), remark.into_iter().collect::<Vec<_>>(), "{text}");
    }
}
