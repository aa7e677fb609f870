
pub mod division;
