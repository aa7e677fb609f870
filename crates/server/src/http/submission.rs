//! Tables that units submit: who has, one beside the live figures, and the four acts.

use super::answer::{UnitName, file};
use super::extract::{Json, Path, Query};
use super::problem::Refusal;
use super::statistics::{body, unknown_format};
use super::who::Seat;
use crate::output::{self, TableFile};
use app::{Code, Problem, submission};
use axum::Json as Out;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::submission::Standing;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// One submitted version.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SubmissionVersion)]
pub struct Version {
    /// 第几版
    version: i64,
    /// submitted 已报，accepted 已收，returned 退回，withdrawn 已撤回
    state: String,
    /// 状态
    state_label: String,
    /// 报送时间，毫秒
    submitted_at_ms: i64,
    /// 报送人
    submitted_by: String,
    /// 当时的截止日期
    deadline: String,
    /// 迟报的工作日数；按时为 0
    late_days: i64,
    /// 统计时的模板版本
    template_version: i64,
    /// 存下的表的 SM3
    sm3: String,
    /// 接收、退回或撤回的时间，毫秒
    decided_at_ms: Option<i64>,
    /// 谁办的
    decided_by: Option<String>,
    /// 退回意见
    remark: Option<String>,
}

impl From<submission::Version> for Version {
    fn from(it: submission::Version) -> Self {
        Self {
            version: it.version,
            state: it.state.code().to_owned(),
            state_label: it.state_label.to_owned(),
            submitted_at_ms: it.submitted_at_ms,
            submitted_by: it.submitted_by,
            deadline: it.deadline,
            late_days: it.late_days,
            template_version: it.template_version,
            sm3: it.sm3,
            decided_at_ms: it.decided_at_ms,
            decided_by: it.decided_by,
            remark: it.remark,
        }
    }
}

/// A unit that must submit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SubmissionUnit)]
pub struct Obliged {
    /// 单位
    unit: UnitName,
    /// 单位类型代码
    kind: String,
    /// missing 未报，submitted 已报，returned 退回，accepted 已收
    standing: String,
    /// 状态
    standing_label: String,
    /// 离截止还有几个工作日，过期为负；已报的为迟报天数的负数
    days: i64,
    /// green、yellow、red
    lamp: String,
    /// 剩3天、今天截止、超期2天、按时、迟报1天
    words: String,
    /// 最近一版
    last: Option<Version>,
    /// 催办情况；没有催过为空
    chase: Option<Chased>,
    /// 单位是否有经办人或负责人的账号；没有则催办无人收到
    has_account: bool,
}

/// How often a unit was asked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SubmissionChased)]
pub struct Chased {
    /// 催办次数
    times: i64,
    /// 最近一次的时间，毫秒
    last_at_ms: i64,
    /// 最近一次告知的人数
    told: i64,
    /// 其中已阅的人数
    seen: i64,
    /// 催办 2 次，最近 11-26 10:05，已阅 1/2
    words: String,
}

impl From<app::chase::Chased> for Chased {
    fn from(it: app::chase::Chased) -> Self {
        Self { times: it.times, last_at_ms: it.last_at_ms, told: it.told, seen: it.seen, words: it.words }
    }
}

/// All units that must submit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SubmissionOverview)]
pub struct Overview {
    /// 活动代码
    campaign: String,
    /// 截止日期
    deadline: String,
    /// 剩3天
    words: String,
    /// 应报单位数
    obliged: usize,
    /// 未报
    missing: usize,
    /// 已报、等待接收
    submitted: usize,
    /// 退回
    returned: usize,
    /// 已收
    accepted: usize,
    /// 已报和已收中迟报的
    late: usize,
    /// 各单位，按代码
    units: Vec<Obliged>,
}

/// Which units.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// 只列一种：missing、submitted、returned、accepted
    standing: Option<String>,
}

/// `GET …/campaigns/{campaign}/submissions`
pub async fn list(
    seat: Seat,
    Path((_, campaign)): Path<(String, String)>,
    Query(which): Query<Which>,
) -> Result<Out<Overview>, Refusal> {
    let only = which.standing.as_deref().map(|code| {
        Standing::from_code(code)
            .ok_or_else(|| Refusal::new(Code::BadRequest, format!("报送情况“{code}”不是可用的代码")))
    });
    let all = submission::list(&seat.app, &seat.caller, seat.county, &campaign, only.transpose()?).await?;
    let unit = |it: submission::Obliged| Obliged {
        unit: (it.code, it.name).into(),
        kind: it.kind.code().to_owned(),
        standing: it.standing.code().to_owned(),
        standing_label: it.standing_label.to_owned(),
        days: it.days,
        lamp: it.lamp.code().to_owned(),
        words: it.words,
        last: it.last.map(Version::from),
        chase: it.chase.map(Chased::from),
        has_account: it.has_account,
    };
    Ok(Out(Overview {
        campaign: all.campaign,
        deadline: all.deadline,
        words: all.words,
        obliged: all.obliged,
        missing: all.missing,
        submitted: all.submitted,
        returned: all.returned,
        accepted: all.accepted,
        late: all.late,
        units: all.units.into_iter().map(unit).collect(),
    }))
}

/// Which version, and how.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// 第几版；不写为最近一版
    version: Option<i64>,
    /// json（默认），或存下的表的文件：text、csv、xlsx、docx、pdf
    format: Option<String>,
}

/// One cell whose figures differ.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SubmissionDifference)]
pub struct Difference {
    /// 类别代码，合计为 total
    row: String,
    /// 类别
    row_label: String,
    /// 哪一项：统计表 JSON 的字段名
    column: String,
    /// 项目
    column_label: String,
    /// 报送时
    submitted: String,
    /// 现在
    live: String,
    /// 现在减报送时；金额为分；领导和慰问品没有
    change: Option<i64>,
}

/// A unit's table as submitted beside the live one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Submission)]
pub struct Shown {
    /// 单位
    unit: UnitName,
    /// missing 未报，submitted 已报，returned 退回，accepted 已收
    standing: String,
    /// 状态
    standing_label: String,
    /// green、yellow、red
    lamp: String,
    /// 剩3天、今天截止、超期2天、按时、迟报1天
    words: String,
    /// 截止日期
    deadline: String,
    /// 现在可以办的：submit、accept、return、withdraw
    may: Vec<String>,
    /// 各版，先报的在前
    versions: Vec<Version>,
    /// 下面 submitted 是第几版
    version: Option<i64>,
    /// 存下的表；没有报过为空
    #[schema(value_type = Option<Object>)]
    submitted: Option<Value>,
    /// 按现在的记录
    #[schema(value_type = Object)]
    live: Value,
    /// 现在的表的 SM3；报送时写上，表若有变动就不会误报
    live_sm3: String,
    /// 不同的格
    differences: Vec<Difference>,
}

fn shown(it: submission::Shown) -> Shown {
    let difference = |it: domain::submission::CellDifference| Difference {
        row: it.row,
        row_label: it.row_label,
        column: it.column.to_owned(),
        column_label: it.column_label.to_owned(),
        submitted: it.submitted,
        live: it.live,
        change: it.change,
    };
    Shown {
        unit: (it.unit.code, it.unit.name).into(),
        standing: it.standing.code().to_owned(),
        standing_label: it.standing.label().to_owned(),
        lamp: it.lamp.code().to_owned(),
        words: it.words,
        deadline: it.deadline,
        may: it.may.into_iter().map(|act| act.code().to_owned()).collect(),
        versions: it.versions.into_iter().map(Version::from).collect(),
        version: it.frozen.as_ref().map(|it| it.version.version),
        submitted: it.frozen.as_ref().map(|it| body(&it.table)),
        live: body(&it.live),
        live_sm3: it.live_sm3,
        differences: it.differences.into_iter().map(difference).collect(),
    }
}

/// `GET …/campaigns/{campaign}/submissions/{unit}?version=&format=`
pub async fn get(
    seat: Seat,
    Path((_, campaign, unit)): Path<(String, String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let (app, caller, county) = (&seat.app, &seat.caller, seat.county);
    let of = (campaign.as_str(), unit.as_str());
    let Some(format) = asked.format.as_deref().filter(|format| *format != "json") else {
        let it = submission::get(app, caller, county, of, asked.version).await?;
        return Ok(Out(shown(it)).into_response());
    };
    let kind = TableFile::from_word(format).ok_or_else(|| unknown_format(format))?;
    let (version, table) = submission::frozen_table(app, caller, county, of, asked.version).await?;
    submission::exported(app, caller, county, (&version, &table), format).await?;
    let name = format!("{}统计表（第{}版）.{format}", table.unit.name, version.version);
    let taken = app.taken(caller);
    let bytes = tokio::task::spawn_blocking(move || output::table(&table, kind, &taken))
        .await
        .map_err(|_| Problem::new(Code::Output, "文件未能生成"))??;
    Ok(file(&name, kind.media_type(), bytes))
}

/// What is submitted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SubmissionSubmit)]
pub struct Submit {
    /// 看过的表的 SM3（live_sm3）；表在此之后有变动时拒绝
    sm3: Option<String>,
}

/// `POST …/campaigns/{campaign}/submissions/{unit}`
pub async fn submit(
    seat: Seat,
    Path((_, campaign, unit)): Path<(String, String, String)>,
    Json(asked): Json<Submit>,
) -> Result<(StatusCode, Out<Version>), Refusal> {
    let of = (campaign.as_str(), unit.as_str());
    let version = submission::submit(&seat.app, &seat.caller, seat.county, of, asked.sm3.as_deref()).await?;
    Ok((StatusCode::CREATED, Out(version.into())))
}

/// The version that was looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SubmissionOfVersion)]
pub struct OfVersion {
    /// 第几版；已有更新的一版时拒绝
    version: i64,
}

/// `POST …/campaigns/{campaign}/submissions/{unit}/accept`
pub async fn accept(
    seat: Seat,
    Path((_, campaign, unit)): Path<(String, String, String)>,
    Json(asked): Json<OfVersion>,
) -> Result<Out<Version>, Refusal> {
    let of = (campaign.as_str(), unit.as_str());
    let version = submission::accept(&seat.app, &seat.caller, seat.county, of, asked.version).await?;
    Ok(Out(version.into()))
}

/// `POST …/campaigns/{campaign}/submissions/{unit}/withdraw`
pub async fn withdraw(
    seat: Seat,
    Path((_, campaign, unit)): Path<(String, String, String)>,
    Json(asked): Json<OfVersion>,
) -> Result<Out<Version>, Refusal> {
    let of = (campaign.as_str(), unit.as_str());
    let version = submission::withdraw(&seat.app, &seat.caller, seat.county, of, asked.version).await?;
    Ok(Out(version.into()))
}

/// What is to be put right.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SubmissionReturn)]
pub struct Return {
    /// 第几版；已有更新的一版时拒绝
    version: i64,
    /// 退回意见，1 至 500 字
    remark: String,
}

/// `POST …/campaigns/{campaign}/submissions/{unit}/return`
pub async fn hand_back(
    seat: Seat,
    Path((_, campaign, unit)): Path<(String, String, String)>,
    Json(asked): Json<Return>,
) -> Result<Out<Version>, Refusal> {
    let of = (campaign.as_str(), unit.as_str());
    let what = (asked.version, asked.remark.as_str());
    let version = submission::hand_back(&seat.app, &seat.caller, seat.county, of, what).await?;
    Ok(Out(version.into()))
}
