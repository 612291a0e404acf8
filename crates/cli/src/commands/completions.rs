//! `skillstat completions`.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Cli;
use crate::console::Console;
use crate::exit::Exit;

/// Prints the completion script of a shell.
pub(crate) fn completions(shell: Shell, console: &mut Console<'_>) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "skillstat", &mut script);
    console.data(&script);
    Exit::Fine
}
