//! The program `skillstatd`: hands what the process was given to [`skillstat_cli::run_service`].

use std::process::ExitCode;

#[path = "../../main.rs"]
#[expect(dead_code, reason = "the other program's `main`")]
mod skillstat;

fn main() -> ExitCode {
    skillstat::start(skillstat_cli::run_service)
}
