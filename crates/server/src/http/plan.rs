//! Uploaded files that wait for their confirmation. They are kept by this server alone, in a private folder, for an
//! hour, and go with it.

use app::import::Outcome;
use app::{Code, Problem};
use domain::region::CountyCode;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tempfile::TempDir;
use uuid::Uuid;

/// How long a plan waits.
const KEPT_MS: i64 = 3_600_000;
/// Plans of one owner, and of all.
const MOST_OF_ONE: usize = 5;
const MOST: usize = 200;

/// An uploaded file and what it would do.
pub struct Plan {
    pub id: Uuid,
    /// Who uploaded it.
    pub owner: String,
    pub county: CountyCode,
    /// Of visits; a roster has none.
    pub campaign: Option<String>,
    /// As the user calls it.
    pub file_name: String,
    pub path: PathBuf,
    /// The file's folder; it goes with the plan.
    pub folder: TempDir,
    pub at_ms: i64,
    /// What it would do or, once confirmed, did.
    pub planned: tokio::sync::Mutex<Option<(Arc<Outcome>, bool)>>,
}

impl Plan {
    /// `roster` or `visit`.
    pub fn kind(&self) -> &'static str {
        if self.campaign.is_some() { "visit" } else { "roster" }
    }
}

/// All plans that wait.
#[derive(Default)]
pub struct Plans(Mutex<HashMap<Uuid, Arc<Plan>>>);

impl Plans {
    fn all(&self) -> MutexGuard<'_, HashMap<Uuid, Arc<Plan>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a plan; the oldest of the same owner make room.
    pub fn keep(&self, plan: Plan, now_ms: i64) -> Result<(), Problem> {
        let mut all = self.all();
        all.retain(|_, plan| now_ms - plan.at_ms < KEPT_MS);
        let mut own: Vec<(i64, Uuid)> =
            all.values().filter(|it| it.owner == plan.owner).map(|it| (it.at_ms, it.id)).collect();
        own.sort_unstable();
        let over = (own.len() + 1).saturating_sub(MOST_OF_ONE);
        for (_, id) in own.into_iter().take(over) {
            all.remove(&id);
        }
        if all.len() >= MOST {
            return Err(Problem::new(Code::Busy, "等待确认的导入太多，请稍后再上传"));
        }
        all.insert(plan.id, Arc::new(plan));
        Ok(())
    }

    /// A plan that still waits.
    pub fn find(&self, id: Uuid, now_ms: i64) -> Option<Arc<Plan>> {
        self.all().get(&id).filter(|plan| now_ms - plan.at_ms < KEPT_MS).cloned()
    }

    /// Forgets a plan; its file goes with the last request that uses it.
    pub fn forget(&self, id: Uuid) {
        self.all().remove(&id);
    }
}
