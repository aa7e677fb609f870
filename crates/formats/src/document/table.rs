//! Tables of a document. As in HTML, a row leaves out the places that a merged cell of this or an earlier row
//! covers; [`cover`] finds them.

use super::{Align, Face, Length, Points, Run};
use serde::Serialize;

/// A table with thin borders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Columns with their widths; the sum is the table's width.
    pub columns: Vec<Column>,
    /// Head rows, repeated on each page the table runs over.
    pub head: Vec<Row>,
    /// Rows; none is split between two pages.
    pub rows: Vec<Row>,
}

/// One column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Width.
    pub width: Length,
    /// How its cells stand when they do not say themselves.
    pub align: Align,
}

impl Table {
    /// The same with the alignment of every cell said by the cell itself.
    #[must_use]
    pub fn settled(mut self) -> Self {
        let columns = &self.columns;
        for rows in [&mut self.head, &mut self.rows] {
            for (places, row) in cover(rows, columns.len()).into_iter().zip(rows) {
                let mut column = 0;
                for place in places {
                    column += match place {
                        Place::Below(span) => usize::from(span),
                        Place::Cell(index) => {
                            let cell = &mut row.cells[index];
                            cell.align = cell.align.or(columns.get(column).map(|column| column.align));
                            usize::from(cell.columns.max(1))
                        }
                    };
                }
            }
        }
        self
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Cells from left to right without the covered places.
    pub cells: Vec<Cell>,
    /// Least height.
    pub height: Length,
}

/// One cell, its text in the middle between top and bottom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// The text.
    pub run: Run,
    /// How it stands; as its column when absent.
    pub align: Option<Align>,
    /// How many columns it covers.
    pub columns: u16,
    /// How many rows it covers.
    pub rows: u16,
}

impl Cell {
    /// A cell of a table's body.
    #[must_use]
    pub fn body(text: impl Into<String>, size: Points) -> Self {
        Self { run: Run::new(text, Face::Song, size), align: None, columns: 1, rows: 1 }
    }

    /// A cell of a table's head, in the middle.
    #[must_use]
    pub fn head(text: impl Into<String>, size: Points) -> Self {
        Self { run: Run::new(text, Face::Head, size), align: Some(Align::Center), columns: 1, rows: 1 }
    }

    /// The same over several columns and rows.
    #[must_use]
    pub fn over(mut self, columns: u16, rows: u16) -> Self {
        self.columns = columns;
        self.rows = rows;
        self
    }

    /// The same, standing elsewhere.
    #[must_use]
    pub fn aligned(mut self, align: Align) -> Self {
        self.align = Some(align);
        self
    }
}

/// One place in a row's grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The cell with this index in the row's list begins here.
    Cell(usize),
    /// A cell of an earlier row reaches down to here over so many columns.
    Below(u16),
}

/// The places of each row from left to right: cells of the row and cells that reach down into it. Cells that
/// would leave the table are cut off.
#[must_use]
pub fn cover(rows: &[Row], width: usize) -> Vec<Vec<Place>> {
    let mut reach = vec![(0_u16, 0_u16); width]; // rows still covered, columns covered together
    rows.iter()
        .map(|row| {
            let mut places = Vec::with_capacity(row.cells.len());
            let (mut column, mut next) = (0, 0);
            while column < width {
                if reach[column].0 > 0 {
                    let (_, columns) = reach[column];
                    let end = (column + usize::from(columns)).min(width);
                    for slot in &mut reach[column..end] {
                        slot.0 -= 1;
                    }
                    places.push(Place::Below(columns));
                    column = end;
                } else if let Some(cell) = row.cells.get(next) {
                    let end = (column + usize::from(cell.columns.max(1))).min(width);
                    let columns = u16::try_from(end - column).unwrap_or(1);
                    reach[column..end].fill((cell.rows.max(1) - 1, columns));
                    places.push(Place::Cell(next));
                    next += 1;
                    column = end;
                } else {
                    break;
                }
            }
            places
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: Vec<Cell>) -> Row {
        Row { cells, height: Length::ZERO }
    }

    #[test]
    fn merged_cells_reach_down() {
        let cell = || Cell::body("", Points::SIZE_5);
        let head = [
            row(vec![cell().over(1, 2), cell().over(2, 1), cell().over(1, 2)]),
            row(vec![cell(), cell()]),
            row(vec![cell(), cell(), cell(), cell()]),
        ];
        let places = cover(&head, 4);
        assert_eq!(places[0], [Place::Cell(0), Place::Cell(1), Place::Cell(2)]);
        assert_eq!(places[1], [Place::Below(1), Place::Cell(0), Place::Cell(1), Place::Below(1)]);
        assert_eq!(places[2].len(), 4);
    }

    #[test]
    fn cells_stand_as_their_column_wherever_merged_cells_push_them() {
        let cell = || Cell::body("", Points::SIZE_5);
        let column = |align| Column { width: Length::mm(10), align };
        let table = Table {
            columns: vec![column(Align::Left), column(Align::Center), column(Align::Right)],
            head: Vec::new(),
            rows: vec![
                row(vec![cell().over(1, 2), cell().over(2, 1)]),
                row(vec![cell(), cell().aligned(Align::Left)]),
            ],
        }
        .settled();
        let aligns = |row: usize| table.rows[row].cells.iter().map(|cell| cell.align).collect::<Vec<_>>();
        assert_eq!(aligns(0), [Some(Align::Left), Some(Align::Center)]);
        assert_eq!(aligns(1), [Some(Align::Center), Some(Align::Left)]);
    }
}
