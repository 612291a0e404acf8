//! `skillstat watch | grep -m 1 WORD &`: goes on until it has said a line with the word, for which `wait`
//! waits.

use std::io::{self, Write};
use std::sync::mpsc::{self, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::support::Skillstat;

/// Longer than a first look takes.
const PATIENCE: Duration = Duration::from_mins(1);

/// A command that goes on.
pub(super) struct Following(JoinHandle<String>);

impl Following {
    /// Starts it, and waits until it knows what there is.
    pub(super) fn start(skillstat: &Skillstat, arguments: &str, word: &str) -> Self {
        let (tell, told) = mpsc::channel();
        let (skillstat, arguments) = (skillstat.clone(), arguments.to_owned());
        let word = word.to_owned();
        let thread = thread::spawn(move || {
            let (mut out, mut err) = (Grep { word, read: String::new() }, Told(tell));
            let arguments: Vec<_> = arguments.split_whitespace().collect();
            skillstat.run_over(&arguments, &mut out, &mut err);
            out.found().map(ToOwned::to_owned).expect("it goes on until there is one")
        });
        told.recv_timeout(PATIENCE).expect("it says that it has begun");
        Self(thread)
    }

    /// Returns the line.
    pub(super) fn wait(self) -> String {
        self.0.join().expect("it ends")
    }
}

/// A reader that goes away when it has read a line with a word.
struct Grep {
    word: String,
    read: String,
}

impl Grep {
    fn found(&self) -> Option<&str> {
        self.read.lines().find(|line| line.contains(&self.word))
    }
}

impl Write for Grep {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.read += str::from_utf8(bytes).map_err(io::Error::other)?;
        self.found().map_or(Ok(bytes.len()), |_| Err(io::ErrorKind::BrokenPipe.into()))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Tells that something was said.
struct Told(Sender<()>);

impl Write for Told {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Only the first time is waited for.
        let _heard = self.0.send(());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
