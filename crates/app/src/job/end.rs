//! Writing down how a job ended. Whose job failed for good is told so.

use super::SYSTEM;
use crate::notification::{self, Text};
use crate::{App, Caller, Problem};
use domain::job::{JobKind, JobState};
use domain::notification::{NotificationKind, Recipient};
use domain::region::CountyCode;
use serde_json::json;
use store::job::{Job, Standing};

/// Writes where a job stands. When it is no longer the worker's own, nothing is written.
pub(super) async fn end(app: &App, job: &Job, standing: &Standing) -> Result<(), Problem> {
    let county = job.county_code.as_deref().and_then(|code| code.parse::<CountyCode>().ok());
    match county {
        Some(county) if standing.state == JobState::Failed && job.created_by != SYSTEM => {
            fail(app, county, job.clone(), standing.clone()).await
        }
        _ => {
            store::job::put(&app.db, &job.claim(), standing, app.now_ms()).await?;
            Ok(())
        }
    }
}

async fn fail(app: &App, county: CountyCode, job: Job, standing: Standing) -> Result<(), Problem> {
    let inner = app.clone();
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let is_ours = store::job::put_in(act, &job.claim(), &standing, inner.now_ms()).await?;
                if !is_ours {
                    act.nothing_written();
                    return Ok(());
                }
                let label = JobKind::from_code(&job.kind).map_or("后台作业", JobKind::label);
                let text = Text {
                    title: format!("{label}没有完成"),
                    body: standing.message,
                    link: format!("/jobs/{}", job.id),
                };
                let caller = Caller::system();
                // The operating-system user has no account to be told.
                let is_account = job.created_by.parse::<uuid::Uuid>().is_ok();
                let owner = is_account.then_some(Recipient::Account(job.created_by));
                notification::notify(&inner, act, &caller, NotificationKind::JobFailed, text, owner).await?;
                let detail = json!({ "kind": job.kind, "attempts": job.attempts });
                act.audit(inner.entry(&caller, "job.fail", "job", &job.id, detail)).await?;
                Ok(())
            })
        })
        .await
}
