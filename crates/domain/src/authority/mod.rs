//! Authority: which role may do what, and to which units. Role × permission → reach is data ([`MATRIX`]); everything
//! here is a pure decision that `app` asks for once per act (design rule 5).

mod matrix;
mod role;
mod scope;
#[cfg(test)]
mod tests;

pub use matrix::{MATRIX, reach};
pub use role::{Role, Separation, separate};
pub use scope::{Grant, Root, Scope};

use crate::person::words;
use serde::{Deserialize, Serialize};

/// How far a permission of a role reaches from the unit of its grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Every unit of the county.
    County,
    /// The unit of the grant and all units below it.
    Subtree,
    /// The unit of the grant alone.
    Own,
}

impl Reach {
    /// The Chinese word users know.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::County => "全县",
            Self::Subtree => "本单位及下级",
            Self::Own => "仅本单位",
        }
    }
}

/// Whose business a permission is: nobody holds both of the first two (design §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The county's double-support work and its data.
    Business,
    /// Running the system; for the three administrators only.
    Administration,
    /// What everybody with an account needs: units, messages, the own account.
    Common,
    /// For the operating-system user of the machine only; no account holds it.
    Machine,
}

words! {
    /// An act or a read that a door offers.
    Permission {
        /// Reading units.
        UnitRead = "unit.read", "查看单位";
        /// Adding, renaming, merging, splitting units.
        UnitChange = "unit.change", "变更单位";
        /// Reading campaigns.
        CampaignRead = "campaign.read", "查看活动";
        /// Making campaigns and changing their template.
        CampaignChange = "campaign.change", "建立和变更活动";
        /// Reading persons, masked.
        RosterRead = "roster.read", "查看名册（脱敏）";
        /// Seeing names in full where lists name people.
        NameRead = "name.read", "查看姓名全称";
        /// Importing a roster.
        RosterImport = "roster.import", "导入名册";
        /// Taking the roster out as a file.
        RosterExport = "roster.export", "导出名册";
        /// Seeing one protected value of one person in full, with a reason.
        PersonReveal = "person.reveal", "查看完整信息（逐人、说明理由）";
        /// Changing one person.
        PersonChange = "person.change", "修改人员信息";
        /// Making two entries of one human one.
        PersonMerge = "person.merge", "合并重复人员";
        /// Erasing a person where the law allows.
        PersonErase = "person.erase", "依法删除人员信息";
        /// Reading who is confirmed for a year.
        ConfirmationRead = "confirmation.read", "查看年度确认";
        /// Confirming, and taking it back.
        ConfirmationChange = "confirmation.change", "办理年度确认";
        /// Reading reported changes of status.
        StatusChangeRead = "status_change.read", "查看人员变动";
        /// Reporting them.
        StatusChangeReport = "status_change.report", "上报人员变动";
        /// Confirming or returning them.
        StatusChangeDecide = "status_change.decide", "审核人员变动";
        /// Reading what was imported.
        ImportRead = "import.read", "查看导入记录";
        /// Undoing an import.
        ImportUndo = "import.undo", "撤销导入";
        /// Reading visited persons who are not on the roster.
        CandidateRead = "candidate.read", "查看待确认人员";
        /// Confirming them.
        CandidateConfirm = "candidate.confirm", "确认待确认人员";
        /// Reading visits.
        VisitRead = "visit.read", "查看走访";
        /// Recording visits.
        VisitRecord = "visit.record", "登记走访";
        /// Importing visits.
        VisitImport = "visit.import", "导入走访";
        /// Taking visits back.
        VisitWithdraw = "visit.withdraw", "撤回走访";
        /// Taking visits out as a file.
        VisitExport = "visit.export", "导出走访";
        /// Reading who is to visit whom.
        VisitPlanRead = "visit_plan.read", "查看走访安排";
        /// Saying who is to visit whom.
        VisitPlanChange = "visit_plan.change", "安排走访";
        /// Reading the statistics table.
        StatisticsRead = "statistics.read", "查看统计表";
        /// Recomputing the table of the county from its records.
        StatisticsVerify = "statistics.verify", "重算核对统计";
        /// Taking the table out as a file.
        StatisticsExport = "statistics.export", "导出统计表";
        /// Submitting a unit's table, and taking it back.
        TableSubmit = "table.submit", "报送统计表";
        /// Accepting and returning submitted tables.
        TableReview = "table.review", "接收和退回统计表";
        /// Asking units for what is missing.
        ChaseSend = "chase.send", "催办";
        /// Reading who is visited and who is not.
        CoverageRead = "coverage.read", "查看覆盖情况";
        /// Taking that out as a file.
        CoverageExport = "coverage.export", "导出覆盖情况";
        /// Reading payments; a township its own lines.
        PaymentRead = "payment.read", "查看发放";
        /// Reading the ledger of funds and goods.
        LedgerRead = "ledger.read", "查看经费和慰问品台账";
        /// Buying, handing down.
        LedgerAllot = "ledger.allot", "登记购入和下拨";
        /// Signing for, giving back, cash.
        LedgerUse = "ledger.use", "登记签领、退回和现金";
        /// Making a batch, changing a draft, paying again what came back.
        PaymentPrepare = "payment.prepare", "编制发放批次";
        /// Running the checks and letting warnings pass with a reason.
        PaymentReview = "payment.review", "检查发放批次";
        /// Looking a batch through as the second person.
        PaymentCheck = "payment.check", "复核发放批次";
        /// Approving a batch as the third.
        PaymentApprove = "payment.approve", "审批发放批次";
        /// Giving a batch back to be changed.
        PaymentReopen = "payment.reopen", "退回发放批次";
        /// Giving a batch up.
        PaymentCancel = "payment.cancel", "取消发放批次";
        /// Writing bank files and papers with accounts.
        PaymentExport = "payment.export", "导出代发文件";
        /// Taking the bank's answer in, filing a batch.
        PaymentSettle = "payment.settle", "导入银行结果";
        /// Correcting an account, giving a bank's spelling.
        PaymentCorrect = "payment.correct", "更正收款账号";
        /// Layouts of banks, lists to compare with.
        PaymentSetting = "payment.setting", "设置代发格式和比对名单";
        /// Reading the working-day calendar.
        CalendarRead = "calendar.read", "查看工作日历";
        /// Changing it.
        CalendarChange = "calendar.change", "变更工作日历";
        /// Reading photos and attachments.
        FileRead = "file.read", "查看照片和附件";
        /// Uploading them.
        FileUpload = "file.upload", "上传照片和附件";
        /// Reading the rules of the secrecy guard.
        SecrecyRuleRead = "secrecy_rule.read", "查看保密检查规则";
        /// Changing them.
        SecrecyRuleChange = "secrecy_rule.change", "变更保密检查规则";
        /// Following the own background jobs.
        JobRead = "job.read", "查看本人后台作业";
        /// Cancelling them and trying them again.
        JobChange = "job.change", "取消和重试本人后台作业";
        /// Reading the own messages.
        NoticeRead = "notice.read", "查看本人消息";
        /// Reading who was told what and when it was seen.
        NoticeLog = "notice.log", "查看消息送达记录";
        /// The own password, second factor and sessions.
        OwnAccount = "account.own", "管理本人账号";
        /// Reading accounts.
        AccountRead = "account.read", "查看账号";
        /// Making and disabling accounts, resetting passwords.
        AccountChange = "account.change", "建立、停用账号和重置密码";
        /// Giving and taking roles.
        GrantChange = "grant.change", "授予和收回角色";
        /// Reading sessions of others.
        SessionRead = "session.read", "查看他人会话";
        /// Ending sessions of others.
        SessionEnd = "session.end", "结束他人会话";
        /// Making and revoking tokens for machines.
        TokenChange = "token.change", "签发和作废接口令牌";
        /// Reading the audit trail.
        AuditRead = "audit.read", "查看操作日志";
        /// Verifying its chain.
        AuditVerify = "audit.verify", "校验操作日志";
        /// Taking it out as a file.
        AuditExport = "audit.export", "导出操作日志";
        /// Reading metrics, settings and the state of the system.
        OperationsRead = "operations.read", "查看运行状态";
        /// Making a backup.
        BackupMake = "backup.make", "备份";
        /// Changing keys.
        KeyChange = "key.change", "更换密钥";
        /// Bringing the schema up to date.
        DatabaseMigrate = "database.migrate", "升级表结构";
        /// Setting a county up.
        CountyInit = "county.init", "建立县级数据";
    }
}

impl Permission {
    /// Whose business this is.
    #[must_use]
    pub const fn side(self) -> Side {
        match self {
            Self::UnitRead
            | Self::SecrecyRuleRead
            | Self::JobRead
            | Self::JobChange
            | Self::NoticeRead
            | Self::OwnAccount => Side::Common,
            Self::SecrecyRuleChange
            | Self::AccountRead
            | Self::AccountChange
            | Self::GrantChange
            | Self::SessionRead
            | Self::SessionEnd
            | Self::TokenChange
            | Self::AuditRead
            | Self::AuditVerify
            | Self::AuditExport
            | Self::OperationsRead
            | Self::BackupMake
            | Self::KeyChange
            | Self::DatabaseMigrate => Side::Administration,
            Self::CountyInit => Side::Machine,
            _ => Side::Business,
        }
    }
}
