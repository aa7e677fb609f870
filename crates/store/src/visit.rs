//! Visits as stored: everything a table needs stays clear, remarks are sealed.

mod by_day;
mod list;

pub use by_day::{OfDay, by_day};
pub use list::{Filter, NameSearch, list};

use crate::{StoreError, Tx, bulk, dialect, json, on};
use domain::ids::{CampaignId, CandidateId, ImportId, PersonId, UnitId, VisitId};
use domain::money::Fen;
use domain::region::CountyCode;
use domain::visit::{Goods, HelpKind, LeaderKind, Method, MoneySource, VisitFacts, VisitedObject};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A visit with what the table does not need but the record does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredVisit {
    /// Identity.
    pub id: VisitId,
    /// The campaign it belongs to.
    pub campaign: CampaignId,
    /// The import that brought it; `None` when recorded alone.
    pub import: Option<ImportId>,
    /// What the table counts.
    pub facts: VisitFacts,
    /// 对象类别 as typed, may be empty.
    pub category: String,
    /// 人数 as typed; never kept for troops.
    pub headcount: Option<i64>,
    /// Shown name of the object (person's name as on the roster, group or object name).
    pub object_name: String,
    /// 备注, sealed.
    pub note_sealed: Option<String>,
    /// Unit, date, object as typed and leader: finds the same row again.
    pub typed_key: String,
    /// Unit, date, object as resolved and leader: finds the same visit again.
    pub object_key: String,
    /// Row in the imported file.
    pub source_row: Option<i64>,
    /// Who recorded it.
    pub actor: String,
    /// When the county got it, ms UTC.
    pub received_at_ms: i64,
    /// Grows with every change that a person makes.
    pub version: i64,
}

/// The table's columns as they are.
#[derive(Deserialize)]
struct VisitColumns {
    id: String,
    campaign_id: String,
    import_id: Option<String>,
    unit_id: String,
    above_1: Option<String>,
    above_2: Option<String>,
    own_row: String,
    row: String,
    object_kind: String,
    subject_id: Option<String>,
    object_name: String,
    household: Option<String>,
    headcount: Option<i64>,
    category: String,
    visited_on: String,
    method: String,
    leader_name: String,
    leader_title: String,
    leader_kind: Option<String>,
    money_fen: i64,
    money_source: Option<String>,
    goods_json: Option<String>,
    goods_fen: i64,
    help_json: Option<String>,
    note_sealed: Option<String>,
    typed_key: String,
    object_key: String,
    source_row: Option<i64>,
    by_actor: String,
    received_at_ms: i64,
    version: i64,
}

const COLUMNS: &str = "id, campaign_id, import_id, unit_id, above_1, above_2, own_row, row, object_kind, subject_id, \
     object_name, household, headcount, category, visited_on, method, leader_name, leader_title, leader_kind, \
     money_fen, money_source, goods_json, goods_fen, help_json, note_sealed, typed_key, object_key, source_row, \
     by_actor, received_at_ms, version";

fn corrupt(column: &'static str, id: &str) -> StoreError {
    StoreError::Corrupt { table: "visit", column, id: id.to_owned() }
}

impl VisitColumns {
    fn read(self) -> Result<StoredVisit, StoreError> {
        let id = self.id.clone();
        let bad = |column| move || corrupt(column, &id);
        let uuid = |text: &str, column| Uuid::parse_str(text).map_err(|_| corrupt(column, &self.id));
        let mut above = Vec::with_capacity(2);
        for (text, column) in [(&self.above_1, "above_1"), (&self.above_2, "above_2")] {
            if let Some(text) = text {
                above.push(UnitId(uuid(text, column)?));
            }
        }
        let subject = self.subject_id.as_deref().map(|text| uuid(text, "subject_id")).transpose()?;
        let household = self.household.clone().unwrap_or_default();
        let object = match (self.object_kind.as_str(), subject) {
            ("person", Some(id)) => VisitedObject::Person { id: PersonId(id), household },
            ("candidate", Some(id)) => VisitedObject::Candidate { id: CandidateId(id), household },
            ("group", _) => VisitedObject::Group {
                name: self.object_name.clone(),
                persons: self.headcount.unwrap_or_default(),
            },
            ("object", _) => VisitedObject::Object { name: self.object_name.clone() },
            _ => return Err(corrupt("object_kind", &self.id)),
        };
        let goods: Vec<Goods> = list_of(self.goods_json.as_deref(), "goods_json", &self.id)?;
        let help: Vec<(HelpKind, i64)> = list_of(self.help_json.as_deref(), "help_json", &self.id)?;
        let facts = VisitFacts {
            unit: UnitId(uuid(&self.unit_id, "unit_id")?),
            above,
            own_row: self.own_row.clone(),
            row: self.row.clone(),
            object,
            visited_on: self.visited_on.parse().map_err(|_| corrupt("visited_on", &self.id))?,
            method: Method::from_code(&self.method).ok_or_else(bad("method"))?,
            leader_name: self.leader_name.clone(),
            leader_title: self.leader_title.clone(),
            leader_kind: self.leader_kind.as_deref().and_then(LeaderKind::from_code),
            money_fen: Fen(self.money_fen),
            money_source: self.money_source.as_deref().and_then(MoneySource::from_code),
            goods,
            goods_fen: Fen(self.goods_fen),
            help,
        };
        Ok(StoredVisit {
            campaign: CampaignId(uuid(&self.campaign_id, "campaign_id")?),
            import: self.import_id.as_deref().map(|text| uuid(text, "import_id")).transpose()?.map(ImportId),
            id: VisitId(uuid(&self.id, "id")?),
            facts,
            category: self.category,
            headcount: self.headcount,
            object_name: self.object_name,
            note_sealed: self.note_sealed,
            typed_key: self.typed_key,
            object_key: self.object_key,
            source_row: self.source_row,
            actor: self.by_actor,
            received_at_ms: self.received_at_ms,
            version: self.version,
        })
    }
}

fn list_of<T: serde::de::DeserializeOwned>(
    text: Option<&str>,
    column: &'static str,
    id: &str,
) -> Result<Vec<T>, StoreError> {
    text.map_or(Ok(Vec::new()), |text| serde_json::from_str(text).map_err(|_| corrupt(column, id)))
}

fn read_all(rows: Vec<VisitColumns>) -> Result<Vec<StoredVisit>, StoreError> {
    rows.into_iter().map(VisitColumns::read).collect()
}

/// Adds visits, in one statement per some thousand.
pub async fn add_many(tx: &mut Tx, county: CountyCode, visits: &[StoredVisit]) -> Result<(), StoreError> {
    let rows: Vec<InsertRow<'_>> = visits.iter().map(|visit| insert_row(county, visit)).collect();
    bulk::insert(tx, "visit", INSERT_COLUMNS, &rows).await
}

const INSERT_COLUMNS: &[&str] = &[
    "county_code",
    "id",
    "campaign_id",
    "import_id",
    "unit_id",
    "above_1",
    "above_2",
    "own_row",
    "row",
    "object_kind",
    "subject_id",
    "object_name",
    "household",
    "headcount",
    "category",
    "visited_on",
    "method",
    "leader_name",
    "leader_title",
    "leader_kind",
    "money_fen",
    "money_source",
    "goods_json",
    "goods_fen",
    "help_json",
    "note_sealed",
    "typed_key",
    "object_key",
    "source_row",
    "by_actor",
    "received_at_ms",
    "version",
];

/// The values of one visit in the order of `INSERT_COLUMNS`, serialised as a JSON array.
struct InsertRow<'v> {
    county: CountyCode,
    visit: &'v StoredVisit,
}

fn insert_row(county: CountyCode, visit: &StoredVisit) -> InsertRow<'_> {
    InsertRow { county, visit }
}

impl Serialize for InsertRow<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeSeq;
        let (visit, facts) = (self.visit, &self.visit.facts);
        let (kind, subject, household) = object_columns(&facts.object);
        let goods = (!facts.goods.is_empty()).then(|| json::text(&facts.goods));
        let help = (!facts.help.is_empty()).then(|| json::text(&facts.help));
        let mut seq = serializer.serialize_seq(Some(INSERT_COLUMNS.len()))?;
        seq.serialize_element(&self.county)?;
        seq.serialize_element(&visit.id)?;
        seq.serialize_element(&visit.campaign)?;
        seq.serialize_element(&visit.import)?;
        seq.serialize_element(&facts.unit)?;
        seq.serialize_element(&facts.above.first())?;
        seq.serialize_element(&facts.above.get(1))?;
        seq.serialize_element(&facts.own_row)?;
        seq.serialize_element(&facts.row)?;
        seq.serialize_element(kind)?;
        seq.serialize_element(&subject)?;
        seq.serialize_element(&visit.object_name)?;
        seq.serialize_element(&household)?;
        seq.serialize_element(&headcount(visit))?;
        seq.serialize_element(&visit.category)?;
        seq.serialize_element(&facts.visited_on)?;
        seq.serialize_element(facts.method.code())?;
        seq.serialize_element(&facts.leader_name)?;
        seq.serialize_element(&facts.leader_title)?;
        seq.serialize_element(&facts.leader_kind.map(LeaderKind::code))?;
        seq.serialize_element(&facts.money_fen)?;
        seq.serialize_element(&facts.money_source.map(MoneySource::code))?;
        seq.serialize_element(&goods)?;
        seq.serialize_element(&facts.goods_fen)?;
        seq.serialize_element(&help)?;
        seq.serialize_element(&visit.note_sealed)?;
        seq.serialize_element(&visit.typed_key)?;
        seq.serialize_element(&visit.object_key)?;
        seq.serialize_element(&visit.source_row)?;
        seq.serialize_element(&visit.actor)?;
        seq.serialize_element(&visit.received_at_ms)?;
        seq.serialize_element(&visit.version)?;
        seq.end()
    }
}

fn headcount(visit: &StoredVisit) -> Option<i64> {
    match &visit.facts.object {
        VisitedObject::Group { persons, .. } => Some(*persons),
        VisitedObject::Object { .. } => None,
        _ => visit.headcount,
    }
}

fn object_columns(object: &VisitedObject) -> (&'static str, Option<Uuid>, Option<&str>) {
    match object {
        VisitedObject::Person { id, household } => ("person", Some(id.0), Some(household)),
        VisitedObject::Candidate { id, household } => ("candidate", Some(id.0), Some(household)),
        VisitedObject::Group { .. } => ("group", None, None),
        VisitedObject::Object { .. } => ("object", None, None),
    }
}

/// Visits by id.
pub async fn by_ids(
    tx: &mut Tx,
    county: CountyCode,
    ids: &[VisitId],
) -> Result<Vec<StoredVisit>, StoreError> {
    select(tx, county, "id", None, &texts(ids)).await
}

/// All visits of these persons or candidates in one campaign.
pub async fn by_subjects(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    subjects: &[Uuid],
) -> Result<Vec<StoredVisit>, StoreError> {
    select(tx, county, "subject_id", Some(campaign), &texts(subjects)).await
}

/// Visits of a campaign with one of these keys: `typed_key` (the same row again).
pub async fn by_typed_keys(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    keys: &[String],
) -> Result<Vec<StoredVisit>, StoreError> {
    select(tx, county, "typed_key", Some(campaign), keys).await
}

/// Visits of a campaign with one of these keys: `object_key` (the same visit again).
pub async fn by_object_keys(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    keys: &[String],
) -> Result<Vec<StoredVisit>, StoreError> {
    select(tx, county, "object_key", Some(campaign), keys).await
}

/// Visits that one import brought.
pub async fn by_import(
    tx: &mut Tx,
    county: CountyCode,
    import: ImportId,
) -> Result<Vec<StoredVisit>, StoreError> {
    select(tx, county, "import_id", None, &[import.to_string()]).await
}

/// Visits recorded by these units in one campaign.
pub async fn by_units(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    units: &[UnitId],
) -> Result<Vec<StoredVisit>, StoreError> {
    select(tx, county, "unit_id", Some(campaign), &texts(units)).await
}

fn texts<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

/// Visits whose `column` is in the list, in the order they were received.
async fn select(
    tx: &mut Tx,
    county: CountyCode,
    column: &'static str,
    campaign: Option<CampaignId>,
    list: &[String],
) -> Result<Vec<StoredVisit>, StoreError> {
    if list.is_empty() {
        return Ok(Vec::new());
    }
    let of_campaign =
        if campaign.is_some() { "AND campaign_id = $3" } else { "AND ($3 IS NULL OR campaign_id = $3)" };
    let sql = format!(
        "SELECT v.* FROM {} k CROSS JOIN visit v WHERE v.county_code = $1 AND v.{column} = k.k0 {of_campaign} \
         ORDER BY v.received_at_ms, v.id",
        dialect::keys(tx, "$2", 1)
    );
    let sql = dialect::packed(tx, COLUMNS, &sql);
    // Each key once: a key that stands twice would find its visits twice.
    let keys: BTreeSet<[&String; 1]> = list.iter().map(|key| [key]).collect();
    let list = json::text(&keys);
    let campaign = campaign.map(|id| id.to_string());
    let rows = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(list).bind(campaign).fetch_one(c).await)?;
    read_all(json::unpack("visit", &rows)?)
}

/// Which visits of a campaign a page or a count is of; the default is all.
#[derive(Debug, Clone, Default)]
pub struct Within {
    /// Recorded by this unit or one below it.
    pub scope: Option<UnitId>,
    /// Of this method (code).
    pub method: Option<String>,
    /// From this day on.
    pub from: Option<String>,
    /// Until this day.
    pub to: Option<String>,
}

/// The conditions of [`Within`], for the parameters from 6 on after the scope, which is 5.
const WITHIN: &str = "(CAST($5 AS TEXT) IS NULL OR unit_id = $5 OR above_1 = $5 OR above_2 = $5) \
     AND (CAST($6 AS TEXT) IS NULL OR method = $6) AND (CAST($7 AS TEXT) IS NULL OR visited_on >= $7) \
     AND (CAST($8 AS TEXT) IS NULL OR visited_on <= $8)";

/// Visits of a campaign in the order they were received, after a place in that order.
pub async fn page(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    within: &Within,
    after: Option<&(i64, VisitId)>,
    limit: usize,
) -> Result<Vec<StoredVisit>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM visit WHERE county_code = $1 AND campaign_id = $2 \
         AND (received_at_ms, id) > ($3, $4) AND {WITHIN} ORDER BY received_at_ms, id LIMIT $9"
    );
    let sql = dialect::packed(tx, COLUMNS, &format!("SELECT * FROM ({sql}) AS page"));
    let (at_ms, id) = after.map_or((i64::MIN, String::new()), |(at_ms, id)| (*at_ms, id.to_string()));
    let scope = within.scope.map(|id| id.to_string());
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str())
        .bind(campaign.to_string()).bind(at_ms).bind(id).bind(scope).bind(&within.method).bind(&within.from)
        .bind(&within.to).bind(limit).fetch_one(c).await)?;
    read_all(json::unpack("visit", &rows)?)
}

/// How many visits there are; counting stops at `most`.
pub async fn count(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    within: &Within,
    most: usize,
) -> Result<usize, StoreError> {
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM visit WHERE county_code = $1 AND campaign_id = $2 AND $3 = $3 \
         AND {WITHIN} LIMIT $4) AS found"
    );
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let scope = within.scope.map(|id| id.to_string());
    let (count,): (i64,) = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str())
        .bind(campaign.to_string()).bind(0_i64).bind(most).bind(scope).bind(&within.method).bind(&within.from)
        .bind(&within.to).fetch_one(c).await)?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// Deletes visits.
pub async fn delete_many(tx: &mut Tx, county: CountyCode, ids: &[VisitId]) -> Result<(), StoreError> {
    crate::person::delete_in(tx, county, "visit", "id", ids).await
}

/// Writes where visits count and whom they mean, after either was decided anew.
pub async fn update_places(
    tx: &mut Tx,
    county: CountyCode,
    visits: &[StoredVisit],
) -> Result<(), StoreError> {
    if visits.is_empty() {
        return Ok(());
    }
    let rows: Vec<InsertRow<'_>> = visits.iter().map(|visit| insert_row(county, visit)).collect();
    bulk::upsert(tx, "visit", INSERT_COLUMNS, &[], &rows).await
}

/// Puts the visits of one unit under another in every open campaign (units were merged).
pub async fn move_unit(tx: &mut Tx, county: CountyCode, from: UnitId, to: UnitId) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE visit SET unit_id = $3 WHERE county_code = $1 AND unit_id = $2 AND campaign_id IN \
         (SELECT id FROM campaign WHERE county_code = $1 AND is_open)";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(from.to_string()).bind(to.to_string())
        .execute(c).await.map(drop))?;
    Ok(())
}
