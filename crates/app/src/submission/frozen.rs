//! The frozen table: one text for one table, and its SM3.

use crate::{Code, Problem};
use domain::campaign::Campaign;
use domain::statistics::Table;
use domain::submission::{FROZEN_FORMAT, Frozen};
use serde_json::Value;
use sm3::{Digest, Sm3};
use std::fmt::Write as _;

/// A table as text with its SM3 in hexadecimal digits.
pub(super) struct Sealed {
    pub text: String,
    pub sm3_hex: String,
}

/// Freezes a table with the rules by which it was counted.
pub(super) fn freeze(campaign: &Campaign, table: Table) -> Sealed {
    let frozen = Frozen {
        format: FROZEN_FORMAT,
        template: campaign.template.key.clone(),
        template_version: campaign.template.version,
        table,
    };
    let value = serde_json::to_value(&frozen).expect("a table is plain data");
    let text = canonical(&value);
    Sealed { sm3_hex: sm3_hex(&text), text }
}

/// Reads a frozen table back, when it is what its SM3 says.
pub(super) fn thaw(text: &str, expected: &str) -> Result<Frozen, Problem> {
    let damaged = || {
        let message = "报送时存下的统计表与当时的 SM3 不符，可能被改动；请用“shuangyong audit verify”检查，并从备份恢复";
        Problem::new(Code::FiguresDiffer, message)
    };
    if sm3_hex(text) != expected {
        return Err(damaged());
    }
    serde_json::from_str(text).map_err(|_| damaged())
}

fn sm3_hex(text: &str) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sm3::digest(text.as_bytes()) {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// JSON in one spelling: keys in the order of their bytes, no blanks. All numbers of a table are whole.
fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(all) => {
            let mut keys: Vec<&String> = all.keys().collect();
            keys.sort();
            out.push('{');
            for (place, key) in keys.into_iter().enumerate() {
                out.push_str(if place > 0 { "," } else { "" });
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write(&all[key], out);
            }
            out.push('}');
        }
        Value::Array(all) => {
            out.push('[');
            for (place, item) in all.iter().enumerate() {
                out.push_str(if place > 0 { "," } else { "" });
                write(item, out);
            }
            out.push(']');
        }
        plain => out.push_str(&plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_value_has_one_spelling() {
        let one: Value = serde_json::from_str(r#"{"乙":[1,{"b":null,"a":"\""}],"a":true}"#).unwrap();
        let other: Value =
            serde_json::from_str(r#"{ "a": true, "乙": [1, { "a": "\u0022", "b": null }] }"#).unwrap();
        assert_eq!(canonical(&one), r#"{"a":true,"乙":[1,{"a":"\"","b":null}]}"#);
        assert_eq!(canonical(&one), canonical(&other));
        // GB/T 32905, example 1.
        assert_eq!(sm3_hex("abc"), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    }

    #[test]
    fn what_was_changed_is_not_read() {
        let text = canonical(&json!({ "a": 1 }));
        assert_eq!(thaw(&text, &sm3_hex("{}")).unwrap_err().code, Code::FiguresDiffer);
        assert_eq!(thaw(&text, &sm3_hex(&text)).unwrap_err().code, Code::FiguresDiffer, "no table");
    }
}
