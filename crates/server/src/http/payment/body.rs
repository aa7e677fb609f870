//! Batches, lines and results as documents.

use super::super::answer::UnitName;
use app::payment as pay;
use domain::payment::Tally;
use serde::Serialize;
use utoipa::ToSchema;

/// Lines and their money.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentTally)]
pub struct TallyBody {
    /// 笔数
    count: i64,
    /// 金额（分）
    amount_fen: i64,
}

impl From<Tally> for TallyBody {
    fn from(tally: Tally) -> Self {
        Self { count: tally.count, amount_fen: tally.amount_fen.0 }
    }
}

/// The sums of a batch.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentTotals)]
pub struct TotalsBody {
    /// 应发；恒等于后四项之和
    due: TallyBody,
    /// 发放成功
    paid: TallyBody,
    /// 退票
    returned: TallyBody,
    /// 待发（没有银行结果）
    waiting: TallyBody,
    /// 已取消
    cancelled: TallyBody,
}

/// A batch in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentBatch)]
pub struct Batch {
    /// 编号
    id: String,
    /// 批次号，如 bayi-2024-01
    code: String,
    /// 活动代码
    campaign: String,
    /// 发放项目
    item: String,
    /// 发放项目名称
    item_label: String,
    /// draft、checked、approved、exported、sent、partly_settled、settled、closed、cancelled
    state: String,
    /// 状态
    state_label: String,
    /// 清单版本
    version: i64,
    /// 基准日
    base_date: String,
    /// 银行处理日期
    pay_date: Option<String>,
    /// 代发格式
    layout: String,
    /// 补发的是哪个批次的退票
    parent: Option<String>,
    /// 审批时清单的 SM3
    list_sm3: Option<String>,
    /// 金额合计
    totals: TotalsBody,
    /// 应发大写金额
    capital: String,
    /// 建立时间（毫秒）
    created_at_ms: i64,
    /// 最后变动时间（毫秒）
    changed_at_ms: i64,
}

impl From<pay::BatchView> for Batch {
    fn from(it: pay::BatchView) -> Self {
        let totals = TotalsBody {
            due: it.totals.due.into(),
            paid: it.totals.paid.into(),
            returned: it.totals.returned.into(),
            waiting: it.totals.waiting.into(),
            cancelled: it.totals.cancelled.into(),
        };
        Self {
            id: it.id,
            code: it.code,
            campaign: it.campaign,
            item: it.item,
            item_label: it.item_label,
            state: it.state.code().to_owned(),
            state_label: it.state_label.to_owned(),
            version: it.version,
            base_date: it.base_date,
            pay_date: it.pay_date,
            layout: it.layout,
            parent: it.parent,
            list_sm3: it.list_sm3,
            totals,
            capital: it.capital,
            created_at_ms: it.created_at_ms,
            changed_at_ms: it.changed_at_ms,
        }
    }
}

/// A step of a batch.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentStep)]
pub struct Step {
    /// 操作代码
    act: String,
    /// 操作
    label: String,
    /// 清单版本
    version: i64,
    /// 办理人
    by: String,
    /// 是否本人（含本人的其他账号）
    is_own: bool,
    /// 理由或结果
    detail: String,
    /// 时间（毫秒）
    at_ms: i64,
}

/// How many findings a check has.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentCheckCount)]
pub struct CheckCount {
    /// 检查代码
    check: String,
    /// 检查
    label: String,
    /// blocking 必须改正，warning 说明理由后放行
    weight: String,
    /// 怎么办
    advice: String,
    /// 几处
    count: i64,
    /// 其中还没有说明理由的
    open: i64,
}

impl From<pay::CheckCount> for CheckCount {
    fn from(it: pay::CheckCount) -> Self {
        Self {
            check: it.check.to_owned(),
            label: it.label.to_owned(),
            weight: it.weight.to_owned(),
            advice: it.advice.to_owned(),
            count: it.count,
            open: it.open,
        }
    }
}

/// Some lines together.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentGroup)]
pub struct Group {
    /// 类别代码或单位代码
    key: String,
    /// 名称
    label: String,
    /// 笔数
    count: i64,
    /// 金额（分）
    amount_fen: i64,
}

impl From<pay::Group> for Group {
    fn from(it: pay::Group) -> Self {
        Self { key: it.key, label: it.label, count: it.count, amount_fen: it.amount_fen }
    }
}

/// Persons without a line.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentRefusedCount)]
pub struct RefusedCount {
    /// 原因代码
    reason: String,
    /// 原因
    label: String,
    /// 人数
    count: i64,
}

pub fn refused(all: Vec<(domain::payment::Refusal, &'static str, i64)>) -> Vec<RefusedCount> {
    let one = |(reason, label, count): (domain::payment::Refusal, &str, i64)| RefusedCount {
        reason: reason.code().to_owned(),
        label: label.to_owned(),
        count,
    };
    all.into_iter().map(one).collect()
}

/// A bank file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentFile)]
pub struct File {
    /// 第几个文件
    part: i64,
    /// 文件名
    name: String,
    /// 笔数
    count: i64,
    /// 金额（分）
    amount_fen: i64,
    /// 文件的 SM3
    sm3: String,
}

/// An answer of the bank.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentResult)]
pub struct ResultBody {
    /// 编号
    id: String,
    /// mixed 逐笔结果，success 成功清单，failure 失败清单，statement 账户流水
    kind: String,
    /// 文件名
    file_name: String,
    /// 文件的 SM3
    sm3: String,
    /// 行数
    rows: i64,
    /// 成功
    paid: i64,
    /// 退票
    returned: i64,
    /// 与已知相同
    unchanged: i64,
    /// 银行处理中
    pending: i64,
    /// 对不上的行
    unmatched: i64,
    /// 导入人
    by: String,
    /// 时间（毫秒）
    at_ms: i64,
}

/// A batch with everything about it but its lines.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentDetail)]
pub struct Detail {
    /// 批次
    batch: Batch,
    /// 办理经过
    steps: Vec<Step>,
    /// 检查结果
    checks: Vec<CheckCount>,
    /// 代发文件
    files: Vec<File>,
    /// 银行结果
    results: Vec<ResultBody>,
    /// 按乡镇（街道）
    by_township: Vec<Group>,
    /// 按类别
    by_class: Vec<Group>,
    /// 不发的人，按原因
    refused: Vec<RefusedCount>,
    /// 还没有补发或取消的退票
    open_returns: i64,
}

impl From<pay::Detail> for Detail {
    fn from(it: pay::Detail) -> Self {
        let step = |step: pay::StepView| Step {
            act: step.act,
            label: step.label.to_owned(),
            version: step.version,
            by: step.by,
            is_own: step.is_own,
            detail: step.detail,
            at_ms: step.at_ms,
        };
        let file = |file: store::payment::result::FileRow| File {
            part: file.part,
            name: file.name,
            count: file.count,
            amount_fen: file.sum_fen,
            sm3: file.sm3,
        };
        let result = |row: store::payment::result::ResultRow| ResultBody {
            id: row.id,
            kind: row.kind,
            file_name: row.file_name,
            sm3: row.sm3,
            rows: row.rows,
            paid: row.paid,
            returned: row.returned,
            unchanged: row.unchanged,
            pending: row.pending,
            unmatched: row.unmatched,
            by: row.by_actor,
            at_ms: row.at_ms,
        };
        Self {
            batch: it.batch.into(),
            steps: it.steps.into_iter().map(step).collect(),
            checks: it.checks.into_iter().map(CheckCount::from).collect(),
            files: it.files.into_iter().map(file).collect(),
            results: it.results.into_iter().map(result).collect(),
            by_township: it.by_township.into_iter().map(Group::from).collect(),
            by_class: it.by_class.into_iter().map(Group::from).collect(),
            refused: refused(it.refused),
            open_returns: it.open_returns,
        }
    }
}

/// What a batch would be.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentPreview)]
pub struct Preview {
    /// 活动代码
    campaign: String,
    /// 发放项目
    item: String,
    /// 发放项目名称
    item_label: String,
    /// 基准日
    base_date: String,
    /// 代发格式
    layout: String,
    /// 笔数
    count: i64,
    /// 金额（分）
    amount_fen: i64,
    /// 大写金额
    capital: String,
    /// 按类别
    by_class: Vec<Group>,
    /// 按乡镇（街道）
    by_township: Vec<Group>,
    /// 不发的人，按原因
    refused: Vec<RefusedCount>,
    /// 检查结果
    checks: Vec<CheckCount>,
}

impl From<pay::Preview> for Preview {
    fn from(it: pay::Preview) -> Self {
        Self {
            campaign: it.campaign,
            item: it.item,
            item_label: it.item_label,
            base_date: it.base_date,
            layout: it.layout,
            count: it.count,
            amount_fen: it.amount_fen,
            capital: it.capital,
            by_class: it.by_class.into_iter().map(Group::from).collect(),
            by_township: it.by_township.into_iter().map(Group::from).collect(),
            refused: refused(it.refused),
            checks: it.checks.into_iter().map(CheckCount::from).collect(),
        }
    }
}

/// A remark on a line.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentFinding)]
pub struct Finding {
    /// 检查代码
    check: String,
    /// 检查
    label: String,
    /// blocking 必须改正，warning 说明理由后放行
    weight: String,
    /// 具体情况
    detail: String,
    /// 怎么办
    advice: String,
    /// 放行理由
    pass_reason: Option<String>,
    /// 放行人
    passed_by: Option<String>,
}

/// A line.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentLine)]
pub struct Line {
    /// 编号
    id: String,
    /// 批次号
    batch: String,
    /// 序号
    seq: i64,
    /// 人员编号
    person: String,
    /// 姓名（默认遮盖）
    name: String,
    /// 银行户名（默认遮盖）
    payee: String,
    /// 是否用了人工填写的银行写法
    has_spelling: bool,
    /// 类别
    class: String,
    /// 乡镇（街道）
    township: UnitName,
    /// 村（社区）
    village: Option<UnitName>,
    /// 金额（分）
    amount_fen: i64,
    /// 开户银行
    bank_name: Option<String>,
    /// 账号（遮盖）
    account: String,
    /// waiting 待发，paid 成功，returned 退票，cancelled 已取消
    state: String,
    /// 状态
    state_label: String,
    /// 退票原因代码
    reason: Option<String>,
    /// 退票原因
    reason_label: Option<String>,
    /// 怎么办
    advice: Option<String>,
    /// 银行原话
    bank_text: Option<String>,
    /// 银行日期
    bank_date: Option<String>,
    /// 银行流水号
    serial: Option<String>,
    /// 取消原因
    note: Option<String>,
    /// 补发的是哪一笔
    repays: Option<String>,
    /// 由哪一笔补发
    repaid_by: Option<String>,
    /// 检查结果
    findings: Vec<Finding>,
}

impl From<pay::LineView> for Line {
    fn from(it: pay::LineView) -> Self {
        let finding = |it: pay::FindingView| Finding {
            check: it.check,
            label: it.label.to_owned(),
            weight: it.weight,
            detail: it.detail,
            advice: it.advice.to_owned(),
            pass_reason: it.pass_reason,
            passed_by: it.passed_by,
        };
        Self {
            id: it.id,
            batch: it.batch,
            seq: it.seq,
            person: it.person,
            name: it.name,
            payee: it.payee,
            has_spelling: it.has_spelling,
            class: it.class.to_owned(),
            township: it.township.into(),
            village: it.village.map(UnitName::from),
            amount_fen: it.amount_fen,
            bank_name: it.bank_name,
            account: it.account,
            state: it.state.code().to_owned(),
            state_label: it.state_label.to_owned(),
            reason: it.reason.map(str::to_owned),
            reason_label: it.reason_label.map(str::to_owned),
            advice: it.advice.map(str::to_owned),
            bank_text: it.bank_text,
            bank_date: it.bank_date,
            serial: it.serial,
            note: it.note,
            repays: it.repays,
            repaid_by: it.repaid_by,
            findings: it.findings.into_iter().map(finding).collect(),
        }
    }
}
