//! Whom a row means: person on the roster, candidate, group, troops or institution; and in which row of the table
//! the visit counts. Pure decisions over look-ups that the caller provides.

use super::{Category, VisitColumn, VisitRow, VisitedObject, object_label};
use crate::campaign::{Campaign, ObjectKind, Row, Template};
use crate::citizen::CitizenId;
use crate::finding::{Remarks, RowFinding};
use crate::ids::{CandidateId, PersonId, UnitId};
use crate::mask;
use crate::person::{Hardship, Identity, PersonStatus};
use crate::text::{is_blank, is_chinese, squeeze};
use crate::unit::{Unit, UnitKind, UnitTree};
use jiff::civil::Date;

/// What the decision needs to know of a person on the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Who.
    pub id: PersonId,
    /// 姓名
    pub name: String,
    /// 户号, else the person's id as text.
    pub household: String,
    /// Classes with grades.
    pub identities: Vec<Identity>,
    /// Open hardship marks.
    pub hardship: Vec<Hardship>,
    /// 状态
    pub status: PersonStatus,
    /// 死亡（停发）日期
    pub stopped_on: Option<Date>,
    /// 乡镇（街道）
    pub township_id: UnitId,
    /// 村（社区）
    pub village_id: Option<UnitId>,
}

/// Look-ups on the roster. Names are asked for by [`name_key`]; dead and moved persons are on the roster too.
pub trait Roster {
    /// The person with this number.
    fn by_number(&self, number: &CitizenId) -> Option<&Known>;
    /// Everyone of this name in a township.
    fn by_name_in_township(&self, township: UnitId, name_key: &str) -> Vec<&Known>;
    /// How many of this name the county has.
    fn by_name_in_county(&self, name_key: &str) -> usize;
}

/// What tells a candidate from others: the number, else visiting unit and name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CandidateKey {
    /// A right number that is not on the roster.
    Number(CitizenId),
    /// Visiting unit and [`name_key`].
    UnitName(UnitId, String),
}

/// Whom a row means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResolvedObject<'r> {
    /// A person on the roster.
    Person(&'r Known),
    /// Someone not on the roster, to be confirmed.
    Candidate {
        /// What tells them from others.
        key: CandidateKey,
        /// Name as typed, may be empty.
        name: String,
    },
    /// A group without names.
    Group {
        /// What the row calls it.
        name: String,
        /// 人数
        persons: i64,
    },
    /// Troops or an institution.
    Object {
        /// The registered name, else as typed.
        name: String,
        /// What it is.
        kind: ObjectKind,
    },
}

/// A row's object and the rows of the tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved<'r> {
    /// Whom.
    pub object: ResolvedObject<'r>,
    /// Key of the row in the visiting unit's own table.
    pub own_row: String,
    /// Key of the row in every table above.
    pub row: String,
}

/// What decisions are made against.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// The county's units.
    pub units: &'a UnitTree,
    /// The campaign with its template.
    pub campaign: &'a Campaign,
}

/// A name as it is compared: without blanks and dots, full-width letters as half-width ones.
#[must_use]
pub fn name_key(name: &str) -> String {
    let mut key = squeeze(name).into_owned();
    if !key.chars().all(is_chinese) {
        key.retain(|c| !is_blank(c) && !is_dot(c));
    }
    key
}

/// The dot between the parts of a name, and what stands in for it.
fn is_dot(c: char) -> bool {
    matches!(c, '·' | '•' | '・' | '･' | '‧' | '∙' | '⋅' | '●' | '.' | '。')
}

/// Whether anything of a name would be compared.
pub(super) fn is_name(name: &str) -> bool {
    name.chars().any(|c| !is_blank(c) && !is_dot(c))
}

impl Resolved<'_> {
    /// The object as it is stored; the caller gives the id under which a candidate's key is known or new.
    #[must_use]
    pub fn visited(&self, candidate: impl FnOnce(&CandidateKey) -> CandidateId) -> VisitedObject {
        match &self.object {
            ResolvedObject::Person(known) => {
                VisitedObject::Person { id: known.id, household: known.household.clone() }
            }
            ResolvedObject::Candidate { key, .. } => {
                let id = candidate(key);
                VisitedObject::Candidate { id, household: id.to_string() }
            }
            ResolvedObject::Group { name, persons } => {
                VisitedObject::Group { name: name.clone(), persons: *persons }
            }
            ResolvedObject::Object { name, .. } => VisitedObject::Object { name: name.clone() },
        }
    }
}

/// The rows in which a visit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rows<'t> {
    /// In the visiting unit's own table.
    pub own: &'t Row,
    /// In every table above.
    pub above: &'t Row,
}

/// Decides the rows; `person` holds identities and open hardship marks of someone on the roster. Used when a visit
/// is recorded and again whenever roster, candidate or template change (design §5).
#[must_use]
pub fn rows_of<'t>(
    template: &'t Template,
    unit: &Unit,
    category: Option<Category>,
    person: Option<(&[Identity], &[Hardship])>,
) -> Rows<'t> {
    let by_category = || category.map_or_else(|| template.other(), |it| it.row(template));
    let Some((identities, hardship)) = person else {
        let row = by_category();
        return Rows { own: row, above: row };
    };
    let own_unit = category == Some(Category::OwnUnit) && unit.kind.is_department();
    let identity = template.row_of_person(identities, hardship);
    if own_unit {
        let above = identity.unwrap_or_else(by_category);
        return Rows { own: template.row_of_object(ObjectKind::OwnUnitVeteran).unwrap_or(above), above };
    }
    let row = identity.unwrap_or_else(by_category);
    Rows { own: row, above: row }
}

/// Decides whom a row means and where it counts; remarks go to `findings`. `None`: the row is refused, and the
/// findings say why.
pub fn resolve<'r, R: Roster + ?Sized>(
    row: &VisitRow,
    rules: Rules<'_>,
    roster: &'r R,
    findings: &mut Vec<RowFinding>,
) -> Option<Resolved<'r>> {
    let mut remarks = Remarks { sheet: row.sheet, row: row.row, list: findings };
    let Some(unit) = rules.units.get(row.unit) else {
        let column = Some(VisitColumn::Unit.title());
        remarks.refuse(column, "visit.unit", "走访单位已不存在，请改写现在的单位名称".to_owned());
        return None;
    };
    let object = match row.category {
        Some(Category::Object(kind)) => named_object(row, kind, rules.units, &mut remarks)?,
        _ => find_object(row, unit, rules.units, roster, &mut remarks)?,
    };
    Some(counted(row, unit, object, &rules.campaign.template, &mut remarks))
}

/// As [`resolve`], of a visit that keeps whom it went to: the names of the roster are not looked through again, since
/// somebody may have said that a candidate is none of them, and a group has no name.
pub fn resolve_kept(
    row: &VisitRow,
    rules: Rules<'_>,
    object: ResolvedObject<'static>,
    findings: &mut Vec<RowFinding>,
) -> Option<Resolved<'static>> {
    let mut remarks = Remarks { sheet: row.sheet, row: row.row, list: findings };
    let unit = rules.units.get(row.unit)?;
    Some(counted(row, unit, object, &rules.campaign.template, &mut remarks))
}

/// Where a visit to this object counts.
fn counted<'r>(
    row: &VisitRow,
    unit: &Unit,
    object: ResolvedObject<'r>,
    template: &Template,
    remarks: &mut Remarks<'_>,
) -> Resolved<'r> {
    let (category, person) = match &object {
        ResolvedObject::Object { kind, .. } => (Some(Category::Object(*kind)), None),
        ResolvedObject::Person(known) => {
            (row.category, Some((known.identities.as_slice(), known.hardship.as_slice())))
        }
        _ => (row.category, None),
    };
    let rows = rows_of(template, unit, category, person);
    remark_grade(category, person, template, remarks);
    remark_person(row, &object, remarks);
    remark_headcount(row, &object, remarks);
    remark_caps(row, &object, template, remarks);
    Resolved { object, own_row: rows.own.key.clone(), row: rows.above.key.clone() }
}

/// Troops and institutions go by name; the registered one when there is one (design rule 14).
fn named_object(
    row: &VisitRow,
    kind: ObjectKind,
    units: &UnitTree,
    remarks: &mut Remarks<'_>,
) -> Option<ResolvedObject<'static>> {
    let label = object_label(kind);
    if row.name.is_empty() {
        let message = format!("走访{label}没有写对象姓名，请填写部队代称或单位名称");
        remarks.refuse(Some(VisitColumn::Name.title()), "visit.no_object", message);
        return None;
    }
    let registered = registered(units, &row.name);
    if registered.is_none() && kind != ObjectKind::Institution {
        let message = format!(
            "“{}”不是已登记的部队代称，已计入；请核对写法，或由县双拥办登记该代称（不得填写番号）",
            row.name
        );
        remarks.warn(Some(VisitColumn::Name.title()), "visit.troop_unregistered", message);
    }
    let name = registered.map_or_else(|| row.name.clone(), |unit| unit.name.clone());
    Some(ResolvedObject::Object { name, kind })
}

fn registered<'u>(units: &'u UnitTree, name: &str) -> Option<&'u Unit> {
    let fits = |unit: &&Unit| matches!(unit.kind, UnitKind::Troop | UnitKind::Institution);
    units.find(name).ok().filter(fits)
}

/// A person by number, else by name; else a registered troop or institution, a group or a candidate.
fn find_object<'r, R: Roster + ?Sized>(
    row: &VisitRow,
    unit: &Unit,
    units: &UnitTree,
    roster: &'r R,
    remarks: &mut Remarks<'_>,
) -> Option<ResolvedObject<'r>> {
    let key = name_key(&row.name);
    if let Some(number) = &row.citizen {
        return by_number(row, number, &key, roster, remarks);
    }
    if key.is_empty() {
        let message = "没有写走访对象，请填写对象姓名或公民身份号码".to_owned();
        remarks.refuse(Some(VisitColumn::Name.title()), "visit.no_object", message);
        return None;
    }
    let township = units.township_of(unit.id);
    let here = township.map_or_else(Vec::new, |it| roster.by_name_in_township(it.id, &key));
    if let [one] = here.as_slice() {
        return Some(ResolvedObject::Person(one));
    }
    if here.is_empty() && !row.has_number {
        if let Some(object) = unmarked_object(row, units, remarks) {
            return Some(object);
        }
        let elsewhere = if township.is_some() { 0 } else { roster.by_name_in_county(&key) };
        if let Some(persons) = row.headcount.filter(|number| *number >= 2 && elsewhere == 0) {
            return Some(ResolvedObject::Group { name: row.name.clone(), persons });
        }
    }
    remark_candidate(row, here.len(), township, roster.by_name_in_county(&key), remarks);
    let key = CandidateKey::UnitName(unit.id, key);
    Some(ResolvedObject::Candidate { key, name: row.name.clone() })
}

fn by_number<'r, R: Roster + ?Sized>(
    row: &VisitRow,
    number: &CitizenId,
    name: &str,
    roster: &'r R,
    remarks: &mut Remarks<'_>,
) -> Option<ResolvedObject<'r>> {
    let Some(known) = roster.by_number(number) else {
        let message = format!("公民身份号码{number}不在名册中，已列为待确认对象");
        remarks.note(Some(VisitColumn::Citizen.title()), "visit.candidate", message);
        let key = CandidateKey::Number(*number);
        return Some(ResolvedObject::Candidate { key, name: row.name.clone() });
    };
    if !name.is_empty() && name_key(&known.name) != name {
        let message = format!(
            "公民身份号码{number}在名册中的姓名是“{}”，与所填“{}”不一致，请核对号码和姓名",
            mask::name(&known.name),
            row.name
        );
        remarks.refuse(Some(VisitColumn::Name.title()), "visit.name_differs", message);
        return None;
    }
    Some(ResolvedObject::Person(known))
}

/// A registered troop or institution whose row leaves 对象类别 empty never becomes a candidate person.
fn unmarked_object(
    row: &VisitRow,
    units: &UnitTree,
    remarks: &mut Remarks<'_>,
) -> Option<ResolvedObject<'static>> {
    if row.category.is_some() {
        return None;
    }
    let unit = registered(units, &row.name)?;
    let kind = if unit.kind == UnitKind::Troop { ObjectKind::Troop } else { ObjectKind::Institution };
    let message = format!("对象类别未填，“{}”按{}计入", unit.name, object_label(kind));
    remarks.note(Some(VisitColumn::Category.title()), "visit.object_by_name", message);
    Some(ResolvedObject::Object { name: unit.name.clone(), kind })
}

fn remark_candidate(
    row: &VisitRow,
    here: usize,
    township: Option<&Unit>,
    in_county: usize,
    remarks: &mut Remarks<'_>,
) {
    let column = Some(VisitColumn::Name.title());
    let name = &row.name;
    match township {
        Some(township) if here > 0 => {
            let message = format!(
                "{}名册中有{here}人叫“{name}”，无法确定是谁，已列为待确认对象，请补填公民身份号码",
                township.name
            );
            remarks.warn(column, "visit.name_ambiguous", message);
        }
        _ if in_county > 0 => {
            let place = if township.is_some() {
                "本乡镇（街道）名册中没有"
            } else {
                "只凭姓名不能确定是否为"
            };
            let message =
                format!("{place}“{name}”，县名册中有{in_county}人同名，已列为待确认对象，请补填公民身份号码");
            remarks.warn(column, "visit.name_elsewhere", message);
        }
        _ => {
            let message = format!("“{name}”不在名册中，已列为待确认对象");
            remarks.note(column, "visit.candidate", message);
        }
    }
}

fn remark_grade(
    category: Option<Category>,
    person: Option<(&[Identity], &[Hardship])>,
    template: &Template,
    remarks: &mut Remarks<'_>,
) {
    let by_identity =
        person.is_some_and(|(identities, marks)| template.row_of_person(identities, marks).is_some());
    if !by_identity && category.is_some_and(|it| it.lacks_grade(template)) {
        let message = format!("残疾军人的等级不明，计入“{}”；请在对象类别中写明等级", template.other().label);
        remarks.warn(Some(VisitColumn::Category.title()), "visit.grade_unknown", message);
    }
}

/// A visit dated after a person's death, or to one who moved away (imported and counted all the same).
fn remark_person(row: &VisitRow, object: &ResolvedObject<'_>, remarks: &mut Remarks<'_>) {
    let ResolvedObject::Person(known) = object else { return };
    let name = mask::name(&known.name);
    let column = Some(VisitColumn::VisitedOn.title());
    match (known.status, known.stopped_on) {
        (PersonStatus::Dead, Some(day)) if row.visited_on > day => {
            let message = format!("名册登记{name}已于{day}死亡，走访日期{}在其后，请核对", row.visited_on);
            remarks.warn(column, "visit.after_death", message);
        }
        (PersonStatus::Dead, None) => {
            let message = format!("名册登记{name}已死亡（日期未填），请核对走访对象和日期");
            remarks.warn(column, "visit.to_dead", message);
        }
        (PersonStatus::Moved, _) => {
            let message = format!("名册登记{name}已迁出，请核对走访对象或更新名册");
            remarks.warn(Some(VisitColumn::Name.title()), "visit.to_moved", message);
        }
        _ => {}
    }
}

/// Only a group keeps 人数; of troops it is never kept (design rule 14).
fn remark_headcount(row: &VisitRow, object: &ResolvedObject<'_>, remarks: &mut Remarks<'_>) {
    let column = Some(VisitColumn::Headcount.title());
    let Some(number) = row.headcount else { return };
    match object {
        ResolvedObject::Group { .. } => {}
        ResolvedObject::Object { kind: ObjectKind::Institution, .. } => {
            let message = "优抚事业单位按个计，人数不计入".to_owned();
            remarks.note(column, "visit.headcount_not_counted", message);
        }
        ResolvedObject::Object { .. } => {
            let message = "部队不登记人数，写的人数没有保存".to_owned();
            remarks.note(column, "visit.troop_headcount", message);
        }
        _ if number >= 2 => {
            let message = format!("走访的是一人，人数{number}不计入，按1人计");
            remarks.note(column, "visit.headcount_not_counted", message);
        }
        _ => {}
    }
}

fn remark_caps(row: &VisitRow, object: &ResolvedObject<'_>, template: &Template, remarks: &mut Remarks<'_>) {
    let persons = match object {
        ResolvedObject::Person(_) | ResolvedObject::Candidate { .. } => 1,
        ResolvedObject::Group { persons, .. } => *persons,
        ResolvedObject::Object { .. } => return,
    };
    let caps = &template.caps;
    for (column, amount, cap, code) in [
        (VisitColumn::Money, row.money_fen, caps.money_per_person_fen, "visit.money_cap"),
        (VisitColumn::GoodsValue, row.goods_fen, caps.goods_per_person_fen, "visit.goods_cap"),
    ] {
        if cap.0 > 0 && amount.0 > cap.0.saturating_mul(persons) {
            let what = if column == VisitColumn::Money { "慰问金" } else { "慰问品折价" };
            let each = if persons > 1 { format!("（{persons}人）") } else { String::new() };
            let message = format!(
                "{what}{}元{each}超过每人{}元的上限，已照录，请核对并在备注中说明理由",
                amount.yuan_short(),
                cap.yuan_short()
            );
            remarks.warn(Some(column.title()), code, message);
        }
    }
}
