//! What every function of the store promises, on both databases.
#![expect(clippy::unwrap_used, reason = "the helpers of tests, too, fail by panic")]
#![expect(clippy::items_after_statements, reason = "an SQL text stands where it is used")]

#[path = "store"]
mod contract {
    mod account;
    mod audit;
    mod backup;
    mod bulk;
    mod chase;
    mod door;
    mod file;
    mod job;
    mod key;
    mod list;
    mod notification;
    mod noun;
    mod open;
    mod reference;
    mod roster;
    mod s3;
    mod schema;
    mod submission;
}
