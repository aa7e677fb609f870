//! Coverage: what the campaign obliges units to do and whose names are still open (N17, N19, N20, N22).

use serde::{Deserialize, Serialize};

/// Coverage of one unit in one campaign. Its JSON is a contract (`shuangyong coverage --format json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// The campaign's code.
    pub campaign: String,
    /// Whose coverage it is.
    pub unit: crate::statistics::TableUnit,
    /// Each obligation of the template, in its order.
    pub obligations: Vec<Obliged>,
}

/// How far one obligation is met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Obliged {
    /// The obligation's kind, e.g. `key_person_visit`.
    pub key: String,
    /// Label for people.
    pub label: String,
    /// How many persons, leaders or units are obliged.
    pub required: i64,
    /// How many of them are done.
    pub done: i64,
    /// How many were met in person (登门看望, 座谈交流); only where persons are visited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_in_person: Option<i64>,
    /// Every name still open; complete.
    pub open: Vec<Open>,
    /// Names reached only by letter or telephone; they are done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_by_letter_or_telephone: Vec<Open>,
}

/// One open name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// Township or unit.
    pub unit: String,
    /// Village, when known.
    pub village: String,
    /// The person's name (masked unless the caller may see it), or the unit's.
    pub name: String,
    /// Why it is open, or which identity obliges: `老复员军人，尚未走访`.
    pub reason: String,
}
