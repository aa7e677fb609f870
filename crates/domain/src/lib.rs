//! The county's words and rules: pure values and decisions, without I/O, async, clock or chance.
//!
//! Sources are named as notice numbers (`N01`–`N25`, see `docs/notice.md`) and standards with clause.
#![deny(missing_docs, clippy::float_arithmetic)]

pub mod arrangement;
pub mod authority;
pub mod bank;
pub mod calendar;
pub mod campaign;
pub mod chase;
pub mod citizen;
pub mod confirmation;
pub mod coverage;
pub mod file;
pub mod finding;
pub mod ids;
pub mod job;
pub mod ledger;
pub mod mask;
pub mod money;
pub mod notification;
pub mod payment;
pub mod person;
pub mod pinyin;
pub mod region;
pub mod roster;
pub mod secrecy;
pub mod sheet;
pub mod statistics;
pub mod status_change;
pub mod submission;
pub mod supervision;
pub mod text;
pub mod unit;
pub mod visit;
pub mod workbench;
