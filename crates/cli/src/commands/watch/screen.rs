//! The table on a terminal, drawn over itself.

use skillstat_domain::Overview;

use crate::commands::status;
use crate::console::{Console, Size};

/// Lines that are taken back when they are drawn anew. Nothing else of the terminal is touched, so that
/// it is as it should be whenever the command ends.
#[derive(Debug)]
pub(super) struct Screen {
    rows: usize,
    drawn: usize,
}

impl Screen {
    pub(super) fn new(size: Size) -> Self {
        Self { rows: usize::from(size.rows), drawn: 0 }
    }

    /// Draws; tells whether somebody still reads.
    pub(super) fn draw(
        &mut self,
        overview: &Overview,
        console: &mut Console<'_>,
    ) -> anyhow::Result<bool> {
        let table = status::table(overview, &console.out);
        let frame = self.frame(&table);
        console.now(&frame)
    }

    /// Returns what takes the last lines back and shows these, as many as there is room for.
    fn frame(&mut self, text: &str) -> String {
        let lines: Vec<_> = text.lines().collect();
        // One row is the cursor's.
        let room = self.rows.saturating_sub(1).max(1);
        let shown = if lines.len() > room { room - 1 } else { lines.len() };
        let mut frame = String::new();
        if self.drawn > 0 {
            frame = format!("\x1b[{}A\x1b[J", self.drawn);
        }
        for line in &lines[..shown] {
            frame += line;
            frame.push('\n');
        }
        if shown < lines.len() {
            frame.push_str("… ");
            frame.push_str(&(lines.len() - shown).to_string());
            frame.push_str(" more lines\n");
        }
        self.drawn = frame.matches('\n').count();
        frame
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_drawn_is_taken_back_and_no_more() {
        let mut screen = Screen::new(Size { columns: 80, rows: 4 });
        assert_eq!(screen.frame("a\nb\n"), "a\nb\n");
        assert_eq!(screen.frame("c\n"), "\x1b[2A\x1b[Jc\n");
        assert_eq!(screen.frame("a\nb\nc\nd\n"), "\x1b[1A\x1b[Ja\nb\n… 2 more lines\n");
        assert_eq!(screen.frame(""), "\x1b[3A\x1b[J");
        assert_eq!(screen.frame("a\n"), "a\n");
    }
}
