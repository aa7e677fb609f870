//! One person, masked; what was changed of them; and one protected value in full, with a reason.

use crate::{App, Caller, Code, Problem, guard};
use domain::authority::{Permission, Scope};
use domain::ids::PersonId;
use domain::mask;
use domain::region::CountyCode;
use domain::roster::{Person, RosterColumn};
use domain::unit::UnitTree;
use serde_json::json;
use store::Tx;
use store::person::PersonRecord;
use store::reveal::Reveal;

/// How many values one human may see in full within an hour.
pub const REVEALS_PER_HOUR: usize = 30;
const HOUR_MS: i64 = 3_600_000;

/// One person, masked.
#[derive(Debug, Clone)]
pub struct Detail {
    /// Who.
    pub id: PersonId,
    /// The person with masked name, number, telephone, account and holder; address and remarks only whether they are
    /// there.
    pub masked: Person,
    /// Number, masked.
    pub citizen: String,
    /// Account, masked.
    pub account: Option<String>,
    /// Township: code and name.
    pub township: (String, String),
    /// Village: code and name.
    pub village: Option<(String, String)>,
    /// Full years of age.
    pub age: i16,
    /// The person this entry was merged into.
    pub merged_into: Option<String>,
    /// Version of the record.
    pub version: i64,
}

/// One change of a field.
#[derive(Debug, Clone)]
pub struct Changed {
    /// The import that made it.
    pub import: Option<String>,
    /// The file of that import, or by which act it was made by hand.
    pub source: String,
    /// Who made it.
    pub by: String,
    /// Column code.
    pub field: String,
    /// Before; protected values masked.
    pub before: Option<String>,
    /// After; protected values masked.
    pub after: Option<String>,
    /// When, ms UTC.
    pub at_ms: i64,
}

pub(super) fn missing() -> Problem {
    Problem::new(Code::NotFound, "没有这个人，或不在您的权限范围内")
}

/// The record, when it lies within the scope.
pub(super) async fn load(
    tx: &mut Tx,
    app: &App,
    county: CountyCode,
    scope: &Scope,
    id: PersonId,
) -> Result<(PersonRecord, Person, std::sync::Arc<UnitTree>), Problem> {
    let units = crate::unit::tree_in(tx, county).await?;
    let found = store::person::by_ids(tx, county, &[id.to_string()]).await?.pop();
    // An erased record is empty: there is nobody to show.
    let (record, identities) = found.filter(|(it, _)| it.status != "erased").ok_or_else(missing)?;
    let person = record.open(identities, &app.sealer, county)?;
    if !scope.covers_person(&units, person.township_id, person.village_id) {
        return Err(missing());
    }
    Ok((record, person, units))
}

/// One person, masked; the name in full if asked for and where the caller may see it.
pub async fn get(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: PersonId,
    full_names: bool,
) -> Result<Detail, Problem> {
    let scope = app.permit(caller, Permission::RosterRead, county).await?;
    let mut tx = app.db.read().await?;
    let (record, person, units) = load(&mut tx, app, county, &scope, id).await?;
    let home = person.village_id.unwrap_or(person.township_id);
    let names = if full_names { caller.names(county) } else { None };
    let name = crate::authority::shows_name(names.as_ref(), &units, home).then(|| person.name.clone());
    let mut detail = masked_detail(id, &record, person, &units, app.today());
    if let Some(name) = name {
        detail.masked.name = name;
    }
    Ok(detail)
}

/// A person as a page shows them.
pub(super) fn masked_detail(
    id: PersonId,
    record: &PersonRecord,
    person: Person,
    units: &UnitTree,
    today: jiff::civil::Date,
) -> Detail {
    let unit = |id| units.get(id).map(|unit| (unit.code.clone(), unit.name.clone()));
    Detail {
        id,
        citizen: mask::citizen(person.citizen.reveal()),
        age: person.citizen.age_on(today),
        account: person.account.as_ref().map(|account| mask::account(account.reveal())),
        township: unit(person.township_id).unwrap_or_default(),
        village: person.village_id.and_then(unit),
        merged_into: record.merged_into.clone(),
        version: record.version,
        masked: Person {
            name: mask::name(&person.name),
            phone: person.phone.as_deref().map(mask::phone),
            account_name: person.account_name.as_deref().map(mask::name),
            ..person
        },
    }
}

/// What was changed of a person, by imports and by hand, newest first.
pub async fn history(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: PersonId,
) -> Result<Vec<Changed>, Problem> {
    let scope = app.permit(caller, Permission::RosterRead, county).await?;
    let mut tx = app.db.read().await?;
    let (record, ..) = load(&mut tx, app, county, &scope, id).await?;
    let key = record.key(&app.sealer, county)?;
    let changes = store::import::changes_of(&mut tx, county, id, 200).await?;
    changes
        .into_iter()
        .map(|change| {
            let open = |sealed: &Option<String>| -> Result<Option<String>, Problem> {
                let Some(sealed) = sealed else { return Ok(None) };
                // The field's name is part of what the value is bound to.
                let Some(field) = RosterColumn::from_code(&change.field).map(RosterColumn::code) else {
                    return Ok(None);
                };
                let place = store::Place { county, table: "change", row: id.0, field };
                Ok(Some(masked(field, &app.sealer.open_own(key.as_ref(), place, sealed)?)))
            };
            Ok(Changed {
                before: open(&change.before_sealed)?,
                after: open(&change.after_sealed)?,
                import: change.import_id,
                source: change.act.unwrap_or_default(),
                by: change.by_actor.unwrap_or_default(),
                field: change.field,
                at_ms: change.at_ms,
            })
        })
        .collect()
}

/// A value of the history as it may be shown.
fn masked(field: &str, value: &str) -> String {
    match field {
        "name" | "account_name" => mask::name(value),
        "citizen" => mask::citizen(value),
        "phone" => mask::phone(value),
        "account" => mask::account(value),
        "address" | "note" | "hardship" => "（已填写）".to_owned(),
        _ => value.to_owned(),
    }
}

/// A value that is shown in full only one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// 姓名
    Name,
    /// 公民身份号码
    Citizen,
    /// 联系电话
    Phone,
    /// 住址
    Address,
    /// 银行账号
    Account,
    /// 户名
    AccountName,
    /// 特殊困难的文字
    HardshipText,
    /// 备注
    Note,
}

impl Field {
    /// All with their code.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("name", Self::Name),
        ("citizen", Self::Citizen),
        ("phone", Self::Phone),
        ("address", Self::Address),
        ("account", Self::Account),
        ("account_name", Self::AccountName),
        ("hardship_text", Self::HardshipText),
        ("note", Self::Note),
    ];

    /// Reads the code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == code).map(|(_, field)| *field)
    }

    fn code(self) -> &'static str {
        Self::ALL.iter().find(|(_, field)| *field == self).map_or("", |(code, _)| code)
    }

    fn of(self, person: &Person) -> Option<String> {
        match self {
            Self::Name => Some(person.name.clone()),
            Self::Citizen => Some(person.citizen.reveal().to_owned()),
            Self::Phone => person.phone.clone(),
            Self::Address => person.address.clone(),
            Self::Account => person.account.as_ref().map(|it| it.reveal().to_owned()),
            Self::AccountName => person.account_name.clone(),
            Self::HardshipText => person.hardship_text.clone(),
            Self::Note => person.note.clone(),
        }
    }
}

/// One value in full. The reason and who looked are audited in the same transaction; a human may look at few within
/// an hour.
pub async fn reveal(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: PersonId,
    field: Field,
    reason: &str,
) -> Result<Option<String>, Problem> {
    let scope = app.permit(caller, Permission::PersonReveal, county).await?;
    let reason = reason.trim().to_owned();
    if !(4..=200).contains(&reason.chars().count()) {
        return Err(Problem::new(Code::BadRequest, "查看完整信息要写明理由（4 至 200 个字）"));
    }
    guard::check_text(app, caller, county, &[("理由", &reason)]).await?;
    let (inner, who) = (app.clone(), caller.clone());
    let shown = app
        .db
        .write(county, move |act| {
            Box::pin(async move {
                let caller = who;
                let (_, person, _) = load(act, &inner, county, &scope, id).await?;
                let viewer = caller.staff().map_or_else(|| caller.actor.clone(), |human| human.to_string());
                let now_ms = inner.now_ms();
                let most = i64::try_from(REVEALS_PER_HOUR).unwrap_or(i64::MAX);
                let looks = store::reveal::since(act, county, &viewer, now_ms - HOUR_MS, most).await?;
                if let Some(first) = looks.first().filter(|_| looks.len() >= REVEALS_PER_HOUR) {
                    return Err(too_many(first + HOUR_MS - now_ms));
                }
                let reveal = Reveal {
                    id: inner.id(),
                    viewer: &viewer,
                    person: id,
                    field: field.code(),
                    at_ms: now_ms,
                };
                store::reveal::add(act, county, &reveal).await?;
                let detail = json!({ "field": field.code(), "reason": reason });
                act.audit(inner.entry(&caller, "person.reveal", "person", &id.to_string(), detail)).await?;
                Ok(field.of(&person))
            })
        })
        .await;
    if let Err(problem) = &shown
        && problem.code == Code::RevealLimit
    {
        let object = ("person", id.to_string());
        crate::audit::failed(app, caller, county, "person.reveal", (object.0, &object.1)).await?;
    }
    shown
}

fn too_many(wait_ms: i64) -> Problem {
    let seconds = (wait_ms / 1_000).max(1);
    let message =
        format!("一小时内最多查看 {REVEALS_PER_HOUR} 项完整信息，请约 {} 分钟后再查", seconds / 60 + 1);
    Problem::new(Code::RevealLimit, message).with(json!({ "retry_after_s": seconds }))
}
