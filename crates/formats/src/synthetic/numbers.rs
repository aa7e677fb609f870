//! Numbers of persons who do not live: births before 1900, cards and telephones that nobody was given.

use domain::citizen::{CitizenId, Sex};
use jiff::ToSpan;
use jiff::civil::{Date, date};

/// Each this-many-th person has an old number of 15 digits.
const OLD_EVERY: u64 = 199;
/// Sequence numbers of one sex on one day and area.
const SEQUENCES: u64 = 499;
/// A prime that divides no number of slots: steps of it reach every slot once.
const STEP: u64 = 1_000_003;
/// Cards of one prefix: ten digits count them.
const CARDS: u64 = 10_000_000_000;

/// Telephone numbers of one prefix: eight digits count them.
const PHONES: u64 = 100_000_000;

/// Days of birth of 18-digit numbers: all before 1900.
const BIRTHS: (Date, u64) = (date(1880, 1, 1), 7305);
/// Days of birth of 15-digit numbers, which always mean the 20th century: 1901–1908.
const OLD_BIRTHS: (Date, u64) = (date(1901, 1, 1), 2922);

/// The number of the person with this index. No two are equal up to 3.6 million persons.
pub(super) fn citizen(index: u64, sex: Sex, areas: &[u32], seed: u64) -> String {
    let is_old = index % OLD_EVERY == 7;
    let ((first, days), index) = if is_old { (OLD_BIRTHS, index / OLD_EVERY) } else { (BIRTHS, index) };
    let areas_count = areas.len() as u64;
    let slots = days * SEQUENCES * areas_count;
    let slot = (index % slots * STEP + offset(seed, slots)) % slots;
    let area = areas[usize::try_from(slot % areas_count).unwrap_or_default()];
    let sequence = slot / areas_count % SEQUENCES * 2 + if sex == Sex::Male { 1 } else { 2 };
    let day = i64::try_from(slot / areas_count / SEQUENCES).unwrap_or_default();
    let birth = first.saturating_add(day.days());
    let (year, month, day) = (birth.year(), birth.month(), birth.day());
    if is_old {
        return format!("{area}{:02}{month:02}{day:02}{sequence:03}", year % 100);
    }
    let digits = format!("{area}{year}{month:02}{day:02}{sequence:03}");
    CitizenId::complete(&digits).map(|number| number.reveal().to_owned()).unwrap_or(digits)
}

/// The area codes of a county's people: the codes it had over the years (石柱: domain.md E).
pub(super) fn areas(county: &str) -> Vec<u32> {
    match county {
        "500240" => vec![512_325, 513_521, 500_240],
        other => {
            vec![other.parse().ok().filter(|code| (110_000..1_000_000).contains(code)).unwrap_or(500_000)]
        }
    }
}

/// A card of 19 digits with a right Luhn digit; no two are equal.
pub(super) fn card(index: u64, prefix: &str, seed: u64) -> String {
    let counted = (index % CARDS * STEP + offset(seed, CARDS)) % CARDS;
    let body = format!("{prefix:0<8}{counted:010}");
    let check = (0..10).map(|digit| format!("{body}{digit}")).find(|card| domain::bank::luhn(card));
    check.unwrap_or(body)
}

/// A telephone number that no one has.
pub(super) fn phone(index: u64, seed: u64) -> String {
    format!("200{:08}", (index % PHONES * STEP + offset(seed, PHONES)) % PHONES)
}

/// Where a seed begins to count; small seeds, too, begin far from each other.
fn offset(seed: u64, end: u64) -> u64 {
    (seed ^ 0x5bd1_e995).wrapping_mul(0x9e37_79b9_7f4a_7c15) % end
}
