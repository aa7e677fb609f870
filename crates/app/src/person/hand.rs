//! The roster by hand: one person is added or changed, and what is typed is looked at before it is sent.

use super::detail::{self, Detail, missing};
use super::write::{self, By, Stored};
use crate::guard;
use crate::{App, Caller, Code, Problem};
use domain::authority::{Permission, Scope};
use domain::finding::Severity;
use domain::ids::PersonId;
use domain::mask;
use domain::region::CountyCode;
use domain::roster::hand::{FieldFinding, Form, fill};
use domain::roster::{Person, RosterColumn as C, codes};
use domain::secrecy::{self, Verdict};
use domain::unit::UnitTree;
use serde::Serialize;
use serde_json::json;
use store::Tx;
use store::apart::Pair;
use store::person::alike::{By as Common, Looks, like};

/// A remark on one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// The column's code.
    pub field: &'static str,
    /// Its title.
    pub label: &'static str,
    /// Refused, warning or note.
    pub severity: Severity,
    /// Stable code.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub message: String,
    /// The stored record has the same remark: it needs no new acceptance.
    pub is_known: bool,
    /// The entry it speaks of.
    pub person: Option<PersonId>,
}

impl Remark {
    fn of(found: FieldFinding) -> Self {
        Self {
            field: found.column.code(),
            label: found.column.label(),
            severity: found.severity,
            code: found.code,
            message: found.message,
            is_known: found.is_known,
            person: None,
        }
    }

    fn new(column: C, severity: Severity, code: &'static str, message: String) -> Self {
        Self {
            field: column.code(),
            label: column.label(),
            severity,
            code,
            message,
            is_known: false,
            person: None,
        }
    }

    fn about(self, person: PersonId) -> Self {
        Self { person: Some(person), ..self }
    }
}

/// What would become of a form.
#[derive(Debug, Clone)]
pub struct Looked {
    /// Nothing is refused.
    pub can_save: bool,
    /// Somebody has to say that it is meant so.
    pub needs_acceptance: bool,
    /// Remarks in the order of the columns.
    pub remarks: Vec<Remark>,
}

/// A person as a form sends it.
#[derive(Clone)]
pub struct Sent {
    /// Made by whoever adds the person.
    pub id: PersonId,
    /// What was typed.
    pub form: Form,
    /// The version that a change starts from.
    pub expected: Option<i64>,
    /// The warnings were read and it is meant so.
    pub accepts_warnings: bool,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// A new person.
    Added,
    /// The person took other values.
    Changed,
    /// The roster says the same.
    Unchanged,
}

/// A person who was saved.
#[derive(Debug, Clone)]
pub struct Saved {
    /// What became of it.
    pub became: Became,
    /// As it stands now, masked.
    pub detail: Detail,
    /// What a person should look at.
    pub remarks: Vec<Remark>,
}

/// A form held against the rules, the roster and the secrecy guard.
struct Examined {
    person: Option<Person>,
    remarks: Vec<Remark>,
}

impl Examined {
    fn looked(&self) -> Looked {
        let is = |severity| move |it: &&Remark| it.severity == severity;
        let open = |it: &&Remark| !it.is_known;
        Looked {
            can_save: !self.remarks.iter().any(|it| it.severity == Severity::Refused),
            needs_acceptance: self.remarks.iter().filter(is(Severity::Warning)).any(|it| open(&it)),
            remarks: self.remarks.clone(),
        }
    }
}

/// Whose county, units and scope a form is held against.
#[derive(Clone, Copy)]
struct Ground<'a> {
    app: &'a App,
    county: CountyCode,
    units: &'a UnitTree,
    scope: &'a Scope,
    /// Whether the caller confirms changes of persons, and so may set a status without reporting it.
    decides: bool,
}

/// Looks at a form while somebody types; nothing is written.
pub async fn check(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: Option<PersonId>,
    form: &Form,
) -> Result<Looked, Problem> {
    let scope = app.permit(caller, Permission::PersonChange, county).await?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let decides = caller.permit(Permission::StatusChangeDecide, county).is_ok();
    let ground = Ground { app, county, units: &units, scope: &scope, decides };
    let stored = match id {
        Some(id) => Some(write::changeable(&mut tx, app, county, (&units, &scope), id).await?),
        None => None,
    };
    Ok(ground.examine(&mut tx, form, stored.as_ref(), id).await?.looked())
}

/// Adds a person, or changes one. Sending the same again changes nothing.
pub async fn put(app: &App, caller: &Caller, county: CountyCode, sent: Sent) -> Result<Saved, Problem> {
    let scope = app.permit(caller, Permission::PersonChange, county).await?;
    let texts = texts(&sent.form);
    let fields: Vec<(&str, &str)> = texts.iter().map(|(column, text)| (column.label(), *text)).collect();
    guard::check_text(app, caller, county, &fields).await?;
    let id = sent.id;
    let decides = caller.permit(Permission::StatusChangeDecide, county).is_ok();
    let (inner, by) = (app.clone(), caller.clone());
    let (became, remarks) = app
        .db
        .write(county, move |act| {
            Box::pin(async move {
                let units = crate::unit::tree_in(act, county).await?;
                let ground = Ground { app: &inner, county, units: &units, scope: &scope, decides };
                let stored = ground.stored(act, id, sent.expected).await?;
                let examined = ground.examine(act, &sent.form, stored.as_ref(), Some(id)).await?;
                let looked = examined.looked();
                let Some(person) = examined.person.filter(|_| looked.can_save) else {
                    return Err(told(Code::PersonRefused, &looked.remarks));
                };
                if stored.as_ref().is_some_and(|it| it.person == person) {
                    act.nothing_written();
                    return Ok((Became::Unchanged, looked.remarks));
                }
                if let Some(problem) = stored.as_ref().and_then(|it| stale(it, sent.expected)) {
                    return Err(problem);
                }
                if looked.needs_acceptance && !sent.accepts_warnings {
                    return Err(told(Code::PersonDoubtful, &looked.remarks));
                }
                let became = save(act, ground, (id, stored.as_ref()), &person, &by).await?;
                Ok((became, looked.remarks))
            })
        })
        .await?;
    let detail = detail::get(app, caller, county, id, false).await?;
    Ok(Saved { became, detail, remarks })
}

async fn save(
    act: &mut store::Act,
    ground: Ground<'_>,
    (id, stored): (PersonId, Option<&Stored>),
    person: &Person,
    caller: &Caller,
) -> Result<Became, Problem> {
    let Ground { app, county, units, .. } = ground;
    let became = match stored {
        None => {
            write::add(act, app, county, id, person, By { caller, act: "person.add" }).await?;
            let unit = units.full_name(person.village_id.unwrap_or(person.township_id));
            let detail = json!({ "name": mask::name(&person.name), "unit": unit });
            act.audit(app.entry(caller, "person.add", "person", &id.to_string(), detail)).await?;
            Became::Added
        }
        Some(stored) => {
            let by = By { caller, act: "person.change" };
            let fields = write::replace(act, app, county, units, stored, person, by).await?;
            let detail = json!({
                "fields": fields,
                "before": { "status": stored.person.status },
                "after": { "status": person.status },
            });
            act.audit(app.entry(caller, "person.change", "person", &id.to_string(), detail)).await?;
            Became::Changed
        }
    };
    Ok(became)
}

/// Why a stored record may not be changed from this version; `None` when it may.
fn stale(stored: &Stored, expected: Option<i64>) -> Option<Problem> {
    match expected {
        Some(version) if version == stored.record.version => None,
        None => Some(Problem::new(
            Code::VersionRequired,
            "这个人已在名册上；要修改请在 If-Match 中写明读取时得到的版本",
        )),
        Some(_) => {
            Some(Problem::new(Code::Changed, "这个人的信息在您读取之后已被修改，请核对最新内容后再改"))
        }
    }
}

fn told(code: Code, remarks: &[Remark]) -> Problem {
    let severity = if code == Code::PersonRefused { Severity::Refused } else { Severity::Warning };
    let reasons: Vec<&str> = remarks
        .iter()
        .filter(|it| it.severity == severity && !it.is_known)
        .map(|it| it.message.as_str())
        .collect();
    let message = match code {
        Code::PersonRefused => format!("没有保存：{}", reasons.join("；")),
        _ => format!("请核对后确认保存：{}", reasons.join("；")),
    };
    Problem::new(code, message).with(json!({ "findings": remarks }))
}

/// The texts of a form that the secrecy guard looks at.
fn texts(form: &Form) -> Vec<(C, &str)> {
    let cells = form.cells.iter().filter(|(column, _)| **column != C::Citizen);
    let words = form.hardship_text.as_deref().map(|text| (C::Hardship, text));
    cells.map(|(column, text)| (*column, text.as_str())).chain(words).collect()
}

impl Ground<'_> {
    /// The record that is changed; `None` for a new person. An id of somebody else's person is answered like one that
    /// is not there.
    async fn stored(
        self,
        tx: &mut Tx,
        id: PersonId,
        expected: Option<i64>,
    ) -> Result<Option<Stored>, Problem> {
        match write::find(tx, self.app, self.county, id).await? {
            None if expected.is_some() => Err(missing()),
            None => Ok(None),
            Some(stored) => {
                let person = &stored.person;
                if !self.scope.covers_person(self.units, person.township_id, person.village_id) {
                    return Err(missing());
                }
                write::living(&stored)?;
                Ok(Some(stored))
            }
        }
    }

    async fn examine(
        self,
        tx: &mut Tx,
        form: &Form,
        stored: Option<&Stored>,
        id: Option<PersonId>,
    ) -> Result<Examined, Problem> {
        let filled = fill(form, stored.map(|it| &it.person), self.units, self.app.today());
        let mut remarks: Vec<Remark> = filled.findings.into_iter().map(Remark::of).collect();
        remarks.extend(secrets(form));
        if let Some(person) = &filled.person {
            if !self.scope.covers_person(self.units, person.township_id, person.village_id) {
                let message =
                    "所属乡镇（街道）或村（社区）不在本账号的范围内，请由该单位登记，或联系县双拥办";
                remarks.push(Remark::new(C::Township, Severity::Refused, codes::FOREIGN, message.to_owned()));
            }
            let is_moved =
                |it: &Stored| (it.person.status, it.person.stopped_on) != (person.status, person.stopped_on);
            if !self.decides && stored.is_some_and(is_moved) {
                let message = "死亡、迁出、暂停和恢复请用“上报变动”，写明日期和依据，由县双拥办审核后生效";
                let (column, code) = (C::Status, codes::STATUS_REPORTED);
                remarks.push(Remark::new(column, Severity::Refused, code, message.to_owned()));
            }
            self.number(tx, person, stored, &mut remarks).await?;
            self.alike(tx, person, stored, id, &mut remarks).await?;
        }
        remarks.sort_by_key(|it| C::from_code(it.field));
        Ok(Examined { person: filled.person, remarks })
    }

    /// Whether the number is free.
    async fn number(
        self,
        tx: &mut Tx,
        person: &Person,
        stored: Option<&Stored>,
        remarks: &mut Vec<Remark>,
    ) -> Result<(), Problem> {
        if stored.is_some_and(|it| it.person.citizen == person.citizen) {
            return Ok(());
        }
        let index = self.app.sealer.citizen_index(&person.citizen);
        let found = store::person::known(tx, self.county, std::slice::from_ref(&index), &[]).await?;
        let Some(found) = found.into_iter().next() else {
            if let Some(at_ms) = store::erasure::standing(tx, self.county).await?.get(&index) {
                let message = crate::erasure::message(*at_ms);
                remarks.push(Remark::new(C::Citizen, Severity::Refused, "roster.erased", message));
            }
            return Ok(());
        };
        let known = found.known;
        if self.scope.covers_person(self.units, known.township_id, known.village_id) {
            let place = self.units.full_name(known.village_id.unwrap_or(known.township_id));
            let name = mask::name(&known.name);
            let message = format!("名册上已有这个号码：{name}（{place}）；请改那一条，或核对号码");
            let remark = Remark::new(C::Citizen, Severity::Refused, "roster.citizen_known", message);
            remarks.push(remark.about(known.id));
        } else {
            let message = "该公民身份号码不能由本单位登记，请联系县双拥办核对".to_owned();
            remarks.push(Remark::new(C::Citizen, Severity::Refused, "roster.taken", message));
        }
        Ok(())
    }

    /// Who of the caller's persons looks like this one, in what the form changes.
    async fn alike(
        self,
        tx: &mut Tx,
        person: &Person,
        stored: Option<&Stored>,
        id: Option<PersonId>,
        remarks: &mut Vec<Remark>,
    ) -> Result<(), Problem> {
        let before = stored.map(|it| &it.person);
        let is_new = |same: &dyn Fn(&Person) -> bool| before.is_none_or(|it| !same(it));
        let named = is_new(&|it| it.name == person.name && it.citizen.birth() == person.citizen.birth());
        let name_word = if named { domain::visit::name_key(&person.name) } else { String::new() };
        let account = person.account.as_ref().filter(|_| is_new(&|it| it.account == person.account));
        let account = account.map(|it| self.app.sealer.account_index(it));
        let phone = person.phone.as_deref().filter(|_| is_new(&|it| it.phone == person.phone));
        let phone = phone.and_then(|it| self.app.sealer.phone_index(self.county, it));
        let looks = Looks {
            name_word: &name_word,
            birth: &person.citizen.birth().to_string(),
            account_index: account.as_deref(),
            phone_index: phone.as_deref(),
        };
        let found = like(tx, self.county, looks).await?;
        if found.is_empty() {
            return Ok(());
        }
        let apart = store::apart::pairs(tx, self.county).await?;
        let ids: Vec<uuid::Uuid> = found.iter().filter_map(|(other, _)| other.parse().ok()).collect();
        let known = store::person::known_by_ids(tx, self.county, &ids).await?;
        for (other, common) in found {
            let Some(other) = known.iter().find(|it| it.id.to_string() == other) else { continue };
            let is_apart = id.is_some_and(|id| apart.contains(&Pair::of(id, other.id)));
            let is_own = Some(other.id) == id;
            let is_ours = self.scope.covers_person(self.units, other.township_id, other.village_id);
            if is_own || is_apart || !is_ours {
                continue;
            }
            let place = self.units.full_name(other.village_id.unwrap_or(other.township_id));
            let who = format!("{}（{place}）", mask::name(&other.name));
            remarks.push(common_remark(common, &who).about(other.id));
        }
        Ok(())
    }
}

fn common_remark(common: Common, who: &str) -> Remark {
    let (column, severity, code, message) = match common {
        Common::Account => {
            let message = format!("银行账号与{who}相同，请核对是否为本人账户");
            (C::Account, Severity::Warning, codes::ACCOUNT_SHARED, message)
        }
        // People of one household often share a telephone.
        Common::Phone => {
            let message = format!("联系电话与{who}相同，如非一家人请核对");
            (C::Phone, Severity::Note, codes::PHONE_SHARED, message)
        }
        Common::NameAndBirth | Common::ShortNumber => {
            let message = format!("与{who}姓名和出生日期相同，请核对是否为同一人");
            (C::Name, Severity::Warning, codes::TWIN, message)
        }
    };
    Remark::new(column, severity, code, message)
}

/// What the secrecy guard says of a form; [`put`] writes a refusal down, looking does not.
fn secrets(form: &Form) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for (column, text) in texts(form) {
        if !secrecy::may_hold(text) {
            continue;
        }
        for hit in secrecy::scan(text) {
            let (severity, code) = match hit.verdict() {
                Verdict::Refuse => (Severity::Refused, guard::REFUSED),
                Verdict::Warn => (Severity::Warning, guard::WARNING),
            };
            remarks.push(Remark::new(column, severity, code, hit.rule.explanation()));
        }
    }
    remarks
}
