//! A database as rows of JSON, the same from SQLite and from PostgreSQL: read in one transaction, and loaded into an
//! empty database of either kind.
//!
//! A row is one line: a JSON array of the table's columns in the order of its [`Shape`].

mod dump;
mod keys;
mod load;

pub use dump::{Sink, facts, rows};
pub use keys::{KeyFile, remove as remove_keys};
pub use load::Loading;

use crate::StoreError;
use crate::tables::{ColumnType, TABLES, Table};
use serde::{Deserialize, Serialize};

/// Tables that no backup holds: the schema is made anew by the program; whoever is signed in signs in again; what was
/// still on its way is sent again, and what was still to be done is asked for again.
const LEFT_OUT: &[&str] = &["migration", "session", "sign_in_throttle", "job", "upload"];

/// A table as a backup holds it. It says itself what it consists of, so that a backup of an older schema can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Name.
    pub name: String,
    /// Columns of the primary key: the order of the rows.
    pub key: Vec<String>,
    /// Columns with their types, in the order of a row.
    pub columns: Vec<(String, ColumnType)>,
    /// How many rows there are.
    pub rows: i64,
}

impl Shape {
    fn of(table: &Table, rows: i64) -> Self {
        let kinds =
            [(table.text, ColumnType::Text), (table.int, ColumnType::Int), (table.bool, ColumnType::Bool)];
        let columns = kinds
            .into_iter()
            .flat_map(|(names, kind)| names.iter().map(move |name| ((*name).to_owned(), kind)))
            .collect();
        let key = table.key.iter().map(|column| (*column).to_owned()).collect();
        Self { name: table.name.to_owned(), key, columns, rows }
    }

    /// Names become part of statements: they are words, or the shape is not ours.
    fn check(&self) -> Result<(), StoreError> {
        let is_word = |name: &str| {
            !name.is_empty()
                && name.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_')
        };
        let columns = self.columns.iter().map(|(name, _)| name);
        if columns.chain(&self.key).chain([&self.name]).all(|name| is_word(name)) {
            Ok(())
        } else {
            Err(StoreError::Migration("备份中的表结构无法识别".to_owned()))
        }
    }

    fn list(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        names.join(", ")
    }
}

/// The tables that a backup holds, in an order in which none points at a later one.
fn kept() -> impl Iterator<Item = &'static Table> {
    TABLES.iter().filter(|table| !LEFT_OUT.contains(&table.name))
}

/// A step of the schema, as the database was brought there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// Number.
    pub version: i64,
    /// SM3 of its text.
    pub sm3_hex: String,
}

/// A county and the head of its audit chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountyFacts {
    /// Six digits.
    pub code: String,
    /// Official name.
    pub name: String,
    /// Number of audit rows.
    pub audit_seq: i64,
    /// Hash of the last one.
    pub audit_hash: String,
}

/// What a campaign's visits add up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignFacts {
    /// The county.
    pub county: String,
    /// The campaign's code.
    pub campaign: String,
    /// Visits.
    pub visits: i64,
    /// Money, in fen.
    pub money_fen: i64,
    /// Goods, in fen.
    pub goods_fen: i64,
}

/// What is known of a database before its rows are read; a restored one must say the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The schema.
    pub schema: Vec<Applied>,
    /// Tables in the order in which they are loaded.
    pub tables: Vec<Shape>,
    /// Counties by code.
    pub counties: Vec<CountyFacts>,
    /// Sums by county and campaign.
    pub sums: Vec<CampaignFacts>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::Placement;

    #[test]
    fn nothing_of_a_county_is_left_out() {
        let kept: Vec<&str> = kept().map(|table| table.name).collect();
        for table in TABLES.iter().filter(|table| table.placement != Placement::Control) {
            assert!(kept.contains(&table.name), "{}", table.name);
        }
        assert!(kept.contains(&"setting") && !kept.contains(&"migration"));
    }

    #[test]
    fn a_shape_with_more_than_words_is_refused() {
        let mut shape = Shape::of(Table::named("visit"), 0);
        assert!(shape.check().is_ok());
        shape.columns[0].0 = "id; drop".to_owned();
        assert!(shape.check().is_err());
    }
}
