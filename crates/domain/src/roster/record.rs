//! The roster record as stored, and one checked row of a file.

use crate::bank::BankAccount;
use crate::citizen::{CitizenId, Sex};
use crate::ids::UnitId;
use crate::mask;
use crate::person::{Hardship, Identity, PersonStatus};
use jiff::civil::Date;
use std::fmt;

/// A person as the roster has them. Text fields are `None` when nothing is known, never `Some("")`.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// 姓名
    pub name: String,
    /// 公民身份号码; it is who the person is, so a row never changes it.
    pub citizen: CitizenId,
    /// 性别 as the file says, else by the number.
    pub sex: Sex,
    /// 民族, full form (`土家族`).
    pub ethnicity: Option<String>,
    /// 乡镇（街道）
    pub township_id: UnitId,
    /// 村（社区） of that township.
    pub village_id: Option<UnitId>,
    /// 户号
    pub household: Option<String>,
    /// 证书编号
    pub certificate: Option<String>,
    /// 住址 (protected)
    pub address: Option<String>,
    /// 联系电话 (protected)
    pub phone: Option<String>,
    /// 享受定期抚恤补助
    pub allowance: bool,
    /// 开户银行
    pub bank_name: Option<String>,
    /// 银行账号 (protected)
    pub account: Option<BankAccount>,
    /// 户名
    pub account_name: Option<String>,
    /// 状态
    pub status: PersonStatus,
    /// 死亡（停发）日期
    pub stopped_on: Option<Date>,
    /// 特殊困难, sorted, each once.
    pub hardship: Vec<Hardship>,
    /// What the cell says beyond the words of 特殊困难 (protected).
    pub hardship_text: Option<String>,
    /// 备注 (protected)
    pub note: Option<String>,
    /// 优抚类别 with grade and nature, sorted, each class once; never empty.
    pub identities: Vec<Identity>,
}

/// One row of a file that passed all checks. `None` means that the column is absent or the cell empty: it never
/// erases what is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct RosterRow {
    /// Number of the sheet in the file.
    pub sheet: u16,
    /// The row the user sees in Excel (CSV: the line).
    pub row: u32,
    /// 姓名
    pub name: String,
    /// 公民身份号码
    pub citizen: CitizenId,
    /// 性别
    pub sex: Option<Sex>,
    /// 民族
    pub ethnicity: Option<String>,
    /// 乡镇（街道）
    pub township_id: UnitId,
    /// 村（社区）; also `None` when the village was not found, which is warned of.
    pub village_id: Option<UnitId>,
    /// 户号
    pub household: Option<String>,
    /// 证书编号
    pub certificate: Option<String>,
    /// 住址
    pub address: Option<String>,
    /// 联系电话
    pub phone: Option<String>,
    /// 享受定期抚恤补助
    pub allowance: Option<bool>,
    /// 开户银行
    pub bank_name: Option<String>,
    /// 银行账号
    pub account: Option<BankAccount>,
    /// 户名
    pub account_name: Option<String>,
    /// 状态
    pub status: Option<PersonStatus>,
    /// 死亡（停发）日期
    pub stopped_on: Option<Date>,
    /// 特殊困难; `Some` of nothing when the cell says 无.
    pub hardship: Option<Vec<Hardship>>,
    /// What the cell says beyond the words of 特殊困难. Only looked at together with `hardship`.
    pub hardship_text: Option<String>,
    /// 备注
    pub note: Option<String>,
    /// 优抚类别, sorted, each class once; never empty. Grade and nature are `None` where not given.
    pub identities: Vec<Identity>,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person")
            .field("name", &mask::name(&self.name))
            .field("citizen", &self.citizen)
            .field("township_id", &self.township_id)
            .field("village_id", &self.village_id)
            .field("phone", &self.phone.as_deref().map(mask::phone))
            .field("account", &self.account)
            .field("allowance", &self.allowance)
            .field("status", &self.status)
            .field("stopped_on", &self.stopped_on)
            .field("identities", &self.identities)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for RosterRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RosterRow")
            .field("sheet", &self.sheet)
            .field("row", &self.row)
            .field("name", &mask::name(&self.name))
            .field("citizen", &self.citizen)
            .field("township_id", &self.township_id)
            .field("village_id", &self.village_id)
            .field("phone", &self.phone.as_deref().map(mask::phone))
            .field("account", &self.account)
            .field("allowance", &self.allowance)
            .field("status", &self.status)
            .field("stopped_on", &self.stopped_on)
            .field("identities", &self.identities)
            .finish_non_exhaustive()
    }
}
