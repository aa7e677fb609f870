//! Changes that leave a visit at whom it went to: names are hidden in forms, so the record says who it is.

use super::super::list::missing;
use super::super::record::{self, Context};
use super::{Batch, One};
use crate::{Code, Problem};
use domain::citizen::CitizenId;
use domain::ids::CandidateId;
use domain::sheet::{Cell, RawRow};
use domain::visit::{CandidateKey, Category, ResolvedObject, VisitColumn, VisitRow, VisitedObject, name_key};
use store::visit::StoredVisit;

impl Batch<'_> {
    /// The visit that this one changes without changing whom it went to; another unit's is none.
    pub(super) fn kept_of(&self, one: &One) -> Option<&StoredVisit> {
        let stored = self.stored.get(&one.sent.id).filter(|_| one.sent.keeps_object)?;
        one.scope.covers(self.units, stored.facts.unit).then_some(stored)
    }

    /// Readies the cells of a visit that keeps whom it went to; why it cannot, if so.
    pub(super) fn ready(&self, one: &One, typed: &mut RawRow) -> Option<Problem> {
        if !one.sent.keeps_object {
            return None;
        }
        let Some(stored) = self.kept_of(one) else { return Some(missing()) };
        if matches!(&stored.facts.object, VisitedObject::Person { id, .. } if !self.numbers.contains_key(id))
        {
            let message = "这次走访的对象已从名册上删除，记录只能撤回，不能修改";
            return Some(Problem::new(Code::Conflict, message));
        }
        // The record says whom, under a name that may be hidden or missing.
        typed.cells[VisitColumn::Name as usize] = Cell::Text("（不变）".to_owned());
        typed.cells[VisitColumn::Citizen as usize] = Cell::Empty;
        None
    }

    /// Under which key a candidate is known: the number, else unit and name.
    pub(super) fn key_of(
        &self,
        id: CandidateId,
        candidate: &store::candidate::Candidate,
    ) -> Result<CandidateKey, Problem> {
        let corrupt = |column| {
            let id = candidate.id.clone();
            Problem::from(store::StoreError::Corrupt { table: "candidate", column, id })
        };
        if let Some(sealed) = &candidate.citizen_sealed {
            let place = store::Place { county: self.county, table: "candidate", row: id.0, field: "citizen" };
            let number = self.app.sealer.open_text(place, sealed)?;
            let (number, _) = CitizenId::parse(&number).map_err(|_| corrupt("citizen_sealed"))?;
            return Ok(CandidateKey::Number(number));
        }
        let unit = candidate.unit_id.parse().map_err(|_| corrupt("unit_id"))?;
        Ok(CandidateKey::UnitName(unit, name_key(&candidate.name)))
    }

    /// The row as a visit has it that goes to whom it went before.
    pub(super) fn keep(&self, row: VisitRow, stored: &StoredVisit) -> VisitRow {
        // A label can stand for a row where the record means a class: what was not touched stays as it is.
        let template = &self.campaign.template;
        let category = Category::from_code(&stored.category, template);
        let label = |it: Option<Category>| it.map(|it| it.label(template));
        let row = if label(row.category) == label(category) { VisitRow { category, ..row } } else { row };
        let name = stored.object_name.clone();
        match &stored.facts.object {
            VisitedObject::Person { id, .. } => {
                let citizen = self.numbers.get(id).map(|(number, _)| *number);
                VisitRow { citizen, has_number: true, name: String::new(), ..row }
            }
            VisitedObject::Candidate { id, .. } => {
                let citizen = match self.kept.get(id) {
                    Some(CandidateKey::Number(number)) => Some(*number),
                    _ => None,
                };
                VisitRow { citizen, has_number: citizen.is_some(), name, ..row }
            }
            VisitedObject::Group { persons, .. } => {
                VisitRow { name, headcount: row.headcount.or(Some(*persons)), ..row }
            }
            VisitedObject::Object { .. } => VisitRow { name, ..row },
        }
    }

    /// Whether the visit goes to one of the caller's persons who was picked from the roster, now or before.
    pub(super) fn is_picked(&self, one: &One) -> bool {
        let is_own = |stored: &StoredVisit| match &stored.facts.object {
            VisitedObject::Person { id, .. } => {
                self.numbers.get(id).is_some_and(|(_, home)| one.scope.covers(self.units, *home))
            }
            _ => false,
        };
        self.kept_of(one).map_or_else(|| one.sent.person.is_some(), is_own)
    }

    /// The candidate or group that a visit keeps, unless its category now says troops or an institution.
    pub(super) fn kept_object(&self, place: usize) -> Option<ResolvedObject<'static>> {
        let row = self.rows[place].as_ref()?;
        if matches!(row.category, Some(Category::Object(_))) {
            return None;
        }
        let name = row.name.clone();
        match &self.kept_of(&self.batch[place])?.facts.object {
            VisitedObject::Candidate { id, .. } => {
                self.kept.get(id).map(|key| ResolvedObject::Candidate { key: key.clone(), name })
            }
            VisitedObject::Group { .. } => {
                row.headcount.map(|persons| ResolvedObject::Group { name, persons })
            }
            _ => None,
        }
    }

    /// Whether a stored visit says what was sent.
    pub(super) fn is_same(
        context: Context<'_>,
        one: &One,
        stored: &StoredVisit,
        row: &VisitRow,
    ) -> Result<bool, Problem> {
        if one.sent.keeps_object {
            return record::says_of_kept(context, stored, row);
        }
        record::says(context, stored, row)
    }

    /// Why a row cannot keep whom its visit went to; `None` when it can.
    pub(super) fn cannot_keep(stored: &StoredVisit, row: &VisitRow) -> Option<Problem> {
        let is_group = matches!(stored.facts.object, VisitedObject::Group { .. });
        if is_group && row.headcount.is_some_and(|persons| persons < 2) {
            let message = "团体走访的人数应在 2 人以上；走访一个人的，请另写姓名";
            return Some(Problem::new(Code::VisitRefused, message));
        }
        None
    }
}
