//! A few at once, whatever becomes of them.

use std::sync::{Condvar, Mutex};

use skillstat_domain::testing::{MockCollectionReader, MockFileLister, MockProjectStates};
use skillstat_domain::{ProjectDiscovery, ProjectPath, Scanned, WantedTexts};

use super::*;

#[derive(Debug)]
struct Threads;

impl BlockingPool for Threads {
    fn run(&self, job: Box<dyn FnOnce() + Send>) {
        std::thread::spawn(job);
    }
}

/// Does something, and finds no project. A mock would be of no more use after a panic.
struct Discovery<F>(F);

impl<F> std::fmt::Debug for Discovery<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Discovery")
    }
}

impl<F: Fn() + Send + Sync> ProjectDiscovery for Discovery<F> {
    fn discover(&self) -> Scanned<Vec<ProjectPath>> {
        unreachable!("one project is asked for")
    }

    fn look_at(&self, _project: &ProjectPath) -> Scanned<bool> {
        (self.0)();
        Scanned::whole(false)
    }
}

fn wanted() -> DiffRequest {
    DiffRequest {
        artifact: "skill:a".parse().expect("an id"),
        project: ProjectPath::new("/p".into()).expect("a path"),
        profile_root: None,
        collection: None,
        texts: WantedTexts::None,
    }
}

/// Comparisons in a place where discovery does this.
fn diffs(look: impl Fn() + Send + Sync + 'static) -> Arc<PooledDiffs> {
    let service = DiffService::new(
        Arc::new(Discovery(look)),
        Arc::new(MockProjectStates::new()),
        Arc::new(MockCollectionReader::new()),
        Arc::new(MockFileLister::new()),
    );
    Arc::new(PooledDiffs::new(service, Arc::new(Threads)))
}

#[tokio::test]
async fn a_panic_is_an_error_and_gives_its_place_back() {
    let diffs = diffs(|| panic!("out of order"));
    for _ in 0..=MOST {
        let failed = diffs.diff(&wanted()).await;
        assert_eq!(failed, Err(DiffError::Failed { reason: "out of order".to_owned() }));
    }
}

#[tokio::test]
async fn a_few_are_compared_at_once_also_when_nobody_waits_any_more() {
    let gate = Arc::new((Mutex::new(false), Condvar::new()));
    let held = Arc::clone(&gate);
    let diffs = diffs(move || {
        let (open, opened) = &*held;
        let _open = opened.wait_while(open.lock().unwrap(), |open| !*open).unwrap();
    });
    for _ in 0..MOST {
        let asked = wanted();
        let mut asking = Box::pin(diffs.diff(&asked));
        assert!(polled(&mut asking).await.is_none(), "it waits");
    }
    assert_eq!(diffs.diff(&wanted()).await, Err(DiffError::Busy));
    *gate.0.lock().unwrap() = true;
    gate.1.notify_all();
    let begun = std::time::Instant::now();
    while diffs.diff(&wanted()).await == Err(DiffError::Busy) {
        assert!(begun.elapsed().as_secs() < 20, "no place is given back");
        tokio::task::yield_now().await;
    }
}

/// Polls once.
async fn polled<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    use std::pin::Pin;
    use std::task::Poll;
    std::future::poll_fn(|context| match Pin::new(&mut *future).poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}
