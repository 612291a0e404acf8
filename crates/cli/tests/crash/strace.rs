//! Killing the command at a chosen system call.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use crate::world::World;

/// The calls that change something, by which the command may be killed.
const CHANGING: &str = "rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,open,openat,openat2,\
                        creat,write,pwrite64,fsync,fdatasync,fchmod,fchmodat,symlinkat,link,linkat,ftruncate";

/// One call of a run: which, and the how manyeth of its name in its thread.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) number: usize,
}

/// Runs a command line and returns every call it makes that changes something. Files opened for reading,
/// the terminal and what wakes threads are left out.
pub(crate) fn calls(world: &World, arguments: &[&str]) -> Vec<Call> {
    let log = world.path("strace.log");
    let options = ["-y", "-o", log.to_str().unwrap(), "-e", &format!("trace={CHANGING}")];
    let output = strace(world, &options, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = fs::read_to_string(&log).unwrap();
    fs::remove_file(log).unwrap();
    let below = format!("<{}/", fs::canonicalize(world.base()).unwrap().display());
    let (mut numbers, mut calls) = (HashMap::new(), BTreeSet::new());
    for line in text.lines() {
        // With `-f` a line is: number of the thread, call, arguments.
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let Some((name, rest)) = call.trim_start().split_once('(') else { continue };
        let number = numbers.entry((thread.to_owned(), name.to_owned())).or_insert(0);
        *number += 1;
        let reads =
            name.starts_with("open") && !rest.contains("O_WRONLY") && !rest.contains("O_RDWR");
        let elsewhere = name == "write" && !rest.split(',').next().unwrap().contains(&below);
        if !(reads || elsewhere) {
            calls.insert(Call { name: name.to_owned(), number: *number });
        }
    }
    assert!(calls.len() > 20, "{calls:?}");
    assert!(calls.iter().any(|call| call.name == "write"), "{calls:?}");
    calls.into_iter().collect()
}

/// Runs a command line and kills it at one call.
pub(crate) fn kill(world: &World, arguments: &[&str], call: &Call) -> Output {
    let Call { name, number } = call;
    let expression = format!("inject={name}:signal=KILL:when={number}");
    let options = ["-o", "/dev/null", "-e", &format!("trace={name}"), "-e", &expression];
    strace(world, &options, arguments)
}

/// Runs a command line for which some of the reads of a file bring nothing, as if it ended there.
pub(crate) fn cut_short(world: &World, arguments: &[&str], file: &Path, which: &str) -> Output {
    let (file, expression) = (file.to_str().unwrap(), format!("inject=read:retval=0:when={which}"));
    strace(
        world,
        &["-o", "/dev/null", "-P", file, "-e", "trace=read", "-e", &expression],
        arguments,
    )
}

fn strace(world: &World, options: &[&str], arguments: &[&str]) -> Output {
    let mut command = Command::new("strace");
    command.arg("-f").args(options).arg(env!("CARGO_BIN_EXE_skillstat")).args(arguments);
    world.surround(&mut command);
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
