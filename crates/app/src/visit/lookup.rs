//! The part of the roster that a set of rows names, loaded in three statements whatever their number.

use crate::Problem;
use domain::citizen::CitizenId;
use domain::ids::UnitId;
use domain::region::CountyCode;
use domain::visit::{Known, Roster, VisitRow, name_key};
use std::collections::{BTreeSet, HashMap};
use store::{Sealer, Tx};

/// Persons found by number or name.
#[derive(Debug, Default)]
pub(crate) struct Lookup {
    known: Vec<Known>,
    by_number: HashMap<CitizenId, usize>,
    by_name: HashMap<String, Vec<usize>>,
}

impl Lookup {
    /// Loads everyone whom these rows could mean.
    pub(crate) async fn load(
        tx: &mut Tx,
        sealer: &Sealer,
        county: CountyCode,
        rows: &[VisitRow],
    ) -> Result<Self, Problem> {
        let numbers: BTreeSet<CitizenId> = rows.iter().filter_map(|row| row.citizen).collect();
        let indexes: HashMap<String, CitizenId> =
            numbers.into_iter().map(|number| (sealer.citizen_index(&number), number)).collect();
        let names: BTreeSet<String> =
            rows.iter().filter(|row| row.citizen.is_none()).map(|row| name_key(&row.name)).collect();
        let wanted: Vec<String> = indexes.keys().cloned().collect();
        let names: Vec<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
        let mut lookup = Self::default();
        for found in store::person::known(tx, county, &wanted, &names).await? {
            let place = lookup.known.len();
            if let Some(number) = indexes.get(&found.citizen_index) {
                lookup.by_number.insert(*number, place);
            }
            if found.merged_into.is_none() {
                // Whom one row means by number and another by name is found twice, and is still one person.
                let named = lookup.by_name.entry(found.name_word).or_default();
                if named.iter().all(|it| lookup.known[*it].id != found.known.id) {
                    named.push(place);
                }
            }
            lookup.known.push(found.known);
        }
        Ok(lookup)
    }
}

impl Roster for Lookup {
    fn by_number(&self, number: &CitizenId) -> Option<&Known> {
        self.by_number.get(number).map(|place| &self.known[*place])
    }

    fn by_name_in_township(&self, township: UnitId, name_key: &str) -> Vec<&Known> {
        let here = |known: &&Known| known.township_id == township;
        self.by_name
            .get(name_key)
            .into_iter()
            .flatten()
            .map(|place| &self.known[*place])
            .filter(here)
            .collect()
    }

    fn by_name_in_county(&self, name_key: &str) -> usize {
        self.by_name.get(name_key).map_or(0, Vec::len)
    }
}
