//! The printed table and the coverage, read back as somebody else reads them.

#[path = "documents/office.rs"]
mod office;
#[path = "documents/sample.rs"]
mod sample;

use formats::document::Taken;
use formats::document::{Block, Document, display_width};
use formats::statistics::{PrintContext, csv, document, json, text, xlsx};
use jiff::civil::date;
use serde_json::json;

fn context() -> PrintContext {
    PrintContext { filler: Some("甲".to_owned()), ..PrintContext::new(date(2024, 8, 2)) }
}

#[test]
fn json_is_the_contract() {
    let table = sample::township();
    let value = json(&table);
    assert_eq!(value["campaign"], "bayi-2024");
    assert_eq!(value["unit"], json!({"code": "500240101000", "name": "西沱镇"}));
    let rows = value["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 20, "rows without anything are there, training_troop is off");
    assert_eq!(
        rows.iter().find(|row| row["key"] == "martyr_survivor"),
        Some(&json!({
            "key": "martyr_survivor", "label": "烈士遗属", "count_unit": "人", "leaders": ["丙", "=丁"],
            "households": 7, "objects": 0, "persons": 9, "person_times": 10, "visits": 10,
            "money_fen": 350_000,
            "money_by_source": {"county": 250_000, "own": 100_000, "donation": 0, "unstated": 0},
            "goods_fen": 94_500,
            "goods": [{"name": "大米", "quantity": 7, "unit": "袋"}, {"name": "食用油", "quantity": 7, "unit": "桶"}],
            "total_fen": 444_500, "total_wan": "0.44",
            "help": {"schooling": 1, "family_employment": 0, "housing": 0, "medical": 0, "legal_aid": 0, "other": 0},
        }))
    );
    let zero = json!({"county": 0, "own": 0, "donation": 0, "unstated": 0});
    assert_eq!(rows[0]["key"], "troop");
    assert_eq!(rows[0]["count_unit"], "个");
    assert_eq!(rows[0]["money_by_source"], zero);
    assert_eq!(rows[0]["total_wan"], "0.00");
    let total = &value["total"];
    assert_eq!((total["key"].as_str(), total["label"].as_str()), (Some("total"), Some("合计")));
    assert_eq!(total["households"], 12);
    assert_eq!(total["persons"], 14);
    assert_eq!(total["total_fen"], 762_000);
    assert_eq!(total["total_wan"], "0.76");
    let keys = |value: &serde_json::Value| {
        value.as_object().map(|line| line.keys().cloned().collect::<Vec<_>>()).expect("an object")
    };
    assert!(rows.iter().all(|row| keys(row) == keys(total)), "every line has the same fields");
    assert_eq!(keys(&value).len(), 4);
}

#[test]
fn text_stands_in_columns() {
    let text = text(&sample::county());
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.iter().take(30).all(|line| display_width(line) <= 140), "{text}");
    let rule = lines.iter().position(|line| line.starts_with("---")).expect("a rule");
    let head = lines[rule + 1];
    // Each figure ends where its head ends.
    let end_of = |line: &str, word: &str| {
        let at = line.find(word).unwrap_or_else(|| panic!("{word} in {line}"));
        display_width(&line[..at + word.len()])
    };
    let total = lines.iter().find(|line| line.starts_with("合计")).expect("a total");
    assert_eq!(end_of(head, "合计(元)"), end_of(total, &sample::county().total.total_fen.yuan_short()));
    assert_eq!(end_of(head, "合计(万元)"), end_of(total, &sample::county().total.total_wan()));
    assert_eq!(end_of(head, "人数"), end_of(lines[rule + 3], "5个"));
    assert!(text.contains("慰问品：") && text.contains("解决困难："));
}

#[test]
fn csv_has_plain_figures_and_no_formulas() {
    let bytes = csv(&sample::township());
    let text = std::str::from_utf8(&bytes).expect("UTF-8");
    assert!(text.starts_with("\u{feff}类别,计数单位,带队领导,户,个,人,人次,"), "{text}");
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a record")).collect();
    assert_eq!(rows.len(), 21);
    let total: Vec<&str> = rows[20].iter().collect();
    assert_eq!(&total[..2], ["合计", "人"]);
    assert_eq!(&total[3..13], ["12", "0", "14", "15", "15", "6000.00", "5000.00", "1000.00", "0.00", "0.00"]);
    assert_eq!(&total[13..18], ["大米12袋、食用油12桶", "1620.00", "7620.00", "0.76", "3"]);
    let mut table = sample::township();
    table.rows[2].leaders.remove(0);
    assert!(String::from_utf8_lossy(&csv(&table)).contains(",'=丁,"), "a formula is defused");
}

/// Rows of the n-th table of a document as texts; only rows without merged cells.
fn body_rows(document: &Document, section: usize) -> Vec<Vec<String>> {
    let table = document.sections[section].blocks.iter().find_map(|block| match block {
        Block::Table { table } => Some(table),
        _ => None,
    });
    let rows = &table.expect("a table").rows;
    rows.iter().map(|row| row.cells.iter().map(|cell| cell.run.text.clone()).collect()).collect()
}

#[test]
fn the_workbook_shows_the_cells_of_the_form() {
    for table in [sample::township(), sample::county()] {
        let context = context();
        let bytes = xlsx(&table, &context).expect("a workbook");
        assert_eq!(bytes, xlsx(&table, &context).expect("a workbook"), "the same bytes again");
        let sheets = office::sheets(&bytes);
        let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["统计表", "附表"]);
        let form = &sheets[0].1;
        assert_eq!(form[0][0], table.heading);
        assert_eq!(form[1][0], format!("填报单位（公章）：{}", table.unit.name));
        assert!(form[1].contains(&"填报日期：2024年8月2日".to_owned()), "{:?}", form[1]);
        let heads: Vec<&str> = table.columns.iter().map(|column| column.label.as_str()).collect();
        assert_eq!(form[2], heads);
        let printed = document(&table, &context);
        let rows = body_rows(&printed, 0);
        assert_eq!(&form[3..3 + rows.len()], rows);
        assert!(form.last().expect("a last row").contains(&"填表人：甲".to_owned()));
        annex_shows(&sheets[1].1, &body_rows(&printed, 1));
    }
}

/// The annex has the same figures; amounts have two decimals in the workbook and objects their word.
fn annex_shows(sheet: &[Vec<String>], rows: &[Vec<String>]) {
    assert_eq!(sheet[2][0], "类别");
    assert_eq!(sheet[3][5], "县级下拨");
    for (shown, row) in sheet[4..].iter().zip(rows) {
        let short: Vec<String> = shown.iter().map(|cell| cell.trim_end_matches(".00").to_owned()).collect();
        assert_eq!(short, *row);
    }
}

#[test]
fn the_paper_shows_the_cells_of_the_form() {
    for table in [sample::township(), sample::county()] {
        let printed = document(&table, &context());
        let bytes = formats::document::docx::write(&printed).expect("a docx");
        let lines = office::text(&bytes);
        let at = |word: &str| lines.iter().position(|line| line == word);
        assert_eq!(at(&table.heading), Some(0), "{lines:?}");
        assert!(
            lines.iter().any(|line| line.starts_with("填报单位（公章）：") && line.ends_with("2024年8月2日"))
        );
        let heads: Vec<&str> = table.columns.iter().map(|column| column.label.as_str()).collect();
        let first = at(heads[0]).expect("the first head");
        assert_eq!(&lines[first..first + heads.len()], heads);
        let cells: Vec<String> = body_rows(&printed, 0).concat();
        assert_eq!(&lines[first + heads.len()..first + heads.len() + cells.len()], cells);
        assert!(at("附表：走访慰问情况明细").is_some());
        let cells: Vec<String> = body_rows(&printed, 1).concat();
        let total = lines.iter().rposition(|line| line == "合计").expect("the total of the annex");
        let from = total + 19 - cells.len();
        assert_eq!(&lines[from..total + 19], cells);
    }
}

#[test]
fn coverage_in_every_format() {
    let coverage = sample::coverage();
    let value = formats::coverage::json(&coverage);
    assert_eq!(
        value["obligations"][0]["open"][0],
        json!({"unit": "西沱镇", "village": "星光村", "name": "张*", "reason": "老复员军人，尚未走访"})
    );
    assert_eq!(value["obligations"][1].get("done_in_person"), None);
    let text = formats::coverage::text(&coverage);
    assert!(text.contains("99.7%") && text.contains("仅发信或电话 1 人"), "{text}");
    let csv = String::from_utf8(formats::coverage::csv(&coverage, &taken())).expect("UTF-8");
    assert!(csv.contains("重点优抚对象全覆盖走访慰问,未完成,黄水镇,,'=李*,"), "{csv}");
    assert_eq!(csv.trim_end().lines().last(), Some("由 os:安 于 2024-08-12 09:30 导出,,,,,"));
    let bytes = formats::coverage::xlsx(&coverage, &taken()).expect("a workbook");
    assert_eq!(bytes, formats::coverage::xlsx(&coverage, &taken()).expect("the same bytes again"));
    every_page_names_who_took_it(&bytes, 3);
    let sheets = office::sheets(&bytes);
    let sheet = |name: &str| &sheets.iter().find(|(other, _)| other == name).expect("a sheet").1;
    assert_eq!(sheet("概况")[2], ["重点优抚对象全覆盖走访慰问", "1,000", "997", "996", "1", "3", "99.7%"]);
    assert_eq!(sheet("概况")[3], ["主要领导带头入户慰问至少1户", "33", "32", "—", "—", "1", "96.9%"]);
    let names = sheet("重点优抚对象全覆盖走访慰问");
    let open: Vec<&str> = names[1..].iter().map(|row| row[4].as_str()).collect();
    assert_eq!(open, ["张*", "王*", "=李*", "赵*"], "one unit's names stand together");
}

#[test]
fn a_share_is_never_rounded_up_to_all() {
    for (required, done, rate) in [(0, 0, "—"), (3, 1, "33.3%"), (100_000, 99_999, "99.9%"), (7, 7, "100.0%")]
    {
        assert_eq!(formats::coverage::rate(required, done), rate);
    }
}

fn taken() -> Taken {
    Taken::new("os:安", date(2024, 8, 12).at(9, 30, 0, 0))
}

/// The footers of all sheets or of the document, as they stand in the file.
fn every_page_names_who_took_it(bytes: &[u8], footers: usize) {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a zip");
    let mut named = 0;
    for index in 0..zip.len() {
        let mut part = zip.by_index(index).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut text = String::new();
        std::io::Read::read_to_string(&mut part, &mut text).expect("text");
        if name.starts_with("xl/worksheets/sheet") || name.starts_with("word/footer") {
            assert!(text.contains("由 os:安 于 2024-08-12 09:30 导出"), "{name}: {text}");
            named += 1;
        }
    }
    assert_eq!(named, footers);
}

#[test]
fn the_form_names_who_took_it_on_every_page() {
    let context = PrintContext::taken(&taken());
    for table in [sample::township(), sample::county()] {
        let bytes = xlsx(&table, &context).expect("a workbook");
        assert_eq!(bytes, xlsx(&table, &context).expect("the same bytes again"));
        every_page_names_who_took_it(&bytes, 2);
        let printed = document(&table, &context);
        let bytes = formats::document::docx::write(&printed).expect("a document");
        assert_eq!(bytes, formats::document::docx::write(&printed).expect("the same bytes again"));
        every_page_names_who_took_it(&bytes, 4);
    }
}
