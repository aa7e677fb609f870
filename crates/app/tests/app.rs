//! The whole application through its acts, on both databases.

#[path = "app"]
mod acts {
    mod audit;
    mod bad;
    mod follow;
    mod play;
    mod protected;
    mod random;
    mod record;
    mod story;
}
