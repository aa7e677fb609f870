//! The one fact of a picture's EXIF that is kept: how it has to be turned to stand upright.

const ORIENTATION: u16 = 0x0112;

/// How a picture has to be turned, 1 (as it is) to 8, as EXIF counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Orientation(u8);

impl Orientation {
    /// Nothing to turn.
    pub const UPRIGHT: Self = Self(1);

    /// The first directory of a TIFF block is asked; anything odd means upright.
    pub(super) fn of_tiff(tiff: &[u8]) -> Self {
        Self(find(tiff).filter(|it| (1..=8).contains(it)).unwrap_or(1))
    }

    /// As EXIF counts.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }

    /// Whether width and height change places.
    #[must_use]
    pub fn is_sideways(self) -> bool {
        self.0 >= 5
    }

    /// A TIFF block that says this and nothing else; `None` when there is nothing to say.
    pub(super) fn tiff(self) -> Option<[u8; 26]> {
        let mut block = *b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
        block[19] = self.0;
        (self != Self::UPRIGHT).then_some(block)
    }
}

fn find(tiff: &[u8]) -> Option<u8> {
    let is_little = match tiff.get(..2)? {
        b"II" => true,
        b"MM" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let two = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if is_little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) })
    };
    let long = |at: usize| {
        let four = tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if is_little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) })
    };
    if short(2)? != 42 {
        return None;
    }
    let directory = usize::try_from(long(4)?).ok()?;
    let count = usize::from(short(directory)?);
    let entry = (0..count)
        .filter_map(|place| directory.checked_add(2 + place * 12))
        .find(|at| short(*at) == Some(ORIENTATION))?;
    let value = match short(entry + 2)? {
        3 => u32::from(short(entry + 8)?),
        4 => long(entry + 8)?,
        _ => return None,
    };
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        assert_eq!(Orientation::UPRIGHT.tiff(), None);
        for number in 2..=8 {
            let tiff = Orientation(number).tiff().unwrap();
            assert_eq!(Orientation::of_tiff(&tiff), Orientation(number));
        }
    }

    #[test]
    fn odd_blocks_mean_upright() {
        let little = b"II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0";
        assert_eq!(Orientation::of_tiff(little), Orientation(6));
        for cut in 0..little.len() - 2 {
            assert_eq!(Orientation::of_tiff(&little[..cut]), Orientation::UPRIGHT, "{cut}");
        }
        let mut far = *little;
        far[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(Orientation::of_tiff(&far), Orientation::UPRIGHT);
        let mut nine = *little;
        nine[18] = 9;
        assert_eq!(Orientation::of_tiff(&nine), Orientation::UPRIGHT);
    }
}
