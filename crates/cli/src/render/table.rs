//! Tables that fit the terminal, with one word in colour at the front of each row.

use std::collections::BTreeMap;

use anstyle::Style;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table};
use skillstat_domain::StateName;

use super::plain::plain;
use super::states;
use crate::console::Stream;

/// A table whose first column says in one word how things are.
#[derive(Debug)]
pub(crate) struct WordTable {
    table: Table,
    styles: BTreeMap<&'static str, Style>,
}

impl WordTable {
    /// Starts a table whose words are states; the named columns follow them.
    pub(crate) fn of_states(columns: &[&str], stream: &Stream<'_>) -> Self {
        Self::new("STATE", columns, stream)
    }

    /// Starts a table.
    pub(crate) fn new(words: &str, columns: &[&str], stream: &Stream<'_>) -> Self {
        let mut table = Table::new();
        table.load_style(comfy_table::presets::NOTHING);
        if let Some(size) = stream.size {
            table.set_content_arrangement(ContentArrangement::Dynamic).set_width(size.columns);
        } else {
            table.set_content_arrangement(ContentArrangement::Disabled);
        }
        table.set_header(std::iter::once(words).chain(columns.iter().copied()));
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        Self { table, styles: BTreeMap::new() }
    }

    /// Adds a row that begins with a state; no state is a dash.
    pub(crate) fn state_row(&mut self, state: Option<StateName>, cells: Vec<Value>) {
        let style = state.map_or_else(Style::new, states::style);
        self.row(state.map_or("-", StateName::as_str), style, cells);
    }

    /// Adds a row that begins with a word without blanks in it.
    pub(crate) fn row(&mut self, word: &'static str, style: Style, cells: Vec<Value>) {
        self.styles.insert(word, style);
        self.plain_row(std::iter::once(Value::Text(word.to_owned())).chain(cells));
    }

    /// Adds a row that begins with no such word.
    pub(crate) fn plain_row(&mut self, cells: impl IntoIterator<Item = Value>) {
        self.table.add_row(cells.into_iter().map(|cell| match cell {
            Value::Text(text) => Cell::new(plain(&text)),
            Value::Right(text) => Cell::new(text).set_alignment(CellAlignment::Right),
            Value::Number(number) => Cell::new(number).set_alignment(CellAlignment::Right),
        }));
    }

    /// Prints the table; lines have no blanks at their end.
    pub(crate) fn render(&self, stream: &Stream<'_>) -> String {
        let mut text = String::new();
        for (number, line) in self.table.lines().enumerate() {
            let line = line.trim_end();
            let (first, rest) = line.split_at(line.find(' ').unwrap_or(line.len()));
            match self.styles.get(first) {
                _ if number == 0 => text.push_str(&stream.paint(line, Style::new().bold())),
                Some(style) if *style != Style::new() => {
                    text.push_str(&stream.paint(first, *style));
                    text.push_str(rest);
                }
                _ => text.push_str(line),
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
    /// Right-aligned, and harmless.
    Right(String),
    /// Right-aligned.
    Number(usize),
}
