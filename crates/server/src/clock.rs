//! The only place that reads the system clock and the system's randomness (clippy.toml bans them elsewhere).

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// The system's clock and randomness.
pub struct System {
    state: Mutex<State>,
}

struct State {
    random: ChaCha12Rng,
    last_ms: i64,
    in_this_ms: u16,
}

impl Default for System {
    fn default() -> Self {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).expect("the operating system gives random bytes");
        let random = ChaCha12Rng::from_seed(seed);
        Self { state: Mutex::new(State { random, last_ms: 0, in_this_ms: 0 }) }
    }
}

impl System {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl app::Clock for System {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the system clock")]
    fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }
}

impl app::Chance for System {
    /// Bytes for keys, straight from the operating system.
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }

    fn uuid(&self, now_ms: i64) -> Uuid {
        let mut state = self.state();
        let mut random = [0; 10];
        state.random.fill_bytes(&mut random);
        // A counter in the first random bits keeps the ids of one millisecond in order, which keeps inserts local.
        state.in_this_ms = if state.last_ms == now_ms { state.in_this_ms.wrapping_add(1) } else { 0 };
        state.last_ms = now_ms;
        random[..2].copy_from_slice(&(state.in_this_ms & 0x0fff).to_be_bytes());
        let ms = u64::try_from(now_ms).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid()
    }
}
