//! Uploads in pieces: begun with an id of the sender's, gone on with after any interruption, finished once.

use super::incoming::{Incoming, Parts};
use super::read;
use super::save::{self, Saved};
use super::{NewFile, not_found, upload_folder};
use crate::{App, Caller, Code, Problem};
use domain::authority::Permission;
use domain::ids::FileId;
use domain::region::CountyCode;
use futures::TryStreamExt;
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;
use store::file::Upload;

/// A piece has at least so many bytes, unless it is the last.
pub const CHUNK_MIN: u64 = 64 << 10;
/// A piece has at most so many bytes.
pub const CHUNK_MAX: u64 = 4 << 20;

/// Uploads of one account that are on their way.
pub const MOST_OPEN: u64 = 100;

/// An upload is given up when nothing came for a day.
const KEPT_MS: i64 = 24 * 3600 * 1000;

/// How far an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct UploadState {
    /// The file's id.
    pub id: FileId,
    /// Bytes the county has; the next piece begins here.
    pub received: u64,
    /// Bytes in all.
    pub total: u64,
    /// Whether the file is there already.
    pub is_finished: bool,
    /// A piece has at least so many bytes, unless it is the last.
    pub chunk_min: u64,
    /// A piece has at most so many bytes.
    pub chunk_max: u64,
}

fn state(id: FileId, received: u64, total: u64, is_finished: bool) -> UploadState {
    UploadState { id, received, total, is_finished, chunk_min: CHUNK_MIN, chunk_max: CHUNK_MAX }
}

fn of(upload: &Upload) -> UploadState {
    state(upload.id, upload.received(), upload.total, false)
}

fn taken() -> Problem {
    Problem::new(Code::Conflict, "这个文件编号已被使用，请换一个编号重新上传")
}

/// Begins an upload, or says how far it is when it was begun before. Everything that can be refused before the bytes
/// are there is refused here: owner, size, name, caption, a photo of troops that was not reviewed.
pub async fn begin_upload(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    new: NewFile,
    total: u64,
) -> Result<UploadState, Problem> {
    let scope = app.permit(caller, Permission::FileUpload, county).await?;
    let new = save::checked(app, caller, county, new, total).await?;
    save::find_owner(app, county, &scope, &new).await?;
    let id = new.id;
    if let Some(done) = finished(app, caller, county, id).await? {
        return Ok(done);
    }
    if open_before(app, caller, county, id).await? >= MOST_OPEN {
        let message = format!("还有 {MOST_OPEN} 个文件没有传完，请先传完或放弃一些，再上传新的");
        return Err(Problem::new(Code::TooMany, message));
    }
    let request =
        serde_json::to_string(&new).map_err(|_| Problem::new(Code::BadRequest, "文件说明无法保存"))?;
    let upload = Upload {
        id,
        actor: caller.actor.clone(),
        request_sealed: app.seal(county, "upload", id.0, "request_sealed", &request),
        key_sealed: app.seal_key(county, "upload", id.0, &app.new_data_key()),
        total,
        parts: Vec::new(),
        expires_at_ms: app.now_ms() + KEPT_MS,
    };
    if store::file::add_upload(&app.db, county, &upload).await? {
        return Ok(of(&upload));
    }
    let known = find(app, caller, county, id).await?.ok_or_else(taken)?;
    // Sealing the same text for the same field gives the same: equal requests are seen without opening.
    if known.total == total && known.request_sealed == upload.request_sealed {
        Ok(of(&known))
    } else {
        Err(taken())
    }
}

/// How many uploads the caller has on their way beside this one.
async fn open_before(app: &App, caller: &Caller, county: CountyCode, id: FileId) -> Result<u64, Problem> {
    let mut tx = app.db.read().await?;
    Ok(store::file::open_uploads(&mut tx, county, &caller.actor, id, app.now_ms()).await?)
}

/// The file that an upload with this id became; an id of somebody else's file is taken.
async fn finished(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: FileId,
) -> Result<Option<UploadState>, Problem> {
    let mut tx = app.db.read().await?;
    match store::file::get(&mut tx, county, id).await? {
        None => Ok(None),
        Some(file) if file.actor == caller.actor && file.released_at_ms.is_none() => {
            Ok(Some(state(id, file.content.size, file.content.size, true)))
        }
        Some(_) => Err(taken()),
    }
}

/// The caller's own upload; nobody else goes on with it.
async fn find(app: &App, caller: &Caller, county: CountyCode, id: FileId) -> Result<Option<Upload>, Problem> {
    let mut tx = app.db.read().await?;
    let found = store::file::get_upload(&mut tx, county, id).await?;
    Ok(found.filter(|it| it.actor == caller.actor && it.expires_at_ms > app.now_ms()))
}

fn no_upload(id: FileId) -> Problem {
    Problem::new(Code::NotFound, format!("没有编号为 {id} 的上传，可能已经过期，请重新开始上传"))
}

/// How far the caller's upload is.
pub async fn upload_state(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: FileId,
) -> Result<UploadState, Problem> {
    app.permit(caller, Permission::FileUpload, county).await?;
    match find(app, caller, county, id).await? {
        Some(upload) => Ok(of(&upload)),
        None => finished(app, caller, county, id).await.ok().flatten().ok_or_else(|| no_upload(id)),
    }
}

/// The offset that is wanted, as data for programs.
fn wanted(received: u64) -> Problem {
    Problem::new(Code::Conflict, format!("已收到 {received} 字节，请从这里接着上传"))
        .with(json!({ "offset": received }))
}

/// Takes one piece. One that is there already is harmless; one that leaves a gap is refused with the offset wanted.
pub async fn put_chunk(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: FileId,
    offset: u64,
    bytes: &[u8],
) -> Result<UploadState, Problem> {
    app.permit(caller, Permission::FileUpload, county).await?;
    let upload = find(app, caller, county, id).await?.ok_or_else(|| no_upload(id))?;
    let (length, received) = (bytes.len() as u64, upload.received());
    let end =
        offset.checked_add(length).filter(|end| length > 0 && *end <= upload.total).ok_or_else(|| {
            Problem::new(Code::BadRequest, format!("这一块超出文件的 {} 字节，或者是空的", upload.total))
        })?;
    if end <= received {
        return Ok(of(&upload));
    }
    if offset != received {
        return Err(wanted(received));
    }
    if length > CHUNK_MAX || (length < CHUNK_MIN && end < upload.total) {
        let message =
            format!("每块应在 {} 到 {} KiB 之间（最后一块可以更小）", CHUNK_MIN >> 10, CHUNK_MAX >> 10);
        return Err(Problem::new(Code::BadRequest, message));
    }
    let key = app.open_key(county, "upload", id.0, &upload.key_sealed)?;
    let name = Parts::name(&upload_folder(county, id), offset, length);
    app.objects.write(&name, &key, app.salt(), bytes).await?;
    let expires = app.now_ms() + KEPT_MS;
    if store::file::advance_upload(&app.db, county, &upload, length, expires).await? {
        return Ok(state(id, end, upload.total, false));
    }
    // Another request was quicker: with the same piece all is well.
    let now = find(app, caller, county, id).await?.ok_or_else(|| no_upload(id))?;
    if now.received() >= end { Ok(of(&now)) } else { Err(wanted(now.received())) }
}

/// Makes a file of an upload that is complete. May be repeated.
pub async fn finish_upload(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: FileId,
) -> Result<Saved, Problem> {
    let scope = app.permit(caller, Permission::FileUpload, county).await?;
    let Some(upload) = find(app, caller, county, id).await? else {
        let file = read::load(app, caller, county, &scope, id).await.map_err(|_| no_upload(id))?;
        if file.actor != caller.actor {
            return Err(no_upload(id));
        }
        let file = read::shown(app, county, &scope, file).await?;
        return Ok(Saved { file, warnings: Vec::new() });
    };
    if upload.received() < upload.total {
        return Err(wanted(upload.received()));
    }
    let request = app.open(county, "upload", id.0, "request_sealed", &upload.request_sealed)?;
    let new: NewFile = serde_json::from_str(&request).map_err(|_| not_found(id))?;
    let owner = save::find_owner(app, county, &scope, &new).await?;
    let parts = Parts {
        objects: app.objects.clone(),
        key: app.open_key(county, "upload", id.0, &upload.key_sealed)?,
        folder: upload_folder(county, id),
        lengths: upload.parts,
    };
    let incoming = Incoming::Parts(Arc::new(parts));
    let saved = save::take_and_record(app, caller, county, &scope, new, &owner, incoming).await?;
    forget(app, county, id).await;
    Ok(saved)
}

/// Gives an upload up.
pub async fn abandon_upload(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: FileId,
) -> Result<(), Problem> {
    app.permit(caller, Permission::FileUpload, county).await?;
    find(app, caller, county, id).await?.ok_or_else(|| no_upload(id))?;
    forget(app, county, id).await;
    Ok(())
}

/// Removes an upload and its parts; what cannot be removed now is collected later.
pub(super) async fn forget(app: &App, county: CountyCode, id: FileId) {
    if let Err(error) = try_forget(app, county, id).await {
        tracing::warn!(%error, "the parts of an upload stay until they are collected");
    }
}

async fn try_forget(app: &App, county: CountyCode, id: FileId) -> Result<(), Problem> {
    store::file::remove_upload(&app.db, county, id).await?;
    let parts: Vec<store::Listed> = app.objects.list(&upload_folder(county, id)).try_collect().await?;
    for part in parts {
        app.objects.delete(&part.name).await?;
    }
    Ok(())
}
