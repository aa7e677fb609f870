//! Pages of persons: filtered, searched, in the order of an index, each page beginning where the last one ended.

use super::identities;
use super::record::{by_person, hardship};
use crate::{StoreError, Tx, dialect, json, on};
use domain::ids::{PersonId, UnitId};
use domain::person::{Hardship, Identity, PersonStatus};
use domain::region::CountyCode;
use sqlx::FromRow;

/// How a person is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Search {
    /// Everyone.
    #[default]
    All,
    /// The name, as it is compared, begins so.
    Name(String),
    /// The pinyin, or its first letters, begin so.
    Letters(String),
    /// The blind index of the last four characters of the number.
    LastFour(String),
    /// The blind index of the whole number.
    Number(String),
}

/// Which persons.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// How they are looked for.
    pub search: Search,
    /// Of these villages, or of these townships without a village; `None`: of the county.
    pub within: Option<Vec<UnitId>>,
    /// Of one township.
    pub township: Option<UnitId>,
    /// Of one village.
    pub village: Option<UnitId>,
    /// With an identity of this class (code).
    pub class: Option<String>,
    /// With an identity of this grade.
    pub grade: Option<i64>,
    /// In this status (code).
    pub status: Option<String>,
    /// With this hardship mark (code).
    pub hardship: Option<String>,
    /// Who receives periodic allowances (`true`), or does not.
    pub allowance: Option<bool>,
    /// Only those who are to be visited and confirmed: neither dead nor moved nor stopped.
    pub living: bool,
    /// Confirmed for this year (`true`), or still to be.
    pub confirmed: Option<(i64, bool)>,
}

/// In which order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// By the pinyin of the name.
    #[default]
    Name,
    /// As the county got them.
    Received,
}

/// Where a page ended: the value of the order, and the id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Pinyin, compared name, or milliseconds as digits.
    pub key: String,
    /// The last person.
    pub id: String,
}

/// A person in a list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Who.
    pub id: PersonId,
    /// Name, clear.
    pub name: String,
    /// The person's key, wrapped.
    pub key_sealed: Option<String>,
    /// Number, sealed.
    pub citizen_sealed: String,
    /// Day of birth; empty when the record was erased.
    pub birth: String,
    /// Whether they receive periodic allowances.
    pub allowance: bool,
    /// Township.
    pub township_id: UnitId,
    /// Village.
    pub village_id: Option<UnitId>,
    /// Status.
    pub status: PersonStatus,
    /// Open hardship marks.
    pub hardship: Vec<Hardship>,
    /// Identities.
    pub identities: Vec<Identity>,
    /// Grows with every change.
    pub version: i64,
    /// Where a page that ends here ends.
    pub place: Place,
}

#[derive(FromRow)]
struct Row {
    id: String,
    name: String,
    key_sealed: Option<String>,
    citizen_sealed: String,
    birth: Option<String>,
    allowance: bool,
    township_id: String,
    village_id: Option<String>,
    status: String,
    hardship: String,
    version: i64,
    name_key: String,
    name_word: String,
    name_initials: String,
    received_at_ms: i64,
}

const COLUMNS: &str = "p.id, p.name, p.key_sealed, p.citizen_sealed, p.birth, p.allowance, p.township_id, p.village_id, \
     p.status, p.hardship, p.version, p.name_key, p.name_word, p.name_initials, \
     p.received_at_ms";

/// A run along one index; a page goes along one run after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Run {
    /// As the county got them.
    Received,
    /// By the pinyin of the name.
    Key,
    /// By the name as it is compared.
    Word,
    /// By the first letters, then by pinyin: those whose letters begin so and whose pinyin does not.
    Initials,
}

impl Run {
    /// The runs of a search. Thousands may share letters: they are never gathered to be sorted.
    const fn of(search: &Search, order: Order) -> &'static [Self] {
        match (search, order) {
            (_, Order::Received) => &[Self::Received],
            (Search::Letters(_), Order::Name) => &[Self::Key, Self::Initials],
            (Search::Name(_), Order::Name) => &[Self::Word],
            (_, Order::Name) => &[Self::Key],
        }
    }

    /// The columns of its order in front of the id.
    const fn columns(self) -> &'static str {
        match self {
            Self::Received => "p.received_at_ms",
            Self::Key => "p.name_key",
            Self::Word => "p.name_word",
            Self::Initials => "p.name_initials, p.name_key",
        }
    }

    /// Whether a page that ended here goes on along this run.
    fn holds(self, place: &Place) -> bool {
        place.key.starts_with(SEPARATOR) == (self == Self::Initials)
    }

    /// Where a row of this run stands.
    fn place(self, row: &Row) -> Place {
        let key = match self {
            Self::Received => row.received_at_ms.to_string(),
            Self::Key => row.name_key.clone(),
            Self::Word => row.name_word.clone(),
            Self::Initials => format!("{SEPARATOR}{}{SEPARATOR}{}", row.name_initials, row.name_key),
        };
        Place { key, id: row.id.clone() }
    }

    /// The rows behind a place: `$12` is a number or the letters, `$10` the rest of the key, `$11` the id.
    const fn behind(self) -> &'static str {
        match self {
            Self::Received => "AND (p.received_at_ms, p.id) > (CAST($12 AS BIGINT), $11) AND $10 = $10",
            Self::Key => "AND (p.name_key, p.id) > ($10, $11) AND $12 = $12",
            Self::Word => "AND (p.name_word, p.id) > ($10, $11) AND $12 = $12",
            Self::Initials => "AND (p.name_initials, p.name_key, p.id) > ($12, $10, $11)",
        }
    }
}

/// Stands in front of the letters and of the pinyin in a place of [`Run::Initials`]; no name has it.
const SEPARATOR: char = '\u{1}';

/// Where the rows come from. SQLite takes an index that yields the order over one that finds few rows: where few are
/// found, their ids are looked up first, and where a unit is named, the county's indexes are kept out of its sight.
fn source(filter: &Filter, run: Run) -> &'static str {
    match (&filter.search, run) {
        (Search::Letters(_), Run::Key) => {
            "person p WHERE p.county_code = $1 AND p.name_key >= $2 AND p.name_key < $3"
        }
        (Search::Letters(_), Run::Initials) => {
            "person p WHERE p.county_code = $1 AND p.name_initials >= $2 AND p.name_initials < $3 \
             AND NOT (p.name_key >= $2 AND p.name_key < $3)"
        }
        (Search::Letters(_), _) => {
            "(SELECT id FROM person WHERE county_code = $1 AND name_initials >= $2 AND name_initials < $3 \
             UNION SELECT id FROM person WHERE county_code = $1 AND name_key >= $2 AND name_key < $3) m \
             CROSS JOIN person p WHERE p.county_code = $1 AND p.id = m.id"
        }
        (Search::Name(_), Run::Received) => {
            "(SELECT id FROM person WHERE county_code = $1 AND name_word >= $2 AND name_word < $3) m \
             CROSS JOIN person p WHERE p.county_code = $1 AND p.id = m.id"
        }
        (Search::Name(_), _) => {
            "person p WHERE p.county_code = $1 AND p.name_word >= $2 AND p.name_word < $3"
        }
        (Search::LastFour(_), _) => {
            "(SELECT id FROM person WHERE citizen_last4_index = $2 AND $3 = $3) m \
             CROSS JOIN person p WHERE p.county_code = $1 AND p.id = m.id"
        }
        (Search::Number(_), _) => "person p WHERE p.county_code = $1 AND p.citizen_index = $2 AND $3 = $3",
        (Search::All, _) if filter.village.is_some() || filter.township.is_some() => {
            "person p WHERE p.county_code || '' = $1 AND $2 = $2 AND $3 = $3"
        }
        (Search::All, _) => "person p WHERE p.county_code = $1 AND $2 = $2 AND $3 = $3",
    }
}

/// The two bounds of a search.
fn bounds(search: &Search) -> (String, String) {
    match search {
        Search::All => (String::new(), String::new()),
        // Every text that begins so stands before the text with the last of all characters behind it.
        Search::Name(text) | Search::Letters(text) => (text.clone(), format!("{text}\u{10ffff}")),
        Search::LastFour(index) | Search::Number(index) => (index.clone(), String::new()),
    }
}

/// What all filters have in common; each is left out when its value is null.
fn conditions(tx: &Tx, filter: &Filter) -> String {
    let within = dialect::list(tx, "$8");
    let allowance = match filter.allowance {
        None => "",
        Some(true) => "AND p.allowance",
        Some(false) => "AND NOT p.allowance",
    };
    let living =
        if filter.living { "AND p.status IN ('normal', 'unconfirmed', 'suspended', 'new')" } else { "" };
    let confirmed = filter.confirmed.map_or_else(String::new, |(year, wanted)| {
        let not = if wanted { "" } else { "NOT" };
        format!(
            "AND {not} EXISTS (SELECT 1 FROM confirmation f WHERE f.county_code = $1 AND f.year = {year} \
             AND f.person_id = p.id)"
        )
    });
    format!(
        "AND p.merged_into IS NULL \
         AND (CAST($4 AS TEXT) IS NULL OR p.status = $4) \
         AND (CAST($5 AS TEXT) IS NULL \
              OR REPLACE(',' || p.hardship || ',', ',' || $5 || ',', '') <> ',' || p.hardship || ',') \
         AND ((CAST($6 AS TEXT) IS NULL AND CAST($7 AS BIGINT) IS NULL) OR EXISTS (SELECT 1 FROM identity i \
              WHERE i.county_code = $1 AND i.person_id = p.id AND (CAST($6 AS TEXT) IS NULL OR i.class = $6) \
              AND (CAST($7 AS BIGINT) IS NULL OR i.grade = $7))) \
         AND (CAST($8 AS TEXT) IS NULL OR COALESCE(p.village_id, p.township_id) IN {within}) \
         {allowance} {living} {confirmed}"
    )
}

/// One unit alone is an index of its own: it is written plainly, not as an option.
fn unit(filter: &Filter) -> &'static str {
    match (filter.village, filter.township) {
        (Some(_), _) => "AND p.village_id = $9",
        (None, Some(_)) => "AND p.township_id = $9",
        (None, None) => "AND (CAST($9 AS TEXT) IS NULL OR $9 = $9)",
    }
}

/// One page of persons behind a place. A search by letters shows those whose pinyin begins so before those whose
/// first letters do; a search by the beginning of the name comes in the order of the name as it is compared.
pub async fn list(
    tx: &mut Tx,
    county: CountyCode,
    filter: &Filter,
    order: Order,
    after: Option<&Place>,
    limit: usize,
) -> Result<Vec<Listed>, StoreError> {
    let runs = Run::of(&filter.search, order);
    let first = after.and_then(|place| runs.iter().position(|run| run.holds(place)));
    let mut rows = Vec::new();
    for (index, run) in runs.iter().enumerate().skip(first.unwrap_or(0)) {
        let after = after.filter(|_| first == Some(index));
        let found = along(tx, county, filter, *run, after, limit - rows.len()).await?;
        rows.extend(found.into_iter().map(|row| (run.place(&row), row)));
        if rows.len() >= limit {
            break;
        }
    }
    let ids: Vec<String> = rows.iter().map(|(place, _)| place.id.clone()).collect();
    let identity_rows = if ids.is_empty() { Vec::new() } else { identities(tx, county, &ids).await? };
    let mut identities = by_person(&identity_rows);
    rows.into_iter()
        .map(|(place, row)| {
            let identities = identities.remove(row.id.as_str()).unwrap_or_default();
            read(row, identities, place)
        })
        .collect()
}

/// So many rows along one run.
async fn along(
    tx: &mut Tx,
    county: CountyCode,
    filter: &Filter,
    run: Run,
    after: Option<&Place>,
    limit: usize,
) -> Result<Vec<Row>, StoreError> {
    let columns = run.columns();
    let behind = if after.is_some() { run.behind() } else { "AND $10 = $10 AND $11 = $11 AND $12 = $12" };
    let sql = format!(
        "SELECT {COLUMNS} FROM {} {} {} {behind} ORDER BY {columns}, p.id LIMIT $13",
        source(filter, run),
        conditions(tx, filter),
        unit(filter)
    );
    let (low, high) = bounds(&filter.search);
    let within = filter.within.as_ref().map(json::text);
    let one = filter.village.or(filter.township).map(|id| id.to_string());
    let (key, id) = after.map_or(("", ""), |place| (place.key.as_str(), place.id.as_str()));
    let (first, key) = match run {
        Run::Received => (key, ""),
        Run::Initials => key.trim_start_matches(SEPARATOR).split_once(SEPARATOR).unwrap_or(("", "")),
        Run::Key | Run::Word => ("", key),
    };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str())
        .bind(low).bind(high).bind(&filter.status).bind(&filter.hardship).bind(&filter.class)
        .bind(filter.grade).bind(within).bind(one).bind(key).bind(id).bind(first).bind(limit)
        .fetch_all(c).await)?)
}

/// How many persons there are, at most `most`: counting further helps nobody.
pub async fn count(
    tx: &mut Tx,
    county: CountyCode,
    filter: &Filter,
    most: usize,
) -> Result<usize, StoreError> {
    let (low, high) = bounds(&filter.search);
    let within = filter.within.as_ref().map(json::text);
    let one = filter.village.or(filter.township).map(|id| id.to_string());
    let mut found = 0;
    for run in Run::of(&filter.search, Order::Name) {
        let sql = format!(
            "SELECT COUNT(*) FROM (SELECT 1 FROM {} {} {} LIMIT $10) AS found",
            source(filter, *run),
            conditions(tx, filter),
            unit(filter)
        );
        let left = i64::try_from(most - found).unwrap_or(i64::MAX);
        let (count,): (i64,) = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str())
            .bind(&low).bind(&high).bind(&filter.status).bind(&filter.hardship).bind(&filter.class)
            .bind(filter.grade).bind(&within).bind(&one).bind(left).fetch_one(c).await)?;
        found += usize::try_from(count).unwrap_or_default();
        if found >= most {
            break;
        }
    }
    Ok(found)
}

fn read(row: Row, identities: Vec<Identity>, place: Place) -> Result<Listed, StoreError> {
    let bad = |column| StoreError::Corrupt { table: "person", column, id: row.id.clone() };
    Ok(Listed {
        id: row.id.parse().map_err(|_| bad("id"))?,
        township_id: row.township_id.parse().map_err(|_| bad("township_id"))?,
        village_id: row.village_id.as_deref().map(str::parse).transpose().map_err(|_| bad("village_id"))?,
        status: PersonStatus::from_code(&row.status).ok_or_else(|| bad("status"))?,
        hardship: hardship(&row.hardship),
        name: row.name,
        key_sealed: row.key_sealed,
        citizen_sealed: row.citizen_sealed,
        birth: row.birth.unwrap_or_default(),
        allowance: row.allowance,
        identities,
        version: row.version,
        place,
    })
}
