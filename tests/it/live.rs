//! What changed on disk is in the next answer: asked directly after the change, without waiting.
//!
//! After each step the answer of the service is compared with that of a scan that knows nothing.

mod beginning;
mod edges;
mod histories;
mod links;
mod roots;
mod stories;
mod storm;

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{fs, io};

use skillstat_app::{App, Config, Flags, Live, Surroundings};
use skillstat_domain::testing::CopySketch;
use skillstat_domain::{ChangeFeed, Listener, News, WatchState};
use tempfile::TempDir;
use tokio::runtime::Handle;

use crate::support::hash_copy;

const TRACKER: &str = ".skillmeat-deployed.toml";

/// Longer than anything takes that comes at all.
const PATIENCE: Duration = Duration::from_secs(30);

/// How soon news of a change must come. The gate may run beside other work: ten times the 250 ms that
/// `cargo bench -p skillstat-tests --bench live` holds us to.
const PUSHED_WITHIN: Duration = Duration::from_millis(2500);

/// A tree, a service that follows it, and a scan to compare with.
struct Followed {
    base: PathBuf,
    live: Live,
    plain: App,
    _directory: TempDir,
}

impl Followed {
    /// Makes a tree below a root, then the service over it, and waits until everything is watched.
    async fn new(make: impl FnOnce(&Path)) -> Self {
        Self::over(&[], |base| make(&base.join("tree"))).await
    }

    /// The same with a tree that has more in it than a root, and with settings: variables and values, in
    /// which `~` stands for the tree.
    async fn over(settings: &[(&str, &str)], make: impl FnOnce(&Path)) -> Self {
        let followed = Self::begin(settings, make);
        let mut listener = followed.live.feed.listen(None);
        followed.is_watched().await;
        // Everything was told as changed when the watches stood; what comes after that is told apart.
        let told = listener.next();
        let told =
            tokio::time::timeout(PATIENCE, told).await.expect("it is told").map(|it| it.news);
        assert_eq!(told, Some(News::Resync));
        followed
    }

    /// The same without waiting for anything.
    fn begin(settings: &[(&str, &str)], make: impl FnOnce(&Path)) -> Self {
        Self::begin_after(settings, make, |_, _| ())
    }

    /// The same; a command does something `before` that.
    fn begin_after(
        settings: &[(&str, &str)],
        make: impl FnOnce(&Path),
        before: impl FnOnce(&App, &Path),
    ) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let base = fs::canonicalize(directory.path()).expect("it is there");
        make(&base);
        // The service puts its index there; where collections may come to be is watched.
        fs::create_dir_all(base.join("home")).expect("writable");
        let text = base.to_str().expect("UTF-8");
        let of_setting =
            |(name, value): &(&str, &str)| ((*name).into(), value.replace('~', text).into());
        let mut variables = vec![("SKILLSTAT_ROOTS".into(), base.join("tree").into())];
        variables.splice(0..0, settings.iter().map(of_setting));
        let surroundings = Surroundings {
            variables,
            home: Some(base.join("home")),
            working_directory: Some("/".into()),
            ..Surroundings::default()
        };
        let config =
            Config::load(Flags::default(), &surroundings).expect("the configuration is good");
        let plain = App::new(&config).expect("the configuration is good");
        before(&plain, &base);
        let live = Live::start(&config, &Handle::current()).expect("it starts");
        Self { base, live, plain, _directory: directory }
    }

    /// Waits until every change is seen.
    async fn is_watched(&self) {
        let begun = Instant::now();
        while self.live.watcher.coverage().state() != WatchState::Live {
            let coverage = self.live.watcher.coverage();
            assert!(begun.elapsed() < PATIENCE, "never watched: {coverage:?}");
            tokio::task::yield_now().await;
        }
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.base.join("tree").join(relative)
    }

    /// Compares the answers about everything and about each artifact, by the service and by a scan; returns how
    /// many projects there are.
    async fn check(&self, what: &str) -> usize {
        let service = self.plain.statistics();
        let begun = Instant::now();
        let live = self.live.query.overview().await.expect("it answers").cached.value;
        let took = begun.elapsed();
        let plain = service.overview(&service.inventory(&()), &|_, _| true, &());
        assert_eq!(live.projects, plain.projects, "{what} (answered in {took:?})");
        for (artifact, expected) in &plain.artifacts {
            assert_eq!(live.artifacts.get(artifact), Some(expected), "{what}: {artifact}");
            let alone = self.live.query.statistics(artifact).await.expect("it answers");
            assert_eq!(*alone.cached.value, *expected, "{what}: {artifact} by itself");
        }
        assert_eq!(*live, plain, "{what}");
        let collections = self.live.query.collections().await.expect("it answers").cached.value;
        assert_eq!(*collections, self.plain.collections().collections(), "{what}");
        assert_eq!(self.live.watcher.coverage().state(), WatchState::Live, "{what}");
        live.projects.len()
    }

    /// Compares, and waits until the news tell of something that `tells` of this.
    async fn check_and_hear(
        &self,
        listener: &mut dyn Listener,
        what: &str,
        tells: impl Fn(&News) -> bool + Send + Sync,
    ) {
        let begun = Instant::now();
        self.check(what).await;
        let heard = async {
            while let Some(notice) = listener.next().await {
                if tells(&notice.news) {
                    return;
                }
            }
        };
        tokio::time::timeout(PATIENCE, heard).await.unwrap_or_else(|_| panic!("not told: {what}"));
        let took = begun.elapsed();
        assert!(took < PUSHED_WITHIN, "{what}: told after {took:?}");
    }
}

/// Writes a file, and the directories above it.
fn write(path: impl AsRef<Path>, content: &str) {
    try_to_write(path.as_ref(), content).expect("writable");
}

/// Writes a file in place, unless it has another name: what is written through one of them is not told
/// of the other.
fn try_to_write(path: &Path, content: &str) -> io::Result<()> {
    fs::create_dir_all(path.parent().expect("it has one"))?;
    if fs::metadata(path).is_ok_and(|file| file.is_file() && file.nlink() > 1) {
        fs::remove_file(path)?;
    }
    fs::write(path, content)
}

/// Deploys a skill of one file, `SKILL.md` with the text, into a project's profile root: its directory
/// and its record, at the end of the tracker.
fn deploy(profile_root: &Path, name: &str, text: &str) {
    try_to_deploy(profile_root, name, text).expect("writable");
}

fn try_to_deploy(profile_root: &Path, name: &str, text: &str) -> io::Result<()> {
    try_to_write(&profile_root.join("skills").join(name).join("SKILL.md"), text)?;
    let files = BTreeMap::from([("SKILL.md".to_owned(), text.as_bytes().to_vec())]);
    let hash = hash_copy(&CopySketch::Directory(files));
    record(profile_root, name, &format!("skills/{name}"), &hash.to_string())
}

/// Adds the record of a skill to the tracker of a profile root, at its end.
fn record(profile_root: &Path, name: &str, path: &str, hash: &str) -> io::Result<()> {
    let tracker = profile_root.join(TRACKER);
    let before = match fs::read_to_string(&tracker) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        before => before?,
    };
    let record = format!(
        "[[deployed]]\nartifact_name = \"{name}\"\nartifact_type = \"skill\"\nfrom_collection = \"default\"\n\
         deployed_at = \"2026-01-02T03:04:05\"\nartifact_path = \"{path}\"\ncontent_hash = \"{hash}\"\n\n"
    );
    try_to_write(&tracker, &(before + &record))
}
