//! 催办: the office asks units for what is missing.

use crate::calendar::Remaining;
use jiff::civil::Date;

/// A unit that was asked less long ago is asked again only on purpose, in milliseconds.
pub const PAUSE_MS: i64 = 3_600_000;

/// What is said when the office writes nothing of its own: `table` is what is missing.
#[must_use]
pub fn sentence(table: &str, deadline: Date, remaining: Remaining) -> String {
    format!("{table}应于 {deadline} 前报送（{remaining}），请尽快报送。")
}

/// `催办 2 次，最近 11-26 10:05，已阅 1/2`: `last` is a moment as people write it, `2024-11-26 10:05:00`.
#[must_use]
pub fn words(times: i64, last: &str, told: i64, seen: i64) -> String {
    let last = last.get(5..16).unwrap_or(last);
    let seen = if told > 0 { format!("已阅 {seen}/{told}") } else { "没有账号".to_owned() };
    format!("催办 {times} 次，最近 {last}，{seen}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn what_is_said() {
        let said = sentence("2024年“八一”走访慰问统计表", date(2024, 8, 12), Remaining::Left(3));
        assert_eq!(said, "2024年“八一”走访慰问统计表应于 2024-08-12 前报送（剩3天），请尽快报送。");
        assert_eq!(words(2, "2024-11-26 10:05:00", 2, 1), "催办 2 次，最近 11-26 10:05，已阅 1/2");
        assert_eq!(words(1, "2024-11-26 10:05:00", 0, 0), "催办 1 次，最近 11-26 10:05，没有账号");
    }
}
