//! Uploads on their way. A control table: a chunk that arrives is no act of the county, the file at the end is.

use super::{corrupt, number};
use crate::{Db, StoreError, Tx, json, on};
use domain::ids::FileId;
use domain::region::CountyCode;
use sqlx::FromRow;

/// An upload on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The id that the file will have, made by whoever sends it.
    pub id: FileId,
    /// Who sends it.
    pub actor: String,
    /// What it is to become, sealed.
    pub request_sealed: String,
    /// The key of its parts, sealed.
    pub key_sealed: String,
    /// Bytes in all.
    pub total: u64,
    /// The lengths of the parts received so far, in order; they follow each other without a gap.
    pub parts: Vec<u64>,
    /// When it is given up, ms UTC.
    pub expires_at_ms: i64,
}

impl Upload {
    /// Bytes received so far.
    pub fn received(&self) -> u64 {
        self.parts.iter().sum()
    }
}

#[derive(FromRow)]
struct Columns {
    id: String,
    by_actor: String,
    request_sealed: String,
    key_sealed: String,
    total: i64,
    parts: String,
    expires_at_ms: i64,
}

impl Columns {
    fn read(self) -> Result<Upload, StoreError> {
        let bad = |column| corrupt("upload", column, &self.id);
        Ok(Upload {
            id: self.id.parse().map_err(|_| bad("id"))?,
            total: u64::try_from(self.total).map_err(|_| bad("total"))?,
            parts: serde_json::from_str(&self.parts).map_err(|_| bad("parts"))?,
            actor: self.by_actor,
            request_sealed: self.request_sealed,
            key_sealed: self.key_sealed,
            expires_at_ms: self.expires_at_ms,
        })
    }
}

const COLUMNS: &str = "id, by_actor, request_sealed, key_sealed, total, parts, expires_at_ms";

/// An upload by its id.
pub async fn upload(tx: &mut Tx, county: CountyCode, id: FileId) -> Result<Option<Upload>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM upload WHERE county_code = $1 AND id = $2");
    let row: Option<Columns> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str())
        .bind(id.to_string()).fetch_optional(c).await)?;
    row.map(Columns::read).transpose()
}

/// Begins an upload; `false` when the id is taken.
pub async fn add_upload(db: &Db, county: CountyCode, upload: &Upload) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO upload (county_code, id, by_actor, request_sealed, key_sealed, total, received, parts, \
         expires_at_ms) VALUES ($1, $2, $3, $4, $5, $6, 0, '[]', $7) ON CONFLICT DO NOTHING";
    let mut tx = db.control().await?;
    let added = on!(&mut tx, c => sqlx::query(SQL).bind(county.as_str()).bind(upload.id.to_string())
        .bind(&upload.actor).bind(&upload.request_sealed).bind(&upload.key_sealed).bind(number(upload.total))
        .bind(upload.expires_at_ms).execute(c).await.map(|it| it.rows_affected()))?;
    tx.commit().await?;
    Ok(added == 1)
}

/// Writes down one more part; `false` when another was written down in between.
pub async fn advance_upload(
    db: &Db,
    county: CountyCode,
    upload: &Upload,
    length: u64,
    expires_at_ms: i64,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE upload SET received = $3, parts = $4, expires_at_ms = $5 \
         WHERE county_code = $1 AND id = $2 AND received = $6";
    let mut parts = upload.parts.clone();
    parts.push(length);
    let (before, after) = (number(upload.received()), number(upload.received() + length));
    let mut tx = db.control().await?;
    let advanced = on!(&mut tx, c => sqlx::query(SQL).bind(county.as_str()).bind(upload.id.to_string()).bind(after)
        .bind(json::text(&parts)).bind(expires_at_ms).bind(before).execute(c).await.map(|it| it.rows_affected()))?;
    tx.commit().await?;
    Ok(advanced == 1)
}

/// Forgets an upload.
pub async fn remove_upload(db: &Db, county: CountyCode, id: FileId) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM upload WHERE county_code = $1 AND id = $2";
    let mut tx = db.control().await?;
    on!(&mut tx, c => sqlx::query(SQL).bind(county.as_str()).bind(id.to_string()).execute(c).await.map(drop))?;
    tx.commit().await
}

/// Uploads that were given up, by id.
pub async fn expired_uploads(
    tx: &mut Tx,
    county: CountyCode,
    now_ms: i64,
    limit: i64,
) -> Result<Vec<FileId>, StoreError> {
    const SQL: &str =
        "SELECT id FROM upload WHERE county_code = $1 AND expires_at_ms <= $2 ORDER BY id LIMIT $3";
    ids(on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(now_ms).bind(limit).fetch_all(c).await)?)
}

/// Which of these ids are uploads on their way.
pub async fn uploads_known(
    tx: &mut Tx,
    county: CountyCode,
    some: &[FileId],
) -> Result<Vec<FileId>, StoreError> {
    let sql = format!(
        "SELECT id FROM upload WHERE county_code = $1 AND id IN {} ORDER BY id",
        crate::dialect::list(tx, "$2")
    );
    let list = json::text(&some);
    ids(
        on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(list).fetch_all(c).await)?,
    )
}

fn ids(rows: Vec<(String,)>) -> Result<Vec<FileId>, StoreError> {
    rows.into_iter().map(|(id,)| id.parse().map_err(|_| corrupt("upload", "id", &id))).collect()
}

/// How many uploads somebody has on their way, beside this one.
pub async fn open_uploads(
    tx: &mut Tx,
    county: CountyCode,
    actor: &str,
    but: FileId,
    now_ms: i64,
) -> Result<u64, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM upload WHERE county_code = $1 AND by_actor = $2 AND id <> $3 \
                       AND expires_at_ms > $4";
    let (count,): (i64,) = on!(tx, c => sqlx::query_as(SQL).bind(county.as_str()).bind(actor)
        .bind(but.to_string()).bind(now_ms).fetch_one(c).await)?;
    Ok(u64::try_from(count).unwrap_or_default())
}
