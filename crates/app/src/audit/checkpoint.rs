//! Signing the head of a chain. It happens outside the acts (design rule 6): read the head, look at what came since
//! the last checkpoint, sign, write it down in an act of its own and in the files outside the database.

use crate::{App, Code, Problem, blocking};
use domain::region::CountyCode;
use serde_json::json;
use store::audit::Checkpoint;
use store::sign::head_message;
use store::{HeadLine, StoreError};

/// After so many rows a checkpoint is due.
pub const ROWS: i64 = 1_000;
/// And after this time, when there is any row.
pub const DAY_MS: i64 = 24 * 3600 * 1000;

/// Signs the head of a county's chain now, and gives its number; `None` when nothing was added since the last time.
/// A chain that does not fit what was signed before is not signed: that is a problem that says where.
pub async fn checkpoint(app: &App, county: CountyCode) -> Result<Option<i64>, Problem> {
    look(app, county, true).await
}

/// The same when it is due: [`ROWS`] rows or a day after the last one.
pub async fn checkpoint_when_due(app: &App, county: CountyCode) -> Result<Option<i64>, Problem> {
    look(app, county, false).await
}

async fn look(app: &App, county: CountyCode, now: bool) -> Result<Option<i64>, Problem> {
    let mut tx = app.db.read().await?;
    let known = store::county::get(&mut tx, county).await?.ok_or(StoreError::NoCounty(county))?;
    let last = store::audit::last_checkpoint(&mut tx, county).await?;
    let (seq, hash, at_ms) = last.as_ref().map_or((0, "", 0), |it| (it.seq, it.hash.as_str(), it.at_ms));
    let rows = known.audit_seq - seq;
    if rows == 0 || (!now && rows.abs() < ROWS && app.now_ms() - at_ms < DAY_MS) {
        return Ok(None);
    }
    if let Some(last) = &last
        && !app
            .trail
            .signer
            .is_signed(&head_message(county, last.seq, &last.hash, last.at_ms), &last.signature)
    {
        return Err(broken(county, &[format!("第 {seq} 条处的检查点签名不符")]));
    }
    outside(app, &mut tx, county).await?;
    if rows < 0 {
        let end = known.audit_seq;
        return Err(broken(
            county,
            &[format!("第 {} 至 {seq} 条被截掉，检查点写明曾有第 {seq} 条", end + 1)],
        ));
    }
    let report = store::audit::verify_after(&mut tx, county, seq, hash).await?;
    drop(tx);
    if !report.is_whole() {
        let faults: Vec<String> = report.faults.iter().map(ToString::to_string).collect();
        return Err(broken(county, &faults));
    }
    sign(app, county, report.head_seq, &report.head_hash).await
}

/// The last head that was written outside must be in the chain.
async fn outside(app: &App, tx: &mut store::Tx, county: CountyCode) -> Result<(), Problem> {
    let files = app.trail.heads.clone();
    let Some(head) = blocking(move || Ok(files.last(county)?)).await? else { return Ok(()) };
    let is_signed =
        app.trail.signer.is_signed(&head_message(county, head.seq, &head.hash, head.at_ms), &head.signature);
    // A line of another house's key says nothing of this chain; `verify` tells of it.
    if is_signed && store::audit::hash_at(tx, county, head.seq).await?.as_ref() != Some(&head.hash) {
        let seq = head.seq;
        return Err(broken(county, &[format!("第 {seq} 条与链头文件不符：它被改写，或末尾的记录被截掉")]));
    }
    Ok(())
}

fn broken(county: CountyCode, faults: &[String]) -> Problem {
    let message = format!("{county} 的日志与签名过的不符，没有签新的检查点：{}", faults.join("；"));
    tracing::error!(county = %county, "the audit chain does not fit what was signed");
    Problem::new(Code::AuditBroken, message).with(json!(faults))
}

/// Signs a head that was looked at, unless it is signed already.
pub(super) async fn sign(
    app: &App,
    county: CountyCode,
    seq: i64,
    hash: &str,
) -> Result<Option<i64>, Problem> {
    if seq == 0 {
        return Ok(None);
    }
    let head = signed(app, county, seq, hash);
    let checkpoint = Checkpoint {
        seq,
        hash: head.hash.clone(),
        at_ms: head.at_ms,
        key_id: app.trail.signer.key_id().to_owned(),
        signature: head.signature.clone(),
    };
    app.db
        .write(county, move |act| {
            Box::pin(
                async move { store::audit::add_checkpoint(act, &checkpoint).await.map_err(Problem::from) },
            )
        })
        .await?;
    keep(app, vec![head]).await?;
    Ok(Some(seq))
}

fn signed(app: &App, county: CountyCode, seq: i64, hash: &str) -> HeadLine {
    let at_ms = app.now_ms();
    let signature = app.trail.signer.sign(&head_message(county, seq, hash, at_ms));
    HeadLine { county, seq, hash: hash.to_owned(), at_ms, signature }
}

/// Writes lines to the files outside. The own file must take them; another place that is away is told in the log.
async fn keep(app: &App, lines: Vec<HeadLine>) -> Result<(), Problem> {
    let files = app.trail.heads.clone();
    blocking(move || {
        for error in files.append(&lines) {
            tracing::warn!(error = %error, "a file of heads could not be written");
            if matches!(&error, StoreError::Io { path, .. } if *path == files.own().display().to_string()) {
                return Err(Problem::new(Code::Output, format!("链头没有写出：{error}")));
            }
        }
        Ok(())
    })
    .await
}

/// The counties whose chains are kept here, for whoever keeps them.
pub async fn counties(app: &App) -> Result<Vec<CountyCode>, Problem> {
    let mut tx = app.db.read().await?;
    Ok(store::county::list(&mut tx).await?.into_iter().map(|it| it.code).collect())
}

/// Writes the heads of all counties that moved on since the last time to the files outside the database.
pub async fn write_heads(app: &App) -> Result<(), Problem> {
    let counties = {
        let mut tx = app.db.read().await?;
        store::county::list(&mut tx).await?
    };
    let files = app.trail.heads.clone();
    let moved = blocking(move || {
        let mut moved = Vec::new();
        for county in counties {
            if files.last(county.code)?.map_or(0, |head| head.seq) < county.audit_seq {
                moved.push(county);
            }
        }
        Ok(moved)
    })
    .await?;
    let lines: Vec<HeadLine> =
        moved.iter().map(|it| signed(app, it.code, it.audit_seq, &it.audit_hash)).collect();
    if lines.is_empty() { Ok(()) } else { keep(app, lines).await }
}
