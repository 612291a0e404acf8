//! The rules of assessment, and the contract of `ProjectStates`.

use camino::Utf8Path;

use super::*;
use crate::testing::contract::{self, Stage};
use crate::testing::{
    CopySketch, InMemoryProjects, MockHasher, RecordSketch, Sketch, TrackerSketch,
};
use crate::{
    ArtifactId, Baseline, ContentHash, ContentTraits, Difference, DirectOriginals, InTurn,
    ProfileRoot, RecordedPath,
};

/// A hash that tells contents apart; which one does not matter here.
fn toy_hash(copy: &CopySketch) -> ContentHash {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    let mut eat = |bytes: &[u8]| {
        for byte in bytes {
            sum = (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    match copy {
        CopySketch::Missing => {}
        CopySketch::File(content) => eat(content),
        CopySketch::Directory(files) => files.iter().for_each(|(path, content)| {
            eat(path.as_bytes());
            eat(content);
        }),
    }
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&sum.to_le_bytes());
    ContentHash::from_bytes(bytes)
}

fn in_memory(sketch: &Sketch) -> Arc<InMemoryProjects> {
    Arc::new(InMemoryProjects::new("/base".into(), 3, sketch.clone(), toy_hash))
}

fn stage<P: ?Sized>(port: Arc<P>) -> Stage<P> {
    Stage { base: "/base".into(), port, guard: Box::new(()) }
}

#[test]
fn keeps_its_contract() {
    contract::project_states(&|sketch| {
        let world = in_memory(sketch);
        stage(Arc::new(DirectStates::new(Arc::clone(&world) as _, world)))
    });
}

#[test]
fn the_in_memory_twin_keeps_the_contracts_of_the_adapters() {
    contract::project_discovery(&|sketch| stage(in_memory(sketch)));
    contract::deployment_reader(&|sketch| stage(in_memory(sketch)));
    contract::hasher(&|sketch| stage(in_memory(sketch)));
    contract::file_lister(&|sketch| stage(in_memory(sketch)));
    contract::collection_reader(&|sketch| stage(in_memory(sketch)));
    contract::originals(&|sketch| {
        let world = in_memory(sketch);
        let workers = Arc::new(InTurn);
        stage(Arc::new(DirectOriginals::new(Arc::clone(&world) as _, world, workers)))
    });
}

/// The state of a copy with this baseline and path, when it is hashed by `hasher`.
fn state_by(baseline: &str, path: &str, hasher: MockHasher) -> Assessment {
    let record = RecordSketch {
        kind: "skill".to_owned(),
        name: "pdf".to_owned(),
        path: path.to_owned(),
        deployed_at: "2026-01-02".to_owned(),
        baseline: Some(baseline.to_owned()),
        copy: CopySketch::Missing,
    };
    let sketch = Sketch::default().tracker("shop", ".claude", TrackerSketch::Records(vec![record]));
    let states = DirectStates::new(in_memory(&sketch), Arc::new(hasher));
    let records = states.records(&ProjectPath::new(Utf8Path::new("/base/shop")).unwrap());
    states.state(&records, 0)
}

/// A content with this hash that differs from another one.
fn difference(hash: ContentHash, baseline: ContentHash) -> Difference {
    Difference::new(ContentTraits::new(hash, hash, hash, None), hash, baseline)
}

/// The state of a copy in its proper place, when hashing it gives this.
fn state(baseline: &str, hashed: Result<ContentHash, HashError>) -> Assessment {
    let mut hasher = MockHasher::new();
    // Whether it differs from the hash on record, or its hash where that is none.
    if let Ok(baseline) = baseline.parse::<ContentHash>() {
        hasher.expect_difference().once().return_once(move |_, compared| {
            assert_eq!(compared, baseline);
            hashed.map(|hash| (hash != baseline).then(|| difference(hash, baseline)))
        });
    } else {
        hasher.expect_hash().once().return_once(move |_| hashed);
    }
    state_by(baseline, "skills/pdf", hasher)
}

#[test]
fn a_baseline_is_compared_without_case() {
    let hash = ContentHash::from_bytes([0xab; 32]);
    assert_eq!(state(&hash.to_string(), Ok(hash)), Assessment::AsDeployed);
    assert_eq!(state(&hash.to_string().to_uppercase(), Ok(hash)), Assessment::AsDeployed);
}

#[test]
fn another_hash_is_modified() {
    let (hash, other) = (ContentHash::from_bytes([1; 32]), ContentHash::from_bytes([2; 32]));
    let expected = Assessment::Differs(Arc::new(difference(hash, other)));
    assert_eq!(state(&other.to_string(), Ok(hash)), expected);
}

#[test]
fn an_error_is_unreadable_and_never_synced_or_modified() {
    let error = HashError::Unverified {
        path: "/base/shop/.claude/skills/pdf".to_owned(),
        reason: "is a FIFO".to_owned(),
        fix: "remove it".to_owned(),
    };
    for baseline in [&"0".repeat(64), "no hash"] {
        let Assessment::Unreadable(problem) = state(baseline, Err(error.clone())) else {
            panic!("not unreadable");
        };
        assert_eq!((problem.reason.as_str(), problem.fix.as_str()), ("is a FIFO", "remove it"));
        assert_eq!(problem.artifact.as_ref().map(ArtifactId::name), Some("pdf"));
    }
}

#[test]
fn a_missing_copy_is_missing_whatever_is_on_record() {
    assert_eq!(state("no hash", Err(HashError::Missing)), Assessment::Missing);
}

#[test]
fn a_hash_on_record_that_is_none_cannot_be_verified() {
    let Assessment::Unreadable(problem) = state("abc", Ok(ContentHash::from_bytes([1; 32]))) else {
        panic!("not unreadable");
    };
    assert_eq!(problem.reason, "the hash on record is no SHA-256 in hex: `abc`");
    assert_eq!(problem.line, Some(1));
}

#[test]
fn a_path_that_leaves_is_never_given_to_the_hasher() {
    for (path, why) in [("/etc", "absolute"), ("../x", "`..`"), ("", "empty")] {
        let mut hasher = MockHasher::new();
        hasher.expect_hash().never();
        let Assessment::Unreadable(problem) = state_by(&"0".repeat(64), path, hasher) else {
            panic!("{path:?} is not unreadable");
        };
        assert!(problem.reason.contains(why), "{}", problem.reason);
        assert_eq!(problem.line, Some(1));
    }
}

/// Checks which lines of two records of one artifact are told as duplicates.
#[track_caller]
fn check_duplicates(first: (Option<&str>, &str), second: (Option<&str>, &str), expected: &[u32]) {
    let record = |(profile, path): (Option<&str>, &str), line| DeploymentRecord {
        artifact: "skill:pdf".parse().unwrap(),
        profile_root: ProfileRoot::new(".claude").unwrap(),
        path: RecordedPath::new(path),
        baseline: Baseline::new(&"0".repeat(64)),
        deployed_at: "2026-01-02".parse().unwrap(),
        from_collection: None,
        profile_id: profile.map(Into::into),
        tracker: "/t".into(),
        line,
    };
    let mut problems = Vec::new();
    let kept = without_duplicates(vec![record(first, 1), record(second, 9)], &mut problems);
    assert_eq!(kept.iter().map(|record| record.line).collect::<Vec<_>>(), [1], "the first decides");
    assert_eq!(problems.iter().filter_map(|problem| problem.line).collect::<Vec<_>>(), expected);
}

#[test]
fn one_copy_recorded_for_two_profiles_is_no_duplicate() {
    // SkillMeat adds such a record when an artifact is deployed once more for another profile.
    check_duplicates((Some("claude_code"), "skills/pdf"), (Some("codex"), "skills/pdf"), &[]);
    check_duplicates((Some("codex"), "skills/pdf"), (Some("codex"), "skills/pdf"), &[9]);
    check_duplicates((None, "skills/pdf"), (Some("codex"), "skills/other"), &[9]);
}
