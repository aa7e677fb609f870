//! How the program stands, for its administrators: versions, the log, the last backup, background work.

use crate::{App, Caller, Problem};
use domain::authority::Permission;
use domain::region::CountyCode;

/// How the program stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// Version of the program.
    pub version: &'static str,
    /// `sqlite` or `postgres`.
    pub database: &'static str,
    /// The newest migration that the database has.
    pub schema: i64,
    /// Number of the county's last entry in the log.
    pub audit_seq: i64,
    /// Its hash.
    pub audit_hash: String,
    /// The last `backup.make`, `backup.restore`, `audit.export` and `audit.checkpoint`, ms UTC.
    pub last: Vec<(String, i64)>,
    /// Background jobs by state: code and how many.
    pub jobs: Vec<(String, i64)>,
    /// Records by table, for the size of things.
    pub counts: Vec<(&'static str, i64)>,
    /// Where keys are kept, without their contents.
    pub keys: String,
}

/// What the newest signed end of the log is called among the acts.
const CHECKPOINT: &str = "audit.checkpoint";
/// The acts whose last time is told.
const ACTS: &[&str] = &["backup.make", "backup.restore", "audit.export"];

/// How the program stands.
pub async fn state(app: &App, caller: &Caller, county: CountyCode) -> Result<State, Problem> {
    app.permit(caller, Permission::OperationsRead, county).await?;
    let mut tx = app.db.read().await?;
    let known = store::county::get(&mut tx, county).await?;
    let (audit_seq, audit_hash) = known.map(|it| (it.audit_seq, it.audit_hash)).unwrap_or_default();
    let facts = store::operations::facts(&mut tx, county, ACTS).await?;
    let checkpoints = store::audit::checkpoints(&mut tx, county).await?;
    let mut last = facts.last;
    // A verification that finds the log whole signs its end.
    last.extend(checkpoints.last().map(|it| (CHECKPOINT.to_owned(), it.at_ms)));
    Ok(State {
        version: env!("CARGO_PKG_VERSION"),
        database: match app.db.backend() {
            store::Backend::Sqlite => "sqlite",
            store::Backend::Pg => "postgres",
        },
        schema: facts.schema,
        audit_seq,
        audit_hash,
        last,
        jobs: facts.jobs,
        counts: facts.counts,
        keys: "主密钥在程序之外的密钥目录，不在数据库里；备份时用口令包裹".to_owned(),
    })
}
