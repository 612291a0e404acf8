//! Where output goes.

use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};

use anstyle::{AnsiColor, Style};
use anyhow::Context;

use crate::Exit;
use crate::pager::Pager;

/// How much of an answer is written at once that is written while it is made.
const AT_ONCE: usize = 64 << 10;

/// The two streams of a command.
pub struct Console<'a> {
    /// For data.
    pub out: Stream<'a>,
    /// For everything else.
    pub err: Stream<'a>,
    /// What is to be written to `out` in the end, so that half an answer is never taken for one.
    data: Vec<u8>,
    /// What came of what was written before the end.
    streamed: io::Result<()>,
    /// What shows it if it is longer than the terminal.
    pager: Option<Pager>,
}

/// A stream and what it can show.
pub struct Stream<'a> {
    /// Where the bytes go.
    pub writer: &'a mut dyn Write,
    /// Whether colour is wanted.
    pub color: bool,
    /// How large a terminal is; nothing when it is no terminal.
    pub size: Option<Size>,
}

/// The size of a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Characters in a row.
    pub columns: u16,
    /// Rows.
    pub rows: u16,
}

impl<'a> Console<'a> {
    /// Joins two streams.
    pub fn new(out: Stream<'a>, err: Stream<'a>) -> Self {
        Self { out, err, data: Vec::new(), streamed: Ok(()), pager: None }
    }

    /// Adds bytes to the answer.
    pub(crate) fn data(&mut self, bytes: &[u8]) {
        self.data.extend_from_slice(bytes);
    }

    /// Adds a line to the answer.
    pub(crate) fn line(&mut self, line: &str) {
        self.data(line.as_bytes());
        self.data(b"\n");
    }

    /// Adds a value to the answer as JSON.
    pub(crate) fn json(&mut self, value: &impl serde::Serialize) -> anyhow::Result<()> {
        serde_json::to_writer_pretty(&mut self.data, value)?;
        self.data(b"\n");
        Ok(())
    }

    /// Writes a value as JSON while it is made, for an answer that takes much room as a whole. It is all of the
    /// answer, and nothing that comes after it fails.
    pub(crate) fn stream(&mut self, value: &impl serde::Serialize) {
        let mut out = BufWriter::with_capacity(AT_ONCE, &mut *self.out.writer);
        let made = serde_json::to_writer_pretty(&mut out, value).map_err(io::Error::from);
        self.streamed = made.and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush());
    }

    /// Has the answer shown page by page if it is longer than the terminal.
    pub(crate) fn page(&mut self, pager: Option<Pager>) {
        self.pager = pager;
    }

    /// Writes at once, for an answer that has no end; tells whether somebody still reads.
    pub(crate) fn now(&mut self, text: &str) -> anyhow::Result<bool> {
        match self.out.writer.write_all(text.as_bytes()).and_then(|()| self.out.writer.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
            written => written.map(|()| true).context("failed to write"),
        }
    }

    /// Says something beside the answer.
    pub(crate) fn note(&mut self, line: &str) {
        // Whoever closed stderr does not want to know.
        let _gone = writeln!(self.err.writer, "{line}");
    }

    /// Says what went wrong.
    pub(crate) fn complain(&mut self, text: &str) {
        let prefix = self.err.paint("skillstat:", AnsiColor::Red.on_default().bold());
        self.note(&format!("{prefix} {text}"));
    }

    /// Writes the answer; a reader that has gone away (`| head`) is no failure.
    pub(crate) fn finish(&mut self, exit: Exit) -> Exit {
        if let (Some(pager), Some(size)) = (&self.pager, self.out.size) {
            let lines = self.data.split(|byte| *byte == b'\n').count();
            if lines > usize::from(size.rows) && pager.show(&self.data) {
                return exit;
            }
        }
        let streamed = std::mem::replace(&mut self.streamed, Ok(()));
        let written = streamed.and_then(|()| self.out.writer.write_all(&self.data));
        match written.and_then(|()| self.out.writer.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                self.complain(&format!("failed to write the answer: {error}"));
                Exit::Failure
            }
            _ => exit,
        }
    }
}

impl Stream<'_> {
    /// Puts a text in a style, if the stream shows colour.
    pub(crate) fn paint(&self, text: &str, style: Style) -> String {
        if !self.color {
            return text.to_owned();
        }
        let mut painted = String::new();
        write!(painted, "{style}{text}{style:#}").expect("writing to a String cannot fail");
        painted
    }
}

impl std::fmt::Debug for Console<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Console")
            .field("out", &self.out)
            .field("err", &self.err)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Stream<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream")
            .field("color", &self.color)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}
