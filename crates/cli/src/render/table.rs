//! Tables that fit the terminal, with the state in colour at the front of each row.

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table};
use skillstat_domain::StateName;

use super::plain::plain;
use super::states;
use crate::console::Stream;

/// A table whose first column is a state.
#[derive(Debug)]
pub(crate) struct StateTable {
    table: Table,
}

impl StateTable {
    /// Starts a table; the named columns follow the column of states.
    pub(crate) fn new(columns: &[&str], stream: &Stream<'_>) -> Self {
        let mut table = Table::new();
        table.load_style(comfy_table::presets::NOTHING);
        if let Some(size) = stream.size {
            table.set_content_arrangement(ContentArrangement::Dynamic).set_width(size.columns);
        } else {
            table.set_content_arrangement(ContentArrangement::Disabled);
        }
        table.set_header(std::iter::once("STATE").chain(columns.iter().copied()));
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        Self { table }
    }

    /// Adds a row; no state is a dash.
    pub(crate) fn row(&mut self, state: Option<StateName>, cells: Vec<Value>) {
        let state = Cell::new(state.map_or("-", StateName::as_str));
        self.table.add_row(std::iter::once(state).chain(cells.into_iter().map(
            |cell| match cell {
                Value::Text(text) => Cell::new(plain(&text)),
                Value::Number(number) => Cell::new(number).set_alignment(CellAlignment::Right),
            },
        )));
    }

    /// Prints the table; lines have no blanks at their end.
    pub(crate) fn render(&self, stream: &Stream<'_>) -> String {
        let mut text = String::new();
        for (number, line) in self.table.lines().enumerate() {
            let line = line.trim_end();
            let (first, rest) = line.split_at(line.find(' ').unwrap_or(line.len()));
            let style = match StateName::ALL.iter().find(|state| state.as_str() == first) {
                _ if number == 0 => Some(anstyle::Style::new().bold()),
                state => state.map(|state| states::style(*state)),
            };
            match style {
                Some(style) if number == 0 => text.push_str(&stream.paint(line, style)),
                Some(style) => {
                    text.push_str(&stream.paint(first, style));
                    text.push_str(rest);
                }
                None => text.push_str(line),
            }
            text.push('\n');
        }
        text
    }
}

/// What stands in a cell.
#[derive(Debug)]
pub(crate) enum Value {
    /// Left-aligned.
    Text(String),
    /// Right-aligned.
    Number(usize),
}
