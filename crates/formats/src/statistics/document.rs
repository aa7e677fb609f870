//! The printed form: the notice's table on one page and the annex on the next.

use super::{PrintContext, annex, words};
use crate::document::{
    Align, Block, Cell, Column, Document, Face, Length, Page, Points, Row, Run, Section, Table as Grid, Taken,
};
use domain::campaign::ColumnValue;
use domain::statistics::{Line, Table};

/// Least height of a row that holds figures.
const ROW: Length = Length(580);
/// Size of the cells; of a crowded table (a county's, where most cells name several leaders and goods) the smaller one,
/// which keeps it on two pages.
const SIZE: Points = Points::SIZE_5;
const CROWDED: Points = Points::SIZE_5_SMALL;

/// The table as a document for docx and pdf.
#[must_use]
pub fn document(table: &Table, context: &PrintContext) -> Document {
    Document {
        title: table.heading.clone(),
        date: context.printed_on,
        taken: context.taken.as_ref().map(Taken::line),
        sections: vec![form(table, context), annex::section(table, context)],
    }
}

fn form(table: &Table, context: &PrintContext) -> Section {
    let is_crowded = table.rows.iter().any(words::is_shortened);
    let size = if is_crowded { CROWDED } else { SIZE };
    let head: Vec<Cell> = table.columns.iter().map(|column| Cell::head(column.label.clone(), size)).collect();
    let mut rows: Vec<Row> = table.rows.iter().map(|line| row(table, line, size)).collect();
    rows.push(row(table, &table.total, size));
    let blocks = vec![
        Block::title(table.heading.clone(), Points(180)),
        Block::Spacer { height: Length::mm(3) },
        spread(&[context.unit_line(table), context.date_line()]),
        Block::Table {
            table: Grid {
                columns: columns(table),
                head: vec![Row { cells: head, height: Length::mm(12) }],
                rows,
            },
        },
        Block::Spacer { height: Length(150) },
        spread(&context.signatures()),
    ];
    Section { page: Page::wide_table(), blocks }
}

/// A line with parts from edge to edge, as above and below the tables.
pub(super) fn spread(parts: &[String]) -> Block {
    let run = |text: &String| vec![Run::new(text.clone(), Face::Song, SIZE)];
    Block::Spread { parts: parts.iter().map(run).collect() }
}

fn row(table: &Table, line: &Line, size: Points) -> Row {
    let cell = |column: &domain::campaign::Column| {
        let text = words::cell(column.value, line);
        let mut cell = Cell::body(text.clone(), size);
        if words::is_total(line) {
            cell.run.face = Face::Head;
        }
        if text == words::NOTHING
            || (words::is_total(line) && matches!(column.value, ColumnValue::Label | ColumnValue::Help))
        {
            cell.align = Some(Align::Center);
        }
        cell
    };
    Row { cells: table.columns.iter().map(cell).collect(), height: ROW }
}

/// Widths by what a column shows, stretched over the page whichever columns the template prints.
fn columns(table: &Table) -> Vec<Column> {
    let share = |value: ColumnValue| match value {
        ColumnValue::Label => 96,
        ColumnValue::Leaders => 88,
        ColumnValue::Count => 56,
        ColumnValue::Money => 58,
        ColumnValue::Goods => 100,
        ColumnValue::TotalWan => 49,
        ColumnValue::Help => 87,
    };
    let whole = Page::wide_table().text_width().0;
    let sum: i32 = table.columns.iter().map(|column| share(column.value)).sum();
    table
        .columns
        .iter()
        .map(|column| Column {
            width: Length(whole * share(column.value) / sum.max(1)),
            align: align(column.value),
        })
        .collect()
}

fn align(value: ColumnValue) -> Align {
    match value {
        ColumnValue::Label | ColumnValue::Leaders | ColumnValue::Goods | ColumnValue::Help => Align::Left,
        ColumnValue::Count | ColumnValue::Money | ColumnValue::TotalWan => Align::Right,
    }
}
