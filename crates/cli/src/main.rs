//! The program `skillstat`: hands what the process was given to [`skillstat_cli::run`].

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use skillstat_app::Surroundings;
use skillstat_cli::{Console, Exit, Size, Stream, run};
use terminal_size::{Height, Width};

fn main() -> ExitCode {
    start(run)
}

/// Runs a program with what the process was given. `skillstatd` takes it from here too.
pub(crate) fn start(
    program: fn(Vec<OsString>, &Surroundings, &mut Console<'_>) -> Exit,
) -> ExitCode {
    raise_file_limit();
    // The one place that reads the process's own streams and environment.
    let surroundings = Surroundings {
        variables: std::env::vars_os().collect(),
        home: std::env::home_dir(),
        working_directory: std::env::current_dir().ok(),
        terminal: io::stdin().is_terminal(),
    };
    // NO_COLOR, CLICOLOR and the like are anstream's to know.
    let color = |choice| choice != anstream::ColorChoice::Never;
    let size = |size: Option<(Width, Height)>| {
        size.map(|(columns, rows)| Size { columns: columns.0, rows: rows.0 })
    };
    let (mut out, mut err) = (io::stdout(), io::stderr());
    let out = Stream {
        color: color(anstream::AutoStream::choice(&out)),
        size: out.is_terminal().then(|| size(terminal_size::terminal_size_of(&out))).flatten(),
        writer: &mut out,
    };
    let err = Stream {
        color: color(anstream::AutoStream::choice(&err)),
        size: err.is_terminal().then(|| size(terminal_size::terminal_size_of(&err))).flatten(),
        writer: &mut err,
    };
    program(std::env::args_os().collect(), &surroundings, &mut Console::new(out, err)).into()
}

/// Allows as many open files as the system grants: a scan has a few for each thread, and the usual
/// soft limit is there for programs that count on small numbers.
fn raise_file_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    // Without more the scan works all the same, unless a copy is nested very deep.
    let _refused = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}
