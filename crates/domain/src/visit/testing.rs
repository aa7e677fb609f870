//! A small county and a template like `campaigns/bayi.toml`, for tests of visits and statistics.
#![allow(clippy::unwrap_used)]

use super::{Known, Roster, Rules, VisitColumn, name_key};
use crate::campaign::{Campaign, Caps, CountUnit, ObjectKind, Period, PersonMatch, Row, Template};
use crate::citizen::CitizenId;
use crate::ids::{CampaignId, PersonId, UnitId};
use crate::money::Fen;
use crate::person::{Identity, PersonClass, PersonStatus};
use crate::sheet::{Cell, RawRow};
use crate::unit::{Unit, UnitKind, UnitTree};
use jiff::civil::date;
use std::collections::BTreeMap;
use uuid::Uuid;

pub fn unit_id(number: u128) -> UnitId {
    UnitId(Uuid::from_u128(number))
}

pub const COUNTY: u128 = 1;
pub const TOWN: u128 = 2;
pub const OTHER_TOWN: u128 = 3;
pub const VILLAGE: u128 = 4;
pub const BUREAU: u128 = 5;

pub fn units() -> UnitTree {
    let unit =
        |number, code: &str, kind, name: &str, short: &str, parent: Option<u128>, alias: &[&str]| Unit {
            id: unit_id(number),
            code: code.to_owned(),
            kind,
            name: name.to_owned(),
            short_name: short.to_owned(),
            parent_id: parent.map(unit_id),
            valid_from: None,
            valid_to: None,
            aliases: alias.iter().map(|it| (*it).to_owned()).collect(),
        };
    let (county, town) = (Some(COUNTY), Some(TOWN));
    UnitTree::new(vec![
        unit(COUNTY, "500240", UnitKind::County, "石柱土家族自治县", "石柱县", None, &[]),
        unit(TOWN, "500240105000", UnitKind::Township, "黄水镇", "黄水镇", county, &["黄水"]),
        unit(OTHER_TOWN, "500240001000", UnitKind::Township, "南宾街道", "南宾街道", county, &[]),
        unit(VILLAGE, "500240105201", UnitKind::Village, "星光村民委员会", "星光村", town, &[]),
        unit(BUREAU, "500240D017", UnitKind::Department, "县教育局", "教育局", county, &[]),
        unit(6, "500240T001", UnitKind::Troop, "驻石某部", "驻石某部", county, &["某部一中队"]),
        unit(7, "500240I001", UnitKind::Institution, "县光荣院", "县光荣院", county, &[]),
    ])
    .unwrap()
}

pub fn row(key: &str, label: &str, matches: Vec<PersonMatch>) -> Row {
    Row {
        key: key.to_owned(),
        label: label.to_owned(),
        unit: CountUnit::Person,
        enabled: true,
        instead: None,
        object: None,
        matches,
        also: Vec::new(),
    }
}

pub fn takes(classes: &[PersonClass], grades: Option<(u8, u8)>) -> Vec<PersonMatch> {
    vec![PersonMatch { classes: classes.to_vec(), grades, hardship: None }]
}

fn object_row(key: &str, label: &str, kind: ObjectKind) -> Row {
    Row { unit: CountUnit::Object, object: Some(kind), ..row(key, label, vec![]) }
}

/// Rows in the order of the August template, without those that add nothing to the tests.
pub fn template() -> Template {
    use PersonClass as C;
    let hardship = PersonMatch { classes: vec![C::Veteran], grades: None, hardship: Some(true) };
    let own_unit = Row {
        object: Some(ObjectKind::OwnUnitVeteran),
        ..row("own_unit_veteran", "本单位退役军人", vec![])
    };
    let training = Row {
        enabled: false,
        instead: Some("troop".to_owned()),
        ..object_row("training_troop", "训练/演习部队", ObjectKind::TrainingTroop)
    };
    let other = row("other", "其他", takes(&[C::RedArmy, C::DisabledPolice, C::DisabledMilitia], None));
    with_rows(vec![
        object_row("troop", "驻军部队", ObjectKind::Troop),
        training,
        object_row("institution", "优抚事业单位", ObjectKind::Institution),
        row("martyr_survivor", "烈士遗属", takes(&[C::MartyrSurvivor], None)),
        row("disabled_1_4", "一至四级残疾军人", takes(&[C::DisabledSoldier], Some((1, 4)))),
        row("disabled_5_6", "五至六级残疾军人", takes(&[C::DisabledSoldier], Some((5, 6)))),
        row("disabled_7_10", "七至十级残疾军人", takes(&[C::DisabledSoldier], Some((7, 10)))),
        row("old_demobilised", "老复员军人", takes(&[C::OldDemobilised], None)),
        row("combat_veteran", "参战退役军人", takes(&[C::CombatVeteran], None)),
        Row {
            also: vec!["现役军人家属".to_owned()],
            ..row("serving_family", "现役军人家属（含边海防）", takes(&[C::ServingFamily], None))
        },
        row("hardship_veteran", "困难退役军人", vec![hardship]),
        own_unit,
        other,
    ])
}

pub fn with_rows(rows: Vec<Row>) -> Template {
    Template {
        format: 1,
        key: "bayi".to_owned(),
        version: 1,
        name: "“八一”走访慰问".to_owned(),
        title: "{year}年“八一”期间走访慰问驻{place}部队和优抚对象情况统计表".to_owned(),
        period: Period { from: "07-01".to_owned(), to: "08-12".to_owned(), from_year: 0 },
        deadlines: BTreeMap::new(),
        rows,
        columns: Vec::new(),
        tasks: Vec::new(),
        obligations: Vec::new(),
        payments: Vec::new(),
        caps: Caps { money_per_person_fen: Fen::from_yuan(1000), goods_per_person_fen: Fen::from_yuan(500) },
        report_sections: Vec::new(),
    }
}

pub fn campaign(template: Template) -> Campaign {
    Campaign {
        id: CampaignId(Uuid::from_u128(900)),
        code: "bayi-2024".to_owned(),
        year: 2024,
        heading: template.heading(2024, "石"),
        deadline: date(2024, 8, 12),
        period: template.period.days(2024).unwrap(),
        is_open: true,
        template,
    }
}

/// The county and the campaign of most tests.
pub struct World {
    pub units: UnitTree,
    pub campaign: Campaign,
}

impl World {
    pub fn new() -> Self {
        Self { units: units(), campaign: campaign(template()) }
    }

    pub fn rules(&self) -> Rules<'_> {
        Rules { units: &self.units, campaign: &self.campaign }
    }
}

/// A right number for the n-th made-up person, born in 1899.
pub fn number(n: u32) -> CitizenId {
    CitizenId::complete(&format!("50024018990101{n:03}")).unwrap()
}

pub fn identity(class: PersonClass, grade: Option<u8>) -> Identity {
    Identity { class, grade, nature: None }
}

/// A roster in memory.
#[derive(Default)]
pub struct People(pub Vec<(CitizenId, Known)>);

impl People {
    /// Adds the n-th person; everything else can be changed afterwards.
    pub fn add(&mut self, n: u32, name: &str, township: u128, identities: &[Identity]) -> &mut Known {
        let id = PersonId(Uuid::from_u128(1000 + u128::from(n)));
        let known = Known {
            id,
            name: name.to_owned(),
            household: id.to_string(),
            identities: identities.to_vec(),
            hardship: Vec::new(),
            status: PersonStatus::Normal,
            stopped_on: None,
            township_id: unit_id(township),
            village_id: None,
        };
        self.0.push((number(n), known));
        &mut self.0.last_mut().unwrap().1
    }
}

impl Roster for People {
    fn by_number(&self, number: &CitizenId) -> Option<&Known> {
        self.0.iter().find(|(id, _)| id == number).map(|(_, known)| known)
    }

    fn by_name_in_township(&self, township: UnitId, key: &str) -> Vec<&Known> {
        let fits = |known: &&Known| known.township_id == township && name_key(&known.name) == key;
        self.0.iter().map(|(_, known)| known).filter(fits).collect()
    }

    fn by_name_in_county(&self, key: &str) -> usize {
        self.0.iter().filter(|(_, known)| name_key(&known.name) == key).count()
    }
}

/// A row of the file: 2024-07-15, 黄水镇, 登门看望, and what is given.
pub fn raw(cells: &[(VisitColumn, &str)]) -> RawRow {
    let mut row = RawRow { sheet: 0, row: 2, cells: vec![Cell::Empty; VisitColumn::ALL.len()] };
    let usual = [
        (VisitColumn::VisitedOn, "2024-07-15"),
        (VisitColumn::Unit, "黄水镇"),
        (VisitColumn::Method, "登门看望"),
    ];
    for (column, text) in usual.iter().chain(cells) {
        row.cells[*column as usize] =
            if text.is_empty() { Cell::Empty } else { Cell::Text((*text).to_owned()) };
    }
    row
}
