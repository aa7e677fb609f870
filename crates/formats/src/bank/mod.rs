//! Bank files (代发文件) by layouts that are data: what a bank wants is written in a TOML file, not in a program.
//! Nothing is claimed about a bank that was not read; what a bank or county defines is a constant of the layout.
//!
//! ```text
//! layout.toml ─ read ─> Layout ─ write ─> files (bytes, count, sum, SM3)        the bank's answer ─ results ─> rows
//! ```

mod decode;
mod layout;
mod name;
pub mod result;
mod sheet;
mod text;
mod write;

pub use layout::{AmountUnit, Encoding, Field, FileKind, Layout, LineEnd, Side, Value};
pub use name::{fault, is_torn};
pub use write::{BankError, BankFile, Entry, Order, write};

pub use crate::campaign::TemplateError;

/// The layouts that come with the program, by key.
#[must_use]
pub fn builtin() -> &'static [(&'static str, &'static str)] {
    &[
        ("rural_text", include_str!("../../../../campaigns/banks/rural_text.toml")),
        ("icbc_xlsx", include_str!("../../../../campaigns/banks/icbc_xlsx.toml")),
        ("plain_xlsx", include_str!("../../../../campaigns/banks/plain_xlsx.toml")),
        ("plain_fixed", include_str!("../../../../campaigns/banks/plain_fixed.toml")),
    ]
}

/// Reads a layout. The first thing that is wrong is named with its line and key.
pub fn read(text: &str) -> Result<Layout, TemplateError> {
    decode::layout(text.strip_prefix('\u{feff}').unwrap_or(text))
}
