//! The one registry of what can go wrong for a user: a stable code, an HTTP status, a Chinese sentence that says
//! what happened and what to do, and details as data (design rule 4; RFC 9457).

use serde_json::{Value, json};
use std::fmt;

/// Every kind of problem. Codes are stable; a retired code is never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// The county is not set up in this database.
    CountyMissing,
    /// The county is already set up.
    CountyExists,
    /// No county has this code.
    CountyUnknown,
    /// A database holds several counties and none was named.
    CountyAmbiguous,
    /// No unit answers to the word.
    UnitUnknown,
    /// A change of units that cannot be made.
    UnitRefused,
    /// No campaign has this code.
    CampaignUnknown,
    /// The campaign exists already.
    CampaignExists,
    /// A campaign of another year needs its deadline.
    CampaignDeadline,
    /// No template of this name, or a file that is none.
    TemplateUnknown,
    /// A template that cannot be used.
    TemplateBad,
    /// The file was refused as a whole.
    FileRefused,
    /// No such import, candidate, person or visit.
    NotFound,
    /// What was asked contradicts what is recorded.
    Conflict,
    /// An import whose rows were touched since cannot be undone.
    UndoRefused,
    /// A value on the command line or in a request that cannot be understood.
    BadRequest,
    /// The caller may not do this.
    Forbidden,
    /// A role or account that cannot be had so.
    AccountRefused,
    /// A password that is easily guessed.
    PasswordWeak,
    /// Name, password or code is wrong.
    SignInRefused,
    /// Too many failures: wait.
    SignInWait,
    /// The password is right, a second factor is needed.
    SecondFactorNeeded,
    /// The session or token opens nothing any more.
    SessionEnded,
    /// Password or second factor must be set before anything else.
    AccountPending,
    /// The kept figures differ from the records.
    FiguresDiffer,
    /// The audit chain is broken.
    AuditBroken,
    /// The database or the key refused.
    Storage,
    /// A file could not be written.
    Output,
    /// Text or a file that carries classification marks.
    SecrecyRefused,
    /// A backup was not made, or not restored.
    BackupRefused,
    /// The URL does not take this method.
    Method,
    /// The client took too long.
    Timeout,
    /// The record changed since the client read it.
    Changed,
    /// The body is larger than its kind may be.
    TooLarge,
    /// The body is of another kind than the URL takes.
    MediaType,
    /// A change must say which version it starts from.
    VersionRequired,
    /// Too much is under way, or an act took too long.
    Busy,
    /// A visit whose cells are not taken; the findings say why.
    VisitRefused,
    /// Too many values were looked at in full.
    RevealLimit,
    /// A request that another site may have sent.
    CrossSite,
    /// A part of a file that is not there.
    RangeWrong,
    /// A table that cannot be submitted, accepted, returned or withdrawn now.
    SubmissionRefused,
    /// A unit that was asked within the hour is asked again only on purpose.
    ChaseAgain,
    /// A list that is too long to be given at once.
    ExportLarge,
    /// An account has as much open as it may.
    TooMany,
    /// A person whose fields are not taken; the findings say why.
    PersonRefused,
    /// A person whose fields are to be looked at once more before they are taken.
    PersonDoubtful,
    /// A yearly confirmation or a change of status that cannot be so.
    StatusRefused,
    /// An act of the payment chain that cannot be done now, or not by this person.
    PaymentRefused,
    /// 经费、慰问品的登记不成立
    LedgerRefused,
    /// Findings that must go away or be given a reason first.
    PaymentBlocked,
    /// Sums that do not balance: nothing was written.
    PaymentUnbalanced,
    /// An answer of the bank that was not taken in.
    ResultRefused,
}

impl Code {
    /// All codes, for the documentation.
    pub const ALL: &'static [Self] = &[
        Self::CountyMissing,
        Self::CountyExists,
        Self::CountyUnknown,
        Self::CountyAmbiguous,
        Self::UnitUnknown,
        Self::UnitRefused,
        Self::CampaignUnknown,
        Self::CampaignExists,
        Self::CampaignDeadline,
        Self::TemplateUnknown,
        Self::TemplateBad,
        Self::FileRefused,
        Self::NotFound,
        Self::Conflict,
        Self::UndoRefused,
        Self::BadRequest,
        Self::Forbidden,
        Self::AccountRefused,
        Self::PasswordWeak,
        Self::SignInRefused,
        Self::SignInWait,
        Self::SecondFactorNeeded,
        Self::SessionEnded,
        Self::AccountPending,
        Self::FiguresDiffer,
        Self::AuditBroken,
        Self::Storage,
        Self::Output,
        Self::SecrecyRefused,
        Self::BackupRefused,
        Self::Method,
        Self::Timeout,
        Self::Changed,
        Self::TooLarge,
        Self::MediaType,
        Self::VersionRequired,
        Self::Busy,
        Self::VisitRefused,
        Self::RevealLimit,
        Self::CrossSite,
        Self::RangeWrong,
        Self::SubmissionRefused,
        Self::ChaseAgain,
        Self::ExportLarge,
        Self::TooMany,
        Self::PersonRefused,
        Self::PersonDoubtful,
        Self::StatusRefused,
        Self::PaymentRefused,
        Self::LedgerRefused,
        Self::PaymentBlocked,
        Self::PaymentUnbalanced,
        Self::ResultRefused,
    ];

    /// Stable code, HTTP status and title.
    #[must_use]
    pub const fn entry(self) -> (&'static str, u16, &'static str) {
        match self {
            Self::CountyMissing => ("county.missing", 404, "尚未建立县级数据"),
            Self::CountyExists => ("county.exists", 409, "县级数据已经建立"),
            Self::CountyUnknown => ("county.unknown", 404, "没有这个县级代码"),
            Self::CountyAmbiguous => ("county.ambiguous", 400, "库中有多个县，请指明"),
            Self::UnitUnknown => ("unit.unknown", 404, "找不到单位"),
            Self::UnitRefused => ("unit.refused", 409, "单位不能这样变更"),
            Self::CampaignUnknown => ("campaign.unknown", 404, "找不到活动"),
            Self::CampaignExists => ("campaign.exists", 409, "活动已经建立"),
            Self::CampaignDeadline => ("campaign.deadline", 400, "需要报送截止日期"),
            Self::TemplateUnknown => ("template.unknown", 404, "找不到活动模板"),
            Self::TemplateBad => ("template.bad", 422, "活动模板有误"),
            Self::FileRefused => ("file.refused", 422, "文件未被接收"),
            Self::NotFound => ("record.not_found", 404, "找不到记录"),
            Self::Conflict => ("record.conflict", 409, "与已有记录不符"),
            Self::UndoRefused => ("import.undo_refused", 409, "不能撤销导入"),
            Self::BadRequest => ("request.bad", 400, "要求无法理解"),
            Self::Forbidden => ("authority.forbidden", 403, "没有权限"),
            Self::AccountRefused => ("account.refused", 409, "账号不能这样设置"),
            Self::PasswordWeak => ("account.password_weak", 422, "密码不符合要求"),
            Self::SignInRefused => ("sign_in.refused", 401, "登录未成功"),
            Self::SignInWait => ("sign_in.wait", 429, "请稍后再登录"),
            Self::SecondFactorNeeded => ("sign_in.second_factor", 401, "需要验证码"),
            Self::SessionEnded => ("session.ended", 401, "登录已失效"),
            Self::AccountPending => ("account.pending", 403, "账号设置尚未完成"),
            Self::FiguresDiffer => ("statistics.differ", 500, "统计数与记录不一致"),
            Self::AuditBroken => ("audit.broken", 500, "操作日志校验未通过"),
            Self::Storage => ("storage.failed", 500, "数据库未能完成"),
            Self::Output => ("output.failed", 500, "文件未能写出"),
            Self::SecrecyRefused => ("secrecy.refused", 422, "疑似涉密，未接收"),
            Self::BackupRefused => ("backup.refused", 409, "备份或恢复未进行"),
            Self::Method => ("request.method", 405, "不接受这种请求方法"),
            Self::Timeout => ("request.timeout", 408, "传送太慢"),
            Self::Changed => ("record.changed", 412, "记录已被别人改动"),
            Self::TooLarge => ("request.too_large", 413, "内容过大"),
            Self::MediaType => ("request.media_type", 415, "内容类型不对"),
            Self::VersionRequired => ("record.version_required", 428, "需要写明版本"),
            Self::Busy => ("server.busy", 503, "服务正忙"),
            Self::VisitRefused => ("visit.refused", 422, "走访没有登记"),
            Self::CrossSite => ("request.cross_site", 403, "请求来源不对"),
            Self::RangeWrong => ("request.range", 416, "没有这一段内容"),
            Self::SubmissionRefused => ("submission.refused", 409, "报送没有办成"),
            Self::ChaseAgain => ("chase.again", 409, "刚刚催办过"),
            Self::ExportLarge => ("export.large", 409, "内容较多，请在后台导出"),
            Self::TooMany => ("request.too_many", 429, "同时打开的太多"),
            Self::PersonRefused => ("person.refused", 422, "人员信息没有保存"),
            Self::PersonDoubtful => ("person.doubtful", 409, "有需要核对的内容"),
            Self::StatusRefused => ("status.refused", 422, "确认或变动没有登记"),
            Self::LedgerRefused => ("ledger.refused", 409, "登记不成立"),
            Self::PaymentRefused => ("payment.refused", 409, "发放不能这样办理"),
            Self::PaymentBlocked => ("payment.blocked", 409, "检查没有通过"),
            Self::PaymentUnbalanced => ("payment.unbalanced", 409, "发放账目不平"),
            Self::ResultRefused => ("payment.result_refused", 422, "银行结果没有导入"),
            Self::RevealLimit => ("person.reveal_limit", 429, "查看完整信息过多"),
        }
    }
}

/// One problem, told to the user.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Which.
    pub code: Code,
    /// What happened, to what, and what to do.
    pub message: String,
    /// Details as data.
    pub details: Value,
}

impl Problem {
    /// A problem with its sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: Value::Null }
    }

    /// Adds details as data.
    #[must_use]
    pub fn with(mut self, details: Value) -> Self {
        self.details = details;
        self
    }

    /// The body of an `application/problem+json` answer; also what the command line prints on stderr.
    #[must_use]
    pub fn json(&self) -> Value {
        let (code, status, title) = self.code.entry();
        let mut body = json!({ "code": code, "status": status, "title": title, "detail": self.message });
        if !self.details.is_null() {
            body["details"] = self.details.clone();
        }
        body
    }

    /// HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.code.entry().1
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (code, _, title) = self.code.entry();
        write!(f, "{title}：{}（{code}）", self.message)
    }
}

impl std::error::Error for Problem {}

impl From<store::StoreError> for Problem {
    fn from(error: store::StoreError) -> Self {
        let code = match error {
            store::StoreError::Nul(_) => Code::BadRequest,
            store::StoreError::Busy => Code::Busy,
            store::StoreError::NoCounty(_) => Code::CountyMissing,
            _ => {
                tracing::error!(error = %error, "store failed");
                Code::Storage
            }
        };
        Self::new(code, error.to_string())
    }
}

impl From<domain::unit::UnitError> for Problem {
    fn from(error: domain::unit::UnitError) -> Self {
        Self::new(Code::UnitUnknown, error.to_string())
    }
}
