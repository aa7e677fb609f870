//! Background jobs (后台作业): kinds, states and when a failed one is tried again.

use crate::person::words;
use serde::{Deserialize, Serialize};

words! {
    /// What a job does. A retired code is never used again.
    JobKind {
        /// Reads an uploaded file and plans its import.
        ImportPlan = "import.plan", "检查导入文件";
        /// Writes the visits of a unit to a file.
        ExportVisits = "export.visits", "导出走访记录";
        /// Writes the roster of a unit to a file.
        ExportRoster = "export.roster", "导出名册";
        /// Makes the small pictures of a photo.
        Thumbnail = "thumbnail", "生成缩略图";
        /// Removes files whose time is over.
        FileExpire = "file.expire", "清理到期文件";
        /// Looks for humans whom two counties pay.
        PaymentTwins = "payment.twins", "查找跨县重复领取";
        /// Removes jobs that ended long ago.
        JobPurge = "job.purge", "清理过期作业";
    }
}

words! {
    /// Where a job stands.
    JobState {
        /// Waits for its time and for a worker.
        Queued = "queued", "等待";
        /// A worker has it.
        Running = "running", "进行中";
        /// Ended well.
        Done = "done", "完成";
        /// Ended badly; nobody tries again by itself.
        Failed = "failed", "失败";
        /// Stopped by a person.
        Cancelled = "cancelled", "已取消";
    }
}

impl JobState {
    /// Whether nothing will happen to it any more.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// How often a job is tried when nothing else is said.
pub const MAX_ATTEMPTS: i64 = 5;

/// How long to wait after so many attempts: ten seconds, then four times as long each time, at most an hour.
#[must_use]
pub fn retry_delay_ms(attempts: i64) -> i64 {
    const FIRST_MS: i64 = 10_000;
    const LONGEST_MS: i64 = 3_600_000;
    let doublings = u32::try_from(attempts.clamp(1, 10) - 1).unwrap_or(0) * 2;
    (FIRST_MS << doublings).min(LONGEST_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_grows_to_an_hour_and_stays_there() {
        let delays: Vec<i64> = (0..8).map(retry_delay_ms).collect();
        assert_eq!(delays, [10_000, 10_000, 40_000, 160_000, 640_000, 2_560_000, 3_600_000, 3_600_000]);
        assert_eq!(retry_delay_ms(i64::MAX), 3_600_000);
        assert_eq!(retry_delay_ms(i64::MIN), 10_000);
    }
}
