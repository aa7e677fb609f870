//! Bank files against golden files written by hand (domain.md C), against a reader that behaves like a bank's own
//! program, and the bank's answers.
#![allow(clippy::unwrap_used)]

mod answers;
mod golden;
mod strict;

use domain::money::Fen;
use formats::bank::{BankFile, Entry, Layout, Order, builtin, read, write};
use jiff::civil::date;
use std::collections::BTreeMap;

/// A layout that comes along, with its constants filled in.
pub fn layout(key: &str) -> Layout {
    let text = builtin().iter().find(|it| it.0 == key).unwrap().1;
    let constants = BTreeMap::from(
        [
            ("unit_no", "0012"),
            ("agency_no", "A77"),
            ("payer_bank", "某行"),
            ("payer_account", "31010000000000001"),
            ("payer_name", "某县退役军人事务局"),
            ("province", "重庆"),
            ("city", "石柱"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    read(text).unwrap().with(&constants)
}

pub const ORDER: Order<'static> =
    Order { date: date(2024, 7, 26), batch: "bayi-2024-01", summary: "八一慰问金" };

/// Three lines: a name with a dot, an account that stands twice, an amount with fen.
pub fn three(second: &'static str) -> Vec<Entry<'static>> {
    let entry = |number, name, account, fen, id_number, times| Entry {
        number,
        name,
        account,
        amount_fen: Fen(fen),
        id_number,
        bank_name: "某农商行",
        township: "黄水镇",
        times,
    };
    vec![
        entry(1, "安一", "9917000000000000001", 5_000, "51232518900102001X", 1),
        entry(2, second, "9917000000000000002", 5_000, "512325189002030025", 1),
        entry(3, "安二", "9917000000000000001", 7_005, "512325189003040030", 2),
    ]
}

pub fn one(layout: &Layout, entries: &[Entry<'_>]) -> BankFile {
    let mut files = write(layout, &ORDER, entries).unwrap();
    assert_eq!(files.len(), 1);
    files.remove(0)
}
