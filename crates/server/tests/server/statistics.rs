//! Points 7 and 8: the figures and the list of who is still unvisited, worked out by hand.

use super::kit::{Folder, citizen, counts, keys, row, shizhu};
use super::visit::{import, roster};
use serde_json::{Value, json};

const ROWS: [&str; 20] = [
    "troop",
    "institution",
    "martyr_survivor",
    "duty_death_survivor",
    "illness_death_survivor",
    "disabled_1_4",
    "disabled_5_6",
    "disabled_7_10",
    "old_demobilised",
    "returned_ill",
    "combat_veteran",
    "test_veteran",
    "rural_veteran_60",
    "martyr_child",
    "serving_family",
    "merit",
    "retired_cadre",
    "hardship_veteran",
    "own_unit_veteran",
    "other",
];

fn visited() -> Folder {
    let county = shizhu();
    roster(&county);
    let four = format!(
        "2024-07-23,县教育局,周局长,,主要领导,本单位退役军人,张四,{},登门看望,,300,本单位,,,,",
        citizen(7)
    );
    let answer = import(
        &county,
        &[
            "2024-07-20,西沱镇,李书记,书记,主要领导,,张一,,登门看望,,100.00,县级下拨,大米1袋、食用油1桶,120,看病就医,1",
            "2024-07-21,西山村,王主任,主任,其他,,张一,,座谈交流,,49.99,社会捐赠,,,,",
            "2024-07-21,西沱镇,陈镇长,副镇长,分管领导,,张二,,登门看望,,0.01,县级下拨,大米2袋,200,,",
            "2024-07-22,西沱镇,,,,,张三,,发慰问信,,,,,,,",
            &four,
            "2024-07-24,西沱镇,,,,驻军部队,驻石某部,,座谈交流,,5000,本单位,,,,",
            "2024-07-24,西沱镇,,,,其他,退役军人代表,,座谈交流,12,600,本单位,,,,",
            "2024-07-25,西沱镇,,,,参战退役军人,新来的,,登门看望,,50,本单位,,,,",
        ],
        &[],
    );
    assert_eq!(counts(&answer), [8, 8, 0, 0, 0], "{answer}");
    county
}

fn table(county: &Folder, unit: &str) -> Value {
    county.json(&["statistics", "--campaign", "bayi-2024", "--unit", unit, "--verify"])
}

/// `[households, objects, persons, person_times, visits, money, goods, total]`
fn figures(line: &Value) -> [u64; 8] {
    ["households", "objects", "persons", "person_times", "visits", "money_fen", "goods_fen", "total_fen"]
        .map(|key| line[key].as_u64().unwrap())
}

#[test]
fn the_json_has_exactly_the_keys_of_the_contract() {
    let county = visited();
    let table = county.json(&["statistics", "--campaign", "bayi-2024"]);
    assert_eq!(keys(&table), ["campaign", "rows", "total", "unit"]);
    assert_eq!(table["campaign"], "bayi-2024");
    assert_eq!(table["unit"], json!({ "code": "500240", "name": "石柱土家族自治县" }));
    let rows = table["rows"].as_array().unwrap();
    assert_eq!(rows.iter().map(|row| row["key"].as_str().unwrap()).collect::<Vec<_>>(), ROWS);
    for line in rows {
        assert_eq!(
            keys(line),
            [
                "count_unit",
                "goods",
                "goods_fen",
                "help",
                "households",
                "key",
                "label",
                "leaders",
                "money_by_source",
                "money_fen",
                "objects",
                "person_times",
                "persons",
                "total_fen",
                "total_wan",
                "visits"
            ]
        );
        assert_eq!(
            keys(&line["help"]),
            ["family_employment", "housing", "legal_aid", "medical", "other", "schooling"]
        );
    }
    let old = row(&table, "old_demobilised");
    assert_eq!(old["help"]["medical"], 1);
    assert_eq!(old["goods"].as_array().unwrap().len(), 2);
    assert_eq!(keys(&old["goods"][0]), ["name", "quantity", "unit"]);
    assert_eq!(old["leaders"].as_array().unwrap().len(), 3);
    assert_eq!(row(&table, "troop")["count_unit"], "个");
    assert_eq!(row(&table, "merit")["visits"], 0);
}

#[test]
fn the_figures_are_those_worked_out_by_hand() {
    let county = visited();
    let all = table(&county, "500240");
    assert_eq!(figures(row(&all, "old_demobilised")), [1, 0, 2, 3, 3, 15_000, 32_000, 47_000]);
    assert_eq!(row(&all, "old_demobilised")["total_wan"], "0.05", "470 yuan, half up");
    assert_eq!(row(&all, "old_demobilised")["money_by_source"]["county"], 10_001);
    assert_eq!(row(&all, "old_demobilised")["money_by_source"]["donation"], 4_999);
    assert_eq!(figures(row(&all, "disabled_1_4")), [1, 0, 1, 1, 1, 0, 0, 0]);
    let troop = figures(row(&all, "troop"));
    assert_eq!([troop[1], troop[2], troop[4], troop[5]], [1, 0, 1, 500_000]);
    assert_eq!(row(&all, "troop")["total_wan"], "0.50");
    let combat = figures(row(&all, "combat_veteran"));
    assert_eq!(
        [combat[2], combat[3], combat[4], combat[5]],
        [2, 2, 2, 35_000],
        "roster person and candidate"
    );
    let group = figures(row(&all, "other"));
    assert_eq!([group[2], group[3], group[4], group[5]], [12, 12, 1, 60_000]);
    assert_eq!(row(&all, "own_unit_veteran")["visits"], 0, "in the county the person keeps the identity row");
    assert_eq!(all["total"]["persons"], 2 + 1 + 2 + 12);
    assert_eq!(all["total"]["visits"], 8);
    assert_eq!(all["total"]["money_fen"], 15_000 + 500_000 + 35_000 + 60_000);
    assert_eq!(all["total"]["total_wan"], "0.64", "6,420 yuan");

    let town = table(&county, "西沱镇");
    assert_eq!(town["unit"]["code"], "500240101000");
    assert_eq!(town["total"]["visits"], 7);
    assert_eq!(figures(row(&town, "combat_veteran"))[5], 5_000);
    let village = table(&county, "西山村");
    assert_eq!(figures(row(&village, "old_demobilised"))[2..6], [1, 1, 1, 4_999]);
    assert_eq!(village["total"]["visits"], 1);
    let bureau = table(&county, "教育局");
    let own = figures(row(&bureau, "own_unit_veteran"));
    assert_eq!([own[2], own[4], own[5]], [1, 1, 30_000]);
    assert_eq!(row(&bureau, "combat_veteran")["visits"], 0);
}

#[test]
fn every_format_is_a_file_of_its_kind() {
    let county = visited();
    for (format, head) in [
        ("csv", &b"\xEF\xBB\xBF"[..]),
        ("xlsx", b"PK"),
        ("docx", b"PK"),
        ("pdf", b"%PDF"),
        ("text", b""),
        ("json", b"{"),
    ] {
        let file = format!("表.{format}");
        let out = county.ok(&["statistics", "--campaign", "bayi-2024", "--format", format, "-o", &file]);
        assert_eq!(out, "", "{format}");
        let bytes = county.read(&file);
        assert!(bytes.len() > 500 && bytes.starts_with(head), "{format}");
    }
    for format in ["text", "json", "csv", "xlsx"] {
        let file = format!("覆盖.{format}");
        county.ok(&["coverage", "--campaign", "bayi-2024", "--format", format, "-o", &file]);
        assert!(!county.read(&file).is_empty(), "{format}");
    }
    county.ok(&["visit", "export", "--campaign", "bayi-2024", "-o", "走访.xlsx"]);
    assert!(county.read("走访.xlsx").starts_with(b"PK"));
}

#[test]
fn coverage_names_everyone_still_open() {
    let county = visited();
    let coverage = county.json(&["coverage", "--campaign", "bayi-2024"]);
    assert_eq!(keys(&coverage), ["campaign", "obligations", "unit"]);
    let list = coverage["obligations"].as_array().unwrap();
    let duty = |key: &str| list.iter().find(|it| it["key"] == key).unwrap();
    let required = ["key", "label", "required", "done", "open"];
    for obligation in list {
        let keys = keys(obligation);
        assert!(required.iter().all(|key| keys.contains(key)), "{keys:?}");
        for open in obligation["open"].as_array().unwrap() {
            assert_eq!(self::keys(open), ["name", "reason", "unit", "village"]);
        }
        let open = obligation["open"].as_array().unwrap().len() as u64;
        assert_eq!(open, obligation["required"].as_u64().unwrap() - obligation["done"].as_u64().unwrap());
    }
    let person = duty("key_person_visit");
    assert_eq!(
        (&person["required"], &person["done"]),
        (&json!(4), &json!(3)),
        "dead and moved are not required"
    );
    assert_eq!(person["done_in_person"], 2);
    assert_eq!(person["open"][0]["name"], "张七");
    assert_eq!(person["open"][0]["village"], "西山村");
    for key in ["principal_leader_visit", "deputy_leader_visit", "unit_active"] {
        assert_eq!((&duty(key)["required"], &duty(key)["done"]), (&json!(33), &json!(1)), "{key}");
    }
    assert_eq!(
        (&duty("universal_visit")["required"], &duty("universal_visit")["done"]),
        (&json!(5), &json!(4))
    );
    let masked = county.ok(&["coverage", "--campaign", "bayi-2024", "--masked", "--format", "json"]);
    assert!(!masked.contains("张七"));
}
