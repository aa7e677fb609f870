//! Taking data out as files (导出): a short list at once, a long one by a job, whose file its owner fetches when it is
//! ready. Every file says who took it and when; every taking is written down.

use crate::file::{NewFile, keep};
use crate::job::{Done, Job, Work};
use crate::notification::{Text, notify};
use crate::person::{self, Wanted};
use crate::{App, Caller, Code, Problem, job, visit};
use domain::authority::Permission;
use domain::file::{FileKind, OwnerKind};
use domain::job::JobKind;
use domain::notification::NotificationKind;
use domain::region::CountyCode;
pub use formats::listing::Kind;
use formats::listing::ListingError;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Act;

/// Rows that are given at once; a longer list is a job.
pub const AT_ONCE: usize = 5_000;

/// What is taken out.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// Visits of a campaign. No search: a job's request holds no personal data.
    Visits(visit::Leaving),
    /// Persons on the roster. No search: a job's request holds no personal data.
    Roster {
        /// A township or village.
        unit: Option<String>,
        /// Class code.
        class: Option<String>,
        /// Grade.
        grade: Option<i64>,
        /// Status code.
        status: Option<String>,
        /// Hardship code.
        hardship: Option<String>,
        /// With the periodic allowance, or without.
        #[serde(default)]
        allowance: Option<bool>,
        /// Names in full, where the caller may see them.
        full_names: bool,
    },
}

/// What is taken out, and as which kind of file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Request {
    /// What.
    #[serde(flatten)]
    pub what: What,
    /// The kind of file.
    pub kind: Kind,
}

/// A file that was made.
#[derive(Debug, Clone)]
pub struct Made {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Rows in it.
    pub rows: u64,
}

/// Told how many rows are written so far.
pub(crate) type Progress<'p> = &'p (dyn Fn(u64) + Sync);

impl Request {
    fn permission(&self) -> Permission {
        match self.what {
            What::Visits(_) => Permission::VisitExport,
            What::Roster { .. } => Permission::RosterExport,
        }
    }

    fn job(&self) -> JobKind {
        match self.what {
            What::Visits(_) => JobKind::ExportVisits,
            What::Roster { .. } => JobKind::ExportRoster,
        }
    }

    /// How many rows it has; counting stops behind `most`.
    async fn count(
        &self,
        app: &App,
        caller: &Caller,
        county: CountyCode,
        most: usize,
    ) -> Result<usize, Problem> {
        match &self.what {
            What::Visits(leaving) => visit::count_export(app, caller, county, leaving, most).await,
            What::Roster { .. } => person::count_export(app, caller, county, &self.wanted(), most).await,
        }
    }

    async fn make(
        &self,
        app: &App,
        caller: &Caller,
        county: CountyCode,
        progress: Progress<'_>,
    ) -> Result<Made, Problem> {
        match &self.what {
            What::Visits(leaving) => {
                visit::write_export(app, caller, county, leaving, self.kind, progress).await
            }
            What::Roster { .. } => {
                person::write_export(app, caller, county, &self.wanted(), self.kind, progress).await
            }
        }
    }

    fn wanted(&self) -> Wanted {
        match self.what.clone() {
            What::Visits(leaving) => Wanted { unit: leaving.unit, ..Wanted::default() },
            What::Roster { unit, class, grade, status, hardship, allowance, full_names } => {
                Wanted { unit, class, grade, status, hardship, allowance, full_names, ..Wanted::default() }
            }
        }
    }

    /// Writes down within an act that it was taken out.
    async fn audit(&self, act: &mut Act, app: &App, caller: &Caller, rows: u64) -> Result<(), Problem> {
        let county = act.county();
        let (name, kind, id) = match &self.what {
            What::Visits(leaving) => ("visit.export", "campaign", leaving.campaign.as_str()),
            What::Roster { .. } => ("roster.export", "county", county.as_str()),
        };
        let detail = json!({ "asked": self, "rows": rows });
        act.audit(app.entry(caller, name, kind, id, detail)).await?;
        Ok(())
    }
}

/// A file at once. A list that is too long is refused with its length.
pub async fn now(app: &App, caller: &Caller, county: CountyCode, request: &Request) -> Result<Made, Problem> {
    app.permit(caller, request.permission(), county).await?;
    if request.count(app, caller, county, AT_ONCE + 1).await? > AT_ONCE {
        let message = format!("超过 {AT_ONCE} 条，请在后台导出（POST 同一地址），做好后会有消息");
        return Err(Problem::new(Code::ExportLarge, message).with(json!({ "most": AT_ONCE })));
    }
    whole(app, caller, county, request).await
}

/// A file of any length, for whoever waits for it at the machine.
pub(crate) async fn whole(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    request: &Request,
) -> Result<Made, Problem> {
    let made = request.make(app, caller, county, &|_| {}).await?;
    let (inner, caller, request, rows) = (app.clone(), caller.clone(), request.clone(), made.rows);
    app.db
        .write(county, move |act| Box::pin(async move { request.audit(act, &inner, &caller, rows).await }))
        .await?;
    Ok(made)
}

/// Has a file made in the background; its owner is told when it is ready, and fetches it for seven days.
pub async fn start(app: &App, caller: &Caller, county: CountyCode, request: Request) -> Result<Job, Problem> {
    app.permit(caller, request.permission(), county).await?;
    app.permit(caller, Permission::JobRead, county).await?;
    // A campaign or unit that is not there is told now.
    request.count(app, caller, county, 1).await?;
    let (inner, who) = (app.clone(), caller.clone());
    let id = app
        .db
        .write(county, move |act| {
            Box::pin(async move {
                let payload = serde_json::to_value(&request).unwrap_or(Value::Null);
                let id = job::enqueue(&inner, act, &who, request.job(), payload, None).await?;
                let detail = json!({ "asked": request });
                act.audit(inner.entry(&who, "export.start", "job", &id.to_string(), detail)).await?;
                Ok::<_, Problem>(id)
            })
        })
        .await?;
    job::get(app, caller, county, id).await
}

/// Makes the file, keeps it for its owner and tells them.
pub(crate) async fn run(work: Work) -> Result<Done, Problem> {
    let (app, county, request) = (&work.app, work.county()?, work.payload::<Request>()?);
    let caller = work.owner().await?;
    app.permit(&caller, request.permission(), county).await?;
    let count = request.count(app, &caller, county, usize::MAX).await?;
    let total = i64::try_from(count).unwrap_or(i64::MAX);
    let told = |rows: u64| {
        work.progress(
            i64::try_from(rows).unwrap_or(i64::MAX),
            total,
            format!("已写 {rows} 条，共 {total} 条"),
        );
    };
    told(0);
    let made = request.make(app, &caller, county, &told).await?;
    let rows = made.rows;
    let new = NewFile {
        id: app.id(),
        kind: FileKind::Export,
        owner_kind: OwnerKind::Job,
        owner: work.id()?.0,
        unit: None,
        name: made.name.clone(),
        caption: String::new(),
        is_internal: true,
        external_reviewed: false,
    };
    let file = keep(app, &caller, county, new, made.bytes).await?.id;
    let text = Text {
        title: format!("{}完成", request.job().label()),
        body: format!("{}，{rows} 条，请在 7 天内领取", made.name),
        link: format!("/files/{file}"),
    };
    let inner = app.clone();
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let to = caller.recipient();
                notify(&inner, act, &caller, NotificationKind::ExportFinished, text, to).await?;
                request.audit(act, &inner, &caller, rows).await
            })
        })
        .await?;
    Ok(Done {
        message: format!("共 {rows} 条，请在 7 天内领取"),
        result: json!({ "file": file, "name": made.name, "rows": rows }),
    })
}

/// A file that could not be written.
pub(crate) fn failed(error: &ListingError) -> Problem {
    Problem::new(Code::Output, format!("文件未能生成：{error}"))
}
