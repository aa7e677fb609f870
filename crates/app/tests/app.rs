//! The whole application through its acts, on both databases.

#[path = "app"]
mod app_test {}
