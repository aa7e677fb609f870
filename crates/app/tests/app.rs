//! The whole application through its acts, on both databases.
#![allow(clippy::unwrap_used, clippy::cast_possible_wrap, clippy::cloned_ref_to_slice_refs)]

#[path = "app"]
mod acts {
    mod account;
    mod audit;
    mod authority;
    mod backup;
    mod bad;
    mod board;
    mod chase;
    mod compare;
    mod confirm;
    mod erasure;
    mod event;
    mod export;
    mod file;
    mod follow;
    mod hand;
    mod job;
    mod notification;
    mod payment;
    mod plan;
    mod play;
    mod protected;
    mod random;
    mod record;
    mod scope;
    mod secrecy;
    mod story;
    mod submission;
    mod supervision;
    mod trail;
    mod workbench;
}
