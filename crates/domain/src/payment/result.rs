//! What a bank's answer is made of: which kind of list, which columns.

use crate::person::words;
use crate::sheet::Column;
use serde::{Deserialize, Serialize};

words! {
    /// What kind of list the bank sent.
    ResultKind {
        /// Each row says whether it was paid.
        Mixed = "mixed", "逐笔注明结果";
        /// Only what was paid.
        Success = "success", "成功清单";
        /// Only what was not.
        Failure = "failure", "失败清单";
        /// Movements of the paying account: debits paid, credits came back. Others may stand between.
        Statement = "statement", "账户流水";
    }
}

words! {
    /// What a column of the bank's answer says.
    ResultColumn {
        /// Number of the line.
        Seq = "seq", "序号";
        /// 账号
        Account = "account", "账号";
        /// 户名
        Name = "name", "户名";
        /// 金额
        Amount = "amount", "金额";
        /// Whether it was paid.
        Outcome = "outcome", "处理结果";
        /// Why not.
        Reason = "reason", "失败原因";
        /// The bank's day.
        Date = "date", "交易日期";
        /// The bank's number.
        Serial = "serial", "流水号";
        /// What left the account (statement).
        Debit = "debit", "借方金额";
        /// What came back (statement).
        Credit = "credit", "贷方金额";
        /// 摘要
        Summary = "summary", "摘要";
        /// Of no use.
        Skip = "skip", "忽略";
    }
}

/// The columns of an answer with heads, in the order of [`ResultColumn::ALL`] without `Skip`.
pub const COLUMNS: &[Column] = &[
    Column {
        title: "序号", synonyms: &["代理编号", "编号", "笔号", "明细序号", "顺序号"], required: false
    },
    Column {
        title: "账号",
        synonyms: &["收款账号", "收款人账号", "帐号", "卡号", "对方账号", "收款帐号", "对方账户", "收款账户"],
        required: false,
    },
    Column {
        title: "户名",
        synonyms: &[
            "收款户名",
            "收款人名称",
            "收款人",
            "客户姓名",
            "姓名",
            "对方户名",
            "收款人户名",
            "对方名称",
        ],
        required: false,
    },
    Column {
        title: "金额",
        synonyms: &["交易金额", "发放金额", "金额(元)", "转账金额", "代发金额", "汇款金额"],
        required: false,
    },
    Column {
        title: "处理结果",
        synonyms: &["交易状态", "状态", "结果", "发放结果", "处理状态", "交易结果", "代发结果", "成功标志"],
        required: false,
    },
    Column {
        title: "失败原因",
        synonyms: &["原因", "退票原因", "错误信息", "返回信息", "失败信息", "备注信息", "错误原因"],
        required: false,
    },
    Column {
        title: "交易日期",
        synonyms: &["记账日期", "日期", "处理日期", "交易时间", "入账日期"],
        required: false,
    },
    Column {
        title: "流水号",
        synonyms: &["交易流水号", "回单号", "银行流水号", "凭证号", "回单编号", "交易流水"],
        required: false,
    },
    Column {
        title: "借方金额",
        synonyms: &["借方发生额", "支出金额", "支出", "借方", "转出金额"],
        required: false,
    },
    Column {
        title: "贷方金额",
        synonyms: &["贷方发生额", "收入金额", "收入", "贷方", "转入金额"],
        required: false,
    },
    Column { title: "摘要", synonyms: &["用途", "附言", "交易摘要"], required: false },
];

/// Of these one must be there: an amount in some column.
pub const ONE_OF: &[&[usize]] = &[&[3, 8, 9], &[0, 1]];

/// Whether a word of the bank says paid; `None` when it is under way or says nothing that is understood.
#[must_use]
pub fn says_paid(text: &str) -> Option<bool> {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["处理中", "待处理", "已受理", "未处理", "排队"]) && !text.contains("重复") {
        return None;
    }
    if has(&["不成功", "未成功", "失败", "退", "拒", "错", "异常", "不符", "不存在", "销户", "冻结"])
    {
        return Some(false);
    }
    if has(&["成功", "已入账", "已发放", "已付", "完成"]) || matches!(text, "0" | "00" | "0000" | "S" | "Y")
    {
        return Some(true);
    }
    (!text.trim().is_empty()).then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_paid_and_not() {
        for (text, expected) in [
            ("成功", Some(true)),
            ("交易成功", Some(true)),
            ("不成功", Some(false)),
            ("失败", Some(false)),
            ("已退票", Some(false)),
            ("户名不符,原户名为[某]", Some(false)),
            ("处理中", None),
            ("未处理记录重复", Some(false)),
            ("0000", Some(true)),
            ("", None),
        ] {
            assert_eq!(says_paid(text), expected, "{text}");
        }
    }

    #[test]
    fn the_columns_are_in_the_order_of_their_words() {
        let labels: Vec<&str> = ResultColumn::ALL.iter().map(|it| it.label()).collect();
        let titles: Vec<&str> = COLUMNS.iter().map(|it| it.title).collect();
        assert_eq!(labels[..titles.len()], titles[..]);
    }
}
