//! The reader of clerks' files on dirty files, refused files and files it gives back.

mod common;
mod csv;
mod dirty;
mod findings;
mod golden;
mod properties;
mod refused;
mod workbook;
