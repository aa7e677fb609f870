//! The August campaign of 2024, from the first roster to the figures, each number worked out by hand.

use super::play::{Call, Play, Someone, both, call, number, row, someone};
use domain::finding::Severity;
use domain::money::Fen;
use domain::statistics::{Line, Table};

const H: &str = "黄水镇";
const S: &str = "沙子镇";
const X: &str = "西沱镇";

fn people(village: &str) -> Vec<Someone> {
    let money = |it: Someone| {
        it.with("享受定期抚恤补助", "是")
            .with("开户银行", "中国农业银行")
            .with("银行账号", "9912345678901234561")
    };
    vec![
        money(someone(1, "老复员军人", H)).with("户号", "H001").with("村（社区）", village),
        someone(2, "残疾军人", H).with("伤残等级", "三级").with("户号", "H001").with("村（社区）", village),
        someone(3, "残疾军人", H).with("伤残等级", "5").with("户号", "H003"),
        someone(4, "烈士遗属", H),
        someone(5, "参战退役军人", H),
        someone(6, "带病回乡退役军人、参战退役军人", S),
        money(someone(7, "老复员军人", S)).with("状态", "死亡").with("死亡（停发）日期", "2023-05-01"),
        someone(8, "病故军人遗属", S).with("特殊困难", "重大疾病"),
        someone(9, "60周岁以上农村籍退役士兵", X),
        someone(10, "因公牺牲军人遗属", X),
        // The check digit is wrong.
        Someone { number: broken(11), ..someone(11, "老复员军人", X) },
        // A man's number.
        someone(13, "参试退役军人", X).with("性别", "女"),
    ]
}

fn broken(n: u32) -> String {
    let right = number(n).reveal().to_owned();
    let last = if right.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &right[..17])
}

fn visits(village: &str, department: &str) -> Vec<Call> {
    vec![
        call(H, 20, "登门看望")
            .to(1)
            .named("安一")
            .led("张山", "主要领导")
            .with("领导职务", "党委书记")
            .money("500", "县级下拨")
            .with("慰问品", "大米1袋、食用油1桶")
            .with("慰问品折价（元）", "120.50")
            .with("解决困难类别", "子女入学")
            .with("解决困难件数", "1"),
        call(village, 20, "登门看望").named("安二").led("李水", "分管领导").money("300.05", "本单位"),
        call(H, 21, "电话问候").to(3),
        call(department, 22, "座谈交流").to(5).with("对象类别", "本单位退役军人").money("200", "社会捐赠"),
        call("500240", 23, "登门看望")
            .named("驻石某部")
            .with("对象类别", "驻军部队")
            .led("王川", "主要领导")
            .money("10000", "县级下拨")
            .with("慰问品", "西瓜100个"),
        call(H, 23, "登门看望").named("黄水光荣院").with("对象类别", "优抚事业单位").money("2000", "本单位"),
        call(S, 24, "登门看望")
            .named("外来人")
            .with("对象类别", "老复员军人")
            .led("赵田", "分管领导")
            .money("100", "县级下拨"),
        call(S, 24, "座谈交流")
            .named("退役军人代表")
            .with("对象类别", "其他")
            .with("人数", "12")
            .with("慰问品", "毛巾12条")
            .with("慰问品折价（元）", "240"),
        call(X, 25, "发慰问信").named("安一零"),
        call(X, 25, "登门看望").to(9).led("钱林", "主要领导").money("88.88", ""),
        call(H, 26, "电话问候").to(1),
        call(village, 26, "登门看望").named("安一").money("50", "本单位"),
    ]
}

/// visits, persons, person times, households, objects.
fn counts(line: &Line) -> [i64; 5] {
    [line.visits, line.persons, line.person_times, line.households, line.objects]
}

/// County, own, donation, unstated, goods.
fn money(line: &Line) -> [i64; 5] {
    let by = line.money_by_source;
    assert_eq!(line.money_fen, Fen(by.county.0 + by.own.0 + by.donation.0 + by.unstated.0));
    assert_eq!(line.total_fen, Fen(line.money_fen.0 + line.goods_fen.0));
    [by.county.0, by.own.0, by.donation.0, by.unstated.0, line.goods_fen.0]
}

async fn begin(play: &Play) -> (String, Vec<Call>) {
    play.begin().await;
    app::unit::add(&play.app, &play.caller, play.county, "驻石某部", "troop", None).await.unwrap();
    let village = play.village(H, 0).await;
    let rows = visits(&village.code, &play.department().await.name);
    (village.name, rows)
}

#[tokio::test]
async fn the_august_campaign() {
    both(async |play| {
        let (village, rows) = begin(play).await;
        let people = people(&village);
        roster(play, &people).await;
        let outcome = play.visits(&rows).await;
        assert_eq!(outcome.counts.added, 12, "{:#?}", outcome.findings);
        assert!(outcome.counts.balances());
        play.verified("the import").await;
        county(&play.table(None).await);
        below(play, &play.village(H, 0).await.code).await;
        coverage(play).await;
        grown(play, rows).await;
    })
    .await;
}

async fn roster(play: &Play, people: &[Someone]) {
    let first = play.roster(people).await;
    let counts = first.counts;
    assert_eq!((counts.read, counts.added, counts.refused), (12, 11, 1), "{:#?}", first.findings);
    let refused: Vec<_> = first.findings.iter().filter(|it| it.severity == Severity::Refused).collect();
    assert_eq!((refused.len(), refused[0].row), (1, Some(12)));
    assert_eq!(refused[0].column.as_deref(), Some("公民身份号码"));
    let warned =
        |row| first.findings.iter().any(|it| it.severity == Severity::Warning && it.row == Some(row));
    assert!(warned(8), "a dead person with an allowance: {:#?}", first.findings);
    assert!(warned(13), "sex against number: {:#?}", first.findings);
    let again = play.roster(people).await;
    assert_eq!((again.counts.unchanged, again.counts.refused, again.counts.read), (11, 1, 12));
    assert_eq!(again.import, None);
    assert!(again.not_in_file.is_empty(), "{:?}", again.not_in_file);
}

fn county(table: &Table) {
    let old = row(table, "old_demobilised");
    // Three visits to 安一 and one to a candidate.
    let all: Vec<_> = table.rows.iter().map(|it| (it.key.as_str(), counts(it))).collect();
    assert_eq!(counts(old), [4, 2, 4, 2, 0], "{all:?}");
    assert_eq!(money(old), [60_000, 5_000, 0, 0, 12_050]);
    assert_eq!(old.total_wan(), "0.08");
    let goods: Vec<_> =
        old.goods.iter().map(|it| (it.name.as_str(), it.quantity, it.unit.as_str())).collect();
    assert_eq!(goods, [("大米", 1, "袋"), ("食用油", 1, "桶")]);
    assert_eq!((old.help.schooling, old.help.sum()), (1, 1));
    let leaders: Vec<_> = old.leaders.iter().map(|it| (it.name.as_str(), it.visits)).collect();
    assert_eq!(leaders.len(), 2);
    assert!(leaders.contains(&("张山", 1)) && leaders.contains(&("赵田", 1)));
    let expected: &[(&str, [i64; 5], [i64; 5])] = &[
        ("troop", [1, 0, 0, 0, 1], [1_000_000, 0, 0, 0, 0]),
        ("institution", [1, 0, 0, 0, 1], [0, 200_000, 0, 0, 0]),
        ("martyr_survivor", [0; 5], [0; 5]),
        ("duty_death_survivor", [1, 1, 1, 1, 0], [0; 5]),
        ("disabled_1_4", [1, 1, 1, 1, 0], [0, 30_005, 0, 0, 0]),
        ("disabled_5_6", [1, 1, 1, 1, 0], [0; 5]),
        ("combat_veteran", [1, 1, 1, 1, 0], [0, 0, 20_000, 0, 0]),
        ("rural_veteran_60", [1, 1, 1, 1, 0], [0, 0, 0, 8_888, 0]),
        ("own_unit_veteran", [0; 5], [0; 5]),
        ("other", [1, 12, 12, 0, 0], [0, 0, 0, 0, 24_000]),
    ];
    for (key, figures, sums) in expected {
        let line = row(table, key);
        assert_eq!((counts(line), money(line)), (*figures, *sums), "{key}");
    }
    // 安一 and 安二 live in one household: in two rows, once in the total.
    assert_eq!(counts(&table.total), [12, 19, 21, 6, 2]);
    assert_eq!(money(&table.total), [1_060_000, 235_005, 20_000, 8_888, 36_050]);
    assert_eq!((table.total.total_fen, table.total.total_wan().as_str()), (Fen(1_359_943), "1.36"));
    assert_eq!(table.rows.len(), 20, "training troops are off");
}

async fn below(play: &Play, village: &str) {
    let township = play.table(Some(H)).await;
    assert_eq!(counts(&township.total), [6, 3, 5, 2, 1]);
    assert_eq!(money(&township.total), [50_000, 235_005, 0, 0, 12_050]);
    assert_eq!(counts(row(&township, "old_demobilised")), [3, 1, 3, 1, 0]);
    let village = play.table(Some(village)).await;
    assert_eq!(counts(&village.total), [2, 2, 2, 1, 0]);
    assert_eq!(money(&village.total), [0, 35_005, 0, 0, 0]);
    let department = play.table(Some(&play.department().await.code)).await;
    assert_eq!(counts(row(&department, "own_unit_veteran")), [1, 1, 1, 1, 0]);
    assert_eq!(counts(row(&department, "combat_veteran")), [0; 5]);
    assert_eq!(money(&department.total), [0, 0, 20_000, 0, 0]);
}

async fn coverage(play: &Play) {
    let done = async |key| {
        let it = play.coverage(key).await;
        assert_eq!(it.open.len() as i64, it.required as i64 - it.done as i64, "{key}");
        (it.required as i64, it.done as i64)
    };
    let key = play.coverage("key_person_visit").await;
    assert_eq!(done("key_person_visit").await, (6, 4));
    assert_eq!(key.done_in_person, Some(2));
    let names = |list: &[domain::coverage::Open]| {
        let mut names: Vec<String> = list.iter().map(|it| it.name.clone()).collect();
        names.sort();
        names
    };
    assert_eq!(names(&key.open), ["安八", "安四"]);
    assert_eq!(names(&key.only_by_letter_or_telephone), ["安一零", "安三"]);
    assert_eq!(done("universal_visit").await, (10, 6));
    assert_eq!(done("principal_leader_visit").await, (33, 2));
    assert_eq!(done("deputy_leader_visit").await, (33, 2));
    assert_eq!(done("unit_active").await, (33, 3));
    assert_eq!(done("hardship_help").await, (1, 0));
    let stranger = app::Caller { hides_names: true, ..play.caller.clone() };
    let masked =
        app::coverage::of(&play.app, &stranger, play.county, super::play::CAMPAIGN, Some(S)).await.unwrap();
    let masked = &masked.obligations[0];
    assert_eq!((masked.required, masked.open.len()), (1, 1));
    assert!(!masked.open[0].name.contains('八') && masked.open[0].unit == S, "{:?}", masked.open);
}

/// The clerk sends the growing file again: one new row, and one old row with another amount.
async fn grown(play: &Play, mut rows: Vec<Call>) {
    let before = play.table(None).await;
    let same = play.visits(&rows).await;
    assert_eq!((same.counts.unchanged, same.counts.read, same.import), (12, 12, None));
    assert_eq!(play.table(None).await, before);
    rows[0] = rows[0].clone().money("600", "县级下拨");
    rows.push(call(S, 28, "登门看望").named("安八").money("300", "县级下拨"));
    let grown = play.visits(&rows).await;
    let counts = grown.counts;
    assert_eq!((counts.added, counts.unchanged, counts.refused, counts.read), (1, 11, 1, 13));
    let refused = grown.findings.iter().find(|it| it.severity == Severity::Refused).unwrap();
    assert_eq!(refused.row, Some(2));
    assert!(refused.message.contains("500") && refused.message.contains("600"), "{}", refused.message);
    assert_eq!(play.row("old_demobilised").await.money_by_source.county, Fen(60_000));
    assert_eq!(play.row("illness_death_survivor").await.money_fen, Fen(30_000));
    assert_eq!(play.coverage("hardship_help").await.done, 1);
    play.verified("the growing file").await;
}
