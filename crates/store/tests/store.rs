//! What every function of the store promises, on both databases.

#[path = "store"]
mod contract {
    mod audit;
    mod bulk;
    mod door;
    mod key;
    mod noun;
    mod open;
    mod schema;
}
