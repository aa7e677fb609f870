//! The command line and the page as others see them (design §7): the real binary on real files.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "server"]
mod contract {
    mod account;
    mod bad_input;
    mod backup;
    mod cli;
    mod http;
    mod kit;
    mod manage;
    mod postgres;
    mod processes;
    mod roster;
    mod secrecy;
    mod statistics;
    mod visit;
    mod workbook;
}
