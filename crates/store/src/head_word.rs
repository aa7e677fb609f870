//! Which column a head of a unit's files means: said once at an import, remembered for the next file.

use crate::{StoreError, Tx, bulk, on};
use domain::ids::UnitId;
use domain::region::CountyCode;
use serde::Serialize;

/// A head and the column it means; `None` means none.
pub type HeadWord = (String, Option<String>);

struct Out<'a> {
    county: CountyCode,
    unit: UnitId,
    kind: &'static str,
    word: &'a HeadWord,
    by: &'a str,
    at_ms: i64,
}

impl Serialize for Out<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let column = self.word.1.as_deref().unwrap_or_default();
        (self.county, self.unit, self.kind, &self.word.0, column, self.by, self.at_ms).serialize(serializer)
    }
}

const COLUMNS: &[&str] = &["county_code", "unit_id", "kind", "head", "column_code", "by_actor", "at_ms"];

/// Remembers what heads of a unit's files of this kind (`roster` or `visit`) mean; each head once.
pub async fn remember(
    tx: &mut Tx,
    county: CountyCode,
    (unit, kind): (UnitId, &'static str),
    words: &[HeadWord],
    (by, at_ms): (&str, i64),
) -> Result<(), StoreError> {
    let rows: Vec<Out<'_>> = words.iter().map(|word| Out { county, unit, kind, word, by, at_ms }).collect();
    bulk::upsert(tx, "head_word", COLUMNS, &[], &rows).await
}

/// What is remembered for a unit's files of this kind.
pub async fn of(
    tx: &mut Tx,
    county: CountyCode,
    unit: UnitId,
    kind: &str,
) -> Result<Vec<HeadWord>, StoreError> {
    const SQL: &str = "SELECT head, column_code FROM head_word \
         WHERE county_code = $1 AND unit_id = $2 AND kind = $3 ORDER BY head";
    let rows: Vec<(String, String)> = on!(tx, c => sqlx::query_as(SQL).bind(county.as_str())
        .bind(unit.to_string()).bind(kind).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(head, column)| (head, Some(column).filter(|it| !it.is_empty()))).collect())
}
