//! Tables to print: the township of the worked example, and a county with 33 townships' worth of figures.

use domain::coverage::{Coverage, Obliged, Open};
use domain::money::Fen;
use domain::statistics::{GoodsSum, Leader, Line, Table, TableUnit};
use jiff::civil::date;

/// A table of the built-in template `bayi` without figures.
pub fn empty(code: &str, name: &str) -> Table {
    let (_, text) =
        formats::campaign::builtin().iter().find(|(key, _)| *key == "bayi").expect("bayi is built in");
    let template = formats::campaign::read(text).expect("the built-in template is right");
    let line = |key: &str, label: &str, unit| Line {
        key: key.to_owned(),
        label: label.to_owned(),
        count_unit: unit,
        leaders: Vec::new(),
        households: 0,
        objects: 0,
        persons: 0,
        person_times: 0,
        visits: 0,
        money_fen: Fen::ZERO,
        money_by_source: domain::statistics::MoneyBySource::default(),
        goods_fen: Fen::ZERO,
        goods: Vec::new(),
        total_fen: Fen::ZERO,
        help: domain::statistics::Help::default(),
    };
    Table {
        campaign: "bayi-2024".to_owned(),
        heading: template.heading(2024, "石"),
        deadline: date(2024, 8, 12),
        columns: template.columns.clone(),
        unit: TableUnit { code: code.to_owned(), name: name.to_owned() },
        rows: template.printed_rows().map(|row| line(&row.key, &row.label, row.unit)).collect(),
        total: line("total", "合计", domain::campaign::CountUnit::Person),
    }
}

/// One line's figures.
struct Figures<'a> {
    key: &'a str,
    leaders: &'a [(&'a str, &'a str)],
    households: i64,
    persons: i64,
    times: i64,
    /// County, own, donation, unstated; yuan.
    money: [i64; 4],
    goods: &'a [(&'a str, i64, &'a str)],
    goods_yuan: i64,
    help: [i64; 6],
}

fn fill(table: &mut Table, figures: &Figures<'_>) {
    let line = table.rows.iter_mut().find(|row| row.key == figures.key).expect("a row of the template");
    let is_object = line.count_unit == domain::campaign::CountUnit::Object;
    let leader = |(title, name): &(&str, &str)| Leader {
        name: (*name).to_owned(),
        title: (*title).to_owned(),
        visits: 1,
    };
    line.leaders = figures.leaders.iter().map(leader).collect();
    line.households = figures.households;
    line.objects = if is_object { figures.persons } else { 0 };
    line.persons = if is_object { 0 } else { figures.persons };
    line.person_times = figures.times;
    line.visits = figures.times;
    let [county, own, donation, unstated] = figures.money.map(Fen::from_yuan);
    line.money_by_source = domain::statistics::MoneyBySource { county, own, donation, unstated };
    line.money_fen = county + own + donation + unstated;
    line.goods_fen = Fen::from_yuan(figures.goods_yuan);
    line.goods = figures
        .goods
        .iter()
        .map(|(name, quantity, unit)| GoodsSum {
            name: (*name).to_owned(),
            quantity: *quantity,
            unit: (*unit).to_owned(),
        })
        .collect();
    line.total_fen = line.money_fen + line.goods_fen;
    let [schooling, family_employment, housing, medical, legal_aid, other] = figures.help;
    line.help = domain::statistics::Help { schooling, family_employment, housing, medical, legal_aid, other };
}

/// Adds the rows up; households are given, because one household may stand in two rows.
fn add_up(table: &mut Table, households: i64) {
    let mut total = table.total.clone();
    total.households = households;
    for row in &table.rows {
        total.objects += row.objects;
        total.persons += row.persons;
        total.person_times += row.person_times;
        total.visits += row.visits;
        total.money_fen += row.money_fen;
        total.money_by_source.county += row.money_by_source.county;
        total.money_by_source.own += row.money_by_source.own;
        total.money_by_source.donation += row.money_by_source.donation;
        total.money_by_source.unstated += row.money_by_source.unstated;
        total.goods_fen += row.goods_fen;
        total.total_fen += row.total_fen;
        total.help.schooling += row.help.schooling;
        total.help.family_employment += row.help.family_employment;
        total.help.housing += row.help.housing;
        total.help.medical += row.help.medical;
        total.help.legal_aid += row.help.legal_aid;
        total.help.other += row.help.other;
        for leader in &row.leaders {
            if !total.leaders.contains(leader) {
                total.leaders.push(leader.clone());
            }
        }
        for goods in &row.goods {
            match total.goods.iter_mut().find(|sum| sum.name == goods.name && sum.unit == goods.unit) {
                Some(sum) => sum.quantity += goods.quantity,
                None => total.goods.push(goods.clone()),
            }
        }
    }
    total.goods.sort();
    table.total = total;
}

/// The worked example: 三属 is spread over the template's rows, disabled persons likewise.
pub fn township() -> Table {
    let mut table = empty("500240101000", "西沱镇");
    for figures in [
        Figures {
            key: "old_demobilised",
            leaders: &[("党委书记", "甲")],
            households: 3,
            persons: 3,
            times: 3,
            money: [1_500, 0, 0, 0],
            goods: &[("大米", 3, "袋"), ("食用油", 3, "桶")],
            goods_yuan: 405,
            help: [0, 0, 0, 1, 0, 0],
        },
        Figures {
            key: "disabled_5_6",
            leaders: &[("镇长", "乙")],
            households: 2,
            persons: 2,
            times: 2,
            money: [1_000, 0, 0, 0],
            goods: &[("大米", 2, "袋"), ("食用油", 2, "桶")],
            goods_yuan: 270,
            help: [0, 0, 1, 0, 0, 0],
        },
        Figures {
            key: "martyr_survivor",
            leaders: &[("副镇长", "丙"), ("", "=丁")],
            households: 7,
            persons: 9,
            times: 10,
            money: [2_500, 1_000, 0, 0],
            goods: &[("大米", 7, "袋"), ("食用油", 7, "桶")],
            goods_yuan: 945,
            help: [1, 0, 0, 0, 0, 0],
        },
    ] {
        fill(&mut table, &figures);
    }
    add_up(&mut table, 12);
    table
}

const NAMES: [(&str, &str); 7] = [
    ("县委书记", "赵甲"),
    ("县委副书记、县长", "钱乙"),
    ("县委常委、组织部部长", "孙丙"),
    ("县人大常委会副主任", "李丁"),
    ("副县长", "周戊"),
    ("县退役军人事务局局长", "吴己"),
    ("县人武部政委", "郑庚"),
];

const GOODS: [(&str, i64, &str); 8] = [
    ("大米", 1_284, "袋"),
    ("床上用品", 216, "套"),
    ("慰问信", 3_310, "封"),
    ("毛巾被", 402, "床"),
    ("牛奶", 1_120, "箱"),
    ("面条", 938, "把"),
    ("食用油", 1_301, "桶"),
    ("风油精等防暑用品", 77, "份"),
];

/// A county whose every row has figures, some of them large.
pub fn county() -> Table {
    let mut table = empty("500240", "石柱土家族自治县");
    let rows: Vec<(String, bool)> = table
        .rows
        .iter()
        .map(|row| (row.key.clone(), row.count_unit == domain::campaign::CountUnit::Object))
        .collect();
    for (step, (key, is_object)) in (1_i64..).zip(&rows) {
        let first = usize::try_from(step).expect("small") % 4;
        let persons = if *is_object { 4 + step } else { 31 * step + step * step * 3 };
        let kinds = usize::try_from(step).expect("small") % 8 + 1;
        let help = if step % 3 == 0 { [step, 0, 2, step * 2, 0, 1] } else { [0, 0, 0, step % 2, 0, 0] };
        fill(
            &mut table,
            &Figures {
                key,
                leaders: &NAMES[first..first + 1 + usize::try_from(step).expect("small") % 4],
                households: if *is_object { 0 } else { persons - 3 },
                persons,
                times: persons + step * 2,
                money: [persons * 300, step * 1_250, if step % 4 == 0 { 12_345 } else { 0 }, 0],
                goods: &GOODS[..kinds],
                goods_yuan: persons * 135 + 7,
                help,
            },
        );
    }
    add_up(&mut table, 5_102);
    table
}

/// Coverage with open names in several places.
#[allow(dead_code)]
pub fn coverage() -> Coverage {
    let open = |unit: &str, village: &str, name: &str, reason: &str| Open {
        unit: unit.to_owned(),
        village: village.to_owned(),
        name: name.to_owned(),
        reason: reason.to_owned(),
    };
    Coverage {
        campaign: "bayi-2024".to_owned(),
        unit: TableUnit { code: "500240".to_owned(), name: "石柱土家族自治县".to_owned() },
        obligations: vec![
            Obliged {
                key: "key_person_visit".to_owned(),
                label: "重点优抚对象全覆盖走访慰问".to_owned(),
                required: 1_000,
                done: 997,
                done_in_person: Some(996),
                open: vec![
                    open("西沱镇", "星光村", "张*", "老复员军人，尚未走访"),
                    open("黄水镇", "", "=李*", "烈士遗属，尚未走访"),
                    open("西沱镇", "月台村", "王*", "一级残疾军人，尚未走访"),
                ],
                only_by_letter_or_telephone: vec![open("黄水镇", "万胜坝村", "赵*", "五级残疾军人")],
            },
            Obliged {
                key: "principal_leader_visit".to_owned(),
                label: "主要领导带头入户慰问至少1户".to_owned(),
                required: 33,
                done: 32,
                done_in_person: None,
                open: vec![open("金竹乡", "", "金竹乡", "没有主要领导入户走访的记录")],
                only_by_letter_or_telephone: Vec::new(),
            },
        ],
    }
}
