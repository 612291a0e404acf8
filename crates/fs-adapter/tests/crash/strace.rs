//! Injecting kills and errors into chosen system calls.

use std::collections::HashMap;
use std::fs;
use std::process::{Child, Command, Output};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use crate::world::{World, example};

/// The calls that change something.
const CHANGING: &str = "rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,open,openat,\
                        openat2,creat,write,pwrite64,fsync,fdatasync,fchmod,fchmodat,fchown,symlinkat,\
                        link,linkat,ftruncate";

/// One call of a run: which, and the how manyeth of its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) number: usize,
}

/// Runs the example and returns every call it makes that changes something, in order. Files opened for
/// reading are left out.
pub(crate) fn calls(world: &World, arguments: &[String]) -> Vec<Call> {
    let log = world.path("strace.log");
    let output =
        strace(&["-o", log.to_str().unwrap(), "-e", &format!("trace={CHANGING}")], arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = fs::read_to_string(&log).unwrap();
    fs::remove_file(log).unwrap();
    let mut numbers = HashMap::new();
    let mut calls = Vec::new();
    for line in text.lines() {
        // With `-f` and one process a line is: number of the process, call, arguments.
        let call = line.trim_start_matches(|letter: char| letter.is_ascii_digit()).trim_start();
        let Some((name, rest)) = call.split_once('(') else { continue };
        let number = numbers.entry(name.to_owned()).or_insert(0);
        *number += 1;
        let reads =
            name.starts_with("open") && !rest.contains("O_WRONLY") && !rest.contains("O_RDWR");
        // What is written to the terminal, and what the dynamic linker opens, is not ours.
        if !(reads || name == "write" && rest.starts_with("1,")) {
            calls.push(Call { name: name.to_owned(), number: *number });
        }
    }
    assert!(calls.len() > 20, "{calls:?}");
    calls
}

/// Runs the example with something injected into one call.
pub(crate) fn inject(arguments: &[String], call: &Call, what: &str) -> Output {
    let Call { name, number } = call;
    let expression = format!("inject={name}:{what}:when={number}");
    strace(&["-o", "/dev/null", "-e", &format!("trace={name}"), "-e", &expression], arguments)
}

fn strace(options: &[&str], arguments: &[String]) -> Output {
    let mut command = Command::new("strace");
    command.arg("-f").args(options).arg(example()).args(arguments);
    command.output().expect("strace is installed: `apt-get install strace`")
}

/// Kills a process at a moment, if it has not ended by then.
pub(crate) fn kill_after(mut child: Child, moment: Duration) {
    let process = pidfd_open(Pid::from_child(&child), PidfdFlags::empty()).unwrap();
    let moment = Timespec::try_from(moment).unwrap();
    poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&moment)).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
}
