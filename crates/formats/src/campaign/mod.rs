//! Campaign templates as TOML (design rule 11). A bad template is refused with line, key and reason.

mod check;
mod decode;
pub(crate) mod node;
mod payment;
#[cfg(test)]
mod tests;

pub use node::TemplateError;

use domain::campaign::Template;

/// The templates that come with the program, by key.
#[must_use]
pub fn builtin() -> &'static [(&'static str, &'static str)] {
    &[
        ("bayi", include_str!("../../../../campaigns/bayi.toml")),
        ("chunjie", include_str!("../../../../campaigns/chunjie.toml")),
    ]
}

/// Reads a template. The first thing that is wrong is named with its line and key.
pub fn read(text: &str) -> Result<Template, TemplateError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    decode::template(text)
}
