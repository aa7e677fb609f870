//! Dirty sheets, one trap each.

use crate::common::{citizen, lines, notes, roster, roster_within};
use crate::workbook::{Parts, plain, text, zip};
use domain::sheet::{Cell, Column};
use formats::sheet::{Limits, read_bytes};
use rust_xlsxwriter::{Format, Formula, Workbook};
use std::fmt::Write as _;
use std::ops::ControlFlow;

fn sheet(rows: &str) -> Vec<String> {
    lines(&roster("a.xlsx", &Parts::new(rows, "").zip()).expect("readable").1)
}

#[test]
fn cells_of_every_kind_and_spelling() {
    let head = plain(&[&["姓名", "身份证号", "乡镇", "死亡日期", "金额", "账号", "备注"]]);
    let rows = format!(
        "{head}\
         <row r='3'><c r='A3' t='s'><v>0</v></c><c r='B3' t='inlineStr'><is><r><t>50024</t></r><r><rPr/><t>0189</t></r></is></c>\
         <c r='D3' s='1'><v>45488.75</v></c><c r='E3'><f>1+1</f><v>2</v></c><c r='F3' t='b'><v>1</v></c>\
         <c r='G3' t='e'><v>#REF!</v></c></row>\
         <x:row r='4'><x:c t='str'><x:f>A3</x:f><x:v>李&amp;四</x:v></x:c><x:c r='B4' t='str'><x:v>a_x000D_b</x:v></x:c>\
         <x:c r='D4' t='d'><x:v>2024-07-15T00:00:00</x:v></x:c><x:c r='E4'><x:v>1.5E3</x:v></x:c></x:row>\
         <row><c t='inlineStr'><is><t xml:space='preserve'> 王五 </t></is></c><c t='str'><v><![CDATA[<1>]]></v></c>\
         <c/><c s='1'><v>0.5</v></c><c><f>SUM(E3)</f></c></row>"
    );
    assert_eq!(
        sheet(&rows),
        [
            "0 3 “张三”|“500240189”||2024-07-15|2|true|!#REF!",
            "0 4 “李&四”|“a\rb”||2024-07-15|1500||",
            "0 5 “ 王五 ”|“<1>”||0.5|!公式未计算||",
        ]
    );
}

#[test]
fn the_1904_date_system() {
    let head = plain(&[&["姓名", "身份证号", "死亡日期"]]);
    let rows =
        format!("{head}<row><c t='s'><v>0</v></c><c t='s'><v>0</v></c><c s='1'><v>44026</v></c></row>");
    let mut parts = Parts::new(&rows, "");
    parts.workbook = parts.workbook.replace("<workbookPr/>", "<workbookPr date1904='1'/>");
    let (_, rows) = roster("a.xlsx", &parts.zip()).unwrap();
    assert_eq!(rows[0].cells[3], Cell::Date(jiff::civil::date(2024, 7, 15)));
}

#[test]
fn rows_far_down_and_a_boundless_dimension_cost_nothing() {
    let head = plain(&[&["姓名", "身份证号"]]);
    let far = format!("<row r='1048576'>{}{}</row>", text("A1048576", "张三"), text("B1048576", "1"));
    let mut parts = Parts::new(&format!("{head}{far}"), "");
    parts.sheet = parts.sheet.replace("<sheetData>", "<dimension ref='A1:XFD1048576'/><sheetData>");
    assert_eq!(lines(&roster("a.xlsx", &parts.zip()).unwrap().1), ["0 1048576 “张三”|“1”|||||"]);

    let repeated = "<table:table-row><table:table-cell office:value-type='string'><text:p>张三</text:p></table:table-cell>\
                    <table:table-cell table:number-columns-repeated='99999999' office:value-type='string'><text:p>1</text:p></table:table-cell></table:table-row>\
                    <table:table-row table:number-rows-repeated='4000000000'><table:table-cell table:number-columns-repeated='16384'/></table:table-row>";
    let head = "<table:table-row><table:table-cell><text:p>姓名</text:p></table:table-cell><table:table-cell><text:p>身份证号</text:p></table:table-cell></table:table-row>";
    let content = format!(
        "<office:document-content><table:table table:name='表'>{head}{repeated}</table:table></office:document-content>"
    );
    let (_, rows) = roster("a.ods", &zip(&[("content.xml", content.as_bytes())])).unwrap();
    assert_eq!(lines(&rows), ["0 2 “张三”|“1”|||||"]);
}

#[test]
fn ods_cells_with_comments_spaces_and_repeated_rows() {
    let head = "<table:table-row><table:table-cell office:value-type='string'><text:p>姓名</text:p></table:table-cell>\
                <table:table-cell office:value-type='string'><office:annotation><text:p>说明</text:p></office:annotation><text:p>身份证号</text:p></table:table-cell>\
                <table:table-cell><text:p>死亡日期</text:p></table:table-cell></table:table-row>";
    let row = "<table:table-row table:number-rows-repeated='2'><table:table-cell office:value-type='string'><text:p>张<text:s text:c='2'/>三</text:p><text:p>二</text:p></table:table-cell>\
               <table:table-cell office:value-type='float' office:value='12'><text:p>12.00</text:p></table:table-cell>\
               <table:table-cell office:value-type='date' office:date-value='2024-07-15T10:00:00'><text:p>7月</text:p></table:table-cell></table:table-row>";
    let content = format!(
        "<c><table:table table:name='表'><table:table-header-rows>{head}</table:table-header-rows>{row}</table:table></c>"
    );
    let (_, rows) = roster("a.ods", &zip(&[("content.xml", content.as_bytes())])).unwrap();
    let want = ["0 2 “张  三\n二”|12||2024-07-15|||", "0 3 “张  三\n二”|12||2024-07-15|||"];
    assert_eq!(lines(&rows), want);
}

#[test]
fn vertical_merges_fill_words_down_but_never_money() {
    let rows = plain(&[
        &["乡镇", "姓名", "身份证号", "慰问金（元）"],
        &["河嘴乡", "张三", "1", "500"],
        &["", "李四", "2", ""],
        &["", "", "", ""],
        &["", "王五", "3", ""],
        &["", "赵六", "4", ""],
    ]);
    let merges = "<mergeCells><mergeCell ref='A2:A5'/><mergeCell ref='D2:D3'/></mergeCells>";
    let (read, rows) = roster("a.xlsx", &Parts::new(&rows, merges).zip()).unwrap();
    assert_eq!(
        lines(&rows),
        [
            "0 2 “张三”|“1”|“河嘴乡”||“500”||",
            "0 3 “李四”|“2”|“河嘴乡”||||",
            "0 5 “王五”|“3”|“河嘴乡”||||",
            "0 6 “赵六”|“4”|||||",
        ]
    );
    assert_eq!(notes(&read), ["表一：第 2–3 行的“慰问金（元）”是合并单元格，只计入第 2 行。"]);
}

#[test]
fn hidden_rows_hidden_sheets_and_empty_formatted_rows() {
    let mut book = Workbook::new();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let sheet = book.add_worksheet().set_name("一").unwrap();
    for (column, head) in (0..).zip(["姓名", "公民身份号码", "慰问金"]) {
        sheet.write(0, column, head).unwrap();
    }
    sheet.write(1, 0, "张三").unwrap().write(1, 1, citizen(1)).unwrap();
    sheet.write_formula(1, 2, Formula::new("=250*2").set_result("500")).unwrap();
    sheet.set_row_hidden(1).unwrap();
    sheet.write(2, 0, " \u{3000}").unwrap();
    for row in 3..2000 {
        sheet.write_blank(row, 0, &date).unwrap();
    }
    let hidden = book.add_worksheet().set_name("二").unwrap().set_hidden(true);
    hidden.write(0, 0, "姓名").unwrap().write(0, 1, "身份证号").unwrap();
    hidden.write(1, 0, "李四").unwrap().write(1, 1, citizen(2)).unwrap();
    let (read, rows) = roster("a.xlsx", &book.save_to_buffer().unwrap()).unwrap();
    let want = ["0 2 “张三”|“500240189002020016”|||500||", "1 2 “李四”|“500240189003030021”|||||"];
    assert_eq!(lines(&rows), want);
    assert_eq!(notes(&read), ["二：这张工作表是隐藏的，其中的数据也已读取。"]);
}

#[test]
fn totals_signatures_and_page_headers_are_no_rows() {
    let head: &[&str] = &["姓名", "身份证号", "金额", "备注"];
    let rows = plain(&[
        head,
        &["张三", "1", "5", ""],
        &["小计", "", "5", ""],
        head,
        &["合计：", "", "5", ""],
        &["注：以上人员均已核对。", "", "", ""],
        &["审核人（签字）：", "", "某某", ""],
        &["", "", "", "备注在最后一列"],
        &["合计", "9", "", ""],
    ]);
    let (read, rows) = roster("a.xlsx", &Parts::new(&rows, "").zip()).unwrap();
    let want = ["0 2 “张三”|“1”|||“5”||", "0 8 ||||||“备注在最后一列”", "0 9 “合计”|“9”|||||"];
    assert_eq!(lines(&rows), want);
    let told: Vec<_> = notes(&read).iter().map(|note| note.chars().take(12).collect::<String>()).collect();
    assert_eq!(
        told,
        ["表一：第 3 行是“小计", "表一：第 5 行是“合计", "表一：第 6 行是“注”", "表一：第 7 行是“审核"]
    );
}

#[test]
fn a_repeated_head_and_money_in_ten_thousands_are_told() {
    let rows =
        plain(&[&["姓名", "身份证号", "慰问金（万元）", "备注", "备注"], &["张三", "1", "0.05", "甲", "乙"]]);
    let (read, rows) = roster("a.xlsx", &Parts::new(&rows, "").zip()).unwrap();
    assert_eq!(lines(&rows), ["0 2 “张三”|“1”|||||“甲”"]);
    assert_eq!(read.notes.len(), 2);
    assert!(notes(&read)[0].contains("“备注”与前面的列重复") && notes(&read)[1].contains("不是以元为单位"));
}

#[test]
fn one_of_several_columns_is_enough() {
    const COLUMNS: &[Column] = &[
        Column { title: "走访日期", synonyms: &[], required: true },
        Column { title: "对象姓名", synonyms: &[], required: false },
        Column { title: "公民身份号码", synonyms: &[], required: false },
    ];
    let attempt = |head: &[&str]| {
        let bytes = Parts::new(&plain(&[head, &["2024-07-15", "甲"]]), "").zip();
        let limits = Limits::default();
        read_bytes("a.xlsx", &bytes, COLUMNS, &[&[1, 2]], &limits, &mut |_| ControlFlow::Continue(()))
    };
    assert_eq!(attempt(&["走访日期", "对象姓名"]).unwrap().rows, 1);
    assert_eq!(attempt(&["走访日期", "公民身份号码"]).unwrap().rows, 1);
    let error = attempt(&["走访日期", "其他"]).unwrap_err().to_string();
    assert!(error.contains("“表一”的表头缺少“对象姓名或公民身份号码”"), "{error}");
}

#[test]
fn the_caller_can_stop_and_rows_are_bounded() {
    let mut rows = plain(&[&["姓名", "身份证号"]]);
    for number in 0..100 {
        write!(rows, "<row>{}</row>", "<c><v>1</v></c>".repeat(2 + number % 2)).unwrap();
    }
    let bytes = Parts::new(&rows, "").zip();
    let mut seen = 0;
    let read = read_bytes("a.xlsx", &bytes, crate::common::COLUMNS, &[], &Limits::default(), &mut |_| {
        seen += 1;
        if seen == 40 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((seen, read.unwrap().rows), (40, 40));
    let limits = Limits { max_rows: 99, ..Limits::default() };
    assert_eq!(roster_within("a.xlsx", &bytes, &limits).unwrap_err().code(), "file.too_many_rows");
}

#[test]
fn a_header_only_sheet_is_read_and_has_no_rows() {
    let (read, rows) = roster("a.xlsx", &Parts::new(&plain(&[&["姓名", "身份证号"]]), "").zip()).unwrap();
    assert!(rows.is_empty() && read.mapping.len() == 1 && read.notes.is_empty());
}
