//! Coverage: who must be visited, who was, whose names are still open (N17, N19, N20, N22).

mod open;

pub use open::{OpenName, PlaceShare, WantedNames, names, places};
pub(crate) use open::{sum, tallies};

use crate::authority::{shows_name, unit_in};
use crate::{App, Caller, Problem};
use domain::authority::{Permission, Scope};
use domain::campaign::{Campaign, Obligation, ObligationKind};
use domain::coverage::{Coverage, Obliged, Open};
use domain::ids::UnitId;
use domain::mask;
use domain::person::{Identity, PersonStatus};
use domain::region::CountyCode;
use domain::statistics::TableUnit;
use domain::unit::{Unit, UnitKind, UnitTree};
use domain::visit::Method;
use serde_json::json;
use std::collections::HashMap;
use store::coverage::{Reached, UnitActivity};
use store::person::Covered;

/// What coverage is decided from, loaded once.
struct Facts<'a> {
    units: &'a UnitTree,
    scope: &'a Unit,
    campaign: &'a Campaign,
    persons: Vec<Covered>,
    reached: HashMap<uuid::Uuid, Reached>,
    activity: HashMap<UnitId, UnitActivity>,
    issued: Vec<UnitId>,
    /// Where names are shown in full.
    names: Option<Scope>,
}

/// Coverage of a unit; of the county when none is named.
pub async fn of(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: &str,
    unit: Option<&str>,
) -> Result<Coverage, Problem> {
    let reached = app.permit(caller, Permission::CoverageRead, county).await?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let campaign = crate::campaign::find(&mut tx, county, campaign).await?;
    let scope = unit_in(&units, &reached, unit)?;
    let issued = store::campaign::issued(&mut tx, county, campaign.id).await?;
    let issued = issued.into_iter().map(|issue| issue.unit).collect();
    let facts = Facts {
        units: &units,
        scope,
        campaign: &campaign,
        persons: store::person::covered(&mut tx, county, person_scope(scope)).await?,
        reached: store::coverage::reached(&mut tx, county, campaign.id, units.root().id).await?,
        activity: store::coverage::activity(&mut tx, county, campaign.id).await?,
        issued,
        names: caller.names(county),
    };
    let obligations = campaign.template.obligations.iter().map(|it| facts.obliged(it)).collect();
    Ok(Coverage {
        campaign: campaign.code.clone(),
        unit: TableUnit { code: scope.code.clone(), name: units.full_name(scope.id) },
        obligations,
    })
}

/// Whose persons count: the county's, a township's, a village's; departments have none.
fn person_scope(scope: &Unit) -> store::person::Scope {
    match scope.kind {
        UnitKind::County => store::person::Scope::County,
        UnitKind::Township => store::person::Scope::Township(scope.id),
        UnitKind::Village => store::person::Scope::Village(scope.id),
        _ => store::person::Scope::Nobody,
    }
}

impl Facts<'_> {
    fn obliged(&self, obligation: &Obligation) -> Obliged {
        match obligation.kind {
            ObligationKind::KeyPersonVisit => self.persons(obligation, |person| {
                person.status.is_to_be_visited()
                    && obligation.matches.iter().any(|it| it.fits(&person.identities, &person.hardship))
            }),
            ObligationKind::UniversalVisit => {
                self.persons(obligation, |person| person.status.is_to_be_visited())
            }
            ObligationKind::HardshipHelp => self.persons(obligation, |person| {
                person.status.is_to_be_visited() && !person.hardship.is_empty()
            }),
            ObligationKind::PrincipalLeaderVisit => {
                self.leaders(obligation, "主要领导", |it| it.principal)
            }
            ObligationKind::DeputyLeaderVisit => self.leaders(obligation, "分管领导", |it| it.deputy),
            ObligationKind::UnitActive => self.active(obligation),
        }
    }

    fn persons(&self, obligation: &Obligation, fits: impl Fn(&Covered) -> bool) -> Obliged {
        let open_word = open_word(obligation.kind);
        let mut obliged = empty(obligation);
        obliged.done_in_person = Some(0);
        for person in self.persons.iter().filter(|person| fits(person)) {
            obliged.required += 1;
            let reached = self.reached.get(&person.id.0).copied().unwrap_or_default();
            let counts = |method: Method| {
                reached.methods[method as usize]
                    && (obligation.methods.is_empty() || obligation.methods.contains(&method))
            };
            let in_person = reached.methods[Method::Home as usize] || reached.methods[Method::Talk as usize];
            if Method::ALL.iter().any(|method| counts(*method)) {
                obliged.done += 1;
                if in_person {
                    *obliged.done_in_person.get_or_insert_default() += 1;
                } else {
                    obliged.only_by_letter_or_telephone.push(self.open(person, REMOTE));
                }
            } else {
                obliged.open.push(self.open(person, open_word));
            }
        }
        obliged
    }

    fn open(&self, person: &Covered, word: &str) -> Open {
        Open {
            unit: self.units.get(person.township_id).map(|it| it.name.clone()).unwrap_or_default(),
            village: person
                .village_id
                .and_then(|id| self.units.get(id))
                .map(|it| it.short_name.clone())
                .unwrap_or_default(),
            name: if self.shows(person) { person.name.clone() } else { mask::name(&person.name) },
            reason: reason(person, word),
        }
    }

    fn shows(&self, person: &Covered) -> bool {
        shows_name(self.names.as_ref(), self.units, person.village_id.unwrap_or(person.township_id))
    }

    /// Townships of the scope.
    fn townships(&self) -> Vec<&Unit> {
        match self.scope.kind {
            UnitKind::County => self
                .units
                .children(self.scope.id)
                .into_iter()
                .filter(|unit| unit.kind == UnitKind::Township)
                .collect(),
            UnitKind::Township => vec![self.scope],
            _ => Vec::new(),
        }
    }

    fn leaders(&self, obligation: &Obligation, who: &str, led: impl Fn(&UnitActivity) -> i64) -> Obliged {
        let mut obliged = empty(obligation);
        for township in self.townships() {
            obliged.required += 1;
            let number = self.activity.get(&township.id).map_or(0, &led);
            if number >= i64::from(obligation.at_least) {
                obliged.done += 1;
            } else {
                let reason = format!("{who}带队入户 {number} 户，要求至少 {} 户", obligation.at_least);
                obliged.open.push(open_unit(township, reason));
            }
        }
        obliged
    }

    fn active(&self, obligation: &Obligation) -> Obliged {
        let mut obliged = empty(obligation);
        let ours = |unit: &&Unit| self.scope.kind == UnitKind::County || unit.id == self.scope.id;
        let mut issued: Vec<&Unit> = self
            .issued
            .iter()
            .filter_map(|id| self.units.get(*id))
            .filter(|unit| unit.valid_to.is_none())
            .filter(ours)
            .collect();
        issued.sort_by(|a, b| a.code.cmp(&b.code));
        for unit in issued {
            obliged.required += 1;
            if self.activity.get(&unit.id).is_some_and(|it| it.visits > 0) {
                obliged.done += 1;
            } else {
                let deadline = self.campaign.deadline;
                obliged.open.push(open_unit(unit, format!("还没有走访记录，报送截止 {deadline}")));
            }
        }
        obliged
    }
}

fn empty(obligation: &Obligation) -> Obliged {
    Obliged {
        key: key(obligation.kind).to_owned(),
        label: obligation.label.clone(),
        required: 0,
        done: 0,
        done_in_person: None,
        open: Vec::new(),
        only_by_letter_or_telephone: Vec::new(),
    }
}

fn key(kind: ObligationKind) -> &'static str {
    match kind {
        ObligationKind::KeyPersonVisit => "key_person_visit",
        ObligationKind::PrincipalLeaderVisit => "principal_leader_visit",
        ObligationKind::DeputyLeaderVisit => "deputy_leader_visit",
        ObligationKind::UnitActive => "unit_active",
        ObligationKind::UniversalVisit => "universal_visit",
        ObligationKind::HardshipHelp => "hardship_help",
    }
}

/// Which identity obliges, status and marks where they matter, and the word: `老复员军人，尚未走访`.
fn reason(person: &Covered, word: &str) -> String {
    let identity = person.identities.iter().map(identity_label).collect::<Vec<_>>().join("、");
    let marks = person.hardship.iter().map(|it| it.label()).collect::<Vec<_>>().join("、");
    let status = match person.status {
        PersonStatus::Unconfirmed => "（待确认）",
        PersonStatus::Suspended => "（暂停）",
        _ => "",
    };
    let marks = if marks.is_empty() { String::new() } else { format!("，困难：{marks}") };
    format!("{identity}{status}{marks}，{word}")
}

/// What is said of a person whom nobody has reached.
fn open_word(kind: ObligationKind) -> &'static str {
    match kind {
        ObligationKind::UniversalVisit => "尚未联系",
        ObligationKind::HardshipHelp => "尚未走访或帮扶",
        _ => "尚未走访",
    }
}

/// What is said of a person whom nobody has met.
const REMOTE: &str = "只发慰问信或电话问候";

fn identity_label(identity: &Identity) -> String {
    match identity.grade {
        Some(grade) => format!("{}（{grade}级）", identity.class.label()),
        None => identity.class.label().to_owned(),
    }
}

fn open_unit(unit: &Unit, reason: String) -> Open {
    Open { unit: unit.name.clone(), village: String::new(), name: unit.name.clone(), reason }
}

/// Writes down that names left the system.
pub async fn exported(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    coverage: &Coverage,
    format: &str,
) -> Result<(), Problem> {
    app.permit(caller, Permission::CoverageExport, county).await?;
    let names = caller.names(county).is_some();
    let detail = json!({ "unit": coverage.unit.code, "format": format, "names": names });
    crate::audit::note(app, caller, county, "coverage.export", ("campaign", &coverage.campaign), detail).await
}
