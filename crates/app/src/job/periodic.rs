//! What comes round by itself, and what lost workers left behind.

use super::handlers::Handlers;
use super::run::Settings;
use super::{SYSTEM, end};
use crate::{App, Problem};
use domain::job::{JobKind, JobState, MAX_ATTEMPTS};
use serde_json::Value;
use std::collections::HashMap;
use store::job::{NewJob, Standing};

const HOUR_MS: i64 = 3_600_000;

/// Kind and every how many ms. The turns are counted from 1970, so that all servers agree on them.
const PERIODIC: &[(JobKind, i64)] = &[
    (JobKind::FileExpire, HOUR_MS),
    (JobKind::PaymentTwins, 24 * HOUR_MS),
    (JobKind::JobPurge, 24 * HOUR_MS),
];

/// Adds the periodic jobs whose turn has come. `turns` remembers what this process has seen to.
pub(super) async fn add(
    app: &App,
    handlers: &Handlers,
    turns: &mut HashMap<JobKind, i64>,
) -> Result<(), Problem> {
    let kinds = handlers.kinds();
    for (kind, every_ms) in PERIODIC.iter().filter(|(kind, _)| kinds.contains(kind)) {
        let now_ms = app.now_ms();
        let turn = now_ms / every_ms;
        if turns.get(kind) == Some(&turn) {
            continue;
        }
        let job = NewJob {
            id: app.id(),
            kind: *kind,
            county: None,
            unique_key: Some(format!("{} {turn}", kind.code())),
            payload: Value::Null,
            run_after_ms: now_ms,
            max_attempts: MAX_ATTEMPTS,
            created_by: SYSTEM.to_owned(),
            created_at_ms: now_ms,
        };
        if store::job::add_periodic(&app.db, &job).await? {
            turns.insert(*kind, turn);
        }
    }
    Ok(())
}

/// Gives the jobs of workers whose heart stands still to others, or ends them when they were tried often enough.
pub(super) async fn take_back(app: &App, settings: &Settings) -> Result<(), Problem> {
    let now_ms = app.now_ms();
    for job in store::job::lost(&app.db, now_ms - settings.lost_after_ms).await? {
        let is_last = job.attempts >= job.max_attempts;
        let message = if is_last {
            format!("处理中断了 {} 次，没有完成；请稍后重试，仍不行请联系系统管理员", job.attempts)
        } else {
            "处理中断，等待重新开始".to_owned()
        };
        let standing = Standing {
            state: if is_last { JobState::Failed } else { JobState::Queued },
            run_after_ms: now_ms,
            attempts: job.attempts,
            progress: (0, 0),
            message,
            result: None,
        };
        tracing::warn!(job.id = %job.id, job.kind = %job.kind, "the worker of a job is lost");
        end::end(app, &job, &standing).await?;
    }
    Ok(())
}
