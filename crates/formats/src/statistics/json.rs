//! The table as JSON: a contract (`shuangyong statistics --format json`).

use domain::statistics::{Line, Table};
use serde_json::{Value, json};

/// The table as one JSON object.
#[must_use]
pub fn json(table: &Table) -> Value {
    json!({
        "campaign": table.campaign,
        "unit": { "code": table.unit.code, "name": table.unit.name },
        "rows": table.rows.iter().map(line).collect::<Vec<_>>(),
        "total": line(&table.total),
    })
}

/// One line as it stands in the JSON of its table.
#[must_use]
pub fn line_json(line: &Line) -> Value {
    self::line(line)
}

fn line(line: &Line) -> Value {
    let mut leaders: Vec<&str> = Vec::with_capacity(line.leaders.len());
    for leader in &line.leaders {
        if !leaders.contains(&leader.name.as_str()) {
            leaders.push(&leader.name);
        }
    }
    let goods: Vec<Value> = line
        .goods
        .iter()
        .map(|item| json!({ "name": item.name, "quantity": item.quantity, "unit": item.unit }))
        .collect();
    let (source, help) = (line.money_by_source, line.help);
    json!({
        "key": line.key,
        "label": line.label,
        "count_unit": line.count_unit.label(),
        "leaders": leaders,
        "households": line.households,
        "objects": line.objects,
        "persons": line.persons,
        "person_times": line.person_times,
        "visits": line.visits,
        "money_fen": line.money_fen.0,
        "money_by_source": {
            "county": source.county.0,
            "own": source.own.0,
            "donation": source.donation.0,
            "unstated": source.unstated.0,
        },
        "goods_fen": line.goods_fen.0,
        "goods": goods,
        "total_fen": line.total_fen.0,
        "total_wan": line.total_wan(),
        "help": {
            "schooling": help.schooling,
            "family_employment": help.family_employment,
            "housing": help.housing,
            "medical": help.medical,
            "legal_aid": help.legal_aid,
            "other": help.other,
        },
    })
}
