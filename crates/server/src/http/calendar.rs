//! The county's working-day calendar: read by year, added to.

use super::extract::{Json, Query};
use super::problem::Refusal;
use super::who::Seat;
use axum::Json as Out;
use domain::calendar::DayKind;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which year.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// 年份；不写为今年
    year: Option<i16>,
}

/// What is written about a day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CalendarDay)]
pub struct Day {
    /// 日期
    date: String,
    /// 是否上班
    is_worked: bool,
    /// 节日名称，或为哪个节日调休
    name: String,
}

/// The days of a year that do not follow the week.
#[derive(Debug, Serialize, ToSchema)]
pub struct Calendar {
    /// 年份
    year: i16,
    /// 这一年的放假安排是否已经有了；没有时只按周六、周日休息计算
    is_known: bool,
    /// 不按周计算的日子
    days: Vec<Day>,
}

/// `GET …/calendar?year=`
pub async fn of(seat: Seat, Query(asked): Query<Asked>) -> Result<Out<Calendar>, Refusal> {
    let year = asked.year.unwrap_or_else(|| seat.app.today().year());
    let calendar = app::calendar::of(&seat.app, &seat.caller, seat.county).await?;
    let day = |entry: &domain::calendar::Entry| Day {
        date: entry.date.to_string(),
        is_worked: entry.kind == DayKind::Work,
        name: entry.name.clone(),
    };
    let days = calendar.of_year(year).map(day).collect();
    Ok(Out(Calendar { year, is_known: calendar.is_known(year), days }))
}

/// Days to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CalendarImport)]
pub struct Import {
    /// 一行一天，如 2027-01-01 休 元旦；已有的日子以新写的为准
    text: String,
}

/// How many days were taken.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CalendarImported)]
pub struct Imported {
    /// 天数
    days: usize,
}

/// `POST …/calendar`: a line that cannot be read refuses all.
pub async fn import(seat: Seat, Json(asked): Json<Import>) -> Result<Out<Imported>, Refusal> {
    let days = app::calendar::import(&seat.app, &seat.caller, seat.county, &asked.text).await?;
    Ok(Out(Imported { days }))
}
