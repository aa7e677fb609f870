//! The only SQL: one file per noun, one text for SQLite and PostgreSQL (design rules 6–10).
//!
//! ```text
//! Db::open ─ migrate ─ tables        db.read()  ─> Tx ─ on! ─ person, visit, cell …
//!                                    db.write() ─> Act (a Tx of one county that ends with an audit row)
//! ```
#![deny(missing_docs)]

pub mod account;
pub mod apart;
pub mod arrangement;
pub mod audit;
pub mod backup;
pub mod bulk;
pub mod calendar;
pub mod campaign;
pub mod candidate;
pub mod cell;
pub mod chase;
pub mod confirmation;
pub mod county;
pub mod coverage;
mod db;
pub mod dialect;
mod door;
pub mod erasure;
mod error;
pub mod file;
pub mod head_word;
pub mod heads;
pub mod import;
pub mod job;
mod json;
mod key;
pub mod ledger;
mod migrate;
pub mod notification;
mod object;
pub mod operations;
pub mod pause;
pub mod payment;
pub mod person;
pub mod plan;
pub mod reference;
pub mod reveal;
mod seal;
pub mod setting;
pub mod sign;
pub mod status_change;
pub mod submission;
pub mod tables;
#[cfg(feature = "testing")]
pub mod testing;
mod tx;
pub mod unit;
pub mod visit;
mod wal;

pub use audit::AuditEntry;
pub use county::NewCounty;
pub use db::{Db, FILE_NAME, RESTORING, Target};
pub use door::Act;
pub use error::{DriverError, StoreError};
pub use heads::{HeadFiles, HeadLine};
pub use key::{FileKeys, KeyProvider, MasterKey};
pub use object::{DataKey, FRAME, FilesAt, Listed, Objects, Writer};
pub use seal::{ContentIndex, OwnKey, Place, Sealer};
pub use sign::{Signer, SigningKeys};
pub use tx::{Backend, Conn, Tx};
