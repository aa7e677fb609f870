//! Recording files, and changing what is said of them.

use super::incoming::{self, Incoming};
use super::owner::{self, Owner};
use super::read::{self, Shown};
use super::{NewFile, not_found, object_name};
use crate::guard::{self, Warning};
use crate::{App, Caller, Code, Problem};
use domain::authority::{Permission, Scope};
use domain::file::{FileKind, clean_name};
use domain::ids::FileId;
use domain::job::JobKind;
use domain::region::CountyCode;
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;
use store::Act;
use store::file::{Content, File};

/// A file that was taken.
#[derive(Debug, Clone, Serialize)]
pub struct Saved {
    /// As it is now.
    pub file: Shown,
    /// Remarks of the secrecy guard on its text; it was taken all the same.
    pub warnings: Vec<Warning>,
}

const DAY_MS: i64 = 24 * 3600 * 1000;
/// The longest caption, in characters.
const MAX_CAPTION: usize = 500;

/// Takes a whole file at once (a photo with a visit). Large ones come by [`super::begin_upload`].
pub async fn add(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    new: NewFile,
    bytes: Vec<u8>,
) -> Result<Saved, Problem> {
    let scope = app.permit(caller, Permission::FileUpload, county).await?;
    let new = checked(app, caller, county, new, bytes.len() as u64).await?;
    let owner = find_owner(app, county, &scope, &new).await?;
    take_and_record(app, caller, county, &scope, new, &owner, Incoming::Whole(Arc::new(bytes))).await
}

pub(super) async fn find_owner(
    app: &App,
    county: CountyCode,
    scope: &Scope,
    new: &NewFile,
) -> Result<Owner, Problem> {
    let mut tx = app.db.read().await?;
    let owner = owner::find(&mut tx, county, scope, new).await?;
    owner::check_troop(&owner, new, false)?;
    Ok(owner)
}

/// What can be checked before the bytes are there.
pub(super) async fn checked(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    new: NewFile,
    size: u64,
) -> Result<NewFile, Problem> {
    if new.kind.is_private() {
        return Err(Problem::new(Code::BadRequest, "导出文件由系统生成，导入的表格请在导入时上传"));
    }
    new.kind.rule().check_size(size)?;
    let caption = check_caption(&new.caption)?;
    let new = NewFile { name: clean_name(&new.name)?, caption, ..new };
    guard::check_text(app, caller, county, &texts(&new)).await?;
    Ok(new)
}

/// The texts that a file brings along, by the names that users know them by.
fn texts(new: &NewFile) -> [(&'static str, &str); 2] {
    [("文件名", &new.name), ("文件说明", &new.caption)]
}

fn check_caption(caption: &str) -> Result<String, Problem> {
    let caption = domain::text::trim(caption);
    if caption.chars().count() > MAX_CAPTION {
        let message = format!("文件说明超过 {MAX_CAPTION} 个字，请缩短");
        return Err(Problem::new(Code::BadRequest, message));
    }
    Ok(caption.to_owned())
}

pub(super) async fn take_and_record(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    scope: &Scope,
    new: NewFile,
    owner: &Owner,
    incoming: Incoming,
) -> Result<Saved, Problem> {
    let mut warnings = guard::warnings(&texts(&new));
    let (content, inside) = incoming::take(app, caller, county, &new, &incoming).await?;
    // The object is written: whoever waits for the act need not hold the bytes.
    drop(incoming);
    let more: Vec<Warning> = inside.into_iter().filter(|it| !warnings.contains(it)).collect();
    warnings.extend(more);
    let outcome = match owner::check_troop(owner, &new, content.media_type.is_picture()) {
        Ok(()) => record(app, caller, county, new, owner, &content).await,
        Err(problem) => Err(problem),
    };
    let file = settle(app, county, &content, outcome).await?;
    let file = read::shown(app, county, scope, file).await?;
    Ok(Saved { file, warnings })
}

/// Removes the object again when the act did not need it. What cannot be removed now is collected later.
async fn settle(
    app: &App,
    county: CountyCode,
    content: &Content,
    outcome: Result<File, Problem>,
) -> Result<File, Problem> {
    let is_needed = outcome.as_ref().is_ok_and(|file| file.content.id == content.id);
    if !is_needed && let Err(error) = app.objects.delete(&object_name(county, content.id)).await {
        tracing::warn!(%error, "an object that is not needed stays until it is collected");
    }
    outcome
}

/// The act: the same bytes are stored once, each file is bound to its owner.
async fn record(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    new: NewFile,
    owner: &Owner,
    content: &Content,
) -> Result<File, Problem> {
    let (inner, caller, content, unit) = (app.clone(), caller.clone(), content.clone(), owner.unit);
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                if let Some(known) = repeated(act, &caller, county, &new, &content).await? {
                    return Ok(known);
                }
                if !owner::is_there(act, county, &new).await? {
                    return Err(Problem::new(Code::NotFound, "这条走访已经撤回，文件没有保存"));
                }
                let known = store::file::content_by_index(act, county, &content.index).await?;
                let stored = if let Some(known) = known {
                    known
                } else {
                    store::file::add_content(act, county, &content).await?;
                    content
                };
                let file = bind(&inner, &caller, county, &new, unit, stored);
                store::file::add(act, county, &file).await?;
                let detail = json!({
                    "kind": file.kind, "owner_kind": file.owner_kind, "owner": file.owner,
                    "media_type": file.content.media_type, "bytes": file.content.size,
                    "content": file.content.index, "internal": file.is_internal,
                    "external_reviewed": file.external_reviewed,
                });
                if file.kind == FileKind::Photo {
                    crate::job::enqueue_waiting(&inner, act, &caller, JobKind::Thumbnail).await?;
                }
                act.audit(inner.entry(&caller, "file.add", "file", &file.id.to_string(), detail)).await?;
                Ok(file)
            })
        })
        .await
}

/// The file of an earlier, equal upload under the same id.
async fn repeated(
    act: &mut Act,
    caller: &Caller,
    county: CountyCode,
    new: &NewFile,
    content: &Content,
) -> Result<Option<File>, Problem> {
    let Some(known) = store::file::get(act, county, new.id).await? else { return Ok(None) };
    let is_same = known.actor == caller.actor
        && known.content.index == content.index
        && (known.kind, known.owner_kind, known.owner) == (new.kind, new.owner_kind, new.owner)
        && known.released_at_ms.is_none();
    if !is_same {
        return Err(Problem::new(Code::Conflict, "这个文件编号已被使用，请换一个编号重新上传"));
    }
    act.nothing_written();
    Ok(Some(known))
}

fn bind(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    new: &NewFile,
    unit: domain::ids::UnitId,
    content: Content,
) -> File {
    let now_ms = app.now_ms();
    let seal = |field, text: &str| app.seal(county, "file", new.id.0, field, text);
    File {
        name_sealed: seal("name_sealed", &new.name),
        caption_sealed: (!new.caption.is_empty()).then(|| seal("caption_sealed", &new.caption)),
        id: new.id,
        kind: new.kind,
        owner_kind: new.owner_kind,
        owner: new.owner,
        unit,
        content,
        is_internal: new.is_internal,
        external_reviewed: new.external_reviewed,
        examined_at_ms: None,
        near: None,
        expires_at_ms: new.kind.rule().kept_days.map(|days| now_ms + days * DAY_MS),
        released_at_ms: None,
        actor: caller.actor.clone(),
        received_at_ms: now_ms,
        version: 1,
    }
}

/// Keeps a by-product (an export, the original of an import) for whoever made it, for seven days.
pub async fn keep(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    new: NewFile,
    bytes: Vec<u8>,
) -> Result<Shown, Problem> {
    let scope = app.permit(caller, Permission::JobRead, county).await?;
    keep_for(app, caller, county, &scope, new, bytes).await
}

/// The same as part of an act that has permitted for this scope; nobody else sees it.
pub(crate) async fn keep_for(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    scope: &Scope,
    new: NewFile,
    bytes: Vec<u8>,
) -> Result<Shown, Problem> {
    if !new.kind.is_private() {
        return Err(Problem::new(Code::BadRequest, "照片和附件请用上传"));
    }
    let new = NewFile { name: clean_name(&new.name)?, ..new };
    let owner = find_owner(app, county, scope, &new).await?;
    let content = incoming::take_own(app, county, &new, bytes).await?;
    let outcome = record(app, caller, county, new, &owner, &content).await;
    let file = settle(app, county, &content, outcome).await?;
    read::shown(app, county, scope, file).await
}

/// Changes caption and mark of a file. `version` is what the caller saw; a file changed since is refused.
pub async fn describe(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: FileId,
    version: i64,
    caption: &str,
    is_internal: bool,
) -> Result<Shown, Problem> {
    let scope = app.permit(caller, Permission::FileUpload, county).await?;
    let caption = check_caption(caption)?;
    let known = read::load(app, caller, county, &scope, id).await?;
    guard::check_text(app, caller, county, &[("文件说明", &caption)]).await?;
    let sealed = (!caption.is_empty()).then(|| app.seal(county, "file", id.0, "caption_sealed", &caption));
    let changed = File { caption_sealed: sealed, is_internal, version, ..known };
    let (inner, caller) = (app.clone(), caller.clone());
    let file = app
        .db
        .write(county, move |act| {
            Box::pin(async move {
                if !store::file::describe(act, county, &changed).await? {
                    let message = "文件的说明已被别人改过，请刷新后再改";
                    return Err(Problem::new(Code::Conflict, message));
                }
                let detail =
                    json!({ "internal": is_internal, "has_caption": changed.caption_sealed.is_some() });
                act.audit(inner.entry(&caller, "file.describe", "file", &id.to_string(), detail)).await?;
                Ok(File { version: version + 1, ..changed })
            })
        })
        .await?;
    read::shown(app, county, &scope, file).await
}

/// Deletes a file: it is no longer shown; its bytes go when nothing else needs them.
pub async fn delete(app: &App, caller: &Caller, county: CountyCode, id: FileId) -> Result<(), Problem> {
    let scope = app.permit(caller, Permission::FileUpload, county).await?;
    let known = read::load(app, caller, county, &scope, id).await?;
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                if !store::file::release(act, county, id, inner.now_ms()).await? {
                    return Err(not_found(id));
                }
                let detail = json!({ "kind": known.kind, "content": known.content.index });
                act.audit(inner.entry(&caller, "file.delete", "file", &id.to_string(), detail)).await?;
                Ok(())
            })
        })
        .await
}
