//! Looking at photos after they came: a small copy, and others that look alike. Work for a job, one batch at a time.

use super::{object_name, thumbnail_name};
use crate::{App, Caller, Problem, unhurried};
use domain::file::{NEAR, NearHash, OwnerKind};
use domain::ids::{ContentId, FileId};
use domain::region::CountyCode;
use formats::file::{Thumbnail, thumbnail};
use serde::Serialize;
use serde_json::json;
use store::file::{File, Hashed};
use tokio::sync::Semaphore;
use uuid::Uuid;

/// A decoded picture takes up to 192 MB: one at a time in the whole program.
static DECODING: Semaphore = Semaphore::const_new(1);

/// What looking at photos gave.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Examined {
    /// Photos looked at.
    pub photos: usize,
    /// Of these: look like another one.
    pub near: usize,
    /// Of these: cannot be decoded, so there is no small copy.
    pub unreadable: usize,
}

/// One photo being looked at.
struct Looked {
    file: FileId,
    owner: (OwnerKind, Uuid),
    content: ContentId,
    /// Size of the small copy, when it was made now.
    made: Option<u64>,
    hash: Option<NearHash>,
    near: Option<(FileId, u32)>,
}

/// Looks at photos that nobody looked at yet, at most `limit` of them. Call it again until it finds none.
pub async fn examine_pending(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    limit: i64,
) -> Result<Examined, Problem> {
    let ids = {
        let mut tx = app.db.read().await?;
        store::file::unexamined(&mut tx, county, limit).await?
    };
    examine(app, caller, county, &ids).await
}

/// Looks at these photos: small copies first, then one act that writes down what was found.
pub async fn examine(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    ids: &[FileId],
) -> Result<Examined, Problem> {
    let mut looked = Vec::with_capacity(ids.len());
    let mut unreadable = 0;
    for id in ids {
        let file = {
            let mut tx = app.db.read().await?;
            store::file::get(&mut tx, county, *id).await?
        };
        let is_picture = |file: &File| file.released_at_ms.is_none() && file.content.media_type.is_picture();
        let Some(file) = file.filter(is_picture) else { continue };
        let one = look(app, county, file).await?;
        unreadable += usize::from(one.1);
        looked.push(one.0);
    }
    if looked.is_empty() {
        return Ok(Examined::default());
    }
    find_near(app, county, &mut looked).await?;
    let near = looked.iter().filter(|it| it.near.is_some()).count();
    let examined = Examined { photos: looked.len(), near, unreadable };
    write_down(app, caller, county, looked, examined).await?;
    Ok(examined)
}

/// Makes the small copy, unless the same bytes have one; the second says that the picture cannot be decoded.
async fn look(app: &App, county: CountyCode, file: File) -> Result<(Looked, bool), Problem> {
    let mut looked = Looked {
        file: file.id,
        owner: (file.owner_kind, file.owner),
        content: file.content.id,
        made: None,
        hash: file.content.near,
        near: None,
    };
    if file.content.thumbnail_size.is_some() {
        return Ok((looked, false));
    }
    let content = file.content;
    let key = app.open_key(county, "content", content.id.0, &content.key_sealed)?;
    let _turn = DECODING.acquire().await.map_err(|_| crate::interrupted())?;
    let bytes = app.objects.read_all(&object_name(county, content.id), &key, content.size).await?;
    let made: Result<Thumbnail, _> = unhurried(move || thumbnail(&bytes)).await?;
    match made {
        Ok(small) => {
            let name = thumbnail_name(county, content.id);
            app.objects.write(&name, &key, app.salt(), &small.jpeg).await?;
            looked.made = Some(small.jpeg.len() as u64);
            looked.hash = small.near;
            Ok((looked, false))
        }
        Err(error) => {
            tracing::warn!(file = %looked.file, code = error.code(), "a photo cannot be decoded");
            Ok((looked, true))
        }
    }
}

/// Photos in one step through the county.
const PAGE: i64 = 2_000;

/// Finds for each photo the one of another owner that looks most like it.
async fn find_near(app: &App, county: CountyCode, looked: &mut [Looked]) -> Result<(), Problem> {
    let batch: Vec<Hashed> = looked
        .iter()
        .map(|it| Hashed { file: it.file, owner: it.owner, content: it.content, near: it.hash })
        .collect();
    compare(looked, &batch);
    let mut after = None;
    loop {
        let page = {
            let mut tx = app.db.read().await?;
            store::file::hashes(&mut tx, county, after, PAGE).await?
        };
        compare(looked, &page);
        after = match page.last() {
            Some(last) => Some(last.file),
            None => return Ok(()),
        };
    }
}

fn compare(looked: &mut [Looked], others: &[Hashed]) {
    for one in looked {
        for other in others.iter().filter(|other| other.file != one.file && other.owner != one.owner) {
            let bits = if other.content == one.content {
                Some(0)
            } else {
                one.hash.zip(other.near).map(|(own, near)| own.distance(near))
            };
            let is_nearer = |bits: u32| one.near.is_none_or(|(id, known)| (bits, other.file) < (known, id));
            if let Some(bits) = bits.filter(|bits| *bits <= NEAR && is_nearer(*bits)) {
                one.near = Some((other.file, bits));
            }
        }
    }
}

async fn write_down(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    looked: Vec<Looked>,
    examined: Examined,
) -> Result<(), Problem> {
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                for one in &looked {
                    if let Some(size) = one.made {
                        store::file::set_examined(act, county, one.content, size, one.hash).await?;
                    }
                    store::file::set_near(act, county, one.file, one.near, inner.now_ms()).await?;
                }
                let detail = json!({
                    "photos": examined.photos, "near": examined.near, "unreadable": examined.unreadable,
                });
                act.audit(inner.entry(&caller, "file.examine", "county", county.as_str(), detail)).await?;
                Ok(())
            })
        })
        .await
}
