//! How far an obligation to visit persons is met, counted by the database: one line for each village.

use crate::{StoreError, Tx, dialect, json, on};
use domain::campaign::{Campaign, Obligation, ObligationKind, PersonMatch};
use domain::ids::UnitId;
use domain::person::PersonStatus;
use domain::region::CountyCode;
use domain::visit::Method;
use serde::Deserialize;
use std::fmt::Write as _;
use std::sync::Arc;

/// The persons of a village (of a township, where the village is not known) whom an obligation names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// The township.
    pub township: UnitId,
    /// The village; `None` where it is not known.
    pub village: Option<UnitId>,
    /// Persons who must be reached.
    pub required: i64,
    /// Those of them who were, by a method that counts.
    pub done: i64,
    /// Those of them who were met in person.
    pub in_person: i64,
}

#[derive(Deserialize)]
struct Row(String, Option<String>, i64, i64, i64);

/// How far the obligation at this place of the template is met, by township and village; empty for an obligation that
/// does not name persons. What was counted stays in memory until the county's next act.
pub async fn tally(
    tx: &mut Tx,
    county: CountyCode,
    campaign: &Campaign,
    root: UnitId,
    place: usize,
) -> Result<Arc<Vec<Tally>>, StoreError> {
    const SEQ: &str = "SELECT audit_seq FROM county WHERE county_code = $1";
    let Some(select) = campaign.template.obligations.get(place).and_then(select) else {
        return Ok(Arc::default());
    };
    let seq: Option<(i64,)> =
        on!(tx, c => sqlx::query_as(SEQ).bind(county.as_str()).fetch_optional(c).await)?;
    let (seq, key) = (seq.map_or(0, |(seq,)| seq), (county, campaign.id, place));
    let may_keep = !tx.is_writing();
    if let Some(kept) = tx.kept().tallies.get(&key, seq).filter(|_| may_keep) {
        return Ok(kept);
    }
    let sql = dialect::packed(tx, "township_id, village_id, required, done, in_person", &select);
    let rows = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str())
        .bind(campaign.id.to_string()).bind(root.to_string()).fetch_one(c).await)?;
    let rows: Vec<Row> = json::unpack("person", &rows)?;
    let tallies = Arc::new(rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?);
    if may_keep {
        tx.kept().tallies.put(key, seq, &tallies);
    }
    Ok(tallies)
}

fn read(Row(township, village, required, done, in_person): Row) -> Result<Tally, StoreError> {
    let unit = |id: String| -> Result<UnitId, StoreError> {
        id.parse().map_err(|_| StoreError::Corrupt { table: "person", column: "township_id", id })
    };
    Ok(Tally {
        township: unit(township)?,
        village: village.map(unit).transpose()?,
        required,
        done,
        in_person,
    })
}

/// The statement for an obligation; codes and numbers in it are our own words.
fn select(obligation: &Obligation) -> Option<String> {
    let reached = reached(&obligation.methods);
    Some(format!(
        "SELECT p.township_id, p.village_id, COUNT(DISTINCT p.id) AS required, \
         COUNT(DISTINCT CASE WHEN {reached} THEN p.id END) AS done, \
         COUNT(DISTINCT CASE WHEN {reached} AND {IN_PERSON} THEN p.id END) AS in_person {} \
         GROUP BY p.township_id, p.village_id ORDER BY p.township_id, p.village_id NULLS LAST",
        from_and_where(obligation, Wanted::All, false)?
    ))
}

/// Which of the persons whom an obligation names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// All of them.
    All,
    /// Those whom nobody has reached by a method that counts.
    Open,
    /// Those who were reached, but not met.
    Remote,
}

const IN_PERSON: &str = "s.home + s.talk > 0";

/// `FROM … WHERE …` of the persons `p` whom an obligation names, with what the county's scope `s` knows of them; the
/// county is `$1`, the campaign `$2`, the county's own unit `$3`. `None` when the obligation is not about persons.
/// Where one unit is asked for, the county's indexes are kept out of SQLite's sight: the unit's finds fewer rows.
pub(crate) fn from_and_where(obligation: &Obligation, wanted: Wanted, is_of_unit: bool) -> Option<String> {
    let (whose, fits) = whom(obligation)?;
    let reached = reached(&obligation.methods);
    let by_unit = is_of_unit && obligation.kind != ObligationKind::KeyPersonVisit;
    let county = if by_unit { "p.county_code || ''" } else { "p.county_code" };
    let state = match wanted {
        Wanted::All => "TRUE".to_owned(),
        Wanted::Open => format!("CASE WHEN {reached} THEN 1 ELSE 0 END = 0"),
        Wanted::Remote => format!("{reached} AND NOT ({IN_PERSON})"),
    };
    Some(format!(
        "FROM {whose} LEFT JOIN cell_subject s ON s.county_code = p.county_code AND s.campaign_id = $2 \
         AND s.scope_id = $3 AND s.subject_id = p.id \
         WHERE {county} = $1 AND p.merged_into IS NULL AND {} AND {fits} AND {state}",
        statuses()
    ))
}

/// The statuses in which persons are to be visited.
fn statuses() -> String {
    let codes = PersonStatus::ALL.iter().filter(|it| it.is_to_be_visited()).map(|it| quoted(it.code()));
    format!("p.status IN ({})", codes.collect::<Vec<_>>().join(", "))
}

/// Where the persons come from and which of them fit; `None` when the obligation is not about persons.
fn whom(obligation: &Obligation) -> Option<(&'static str, String)> {
    match obligation.kind {
        ObligationKind::KeyPersonVisit => {
            // The few who fit are found by their identities, then looked at one by one.
            let from = "identity i CROSS JOIN person p";
            let fits = matches(&obligation.matches);
            Some((from, format!("i.county_code = $1 AND p.id = i.person_id AND ({fits})")))
        }
        ObligationKind::UniversalVisit => Some(("person p", "TRUE".to_owned())),
        ObligationKind::HardshipHelp => Some(("person p", "p.hardship <> ''".to_owned())),
        ObligationKind::PrincipalLeaderVisit
        | ObligationKind::DeputyLeaderVisit
        | ObligationKind::UnitActive => None,
    }
}

/// Conditions on identities `i` of persons `p`, any of which fits.
fn matches(all: &[PersonMatch]) -> String {
    let one = |it: &PersonMatch| {
        let codes: Vec<String> = it.classes.iter().map(|class| quoted(class.code())).collect();
        if codes.is_empty() {
            return "FALSE".to_owned();
        }
        let mut text = format!("(i.class IN ({})", codes.join(", "));
        if let Some((low, high)) = it.grades {
            let _ = write!(text, " AND i.grade BETWEEN {low} AND {high}");
        }
        match it.hardship {
            Some(true) => text.push_str(" AND p.hardship <> ''"),
            Some(false) => text.push_str(" AND p.hardship = ''"),
            None => {}
        }
        text.push(')');
        text
    };
    if all.is_empty() { "FALSE".to_owned() } else { all.iter().map(one).collect::<Vec<_>>().join(" OR ") }
}

/// Whether the county's scope `s` knows the person by a method that counts.
fn reached(methods: &[Method]) -> String {
    if methods.is_empty() {
        return "s.subject_id IS NOT NULL".to_owned();
    }
    let columns: Vec<String> = methods.iter().map(|it| format!("s.{}", it.code())).collect();
    format!("{} > 0", columns.join(" + "))
}

/// A code of ours as a literal.
fn quoted(code: &str) -> String {
    format!("'{code}'")
}
