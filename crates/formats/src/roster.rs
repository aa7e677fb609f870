//! The roster out: one row per person, protected values masked, all cells text.

use crate::document::Taken;
use crate::listing::{Heads, Kind, Listing, ListingError};
use std::io::Cursor;

const HEADS: Heads = &[
    ("姓名", 12.0),
    ("公民身份号码（遮盖）", 22.0),
    ("性别", 6.0),
    ("民族", 10.0),
    ("优抚类别", 24.0),
    ("伤残等级", 10.0),
    ("伤残性质", 10.0),
    ("证书编号", 16.0),
    ("户号", 12.0),
    ("乡镇（街道）", 16.0),
    ("村（社区）", 16.0),
    ("住址", 10.0),
    ("联系电话（遮盖）", 16.0),
    ("享受定期抚恤补助", 10.0),
    ("开户银行", 18.0),
    ("银行账号（末四位）", 18.0),
    ("户名（遮盖）", 12.0),
    ("状态", 8.0),
    ("死亡（停发）日期", 14.0),
    ("特殊困难", 16.0),
    ("备注", 10.0),
];

/// One person, in the order of the heads.
pub type Cells = [String; 21];

/// A roster on its way into a file.
pub struct Out(Listing<Cursor<Vec<u8>>>);

impl Out {
    /// An empty file of this kind; who took the roster and when stands on every sheet and page.
    pub fn new(kind: Kind, heading: &str, taken: &Taken) -> Result<Self, ListingError> {
        Ok(Self(Listing::in_memory(kind, heading, taken, HEADS)?))
    }

    /// Adds one person.
    pub fn add(&mut self, cells: &Cells) -> Result<(), ListingError> {
        self.0.add(&cells.each_ref().map(String::as_str))
    }

    /// The file's bytes.
    pub fn finish(self) -> Result<Vec<u8>, ListingError> {
        Ok(self.0.finish()?.into_inner())
    }
}
