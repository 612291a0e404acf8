#![doc = include_str!("../README.md")]

mod args;
mod commands;
mod console;
mod exit;
mod pager;
mod progress;
mod render;
mod wiring;

use std::ffi::OsString;

use anyhow::anyhow;
use args::{Cli, Command, ScanCommand, Service, WriteCommand};
use clap::{CommandFactory, Parser};
use commands::{Again, Scan, Writing};
pub use console::{Console, Size, Stream};
pub use exit::Exit;
use skillstat_app::{App, Config, Flags, IndexFlag, Surroundings};
use wiring::Wiring;

/// How wide help is where there is no terminal to ask.
const DEFAULT_COLUMNS: usize = 100;

/// Returns the command line of `skillstat` as it is described, for who writes about it.
pub fn command_line() -> clap::Command {
    Cli::command()
}

/// Runs one command line of `skillstat`; `arguments` start with the program's name.
///
/// Data goes to `console.out` in one piece at the end, everything else to `console.err`. Memory of the answer is
/// not given back: that is left to the end of the process.
pub fn run(
    arguments: Vec<OsString>,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Exit {
    run_over(&wiring::commands, arguments, surroundings, console)
}

/// Runs one command line, and has somebody else write.
fn run_over(
    wiring: &Wiring,
    arguments: Vec<OsString>,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Exit {
    start(arguments, console, |cli, console| dispatch(cli, wiring, surroundings, console))
}

/// Runs one command line of `skillstatd`, the service alone.
pub fn run_service(
    arguments: Vec<OsString>,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Exit {
    start(arguments, console, |Service { global, options, man }, console| {
        if man {
            return commands::service_man(console);
        }
        let verbose = global.verbose;
        let flags = Flags { unattended: true, ..options.flags(global) };
        commands::serve(&configure(flags, surroundings)?, &options, verbose, console)
    })
}

/// Parses the command line, does what it says, and tells how that ended.
fn start<P: Parser>(
    arguments: Vec<OsString>,
    console: &mut Console<'_>,
    act: impl FnOnce(P, &mut Console<'_>) -> anyhow::Result<Exit>,
) -> Exit {
    let columns = console.out.size.map_or(DEFAULT_COLUMNS, |size| usize::from(size.columns));
    let matches = P::command().term_width(columns).try_get_matches_from(arguments);
    let parsed = match matches.and_then(|matches| P::from_arg_matches(&matches)) {
        Ok(parsed) => parsed,
        Err(error) => return usage(&error, console),
    };
    let exit = act(parsed, console).unwrap_or_else(|error| {
        console.complain(&format!("{error:#}"));
        Exit::of_error(&error)
    });
    console.finish(exit)
}

fn configure(flags: Flags, surroundings: &Surroundings) -> anyhow::Result<Config> {
    Config::load(flags, surroundings).map_err(exit::Usage::wrap)
}

fn dispatch(
    cli: Cli,
    wiring: &Wiring,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    let Cli { global, json, no_service, index, command } = cli;
    let (command, verbose, index) = (command.unwrap_or_default(), global.verbose, index.into());
    if verbose && !matches!(command, Command::Serve(_)) {
        log_to_stderr(console.err.color);
    }
    if index == IndexFlag::Verify && !command.can_verify() {
        return Err(exit::Usage::wrap(anyhow!(
            "--verify is for status, show, projects and doctor, which tell what they find"
        )));
    }
    // Only read where it is needed: some commands must work when it is broken.
    let config = |flags| configure(Flags { no_service, index, ..flags }, surroundings);
    match command {
        Command::Completions { shell } => Ok(commands::completions(shell, console)),
        Command::Man => commands::man(console),
        Command::Hash { paths } => commands::hash(&paths, surroundings, json, console),
        Command::Config => commands::config(&config(global.into())?, json, console),
        Command::Cache { command } => {
            commands::cache(&config(global.into())?, command.as_ref(), json, console)
        }
        Command::Serve(options) => {
            let flags = Flags { unattended: !surroundings.terminal, ..options.flags(global) };
            commands::serve(&config(flags)?, &options, verbose, console)
        }
        Command::Fleet { artifact } => {
            commands::fleet(&config(global.into())?, artifact.as_deref(), json, console)
        }
        Command::Watch => commands::watch(&config(global.into())?, json, console),
        Command::Scan(command) => {
            let config = config(global.into())?;
            let app = App::new(&config).map_err(exit::Usage::wrap)?;
            let app = &app;
            let mut scan = Scan { app, config: &config, surroundings, json, verbose, console };
            let exit = match command {
                ScanCommand::Status(options) => commands::status(&mut scan, &options),
                ScanCommand::Show(options) => commands::show(&mut scan, &options),
                ScanCommand::Diff(options) => commands::diff(&mut scan, &options),
                ScanCommand::Projects(options) => commands::projects(&mut scan, &options),
            }?;
            Ok(scan.remember(exit))
        }
        Command::Write(command) => {
            let again = Again::new(&global);
            let config = config(global.into())?;
            let app = App::new(&config).map_err(exit::Usage::wrap)?;
            let app = &app;
            let scan = Scan { app, config: &config, surroundings, json, verbose, console };
            let mut writing = Writing::start(scan, wiring, again)?;
            match command {
                WriteCommand::Deploy(options) => commands::deploy(&mut writing, &options),
                WriteCommand::Undeploy(options) => commands::undeploy(&mut writing, &options),
                WriteCommand::Restore(options) => commands::restore(&mut writing, &options),
                WriteCommand::Doctor(options) => {
                    let exit = commands::doctor(&mut writing, &options)?;
                    Ok(writing.scan.remember(exit))
                }
            }
        }
    }
}

/// Says what is being done, for `-v`. A second call in one process changes nothing.
fn log_to_stderr(color: bool) {
    let _already_set = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(color)
        .with_writer(std::io::stderr)
        .try_init();
}

/// Prints what clap has to say: help and version are data, the rest are errors.
fn usage(error: &clap::Error, console: &mut Console<'_>) -> Exit {
    let (stream, exit) = if error.use_stderr() {
        (&mut console.err, Exit::Usage)
    } else {
        (&mut console.out, Exit::Fine)
    };
    let text = error.render();
    let text = if stream.color { text.ansi().to_string() } else { text.to_string() };
    // A reader that has gone away needs no help text.
    let _gone = stream.writer.write_all(text.as_bytes());
    exit
}

#[cfg(test)]
mod tests;
