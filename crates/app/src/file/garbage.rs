//! What nobody needs any more: by-products whose days are over, bytes without a file, uploads that were given up,
//! objects that an interruption left behind. Work for a job, once an hour or so.

use super::upload;
use super::{object_name, thumbnail_name};
use crate::{App, Caller, Problem};
use domain::ids::{ContentId, FileId};
use domain::region::CountyCode;
use futures::{StreamExt, TryStreamExt};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

const DAY_MS: i64 = 24 * 3600 * 1000;
/// How long the bytes of a deleted photo stay: whoever is just reading it reads it to the end.
const RELEASED_MS: i64 = DAY_MS;
/// How old an object without a record must be: an upload that takes long is not hurt.
const STRAY_MS: i64 = DAY_MS;
/// Records in one act.
const BATCH: i64 = 200;

/// What was collected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Collected {
    /// Contents removed, and their bytes.
    pub contents: u64,
    /// Bytes of these.
    pub bytes: u64,
    /// Uploads given up.
    pub uploads: u64,
    /// Objects without a record.
    pub strays: u64,
    /// A backup runs: nothing was removed.
    pub is_paused: bool,
}

/// Ends by-products whose days are over, with the plans made of them, and photos whose visit was taken back. Gives how
/// many files.
pub async fn expire(app: &App, caller: &Caller, county: CountyCode) -> Result<u64, Problem> {
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let (due, ownerless) = store::file::expire(act, county, inner.now_ms()).await?;
                let plans = store::plan::expire(act, county, inner.now_ms()).await?;
                if due + ownerless + plans == 0 {
                    act.nothing_written();
                } else {
                    let detail = json!({ "due": due, "ownerless": ownerless, "plans": plans });
                    act.audit(inner.entry(&caller, "file.expire", "county", county.as_str(), detail)).await?;
                }
                Ok(due + ownerless)
            })
        })
        .await
}

/// Keeps all objects until then; for a backup that copies the database first and the objects after it. `0` ends it.
pub async fn pause_deletion(app: &App, until_ms: i64) -> Result<(), Problem> {
    Ok(store::file::pause_deletion(&app.db, until_ms).await?)
}

/// Removes what no file needs. Records go first, in acts; objects after them, so that no record ever lacks its object.
pub async fn collect_garbage(app: &App, caller: &Caller, county: CountyCode) -> Result<Collected, Problem> {
    let mut collected = Collected::default();
    loop {
        let Some(gone) = forget_contents(app, caller, county).await? else {
            collected.is_paused = true;
            return Ok(collected);
        };
        if gone.is_empty() {
            break;
        }
        for (content, size) in gone {
            app.objects.delete(&object_name(county, content)).await?;
            app.objects.delete(&thumbnail_name(county, content)).await?;
            collected.contents += 1;
            collected.bytes += size;
        }
    }
    collected.uploads = give_up_uploads(app, county).await?;
    collected.strays = remove_strays(app, county).await?;
    Ok(collected)
}

/// One act that forgets deleted files and contents which nothing needs; `None` while a backup runs.
async fn forget_contents(
    app: &App,
    caller: &Caller,
    county: CountyCode,
) -> Result<Option<Vec<(ContentId, u64)>>, Problem> {
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let now_ms = inner.now_ms();
                if store::file::is_deletion_paused(act, now_ms).await? {
                    act.nothing_written();
                    return Ok(None);
                }
                let files = store::file::purge(act, county, now_ms - RELEASED_MS, now_ms).await?;
                let gone = store::file::orphans(act, county, BATCH).await?;
                if files == 0 && gone.is_empty() {
                    act.nothing_written();
                    return Ok(Some(Vec::new()));
                }
                let ids: Vec<ContentId> = gone.iter().map(|it| it.id).collect();
                store::file::forget(act, county, &ids).await?;
                let bytes: u64 = gone.iter().map(|it| it.size).sum();
                let detail = json!({ "files": files, "contents": gone.len(), "bytes": bytes });
                act.audit(inner.entry(&caller, "file.collect", "county", county.as_str(), detail)).await?;
                Ok(Some(gone.into_iter().map(|it| (it.id, it.size)).collect()))
            })
        })
        .await
}

async fn give_up_uploads(app: &App, county: CountyCode) -> Result<u64, Problem> {
    let mut count = 0;
    loop {
        let ids = {
            let mut tx = app.db.read().await?;
            store::file::expired_uploads(&mut tx, county, app.now_ms(), BATCH).await?
        };
        if ids.is_empty() {
            return Ok(count);
        }
        for id in ids {
            upload::forget(app, county, id).await;
            count += 1;
        }
    }
}

/// What an object's name says.
enum Named {
    Content(ContentId),
    Part(FileId),
}

fn named(name: &str) -> Option<Named> {
    let mut steps = name.split('/').skip(1);
    let (folder, rest) = (steps.next()?, steps.next()?);
    let id: Uuid = rest.trim_end_matches(".small").parse().ok()?;
    Some(if folder == "upload" { Named::Part(id.into()) } else { Named::Content(id.into()) })
}

/// The moment at which an id was made.
fn made_at_ms(id: Uuid) -> Option<i64> {
    let (seconds, nanos) = id.get_timestamp()?.to_unix();
    i64::try_from(seconds).ok()?.checked_mul(1000)?.checked_add(i64::from(nanos / 1_000_000))
}

/// Objects that have no record and are old enough never to get one. A name of another make is left alone.
async fn remove_strays(app: &App, county: CountyCode) -> Result<u64, Problem> {
    let before_ms = app.now_ms() - STRAY_MS;
    let mut count = 0;
    let mut pages = app.objects.list(county.as_str()).try_chunks(500).boxed();
    while let Some(page) = pages.try_next().await.map_err(|error| error.1)? {
        let mut contents: Vec<(ContentId, String)> = Vec::new();
        let mut parts: Vec<(FileId, String)> = Vec::new();
        for object in page {
            match named(&object.name) {
                Some(Named::Content(id)) if made_at_ms(id.0).is_some_and(|at| at < before_ms) => {
                    contents.push((id, object.name));
                }
                Some(Named::Part(id)) => parts.push((id, object.name)),
                _ => {}
            }
        }
        let (known, uploads) = {
            let mut tx = app.db.read().await?;
            let ids: Vec<ContentId> = contents.iter().map(|(id, _)| *id).collect();
            let known = store::file::known_contents(&mut tx, county, &ids).await?;
            let ids: Vec<FileId> = parts.iter().map(|(id, _)| *id).collect();
            (known, store::file::uploads_known(&mut tx, county, &ids).await?)
        };
        let strays = contents.into_iter().filter(|(id, _)| !known.contains(id)).map(|(_, name)| name);
        let loose = parts.into_iter().filter(|(id, _)| !uploads.contains(id)).map(|(_, name)| name);
        let names: Vec<String> = strays.chain(loose).collect();
        for name in names {
            app.objects.delete(&name).await?;
            count += 1;
        }
    }
    Ok(count)
}
