//! Pages of visits and single ones, names masked.

use crate::page::{Asked, Page};
use crate::within::{units_below, units_of};
use crate::{App, Caller, Code, Problem};
use domain::authority::{Permission, Scope};
use domain::campaign::Campaign;
use domain::ids::{PersonId, VisitId};
use domain::mask;
use domain::region::CountyCode;
use domain::unit::UnitTree;
use domain::visit::{Category, VisitedObject};
use store::visit::{Filter, NameSearch, StoredVisit};

/// Which visits are asked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Campaign code.
    pub campaign: String,
    /// Recorded by this unit or one below it: code, name or alias.
    pub unit: Option<String>,
    /// Method code.
    pub method: Option<String>,
    /// Brought by this import.
    pub import: Option<String>,
    /// To this person.
    pub person: Option<PersonId>,
    /// From this day on.
    pub from: Option<String>,
    /// Until this day.
    pub to: Option<String>,
    /// Part of the object's name; of a person of the roster also the pinyin or its first letters.
    pub search: Option<String>,
    /// Names in full, where the caller may see them.
    pub full_names: bool,
    /// What was recorded last comes first.
    pub newest_first: bool,
}

/// A visit as it is shown.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The record; the object's name masked where it is a person's.
    pub visit: StoredVisit,
    /// The visiting unit: code and full name.
    pub unit: (String, String),
    /// The row in which it counts above its own unit: key and label.
    pub row: (String, String),
    /// 对象类别 in words, where one was given.
    pub category: Option<String>,
    /// Campaign code.
    pub campaign: String,
    /// 备注, only of a single record.
    pub note: Option<String>,
}

/// One page of visits, in the order the county got them or, if wanted, the other way round.
pub async fn list(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    wanted: &Wanted,
    asked: &Asked,
) -> Result<Page<Shown>, Problem> {
    let scope = app.permit(caller, Permission::VisitRead, county).await?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let campaign = crate::campaign::find(&mut tx, county, &wanted.campaign).await?;
    let units_wanted = match &wanted.unit {
        None => units_of(&scope, &units),
        Some(word) => {
            let top = crate::authority::unit_in(&units, &scope, Some(word.as_str()))?.id;
            Some(units_below(&scope, &units, top))
        }
    };
    let filter = Filter {
        units: units_wanted,
        cell: None,
        method: wanted.method.clone(),
        import: wanted.import.clone(),
        subject: wanted.person.map(|id| id.to_string()),
        from: wanted.from.clone(),
        to: wanted.to.clone(),
        search: wanted.search.as_deref().and_then(searched),
        newest_first: wanted.newest_first,
    };
    let names = if wanted.full_names { caller.names(county) } else { None };
    let context = Shows { app, county, units: &units, campaign: &campaign, names };
    context.page(&mut tx, &filter, asked).await
}

/// The records behind a cell: every visit that counts in this row of this unit's table.
pub async fn behind(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    (campaign, row, unit): (&str, &str, Option<&str>),
    full_names: bool,
    asked: &Asked,
) -> Result<Page<Shown>, Problem> {
    let scope = app.permit(caller, Permission::VisitRead, county).await?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let campaign = crate::campaign::find(&mut tx, county, campaign).await?;
    let unit = crate::authority::unit_in(&units, &scope, unit)?;
    if campaign.template.ordinal(row).is_none() {
        return Err(Problem::new(Code::NotFound, format!("统计表中没有“{row}”这一行")));
    }
    let filter = Filter {
        units: units_of(&scope, &units),
        cell: Some((unit.id, row.to_owned())),
        ..Filter::default()
    };
    let names = if full_names { caller.names(county) } else { None };
    let context = Shows { app, county, units: &units, campaign: &campaign, names };
    context.page(&mut tx, &filter, asked).await
}

/// How the typed text is looked for: letters are pinyin, all else is part of a name. `None`: nothing was typed.
fn searched(typed: &str) -> Option<NameSearch> {
    let typed: String = typed.trim().chars().take(40).collect();
    let is_letters = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b' ');
    match typed.len() {
        0 => None,
        2.. if is_letters(&typed) => Some(NameSearch::Letters(typed.to_ascii_lowercase())),
        _ => Some(NameSearch::Name(typed)),
    }
}

/// One visit with its remark; the name in full if asked for and where the caller may see it.
pub async fn get(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: VisitId,
    full_names: bool,
) -> Result<Shown, Problem> {
    let scope = app.permit(caller, Permission::VisitRead, county).await?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let found = store::visit::by_ids(&mut tx, county, &[id]).await?.pop();
    let visit = found.filter(|visit| scope.covers(&units, visit.facts.unit)).ok_or_else(missing)?;
    let campaign = crate::campaign::by_id(&mut tx, county, visit.campaign).await?;
    let names = if full_names { caller.names(county) } else { None };
    Shows { app, county, units: &units, campaign: &campaign, names }.single(visit)
}

pub(super) fn missing() -> Problem {
    Problem::new(Code::NotFound, "没有这条走访，或不在您的权限范围内")
}

/// What turns a record into what is shown.
pub(crate) struct Shows<'a> {
    pub app: &'a App,
    pub county: CountyCode,
    pub units: &'a UnitTree,
    pub campaign: &'a Campaign,
    pub names: Option<Scope>,
}

impl Shows<'_> {
    async fn page(&self, tx: &mut store::Tx, filter: &Filter, asked: &Asked) -> Result<Page<Shown>, Problem> {
        let limit = asked.limit()?;
        let after: Option<(i64, VisitId)> = asked.after(self.app, self.county, "visit")?;
        let rows = store::visit::list(tx, self.county, self.campaign.id, filter, after, limit + 1).await?;
        Page::cut(
            self.app,
            (self.county, "visit"),
            rows,
            limit,
            |visit| (visit.received_at_ms, visit.id),
            |visit| Ok(self.show(visit)),
        )
    }

    /// The record with its remark opened.
    pub(crate) fn single(&self, visit: StoredVisit) -> Result<Shown, Problem> {
        let note = match &visit.note_sealed {
            Some(sealed) => {
                let place =
                    store::Place { county: self.county, table: "visit", row: visit.id.0, field: "note" };
                Some(self.app.sealer.open_text(place, sealed)?)
            }
            None => None,
        };
        Ok(Shown { note, ..self.show(visit) })
    }

    pub(crate) fn show(&self, mut visit: StoredVisit) -> Shown {
        let unit = visit.facts.unit;
        let is_person =
            matches!(visit.facts.object, VisitedObject::Person { .. } | VisitedObject::Candidate { .. });
        if is_person && !crate::authority::shows_name(self.names.as_ref(), self.units, unit) {
            visit.object_name = mask::name(&visit.object_name);
        }
        let label = self.campaign.template.rows.iter().find(|row| row.key == visit.facts.row);
        let template = &self.campaign.template;
        Shown {
            category: Category::from_code(&visit.category, template).map(|it| it.label(template)),
            unit: (
                self.units.get(unit).map(|unit| unit.code.clone()).unwrap_or_default(),
                self.units.full_name(unit),
            ),
            row: (visit.facts.row.clone(), label.map(|row| row.label.clone()).unwrap_or_default()),
            campaign: self.campaign.code.clone(),
            note: None,
            visit,
        }
    }
}
