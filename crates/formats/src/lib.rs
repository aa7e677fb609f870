
pub mod campaign;
pub mod coverage;
pub mod division;
pub mod document;
pub mod statistics;
pub mod synthetic;
