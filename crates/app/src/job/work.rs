//! What a handler gets to work with.

use crate::{App, Caller, Code, Problem};
use domain::ids::JobId;
use domain::region::CountyCode;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::watch;

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Progress {
    pub(crate) done: i64,
    pub(crate) total: i64,
    pub(crate) message: String,
}

/// How a job ended well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// One sentence for its owner.
    pub message: String,
    /// What came of it, as data; no personal data.
    pub result: Value,
}

impl Done {
    /// An end that needs no more than its sentence.
    pub fn with_message(message: impl Into<String>) -> Self {
        Self { message: message.into(), result: Value::Null }
    }
}

/// One job under way. A handler may be stopped at any await and begun again from the start, here or on another
/// server: whatever it writes, it writes in acts that may be repeated.
pub struct Work {
    /// The application.
    pub app: App,
    /// The job.
    pub job: store::job::Job,
    pub(crate) report: watch::Sender<Progress>,
    pub(crate) stop: watch::Receiver<bool>,
}

impl Work {
    /// The county of the job.
    pub fn county(&self) -> Result<CountyCode, Problem> {
        let code = self.job.county_code.as_deref().and_then(|code| code.parse().ok());
        code.ok_or_else(|| Problem::new(Code::BadRequest, "作业没有写明县级代码"))
    }

    /// The job's id.
    pub fn id(&self) -> Result<JobId, Problem> {
        self.job.id.parse().map_err(|_| Problem::new(Code::Storage, "作业编号读不出来"))
    }

    /// Whoever started the job, with what they may do now.
    pub async fn owner(&self) -> Result<Caller, Problem> {
        crate::account::acting(&self.app, self.county()?, &self.job.created_by).await
    }

    /// What the job was started with.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        serde_json::from_str(&self.job.payload_json)
            .map_err(|_| Problem::new(Code::BadRequest, "作业的参数读不出来，请重新发起"))
    }

    /// Tells the owner how far it is. Only the latest is written down, a few times a second at most.
    pub fn progress(&self, done: i64, total: i64, message: impl Into<String>) {
        let _ = self.report.send_replace(Progress { done, total, message: message.into() });
    }

    /// Whether the server is going down: what takes long may end early with an error, and is begun anew elsewhere.
    pub fn is_stopping(&self) -> bool {
        *self.stop.borrow()
    }
}
