//! What may be deployed where nobody can look.

use super::*;
use crate::ProblemKind;
use crate::testing::MockProjectDiscovery;

#[test]
fn where_copies_may_be_that_nobody_knows_of_is_told() {
    let RecordSketch { copy, .. } = record("pdf", StateName::Synced);
    let bad = |name: &str| RecordSketch { baseline: None, ..record(name, StateName::Synced) };
    let twice = || record("pdf", StateName::Synced);
    let elsewhere = RecordSketch { path: "skills/pdf2".to_owned(), copy, ..twice() };
    let sketch = sketch()
        .tracker("a", ".broken", TrackerSketch::Broken)
        .tracker("b", ".claude", TrackerSketch::Records(vec![bad("other"), bad("pdf"), bad("")]))
        .tracker("e", ".claude", TrackerSketch::Records(vec![twice(), elsewhere]));
    let (mut service, _) = service(sketch);
    let projects = service.discovery.discover().value;
    let closed = |path: &str| Problem {
        path: path.to_owned(),
        line: None,
        kind: ProblemKind::UnreadableDirectory,
        reason: "cannot be read".to_owned(),
        fix: "make it readable".to_owned(),
        artifact: None,
    };
    let mut discovery = MockProjectDiscovery::new();
    discovery.expect_discover().times(1).return_once(move || Scanned {
        value: projects,
        problems: vec![closed("/dev/c/closed"), closed("relative")],
    });
    service.discovery = Arc::new(discovery);
    // The projects are looked for once, whatever the number of artifacts.
    let order = deploy(&["skill:pdf", "skill:other"], Targets::AllSynced);
    let expected = [
        "skill:pdf //?: `relative` cannot be read",
        "skill:pdf a/.claude: done",
        "skill:pdf a/.agents: modified",
        "skill:pdf a/?: `/dev/a/.broken/tracker`, line 1, as sketched",
        "skill:pdf b/?: `/dev/b/.claude/tracker`, line 2, as sketched",
        "skill:pdf c/.mine: done",
        "skill:pdf closed/?: `/dev/c/closed` cannot be read",
        "skill:pdf d/.claude: missing",
        "skill:pdf e/.claude: done",
        "skill:other //?: `relative` cannot be read",
        "skill:other a/?: `/dev/a/.broken/tracker`, line 1, as sketched",
        "skill:other b/?: `/dev/b/.claude/tracker`, line 1, as sketched",
        "skill:other closed/?: `/dev/c/closed` cannot be read",
    ];
    assert_eq!(shown(&service.deploy(&order, &())), expected);
}
