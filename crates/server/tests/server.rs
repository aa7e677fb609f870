//! The command line and the page as others see them (design §7): the real binary on real files.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "server"]
mod contract {
    mod account;
    mod arrangements;
    mod backup;
    mod bad_input;
    mod cli;
    mod contract_file;
    mod files;
    mod hand;
    mod http;
    mod inside;
    mod kit;
    mod ledger;
    mod limits;
    mod manage;
    mod messages;
    mod pages;
    mod payments;
    mod postgres;
    mod processes;
    mod records;
    mod roster;
    mod secrecy;
    mod sessions;
    mod statistics;
    mod submissions;
    mod supervision;
    mod uploads;
    mod visit;
    mod walk;
    mod workbook;
}
