//! The bank's answers, as they come.

use super::{layout, one, three};
use domain::money::Fen;
use domain::payment::{FailureReason, Outcome, ResultKind};
use formats::bank::result::{ResultError, Results, read};
use jiff::civil::date;

fn results(key: &str, name: &str, bytes: &[u8], kind: Option<ResultKind>) -> Result<Results, ResultError> {
    read(&layout(key), name, bytes, kind)
}

type Short<'a> = (&'a str, &'a str, i64, Outcome);

fn short(results: &Results) -> Vec<Short<'_>> {
    let of = |row: &'_ formats::bank::result::Row| row.amount_fen.map_or(0, |it| it.0);
    let rows = results.rows.iter();
    rows.map(|row| {
        let account = row.account.as_ref().map_or("", |it| it.reveal());
        (account, row.name.as_str(), of(row), row.outcome)
    })
    .collect()
}

const A1: &str = "9917000000000000001";
const A2: &str = "9917000000000000002";

#[test]
fn lists_drawn_as_boxes() {
    let failed = results("rural_text", "结果.txt", include_bytes!("golden/rural_failed.txt"), None).unwrap();
    assert_eq!((failed.kind, failed.date), (ResultKind::Failure, Some(date(2024, 7, 26))));
    let mismatch = Outcome::Failed(FailureReason::NameMismatch);
    assert_eq!(short(&failed), [(A2, "买买提·艾力", 5_000, mismatch)]);
    assert_eq!(failed.rows[0].text, "户名不符,原户名为[某]");
    let paid = results("rural_text", "结果.txt", include_bytes!("golden/rural_paid.txt"), None).unwrap();
    assert_eq!(paid.kind, ResultKind::Success);
    assert_eq!(short(&paid), [(A1, "安一", 5_000, Outcome::Paid), (A1, "安二", 7_005, Outcome::Paid)]);
}

#[test]
fn a_list_of_the_same_layout() {
    for key in ["rural_text", "plain_fixed"] {
        let file = one(&layout(key), &three("安三"));
        let paid = results(key, &file.name, &file.bytes, Some(ResultKind::Success));
        // The example of fixed length names columns of the answer, which are others.
        if key == "rural_text" {
            let paid = paid.unwrap();
            assert_eq!((paid.rows.len(), paid.rows[2].amount_fen), (3, Some(Fen(7_005))));
            assert_eq!(paid.date, Some(date(2024, 7, 26)));
            assert!(matches!(results(key, "结果.txt", &file.bytes, None), Err(ResultError::Kind)));
        } else {
            assert!(paid.is_err());
            let mut layout = layout(key);
            layout.result.clear();
            let paid = read(&layout, &file.name, &file.bytes, Some(ResultKind::Success)).unwrap();
            assert_eq!(short(&paid)[1], (A2, "安三", 5_000, Outcome::Paid));
        }
    }
}

#[test]
fn a_list_with_heads_says_each_row_s_result() {
    let text = "代发明细\n序号,收款账号,收款户名,金额,交易状态,失败原因,交易日期,流水号\n\
        1,9917000000000000001,安一,50.00,成功,,2024-07-26,K1\n\
        2,9917000000000000002,安三,\"1,050.00\",失败,账户已销户,2024-07-26,K2\n\
        3,9917000000000000003,安四,50.00,处理中,,,\n";
    let read = results("plain_xlsx", "结果.csv", text.as_bytes(), None).unwrap();
    assert_eq!(
        short(&read),
        [(A1, "安一", 5_000, Outcome::Paid), (A2, "安三", 105_000, Outcome::Failed(FailureReason::Closed)),]
    );
    assert_eq!((read.kind, read.pending.as_slice()), (ResultKind::Mixed, [5].as_slice()));
    assert_eq!((read.rows[0].seq, read.rows[0].serial.as_deref()), (Some(1), Some("K1")));
    assert_eq!(read.rows[1].bank_date, Some(date(2024, 7, 26)));
}

#[test]
fn a_statement_is_debits_and_what_came_back() {
    let text = "交易日期,对方账号,对方户名,借方发生额,贷方发生额,摘要,交易流水号\n\
        2024-07-26,9917000000000000001,安一,50.00,,代发,K1\n\
        2024-07-27,9917000000000000002,安三,,50.00,退票 户名不符,K2\n\
        2024-07-27,,,3.00,,手续费,K3\n";
    let read = results("plain_xlsx", "流水.csv", text.as_bytes(), None).unwrap();
    assert_eq!(read.kind, ResultKind::Statement);
    assert_eq!(
        short(&read),
        [
            (A1, "安一", 5_000, Outcome::Paid),
            (A2, "安三", 5_000, Outcome::Failed(FailureReason::NameMismatch)),
        ]
    );
}

#[test]
fn a_file_that_contradicts_itself_or_cannot_be_read_is_refused_whole() {
    let cut = String::from_utf8_lossy(include_bytes!("golden/rural_paid.txt")).into_owned();
    assert!(cut.contains("120.05"));
    let sum = include_bytes!("golden/rural_paid.txt").to_vec();
    let at = sum.windows(6).position(|it| it == b"120.05").unwrap();
    let mut wrong = sum.clone();
    wrong[at] = b'9';
    let refused = results("rural_text", "a.txt", &wrong, None);
    assert!(matches!(refused, Err(ResultError::Totals { .. })), "{refused:?}");
    let damaged = "账号,户名,金额,状态\n6.2E+18,安一,50,成功\n";
    let refused = results("plain_xlsx", "a.csv", damaged.as_bytes(), None);
    assert!(matches!(&refused, Err(ResultError::Rows(rows)) if rows[0].0 == 2), "{refused:?}");
    let bad = "账号,户名,金额,状态\n9917000000000000001,安一,五十,成功\n";
    let refused = results("plain_xlsx", "a.csv", bad.as_bytes(), None).unwrap_err();
    assert_eq!(refused.to_string(), "有 1 行读不出来，没有导入：第2行金额读不出来");
    for bytes in [&b""[..], b"\0\0\0", b"PK\x03\x04", "你好".as_bytes(), b"a|b|c\n"] {
        assert!(results("rural_text", "a.txt", bytes, Some(ResultKind::Success)).is_err(), "{bytes:?}");
    }
}
