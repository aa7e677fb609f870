//! Figures beside each other: progress by township, this year against last, the rule behind a row, the board.

use super::answer::UnitName;
use super::extract::{Path, Query};
use super::problem::Refusal;
use super::supervision::Share;
use super::who::Seat;
use app::{board, statistics, supervision};
use axum::Json as Out;
use domain::statistics::MoneyBySource;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// 慰问金 by source.
#[derive(Debug, Serialize, ToSchema)]
pub struct Money {
    /// 县级下拨，分
    county: i64,
    /// 本单位，分
    own: i64,
    /// 社会捐赠，分
    donation: i64,
    /// 没有写明，分
    unstated: i64,
}

impl From<MoneyBySource> for Money {
    fn from(it: MoneyBySource) -> Self {
        Self { county: it.county.0, own: it.own.0, donation: it.donation.0, unstated: it.unstated.0 }
    }
}

/// What a township, or the county, has come to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProgressOf)]
pub struct Progress {
    /// 单位
    unit: UnitName,
    /// 重点对象走访；没有权限或活动没有要求的为空
    key: Option<Share>,
    /// 普遍走访
    universal: Option<Share>,
    /// 走访记录数
    visits: i64,
    /// 人次
    person_times: i64,
    /// 慰问金，按资金来源
    money: Money,
    /// 慰问品折款，分
    goods_fen: i64,
    /// 统计表：missing、submitted、returned、accepted；县为空
    standing: Option<String>,
    /// green、yellow、red
    lamp: String,
    /// 剩3天、按时
    words: String,
}

impl From<supervision::Progress> for Progress {
    fn from(it: supervision::Progress) -> Self {
        Self {
            unit: it.unit.into(),
            key: it.key.map(Share::from),
            universal: it.universal.map(Share::from),
            visits: it.visits,
            person_times: it.person_times,
            money: it.money.into(),
            goods_fen: it.goods_fen.0,
            standing: it.standing.map(|it| it.code().to_owned()),
            lamp: it.lamp.code().to_owned(),
            words: it.words,
        }
    }
}

/// Progress for charts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Progress)]
pub struct All {
    /// 全县；本账号不管全县时为空
    county: Option<Progress>,
    /// 各乡镇（街道），按代码
    townships: Vec<Progress>,
}

/// `GET …/campaigns/{campaign}/statistics/progress`
pub async fn progress(seat: Seat, Path((_, campaign)): Path<(String, String)>) -> Result<Out<All>, Refusal> {
    let (county, townships) = supervision::progress(&seat.app, &seat.caller, seat.county, &campaign).await?;
    let townships = townships.into_iter().map(Progress::from).collect();
    Ok(Out(All { county: county.map(Progress::from), townships }))
}

/// What is compared.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Years {
    /// 单位；不写为本账号的单位，县里为全县
    unit: Option<String>,
    /// 与哪个活动比；不写为同一模板的上一次活动
    with: Option<String>,
}

/// Figures of one line.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComparisonFigures)]
pub struct Figures {
    /// 走访慰问人数（按本行的单位）
    count: i64,
    /// 人次
    person_times: i64,
    /// 走访记录数
    visits: i64,
    /// 慰问金，分
    money_fen: i64,
    /// 慰问品折款，分
    goods_fen: i64,
    /// 合计，分
    total_fen: i64,
    /// 解决实际困难，件
    help: i64,
}

impl From<statistics::Sums> for Figures {
    fn from(it: statistics::Sums) -> Self {
        Self {
            count: it.count,
            person_times: it.person_times,
            visits: it.visits,
            money_fen: it.money_fen,
            goods_fen: it.goods_fen,
            total_fen: it.total_fen,
            help: it.help,
        }
    }
}

/// One row of both years.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComparisonRow)]
pub struct Row {
    /// 类别代码，合计为 total
    key: String,
    /// 类别
    label: String,
    /// 人、户、个
    count_unit: String,
    /// 本次；本次没有这一类为空
    this: Option<Figures>,
    /// 上次；没有上次，或上次没有这一类为空
    last: Option<Figures>,
    /// 本次减上次
    change: Option<Figures>,
}

impl From<statistics::Compared> for Row {
    fn from(it: statistics::Compared) -> Self {
        Self {
            key: it.key,
            label: it.label,
            count_unit: it.count_unit.to_owned(),
            this: it.this.map(Figures::from),
            last: it.last.map(Figures::from),
            change: it.change.map(Figures::from),
        }
    }
}

/// A table beside that of another campaign.
#[derive(Debug, Serialize, ToSchema)]
pub struct Comparison {
    /// 活动代码
    campaign: String,
    /// 与哪个活动比；没有为空
    with: Option<String>,
    /// 单位
    unit: UnitName,
    /// 各类别
    rows: Vec<Row>,
    /// 合计
    total: Row,
}

/// `GET …/campaigns/{campaign}/statistics/comparison?unit=&with=`
pub async fn comparison(
    seat: Seat,
    Path((_, campaign)): Path<(String, String)>,
    Query(years): Query<Years>,
) -> Result<Out<Comparison>, Refusal> {
    let which = (years.unit.as_deref(), years.with.as_deref());
    let it = statistics::compare_years(&seat.app, &seat.caller, seat.county, &campaign, which).await?;
    Ok(Out(Comparison {
        campaign: it.campaign,
        with: it.with,
        unit: (it.unit.code, it.unit.name).into(),
        rows: it.rows.into_iter().map(Row::from).collect(),
        total: it.total.into(),
    }))
}

/// Whose row.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct OfUnit {
    /// 单位；不写为本账号的单位，县里为全县
    unit: Option<String>,
}

/// The rule behind a row.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatisticsWhy)]
pub struct Why {
    /// 单位
    unit: UnitName,
    /// 类别代码
    row: String,
    /// 类别
    label: String,
    /// 人、户、个
    count_unit: String,
    /// 表中第几类
    place: usize,
    /// 计入谁，一句一条
    takes: Vec<String>,
    /// 怎样计数，一句一条
    counts: Vec<String>,
    /// 模板代码
    template: String,
    /// 模板名称
    template_name: String,
    /// 模板版本
    template_version: u32,
    /// 这一类的全部数字（与统计表的行相同）
    #[schema(value_type = Object)]
    figures: Value,
}

/// `GET …/campaigns/{campaign}/statistics/cells/{row}/why?unit=`
pub async fn why(
    seat: Seat,
    Path((_, campaign, row)): Path<(String, String, String)>,
    Query(of): Query<OfUnit>,
) -> Result<Out<Why>, Refusal> {
    let which = (row.as_str(), of.unit.as_deref());
    let it = statistics::why(&seat.app, &seat.caller, seat.county, &campaign, which).await?;
    Ok(Out(Why {
        unit: (it.unit.code, it.unit.name).into(),
        row: it.line.key.clone(),
        label: it.line.label.clone(),
        count_unit: it.why.count_unit.to_owned(),
        place: it.why.place,
        takes: it.why.takes,
        counts: it.why.counts,
        template: it.template.0,
        template_name: it.template.1,
        template_version: it.template.2,
        figures: formats::statistics::line_json(&it.line),
    }))
}

/// Visits of a day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BoardDay)]
pub struct Day {
    /// 日期
    day: String,
    /// 走访记录数
    visits: i64,
}

/// Visits by a method.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BoardMethod)]
pub struct ByMethod {
    /// letter、home、talk、telephone
    method: String,
    /// 走访方式
    label: String,
    /// 走访记录数
    visits: i64,
}

/// A township on the schematic map.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BoardTownship)]
pub struct Township {
    /// 代码和简称
    unit: UnitName,
    /// green、yellow、red
    lamp: String,
    /// 剩3天、按时
    words: String,
    /// missing、submitted、returned、accepted
    standing: String,
    /// 重点对象走访
    key: Option<Share>,
    /// 走访记录数
    visits: i64,
}

/// 大屏.
#[derive(Debug, Serialize, ToSchema)]
pub struct Board {
    /// 活动代码
    campaign: String,
    /// 活动名称
    name: String,
    /// 县
    county: String,
    /// 今天
    today: String,
    /// 截止日期
    deadline: String,
    /// 还有几个工作日，过期为负
    days: i64,
    /// green、yellow、red
    lamp: String,
    /// 剩3天
    words: String,
    /// 已报、应报单位
    submitted: Share,
    /// 其中已收
    accepted: i64,
    /// 重点对象走访
    key: Option<Share>,
    /// 普遍走访
    universal: Option<Share>,
    /// 走访记录数
    visits: i64,
    /// 人次
    person_times: i64,
    /// 慰问金，按资金来源
    money: Money,
    /// 慰问品折款，分
    goods_fen: i64,
    /// 最近 30 天每天的走访，今天在最后
    by_day: Vec<Day>,
    /// 全部走访按方式
    by_method: Vec<ByMethod>,
    /// 各乡镇（街道），按代码
    townships: Vec<Township>,
}

/// `GET …/campaigns/{campaign}/board`
pub async fn board(seat: Seat, Path((_, campaign)): Path<(String, String)>) -> Result<Out<Board>, Refusal> {
    let it = board::of(&seat.app, &seat.caller, seat.county, &campaign).await?;
    let township = |it: board::Township| Township {
        unit: it.unit.into(),
        lamp: it.lamp.code().to_owned(),
        words: it.words,
        standing: it.standing.code().to_owned(),
        key: it.key.map(Share::from),
        visits: it.visits,
    };
    let by_method = |(method, visits): (domain::visit::Method, i64)| ByMethod {
        method: method.code().to_owned(),
        label: method.label().to_owned(),
        visits,
    };
    Ok(Out(Board {
        campaign: it.campaign.0,
        name: it.campaign.1,
        county: it.county,
        today: it.today.to_string(),
        deadline: it.deadline.to_string(),
        days: it.days,
        lamp: it.lamp.code().to_owned(),
        words: it.words,
        submitted: it.submitted.into(),
        accepted: it.accepted,
        key: it.key.map(Share::from),
        universal: it.universal.map(Share::from),
        visits: it.visits,
        person_times: it.person_times,
        money: it.money.into(),
        goods_fen: it.goods_fen.0,
        by_day: it.by_day.into_iter().map(|(day, visits)| Day { day: day.to_string(), visits }).collect(),
        by_method: it.by_method.into_iter().map(by_method).collect(),
        townships: it.townships.into_iter().map(township).collect(),
    }))
}
