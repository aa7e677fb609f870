use super::*;
use crate::person::{Hardship, PersonStatus};
use crate::roster::{RosterColumn as C, codes};
use Severity::{Note, Refused, Warning};

/// One line: the cells, and exactly the findings they give.
type Case<'a> = (&'a [(C, &'a str)], &'a [(Severity, &'static str)]);

fn run(table: &[Case<'_>]) {
    for (cells, expected) in table {
        let (row, findings) = check(&raw(7, cells));
        assert_eq!(severities(&findings), *expected, "{cells:?}: {findings:?}");
        let is_refused = expected.iter().any(|(severity, _)| *severity == Refused);
        assert_eq!(row.is_err(), is_refused, "{cells:?}");
        for finding in findings {
            assert_eq!((finding.sheet, finding.row), (0, 7));
            assert!(finding.column.is_some() && finding.message.contains(['；', '，', '：']), "{finding:?}");
        }
    }
}

#[test]
fn numbers() {
    let right = number("512325", 1);
    let (wrong, spaced) = (flipped(&right), format!("{} {}", &right[..6], &right[6..]));
    let (quoted, lower) = (format!("'{right}"), number_with_x().to_lowercase());
    let future = CitizenId::complete("51232520200101001").unwrap().reveal().to_owned();
    let old = CitizenId::complete("51232518490101001").unwrap().reveal().to_owned();
    run(&[
        (&[(C::Citizen, &right)], &[]),
        (&[(C::Citizen, &spaced)], &[]),
        (&[(C::Citizen, &quoted)], &[]),
        (&[(C::Citizen, &lower)], &[]),
        // Old and foreign area prefixes are right: they tell the place of first registration (trap H1).
        (&[(C::Citizen, &number("513521", 3))], &[]),
        (&[(C::Citizen, &number("500240", 5))], &[]),
        (&[(C::Citizen, &number("110101", 7))], &[]),
        (&[(C::Citizen, "")], &[(Refused, codes::CITIZEN_MISSING)]),
        (&[(C::Citizen, &right[..17])], &[(Refused, codes::CITIZEN_LENGTH)]),
        (&[(C::Citizen, "1")], &[(Refused, codes::CITIZEN_LENGTH)]),
        (&[(C::Citizen, &wrong)], &[(Refused, codes::CITIZEN_CHECK_DIGIT)]),
        (&[(C::Citizen, "500240194811030017")], &[(Refused, codes::CITIZEN_CHECK_DIGIT)]),
        (&[(C::Citizen, "500240199002290058")], &[(Refused, codes::CITIZEN_DATE)]),
        (&[(C::Citizen, "500240561310017")], &[(Refused, codes::CITIZEN_DATE)]),
        (&[(C::Citizen, &future)], &[(Refused, codes::CITIZEN_DATE)]),
        (&[(C::Citizen, "51232518900102OO1X")], &[(Refused, codes::CITIZEN_CHARACTER)]),
        (&[(C::Citizen, "5.12E+17")], &[(Refused, codes::CITIZEN_DAMAGED)]),
        (&[(C::Citizen, "500240040910017")], &[(Note, codes::CITIZEN_UPGRADED)]),
        (&[(C::Citizen, &old)], &[(Note, codes::AGE_OVER_110)]),
    ]);
}

/// The number with its check digit changed.
fn flipped(number: &str) -> String {
    let last = if number.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &number[..17])
}

fn number_with_x() -> String {
    (1..999).step_by(2).map(|sequence| number("512325", sequence)).find(|it| it.ends_with('X')).unwrap()
}

#[test]
fn cells_that_excel_changed() {
    let table = [
        (C::Citizen, Cell::Number(5.123_251_89e17), vec![(Refused, codes::CITIZEN_DAMAGED)]),
        (C::Citizen, Cell::Number(500_240_040_910_017.0), vec![(Note, codes::CITIZEN_UPGRADED)]),
        (C::Citizen, Cell::Error("#N/A".to_owned()), vec![(Refused, codes::CITIZEN_MISSING)]),
        (C::Account, Cell::Number(9.917e18), vec![(Refused, codes::ACCOUNT_DAMAGED)]),
        (C::Account, Cell::Number(9_917_000_000.0), vec![]),
        (C::Account, Cell::Error("#N/A".to_owned()), vec![(Warning, codes::CELL_ERROR)]),
        (C::Phone, Cell::Number(20_012_345_678.0), vec![]),
        (C::Phone, Cell::Number(2e20), vec![(Warning, codes::PHONE_DAMAGED)]),
        (C::Household, Cell::Number(1e17), vec![(Warning, codes::NUMBER_DAMAGED)]),
        (C::Certificate, Cell::Number(1e17), vec![(Warning, codes::NUMBER_DAMAGED)]),
        (C::Allowance, Cell::Bool(true), vec![]),
        (C::Allowance, Cell::Number(1.0), vec![]),
        (C::Grade, Cell::Error("#REF!".to_owned()), vec![(Warning, codes::CELL_ERROR)]),
        (C::Name, Cell::Error("#REF!".to_owned()), vec![(Refused, codes::NAME_MISSING)]),
    ];
    for (column, cell, expected) in table {
        let mut raw = raw(2, &[]);
        put(&mut raw, column, cell.clone());
        assert_eq!(severities(&check(&raw).1), expected, "{column:?} {cell:?}");
    }
}

#[test]
fn names_sexes_and_accounts() {
    run(&[
        (&[], &[]),
        (&[(C::Name, " ")], &[(Refused, codes::NAME_MISSING)]),
        (&[(C::Sex, "男")], &[]),
        (&[(C::Sex, "１")], &[]),
        (&[(C::Sex, "男性")], &[]),
        (&[(C::Sex, "0")], &[]),
        (&[(C::Sex, "女")], &[(Warning, codes::SEX_DIFFERS)]),
        (&[(C::Sex, "雄")], &[(Warning, codes::SEX_UNKNOWN)]),
        (&[(C::Account, "9917 0000 0000 0000 004")], &[]),
        (&[(C::Account, "6.2E+18")], &[(Refused, codes::ACCOUNT_DAMAGED)]),
        (&[(C::Account, "6.217E+18")], &[(Refused, codes::ACCOUNT_DAMAGED)]),
        (&[(C::Account, "9917")], &[(Warning, codes::ACCOUNT_DOUBTFUL)]),
        (&[(C::Account, "99170000000000000O4")], &[(Warning, codes::ACCOUNT_DOUBTFUL)]),
        (&[(C::AccountName, "张　三")], &[]),
        (&[(C::AccountName, "李四")], &[(Warning, codes::ACCOUNT_NAME_DIFFERS)]),
    ]);
}

#[test]
fn grades_and_natures() {
    let soldier = (C::Class, "残疾军人");
    run(&[
        (&[soldier, (C::Grade, "3")], &[]),
        (&[soldier, (C::Grade, "３级")], &[]),
        (&[soldier, (C::Grade, "三级"), (C::Nature, "因战")], &[]),
        (&[soldier, (C::Grade, "因公八级")], &[]),
        (&[(C::Class, "残疾军人(三级)")], &[]),
        (&[(C::Class, "一至四级残疾军人"), (C::Grade, "二级")], &[]),
        (&[(C::Class, "伤残人民警察")], &[]),
        (&[(C::Class, "老复员军人"), (C::Grade, "无")], &[]),
        (&[soldier], &[(Refused, codes::GRADE_MISSING)]),
        (&[soldier, (C::Grade, "无")], &[(Refused, codes::GRADE_MISSING)]),
        (&[soldier, (C::Grade, "0")], &[(Refused, codes::GRADE_MISSING)]),
        (&[soldier, (C::Grade, "11")], &[(Refused, codes::GRADE_MISSING)]),
        (&[soldier, (C::Grade, "重度")], &[(Refused, codes::GRADE_MISSING)]),
        (&[(C::Class, "一至四级残疾军人")], &[(Refused, codes::GRADE_MISSING)]),
        (&[soldier, (C::Grade, "1-4级")], &[(Refused, codes::GRADE_MISSING)]),
        (&[(C::Class, "伤残人民警察"), (C::Grade, "重度")], &[(Warning, codes::GRADE_UNKNOWN)]),
        (&[(C::Class, "三级残疾军人"), (C::Grade, "四级")], &[(Warning, codes::GRADE_DIFFERS)]),
        (&[(C::Class, "因战三级残疾军人"), (C::Nature, "因公")], &[(Warning, codes::GRADE_DIFFERS)]),
        (&[(C::Grade, "三级")], &[(Warning, codes::GRADE_WITHOUT_CLASS)]),
        (&[(C::Nature, "因战")], &[(Warning, codes::GRADE_WITHOUT_CLASS)]),
        (&[soldier, (C::Grade, "三级"), (C::Nature, "不明")], &[(Warning, codes::NATURE_UNKNOWN)]),
    ]);
}

#[test]
fn statuses_allowances_and_dates() {
    let dead = (C::Status, "死亡");
    run(&[
        (&[dead], &[]),
        (&[dead, (C::StoppedOn, "1960年7月1日"), (C::Allowance, "否")], &[]),
        (&[dead, (C::Allowance, "是")], &[(Warning, codes::ALLOWANCE_ENDED)]),
        (&[(C::Status, "已迁出"), (C::Allowance, "√")], &[(Warning, codes::ALLOWANCE_ENDED)]),
        (&[(C::Status, "待确认")], &[(Warning, codes::STATUS_UNCONFIRMED)]),
        (&[(C::Status, "神秘")], &[(Warning, codes::STATUS_UNKNOWN)]),
        (&[(C::Status, "正常"), (C::Allowance, "有")], &[]),
        (&[(C::Allowance, "×")], &[]),
        (&[(C::Allowance, "-")], &[]),
        (&[(C::Allowance, "也许")], &[(Warning, codes::ALLOWANCE_UNKNOWN)]),
        (&[dead, (C::StoppedOn, "去年冬天")], &[(Warning, codes::STOPPED_ON_UNREADABLE)]),
        (&[dead, (C::StoppedOn, "1960-02-30")], &[(Warning, codes::STOPPED_ON_UNREADABLE)]),
        (&[dead, (C::StoppedOn, "无")], &[]),
        (&[dead, (C::StoppedOn, "1889-01-01")], &[(Warning, codes::STOPPED_ON_IMPOSSIBLE)]),
        (&[dead, (C::StoppedOn, "1960-08-02")], &[(Warning, codes::STOPPED_ON_IMPOSSIBLE)]),
        (&[(C::StoppedOn, "1960-07-01")], &[(Warning, codes::STOPPED_ON_WITHOUT_STATUS)]),
        (&[(C::Status, "暂停"), (C::StoppedOn, "1960-07-01")], &[]),
        (&[(C::Hardship, "重大疾病、下岗失业")], &[]),
        (&[(C::Hardship, "无")], &[]),
        (&[(C::Hardship, "缺朋友")], &[(Warning, codes::HARDSHIP_UNKNOWN)]),
        (&[(C::Hardship, "大病、缺朋友")], &[(Warning, codes::HARDSHIP_UNKNOWN)]),
    ]);
}

#[test]
fn every_reason_of_a_refused_row_is_given_and_no_warning() {
    let cells = [(C::Name, ""), (C::Citizen, "12"), (C::Class, "神仙"), (C::Township, ""), (C::Sex, "雄")];
    let (row, findings) = check(&raw(2, &cells));
    assert_eq!(row, Err(RefusedRow { citizen: None }));
    let expected =
        [codes::NAME_MISSING, codes::CITIZEN_LENGTH, codes::CLASS_UNKNOWN, codes::TOWNSHIP_MISSING];
    assert_eq!(severities(&findings), expected.map(|code| (Refused, code)));
    let named = check(&raw(2, &[(C::Class, "神仙")])).0.expect_err("an unknown class");
    assert_eq!(named.citizen.unwrap().reveal(), number("512325", 1));
}

#[test]
fn messages_show_no_numbers() {
    let right = number("512325", 1);
    let wrong = flipped(&right);
    for cells in [
        vec![(C::Citizen, wrong.as_str())],
        vec![(C::Sex, "女")],
        vec![(C::Account, "99170000000000000O4")],
        // Columns that were mixed up.
        vec![(C::Township, right.as_str())],
        vec![(C::Village, right.as_str())],
        vec![(C::Class, right.as_str())],
        vec![(C::Status, "9917000000000000004")],
        vec![(C::Hardship, "20012345678")],
        vec![(C::Grade, right.as_str())],
    ] {
        for finding in check(&raw(2, &cells)).1 {
            let longest = finding.message.split(|c: char| !c.is_ascii_digit()).map(str::len).max();
            assert!(longest < Some(8), "{finding:?}");
        }
    }
}

#[test]
fn words_of_the_other_columns() {
    for (text, status) in [
        ("正常", PersonStatus::Normal),
        ("在册", PersonStatus::Normal),
        ("健在", PersonStatus::Normal),
        ("待确认", PersonStatus::Unconfirmed),
        ("未确认", PersonStatus::Unconfirmed),
        ("暂停", PersonStatus::Suspended),
        ("去世", PersonStatus::Dead),
        ("已故", PersonStatus::Dead),
        ("亡故", PersonStatus::Dead),
        ("停发（死亡）", PersonStatus::Dead),
        ("停发（服刑）", PersonStatus::Stopped),
        ("已 迁 出", PersonStatus::Moved),
        ("转出", PersonStatus::Moved),
        ("停止", PersonStatus::Stopped),
        ("新增", PersonStatus::New),
    ] {
        assert_eq!(taken(&[(C::Status, text)]).status, Some(status), "{text}");
    }
    for (text, yes) in [("是", true), ("√", true), ("Y", true), ("1", true), ("有", true), ("享受", true)]
    {
        assert_eq!(taken(&[(C::Allowance, text)]).allowance, Some(yes), "{text}");
    }
    for (text, full) in
        [("土家", "土家族"), ("土家族", "土家族"), ("15", "土家族"), ("1", "汉族"), ("穿青人", "穿青人")]
    {
        assert_eq!(taken(&[(C::Ethnicity, text)]).ethnicity.as_deref(), Some(full), "{text}");
    }
    for (text, marks, kept) in [
        ("重大疾病", vec![Hardship::GraveIllness], None),
        ("其它、大病,大病", vec![Hardship::GraveIllness, Hardship::Other], None),
        ("下岗/失业", vec![Hardship::LaidOff], None),
        ("大病（尿毒症）", vec![Hardship::GraveIllness], Some("大病（尿毒症）")),
        ("受灾、缺朋友", vec![Hardship::Disaster], Some("受灾、缺朋友")),
        ("无", vec![], None),
    ] {
        let row = taken(&[(C::Hardship, text)]);
        assert_eq!((row.hardship, row.hardship_text.as_deref()), (Some(marks), kept), "{text}");
    }
    assert_eq!(taken(&[(C::Hardship, "缺朋友")]).hardship, None);
}

#[test]
fn values_are_kept_as_they_should_be_stored() {
    let row = taken(&[
        (C::Name, "张　三"),
        (C::Account, "9917 0000-0000 0001"),
        (C::AccountName, " 张 三"),
        (C::Address, "　一组１２号（老屋）"),
        (C::Phone, "２００12345678"),
        (C::Certificate, "渝军J-0001"),
        (C::Household, "00０7"),
        (C::StoppedOn, "19600701"),
        (C::Status, "死亡"),
        (C::Note, "线上，自述"),
    ]);
    assert_eq!((row.name.as_str(), row.account_name.as_deref()), ("张三", Some("张三")));
    assert_eq!(row.account.unwrap().reveal(), "9917000000000001");
    assert_eq!(row.address.as_deref(), Some("一组１２号（老屋）"));
    assert_eq!(row.phone.as_deref(), Some("20012345678"));
    assert_eq!((row.certificate.as_deref(), row.household.as_deref()), (Some("渝军J-0001"), Some("0007")));
    assert_eq!(row.stopped_on, Some(date(1960, 7, 1)));
    assert_eq!(row.note.as_deref(), Some("线上，自述"));
    let shown = format!("{:?}", taken(&[(C::Phone, "20012345678"), (C::Account, "9917000000000001")]));
    assert!(!shown.contains("张三") && !shown.contains("12345678") && !shown.contains("99170"), "{shown}");
}
