//! What each kind of job does: one row per kind.

use super::work::{Done, Work};
use crate::{Caller, Problem};
use domain::job::JobKind;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::json;
use std::sync::Arc;

type Run = dyn Fn(Work) -> BoxFuture<'static, Result<Done, Problem>> + Send + Sync;

/// What one kind of job does.
#[derive(Clone)]
pub struct Handler {
    /// The kind.
    pub kind: JobKind,
    run: Arc<Run>,
}

impl Handler {
    /// A handler of a kind.
    pub fn new<F>(kind: JobKind, run: impl Fn(Work) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Done, Problem>> + Send + 'static,
    {
        Self { kind, run: Arc::new(move |work| run(work).boxed()) }
    }

    pub(super) fn run(&self, work: Work) -> BoxFuture<'static, Result<Done, Problem>> {
        (self.run)(work)
    }
}

/// The kinds of jobs that this process does.
#[derive(Clone)]
pub struct Handlers(Vec<Handler>);

impl Handlers {
    /// These and no others.
    pub fn new(handlers: Vec<Handler>) -> Self {
        Self(handlers)
    }

    /// All that the product does.
    pub fn all() -> Self {
        Self(vec![
            Handler::new(JobKind::JobPurge, purge),
            Handler::new(JobKind::FileExpire, expire),
            Handler::new(JobKind::Thumbnail, thumbnails),
            Handler::new(JobKind::ImportPlan, crate::import::plan::run),
            Handler::new(JobKind::ExportVisits, crate::export::run),
            Handler::new(JobKind::ExportRoster, crate::export::run),
            Handler::new(JobKind::PaymentTwins, twins),
        ])
    }

    /// Their kinds.
    pub fn kinds(&self) -> Vec<JobKind> {
        self.0.iter().map(|handler| handler.kind).collect()
    }

    pub(super) fn of(&self, code: &str) -> Option<&Handler> {
        self.0.iter().find(|handler| handler.kind.code() == code)
    }
}

/// Removes files whose time is over, and what no file needs any more, in every county.
async fn expire(work: Work) -> Result<Done, Problem> {
    let (app, caller) = (&work.app, Caller::system());
    let (mut files, mut contents) = (0, 0);
    for county in crate::audit::counties(app).await? {
        files += crate::file::expire(app, &caller, county).await?;
        contents += crate::file::collect_garbage(app, &caller, county).await?.contents;
    }
    let result = json!({ "files": files, "contents": contents });
    Ok(Done { message: format!("清理了 {files} 个到期文件"), result })
}

/// Looks over all counties for humans whom two of them pay.
async fn twins(work: Work) -> Result<Done, Problem> {
    let found = crate::payment::find_twins(&work.app).await?;
    Ok(Done {
        message: format!("有 {found} 人在两个以上的县领取"), result: json!({ "humans": found })
    })
}

/// Photos that are looked at in one act.
const PHOTOS: i64 = 20;

/// Makes the small copies of all photos that have none, and finds those that look alike.
async fn thumbnails(work: Work) -> Result<Done, Problem> {
    let (app, caller, county) = (&work.app, Caller::system(), work.county()?);
    let mut photos = 0;
    loop {
        let examined = crate::file::examine_pending(app, &caller, county, PHOTOS).await?;
        photos += examined.photos;
        if examined.photos == 0 || work.is_stopping() {
            break;
        }
    }
    Ok(Done { message: format!("看过 {photos} 张照片"), result: json!({ "photos": photos }) })
}

/// How long a job that is over can still be looked up.
const KEPT_MS: i64 = 30 * 24 * 3_600_000;

async fn purge(work: Work) -> Result<Done, Problem> {
    let gone = store::job::purge(&work.app.db, work.app.now_ms() - KEPT_MS).await?;
    Ok(Done { message: format!("清理了 {gone} 项过期作业"), result: json!({ "jobs": gone }) })
}
