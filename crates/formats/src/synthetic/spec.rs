//! What is to be generated.

use crate::division::County;
use crate::division::organs::{OrganKind, organs};

/// One township with its villages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The township's code.
    pub code: String,
    /// The township's name, as files write it.
    pub name: String,
    /// Names of its villages, long or short.
    pub villages: Vec<String>,
}

/// A county, the sizes and the seed. The same values give the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    /// Six digits.
    pub county_code: String,
    /// The county's name; a people in it (土家族) is the largest in the roster.
    pub county_name: String,
    /// The townships.
    pub townships: Vec<Place>,
    /// Departments and organisations that visit their own veterans.
    pub departments: Vec<String>,
    /// The county office, which visits troops and institutions.
    pub office: String,
    /// Aliases of the stationed troops. Register them, or the import warns of each.
    pub troops: Vec<String>,
    /// Institutions that are visited.
    pub institutions: Vec<String>,
    /// Persons on the roster.
    pub people: usize,
    /// Visits of the campaign.
    pub visits: usize,
    /// From which all chance comes.
    pub seed: u64,
    /// The campaign's year: visits lie between 1 July and 12 August, a few a little later.
    pub year: i16,
    /// First digits of all bank cards, at most eight; a prefix that no bank issues.
    pub card_prefix: String,
}

impl Spec {
    /// For a county of the national list, with the usual organs that `init` creates.
    #[must_use]
    pub fn of_county(county: &County, people: usize, visits: usize, seed: u64, year: i16) -> Self {
        let place = |township: &crate::division::Township| Place {
            code: township.code.clone(),
            name: township.name.clone(),
            villages: township.villages.iter().map(|village| village.short_name.clone()).collect(),
        };
        let organs = organs(&county.name);
        let names = |wanted: &dyn Fn(OrganKind) -> bool| -> Vec<String> {
            organs.iter().filter(|organ| wanted(organ.kind)).map(|organ| organ.name.clone()).collect()
        };
        let visits_own = |kind| !matches!(kind, OrganKind::Office | OrganKind::Institution);
        Self {
            county_code: county.code.clone(),
            county_name: county.name.clone(),
            townships: county.townships.iter().map(place).collect(),
            departments: names(&visits_own),
            office: names(&|kind| kind == OrganKind::Office).into_iter().next().unwrap_or_default(),
            troops: ["县人武部", "武警中队", "驻地某部", "消防救援大队"].map(str::to_owned).to_vec(),
            institutions: names(&|kind| kind == OrganKind::Institution),
            people,
            visits,
            seed,
            year,
            card_prefix: "99".to_owned(),
        }
    }
}
