//! The rules of the secrecy guard on the command line; they need no county.

use super::args::{SecrecyAction, TextOrJson};
use super::print;
use domain::secrecy::{RULES, Rule};
use serde_json::{Value, json};

/// `shuangyong secrecy …`
pub fn run(action: &SecrecyAction) {
    let SecrecyAction::Rules { format } = action;
    match format {
        TextOrJson::Json => print::json(&json!({ "items": RULES.iter().map(described).collect::<Vec<_>>() })),
        TextOrJson::Text => {
            for rule in RULES {
                println!("[{}] {}（{}）", rule.verdict.label(), rule.title, rule.key);
                println!("  查什么：{}", rule.looks_for);
                println!("  为什么：{}", rule.why);
                println!("  怎么办：{}", rule.advice);
            }
        }
    }
}

fn described(rule: &Rule) -> Value {
    json!({
        "key": rule.key,
        "verdict": rule.verdict,
        "title": rule.title,
        "looks_for": rule.looks_for,
        "why": rule.why,
        "advice": rule.advice,
    })
}
