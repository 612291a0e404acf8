#![doc = include_str!("../README.md")]

mod args;
mod commands;
mod console;
mod exit;
mod progress;
mod render;

use std::ffi::OsString;

use args::{Cli, Command};
use clap::{CommandFactory, FromArgMatches};
pub use console::{Console, Stream};
pub use exit::Exit;
use skillstat_app::{Config, Surroundings};

/// How wide help is where there is no terminal to ask.
const DEFAULT_COLUMNS: usize = 100;

/// Runs one command line; `arguments` start with the program's name.
///
/// Data goes to `console.out` in one piece at the end, everything else to `console.err`.
pub fn run(
    arguments: Vec<OsString>,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Exit {
    let columns = console.out.width.map_or(DEFAULT_COLUMNS, usize::from);
    let matches = Cli::command().term_width(columns).try_get_matches_from(arguments);
    let cli = match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, console),
    };
    let outcome = dispatch(cli, surroundings, console);
    let exit = outcome.unwrap_or_else(|error| {
        console.complain(&format!("{error:#}"));
        Exit::of_error(&error)
    });
    console.finish(exit)
}

fn dispatch(
    cli: Cli,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    let json = cli.json;
    if cli.global.verbose {
        log_to_stderr();
    }
    let command = cli.command.unwrap_or_default();
    // These need no configuration, and must work when it is broken.
    match &command {
        Command::Completions { shell } => return Ok(commands::completions(*shell, console)),
        Command::Man => return commands::man(console),
        _ => {}
    }
    let config = Config::load(cli.global.into(), surroundings).map_err(exit::Usage::wrap)?;
    if let Command::Config = command {
        return commands::config(&config, json, console);
    }
    let app = skillstat_app::App::new(&config).map_err(exit::Usage::wrap)?;
    let mut scan = commands::Scan { app: &app, config: &config, surroundings, json, console };
    match command {
        Command::Status(options) => commands::status(&mut scan, &options),
        Command::Show(options) => commands::show(&mut scan, &options),
        Command::Projects(options) => commands::projects(&mut scan, &options),
        Command::Hash { paths } => commands::hash(&mut scan, &paths),
        Command::Doctor(options) => commands::doctor(&mut scan, &options),
        Command::Config | Command::Completions { .. } | Command::Man => Ok(Exit::Fine),
    }
}

/// Says what is being done, for `-v`. A second call in one process changes nothing.
fn log_to_stderr() {
    let _already_set = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
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
