//! Byte by byte.

use super::{ORDER, layout, one, three};
use calamine::{Data, Reader, Xlsx};
use domain::money::Fen;
use formats::bank::{BankError, Entry, write};
use std::io::Cursor;

#[test]
fn the_rural_text_is_what_the_bank_s_program_reads() {
    let file = one(&layout("rural_text"), &three("买买提·艾力"));
    assert_eq!(file.bytes, include_bytes!("golden/rural.txt"));
    assert_eq!(file.name, "代发0012_20240726_1.txt");
    assert_eq!((file.count, file.sum_fen), (3, Fen(17_005)));
    assert_eq!(file.sm3.len(), 64);
}

#[test]
fn the_fixed_text_counts_bytes_and_knows_rare_characters() {
    let file = one(&layout("plain_fixed"), &three("安𬱖·艾力"));
    assert_eq!(file.bytes, include_bytes!("golden/fixed.dat"));
}

fn cells(bytes: &[u8]) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    range.rows().map(<[Data]>::to_vec).collect()
}

#[test]
fn workbooks_hold_accounts_as_text_and_amounts_of_two_decimals() {
    let text = |it: &str| Data::String(it.to_owned());
    let plain = cells(&one(&layout("plain_xlsx"), &three("买买提·艾力")).bytes);
    let heads = ["序号", "收款账号", "收款户名", "金额", "摘要", "开户银行"].map(text);
    assert_eq!(plain[0], heads);
    let last = [
        Data::Float(3.0),
        text("9917000000000000001"),
        text("安二"),
        Data::Float(70.05),
        text("八一慰问金"),
        text("某农商行"),
    ];
    assert_eq!((plain.len(), plain[3].as_slice()), (4, last.as_slice()));
    let icbc = cells(&one(&layout("icbc_xlsx"), &three("买买提·艾力")).bytes);
    let heads = "付款账号开户行,付款账号,付款户名,收款开户行,省份,地市,收款账号,收款户名,金额,汇款用途,备注,短信手机号";
    assert_eq!(icbc[0], heads.split(',').map(text).collect::<Vec<_>>());
    assert_eq!(icbc[1][1], text("31010000000000001"));
    assert_eq!(icbc[2][7], text("买买提·艾力"));
}

#[test]
fn equal_lines_are_equal_bytes() {
    for key in ["rural_text", "icbc_xlsx", "plain_xlsx", "plain_fixed"] {
        let (one, again) = (one(&layout(key), &three("安三")), one(&layout(key), &three("安三")));
        assert_eq!(one, again, "{key}");
    }
}

#[test]
fn a_long_list_is_split_with_totals_of_its_own() {
    let mut layout = layout("rural_text");
    layout.rows_per_file = 2;
    let files = write(&layout, &ORDER, &three("安三")).unwrap();
    let said: Vec<_> = files.iter().map(|it| (it.name.as_str(), it.count, it.sum_fen)).collect();
    assert_eq!(
        said,
        [("代发0012_20240726_1.txt", 2, Fen(10_000)), ("代发0012_20240726_2.txt", 1, Fen(7_005))]
    );
    assert!(files[1].bytes.starts_with("||20240726|0012|||1|70.05\n".as_bytes()));
}

#[test]
fn what_a_bank_cannot_read_is_not_written() {
    let entry = |name| Entry { name, ..three("安三").remove(1) };
    let said = |key, name| match write(&layout(key), &ORDER, &[entry(name)]) {
        Ok(_) => "written",
        Err(BankError::Encoding(2, ..)) => "encoding",
        Err(BankError::Separator(2, _)) => "separator",
        Err(BankError::Long(2, ..)) => "long",
        Err(other) => panic!("{other}"),
    };
    let long: &'static str = Box::leak("长".repeat(50).into_boxed_str());
    for (key, name, expected) in [
        ("rural_text", "安𬱖", "encoding"),
        ("rural_text", "安弢", "separator"),
        ("rural_text", "安|三", "separator"),
        ("rural_text", "安\n三", "separator"),
        ("rural_text", long, "long"),
        ("plain_fixed", long, "long"),
        ("plain_fixed", "安弢", "written"),
        ("plain_xlsx", "=安𬱖", "written"),
    ] {
        assert_eq!(said(key, name), expected, "{key} {name}");
    }
    let empty = formats::bank::read(formats::bank::builtin()[0].1).unwrap();
    assert!(matches!(write(&empty, &ORDER, &three("安三")), Err(BankError::Constants(..))));
    assert!(matches!(write(&layout("rural_text"), &ORDER, &[]), Err(BankError::Empty)));
}

#[test]
fn a_layout_that_cannot_be_used_is_refused_with_its_line() {
    let good = formats::bank::builtin()[0].1;
    for (old, new, key) in [
        ("separator = \"|\"", "separator = \"||\"", "separator"),
        ("separator = \"|\"", "separator = \"1\"", "separator"),
        ("value = \"account\"", "value = \"empty\"", "column"),
        ("kind = \"delimited\"", "kind = \"fixed\"", "header[1].value"),
        ("{part}.txt", "{who}.txt", "file_name"),
        ("代发{unit_no}", "../{unit_no}", "file_name"),
        ("_{part}", "", "file_name"),
        ("text = \"unit_no\"", "text = \"other\"", "column"),
        ("value = \"count\"", "value = \"name\"", "header"),
        ("line_bytes = 1020", "line_bytes = 1020\nlines = 3", "lines"),
    ] {
        let text = good.replace(old, new);
        assert_ne!(text, good, "{old}");
        let error = formats::bank::read(&text).unwrap_err();
        assert_eq!(error.key, key, "{error}");
    }
    for (key, text) in formats::bank::builtin() {
        assert_eq!(formats::bank::read(text).unwrap().key, *key);
    }
}
