//! The kept state of the table: sums per scope and row, counted items, persons per scope (design §5).

mod by_scope;

pub use by_scope::{ScopeSums, by_scope};

use crate::{StoreError, Tx, bulk, dialect, json, on};
use domain::ids::{CampaignId, UnitId};
use domain::money::Fen;
use domain::region::CountyCode;
use domain::statistics::{
    CellKey, CellSums, Fold, Help, ItemKey, ItemKind, MoneyBySource, ScopeCells, SubjectKey, SubjectState,
};
use domain::visit::VisitFacts;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

const CELL: &[&str] = &[
    "county_code",
    "campaign_id",
    "scope_id",
    "row",
    "visits",
    "person_times",
    "group_persons",
    "persons",
    "households",
    "objects",
    "money_county_fen",
    "money_own_fen",
    "money_donation_fen",
    "money_unstated_fen",
    "goods_fen",
    "help_schooling",
    "help_family_employment",
    "help_housing",
    "help_medical",
    "help_legal_aid",
    "help_other",
    "principal_home_visits",
    "deputy_home_visits",
];

/// The columns of `CELL` that are sums.
const SUMS: &[&str] = CELL.split_at(4).1;

#[derive(FromRow)]
struct CellRow {
    scope_id: String,
    row: String,
    visits: i64,
    person_times: i64,
    group_persons: i64,
    persons: i64,
    households: i64,
    objects: i64,
    money_county_fen: i64,
    money_own_fen: i64,
    money_donation_fen: i64,
    money_unstated_fen: i64,
    goods_fen: i64,
    help_schooling: i64,
    help_family_employment: i64,
    help_housing: i64,
    help_medical: i64,
    help_legal_aid: i64,
    help_other: i64,
    principal_home_visits: i64,
    deputy_home_visits: i64,
}

impl CellRow {
    fn sums(&self) -> CellSums {
        CellSums {
            visits: self.visits,
            person_times: self.person_times,
            group_persons: self.group_persons,
            persons: self.persons,
            households: self.households,
            objects: self.objects,
            money: MoneyBySource {
                county: Fen(self.money_county_fen),
                own: Fen(self.money_own_fen),
                donation: Fen(self.money_donation_fen),
                unstated: Fen(self.money_unstated_fen),
            },
            goods_fen: Fen(self.goods_fen),
            help: Help {
                schooling: self.help_schooling,
                family_employment: self.help_family_employment,
                housing: self.help_housing,
                medical: self.help_medical,
                legal_aid: self.help_legal_aid,
                other: self.help_other,
            },
            principal_home_visits: self.principal_home_visits,
            deputy_home_visits: self.deputy_home_visits,
        }
    }
}

/// The sums in the order of `SUMS`.
fn numbers(sums: &CellSums) -> [i64; 19] {
    [
        sums.visits,
        sums.person_times,
        sums.group_persons,
        sums.persons,
        sums.households,
        sums.objects,
        sums.money.county.0,
        sums.money.own.0,
        sums.money.donation.0,
        sums.money.unstated.0,
        sums.goods_fen.0,
        sums.help.schooling,
        sums.help.family_employment,
        sums.help.housing,
        sums.help.medical,
        sums.help.legal_aid,
        sums.help.other,
        sums.principal_home_visits,
        sums.deputy_home_visits,
    ]
}

#[derive(Deserialize)]
struct ItemRow {
    scope_id: String,
    kind: String,
    row: String,
    item: String,
    count: i64,
}

#[derive(Deserialize)]
struct SubjectRow {
    scope_id: String,
    subject_id: String,
    rows: String,
    household: String,
    letter: i64,
    home: i64,
    talk: i64,
    telephone: i64,
}

fn uuid(table: &'static str, column: &'static str, text: &str) -> Result<Uuid, StoreError> {
    Uuid::parse_str(text).map_err(|_| StoreError::Corrupt { table, column, id: text.to_owned() })
}

impl ItemRow {
    fn read(self) -> Result<(ItemKey, i64), StoreError> {
        let kind = ItemKind::from_code(&self.kind).ok_or(StoreError::Corrupt {
            table: "cell_item",
            column: "kind",
            id: self.kind,
        })?;
        let scope = UnitId(uuid("cell_item", "scope_id", &self.scope_id)?);
        Ok((ItemKey { kind, cell: CellKey { scope, row: self.row }, item: self.item }, self.count))
    }
}

impl SubjectRow {
    fn read(self) -> Result<(SubjectKey, SubjectState), StoreError> {
        let scope = UnitId(uuid("cell_subject", "scope_id", &self.scope_id)?);
        let subject = uuid("cell_subject", "subject_id", &self.subject_id)?;
        let mut rows = BTreeMap::new();
        for part in self.rows.split(',').filter(|part| !part.is_empty()) {
            let (row, count) =
                part.split_once('=').and_then(|(row, count)| Some((row, count.parse().ok()?))).ok_or_else(
                    || StoreError::Corrupt { table: "cell_subject", column: "rows", id: part.to_owned() },
                )?;
            rows.insert(row.to_owned(), count);
        }
        let methods = [self.letter, self.home, self.talk, self.telephone];
        Ok((SubjectKey { scope, subject }, SubjectState { rows, household: self.household, methods }))
    }
}

/// Loads what folding these visits will touch: persons, then the households and objects that decide distinct
/// counts. Sums, leaders and goods are only added to, so they start from nothing.
pub async fn load(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    visits: &[&VisitFacts],
) -> Result<Fold, StoreError> {
    let (mut subjects, mut items) = (BTreeSet::new(), BTreeSet::new());
    for visit in visits {
        Fold::touched(visit, &mut subjects, &mut items);
    }
    items.retain(|item| item.kind == ItemKind::Object);
    let mut fold = Fold::default();
    for row in select_subjects(tx, county, campaign, &subjects).await? {
        let (key, state) = row.read()?;
        fold.subjects.insert(key, state);
    }
    for visit in visits {
        let Some((subject, household)) = visit.object.subject() else { continue };
        for (scope, row) in visit.cells() {
            let state = fold.subjects.get(&SubjectKey { scope, subject });
            let rows = state.into_iter().flat_map(|it| it.rows.keys().cloned()).chain([row.to_owned()]);
            let rows: BTreeSet<String> = rows.collect();
            for household in state.map(|it| it.household.as_str()).into_iter().chain([household]) {
                items.extend(Fold::household_items(scope, rows.iter().cloned(), household));
            }
        }
    }
    for row in select_items(tx, county, campaign, &items).await? {
        let (key, count) = row.read()?;
        fold.items.insert(key, count);
    }
    Ok(fold)
}

async fn select_subjects(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    keys: &BTreeSet<SubjectKey>,
) -> Result<Vec<SubjectRow>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT s.scope_id, s.subject_id, s.rows, s.household, s.letter, s.home, s.talk, s.telephone \
         FROM {} k CROSS JOIN cell_subject s WHERE s.county_code = $2 AND s.campaign_id = $3 \
         AND s.scope_id = k.k0 AND s.subject_id = k.k1",
        dialect::keys(tx, "$1", 2),
    );
    let sql = dialect::packed(tx, SUBJECT_COLUMNS, &sql);
    let list = json::text(&keys.iter().map(|key| (key.scope, key.subject)).collect::<Vec<_>>());
    let rows = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(list).bind(county.as_str())
        .bind(campaign.to_string()).fetch_one(c).await)?;
    json::unpack("cell_subject", &rows)
}

async fn select_items(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    keys: &BTreeSet<ItemKey>,
) -> Result<Vec<ItemRow>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT i.scope_id, i.kind, i.row, i.item, i.count \
         FROM {} k CROSS JOIN cell_item i WHERE i.county_code = $2 AND i.campaign_id = $3 \
         AND i.scope_id = k.k0 AND i.kind = k.k1 AND i.row = k.k2 AND i.item = k.k3",
        dialect::keys(tx, "$1", 4),
    );
    let keys: Vec<_> =
        keys.iter().map(|key| (key.cell.scope, key.kind.code(), &key.cell.row, &key.item)).collect();
    let sql = dialect::packed(tx, ITEM_COLUMNS, &sql);
    let list = json::text(&keys);
    let rows = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(list).bind(county.as_str())
        .bind(campaign.to_string()).fetch_one(c).await)?;
    json::unpack("cell_item", &rows)
}

const ITEM_COLUMNS: &str = "scope_id, kind, row, item, count";
const SUBJECT_COLUMNS: &str = "scope_id, subject_id, rows, household, letter, home, talk, telephone";

const ITEM: &[&str] = &["county_code", "campaign_id", "scope_id", "kind", "row", "item", "count"];

/// Writes what changed between a loaded fold and the fold after: sums and items are added to, persons replaced.
pub async fn save(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    before: &Fold,
    after: &Fold,
) -> Result<(), StoreError> {
    let cells: Vec<Vec<serde_json::Value>> = after
        .cells
        .iter()
        .filter(|(key, sums)| before.cells.get(key) != Some(sums))
        .map(|(key, sums)| {
            let old = before.cells.get(key).map_or([0; 19], numbers);
            let mut values = head(county, campaign, key.scope);
            values.push(key.row.clone().into());
            values.extend(numbers(sums).into_iter().zip(old).map(|(new, old)| (new - old).into()));
            values
        })
        .collect();
    bulk::upsert(tx, "cell", CELL, SUMS, &cells).await?;
    let items: Vec<Vec<serde_json::Value>> = after
        .items
        .iter()
        .filter_map(|(key, count)| {
            let change = count - before.items.get(key).copied().unwrap_or_default();
            (change != 0).then(|| {
                let mut values = head(county, campaign, key.cell.scope);
                values.extend([key.kind.code().into(), key.cell.row.clone().into(), key.item.clone().into()]);
                values.push(change.into());
                values
            })
        })
        .collect();
    bulk::upsert(tx, "cell_item", ITEM, &["count"], &items).await?;
    save_subjects(tx, county, campaign, before, after).await
}

/// Removes a counted item that nothing counts any more: the number of a household whose last member was erased.
pub async fn forget_item(tx: &mut Tx, county: CountyCode, item: &str) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM cell_item WHERE county_code = $1 AND item = $2 AND count = 0";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(item).execute(c).await.map(drop))?;
    Ok(())
}

async fn save_subjects(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    before: &Fold,
    after: &Fold,
) -> Result<(), StoreError> {
    const SUBJECT: &[&str] = &[
        "county_code",
        "campaign_id",
        "scope_id",
        "subject_id",
        "rows",
        "household",
        "letter",
        "home",
        "talk",
        "telephone",
    ];
    let changed = || after.subjects.iter().filter(|(key, state)| before.subjects.get(key) != Some(state));
    let rows: Vec<SubjectOut<'_>> =
        changed().map(|(key, state)| SubjectOut { county, campaign, key, state }).collect();
    bulk::upsert(tx, "cell_subject", SUBJECT, &[], &rows).await?;
    if changed().any(|(_, state)| state.rows.is_empty()) {
        const SQL: &str =
            "DELETE FROM cell_subject WHERE county_code = $1 AND campaign_id = $2 AND rows = ''";
        on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(campaign.to_string()).execute(c).await.map(drop))?;
    }
    Ok(())
}

struct SubjectOut<'a> {
    county: CountyCode,
    campaign: CampaignId,
    key: &'a SubjectKey,
    state: &'a SubjectState,
}

impl Serialize for SubjectOut<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rows: Vec<String> = self.state.rows.iter().map(|(row, count)| format!("{row}={count}")).collect();
        let [letter, home, talk, telephone] = self.state.methods;
        (
            self.county,
            self.campaign,
            self.key.scope,
            self.key.subject,
            rows.join(","),
            &self.state.household,
            letter,
            home,
            talk,
            telephone,
        )
            .serialize(serializer)
    }
}

fn head(county: CountyCode, campaign: CampaignId, scope: UnitId) -> Vec<serde_json::Value> {
    vec![county.as_str().into(), campaign.to_string().into(), scope.to_string().into()]
}

const CELLS: &str = "SELECT scope_id, row, visits, person_times, group_persons, persons, households, objects, \
     money_county_fen, money_own_fen, money_donation_fen, money_unstated_fen, goods_fen, help_schooling, \
     help_family_employment, help_housing, help_medical, help_legal_aid, help_other, principal_home_visits, \
     deputy_home_visits FROM cell WHERE county_code = $1 AND campaign_id = $2 \
     AND (CAST($3 AS TEXT) IS NULL OR scope_id = $3)";

/// Everything one unit's table needs, whatever the number of visits behind it. What was read stays in memory until
/// the county's next act: its audit chain tells whether there was one.
pub async fn read(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    scope: UnitId,
) -> Result<Arc<ScopeCells>, StoreError> {
    const SEQ: &str = "SELECT audit_seq FROM county WHERE county_code = $1";
    if tx.is_writing() {
        return read_tables(tx, county, campaign, scope).await.map(Arc::new);
    }
    let seq: Option<(i64,)> =
        on!(tx, c => sqlx::query_as(SEQ).bind(county.as_str()).fetch_optional(c).await)?;
    let seq = seq.map_or(0, |(seq,)| seq);
    let key = (county, campaign, scope);
    if let Some(kept) = tx.kept().cells.get(&key, seq) {
        return Ok(kept);
    }
    let cells = Arc::new(read_tables(tx, county, campaign, scope).await?);
    tx.kept().cells.put(key, seq, &cells);
    Ok(cells)
}

async fn read_tables(
    tx: &mut Tx,
    county: CountyCode,
    campaign: CampaignId,
    scope: UnitId,
) -> Result<ScopeCells, StoreError> {
    const ITEMS: &str = "SELECT kind, row, item, count FROM cell_item WHERE county_code = $1 \
         AND campaign_id = $2 AND scope_id = $3 AND kind IN ('goods', 'leader') AND count <> 0";
    let scope = scope.to_string();
    let rows: Vec<CellRow> = on!(tx, c => sqlx::query_as(CELLS).bind(county.as_str()).bind(campaign.to_string())
        .bind(Some(&scope)).fetch_all(c).await)?;
    let sql = dialect::packed(tx, "kind, row, item, count", ITEMS);
    let items = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str())
        .bind(campaign.to_string()).bind(&scope).fetch_one(c).await)?;
    let items: Vec<(String, String, String, i64)> = json::unpack("cell_item", &items)?;
    let mut kept = ScopeCells::default();
    for row in rows {
        kept.cells.insert(row.row.clone(), row.sums());
    }
    for (kind, row, item, count) in items {
        let bad = StoreError::Corrupt { table: "cell_item", column: "kind", id: String::new() };
        kept.items.push((ItemKind::from_code(&kind).ok_or(bad)?, row, item, count));
    }
    Ok(kept)
}

/// The whole kept state of a campaign, for comparison with the records.
pub async fn load_all(tx: &mut Tx, county: CountyCode, campaign: CampaignId) -> Result<Fold, StoreError> {
    const ITEMS: &str =
        "SELECT scope_id, kind, row, item, count FROM cell_item WHERE county_code = $1 AND campaign_id = $2";
    const SUBJECTS: &str = "SELECT scope_id, subject_id, rows, household, letter, home, talk, telephone \
         FROM cell_subject WHERE county_code = $1 AND campaign_id = $2";
    let id = campaign.to_string();
    let cells: Vec<CellRow> = on!(tx, c => sqlx::query_as(CELLS).bind(county.as_str()).bind(&id)
        .bind(None::<String>).fetch_all(c).await)?;
    let (items, subjects) =
        (dialect::packed(tx, ITEM_COLUMNS, ITEMS), dialect::packed(tx, SUBJECT_COLUMNS, SUBJECTS));
    let items = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(items)).bind(county.as_str()).bind(&id)
        .fetch_one(c).await)?;
    let subjects = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(subjects)).bind(county.as_str()).bind(&id)
        .fetch_one(c).await)?;
    let items: Vec<ItemRow> = json::unpack("cell_item", &items)?;
    let subjects: Vec<SubjectRow> = json::unpack("cell_subject", &subjects)?;
    let mut fold = Fold::default();
    for row in cells {
        let scope = UnitId(uuid("cell", "scope_id", &row.scope_id)?);
        fold.cells.insert(CellKey { scope, row: row.row.clone() }, row.sums());
    }
    for item in items {
        let (key, count) = item.read()?;
        fold.items.insert(key, count);
    }
    for subject in subjects {
        let (key, state) = subject.read()?;
        fold.subjects.insert(key, state);
    }
    Ok(fold)
}

/// Forgets the kept state of a campaign, before it is written anew in the same transaction.
pub async fn clear(tx: &mut Tx, county: CountyCode, campaign: CampaignId) -> Result<(), StoreError> {
    const CELL: &str = "DELETE FROM cell WHERE county_code = $1 AND campaign_id = $2";
    const ITEM: &str = "DELETE FROM cell_item WHERE county_code = $1 AND campaign_id = $2";
    const SUBJECT: &str = "DELETE FROM cell_subject WHERE county_code = $1 AND campaign_id = $2";
    for sql in [CELL, ITEM, SUBJECT] {
        on!(tx, c => sqlx::query(sql).bind(county.as_str()).bind(campaign.to_string()).execute(c).await.map(drop))?;
    }
    Ok(())
}
