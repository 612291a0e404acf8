//! From a change to the answer that holds it.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use skillstat_app::{Config, Flags, IndexFlag, Live, Surroundings};
use skillstat_domain::{ArtifactId, ChangeFeed, News, WatchState};
use tokio::runtime::Runtime;

use crate::PATIENCE;
use crate::asker::Asker;

/// A service that follows a tree.
pub(crate) struct Followed {
    runtime: Runtime,
    live: Live,
    /// The artifact that is in most projects, and the main file of each of its copies.
    artifact: ArtifactId,
    files: Vec<PathBuf>,
}

impl Followed {
    /// Starts it and waits until everything is watched.
    pub(crate) fn new(root: &Path) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        let flags =
            Flags { roots: vec![root.to_owned()], index: IndexFlag::Off, ..Flags::default() };
        let config =
            Config::load(flags, &Surroundings::default()).expect("the configuration is right");
        let live = Live::start(&config, runtime.handle()).expect("it starts");
        let begun = Instant::now();
        while live.watcher.coverage().state() == WatchState::Starting {
            assert!(begun.elapsed() < PATIENCE, "never watched");
            std::thread::yield_now();
        }
        assert_eq!(live.watcher.coverage().state(), WatchState::Live);
        let overview = runtime.block_on(live.query.overview()).expect("it answers").cached.value;
        let skills = overview.artifacts.iter().filter(|(id, _)| id.kind() == "skill");
        let (artifact, statistics) =
            skills.max_by_key(|(_, statistics)| statistics.total()).expect("there are skills");
        let copies = statistics.projects.iter().map(|deployment| {
            let copy = deployment.copies().next().expect("it has one");
            let root = deployment.project().as_path().join(copy.profile_root.as_str());
            root.join(copy.path.as_str()).join("SKILL.md").into_std_path_buf()
        });
        let files = copies.filter(|file| file.is_file()).collect();
        Self { artifact: artifact.clone(), files, live, runtime }
    }

    /// Appends to one file after the other and asks nothing; returns how long the news of it took.
    pub(crate) fn news(&self, times: usize) -> Vec<Duration> {
        let mut listener = self.live.feed.listen(None);
        self.time(times, || {
            self.runtime.block_on(async {
                while let Some(notice) = listener.next().await {
                    if matches!(&notice.news, News::Artifact { artifact, .. } if *artifact == self.artifact) {
                        break;
                    }
                }
            });
        })
    }

    /// The same for the answer over a connection to the service, until all of it is there.
    pub(crate) fn serve(&self, times: usize) -> Vec<Duration> {
        let mut asker = Asker::of(&self.live, &self.runtime, &self.artifact);
        // The first answer on a connection takes setting that up.
        asker.ask();
        self.time(times, || _ = std::hint::black_box(asker.ask()))
    }

    /// Appends to one file after the other; returns how long each answer took from the moment on at
    /// which the write had returned.
    pub(crate) fn change(&self, times: usize) -> Vec<Duration> {
        self.time(times, || {
            let answer = self.runtime.block_on(self.live.query.statistics(&self.artifact));
            let statistics = answer.expect("it answers").cached.value;
            let body = serde_json::to_vec(&skillstat_wire::Statistics::from(&*statistics));
            std::hint::black_box(body.expect("it is JSON"));
        })
    }

    /// Appends to one file after the other; returns how long what follows took each time.
    fn time(&self, times: usize, mut follow: impl FnMut()) -> Vec<Duration> {
        let files = self.files.iter().cycle().take(times);
        files
            .map(|path| {
                let mut file = OpenOptions::new().append(true).open(path).expect("it is there");
                file.write_all(b".").expect("writable");
                let written = Instant::now();
                follow();
                written.elapsed()
            })
            .collect()
    }
}
