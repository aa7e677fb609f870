//! Units of a county: listed, found, added, renamed, split, merged, given another name.

use super::answer::Items;
use super::extract::{Json, Path};
use super::problem::Refusal;
use super::who::Seat;
use app::{Code, Problem, unit};
use axum::Json as Out;
use axum::http::StatusCode;
use domain::unit::UnitTree;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A unit in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct Unit {
    /// 代码
    code: String,
    /// 名称
    name: String,
    /// 简称
    short_name: String,
    /// 类型
    kind: String,
    /// 上级单位的代码；县没有
    parent: Option<String>,
    /// 别名
    aliases: Vec<String>,
}

fn shown(tree: &UnitTree, unit: &domain::unit::Unit) -> Unit {
    Unit {
        code: unit.code.clone(),
        name: unit.name.clone(),
        short_name: unit.short_name.clone(),
        kind: unit.kind.code().to_owned(),
        parent: unit.parent_id.and_then(|id| tree.get(id)).map(|parent| parent.code.clone()),
        aliases: unit.aliases.clone(),
    }
}

/// `GET …/units`
pub async fn list(seat: Seat) -> Result<Out<Items<Unit>>, Refusal> {
    let tree = unit::tree(&seat.app, &seat.caller, seat.county).await?;
    let mut units: Vec<&domain::unit::Unit> =
        tree.all().iter().filter(|unit| unit.valid_to.is_none()).collect();
    units.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(Out(Items { items: units.into_iter().map(|unit| shown(&tree, unit)).collect() }))
}

/// `GET …/units/{unit}`
pub async fn get(seat: Seat, Path((_, word)): Path<(String, String)>) -> Result<Out<Unit>, Refusal> {
    let tree = unit::tree(&seat.app, &seat.caller, seat.county).await?;
    let found = tree.find(&word).map_err(Problem::from)?;
    Ok(Out(shown(&tree, found)))
}

/// A unit to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UnitNew)]
pub struct New {
    /// 名称（部队只写代称）
    name: String,
    /// 类型
    kind: String,
    /// 上级单位；不写为县
    parent: Option<String>,
}

/// `POST …/units`
pub async fn add(seat: Seat, Json(new): Json<New>) -> Result<(StatusCode, Out<Unit>), Refusal> {
    let (app, caller, parent) = (&seat.app, &seat.caller, new.parent.as_deref());
    let made = unit::add(app, caller, seat.county, &new.name, &new.kind, parent).await?;
    made_unit(&seat, &made).await
}

async fn made_unit(seat: &Seat, made: &domain::unit::Unit) -> Result<(StatusCode, Out<Unit>), Refusal> {
    let tree = unit::tree(&seat.app, &seat.caller, seat.county).await?;
    Ok((StatusCode::CREATED, Out(shown(&tree, made))))
}

/// A day that was sent, or today.
fn on(seat: &Seat, day: Option<&str>) -> Result<Date, Problem> {
    match day {
        None => Ok(seat.app.today()),
        Some(text) => text
            .parse()
            .map_err(|_| Problem::new(Code::BadRequest, format!("“{text}”不是日期，应如 2024-07-20"))),
    }
}

/// Another name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UnitRename)]
pub struct Rename {
    /// 新名称；旧名保留为别名
    name: String,
    /// 生效日期；不写为今天
    on: Option<String>,
}

/// `PATCH …/units/{unit}`
pub async fn rename(
    seat: Seat,
    Path((_, word)): Path<(String, String)>,
    Json(asked): Json<Rename>,
) -> Result<StatusCode, Refusal> {
    let day = on(&seat, asked.on.as_deref())?;
    unit::rename(&seat.app, &seat.caller, seat.county, &word, &asked.name, day).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a new unit is made of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UnitSplit)]
pub struct Split {
    /// 新单位名称
    name: String,
    /// 划入新单位的村（社区）
    villages: Vec<String>,
    /// 生效日期；不写为今天
    on: Option<String>,
}

/// `POST …/units/{unit}/split`
pub async fn split(
    seat: Seat,
    Path((_, word)): Path<(String, String)>,
    Json(asked): Json<Split>,
) -> Result<(StatusCode, Out<Unit>), Refusal> {
    let day = on(&seat, asked.on.as_deref())?;
    let (app, caller) = (&seat.app, &seat.caller);
    let made = unit::split(app, caller, seat.county, &word, &asked.name, &asked.villages, day).await?;
    made_unit(&seat, &made).await
}

/// The unit that stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UnitMerge)]
pub struct Merge {
    /// 保留的单位
    into: String,
    /// 生效日期；不写为今天
    on: Option<String>,
}

/// `POST …/units/{unit}/merge`
pub async fn merge(
    seat: Seat,
    Path((_, word)): Path<(String, String)>,
    Json(asked): Json<Merge>,
) -> Result<StatusCode, Refusal> {
    let day = on(&seat, asked.on.as_deref())?;
    unit::merge(&seat.app, &seat.caller, seat.county, &word, &asked.into, day).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Another name by which a unit is found.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UnitAlias)]
pub struct Alias {
    /// 别名
    alias: String,
}

/// `POST …/units/{unit}/aliases`
pub async fn alias(
    seat: Seat,
    Path((_, word)): Path<(String, String)>,
    Json(asked): Json<Alias>,
) -> Result<StatusCode, Refusal> {
    unit::alias(&seat.app, &seat.caller, seat.county, &word, &asked.alias).await?;
    Ok(StatusCode::NO_CONTENT)
}
