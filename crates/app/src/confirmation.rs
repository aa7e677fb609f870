//! 年度确认: who of a year's receivers is confirmed, by what and by whom; one or many at once, and taken back.

mod read;

pub use read::{Counts, Line, Shown, UnitCount, Wanted, counts, get, list, of_person};

use crate::person::write::{self, By, Stored};
use crate::{App, Caller, Code, Problem, guard};
use domain::authority::{Permission, Scope};
use domain::confirmation::{Means, check};
use domain::file::OwnerKind;
use domain::ids::{FileId, PersonId, VisitId};
use domain::person::PersonStatus;
use domain::region::CountyCode;
use domain::roster::Person;
use domain::unit::UnitTree;
use domain::visit::VisitedObject;
use jiff::civil::Date;
use serde_json::json;
use std::collections::HashMap;
use store::confirmation::Confirmation as Row;
use store::{Act, Tx};

/// A confirmation as it is sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Who.
    pub person: PersonId,
    /// By what.
    pub means: Means,
    /// The day.
    pub confirmed_on: Date,
    /// Files that show it: of the person or of a visit to them.
    pub files: Vec<FileId>,
    /// Remark; may be empty.
    pub remark: String,
    /// The version that a change starts from.
    pub expected: Option<i64>,
}

/// What became of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// The person is confirmed.
    Added,
    /// The confirmation says something else now.
    Changed,
    /// It says the same.
    Unchanged,
}

/// The longest remark, in characters.
const LONGEST_REMARK: usize = 500;
/// Files that show one confirmation, at most.
const MOST_FILES: usize = 10;

fn refused(message: impl Into<String>) -> Problem {
    Problem::new(Code::StatusRefused, message)
}

/// Confirms many persons in one act; each has its own answer. Sending the same again changes nothing.
pub async fn put_many(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    year: i16,
    sent: Vec<Sent>,
) -> Result<Vec<Result<Became, Problem>>, Problem> {
    let scope = app.permit(caller, Permission::ConfirmationChange, county).await?;
    let remarks: Vec<(&str, &str)> = sent.iter().map(|it| ("备注", it.remark.as_str())).collect();
    guard::check_text(app, caller, county, &remarks).await?;
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let units = crate::unit::tree_in(act, county).await?;
                let desk = Desk { app: &inner, caller: &caller, county, units: &units, scope: &scope, year };
                desk.put(act, &sent).await
            })
        })
        .await
}

/// Where confirmations of a year are taken.
pub(crate) struct Desk<'a> {
    pub app: &'a App,
    pub caller: &'a Caller,
    pub county: CountyCode,
    pub units: &'a UnitTree,
    pub scope: &'a Scope,
    pub year: i16,
}

impl Desk<'_> {
    async fn put(&self, act: &mut Act, sent: &[Sent]) -> Result<Vec<Result<Became, Problem>>, Problem> {
        let known = self.known(act, sent.iter().map(|it| it.person)).await?;
        let mut answers = Vec::with_capacity(sent.len());
        let (mut rows, mut renewed) = (Vec::new(), Vec::new());
        let mut seen = std::collections::HashSet::new();
        for it in sent {
            if !seen.insert(it.person) {
                answers.push(Err(Problem::new(Code::BadRequest, "同一个人在这一批里出现了两次")));
                continue;
            }
            let answer = match self.one(act, it, known.get(&it.person)).await? {
                Ok((became, row, person)) => {
                    rows.extend(row);
                    renewed.extend(person.map(|person| (it.person, person)));
                    Ok(became)
                }
                Err(problem) => Err(problem),
            };
            answers.push(answer);
        }
        self.save(act, &known, rows, renewed, None).await?;
        Ok(answers)
    }

    /// Persons and what is confirmed of them already.
    async fn known(
        &self,
        tx: &mut Tx,
        ids: impl Iterator<Item = PersonId>,
    ) -> Result<HashMap<PersonId, (Stored, Option<Row>)>, Problem> {
        let ids: Vec<String> = ids.map(|id| id.to_string()).collect();
        let rows = store::confirmation::of(tx, self.county, i64::from(self.year), &ids).await?;
        let mut rows: HashMap<String, Row> =
            rows.into_iter().map(|row| (row.person_id.clone(), row)).collect();
        let mut known = HashMap::new();
        for (record, identities) in store::person::by_ids(tx, self.county, &ids).await? {
            // An erased record is empty: there is nobody to confirm.
            let Ok(id) = record.id.parse::<PersonId>() else { continue };
            if record.status == PersonStatus::Erased.code() {
                continue;
            }
            let person = record.open(identities, &self.app.sealer, self.county)?;
            let row = rows.remove(&record.id);
            known.insert(id, (Stored { id, record, person }, row));
        }
        Ok(known)
    }

    /// What one confirmation writes: its row, and the person when the roster said 待确认.
    async fn one(
        &self,
        tx: &mut Tx,
        sent: &Sent,
        known: Option<&(Stored, Option<Row>)>,
    ) -> Result<Result<(Became, Option<Row>, Option<Person>), Problem>, Problem> {
        let Some((stored, row)) = known.filter(|(it, _)| self.covers(&it.person)) else {
            return Ok(Err(Problem::new(Code::NotFound, "没有这个人，或不在您的权限范围内")));
        };
        if let Err(problem) = self.may(sent, stored) {
            return Ok(Err(problem));
        }
        if let Some(problem) = self.wrong_file(tx, sent).await? {
            return Ok(Err(problem));
        }
        let remark = domain::text::trim(&sent.remark);
        let sealed = (!remark.is_empty())
            .then(|| self.app.seal(self.county, "confirmation", sent.person.0, "remark", remark));
        let new = Row {
            files_json: json!(sent.files).to_string(),
            remark_sealed: sealed,
            visit_id: row.as_ref().and_then(|it| it.visit_id.clone()),
            ..self.row(stored, row.as_ref(), sent.means, sent.confirmed_on)
        };
        Ok(match row {
            Some(before) if says_the_same(before, &new) => Ok((Became::Unchanged, None, None)),
            Some(before) if sent.expected == Some(before.version) => {
                Ok((Became::Changed, Some(new), self.renewed(stored)))
            }
            Some(_) if sent.expected.is_none() => Err(Problem::new(
                Code::VersionRequired,
                format!("{} 年度已经确认过；要修改请写明读取时得到的版本", self.year),
            )),
            Some(_) => Err(Problem::new(Code::Changed, "这条年度确认在您读取之后已被修改，请核对后再改")),
            None => Ok((Became::Added, Some(new), self.renewed(stored))),
        })
    }

    fn covers(&self, person: &Person) -> bool {
        self.scope.covers_person(self.units, person.township_id, person.village_id)
    }

    fn may(&self, sent: &Sent, stored: &Stored) -> Result<(), Problem> {
        write::living(stored)?;
        let status = stored.person.status;
        if !status.is_to_be_visited() {
            let message = format!("该人员现为“{}”，不需要年度确认；情况有变请先报人员变动", status.label());
            return Err(refused(message));
        }
        if sent.remark.chars().count() > LONGEST_REMARK {
            return Err(refused(format!("备注超过 {LONGEST_REMARK} 个字，请缩短")));
        }
        if sent.files.len() > MOST_FILES {
            return Err(refused(format!("一条确认至多附 {MOST_FILES} 份材料")));
        }
        let has_evidence = !sent.files.is_empty() || !sent.remark.trim().is_empty();
        check(self.year, sent.means, sent.confirmed_on, self.app.today(), has_evidence)
            .map_err(|error| refused(error.to_string()))
    }

    /// A file that is not there, or is neither the person's nor of a visit to them.
    async fn wrong_file(&self, tx: &mut Tx, sent: &Sent) -> Result<Option<Problem>, Problem> {
        for id in &sent.files {
            if !is_of(tx, self.county, *id, sent.person).await? {
                return Ok(Some(wrong_file(*id)));
            }
        }
        Ok(None)
    }

    fn row(&self, stored: &Stored, before: Option<&Row>, means: Means, day: Date) -> Row {
        let is_unconfirmed = stored.person.status == PersonStatus::Unconfirmed;
        Row {
            year: i64::from(self.year),
            person_id: stored.id.to_string(),
            means: means.code().to_owned(),
            confirmed_on: day.to_string(),
            files_json: "[]".to_owned(),
            remark_sealed: None,
            visit_id: None,
            was_unconfirmed: is_unconfirmed || before.is_some_and(|it| it.was_unconfirmed),
            by_actor: self.caller.actor.clone(),
            at_ms: self.app.now_ms(),
            version: before.map_or(1, |it| it.version + 1),
        }
    }

    /// Who is confirmed is no longer 待确认 on the roster.
    #[expect(clippy::unused_self, reason = "reads like the other steps")]
    fn renewed(&self, stored: &Stored) -> Option<Person> {
        (stored.person.status == PersonStatus::Unconfirmed)
            .then(|| Person { status: PersonStatus::Normal, ..stored.person.clone() })
    }

    /// Takes home visits as confirmations: of persons who are the caller's, alive and not confirmed yet.
    pub(crate) async fn by_visits(
        &self,
        act: &mut Act,
        visits: &[(PersonId, VisitId, Date)],
    ) -> Result<usize, Problem> {
        let known = self.known(act, visits.iter().map(|it| it.0)).await?;
        let (mut rows, mut renewed): (Vec<Row>, Vec<(PersonId, Person)>) = (Vec::new(), Vec::new());
        for (person, visit, day) in visits {
            let Some((stored, None)) = known.get(person) else { continue };
            let is_taken = rows.iter().any(|row| row.person_id == stored.record.id);
            let is_alive = stored.person.status.is_to_be_visited() && stored.record.merged_into.is_none();
            if is_taken || !is_alive || !self.covers(&stored.person) {
                continue;
            }
            rows.push(Row {
                visit_id: Some(visit.to_string()),
                ..self.row(stored, None, Means::HomeVisit, *day)
            });
            renewed.extend(self.renewed(stored).map(|it| (*person, it)));
        }
        let count = rows.len();
        self.save(act, &known, rows, renewed, Some("visit")).await?;
        Ok(count)
    }

    async fn save(
        &self,
        act: &mut Act,
        known: &HashMap<PersonId, (Stored, Option<Row>)>,
        rows: Vec<Row>,
        renewed: Vec<(PersonId, Person)>,
        served: Option<&str>,
    ) -> Result<(), Problem> {
        if rows.is_empty() {
            if served.is_none() {
                act.nothing_written();
            }
            return Ok(());
        }
        store::confirmation::put_many(act, self.county, &rows).await?;
        let by = By { caller: self.caller, act: "confirmation.put" };
        for (id, person) in renewed {
            let Some((stored, _)) = known.get(&id) else { continue };
            write::replace(act, self.app, self.county, self.units, stored, &person, by).await?;
        }
        let persons: Vec<&str> = rows.iter().map(|row| row.person_id.as_str()).collect();
        let object = if let [one] = persons.as_slice() { (*one).to_owned() } else { self.year.to_string() };
        let detail = json!({ "year": self.year, "count": rows.len(), "persons": persons, "by": served });
        act.audit(self.app.entry(self.caller, "confirmation.put", "confirmation", &object, detail)).await?;
        Ok(())
    }
}

fn says_the_same(before: &Row, new: &Row) -> bool {
    let of = |row: &Row| {
        (row.means.clone(), row.confirmed_on.clone(), row.files_json.clone(), row.remark_sealed.clone())
    };
    of(before) == of(new)
}

/// Whether a file belongs to a person, or to a visit to them.
pub(crate) async fn is_of(
    tx: &mut Tx,
    county: CountyCode,
    id: FileId,
    person: PersonId,
) -> Result<bool, Problem> {
    let found = store::file::get(tx, county, id).await?.filter(|file| file.released_at_ms.is_none());
    let Some(file) = found else { return Ok(false) };
    Ok(match file.owner_kind {
        OwnerKind::Person => file.owner == person.0,
        OwnerKind::Visit => {
            let visit = store::visit::by_ids(tx, county, &[VisitId(file.owner)]).await?.pop();
            let to =
                |object: &VisitedObject| matches!(object, VisitedObject::Person { id, .. } if *id == person);
            visit.is_some_and(|visit| to(&visit.facts.object))
        }
        _ => false,
    })
}

pub(crate) fn wrong_file(id: FileId) -> Problem {
    refused(format!("材料 {id} 不存在，或不属于这个人；请先上传到这个人名下再引用"))
}

/// Takes a confirmation back; the roster says 待确认 again when it said so before.
pub async fn undo(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    year: i16,
    id: PersonId,
) -> Result<(), Problem> {
    let scope = app.permit(caller, Permission::ConfirmationChange, county).await?;
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let units = crate::unit::tree_in(act, county).await?;
                let stored = write::changeable(act, &inner, county, (&units, &scope), id).await?;
                let found =
                    store::confirmation::of(act, county, i64::from(year), &[id.to_string()]).await?.pop();
                let Some(row) = found else {
                    let message = format!("这个人 {year} 年度还没有确认，没有可以撤销的");
                    return Err(Problem::new(Code::NotFound, message));
                };
                undo_in(act, &inner, &caller, county, &units, (&stored, &row)).await
            })
        })
        .await
}

async fn undo_in(
    act: &mut Act,
    app: &App,
    caller: &Caller,
    county: CountyCode,
    units: &UnitTree,
    (stored, row): (&Stored, &Row),
) -> Result<(), Problem> {
    store::confirmation::remove(act, county, row.year, stored.id).await?;
    if row.was_unconfirmed && stored.person.status == PersonStatus::Normal {
        let before = Person { status: PersonStatus::Unconfirmed, ..stored.person.clone() };
        let by = By { caller, act: "confirmation.undo" };
        write::replace(act, app, county, units, stored, &before, by).await?;
    }
    let detail = json!({
        "year": row.year,
        "before": { "means": row.means, "confirmed_on": row.confirmed_on },
        "after": null,
    });
    act.audit(app.entry(caller, "confirmation.undo", "confirmation", &row.person_id, detail)).await?;
    Ok(())
}

/// Takes back what a visit served for, when the visit itself is taken back.
pub(crate) async fn undo_by_visit(
    act: &mut Act,
    app: &App,
    caller: &Caller,
    county: CountyCode,
    units: &UnitTree,
    visit: VisitId,
) -> Result<(), Problem> {
    for row in store::confirmation::by_visit(act, county, visit).await? {
        let Ok(id) = row.person_id.parse() else { continue };
        if let Some(stored) = write::find(act, app, county, id).await? {
            undo_in(act, app, caller, county, units, (&stored, &row)).await?;
        }
    }
    Ok(())
}
