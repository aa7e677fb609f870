//! The statistics table, as JSON and as files.

use super::answer::{UnitName, file};
use super::extract::{Path, Query};
use super::problem::Refusal;
use super::who::Seat;
use crate::output::{self, TableFile};
use app::{Code, Problem};
use axum::Json;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

/// Which table, and how.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// 单位：代码、名称或别名；不写为全县
    unit: Option<String>,
    /// json（默认）、text、csv、xlsx、docx、pdf
    format: Option<String>,
}

/// A table; its rows and columns are those of the campaign's template.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes the document only")]
pub struct Table {
    /// 活动代码
    campaign: String,
    /// 谁的统计表
    unit: UnitName,
    /// 表题
    heading: String,
    /// 列
    columns: Vec<Column>,
    /// 各类别
    rows: Vec<Line>,
    /// 合计
    total: Line,
    /// 打印出来的文字：每个类别一行，末行为合计，与 columns 逐格对应
    printed: Vec<Vec<String>>,
}

/// A column as printed.
#[derive(ToSchema)]
#[schema(as = StatisticsColumn)]
#[allow(dead_code, reason = "describes the document only")]
pub struct Column {
    /// 内容代码：label、leaders、count、money、goods、total_wan、help
    value: String,
    /// 表头
    label: String,
}

/// What was counted in a row.
#[derive(ToSchema)]
#[schema(as = StatisticsLine)]
#[allow(dead_code, reason = "describes the document only")]
pub struct Line {
    /// 类别代码；合计为 total
    key: String,
    /// 类别名称
    label: String,
    /// 计数单位：人、户、个
    count_unit: String,
    /// 带队领导
    leaders: Vec<String>,
    /// 户
    households: i64,
    /// 部队、机构等，个
    objects: i64,
    /// 人（不重复）
    persons: i64,
    /// 人次
    person_times: i64,
    /// 走访次数
    visits: i64,
    /// 慰问金，分
    money_fen: i64,
    /// 慰问金按资金来源
    money_by_source: MoneyBySource,
    /// 慰问品折款，分
    goods_fen: i64,
    /// 慰问品
    goods: Vec<GoodsSum>,
    /// 合计，分
    total_fen: i64,
    /// 合计，万元
    total_wan: String,
    /// 解决困难，件
    help: Help,
}

/// Money by where it came from, fen.
#[derive(ToSchema)]
#[schema(as = StatisticsMoney)]
#[allow(dead_code, reason = "describes the document only")]
pub struct MoneyBySource {
    /// 县级下拨
    county: i64,
    /// 本单位
    own: i64,
    /// 社会捐赠
    donation: i64,
    /// 未注明
    unstated: i64,
}

/// Goods of one name.
#[derive(ToSchema)]
#[schema(as = StatisticsGoods)]
#[allow(dead_code, reason = "describes the document only")]
pub struct GoodsSum {
    /// 名称
    name: String,
    /// 数量
    quantity: i64,
    /// 单位
    unit: String,
}

/// Difficulties solved, by kind.
#[derive(ToSchema)]
#[schema(as = StatisticsHelp)]
#[allow(dead_code, reason = "describes the document only")]
pub struct Help {
    /// 子女入学
    schooling: i64,
    /// 家属就业
    family_employment: i64,
    /// 住房改造
    housing: i64,
    /// 看病就医
    medical: i64,
    /// 法律援助
    legal_aid: i64,
    /// 其他
    other: i64,
}

/// `GET …/campaigns/{campaign}/statistics?unit=&format=`
pub async fn table(
    seat: Seat,
    Path((_, campaign)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let (app, caller, county) = (&seat.app, &seat.caller, seat.county);
    let table = app::statistics::table(app, caller, county, &campaign, asked.unit.as_deref()).await?;
    let Some(format) = asked.format.as_deref().filter(|format| *format != "json") else {
        return Ok(Json(body(&table)).into_response());
    };
    let kind = TableFile::from_word(format).ok_or_else(|| unknown_format(format))?;
    let taken = app.taken(caller);
    app::statistics::exported(app, caller, county, &table, format).await?;
    // Files of several campaigns lie in one folder: the heading says which.
    let name = format!("{}{}.{format}", table.unit.name, table.heading);
    // Laying out a PDF takes a while: keep it off the threads that answer others.
    let bytes = tokio::task::spawn_blocking(move || output::table(&table, kind, &taken))
        .await
        .map_err(|_| Problem::new(Code::Output, "文件未能生成"))??;
    Ok(file(&name, kind.media_type(), bytes))
}

/// A table with its heading and columns, as a page shows it.
pub(super) fn body(table: &domain::statistics::Table) -> serde_json::Value {
    let mut body = formats::statistics::json(table);
    body["heading"] = json!(table.heading);
    body["columns"] = json!(table.columns);
    body["printed"] = json!(formats::statistics::printed(table));
    body
}

pub(super) fn unknown_format(format: &str) -> Problem {
    Problem::new(Code::BadRequest, format!("没有“{format}”这种格式"))
}
