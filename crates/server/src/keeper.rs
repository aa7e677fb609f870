//! Keeps the audit while the server runs: signs the heads of the chains when they are due, and writes down the
//! refusals that were counted. Both are each server's own, and no job of all: its file of heads is a witness beside the
//! others, and it counts in its own memory.

use app::App;
use std::time::Duration;

const ROUND: Duration = Duration::from_secs(30);

/// Signs every chain at once, then looks again and again. Ends with the task it runs in.
pub async fn keep(app: App) {
    sign(&app, true).await;
    let mut rounds = tokio::time::interval(ROUND);
    loop {
        rounds.tick().await;
        if let Err(problem) = app::audit::close_refusals(&app, false).await {
            tracing::error!(%problem, "refusals could not be written down");
        }
        sign(&app, false).await;
    }
}

/// Writes down what is still being counted, and the last heads.
pub async fn finish(app: &App) {
    if let Err(problem) = app::audit::close_refusals(app, true).await {
        eprintln!("提醒：被拒绝的操作没有全部写入日志。{}", problem.message);
    }
    if let Err(problem) = app::audit::write_heads(app).await {
        eprintln!("提醒：日志链头没有写到数据库以外。{}", problem.message);
    }
}

async fn sign(app: &App, now: bool) {
    let counties = match app::audit::counties(app).await {
        Ok(counties) => counties,
        Err(problem) => return tracing::error!(%problem, "the counties could not be listed"),
    };
    for county in counties {
        let signed = if now {
            app::audit::checkpoint(app, county).await
        } else {
            app::audit::checkpoint_when_due(app, county).await
        };
        // A chain that was tampered with does not stop the server: it says so until somebody looks.
        if let Err(problem) = signed {
            tracing::error!(%problem, county = %county, "no checkpoint");
            if now {
                eprintln!("警告：{}", problem.message);
            }
        }
    }
}
