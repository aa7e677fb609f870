//! Bytes to domain values and back: backup archives, workbooks, CSV, Word, templates, national divisions, synthetic data.

pub mod archive;
pub mod bank;
pub mod blank;
pub mod campaign;
pub mod coverage;
pub mod csv;
pub mod division;
pub mod document;
pub mod file;
pub mod listing;
pub mod pack;
pub mod paper;
pub mod roster;
pub mod secrecy;
pub mod sheet;
pub mod statistics;
pub mod synthetic;
pub mod visit;
