//! Submitting the statistics table (N25): the unit submits, the county accepts or returns, and what was submitted is
//! frozen with its SM3. `domain::submission` says which act follows which.

mod act;
mod frozen;
mod read;

pub use act::{accept, hand_back, submit, withdraw};
pub use read::{Shown, ShownFrozen, exported, frozen_table, get, list};

pub(crate) use act::is_own;
pub(crate) use read::of_units;

use crate::chase::Chased;
use crate::{App, Problem};
use domain::calendar::{Lamp, Remaining};
use domain::region::CountyCode;
use domain::submission::{Standing, SubmissionState};
use domain::unit::UnitKind;
use serde::Serialize;
use store::Place;
use store::submission::Submission;

/// One submitted version, as everybody who may read the unit's table sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Version {
    /// 1, 2, …
    pub version: i64,
    /// Where it stands.
    pub state: SubmissionState,
    /// In words.
    pub state_label: &'static str,
    /// When it was submitted, ms UTC.
    pub submitted_at_ms: i64,
    /// By whom.
    pub submitted_by: String,
    /// Last day, as it was then.
    pub deadline: String,
    /// Working days by which it was late; 0 in time.
    pub late_days: i64,
    /// Version of the template by which it was counted.
    pub template_version: i64,
    /// SM3 of the frozen table.
    pub sm3: String,
    /// When it was accepted, returned or withdrawn, ms UTC.
    pub decided_at_ms: Option<i64>,
    /// By whom.
    pub decided_by: Option<String>,
    /// What the county said.
    pub remark: Option<String>,
}

impl Version {
    pub(crate) fn of(app: &App, county: CountyCode, row: Submission) -> Result<Self, Problem> {
        let place = Place { county, table: "submission", row: row.id.0, field: "remark" };
        let remark = row.remark_sealed.map(|sealed| app.sealer.open_text(place, &sealed)).transpose()?;
        Ok(Self {
            version: row.version,
            state: row.state,
            state_label: row.state.label(),
            submitted_at_ms: row.submitted_at_ms,
            submitted_by: row.submitted_by,
            deadline: row.deadline,
            late_days: row.late_days,
            template_version: row.template_version,
            sm3: row.sm3_hex,
            decided_at_ms: row.decided_at_ms,
            decided_by: row.decided_by,
            remark,
        })
    }
}

/// A unit that must submit, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Obliged {
    /// Code of the unit.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: UnitKind,
    /// Where it stands.
    pub standing: Standing,
    /// In words.
    pub standing_label: &'static str,
    /// Working days until the deadline, negative when it has passed; of a table that lies with the county 0, or the
    /// days by which it was late, negative.
    pub days: i64,
    /// Red when it is over, yellow when it is near.
    pub lamp: Lamp,
    /// `剩3天`, `超期2天`, `按时`, `迟报1天`.
    pub words: String,
    /// The last version; `None` when it never submitted.
    pub last: Option<Version>,
    /// How often it was asked; `None`: never.
    pub chase: Option<Chased>,
    /// Whether anybody there has an account in which a 催办 is read.
    pub has_account: bool,
}

/// All units that must submit, with what they come to together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overview {
    /// The campaign's code.
    pub campaign: String,
    /// Last day.
    pub deadline: String,
    /// `剩3天`.
    pub words: String,
    /// How many must submit.
    pub obliged: usize,
    /// How many have nothing with the county.
    pub missing: usize,
    /// How many wait for the county.
    pub submitted: usize,
    /// How many were returned.
    pub returned: usize,
    /// How many were accepted.
    pub accepted: usize,
    /// How many of those that lie with the county were late.
    pub late: usize,
    /// The units, in the order of their codes.
    pub units: Vec<Obliged>,
}

/// How a standing looks on the day: days, lamp and words.
pub(crate) fn look(standing: Standing, late_days: i64, remaining: Remaining) -> (i64, Lamp, String) {
    if standing.is_open() {
        return (remaining.days(), remaining.lamp(), remaining.to_string());
    }
    if late_days > 0 {
        return (-late_days, Lamp::Yellow, format!("迟报{late_days}天"));
    }
    (0, Lamp::Green, "按时".to_owned())
}
