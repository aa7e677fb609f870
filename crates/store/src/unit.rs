//! Units of a county with their other names, and what happened to them.

use crate::tx::Tx;
use crate::{StoreError, bulk, on, reference};
use domain::ids::UnitId;
use domain::region::CountyCode;
use domain::unit::{Unit, UnitKind};
use jiff::civil::Date;
use sqlx::FromRow;
use std::collections::HashMap;
use uuid::Uuid;

#[derive(FromRow)]
struct Row {
    id: String,
    code: String,
    kind: String,
    name: String,
    short_name: String,
    parent_id: Option<String>,
    valid_from: Option<String>,
    valid_to: Option<String>,
}

fn corrupt(column: &'static str, id: &str) -> StoreError {
    StoreError::Corrupt { table: "unit", column, id: id.to_owned() }
}

impl Row {
    fn read(self, aliases: &mut HashMap<String, Vec<String>>) -> Result<Unit, StoreError> {
        let day = |text: &Option<String>, column| -> Result<Option<Date>, StoreError> {
            text.as_deref().map(|text| text.parse().map_err(|_| corrupt(column, &self.id))).transpose()
        };
        let parent = self.parent_id.as_deref().map(str::parse).transpose();
        Ok(Unit {
            id: self.id.parse().map_err(|_| corrupt("id", &self.id))?,
            kind: UnitKind::from_code(&self.kind).ok_or_else(|| corrupt("kind", &self.id))?,
            parent_id: parent.map_err(|_| corrupt("parent_id", &self.id))?,
            valid_from: day(&self.valid_from, "valid_from")?,
            valid_to: day(&self.valid_to, "valid_to")?,
            aliases: aliases.remove(&self.id).unwrap_or_default(),
            code: self.code,
            name: self.name,
            short_name: self.short_name,
        })
    }
}

const LIST: &str = "SELECT id, code, kind, name, short_name, parent_id, valid_from, valid_to FROM unit \
                    WHERE county_code = $1 ORDER BY code, id";
const ALIASES: &str = "SELECT unit_id, alias FROM unit_alias WHERE county_code = $1 ORDER BY unit_id, alias";

/// All units of a county by code, ended ones too, with their aliases.
pub async fn list(tx: &mut Tx, county: CountyCode) -> Result<Vec<Unit>, StoreError> {
    let mut aliases: HashMap<String, Vec<String>> = HashMap::new();
    let words: Vec<(String, String)> =
        on!(tx, c => sqlx::query_as(ALIASES).bind(county.as_str()).fetch_all(c).await)?;
    for (unit, alias) in words {
        aliases.entry(unit).or_default().push(alias);
    }
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(LIST).bind(county.as_str()).fetch_all(c).await)?;
    rows.into_iter().map(|row| row.read(&mut aliases)).collect()
}

const COLUMNS: &[&str] =
    &["county_code", "id", "code", "kind", "name", "short_name", "parent_id", "valid_from", "valid_to"];
const ALIAS_COLUMNS: &[&str] = &["county_code", "unit_id", "alias"];

/// Adds units with their aliases; a unit above stands before those below it or in the same call.
pub async fn add_many(tx: &mut Tx, county: CountyCode, units: &[Unit]) -> Result<(), StoreError> {
    reference::changed(tx, county).await?;
    let rows: Vec<_> = units.iter().map(|unit| columns(county, unit)).collect();
    bulk::insert(tx, "unit", COLUMNS, &rows).await?;
    let words: Vec<_> = units
        .iter()
        .flat_map(|unit| unit.aliases.iter().map(move |alias| (county, unit.id, alias)))
        .collect();
    bulk::insert(tx, "unit_alias", ALIAS_COLUMNS, &words).await
}

#[expect(clippy::type_complexity, reason = "the columns of one row, used once")]
fn columns(
    county: CountyCode,
    unit: &Unit,
) -> (CountyCode, UnitId, &str, &str, &str, &str, Option<UnitId>, Option<Date>, Option<Date>) {
    (
        county,
        unit.id,
        &unit.code,
        unit.kind.code(),
        &unit.name,
        &unit.short_name,
        unit.parent_id,
        unit.valid_from,
        unit.valid_to,
    )
}

/// Adds another name; one that is there stays.
pub async fn add_alias(tx: &mut Tx, county: CountyCode, unit: UnitId, alias: &str) -> Result<(), StoreError> {
    reference::changed(tx, county).await?;
    bulk::insert_new(tx, "unit_alias", ALIAS_COLUMNS, &[(county, unit, alias)]).await.map(drop)
}

const REMOVE_ALIAS: &str = "DELETE FROM unit_alias WHERE county_code = $1 AND unit_id = $2 AND alias = $3";

/// Takes another name away; whether there was one.
pub async fn remove_alias(
    tx: &mut Tx,
    county: CountyCode,
    unit: UnitId,
    alias: &str,
) -> Result<bool, StoreError> {
    reference::changed(tx, county).await?;
    let removed = on!(tx, c => sqlx::query(REMOVE_ALIAS)
        .bind(county.as_str())
        .bind(unit.to_string())
        .bind(alias)
        .execute(c)
        .await
        .map(|it| it.rows_affected()))?;
    Ok(removed > 0)
}

/// What happened to a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitChange {
    /// It was set up.
    Created,
    /// It got another name; `before` and `after` are names.
    Renamed,
    /// Another unit was made out of it.
    Split,
    /// It went into another unit.
    Merged,
    /// It hangs under another unit; `before` and `after` are codes.
    Moved,
    /// It ended without a successor.
    Ended,
}

impl UnitChange {
    const ALL: [Self; 6] =
        [Self::Created, Self::Renamed, Self::Split, Self::Merged, Self::Moved, Self::Ended];

    /// The word in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Renamed => "renamed",
            Self::Split => "split",
            Self::Merged => "merged",
            Self::Moved => "moved",
            Self::Ended => "ended",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// One event in the life of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitEvent {
    /// Identity.
    pub id: Uuid,
    /// What happened.
    pub change: UnitChange,
    /// To whom.
    pub unit: UnitId,
    /// The other unit of a split, merger or move.
    pub other: Option<UnitId>,
    /// From which day it holds.
    pub on: Date,
    /// Name or code before.
    pub before: Option<String>,
    /// Name or code after.
    pub after: Option<String>,
    /// When it was recorded, ms UTC.
    pub at_ms: i64,
}

const EVENT_COLUMNS: &[&str] =
    &["county_code", "id", "kind", "unit_id", "other_unit_id", "on_date", "before", "after", "at_ms"];

/// Writes units as they are now, found by id, and what happened to them. Rename, end, move, merge and split are this.
pub async fn change_many(
    tx: &mut Tx,
    county: CountyCode,
    units: &[Unit],
    events: &[UnitEvent],
) -> Result<(), StoreError> {
    reference::changed(tx, county).await?;
    let rows: Vec<_> = units.iter().map(|unit| columns(county, unit)).collect();
    bulk::upsert(tx, "unit", COLUMNS, &[], &rows).await?;
    let rows: Vec<_> = events
        .iter()
        .map(|it| {
            (county, it.id, it.change.code(), it.unit, it.other, it.on, &it.before, &it.after, it.at_ms)
        })
        .collect();
    bulk::insert(tx, "unit_event", EVENT_COLUMNS, &rows).await
}

#[derive(FromRow)]
struct EventRow {
    id: String,
    kind: String,
    unit_id: String,
    other_unit_id: Option<String>,
    on_date: String,
    before: Option<String>,
    after: Option<String>,
    at_ms: i64,
}

impl EventRow {
    fn read(self) -> Result<UnitEvent, StoreError> {
        let bad = |column| StoreError::Corrupt { table: "unit_event", column, id: self.id.clone() };
        let other = self.other_unit_id.as_deref().map(str::parse).transpose();
        Ok(UnitEvent {
            id: self.id.parse().map_err(|_| bad("id"))?,
            change: UnitChange::from_code(&self.kind).ok_or_else(|| bad("kind"))?,
            unit: self.unit_id.parse().map_err(|_| bad("unit_id"))?,
            other: other.map_err(|_| bad("other_unit_id"))?,
            on: self.on_date.parse().map_err(|_| bad("on_date"))?,
            before: self.before,
            after: self.after,
            at_ms: self.at_ms,
        })
    }
}

const EVENTS: &str = "SELECT id, kind, unit_id, other_unit_id, on_date, before, after, at_ms FROM unit_event \
                      WHERE county_code = $1 AND unit_id = $2 ORDER BY at_ms, id";

/// What happened to a unit, oldest first.
pub async fn events(tx: &mut Tx, county: CountyCode, unit: UnitId) -> Result<Vec<UnitEvent>, StoreError> {
    let rows: Vec<EventRow> = on!(tx, c => sqlx::query_as(EVENTS)
        .bind(county.as_str())
        .bind(unit.to_string())
        .fetch_all(c)
        .await)?;
    rows.into_iter().map(EventRow::read).collect()
}
