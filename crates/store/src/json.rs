//! Values handed to a statement as the text of one JSON array, and rows that come as one (`dialect::packed`).

use crate::StoreError;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The JSON text of plain values.
pub(crate) fn text<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("plain values become JSON")
}

/// The rows of a statement made by `dialect::packed`.
pub(crate) fn unpack<T: DeserializeOwned>(
    table: &'static str,
    (text,): &(String,),
) -> Result<Vec<T>, StoreError> {
    serde_json::from_str(text).map_err(|error| {
        let at = format!("{}:{}", error.line(), error.column());
        StoreError::Corrupt { table, column: "*", id: at }
    })
}
