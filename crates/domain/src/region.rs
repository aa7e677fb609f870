//! Area codes: GB/T 2260 (6 digits: province, prefecture, county), GB/T 10114 (+3: township) and the
//! statistical bureau's +3 for villages.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The six digits of the county that owns a record; `500000` is a province, `000000` the nation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CountyCode([u8; 6]);

/// Why a code was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Not made of the right number of digits.
    #[error("区划代码应为 {0} 位数字")]
    Digits(usize),
}

impl CountyCode {
    /// The six digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("only ASCII digits are stored")
    }
}

impl FromStr for CountyCode {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let bytes: [u8; 6] = text.as_bytes().try_into().map_err(|_| CodeError::Digits(6))?;
        if bytes.iter().all(u8::is_ascii_digit) { Ok(Self(bytes)) } else { Err(CodeError::Digits(6)) }
    }
}

impl TryFrom<String> for CountyCode {
    type Error = CodeError;
    fn try_from(text: String) -> Result<Self, CodeError> {
        text.parse()
    }
}

impl From<CountyCode> for String {
    fn from(code: CountyCode) -> Self {
        code.as_str().to_owned()
    }
}

impl fmt::Display for CountyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
