//! Units and campaigns of a county: read by nearly every act, changed a few times a year.
//!
//! They are kept in memory under the county's `reference_version`, which every change of them raises in its own
//! transaction, so that one small read tells whether what is kept is what the transaction would see. A transaction
//! that changes them reads them from the tables until it ends: what it may yet take back is never kept.

use crate::coverage::Tally;
use crate::visit::OfDay;
use crate::{StoreError, Tx, campaign, on, unit};
use domain::campaign::Campaign;
use domain::ids::{CampaignId, UnitId};
use domain::region::CountyCode;
use domain::statistics::ScopeCells;
use domain::unit::UnitTree;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// Units and campaigns as one transaction sees them.
#[derive(Debug)]
pub struct Reference {
    /// All units; `None` while the county has none.
    pub units: Option<Arc<UnitTree>>,
    /// All campaigns, the latest deadline first.
    pub campaigns: Vec<Arc<Campaign>>,
}

impl Reference {
    /// A campaign by its code (`bayi-2024`).
    #[must_use]
    pub fn campaign(&self, code: &str) -> Option<&Arc<Campaign>> {
        self.campaigns.iter().find(|campaign| campaign.code == code)
    }

    /// A campaign by its id.
    #[must_use]
    pub fn campaign_by_id(&self, id: CampaignId) -> Option<&Arc<Campaign>> {
        self.campaigns.iter().find(|campaign| campaign.id == id)
    }
}

/// What a database keeps in memory.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    reference: Versioned<CountyCode, Reference>,
    /// Sums of a scope, under the county's place in its audit chain.
    pub(crate) cells: Versioned<(CountyCode, CampaignId, UnitId), ScopeCells>,
    /// Visits by day and method; likewise.
    pub(crate) days: Versioned<(CountyCode, CampaignId), Vec<OfDay>>,
    /// How far an obligation of a campaign is met, by its place in the template; likewise.
    pub(crate) tallies: Versioned<(CountyCode, CampaignId, usize), Vec<Tally>>,
}

/// Values with the version at which they were read.
#[derive(Debug)]
pub(crate) struct Versioned<K, V>(Mutex<HashMap<K, (i64, Arc<V>)>>);

/// Values of one kind that are kept at most.
const MOST: usize = 1_000;

impl<K, V> Default for Versioned<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V> Versioned<K, V> {
    pub(crate) fn get(&self, key: &K, version: i64) -> Option<Arc<V>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key).filter(|(of, _)| *of == version).map(|(_, value)| Arc::clone(value))
    }

    pub(crate) fn put(&self, key: K, version: i64, value: &Arc<V>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(key, (version, Arc::clone(value)));
    }
}

const VERSION: &str = "SELECT reference_version FROM county WHERE county_code = $1";
const RAISE: &str = "UPDATE county SET reference_version = reference_version + 1 WHERE county_code = $1";

/// Units and campaigns of a county, empty for a county that is not set up.
pub async fn get(tx: &mut Tx, county: CountyCode) -> Result<Arc<Reference>, StoreError> {
    let version: Option<(i64,)> =
        on!(tx, c => sqlx::query_as(VERSION).bind(county.as_str()).fetch_optional(c).await)?;
    let version = version.map_or(0, |(version,)| version);
    let may_keep = !tx.has_changed_reference();
    if let Some(reference) = tx.kept().reference.get(&county, version).filter(|_| may_keep) {
        return Ok(reference);
    }
    let units = unit::list(tx, county).await?;
    let campaigns = campaign::list(tx, county).await?.into_iter().map(Arc::new).collect();
    let reference = Arc::new(Reference { units: UnitTree::new(units).map(Arc::new), campaigns });
    if may_keep {
        tx.kept().reference.put(county, version, &reference);
    }
    Ok(reference)
}

/// Says that units or campaigns change in this transaction. Every function that writes them calls this.
pub(crate) async fn changed(tx: &mut Tx, county: CountyCode) -> Result<(), StoreError> {
    tx.mark_reference_changed();
    on!(tx, c => sqlx::query(RAISE).bind(county.as_str()).execute(c).await.map(drop))?;
    Ok(())
}
