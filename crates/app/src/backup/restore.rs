//! Restoring a backup into an empty place. All rows stand in one transaction, files and an embedded database in a
//! folder beside; they take their place only after everything was compared. Whatever fails leaves nothing behind.

use super::read::{self, Piece};
use super::{Count, Digest, Digests, IN_FLIGHT, Manifest, Report, refused, unreadable};
use crate::erasure::{self, Register};
use crate::{Caller, Problem, interrupted};
use domain::region::CountyCode;
use serde::Serialize;
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use store::backup::{CountyFacts, KeyFile, Loading, Shape};
use store::{AuditEntry, FILE_NAME, FileKeys, RESTORING, Target};
use tokio::sync::mpsc::{Receiver, channel};

/// What is restored, and where to.
pub struct Restore {
    /// The backup.
    pub file: PathBuf,
    /// What opens it.
    pub passphrase: String,
    /// An empty or missing data folder, or an empty PostgreSQL database.
    pub target: Target,
    /// Where the keys go.
    pub keys: FileKeys,
    /// Where the stored files go; must not exist, or be empty.
    pub files: PathBuf,
    /// The register of erased persons as it was when the older system was last seen, one for each county.
    pub erasures: Vec<Register>,
    /// Now, ms UTC.
    pub now_ms: i64,
}

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// What the backup held.
    #[serde(flatten)]
    pub report: Report,
    /// Persons whom the backup still knew and who were erased again.
    pub erased: usize,
}

/// Restores, compares counts, sums and digests, verifies every audit chain, and only then lets the place be used.
pub async fn restore(caller: &Caller, asked: Restore) -> Result<Restored, Problem> {
    let place = Place::new(&asked)?;
    let restored = match place.prepare() {
        Ok(()) => fill(caller, &asked, &place).await,
        Err(problem) => Err(problem),
    };
    match restored {
        Ok(restored) => place.settle().map(|()| restored),
        Err(problem) => {
            place.clear();
            Err(problem)
        }
    }
}

/// Where things grow until they are whole.
struct Place {
    /// The data folder, for an embedded database.
    data: Option<PathBuf>,
    /// The folder in which everything grows.
    growing: PathBuf,
    /// The folder around it, when it was not there before.
    made: Option<PathBuf>,
    /// Where the stored files go.
    files: PathBuf,
}

impl Place {
    fn new(asked: &Restore) -> Result<Self, Problem> {
        let data = match &asked.target {
            Target::Dir(dir) => Some(dir.clone()),
            Target::Pg(_) => None,
            Target::File(_) => return Err(refused("恢复的目标应是数据目录或 PostgreSQL 数据库")),
        };
        let mut growing = asked.files.clone().into_os_string();
        growing.push(RESTORING);
        let growing = data.as_ref().map_or(PathBuf::from(growing), |dir| dir.join(RESTORING));
        let made = growing.parent().filter(|folder| !folder.exists()).map(Path::to_owned);
        let place = Self { data, growing, made, files: asked.files.clone() };
        for folder in place.data.iter().chain([&place.files]) {
            if !is_empty(folder)? {
                return Err(refused(format!(
                    "“{}”不是空的，没有恢复；请恢复到新的空目录，不要覆盖在用的数据",
                    folder.display()
                )));
            }
        }
        Ok(place)
    }

    /// Makes room; what an interrupted restore left is removed.
    fn prepare(&self) -> Result<(), Problem> {
        let failed = |error: std::io::Error| unreadable(&self.growing, &error);
        if self.growing.exists() {
            fs::remove_dir_all(&self.growing).map_err(failed)?;
        }
        fs::create_dir_all(&self.growing).map_err(failed)
    }

    fn target(&self, asked: &Target) -> Target {
        if self.data.is_some() { Target::Dir(self.growing.clone()) } else { asked.clone() }
    }

    fn growing_files(&self) -> PathBuf {
        self.growing.join("files")
    }

    /// Puts everything into its place; the database comes last, since it is what makes a data folder one.
    fn settle(&self) -> Result<(), Problem> {
        let failed = |error: std::io::Error| unreadable(&self.growing, &error);
        if self.growing_files().exists() {
            if self.files.exists() {
                fs::remove_dir(&self.files).map_err(failed)?;
            }
            fs::rename(self.growing_files(), &self.files).map_err(failed)?;
        }
        if let Some(data) = &self.data {
            // A log that was not moved into the database belongs to it.
            for name in [format!("{FILE_NAME}-wal"), FILE_NAME.to_owned()] {
                let grown = self.growing.join(&name);
                if grown.exists() {
                    fs::rename(grown, data.join(&name)).map_err(failed)?;
                }
            }
        }
        fs::remove_dir_all(&self.growing).map_err(failed)?;
        self.leave();
        Ok(())
    }

    /// Takes away what grew; the reason for going back is the one to tell.
    fn clear(&self) {
        let _ = fs::remove_dir_all(&self.growing);
        self.leave();
    }

    /// A folder that was made only to grow in goes again; one that holds something stays.
    fn leave(&self) {
        if let Some(made) = &self.made {
            let _ = fs::remove_dir(made);
        }
    }
}

/// Whether a folder is missing or holds nothing but what an interrupted restore left.
fn is_empty(folder: &Path) -> Result<bool, Problem> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.all(|it| it.is_ok_and(|it| it.file_name() == RESTORING))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(unreadable(folder, &error)),
    }
}

async fn fill(caller: &Caller, asked: &Restore, place: &Place) -> Result<Restored, Problem> {
    let (sender, pieces) = channel(IN_FLIGHT);
    let (file, passphrase, files) = (asked.file.clone(), asked.passphrase.clone(), place.growing_files());
    let reading = tokio::task::spawn_blocking(move || {
        read::read(&file, &passphrase, Some(&files), |piece| {
            sender.blocking_send(piece).map_err(|_| interrupted())
        })
    });
    let taken = take(asked, place, pieces).await;
    let read = reading.await.map_err(|_| interrupted())?;
    let (mut loaded, digests) = match (taken, read) {
        (Ok(Some(loaded)), Ok(digests)) => (loaded, digests),
        (Ok(Some(loaded)), Err(problem)) => {
            loaded.loading.abandon().await;
            return Err(problem);
        }
        (Err(problem), _) | (Ok(None), Err(problem)) => return Err(problem),
        (Ok(None), Ok(_)) => return Err(interrupted()),
    };
    match check(caller, asked, &mut loaded, &digests).await {
        Ok((written, erased)) => match loaded.loading.commit().await {
            Ok(()) => Ok(Restored { report: Report::new(&loaded.manifest, &digests), erased }),
            Err(error) => {
                store::backup::remove_keys(&written);
                Err(error.into())
            }
        },
        Err(problem) => {
            loaded.loading.abandon().await;
            Err(problem)
        }
    }
}

/// What was loaded, not kept yet.
struct Loaded {
    loading: Loading,
    manifest: Manifest,
    keys: Vec<KeyFile>,
}

/// Loads what comes; `None` when nothing came.
async fn take(
    asked: &Restore,
    place: &Place,
    mut pieces: Receiver<Piece>,
) -> Result<Option<Loaded>, Problem> {
    let mut loaded: Option<Loaded> = None;
    while let Some(piece) = pieces.recv().await {
        match (piece, &mut loaded) {
            (Piece::Manifest(manifest), None) => {
                let target = place.target(&asked.target);
                let begun = Loading::begin(&target, &manifest.facts, asked.now_ms).await;
                let loading = begun.map_err(|error| refused(error.to_string()))?;
                loaded = Some(Loaded { loading, manifest: *manifest, keys: Vec::new() });
            }
            (Piece::Block { table, lines }, Some(loaded)) => {
                let shapes = &loaded.manifest.facts.tables;
                let Some(shape) = shapes.iter().find(|it| it.name == table) else { continue };
                loaded.loading.put(shape, &lines).await?;
            }
            (Piece::Key(key), Some(loaded)) => loaded.keys.push(key),
            _ => return Err(interrupted()),
        }
    }
    Ok(loaded)
}

/// Compares what stands in the target with what the backup says, erases again whom the register names, writes the
/// restore down and puts the keys back. Gives the key files it wrote and how many persons were erased.
async fn check(
    caller: &Caller,
    asked: &Restore,
    loaded: &mut Loaded,
    digests: &Digests,
) -> Result<(Vec<PathBuf>, usize), Problem> {
    let Loaded { loading, manifest, keys } = loaded;
    let unknown =
        |it: &&Register| !manifest.facts.counties.iter().any(|county| county.code == it.county.as_str());
    if let Some(register) = asked.erasures.iter().find(unknown) {
        return Err(refused(format!("删除登记是 {} 的，备份中没有这个县，没有恢复", register.county)));
    }
    if let Some(what) = loading.differs(&manifest.facts).await? {
        return Err(refused(format!("恢复后的{what}与备份不一致，没有恢复；请换一份备份")));
    }
    for shape in &manifest.facts.tables {
        if digests.tables.get(&shape.name) != Some(&digest(loading, shape).await?) {
            return Err(refused(format!("恢复后的表 {} 与备份不一致，没有恢复；请换一份备份", shape.name)));
        }
    }
    loading.complete().await?;
    let mut erased = 0;
    for county in &manifest.facts.counties {
        erased += enter(caller, asked, loading, (&*manifest, county), digests).await?;
    }
    let written = asked.keys.put_back(keys).map_err(|error| refused(error.to_string()))?;
    match asked.keys.fits(loading.tx()).await {
        Ok(true) => Ok((written, erased)),
        Ok(false) => {
            store::backup::remove_keys(&written);
            Err(refused("备份中的密钥打不开备份中的内容，没有恢复；请换一份备份"))
        }
        Err(error) => {
            store::backup::remove_keys(&written);
            Err(error.into())
        }
    }
}

/// Verifies a county's chain, erases again, and adds the restore to the chain. Says how many persons were erased.
async fn enter(
    caller: &Caller,
    asked: &Restore,
    loading: &mut Loading,
    (manifest, county): (&Manifest, &CountyFacts),
    digests: &Digests,
) -> Result<usize, Problem> {
    let code: CountyCode = county.code.parse().map_err(|_| interrupted())?;
    let chain = store::audit::verify(loading.tx(), code).await?;
    if !chain.is_whole() {
        let faults: Vec<String> = chain.faults.iter().map(ToString::to_string).collect();
        return Err(refused(format!(
            "备份中{}的操作日志有异常（{}），没有恢复；请换一份备份",
            county.name,
            faults.join("；")
        )));
    }
    let more = asked.erasures.iter().filter(|it| it.county == code).flat_map(|it| it.erasures.clone());
    let erased = erasure::apply(loading.tx(), code, &more.collect::<Vec<_>>()).await?;
    let rows: i64 = digests.tables.values().map(|it| it.rows).sum();
    let entry = AuditEntry {
        at_ms: asked.now_ms,
        actor: &caller.actor,
        origin: caller.origin,
        address: "",
        request_id: "",
        act: "backup.restore",
        object_kind: "county",
        object_id: county.code.clone(),
        outcome: "done",
        detail: json!({ "made_at_ms": manifest.made_at_ms, "audit_seq": county.audit_seq, "rows": rows,
            "files": digests.files, "erased": erased }),
    };
    loading.audit(code, entry).await?;
    Ok(erased)
}

/// The rows of a table as they stand in the target.
async fn digest(loading: &mut Loading, shape: &Shape) -> Result<Digest, Problem> {
    let mut count = Count::default();
    store::backup::rows(loading.tx(), shape, &mut |lines| {
        count.add(&lines);
        Box::pin(std::future::ready(Ok(())))
    })
    .await?;
    Ok(count.digest())
}
