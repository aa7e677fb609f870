//! Pictures that look alike: the hashes of a county, and what was found.

use super::{number, signed, unsigned};
use crate::{StoreError, Tx, on};
use domain::file::{FileKind, NearHash, OwnerKind};
use domain::ids::{ContentId, FileId};
use domain::region::CountyCode;
use uuid::Uuid;

/// A picture with its hash and owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hashed {
    /// The file.
    pub file: FileId,
    /// Its owner.
    pub owner: (OwnerKind, Uuid),
    /// Its bytes.
    pub content: ContentId,
    /// Its gradient; `None` when it is too plain.
    pub near: Option<NearHash>,
}

/// The photos of a county by id, behind `after`; deleted ones are left out.
pub async fn hashes(
    tx: &mut Tx,
    county: CountyCode,
    after: Option<FileId>,
    limit: i64,
) -> Result<Vec<Hashed>, StoreError> {
    const SQL: &str = "SELECT f.id, f.owner_kind, f.owner_id, f.content_id, c.near_hash FROM file f \
         JOIN content c ON c.county_code = f.county_code AND c.id = f.content_id \
         WHERE f.county_code = $1 AND f.id > $2 AND f.kind = $3 AND f.released_at_ms IS NULL \
         ORDER BY f.id LIMIT $4";
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let rows: Vec<(String, String, String, String, Option<i64>)> = on!(tx, c => sqlx::query_as(SQL)
        .bind(county.as_str()).bind(after).bind(FileKind::Photo.code()).bind(limit).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(id, kind, owner, content, hash)| {
            let bad = |column| super::corrupt("file", column, &id);
            Ok(Hashed {
                owner: (
                    OwnerKind::from_code(&kind).ok_or_else(|| bad("owner_kind"))?,
                    owner.parse().map_err(|_| bad("owner_id"))?,
                ),
                content: content.parse().map_err(|_| bad("content_id"))?,
                near: hash.map(unsigned),
                file: id.parse().map_err(|_| bad("id"))?,
            })
        })
        .collect()
}

/// Pictures that were not looked at yet, oldest id first.
pub async fn unexamined(tx: &mut Tx, county: CountyCode, limit: i64) -> Result<Vec<FileId>, StoreError> {
    const SQL: &str = "SELECT id FROM file WHERE county_code = $1 AND kind = $2 AND examined_at_ms IS NULL \
         AND released_at_ms IS NULL ORDER BY id LIMIT $3";
    let rows: Vec<(String,)> = on!(tx, c => sqlx::query_as(SQL).bind(county.as_str())
        .bind(FileKind::Photo.code()).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(|(id,)| id.parse().map_err(|_| super::corrupt("file", "id", &id))).collect()
}

/// Writes down the small copy of a content.
pub async fn set_examined(
    tx: &mut Tx,
    county: CountyCode,
    content: ContentId,
    thumbnail_size: u64,
    near: Option<NearHash>,
) -> Result<(), StoreError> {
    const SQL: &str =
        "UPDATE content SET thumbnail_size = $3, near_hash = $4 WHERE county_code = $1 AND id = $2";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(content.to_string()).bind(number(thumbnail_size))
        .bind(near.map(signed)).execute(c).await.map(drop))?;
    Ok(())
}

/// Writes down that a file was looked at, and which other looks alike.
pub async fn set_near(
    tx: &mut Tx,
    county: CountyCode,
    file: FileId,
    near: Option<(FileId, u32)>,
    at_ms: i64,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE file SET examined_at_ms = $3, near_file_id = $4, near_distance = $5 \
         WHERE county_code = $1 AND id = $2";
    let (other, bits) = near.map(|(id, bits)| (id.to_string(), i64::from(bits))).unzip();
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(file.to_string()).bind(at_ms).bind(other).bind(bits)
        .execute(c).await.map(drop))?;
    Ok(())
}
