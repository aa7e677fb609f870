//! 附表: what the notice's columns do not show. Households, persons and visits, money by source, goods with their
//! quantities and help by kind.

use super::document::spread;
use super::{PrintContext, notes::NOTES, words};
use crate::document::{
    Align, Block, Cell, Column, Face, Length, Page, Paragraph, Points, Row, Run, Section, Table as Grid,
    display_width,
};
use domain::campaign::CountUnit;
use domain::statistics::{Line, Table};
use words::{thousands, thousands_or_dash, yuan_or_dash};

/// Heading of the annex.
pub(super) const HEADING: &str = "附表：走访慰问情况明细";

const SIZE: Points = Points::SIZE_8;

/// Least widths in hundredths of a millimetre: what the heads need, and two goods on a line. Goods take what is left.
const LEAST: [i32; 19] = [
    2600, 1000, 1100, 1050, 1050, 1400, 1150, 1400, 1150, 1150, 1150, 1150, 3400, 790, 790, 790, 790, 790,
    790,
];
const LABEL: usize = 0;
const GOODS: usize = 12;

/// Half an em of [`SIZE`], the width of a digit, and what a cell keeps free on both sides.
const DIGIT: i32 = 141;
const INSET: i32 = 260;

/// The annex as a section of its own.
pub(super) fn section(table: &Table, context: &PrintContext) -> Section {
    let mut rows: Vec<Row> = table.rows.iter().map(row).collect();
    rows.push(row(&table.total));
    let notes = NOTES.iter().enumerate().map(|(index, note)| {
        let text = if index == 0 { format!("注：{note}") } else { format!("　　{note}") };
        let mut paragraph = Paragraph::of(Run::new(text, Face::Song, SIZE));
        paragraph.pitch = Some(Points(120));
        Block::Paragraph { paragraph }
    });
    let mut blocks = vec![
        Block::title(HEADING, Points(150)),
        Block::Spacer { height: Length::mm(2) },
        spread(&[context.unit_line(table), context.date_line()]),
        Block::Table { table: Grid { columns: columns(&rows), head: head(), rows } },
        Block::Spacer { height: Length(150) },
    ];
    blocks.extend(notes);
    Section { page: Page::wide_table(), blocks }
}

/// Wide enough that no figure is torn or runs into its neighbour, however much money a county gives.
fn widths(rows: &[Row]) -> [i32; 19] {
    let mut widths = LEAST;
    for row in rows {
        for (index, cell) in row.cells.iter().enumerate().filter(|(index, _)| *index != GOODS) {
            let digits = i32::try_from(display_width(&cell.run.text)).unwrap_or(i32::MAX / DIGIT / 2);
            widths[index] = widths[index].max(digits * DIGIT + INSET);
        }
    }
    // A long label may stand on two lines.
    let whole = Page::wide_table().text_width().0;
    let others: i32 = widths.iter().sum::<i32>() - widths[GOODS] - widths[LABEL];
    widths[LABEL] = widths[LABEL].min(whole - others - LEAST[GOODS]).max(LEAST[LABEL]);
    let rest = whole - others - widths[LABEL];
    if rest >= LEAST[GOODS] {
        widths[GOODS] = rest;
    } else {
        let sum = others + widths[LABEL] + widths[GOODS];
        widths = widths.map(|width| width * whole / sum);
    }
    widths
}

fn columns(rows: &[Row]) -> Vec<Column> {
    widths(rows)
        .into_iter()
        .enumerate()
        .map(|(index, width)| Column {
            width: Length(width),
            align: match index {
                LABEL | GOODS => Align::Left,
                13.. => Align::Center,
                _ => Align::Right,
            },
        })
        .collect()
}

fn head() -> Vec<Row> {
    let tall = |text: &str| Cell::head(text, SIZE).over(1, 2);
    let wide = |text: &str, columns| Cell::head(text, SIZE).over(columns, 1);
    let low = |text: &str| Cell::head(text, SIZE);
    let first = vec![
        tall("类别"),
        tall("户"),
        tall("人数"),
        tall("人次"),
        tall("走访\n记录"),
        wide("慰问金（元）", 5),
        tall("慰问品\n折款\n（元）"),
        tall("合计\n（元）"),
        tall("慰问品（名称及数量）"),
        wide("解决实际困难（件）", 6),
    ];
    let second = [
        "县级下拨",
        "本单位",
        "社会捐赠",
        "未注明",
        "小计",
        "子女\n入学",
        "家属\n就业",
        "住房\n改造",
        "看病\n就医",
        "法律\n援助",
        "其他",
    ];
    vec![
        Row { cells: first, height: Length::mm(6) },
        Row { cells: second.into_iter().map(low).collect(), height: Length::mm(8) },
    ]
}

fn row(line: &Line) -> Row {
    let source = line.money_by_source;
    let goods = words::goods_list(&line.goods, usize::MAX);
    let mut texts = vec![
        line.label.clone(),
        thousands_or_dash(line.households),
        persons(line),
        thousands_or_dash(line.person_times),
        thousands_or_dash(line.visits),
        yuan_or_dash(source.county),
        yuan_or_dash(source.own),
        yuan_or_dash(source.donation),
        yuan_or_dash(source.unstated),
        yuan_or_dash(line.money_fen),
        yuan_or_dash(line.goods_fen),
        yuan_or_dash(line.total_fen),
        if goods.is_empty() { words::NOTHING.to_owned() } else { goods },
    ];
    texts.extend(line.help.labelled().iter().map(|(_, number)| thousands_or_dash(*number)));
    let cells = texts.into_iter().enumerate().map(|(index, text)| {
        let is_middle = text == words::NOTHING || (words::is_total(line) && index == 0);
        let mut cell = Cell::body(text, SIZE);
        if words::is_total(line) {
            cell.run.face = Face::Head;
        }
        if is_middle { cell.aligned(Align::Center) } else { cell }
    });
    Row { cells: cells.collect(), height: Length::mm(5) }
}

/// Persons; objects with their word in rows that count them.
pub(super) fn persons(line: &Line) -> String {
    match (line.count_unit, line.objects) {
        (CountUnit::Object, 0) => words::NOTHING.to_owned(),
        (CountUnit::Object, objects) => format!("{}个", thousands(objects)),
        _ => thousands_or_dash(line.persons),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(widths: [i32; 19]) -> i32 {
        widths.iter().sum()
    }

    fn row(amount: &str) -> Row {
        let cells =
            (0..19).map(|index| Cell::body(if index == 9 || index == 11 { amount } else { "1" }, SIZE));
        Row { cells: cells.collect(), height: Length::ZERO }
    }

    #[test]
    fn columns_grow_with_their_figures_and_fill_the_page() {
        let whole = Page::wide_table().text_width().0;
        let small = widths(&[row("1,500")]);
        let large = widths(&[row("1,500"), row("1,569,607.50")]);
        assert_eq!((sum(small), sum(large)), (whole, whole));
        assert_eq!(small[9], LEAST[9], "the head is wider than the figure");
        assert_eq!(large[9], 12 * DIGIT + INSET);
        assert!(large[GOODS] >= LEAST[GOODS] && small[GOODS] > large[GOODS]);
        let huge = widths(&[row(&"1,234,567".repeat(9))]);
        assert!(sum(huge) <= whole, "beyond the page nothing helps but to be torn");
    }
}
