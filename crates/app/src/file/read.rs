//! Files as they are shown and given out. One that the caller may not see is not there.

use super::{not_found, object_name, thumbnail_name};
use crate::{App, Caller, Code, Problem};
use domain::authority::{Permission, Scope};
use domain::file::{FileKind, MediaType, OwnerKind};
use domain::ids::{FileId, UnitId};
use domain::region::CountyCode;
use domain::unit::UnitTree;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use serde::Serialize;
use serde_json::json;
use std::collections::HashMap;
use std::ops::Range;
use store::file::File;
use uuid::Uuid;

/// A file as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// Identity.
    pub id: FileId,
    /// What it is for.
    pub kind: FileKind,
    /// What kind of thing it belongs to.
    pub owner_kind: OwnerKind,
    /// Which.
    pub owner: Uuid,
    /// The unit whose it is.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// What it shows; may be empty.
    pub caption: String,
    /// What it is.
    pub media_type: MediaType,
    /// Bytes.
    pub bytes: u64,
    /// Pixels across, upright.
    pub width: Option<u32>,
    /// Pixels down, upright.
    pub height: Option<u32>,
    /// Not to be passed on.
    pub is_internal: bool,
    /// 成员合影或外景，已经审核.
    pub external_reviewed: bool,
    /// Whether there is a small copy.
    pub has_thumbnail: bool,
    /// Another file that looks alike.
    pub near: Option<Near>,
    /// When it ends by itself, ms UTC.
    pub expires_at_ms: Option<i64>,
    /// When it came, ms UTC.
    pub received_at_ms: i64,
    /// Who brought it.
    pub by_actor: String,
    /// Counts up with each change.
    pub version: i64,
}

/// A file that looks like another one of another visit or unit, perhaps of another year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Near {
    /// That file, when the caller may see it.
    pub file: Option<FileId>,
    /// Bits of 64 that differ; 0 is the same picture.
    pub distance: u32,
}

/// A file being given out.
pub struct Opened {
    /// What it is; of a small copy: the picture it belongs to.
    pub file: Shown,
    /// Its type, to be sent as it is and never guessed.
    pub media_type: MediaType,
    /// Bytes of the whole.
    pub total: u64,
    /// The bytes that follow.
    pub range: Range<u64>,
    /// Tells this content from any other, for caches.
    pub etag: String,
    /// The plain bytes. An error ends them: a damaged file is never given out as if it were whole.
    pub stream: BoxStream<'static, Result<Vec<u8>, Problem>>,
}

/// The most files of one owner that are listed.
const MOST: i64 = 500;

/// The files of an owner that the caller may see, oldest first.
pub async fn list(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    owner_kind: OwnerKind,
    owner: Uuid,
) -> Result<Vec<Shown>, Problem> {
    let scope = app.permit(caller, Permission::FileRead, county).await?;
    let mut tx = app.db.read().await?;
    let files = store::file::list(&mut tx, county, (owner_kind, owner), MOST).await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let now_ms = app.now_ms();
    let seen: Vec<File> =
        files.into_iter().filter(|file| may_see(caller, &scope, &units, file, now_ms)).collect();
    let near: Vec<FileId> = seen.iter().filter_map(|file| file.near.map(|(id, _)| id)).collect();
    let near = units_of(&mut tx, county, &near).await?;
    seen.into_iter().map(|file| show(app, county, &scope, &units, &near, file)).collect()
}

fn may_see(caller: &Caller, scope: &Scope, units: &UnitTree, file: &File, now_ms: i64) -> bool {
    let is_there = file.released_at_ms.is_none() && file.expires_at_ms.is_none_or(|at| at > now_ms);
    let is_own = file.actor == caller.actor;
    is_there && if file.kind.is_private() { is_own } else { scope.covers(units, file.unit) }
}

/// One file.
pub async fn get(app: &App, caller: &Caller, county: CountyCode, id: FileId) -> Result<Shown, Problem> {
    let (scope, file) = permitted(app, caller, county, id).await?;
    shown(app, county, &scope, file).await
}

/// A by-product is seen by whoever made it, whatever the role; all else by those who may read files.
async fn permitted(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: FileId,
) -> Result<(Scope, File), Problem> {
    let found = {
        // Asked first only for what decides which permission counts; nothing of it is told before.
        let mut tx = app.db.read().await?;
        store::file::get(&mut tx, county, id).await?
    };
    let is_own = found.is_some_and(|file| file.kind.is_private() && file.actor == caller.actor);
    let permission = if is_own { Permission::JobRead } else { Permission::FileRead };
    let scope = app.permit(caller, permission, county).await?;
    let file = load(app, caller, county, &scope, id).await?;
    Ok((scope, file))
}

/// The file, when the caller may see it.
pub(super) async fn load(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    scope: &Scope,
    id: FileId,
) -> Result<File, Problem> {
    let mut tx = app.db.read().await?;
    let file = store::file::get(&mut tx, county, id).await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    file.filter(|file| may_see(caller, scope, &units, file, app.now_ms())).ok_or_else(|| not_found(id))
}

async fn units_of(
    tx: &mut store::Tx,
    county: CountyCode,
    files: &[FileId],
) -> Result<HashMap<FileId, UnitId>, Problem> {
    if files.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(store::file::units_of(tx, county, files).await?.into_iter().collect())
}

pub(super) async fn shown(
    app: &App,
    county: CountyCode,
    scope: &Scope,
    file: File,
) -> Result<Shown, Problem> {
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let near: Vec<FileId> = file.near.iter().map(|(id, _)| *id).collect();
    let near = units_of(&mut tx, county, &near).await?;
    show(app, county, scope, &units, &near, file)
}

fn show(
    app: &App,
    county: CountyCode,
    scope: &Scope,
    units: &UnitTree,
    near_units: &HashMap<FileId, UnitId>,
    file: File,
) -> Result<Shown, Problem> {
    let text = |field, sealed: &str| app.open(county, "file", file.id.0, field, sealed);
    let near = file.near.map(|(other, distance)| {
        let is_seen = near_units.get(&other).is_some_and(|unit| scope.covers(units, *unit));
        Near { file: is_seen.then_some(other), distance }
    });
    Ok(Shown {
        name: text("name_sealed", &file.name_sealed)?,
        caption: file.caption_sealed.as_deref().map_or(Ok(String::new()), |it| text("caption_sealed", it))?,
        id: file.id,
        kind: file.kind,
        owner_kind: file.owner_kind,
        owner: file.owner,
        unit: file.unit,
        media_type: file.content.media_type,
        bytes: file.content.size,
        width: file.content.pixels.map(|(width, _)| width),
        height: file.content.pixels.map(|(_, height)| height),
        is_internal: file.is_internal,
        external_reviewed: file.external_reviewed,
        has_thumbnail: file.content.thumbnail_size.is_some(),
        near,
        expires_at_ms: file.expires_at_ms,
        received_at_ms: file.received_at_ms,
        by_actor: file.actor,
        version: file.version,
    })
}

/// Gives a file out, or the part of it that `wanted` names (`0..u64::MAX` is all). Whoever takes out anything but a
/// photo is written down.
pub async fn open(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: FileId,
    wanted: Range<u64>,
) -> Result<Opened, Problem> {
    let (scope, file) = permitted(app, caller, county, id).await?;
    if file.kind != FileKind::Photo {
        let detail = json!({ "kind": file.kind, "owner_kind": file.owner_kind, "owner": file.owner });
        crate::audit::note(app, caller, county, "file.open", ("file", &id.to_string()), detail).await?;
    }
    let content = file.content.clone();
    let name = object_name(county, content.id);
    let key = app.open_key(county, "content", content.id.0, &content.key_sealed)?;
    let range = wanted.start.min(content.size)..wanted.end.min(content.size);
    let stream = app.objects.read(&name, &key, content.size, range.clone()).await?;
    Ok(Opened {
        file: shown(app, county, &scope, file).await?,
        media_type: content.media_type,
        total: content.size,
        range,
        etag: content.id.to_string(),
        stream: stream.map_err(Problem::from).boxed(),
    })
}

/// The name of a file, for an act that has permitted.
pub(crate) async fn name_of(app: &App, county: CountyCode, id: FileId) -> Result<String, Problem> {
    let file = any(app, county, id).await?;
    app.open(county, "file", id.0, "name_sealed", &file.name_sealed)
}

/// All bytes of a file, for an act that has permitted.
pub(crate) async fn read_whole(app: &App, county: CountyCode, id: FileId) -> Result<Vec<u8>, Problem> {
    let content = any(app, county, id).await?.content;
    let key = app.open_key(county, "content", content.id.0, &content.key_sealed)?;
    Ok(app.objects.read_all(&object_name(county, content.id), &key, content.size).await?)
}

async fn any(app: &App, county: CountyCode, id: FileId) -> Result<File, Problem> {
    let mut tx = app.db.read().await?;
    store::file::get(&mut tx, county, id).await?.ok_or_else(|| not_found(id))
}

/// Gives the small copy of a picture out.
pub async fn open_thumbnail(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: FileId,
) -> Result<Opened, Problem> {
    let (scope, file) = permitted(app, caller, county, id).await?;
    let content = file.content.clone();
    let size = content.thumbnail_size.ok_or_else(|| {
        Problem::new(Code::NotFound, "这张照片的缩略图还没有生成，请稍后刷新；其他文件没有缩略图")
    })?;
    let key = app.open_key(county, "content", content.id.0, &content.key_sealed)?;
    let stream = app.objects.read(&thumbnail_name(county, content.id), &key, size, 0..size).await?;
    Ok(Opened {
        file: shown(app, county, &scope, file).await?,
        media_type: MediaType::Jpeg,
        total: size,
        range: 0..size,
        etag: format!("{}.small", content.id),
        stream: stream.map_err(Problem::from).boxed(),
    })
}
