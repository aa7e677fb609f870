//! What is looked at before a batch is approved. A blocking finding must go away; a warning passes with a reason.

use crate::bank::AccountDoubt;
use crate::money::Fen;
use crate::person::{PersonStatus, words};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

words! {
    /// What is looked at.
    Check {
        /// Nobody can pay without.
        AccountMissing = "account_missing", "没有银行账号";
        /// Letters, or a length that no bank has.
        AccountFormat = "account_format", "银行账号格式不对";
        /// The card's last digit.
        AccountLuhn = "account_luhn", "银行卡校验位不符";
        /// Several persons, one account.
        AccountShared = "account_shared", "多人共用一个账号";
        /// 户名 is another name.
        AccountNameDiffers = "account_name_differs", "户名与姓名不同";
        /// The roster has another account since the list was made.
        AccountChanged = "account_changed", "制表后名册账号有变";
        /// A character that the bank's file cannot hold.
        NameEncoding = "name_encoding", "户名有银行文件写不了的字";
        /// A character that the bank's program tears apart.
        NameTorn = "name_torn", "户名有可能被银行程序截断的字";
        /// Longer than the bank's field.
        NameLong = "name_long", "户名超过银行文件的长度";
        /// Same name and birth under two numbers.
        SamePerson = "same_person", "疑似同一人";
        /// Not confirmed this year.
        Unconfirmed = "unconfirmed", "本年度尚未确认";
        /// Dead, moved, suspended or stopped since the list was made.
        Status = "status", "已死亡、迁出、暂停或停发";
        /// Entitled on the base date, not any more today.
        StatusAfterBase = "status_after_base", "基准日后迁出、暂停或停发";
        /// On a list of burials.
        ListedDead = "listed_dead", "在殡葬比对名单中";
        /// On a list of the household register.
        ListedHousehold = "listed_household", "在户籍比对名单中";
        /// On a list of the social insurance.
        ListedSocial = "listed_social", "在社保比对名单中";
        /// Paid by another item of the campaign.
        OtherItem = "other_item", "本活动已由其他项目发放";
        /// On the roster of another county, too.
        OtherCounty = "other_county", "其他县也在发放";
        /// More than one person may get.
        AboveCap = "above_cap", "超过个人限额";
        /// More than the item may cost; of the batch, not of a line.
        OverBudget = "over_budget", "超过项目预算";
    }
}

words! {
    /// How much a finding weighs.
    Weight {
        /// It must go away before the batch is looked through.
        Blocking = "blocking", "阻断";
        /// It passes with a reason.
        Warning = "warning", "提醒";
        /// It is not looked at.
        Off = "off", "不检查";
    }
}

impl Check {
    /// How it weighs when the template says nothing. The notice pays every receiver: who is not confirmed this year
    /// is a warning.
    #[must_use]
    pub const fn usual(self) -> Weight {
        match self {
            Self::AccountMissing
            | Self::AccountFormat
            | Self::NameEncoding
            | Self::Status
            | Self::ListedDead
            | Self::AboveCap
            | Self::OverBudget => Weight::Blocking,
            _ => Weight::Warning,
        }
    }

    /// What is to be done.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::AccountMissing => "请在名册补录账号后重新检查，或剔除本笔",
            Self::AccountFormat | Self::AccountLuhn => "请核对存折或卡面",
            Self::AccountShared => "请核对是否代领；按人发放应打到本人账户",
            Self::AccountNameDiffers => "请核对是否本人账户",
            Self::AccountChanged => "请重新检查，使用名册现在的账号",
            Self::NameEncoding | Self::NameTorn | Self::NameLong => "请按存折上的写法填写“银行写法”",
            Self::SamePerson => "请核对是否一人两号，是则合并人员",
            Self::Unconfirmed => "请完成年度确认，或说明理由后放行",
            Self::Status => "请剔除本笔",
            Self::StatusAfterBase => "请核对待遇截止日期",
            Self::ListedDead => "请核实；已死亡的请在名册登记后剔除，仍健在的请更正比对名单",
            Self::ListedHousehold | Self::ListedSocial => "请核实比对名单所说情况",
            Self::OtherItem => "请核对是否应重复享受",
            Self::OtherCounty => "请与对方县核对由谁发放",
            Self::AboveCap => "请调整金额，或剔除本笔",
            Self::OverBudget => "请调整预算，或减少人数",
        }
    }

    /// Whether its findings belong to the batch as a whole.
    #[must_use]
    pub const fn is_of_batch(self) -> bool {
        matches!(self, Self::OverBudget)
    }
}

words! {
    /// Where a pasted or imported list comes from.
    ListKind {
        /// 殡葬: burials and cremations.
        Funeral = "funeral", "殡葬";
        /// 户籍: deregistered or moved.
        Household = "household", "户籍";
        /// 社保: the insurance's own list of the dead.
        Social = "social", "社保";
    }
}

impl ListKind {
    /// The check that finds whom the list names.
    #[must_use]
    pub const fn check(self) -> Check {
        match self {
            Self::Funeral => Check::ListedDead,
            Self::Household => Check::ListedHousehold,
            Self::Social => Check::ListedSocial,
        }
    }
}

/// What the checks look at in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFacts<'a> {
    /// The person's name on the roster.
    pub name: &'a str,
    /// The name for the bank: its spelling, else 户名, else the name.
    pub payee: &'a str,
    /// Whether the spelling was given by hand: then 户名 may differ.
    pub has_spelling: bool,
    /// Day of birth, for likeness.
    pub birth: &'a str,
    /// Key of the account (a blind index); empty when there is none.
    pub account: &'a str,
    /// What is doubtful about the account.
    pub doubt: Option<AccountDoubt>,
    /// What is wrong with the payee in the bank's file.
    pub payee_fault: Option<Check>,
    /// Status on the roster now.
    pub status: PersonStatus,
    /// Whether the status holds back from the base date on or before; after it the person is paid with a warning.
    pub is_after_base: bool,
    /// Whether the roster has another account than the line.
    pub account_changed: bool,
    /// Lists that name the person, with the note on their source.
    pub listed: Vec<(ListKind, &'a str)>,
    /// Other items of this campaign with a live line for the same number.
    pub other_items: Vec<&'a str>,
    /// Other counties that have the number.
    pub other_counties: Vec<&'a str>,
    /// How much, fen.
    pub amount_fen: Fen,
}

/// One remark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Place of the line; `None` for the batch.
    pub line: Option<usize>,
    /// What.
    pub check: Check,
    /// How it weighs.
    pub weight: Weight,
    /// What exactly, without numbers of persons and accounts.
    pub detail: String,
}

/// Limits of the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// What one person may get at most, fen; 0 is no limit.
    pub cap_fen: Fen,
    /// What the item may cost together, fen; 0 is no limit.
    pub budget_fen: Fen,
    /// What live lines of other batches of the item cost, fen.
    pub spent_fen: Fen,
}

/// Looks at all lines together. `weight` says how each check weighs for the item.
pub fn look(lines: &[LineFacts<'_>], limits: Limits, weight: impl Fn(Check) -> Weight) -> Vec<Found> {
    let mut found = Vec::new();
    let mut add = |line: Option<usize>, check: Check, detail: String| {
        let weight = weight(check);
        if weight != Weight::Off {
            found.push(Found { line, check, weight, detail });
        }
    };
    let (accounts, twins) = together(lines);
    for (place, line) in lines.iter().enumerate() {
        account(line, &accounts, &mut |check, detail| add(Some(place), check, detail));
        person(line, &twins, &mut |check, detail| add(Some(place), check, detail));
        if limits.cap_fen > Fen::ZERO && line.amount_fen > limits.cap_fen {
            let detail =
                format!("{}元，个人限额{}元", line.amount_fen.yuan_short(), limits.cap_fen.yuan_short());
            add(Some(place), Check::AboveCap, detail);
        }
    }
    let sum: Fen = lines.iter().map(|line| line.amount_fen).sum();
    let together = sum + limits.spent_fen;
    if limits.budget_fen > Fen::ZERO && together > limits.budget_fen {
        let detail =
            format!("本项目合计{}元，预算{}元", together.yuan_short(), limits.budget_fen.yuan_short());
        add(None, Check::OverBudget, detail);
    }
    found
}

type Counts<'a, K> = HashMap<K, usize>;

/// How often each account, and each name with a birthday, occurs.
fn together<'a>(lines: &[LineFacts<'a>]) -> (Counts<'a, &'a str>, Counts<'a, (&'a str, &'a str)>) {
    let (mut accounts, mut twins) = (HashMap::new(), HashMap::new());
    for line in lines {
        if !line.account.is_empty() {
            *accounts.entry(line.account).or_insert(0) += 1;
        }
        if !line.birth.is_empty() {
            *twins.entry((line.name, line.birth)).or_insert(0) += 1;
        }
    }
    (accounts, twins)
}

fn account(line: &LineFacts<'_>, accounts: &Counts<'_, &str>, add: &mut impl FnMut(Check, String)) {
    match line.doubt {
        _ if line.account.is_empty() => add(Check::AccountMissing, String::new()),
        Some(AccountDoubt::Luhn) => add(Check::AccountLuhn, String::new()),
        Some(AccountDoubt::Length(length)) => add(Check::AccountFormat, format!("{length}位")),
        Some(AccountDoubt::Character) => add(Check::AccountFormat, "含有数字以外的字符".to_owned()),
        None => {}
    }
    let shared = accounts.get(line.account).copied().unwrap_or_default();
    if shared > 1 {
        add(Check::AccountShared, format!("{shared}人"));
    }
    if line.payee != line.name && !line.has_spelling {
        add(Check::AccountNameDiffers, String::new());
    }
    if let Some(fault) = line.payee_fault {
        add(fault, String::new());
    }
    if line.account_changed {
        add(Check::AccountChanged, String::new());
    }
}

fn person(line: &LineFacts<'_>, twins: &Counts<'_, (&str, &str)>, add: &mut impl FnMut(Check, String)) {
    match line.status {
        PersonStatus::Unconfirmed => add(Check::Unconfirmed, String::new()),
        PersonStatus::Normal | PersonStatus::New => {}
        status if line.is_after_base && status != PersonStatus::Dead => {
            add(Check::StatusAfterBase, status.label().to_owned());
        }
        status => add(Check::Status, status.label().to_owned()),
    }
    if twins.get(&(line.name, line.birth)).is_some_and(|count| *count > 1) {
        add(Check::SamePerson, "同名同生日".to_owned());
    }
    for (kind, source) in &line.listed {
        add(kind.check(), (*source).to_owned());
    }
    for item in &line.other_items {
        add(Check::OtherItem, (*item).to_owned());
    }
    for county in &line.other_counties {
        add(Check::OtherCounty, (*county).to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line<'a>(name: &'a str, account: &'a str) -> LineFacts<'a> {
        LineFacts {
            name,
            payee: name,
            has_spelling: false,
            birth: "1890-01-02",
            account,
            doubt: None,
            payee_fault: None,
            status: PersonStatus::Normal,
            is_after_base: false,
            account_changed: false,
            listed: Vec::new(),
            other_items: Vec::new(),
            other_counties: Vec::new(),
            amount_fen: Fen(5_000),
        }
    }

    fn checks(lines: &[LineFacts<'_>]) -> Vec<(Option<usize>, Check)> {
        look(lines, Limits::default(), Check::usual).into_iter().map(|it| (it.line, it.check)).collect()
    }

    #[test]
    fn each_fault_has_its_check() {
        let cases: Vec<(&str, LineFacts<'_>, Option<Check>)> = vec![
            ("nothing", line("安一", "a"), None),
            ("no account", line("安一", ""), Some(Check::AccountMissing)),
            (
                "letters",
                LineFacts { doubt: Some(AccountDoubt::Character), ..line("安一", "a") },
                Some(Check::AccountFormat),
            ),
            (
                "short",
                LineFacts { doubt: Some(AccountDoubt::Length(7)), ..line("安一", "a") },
                Some(Check::AccountFormat),
            ),
            (
                "luhn",
                LineFacts { doubt: Some(AccountDoubt::Luhn), ..line("安一", "a") },
                Some(Check::AccountLuhn),
            ),
            ("other name", LineFacts { payee: "安二", ..line("安一", "a") }, Some(Check::AccountNameDiffers)),
            ("spelling", LineFacts { payee: "安乙", has_spelling: true, ..line("安一", "a") }, None),
            (
                "encoding",
                LineFacts { payee_fault: Some(Check::NameEncoding), ..line("安一", "a") },
                Some(Check::NameEncoding),
            ),
            ("dead", LineFacts { status: PersonStatus::Dead, ..line("安一", "a") }, Some(Check::Status)),
            (
                "dead after the base date",
                LineFacts { status: PersonStatus::Dead, is_after_base: true, ..line("安一", "a") },
                Some(Check::Status),
            ),
            (
                "moved after the base date",
                LineFacts { status: PersonStatus::Moved, is_after_base: true, ..line("安一", "a") },
                Some(Check::StatusAfterBase),
            ),
            (
                "unconfirmed",
                LineFacts { status: PersonStatus::Unconfirmed, ..line("安一", "a") },
                Some(Check::Unconfirmed),
            ),
            (
                "burial",
                LineFacts { listed: vec![(ListKind::Funeral, "县殡仪馆")], ..line("安一", "a") },
                Some(Check::ListedDead),
            ),
            (
                "other item",
                LineFacts { other_items: vec!["慰问品折款"], ..line("安一", "a") },
                Some(Check::OtherItem),
            ),
            (
                "other county",
                LineFacts { other_counties: vec!["丰都县"], ..line("安一", "a") },
                Some(Check::OtherCounty),
            ),
            (
                "changed",
                LineFacts { account_changed: true, ..line("安一", "a") },
                Some(Check::AccountChanged),
            ),
        ];
        for (what, facts, expected) in cases {
            let expected: Vec<_> = expected.into_iter().map(|check| (Some(0), check)).collect();
            assert_eq!(checks(&[facts]), expected, "{what}");
        }
    }

    #[test]
    fn lines_are_compared_with_each_other() {
        let shared = [line("安一", "a"), line("安二", "a"), line("安三", "b")];
        assert_eq!(checks(&shared), [(Some(0), Check::AccountShared), (Some(1), Check::AccountShared)]);
        let twins = [line("安一", "a"), line("安一", "b")];
        assert_eq!(checks(&twins), [(Some(0), Check::SamePerson), (Some(1), Check::SamePerson)]);
    }

    #[test]
    fn caps_budget_and_what_is_switched_off() {
        let limits = Limits { cap_fen: Fen(4_000), budget_fen: Fen(12_000), spent_fen: Fen(3_000) };
        let lines = [line("安一", "a"), line("安二", "b")];
        let found = look(&lines, limits, Check::usual);
        let said: Vec<_> = found.iter().map(|it| (it.line, it.check, it.weight)).collect();
        assert_eq!(
            said,
            [
                (Some(0), Check::AboveCap, Weight::Blocking),
                (Some(1), Check::AboveCap, Weight::Blocking),
                (None, Check::OverBudget, Weight::Blocking),
            ]
        );
        assert_eq!(found[2].detail, "本项目合计130元，预算120元");
        let off = look(
            &lines,
            limits,
            |check| {
                if check == Check::AboveCap { Weight::Off } else { Weight::Warning }
            },
        );
        assert_eq!(off.len(), 1);
    }
}
