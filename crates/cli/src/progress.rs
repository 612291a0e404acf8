//! A progress bar for what takes long, on a terminal only.

use std::fmt;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use skillstat_domain::{DeployObserver, ProjectPath, ScanObserver, ScanPhase};

/// How long something may take before anything is shown: most are over by then.
const PATIENCE: Duration = Duration::from_millis(500);

/// Shows on stderr how far a scan or a write is, until it is ended or dropped.
pub(crate) struct Progress {
    bar: ProgressBar,
    /// The thread that shows the bar when patience runs out, and what wakes it before; taken out once.
    shower: Mutex<Option<(Sender<()>, JoinHandle<()>)>>,
}

impl Progress {
    /// Starts; nothing is ever shown unless stderr is a terminal.
    pub(crate) fn new(terminal: bool) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let (dropped, wait) = mpsc::channel();
        let shown = bar.clone();
        let show = move || {
            if wait.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                shown.set_draw_target(ProgressDrawTarget::stderr());
                shown.enable_steady_tick(Duration::from_millis(100));
            }
        };
        // Without a thread to spare there is no bar.
        let shower = terminal.then(|| thread::Builder::new().spawn(show).ok()).flatten();
        let shower = Mutex::new(shower.map(|shower| (dropped, shower)));
        Self { bar, shower }
    }

    /// Shows nothing any more.
    pub(crate) fn end(&self) {
        let shower = self.shower.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((dropped, shower)) = shower {
            drop(dropped);
            shower.join().expect("showing a bar does not panic");
        }
        self.bar.finish_and_clear();
    }

    fn start(&self, message: &'static str, template: &str, steps: usize) {
        tracing::debug!(steps, "{message}");
        self.bar.set_style(
            ProgressStyle::with_template(template).expect("the template is well-formed"),
        );
        self.bar.set_message(message);
        self.bar.set_position(0);
        self.bar.set_length(steps as u64);
    }
}

impl ScanObserver for Progress {
    fn begin(&self, phase: ScanPhase, steps: usize) {
        let (message, template) = match phase {
            ScanPhase::Discovering => ("looking for projects", "{spinner} {msg}"),
            ScanPhase::Reading => {
                ("reading trackers", "{spinner} {msg} {wide_bar} {pos}/{len} projects")
            }
            ScanPhase::Hashing => {
                ("hashing copies", "{spinner} {msg} {wide_bar} {pos}/{len} copies")
            }
        };
        self.start(message, template, steps);
    }

    fn advance(&self) {
        self.bar.inc(1);
    }
}

impl DeployObserver for Progress {
    fn begin(&self, tasks: usize) {
        self.start("writing", "{spinner} {msg} {wide_bar} {pos}/{len} copies", tasks);
    }

    fn changed(&self, _project: &ProjectPath) {}

    fn advance(&self) {
        self.bar.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").finish_non_exhaustive()
    }
}
