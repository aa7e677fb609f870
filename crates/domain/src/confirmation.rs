//! 年度确认: once a year it is seen that a receiver of allowances is alive and still entitled (domain.md B).

use crate::person::words;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

words! {
    /// By what a person was confirmed.
    Means {
        /// Face recognition.
        Face = "face", "人脸识别";
        /// A video call.
        Video = "video", "视频";
        /// A visit at home.
        HomeVisit = "home_visit", "入户";
        /// A proof that was handed in.
        Proof = "proof", "证明材料";
    }
}

/// Why a confirmation cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfirmationError {
    /// The day has not come yet.
    #[error("确认日期 {0} 晚于今天，请核对")]
    Future(Date),
    /// The day belongs to another year.
    #[error("确认日期 {day} 不在 {year} 年度内（可提前或推迟至多三个月），请核对")]
    OtherYear {
        /// The day.
        day: Date,
        /// The year that is confirmed.
        year: i16,
    },
    /// Proof without a file and without a word about it.
    #[error("以证明材料确认的，请上传证明或在备注中写明是什么证明")]
    NoProof,
}

/// Months before and after the year in which it may still be confirmed.
const MARGIN_MONTHS: i16 = 3;

/// Holds a confirmation against the rules.
pub fn check(
    year: i16,
    means: Means,
    day: Date,
    today: Date,
    has_evidence: bool,
) -> Result<(), ConfirmationError> {
    if day > today {
        return Err(ConfirmationError::Future(day));
    }
    let months = (day.year() - year) * 12 + i16::from(day.month());
    if !(1 - MARGIN_MONTHS..=12 + MARGIN_MONTHS).contains(&months) {
        return Err(ConfirmationError::OtherYear { day, year });
    }
    if means == Means::Proof && !has_evidence {
        return Err(ConfirmationError::NoProof);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_confirmation_lies_about_its_year_and_not_in_the_future() {
        let today = date(2024, 7, 20);
        let at = |day, means, evidence| check(2024, means, day, today, evidence);
        assert_eq!(at(date(2024, 7, 20), Means::Face, false), Ok(()));
        assert_eq!(at(date(2023, 10, 1), Means::Face, false), Ok(()));
        let early = date(2023, 9, 30);
        assert_eq!(
            at(early, Means::Face, false),
            Err(ConfirmationError::OtherYear { day: early, year: 2024 })
        );
        assert_eq!(check(2022, Means::Face, date(2023, 3, 31), today, false), Ok(()));
        assert!(check(2022, Means::Face, date(2023, 4, 1), today, false).is_err());
        assert_eq!(
            at(date(2024, 7, 21), Means::Face, false),
            Err(ConfirmationError::Future(date(2024, 7, 21)))
        );
        assert_eq!(at(today, Means::Proof, false), Err(ConfirmationError::NoProof));
        assert_eq!(at(today, Means::Proof, true), Ok(()));
    }
}
