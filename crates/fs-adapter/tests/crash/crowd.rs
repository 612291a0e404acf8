//! Many at once.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{fs, thread};

use camino::Utf8Path;
use skillstat_domain::{DeploymentReader, ProjectPath};
use skillstat_fs_adapter::TomlDeploymentReader;

use crate::world::{Operation, World, example};

/// How many write.
const WRITERS: usize = 8;

/// How many records each adds.
const RECORDS: usize = 100;

#[test]
fn eight_writers_lose_no_record_and_nobody_sees_half_a_file() {
    let world = World::before(Operation::Deploy);
    let name = |writer: usize, record: usize| format!("command:c-{writer}-{record}");
    for writer in 0..WRITERS {
        for record in 0..RECORDS {
            world.write(&format!("collection/commands/c-{writer}-{record}.md"), "text");
        }
    }
    let over = Arc::new(AtomicBool::new(false));
    let app = world.path("projects/app");
    let app = ProjectPath::new(Utf8Path::from_path(&app).unwrap()).unwrap();
    let reader = {
        let (over, app) = (Arc::clone(&over), app.clone());
        thread::spawn(move || {
            let (mut reads, mut most) = (0_u32, 0);
            while !over.load(Ordering::Relaxed) {
                let read = TomlDeploymentReader.read(&app);
                assert_eq!(read.problems, [], "read {reads}");
                assert!(read.value.len() >= most, "{} after {most}", read.value.len());
                most = read.value.len();
                reads += 1;
            }
            reads
        })
    };
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let names = (0..RECORDS).map(|record| name(writer, record));
            Command::new(example())
                // Who comes first is chance, and the machine may be busy with others.
                .env("LOCK_LIMIT_SECONDS", "300")
                .arg(world.base())
                .arg("deploy")
                .args(names)
                .stdout(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for writer in writers {
        let output = writer.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    over.store(true, Ordering::Relaxed);
    assert!(reader.join().unwrap() > 10, "somebody read meanwhile");
    let read = TomlDeploymentReader.read(&app);
    assert_eq!((read.value.len(), read.problems), (1 + WRITERS * RECORDS, Vec::new()));
    let copies = fs::read_dir(world.path("projects/app/.claude/commands")).unwrap();
    let copies = copies
        .filter(|entry| !entry.as_ref().unwrap().file_name().to_str().unwrap().starts_with('.'));
    assert_eq!(copies.count(), WRITERS * RECORDS);
    world.nothing_lies_about();
}

#[test]
fn two_deploys_of_one_artifact_leave_one_whole() {
    for _ in 0..20 {
        let world = World::before(Operation::Overwrite);
        let children: Vec<_> = ["overwrite", "overwrite", "undeploy"]
            .into_iter()
            .map(|action| {
                let mut command = Command::new(example());
                command.arg(world.base()).args([action, "skill:pdf"]).stdout(Stdio::piped());
                command.spawn().unwrap()
            })
            .collect();
        for child in children {
            child.wait_with_output().unwrap();
        }
        let seen = world.seen();
        let whole = seen.copy.as_deref() == Some("two") && seen.states == ["synced"];
        assert!(whole || seen.copy.is_none() && seen.states.is_empty(), "{seen:?}");
        world.nothing_lies_about();
    }
}
