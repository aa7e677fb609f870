//! Photos, attachments and by-products: what is stored once (`content`) and to whom it belongs (`file`).

mod garbage;
mod near;
mod upload;

pub use crate::pause::{is_deletion_paused, pause_deletion};
pub use garbage::{Orphan, expire, forget, known_contents, orphans, purge};
pub use near::{Hashed, hashes, set_examined, set_near, unexamined};
pub use upload::{
    Upload, add_upload, advance_upload, expired_uploads, open_uploads, remove_upload, upload as get_upload,
    uploads_known,
};

use crate::{StoreError, Tx, on};
use domain::file::{FileKind, MediaType, NearHash, OwnerKind};
use domain::ids::{ContentId, FileId, UnitId};
use domain::region::CountyCode;
use sqlx::FromRow;
use uuid::Uuid;

/// Bytes in the object store, and how to open them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Identity; the object's name is made of it.
    pub id: ContentId,
    /// Keyed hash of the bytes: the same bytes are stored once in a county.
    pub index: String,
    /// Bytes in clear.
    pub size: u64,
    /// What they are.
    pub media_type: MediaType,
    /// Pixels across and down, for pictures.
    pub pixels: Option<(u32, u32)>,
    /// The data key, sealed for this row.
    pub key_sealed: String,
    /// Bytes of the small copy, once there is one.
    pub thumbnail_size: Option<u64>,
    /// The gradient, for pictures that have enough in them.
    pub near: Option<NearHash>,
    /// When, ms UTC.
    pub received_at_ms: i64,
}

/// A file: content bound to its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Identity.
    pub id: FileId,
    /// What it is for.
    pub kind: FileKind,
    /// What kind of thing it belongs to.
    pub owner_kind: OwnerKind,
    /// Which.
    pub owner: Uuid,
    /// The unit by which it is decided who may see it.
    pub unit: UnitId,
    /// The bytes.
    pub content: Content,
    /// Name, sealed.
    pub name_sealed: String,
    /// Caption, sealed.
    pub caption_sealed: Option<String>,
    /// Not to be passed on (内部).
    pub is_internal: bool,
    /// 成员合影或外景，已经审核.
    pub external_reviewed: bool,
    /// When its small copy was made and others like it were looked for.
    pub examined_at_ms: Option<i64>,
    /// A file that looks alike, and how many bits differ.
    pub near: Option<(FileId, u32)>,
    /// When it ends by itself.
    pub expires_at_ms: Option<i64>,
    /// When it was deleted; the bytes go later.
    pub released_at_ms: Option<i64>,
    /// Who brought it.
    pub actor: String,
    /// When, ms UTC.
    pub received_at_ms: i64,
    /// Counts up with each change.
    pub version: i64,
}

#[derive(FromRow)]
struct ContentColumns {
    id: String,
    content_index: String,
    size: i64,
    media_type: String,
    width: Option<i64>,
    height: Option<i64>,
    key_sealed: String,
    thumbnail_size: Option<i64>,
    near_hash: Option<i64>,
    received_at_ms: i64,
}

#[derive(FromRow)]
struct FileColumns {
    id: String,
    kind: String,
    owner_kind: String,
    owner_id: String,
    unit_id: String,
    content_id: String,
    name_sealed: String,
    caption_sealed: Option<String>,
    is_internal: bool,
    external_reviewed: bool,
    examined_at_ms: Option<i64>,
    near_file_id: Option<String>,
    near_distance: Option<i64>,
    expires_at_ms: Option<i64>,
    released_at_ms: Option<i64>,
    by_actor: String,
    received_at_ms: i64,
    version: i64,
    content_index: String,
    size: i64,
    media_type: String,
    width: Option<i64>,
    height: Option<i64>,
    key_sealed: String,
    thumbnail_size: Option<i64>,
    near_hash: Option<i64>,
    content_received_at_ms: i64,
}

fn corrupt(table: &'static str, column: &'static str, id: &str) -> StoreError {
    StoreError::Corrupt { table, column, id: id.to_owned() }
}

/// A 64-bit pattern as the databases keep it.
fn signed(hash: NearHash) -> i64 {
    i64::from_ne_bytes(hash.0.to_ne_bytes())
}

fn unsigned(stored: i64) -> NearHash {
    NearHash(u64::from_ne_bytes(stored.to_ne_bytes()))
}

fn number(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

impl ContentColumns {
    fn read(self) -> Result<Content, StoreError> {
        let bad = |column| corrupt("content", column, &self.id);
        let side = |side: Option<i64>| side.and_then(|it| u32::try_from(it).ok());
        Ok(Content {
            id: self.id.parse().map_err(|_| bad("id"))?,
            size: u64::try_from(self.size).map_err(|_| bad("size"))?,
            media_type: MediaType::from_code(&self.media_type).ok_or_else(|| bad("media_type"))?,
            pixels: side(self.width).zip(side(self.height)),
            thumbnail_size: self.thumbnail_size.and_then(|it| u64::try_from(it).ok()),
            near: self.near_hash.map(unsigned),
            index: self.content_index,
            key_sealed: self.key_sealed,
            received_at_ms: self.received_at_ms,
        })
    }
}

impl FileColumns {
    fn read(self) -> Result<File, StoreError> {
        let id = self.id;
        let bad = |column| corrupt("file", column, &id);
        let near = match (self.near_file_id, self.near_distance) {
            (Some(other), Some(bits)) => Some((
                other.parse().map_err(|_| bad("near_file_id"))?,
                u32::try_from(bits).map_err(|_| bad("near_distance"))?,
            )),
            _ => None,
        };
        let content = ContentColumns {
            id: self.content_id,
            content_index: self.content_index,
            size: self.size,
            media_type: self.media_type,
            width: self.width,
            height: self.height,
            key_sealed: self.key_sealed,
            thumbnail_size: self.thumbnail_size,
            near_hash: self.near_hash,
            received_at_ms: self.content_received_at_ms,
        };
        Ok(File {
            kind: FileKind::from_code(&self.kind).ok_or_else(|| bad("kind"))?,
            owner_kind: OwnerKind::from_code(&self.owner_kind).ok_or_else(|| bad("owner_kind"))?,
            owner: self.owner_id.parse().map_err(|_| bad("owner_id"))?,
            unit: self.unit_id.parse().map_err(|_| bad("unit_id"))?,
            content: content.read()?,
            name_sealed: self.name_sealed,
            caption_sealed: self.caption_sealed,
            is_internal: self.is_internal,
            external_reviewed: self.external_reviewed,
            examined_at_ms: self.examined_at_ms,
            near,
            expires_at_ms: self.expires_at_ms,
            released_at_ms: self.released_at_ms,
            actor: self.by_actor,
            received_at_ms: self.received_at_ms,
            version: self.version,
            id: id.parse().map_err(|_| bad("id"))?,
        })
    }
}

const CONTENT: &str = "SELECT id, content_index, size, media_type, width, height, key_sealed, thumbnail_size, near_hash, \
     received_at_ms FROM content";

/// The content with this index.
pub async fn content_by_index(
    tx: &mut Tx,
    county: CountyCode,
    index: &str,
) -> Result<Option<Content>, StoreError> {
    let sql = format!("{CONTENT} WHERE county_code = $1 AND content_index = $2");
    let row: Option<ContentColumns> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str()).bind(index)
        .fetch_optional(c).await)?;
    row.map(ContentColumns::read).transpose()
}

/// Adds content; an index that exists is a [`StoreError::Conflict`].
pub async fn add_content(tx: &mut Tx, county: CountyCode, content: &Content) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO content (county_code, id, content_index, size, media_type, width, height, key_sealed, \
         received_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let (width, height) = content.pixels.map(|(w, h)| (i64::from(w), i64::from(h))).unzip();
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(content.id.to_string()).bind(&content.index)
        .bind(number(content.size)).bind(content.media_type.code()).bind(width).bind(height)
        .bind(&content.key_sealed).bind(content.received_at_ms).execute(c).await.map(drop))?;
    Ok(())
}

/// Binds content to an owner.
pub async fn add(tx: &mut Tx, county: CountyCode, file: &File) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO file (county_code, id, kind, owner_kind, owner_id, unit_id, content_id, name_sealed, \
         caption_sealed, is_internal, external_reviewed, expires_at_ms, by_actor, received_at_ms, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(file.id.to_string()).bind(file.kind.code())
        .bind(file.owner_kind.code()).bind(file.owner.to_string()).bind(file.unit.to_string())
        .bind(file.content.id.to_string()).bind(&file.name_sealed).bind(&file.caption_sealed).bind(file.is_internal)
        .bind(file.external_reviewed).bind(file.expires_at_ms).bind(&file.actor).bind(file.received_at_ms)
        .bind(file.version).execute(c).await.map(drop))?;
    Ok(())
}

/// Files with their content; the condition follows.
const FILES: &str = "SELECT f.id, f.kind, f.owner_kind, f.owner_id, f.unit_id, f.content_id, f.name_sealed, \
     f.caption_sealed, f.is_internal, f.external_reviewed, f.examined_at_ms, f.near_file_id, f.near_distance, \
     f.expires_at_ms, f.released_at_ms, f.by_actor, f.received_at_ms, f.version, c.content_index, c.size, c.media_type, \
     c.width, c.height, c.key_sealed, c.thumbnail_size, c.near_hash, c.received_at_ms AS content_received_at_ms \
     FROM file f JOIN content c ON c.county_code = f.county_code AND c.id = f.content_id";

/// A file, deleted ones too.
pub async fn get(tx: &mut Tx, county: CountyCode, id: FileId) -> Result<Option<File>, StoreError> {
    let sql = format!("{FILES} WHERE f.county_code = $1 AND f.id = $2");
    let row: Option<FileColumns> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str())
        .bind(id.to_string()).fetch_optional(c).await)?;
    row.map(FileColumns::read).transpose()
}

/// What an owner has, oldest first, at most `limit`.
pub async fn list(
    tx: &mut Tx,
    county: CountyCode,
    owner: (OwnerKind, Uuid),
    limit: i64,
) -> Result<Vec<File>, StoreError> {
    let sql = format!(
        "{FILES} WHERE f.county_code = $1 AND f.owner_kind = $2 AND f.owner_id = $3 AND f.released_at_ms IS NULL \
         ORDER BY f.received_at_ms, f.id LIMIT $4"
    );
    let rows: Vec<FileColumns> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str())
        .bind(owner.0.code()).bind(owner.1.to_string()).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(FileColumns::read).collect()
}

/// The units of these files; deleted ones are left out.
pub async fn units_of(
    tx: &mut Tx,
    county: CountyCode,
    some: &[FileId],
) -> Result<Vec<(FileId, UnitId)>, StoreError> {
    let sql = format!(
        "SELECT id, unit_id FROM file WHERE county_code = $1 AND released_at_ms IS NULL AND id IN {} ORDER BY id",
        crate::dialect::list(tx, "$2")
    );
    let list = crate::json::text(&some);
    let rows: Vec<(String, String)> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(county.as_str())
        .bind(list).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(id, unit)| {
            let bad = |column| corrupt("file", column, &id);
            Ok((id.parse().map_err(|_| bad("id"))?, unit.parse().map_err(|_| bad("unit_id"))?))
        })
        .collect()
}

/// Changes caption and mark of the version that is known; `false` when it has changed since.
pub async fn describe(tx: &mut Tx, county: CountyCode, file: &File) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE file SET caption_sealed = $3, is_internal = $4, version = version + 1 \
         WHERE county_code = $1 AND id = $2 AND version = $5 AND released_at_ms IS NULL";
    let changed = on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(file.id.to_string())
        .bind(&file.caption_sealed).bind(file.is_internal).bind(file.version).execute(c).await
        .map(|it| it.rows_affected()))?;
    Ok(changed == 1)
}

/// Marks a file as deleted; `false` when it was already.
pub async fn release(tx: &mut Tx, county: CountyCode, id: FileId, at_ms: i64) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE file SET released_at_ms = $3, version = version + 1 \
         WHERE county_code = $1 AND id = $2 AND released_at_ms IS NULL";
    let changed = on!(tx, c => sqlx::query(SQL).bind(county.as_str()).bind(id.to_string()).bind(at_ms)
        .execute(c).await.map(|it| it.rows_affected()))?;
    Ok(changed == 1)
}

/// Puts the files of one unit under another (units were merged).
pub async fn move_unit(tx: &mut Tx, county: CountyCode, from: UnitId, to: UnitId) -> Result<(), StoreError> {
    const SQL: &str =
        "UPDATE file SET unit_id = $3, version = version + 1 WHERE county_code = $1 AND unit_id = $2";
    const OWNED: &str =
        "UPDATE file SET owner_id = $3 WHERE county_code = $1 AND owner_kind = 'unit' AND owner_id = $2";
    for sql in [SQL, OWNED] {
        on!(tx, c => sqlx::query(sql).bind(county.as_str()).bind(from.to_string()).bind(to.to_string())
            .execute(c).await.map(drop))?;
    }
    Ok(())
}
