//! A county to measure on: a clock that stands in its campaign, ids from a seed, a SQLite database in a folder.

use app::{App, Caller, Chance, Clock, Problem};
use domain::region::CountyCode;
use formats::division::{self, County};
use formats::synthetic::Spec;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use store::{Db, FileKeys, FilesAt, HeadFiles, Objects, Sealer, Signer, Target};
use uuid::Uuid;

/// The county of domain.md: 33 townships, 242 villages.
const COUNTY: &str = "500240";
const SEED: u64 = 81;
/// The year of its campaign.
pub const YEAR: i16 = 2024;
/// The campaign that `app::synthetic::load` makes.
pub const CAMPAIGN: &str = "bayi-2024";
/// 2024-08-12, behind all generated visits.
const START_MS: i64 = 1_723_449_600_000;

/// Time that goes on from a fixed moment, and chance from a fixed seed, so that no run waits for the calendar.
struct World {
    since: Instant,
    state: Mutex<State>,
}

struct State {
    random: ChaCha12Rng,
    last_ms: i64,
    in_this_ms: u16,
}

impl World {
    /// `salt` keeps the ids of several processes on one database apart.
    fn new(salt: u64) -> Self {
        let random = ChaCha12Rng::seed_from_u64(SEED ^ (salt << 32));
        Self { since: Instant::now(), state: Mutex::new(State { random, last_ms: 0, in_this_ms: 0 }) }
    }
}

impl Clock for World {
    fn now_ms(&self) -> i64 {
        START_MS + i64::try_from(self.since.elapsed().as_millis()).unwrap_or(0)
    }
}

impl Chance for World {
    fn fill(&self, bytes: &mut [u8]) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).random.fill_bytes(bytes);
    }

    /// Ids in the order of their making, as the server makes them.
    fn uuid(&self, now_ms: i64) -> Uuid {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut random = [0; 10];
        state.random.fill_bytes(&mut random);
        state.in_this_ms = if state.last_ms == now_ms { state.in_this_ms.wrapping_add(1) } else { 0 };
        state.last_ms = now_ms;
        random[..2].copy_from_slice(&(state.in_this_ms & 0x0fff).to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(u64::try_from(now_ms).unwrap_or(0), &random).into_uuid()
    }
}

/// Opens or makes the database in a folder, as the program does. `salt` differs between processes on one database.
pub async fn open(folder: &Path, salt: u64) -> Result<App, Problem> {
    let world = Arc::new(World::new(salt));
    let target = Target::Dir(folder.to_owned());
    let db = Db::open(&target, world.now_ms()).await?;
    let keys = FileKeys::beside(&target);
    let sealer = Sealer::open(&db, &keys, |bytes| world.fill(bytes)).await?;
    let signer = Signer::open(&keys, |bytes| world.fill(bytes))?;
    let trail = app::audit::Trail::new(signer, HeadFiles::beside(&target));
    let objects = Objects::open(&FilesAt::Folder(folder.join("files")), &[])?;
    Ok(App { db, sealer, trail, objects, clock: world.clone(), chance: world })
}

struct Today;

impl Clock for Today {
    #[expect(clippy::disallowed_methods, reason = "a token is made for a server that reads the real clock")]
    fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(0)
    }
}

/// The time of a running server, for what it checks against its own clock.
pub fn today() -> Arc<dyn Clock> {
    Arc::new(Today)
}

/// Who measures.
pub fn caller() -> Caller {
    Caller::machine("bench")
}

/// The county's code.
pub fn code() -> CountyCode {
    COUNTY.parse().expect("a county code")
}

/// The county's places.
pub fn county() -> Result<County, String> {
    division::county(COUNTY).map_err(|error| error.to_string())
}

/// So many persons and visits in it.
pub fn spec(county: &County, people: usize, visits: usize) -> Spec {
    app::synthetic::spec(county, people, visits, SEED, YEAR)
}
