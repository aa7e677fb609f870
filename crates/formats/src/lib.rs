
pub mod campaign;
pub mod division;
