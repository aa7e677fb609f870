//! Why a bank did not pay, from the words that banks use (domain.md C).

use crate::person::words;
use crate::text::half_width;
use serde::{Deserialize, Serialize};

words! {
    /// Why a payment came back.
    FailureReason {
        /// No such account or card.
        AccountNotFound = "account_not_found", "账号或卡号不存在";
        /// The account belongs to another name.
        NameMismatch = "name_mismatch", "户名不符";
        /// Closed.
        Closed = "closed", "已销户";
        /// Frozen.
        Frozen = "frozen", "账户冻结";
        /// Asleep.
        Dormant = "dormant", "睡眠户或不动户";
        /// The card was lost or replaced.
        CardLostOrReplaced = "card_lost_or_replaced", "卡已挂失或换卡";
        /// Not an account for settlement, or one of limited kind.
        NotSettlement = "not_settlement", "非结算户或账户类别受限";
        /// Another number.
        IdMismatch = "id_mismatch", "证件号码不符";
        /// The document is over.
        IdExpired = "id_expired", "证件已过期";
        /// Wrong number of bank or unit.
        BankCodeError = "bank_code_error", "行号或单位编号错误";
        /// It was there already.
        Duplicate = "duplicate", "重复提交";
        /// Over a limit.
        Limit = "limit", "超过限额";
        /// Another; the bank's text tells.
        Other = "other", "其他原因";
    }
}

/// Words of banks, the more telling first.
const WORDS: &[(&str, FailureReason)] = &[
    ("户名不符", FailureReason::NameMismatch),
    ("户名不一致", FailureReason::NameMismatch),
    ("姓名不符", FailureReason::NameMismatch),
    ("户名错", FailureReason::NameMismatch),
    ("证件过期", FailureReason::IdExpired),
    ("证件已过期", FailureReason::IdExpired),
    ("身份信息过期", FailureReason::IdExpired),
    ("证件失效", FailureReason::IdExpired),
    ("证件号码不", FailureReason::IdMismatch),
    ("身份证号不", FailureReason::IdMismatch),
    ("证件不符", FailureReason::IdMismatch),
    ("销户", FailureReason::Closed),
    ("冻结", FailureReason::Frozen),
    ("止付", FailureReason::Frozen),
    ("睡眠", FailureReason::Dormant),
    ("不动户", FailureReason::Dormant),
    ("久悬", FailureReason::Dormant),
    ("账号状态异常", FailureReason::Dormant),
    ("帐号状态异常", FailureReason::Dormant),
    ("账户状态异常", FailureReason::Dormant),
    ("挂失", FailureReason::CardLostOrReplaced),
    ("换卡", FailureReason::CardLostOrReplaced),
    ("介质状态异常", FailureReason::CardLostOrReplaced),
    ("非结算", FailureReason::NotSettlement),
    ("二类户", FailureReason::NotSettlement),
    ("三类户", FailureReason::NotSettlement),
    ("II类", FailureReason::NotSettlement),
    ("III类", FailureReason::NotSettlement),
    ("重复", FailureReason::Duplicate),
    ("次数错误", FailureReason::Duplicate),
    ("限额", FailureReason::Limit),
    ("超限", FailureReason::Limit),
    // One word of the bank for two causes: the account is what a township can look into.
    ("单位编号错误或者卡号不存在", FailureReason::AccountNotFound),
    ("单位编号或账号信息错误", FailureReason::AccountNotFound),
    ("不存在", FailureReason::AccountNotFound),
    ("无此账号", FailureReason::AccountNotFound),
    ("无此户", FailureReason::AccountNotFound),
    ("账号错", FailureReason::AccountNotFound),
    ("账号信息错", FailureReason::AccountNotFound),
    ("账号有误", FailureReason::AccountNotFound),
    ("卡号错", FailureReason::AccountNotFound),
    ("信息错", FailureReason::AccountNotFound),
    ("单位编号", FailureReason::BankCodeError),
    ("行号", FailureReason::BankCodeError),
];

impl FailureReason {
    /// What a bank's text means; what is not known is another reason, and the text is kept beside it.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        let text: String = half_width(text).chars().filter(|c| !c.is_whitespace()).collect();
        let known = WORDS.iter().find(|(word, _)| text.contains(word)).map(|(_, reason)| *reason);
        known.or_else(|| Self::from_code(&text)).unwrap_or(Self::Other)
    }

    /// What is to be done, for the township that corrects it.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::AccountNotFound => "请向本人核对存折或卡面账号，上传凭据后更正",
            Self::NameMismatch => "请核对户名是否为本人、是否有生僻字，必要时填写“银行写法”",
            Self::Closed => "请本人提供仍在使用的账号",
            Self::Frozen => "请本人到银行解除冻结，或提供其他账号",
            Self::Dormant => "请本人到银行激活账户，或提供其他账号",
            Self::CardLostOrReplaced => "请本人提供新卡账号",
            Self::NotSettlement => "请本人提供Ⅰ类结算账户",
            Self::IdMismatch => "请核对公民身份号码，必要时请本人到银行更新证件信息",
            Self::IdExpired => "请本人到银行更新证件有效期",
            Self::BankCodeError => "请财务核对代发文件的行号和单位编号设置",
            Self::Duplicate => "请财务与银行核对当日是否已经代发",
            Self::Limit => "请本人到银行调整账户限额，或提供其他账号",
            Self::Other => "请按银行说明办理",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_banks_are_understood() {
        for (text, reason) in [
            ("户名不符,原户名为[张]", FailureReason::NameMismatch),
            ("单位编号错误或者卡号不存在", FailureReason::AccountNotFound),
            ("单位编号或账号信息错误！", FailureReason::AccountNotFound),
            ("查找账号[1]活期信息错", FailureReason::AccountNotFound),
            ("代理编号不存在", FailureReason::AccountNotFound),
            ("已销户", FailureReason::Closed),
            ("完全冻结", FailureReason::Frozen),
            ("冻结状态异常！", FailureReason::Frozen),
            ("账号状态异常！", FailureReason::Dormant),
            ("介质状态异常！", FailureReason::CardLostOrReplaced),
            ("该户为非结算户,不能转帐", FailureReason::NotSettlement),
            ("未处理记录重复", FailureReason::Duplicate),
            ("代理次数错误！应该为[2]", FailureReason::Duplicate),
            ("超过日累计限额", FailureReason::Limit),
            ("证件 已过期", FailureReason::IdExpired),
            ("name_mismatch", FailureReason::NameMismatch),
            ("系统忙", FailureReason::Other),
            ("", FailureReason::Other),
        ] {
            assert_eq!(FailureReason::of_text(text), reason, "{text}");
        }
    }
}
