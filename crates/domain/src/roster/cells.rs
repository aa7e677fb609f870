//! Reads the cells of one row and remarks on them.

use super::class;
use super::words::{self, quoted};
use super::{RosterColumn as C, codes};
use crate::bank::BankAccount;
use crate::citizen::{CitizenError, CitizenId, Sex};
use crate::finding::{Remarks, RowFinding};
use crate::mask;
use crate::person::{Hardship, PersonStatus};
use crate::sheet::{Cell, Damaged, RawRow};
use crate::text;
use crate::unit::word_key;
use jiff::civil::Date;
use std::borrow::Cow;

/// A refused value; the finding is already written.
pub(super) struct Refused;

/// One row and where its findings go.
pub(super) struct Row<'r, 'f> {
    raw: &'r RawRow,
    remarks: Remarks<'f>,
}

const AGE_NOTED: i16 = 110;

impl<'r, 'f> Row<'r, 'f> {
    pub(super) fn new(raw: &'r RawRow, findings: &'f mut Vec<RowFinding>) -> Self {
        Self { raw, remarks: Remarks { sheet: raw.sheet, row: raw.row, list: findings } }
    }

    pub(super) fn refuse<T>(&mut self, column: C, code: &'static str, message: String) -> Result<T, Refused> {
        self.remarks.refuse(Some(column.label()), code, message);
        Err(Refused)
    }

    pub(super) fn warn(&mut self, column: C, code: &'static str, message: String) {
        self.remarks.warn(Some(column.label()), code, message);
    }

    pub(super) fn note(&mut self, column: C, code: &'static str, message: String) {
        self.remarks.note(Some(column.label()), code, message);
    }

    fn cell(&self, column: C) -> &'r Cell {
        self.raw.cells.get(column as usize).unwrap_or(&Cell::Empty)
    }

    /// The cell's half-width text without blanks around it; empty when there is none.
    pub(super) fn text(&self, column: C) -> Cow<'r, str> {
        self.cell(column).text().unwrap_or_default()
    }

    /// Free text as typed.
    pub(super) fn prose(&self, column: C) -> Option<String> {
        self.cell(column).prose().map(Cow::into_owned)
    }

    /// A number of a person or account. A failed formula is no number; it is remarked on by itself.
    fn identifier(&self, column: C) -> Result<Option<Cow<'r, str>>, Damaged> {
        match self.cell(column) {
            Cell::Error(_) => Ok(None),
            // Most identifiers are what they should be: nothing to take away from them.
            Cell::Text(text) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
                Ok(Some(Cow::Borrowed(text)))
            }
            cell => Ok(cell.identifier()?.map(Cow::Owned)),
        }
    }

    /// Failed formulas of a row that is taken.
    pub(super) fn remark_on_errors(&mut self) {
        for column in C::ALL {
            if let Some(error) = self.cell(*column).error() {
                let message =
                    format!("{}的公式出错（{error}），已忽略；请改为数值后重新导入", column.label());
                self.warn(*column, codes::CELL_ERROR, message);
            }
        }
    }

    /// Reads a word of a small vocabulary; `Some(Err)` when it is none of it.
    pub(super) fn word<T>(
        &self,
        column: C,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<Result<T, Cow<'r, str>>> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        let found = read(&text).or_else(|| read(&word_key(&text)));
        Some(found.ok_or(text))
    }

    pub(super) fn name(&mut self) -> Result<String, Refused> {
        let name = text::squeeze(&self.text(C::Name)).into_owned();
        if name.is_empty() {
            let message = "姓名为空，未导入；请填写姓名后重新导入".to_owned();
            return self.refuse(C::Name, codes::NAME_MISSING, message);
        }
        if text::is_masked(&name) {
            let message = format!("姓名“{name}”中有遮盖用的*号，未导入；请填写全名后重新导入");
            return self.refuse(C::Name, codes::NAME_MASKED, message);
        }
        Ok(name)
    }

    /// The number, and whether it was upgraded from 15 digits.
    pub(super) fn citizen(&mut self, today: Date) -> Result<(CitizenId, bool), Refused> {
        let Ok(number) = self.identifier(C::Citizen) else {
            let message =
                "公民身份号码被Excel按数值截断，后几位已丢失，未导入；单元格应为文本格式，请重新填写18位号码";
            return self.refuse(C::Citizen, codes::CITIZEN_DAMAGED, message.to_owned());
        };
        let Some(number) = number else {
            let message = "公民身份号码为空，未导入；请填写后重新导入".to_owned();
            return self.refuse(C::Citizen, codes::CITIZEN_MISSING, message);
        };
        let error = match CitizenId::parse(&number) {
            Ok((citizen, _)) if citizen.birth() > today => {
                let message = format!("公民身份号码“{citizen}”中的出生日期晚于今天，未导入；请核对原件");
                return self.refuse(C::Citizen, codes::CITIZEN_DATE, message);
            }
            Ok(found) => return Ok(found),
            Err(error) => error,
        };
        let (code, what) = match error {
            CitizenError::Length(length) => {
                (codes::CITIZEN_LENGTH, format!("为{length}位，应为18位（或旧15位）"))
            }
            CitizenError::Character => {
                (codes::CITIZEN_CHARACTER, "含有数字以外的字符（只有末位可为X）".to_owned())
            }
            CitizenError::CheckDigit => (codes::CITIZEN_CHECK_DIGIT, "校验位不符，可能录错一位".to_owned()),
            CitizenError::Date => (codes::CITIZEN_DATE, "中的出生日期不存在".to_owned()),
        };
        let masked = mask::citizen(&number);
        self.refuse(C::Citizen, code, format!("公民身份号码“{masked}”{what}，未导入；请核对原件"))
    }

    pub(super) fn remark_on_number(&mut self, citizen: CitizenId, upgraded: bool, today: Date) {
        if upgraded {
            let message = format!("15位旧号码已升为18位“{citizen}”，请核对");
            self.note(C::Citizen, codes::CITIZEN_UPGRADED, message);
        }
        let age = citizen.age_on(today);
        if age > AGE_NOTED {
            let message = format!("按号码“{citizen}”计算年龄为{age}岁，已导入；请核对号码和状态");
            self.note(C::Citizen, codes::AGE_OVER_110, message);
        }
    }

    pub(super) fn sex(&mut self, citizen: CitizenId) -> Option<Sex> {
        let (sex, by_number) = match self.word(C::Sex, Sex::parse)? {
            Ok(sex) => (sex, citizen.sex()),
            Err(typed) => {
                if !words::is_unknown_sex(&typed) {
                    let message = format!("性别{}无法识别，已忽略；请填“男”或“女”", quoted(&typed));
                    self.warn(C::Sex, codes::SEX_UNKNOWN, message);
                }
                return None;
            }
        };
        if sex != by_number {
            let (sex, by_number) = (sex.label(), by_number.label());
            let message =
                format!("性别为{sex}，而公民身份号码“{citizen}”显示为{by_number}；已按表导入，请核对");
            self.warn(C::Sex, codes::SEX_DIFFERS, message);
        }
        Some(sex)
    }

    /// 户号, 证书编号: an identifier; one cut by Excel is left out.
    pub(super) fn number(&mut self, column: C) -> Option<String> {
        let is_plain =
            matches!(self.cell(column), Cell::Text(text) if !text.contains(['e', 'E', 'ｅ', 'Ｅ']));
        if is_plain || self.identifier(column).is_ok() {
            return self.cell(column).text().map(Cow::into_owned);
        }
        let title = column.label();
        let message = format!("{title}被Excel按数值截断，已忽略；单元格应为文本格式，请重新填写");
        self.warn(column, codes::NUMBER_DAMAGED, message);
        None
    }

    pub(super) fn allowance(&mut self) -> Option<bool> {
        if let Ok(answer) = self.cell(C::Allowance).yes_no() {
            return answer;
        }
        match self.word(C::Allowance, words::receives)? {
            Ok(answer) => Some(answer),
            Err(typed) => {
                if !words::is_nothing(&typed) {
                    let message =
                        format!("享受定期抚恤补助{}无法识别，已忽略；请填“是”或“否”", quoted(&typed));
                    self.warn(C::Allowance, codes::ALLOWANCE_UNKNOWN, message);
                }
                None
            }
        }
    }

    pub(super) fn status(&mut self, allowance: Option<bool>) -> Option<PersonStatus> {
        let status = match self.word(C::Status, words::status)? {
            Ok(status) => status,
            Err(typed) => {
                let of_sheets = PersonStatus::ALL.iter().filter(|it| **it != PersonStatus::Erased);
                let known: Vec<&str> = of_sheets.map(|it| it.label()).collect();
                let known = known.join("、");
                let message = format!("状态{}无法识别，已忽略；请填{known}之一", quoted(&typed));
                self.warn(C::Status, codes::STATUS_UNKNOWN, message);
                return None;
            }
        };
        if status == PersonStatus::Unconfirmed {
            let message = "状态为待确认，已导入；请完成年度确认后更新状态".to_owned();
            self.warn(C::Status, codes::STATUS_UNCONFIRMED, message);
        }
        if allowance == Some(true) && !status.is_to_be_visited() {
            let status = status.label();
            let message = format!("状态为{status}而享受定期抚恤补助为“是”，已按表导入；请核对是否应停发");
            self.warn(C::Allowance, codes::ALLOWANCE_ENDED, message);
        }
        Some(status)
    }

    pub(super) fn stopped_on(
        &mut self,
        citizen: CitizenId,
        status: Option<PersonStatus>,
        today: Date,
    ) -> Option<Date> {
        let Ok(date) = self.cell(C::StoppedOn).date() else {
            let typed = self.text(C::StoppedOn);
            if words::is_nothing(&word_key(&typed)) {
                return None;
            }
            let message =
                format!("死亡（停发）日期{}无法识别，已忽略；请按2024-08-12的样式填写", quoted(&typed));
            self.warn(C::StoppedOn, codes::STOPPED_ON_UNREADABLE, message);
            return None;
        };
        let date = date?;
        if date < citizen.birth() || date > today {
            let reason = if date > today { "晚于今天" } else { "早于出生日期" };
            let message = format!("死亡（停发）日期{date}{reason}，已忽略；请核对");
            self.warn(C::StoppedOn, codes::STOPPED_ON_IMPOSSIBLE, message);
            return None;
        }
        let status = status.unwrap_or(PersonStatus::Normal);
        if status.is_to_be_visited() && status != PersonStatus::Suspended {
            let message =
                format!("填了死亡（停发）日期{date}而状态为{}，已按表导入；请核对状态", status.label());
            self.warn(C::StoppedOn, codes::STOPPED_ON_WITHOUT_STATUS, message);
        }
        Some(date)
    }

    /// The marks of 特殊困难 and, where the cell says more than their words, its text.
    pub(super) fn hardship(&mut self) -> (Option<Vec<Hardship>>, Option<String>) {
        let typed = self.text(C::Hardship);
        if typed.is_empty() {
            return (None, None);
        }
        if matches!(word_key(&typed).as_str(), "否" | "不困难" | "0") || words::is_nothing(&word_key(&typed))
        {
            return (Some(Vec::new()), None);
        }
        let mut marks = Vec::new();
        let mut says_more = false;
        let whole = words::hardship(&word_key(&typed));
        let pieces = if whole.is_some() { vec![typed.as_ref()] } else { class::pieces(&typed) };
        for piece in pieces {
            let key = word_key(piece);
            says_more |= key.contains(['(', ':']);
            if let Some(mark) = words::hardship(&key) {
                marks.push(mark);
                continue;
            }
            says_more = true;
            let message =
                format!("特殊困难{}无法识别，未标记；请填下岗失业、自然灾害、重大疾病或其他", quoted(piece));
            self.warn(C::Hardship, codes::HARDSHIP_UNKNOWN, message);
        }
        if marks.is_empty() {
            return (None, None);
        }
        marks.sort_unstable();
        marks.dedup();
        let text = if says_more { self.prose(C::Hardship) } else { None };
        (Some(marks), text)
    }

    pub(super) fn account(&mut self) -> Result<Option<BankAccount>, Refused> {
        if let Ok(typed) = self.identifier(C::Account) {
            return Ok(typed.as_deref().and_then(BankAccount::new));
        }
        let message =
            "银行账号被Excel按数值截断，后几位已丢失，未导入；单元格应为文本格式，请按存折或卡面重新填写";
        self.refuse(C::Account, codes::ACCOUNT_DAMAGED, message.to_owned())
    }

    pub(super) fn remark_on_account(&mut self, account: Option<&BankAccount>) {
        if let Some((account, doubt)) = account.and_then(|it| it.doubt().map(|doubt| (it, doubt))) {
            let message = format!("银行账号“{account}”：{doubt}；已导入");
            self.warn(C::Account, codes::ACCOUNT_DOUBTFUL, message);
        }
    }

    pub(super) fn account_name(&mut self, name: &str) -> Option<String> {
        let account_name = text::squeeze(&self.prose(C::AccountName)?).into_owned();
        if account_name != name {
            let message =
                format!("户名{}与姓名不同，已导入；请核对是否为本人账户", quoted(&mask::name(&account_name)));
            self.warn(C::AccountName, codes::ACCOUNT_NAME_DIFFERS, message);
        }
        Some(account_name)
    }

    pub(super) fn phone(&mut self) -> Option<String> {
        if self.identifier(C::Phone).is_ok() {
            return self.cell(C::Phone).text().map(|text| text.trim_matches(is_quote).to_owned());
        }
        let message = "联系电话被Excel按数值截断，已忽略；单元格应为文本格式，请重新填写".to_owned();
        self.warn(C::Phone, codes::PHONE_DAMAGED, message);
        None
    }
}

/// The apostrophe with which people force Excel to keep text.
fn is_quote(c: char) -> bool {
    matches!(c, '\'' | '‘' | '’' | '`' | '"' | '“' | '”')
}
