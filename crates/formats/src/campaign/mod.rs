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

/// Reads a template. The first thing that is wrong is named with its line and key. What the API gave out as JSON may
/// come back as JSON; it is held against the same rules.
///
/// # Errors
/// When something in it cannot be used.
pub fn read(text: &str) -> Result<Template, TemplateError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with('{') {
        return decode::template(&write(&from_json(text)?));
    }
    decode::template(text)
}

/// A template as TOML.
#[must_use]
pub fn write(template: &Template) -> String {
    let mut value = toml::Value::try_from(template).expect("a template is plain data");
    prune(&mut value);
    toml::to_string(&value).expect("a template is plain data")
}

/// Takes away what says nothing: empty lists, and tables that are empty then.
fn prune(value: &mut toml::Value) {
    let is_empty = |value: &toml::Value| match value {
        toml::Value::Array(list) => list.is_empty(),
        toml::Value::Table(table) => table.is_empty(),
        _ => false,
    };
    match value {
        toml::Value::Array(list) => list.iter_mut().for_each(prune),
        toml::Value::Table(table) => {
            table.iter_mut().for_each(|(_, value)| prune(value));
            table.retain(|_, value| !is_empty(value));
        }
        _ => {}
    }
}

fn from_json(text: &str) -> Result<Template, TemplateError> {
    serde_json::from_str(text).map_err(|error| TemplateError {
        line: error.line(),
        key: String::new(),
        reason: format!("不是本程序给出的模板内容（{error}）"),
    })
}
