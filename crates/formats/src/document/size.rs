//! Lengths as whole numbers: no rounding differs from one writer to the other.

use serde::Serialize;

/// A length in hundredths of a millimetre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
#[serde(transparent)]
pub struct Length(pub i32);

impl Length {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Whole millimetres.
    #[must_use]
    pub const fn mm(mm: i32) -> Self {
        Self(mm * 100)
    }

    /// In twentieths of a point, as OOXML counts.
    #[must_use]
    pub const fn twips(self) -> i32 {
        // 1 inch = 1440 twips = 2540 hundredths of a millimetre.
        (self.0 * 144 + 127) / 254
    }
}

/// A font size or line pitch in tenths of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Points(pub u16);

impl Points {
    /// 二号, titles of official documents.
    pub const SIZE_2: Self = Self(220);
    /// 三号, body of official documents.
    pub const SIZE_3: Self = Self(160);
    /// 四号
    pub const SIZE_4: Self = Self(140);
    /// 小四
    pub const SIZE_4_SMALL: Self = Self(120);
    /// 五号
    pub const SIZE_5: Self = Self(105);
    /// 小五
    pub const SIZE_5_SMALL: Self = Self(90);
    /// Between 小五 and 六号, for tables with many columns.
    pub const SIZE_8: Self = Self(80);

    /// In half points, as OOXML counts; a tenth that does not fit is rounded.
    #[must_use]
    pub const fn half_points(self) -> u16 {
        (self.0 + 2) / 5
    }

    /// In twentieths of a point.
    #[must_use]
    pub const fn twips(self) -> u16 {
        self.0 * 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_sizes_as_ooxml_counts() {
        assert_eq!(Length::mm(210).twips(), 11906, "the width Word writes for A4");
        assert_eq!(Length::mm(297).twips(), 16838, "and its height");
        assert_eq!(Points::SIZE_5.half_points(), 21);
        assert_eq!(Points::SIZE_3.half_points(), 32);
        assert_eq!(Points(290).twips(), 580);
    }
}
