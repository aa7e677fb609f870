//! Values handed to a statement as the text of one JSON array.

use serde::Serialize;

/// The JSON text of plain values.
pub(crate) fn text<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("plain values become JSON")
}
