//! The table as CSV for further reckoning: plain figures, one row per line, UTF-8 with a mark so that Excel and WPS
//! read it right.

use super::words::{self, decimal_yuan};
use crate::document::guard_formula;
use domain::statistics::{Line, Table};

const HEAD: [&str; 24] = [
    "类别",
    "计数单位",
    "带队领导",
    "户",
    "个",
    "人",
    "人次",
    "走访记录",
    "慰问金（元）",
    "其中：县级下拨（元）",
    "其中：本单位（元）",
    "其中：社会捐赠（元）",
    "其中：未注明来源（元）",
    "慰问品",
    "慰问品折款（元）",
    "合计（元）",
    "合计（万元）",
    "解决实际困难（件）",
    "其中：子女入学",
    "其中：家属就业",
    "其中：住房改造",
    "其中：看病就医",
    "其中：法律援助",
    "其中：其他",
];

/// The table as CSV with a line 合计 at the end. It holds figures for other programs and no names, so that it does not say
/// who took it; the audit does.
#[must_use]
pub fn csv(table: &Table) -> Vec<u8> {
    let mut records = vec![HEAD.map(str::to_owned)];
    records.extend(table.rows.iter().chain([&table.total]).map(record));
    crate::document::csv_bytes(&records)
}

fn record(line: &Line) -> [String; 24] {
    let leaders: Vec<String> = line.leaders.iter().map(words::leader).collect();
    let source = line.money_by_source;
    let [schooling, employment, housing, medical, legal, other] =
        line.help.labelled().map(|(_, number)| number.to_string());
    [
        guard_formula(&line.label),
        line.count_unit.label().to_owned(),
        guard_formula(&leaders.join("、")),
        line.households.to_string(),
        line.objects.to_string(),
        line.persons.to_string(),
        line.person_times.to_string(),
        line.visits.to_string(),
        decimal_yuan(line.money_fen),
        decimal_yuan(source.county),
        decimal_yuan(source.own),
        decimal_yuan(source.donation),
        decimal_yuan(source.unstated),
        guard_formula(&words::goods_list(&line.goods, usize::MAX)),
        decimal_yuan(line.goods_fen),
        decimal_yuan(line.total_fen),
        line.total_wan(),
        line.help.sum().to_string(),
        schooling,
        employment,
        housing,
        medical,
        legal,
        other,
    ]
}
