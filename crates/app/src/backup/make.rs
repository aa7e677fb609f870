//! Making a backup while others write.

use super::write::{Piece, write};
use super::{Count, FORMAT, IN_FLIGHT, Manifest, Report, check_passphrase, refused, unreadable};
use crate::{App, Caller, Problem, interrupted};
use domain::authority::Permission;
use domain::region::CountyCode;
use formats::archive::RANDOM;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use store::StoreError;
use store::backup::KeyFile;
use tokio::sync::mpsc::{Sender, channel};

/// No backup takes longer; stored files are removed again after that, should it have broken off.
const LONGEST_MS: i64 = 24 * 3_600_000;

/// What a backup is made of beside the database, and where it goes.
#[derive(Clone)]
pub struct Asked {
    /// The file; one that exists is never overwritten.
    pub out: PathBuf,
    /// What opens it.
    pub passphrase: String,
    /// The key files.
    pub keys: Vec<KeyFile>,
    /// The folder of stored files, when there is one.
    pub files: Option<PathBuf>,
}

/// Makes a backup: the database as it is at one moment, then the files, then the keys. It is written down in every
/// county's audit chain; these rows are the first that it does not hold itself.
pub async fn make(app: &App, caller: &Caller, asked: Asked) -> Result<Report, Problem> {
    permit(app, caller).await?;
    check_passphrase(&asked.passphrase)?;
    if asked.out.exists() {
        return Err(refused(format!("“{}”已经存在，不会覆盖，请换一个文件名", asked.out.display())));
    }
    let part = part(&asked.out);
    let made = match make_at(app, &part, &asked).await {
        Ok(report) => note(app, caller, &report).await.map(|()| report),
        Err(problem) => Err(problem),
    };
    let made = made.and_then(|report| match std::fs::rename(&part, &asked.out) {
        Ok(()) => Ok(report),
        Err(error) => Err(unreadable(&asked.out, &error)),
    });
    if made.is_err() {
        // It may not be there at all; the reason for giving up is the one to tell.
        let _ = std::fs::remove_file(&part);
    }
    made
}

/// A backup holds every county: whoever makes it must be allowed to in each.
async fn permit(app: &App, caller: &Caller) -> Result<(), Problem> {
    let counties = {
        let mut tx = app.db.read().await?;
        store::county::list(&mut tx).await?
    };
    for county in counties {
        app.permit(caller, Permission::BackupMake, county.code).await?;
    }
    Ok(())
}

/// The file under which a backup grows.
fn part(out: &Path) -> PathBuf {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    out.with_file_name(name)
}

async fn make_at(app: &App, part: &Path, asked: &Asked) -> Result<Report, Problem> {
    let folder = asked.files.as_deref().filter(|folder| folder.is_dir());
    store::pause::pause_deletion(&app.db, app.now_ms() + LONGEST_MS).await?;
    let made = copy(app, part, asked, folder).await;
    store::pause::pause_deletion(&app.db, 0).await?;
    made
}

async fn copy(app: &App, part: &Path, asked: &Asked, folder: Option<&Path>) -> Result<Report, Problem> {
    let mut random = [0; RANDOM];
    app.chance.fill(&mut random);
    let (sender, pieces) = channel(IN_FLIGHT);
    let (path, passphrase) = (part.to_owned(), asked.passphrase.clone());
    let writing = tokio::task::spawn_blocking(move || write(&path, &passphrase, &random, pieces));
    let fed = feed(app, &sender, asked.keys.clone(), folder).await;
    drop(sender);
    // The writer's own reason comes first: it is why the feeder could not go on.
    let written = writing.await.map_err(|_| interrupted())??;
    let manifest = fed?;
    let digests = written.ok_or_else(interrupted)?;
    Ok(Report::new(&manifest, &digests))
}

/// Hands everything to the writer, out of one transaction.
async fn feed(
    app: &App,
    sender: &Sender<Piece>,
    keys: Vec<KeyFile>,
    files: Option<&Path>,
) -> Result<Manifest, Problem> {
    let hand = async |piece: Piece| sender.send(piece).await.map_err(|_| interrupted());
    let mut tx = app.db.read().await?;
    let manifest = Manifest {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        made_at_ms: app.now_ms(),
        facts: store::backup::facts(&mut tx).await?,
    };
    hand(Piece::Manifest(Box::new(manifest.clone()))).await?;
    let mut digests = BTreeMap::new();
    for shape in &manifest.facts.tables {
        let mut count = Count::default();
        let rows = store::backup::rows(&mut tx, shape, &mut |lines| {
            count.add(&lines);
            let piece = Piece::Block { table: shape.name.clone(), lines };
            let sender = sender.clone();
            Box::pin(async move { sender.send(piece).await.map_err(|_| StoreError::Closed) })
        })
        .await?;
        if rows != shape.rows {
            return Err(refused(format!("表 {} 在一个事务中读出的行数前后不一，没有备份", shape.name)));
        }
        digests.insert(shape.name.clone(), count.digest());
    }
    drop(tx);
    hand(Piece::Keys(keys)).await?;
    if let Some(folder) = files {
        hand(Piece::Files(folder.to_owned())).await?;
    }
    hand(Piece::Done(digests)).await?;
    Ok(manifest)
}

async fn note(app: &App, caller: &Caller, report: &Report) -> Result<(), Problem> {
    for county in &report.counties {
        let code: CountyCode = county.code.parse().map_err(|_| interrupted())?;
        let detail = json!({
            "rows": report.rows(), "persons": report.tables.get("person"), "visits": report.tables.get("visit"),
            "files": report.files, "audit_seq": county.audit_seq,
        });
        crate::audit::note(app, caller, code, "backup.make", ("county", &county.code), detail).await?;
    }
    Ok(())
}
