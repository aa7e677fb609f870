//! Stands in for `domain::sheet` until that exists.
#![allow(missing_docs)]

#[derive(Debug, Clone, Copy)]
pub struct Column {
    pub title: &'static str,
    pub synonyms: &'static [&'static str],
    pub required: bool,
}
