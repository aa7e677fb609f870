//! What nobody needs any more: files that ended, content without a file.

use super::corrupt;
use crate::{StoreError, Tx, json, on};
use domain::ids::ContentId;
use domain::region::CountyCode;

/// Content that no file needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Orphan {
    /// Its id, of which its objects' names are made.
    pub id: ContentId,
    /// Its size.
    pub size: u64,
}

/// Ends the files whose time has come, and those whose visit was taken back. Gives how many of each.
pub async fn expire(tx: &mut Tx, county: CountyCode, now_ms: i64) -> Result<(u64, u64), StoreError> {
    const DUE: &str = "UPDATE file SET released_at_ms = $2, version = version + 1 \
         WHERE county_code = $1 AND expires_at_ms <= $2 AND released_at_ms IS NULL";
    const OWNERLESS: &str = "UPDATE file SET released_at_ms = $2, version = version + 1 \
         WHERE county_code = $1 AND owner_kind = 'visit' AND released_at_ms IS NULL \
         AND NOT EXISTS (SELECT 1 FROM visit v WHERE v.county_code = file.county_code AND v.id = file.owner_id)";
    let due = on!(tx, c => sqlx::query(DUE).bind(county.as_str()).bind(now_ms).execute(c).await
        .map(|it| it.rows_affected()))?;
    let ownerless = on!(tx, c => sqlx::query(OWNERLESS).bind(county.as_str()).bind(now_ms).execute(c).await
        .map(|it| it.rows_affected()))?;
    Ok((due, ownerless))
}

/// Forgets files that were deleted before `before_ms`, and those that have expired by `now_ms`. Gives how many.
pub async fn purge(tx: &mut Tx, county: CountyCode, before_ms: i64, now_ms: i64) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM file WHERE county_code = $1 AND (released_at_ms <= $2 \
         OR (released_at_ms IS NOT NULL AND expires_at_ms <= $3))";
    Ok(on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(before_ms).bind(now_ms).execute(c).await
        .map(|it| it.rows_affected()))?)
}

/// Content that no file has any more.
pub async fn orphans(tx: &mut Tx, county: CountyCode, limit: i64) -> Result<Vec<Orphan>, StoreError> {
    const SQL: &str = "SELECT c.id, c.size FROM content c WHERE c.county_code = $1 AND NOT EXISTS (SELECT 1 FROM file f \
         WHERE f.county_code = c.county_code AND f.content_id = c.id) ORDER BY c.id LIMIT $2";
    let rows: Vec<(String, i64)> =
        on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(limit).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(id, size)| {
            let size = u64::try_from(size).map_err(|_| corrupt("content", "size", &id))?;
            Ok(Orphan { id: id.parse().map_err(|_| corrupt("content", "id", &id))?, size })
        })
        .collect()
}

/// Forgets content that no file has.
pub async fn forget(tx: &mut Tx, county: CountyCode, contents: &[ContentId]) -> Result<(), StoreError> {
    crate::person::delete_in(tx, county, "content", "id", contents).await
}

/// Which of these contents are recorded.
pub async fn known_contents(
    tx: &mut Tx,
    county: CountyCode,
    some: &[ContentId],
) -> Result<Vec<ContentId>, StoreError> {
    let sql = format!(
        "SELECT id FROM content WHERE county_code = $1 AND id IN {} ORDER BY id",
        crate::dialect::list(tx, "$2")
    );
    let list = json::text(&some);
    let rows: Vec<(String,)> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(list)
        .fetch_all(c).await)?;
    rows.into_iter().map(|(id,)| id.parse().map_err(|_| corrupt("content", "id", &id))).collect()
}
