//! What is written is read back, and what nobody writes is refused.

use std::collections::BTreeMap;
use std::fmt::Debug;

use camino::Utf8Path;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use skillstat_domain::{
    ArtifactDetails, ArtifactId, ArtifactMetadata, Baseline, Collection, CollectionArtifact,
    CopyReport, CopyState, DeploymentStatistics, DriftKind, Overview, Problem, ProblemKind,
    ProfileRoot, ProjectDeployment, ProjectPath, RecordedPath, Scanned,
};

use super::*;

fn project(path: &str) -> ProjectPath {
    ProjectPath::new(Utf8Path::new(path)).unwrap()
}

fn problem(path: &str, artifact: Option<&ArtifactId>) -> Problem {
    Problem {
        path: path.to_owned(),
        line: Some(7),
        kind: ProblemKind::UnreadableCopy,
        reason: "why \u{1b}[31m \"é\"".to_owned(),
        fix: "how\n".to_owned(),
        artifact: artifact.cloned(),
    }
}

fn copy(profile_root: &str, deployed_at: &str, state: CopyState) -> CopyReport {
    CopyReport {
        profile_root: ProfileRoot::new(profile_root).unwrap(),
        path: RecordedPath::new("../x\0"),
        deployed_at: deployed_at.parse().unwrap(),
        baseline: Baseline::new(match &state {
            CopyState::Unreadable(_) => "no hash",
            _ => "CDcdCDcdCDcdCDcdCDcdCDcdCDcdCDcdCDcdCDcdCDcdCDcdCDcdCDcdCDcdCDcd",
        }),
        from_collection: Some("".into()),
        profile_id: None,
        line: u32::MAX,
        state,
        doubts: Box::default(),
    }
}

/// Every state, a project without a record, an id that does not parse back, and a date whose offset is
/// not printed whole.
fn overview() -> Overview {
    let id = ArtifactId::new("command", "review.md.md").unwrap();
    let unverified = problem("/p/a/x", Some(&id));
    let edited = "ab".repeat(32).parse().unwrap();
    let doubt = Problem { kind: ProblemKind::UnreadableCollection, ..problem("/c/x", Some(&id)) };
    let copies = vec![
        copy(".claude", "2026-01-02T03:04:05.000006+01:02:03", CopyState::Synced),
        copy(".agents", "2026-01-02", CopyState::Missing),
        copy(".b", "0001-01-01T00:00:00Z", CopyState::Unreadable(Box::new(unverified.clone()))),
        copy(".c", "2026-W01", CopyState::Modified { current: edited, kind: DriftKind::Content }),
        copy(
            ".d",
            "2026-W01",
            CopyState::Conflict { current: edited, kind: DriftKind::Unexplained },
        ),
        copy(".e", "2026-W01", CopyState::Outdated),
        copy(".f", "2026-W01", CopyState::Synced).with_doubts(std::slice::from_ref(&doubt)),
    ];
    let deployment = |path| ProjectDeployment::new(project(path), copies.clone()).unwrap();
    let statistics = DeploymentStatistics {
        projects: vec![deployment("/p/a"), deployment("/p/c")],
        problems: vec![unverified.clone()],
    };
    let other = "command:reviewer".parse().unwrap();
    Overview {
        projects: ["/p/a", "/p/b", "/p/c"].map(project).to_vec(),
        artifacts: BTreeMap::from([(id, statistics), (other, DeploymentStatistics::default())]),
        problems: vec![problem("/p/a", None), unverified],
    }
}

fn collections() -> Scanned<Vec<Collection>> {
    let text = |text: &str| Some(text.to_owned());
    let artifact = |name: &str, details| CollectionArtifact {
        id: ArtifactId::new("command", name).unwrap(),
        name: name.to_owned(),
        path: "commands/x.md".to_owned(),
        origin: "local".to_owned(),
        added: "2026-01-02T03:04:05-00:00:30".parse().unwrap(),
        details,
    };
    let details = ArtifactDetails {
        tags: vec!["a".to_owned()],
        metadata: ArtifactMetadata {
            title: text("title"),
            description: text("description"),
            author: text("author"),
            license: text("license"),
            version: text("version"),
            dependencies: vec!["b".to_owned()],
            tools: vec!["c".to_owned()],
        },
        upstream: text("upstream"),
        version_spec: text("latest"),
        resolved_sha: text("sha"),
        resolved_version: text("1"),
        origin_source: text("github"),
        last_updated: "2026-01-02T03:04:05".parse().ok(),
        import_id: text("7"),
    };
    let collection = |name: &str, artifacts| Collection {
        name: name.to_owned(),
        path: "/home/me/x".into(),
        active: name == "b",
        artifacts,
    };
    let twice = artifact("x.md.md", ArtifactDetails::default());
    let artifacts = vec![artifact("y", details), twice.clone(), twice];
    Scanned {
        value: vec![collection("a", Vec::new()), collection("b", artifacts)],
        problems: vec![problem("/z", None), problem("/a", None)],
    }
}

/// Writes, reads and compares.
#[track_caller]
fn check_round<Domain, Exact>(domain: &Domain)
where
    Domain: Debug + PartialEq + TryFrom<Exact, Error = Malformed>,
    Exact: serde::Serialize + DeserializeOwned + for<'a> From<&'a Domain>,
{
    let text = serde_json::to_string(&Exact::from(domain)).unwrap();
    let read = Domain::try_from(serde_json::from_str(&text).unwrap());
    assert_eq!(read.as_ref(), Ok(domain));
}

#[test]
fn an_overview_is_read_as_it_was() {
    check_round::<Overview, ExactOverview>(&overview());
    check_round::<Overview, ExactOverview>(&Overview::default());
}

#[test]
fn statistics_are_read_as_they_were() {
    for statistics in overview().artifacts.values() {
        check_round::<DeploymentStatistics, ExactStatistics>(statistics);
    }
}

#[test]
fn collections_are_read_as_they_were() {
    check_round::<Scanned<Vec<Collection>>, ExactCollections>(&collections());
    check_round::<Scanned<Vec<Collection>>, ExactCollections>(&Scanned::default());
}

/// Puts `value` where `pointer` leads, and reads; JSON of the wrong kind is refused before.
#[track_caller]
fn refused<Domain, Exact>(domain: &Domain, pointer: &str, value: Value) -> String
where
    Domain: Debug + TryFrom<Exact, Error = Malformed>,
    Exact: serde::Serialize + DeserializeOwned + for<'a> From<&'a Domain>,
{
    let mut json = serde_json::to_value(Exact::from(domain)).unwrap();
    *json.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value;
    let exact = serde_json::from_value(json).unwrap();
    Domain::try_from(exact).unwrap_err().to_string()
}

#[track_caller]
fn check_refused(pointer: &str, value: Value, expected: &str) {
    let said = refused::<Overview, ExactOverview>(&overview(), pointer, value);
    assert_eq!(said, expected, "{pointer}");
}

#[test]
fn what_is_no_path_date_hash_or_name_is_refused() {
    let copy = |rest: &str| format!("/artifacts/0/statistics/deployments/0/copies/{rest}");
    check_refused("/projects/1", json!("p/b"), "project `p/b`: the path is not absolute");
    check_refused(
        &copy("0/profile_root"),
        json!("claude"),
        "profile root `claude`: a profile root is a direct child whose name starts with a dot",
    );
    check_refused(
        &copy("0/deployed_at"),
        json!("yesterday"),
        "date `yesterday`: not a date and time in ISO 8601, such as 2026-01-02T03:04:05",
    );
    check_refused(&copy("3/state/modified/current"), json!("f"), "hash `f`: not 64 hex digits");
    check_refused(&copy("4/state/conflict/kind"), json!("f"), "drift `f`: no sort of drift");
    check_refused(&copy("2/state/unreadable/kind"), json!("x"), "kind `x`: no sort of problem");
    check_refused(
        "/artifacts/0/artifact",
        json!("review"),
        "artifact `review`: no `:` between type and name",
    );
    check_refused("/problems/1/artifact", json!(":x"), "artifact `:x`: the type is empty");
    check_refused(
        "/projects/0",
        json!("/..".repeat(100)),
        &format!("project `{}`: the path holds `..`", &"/..".repeat(100)[..80]),
    );
}

#[test]
fn a_state_that_a_copy_cannot_have_is_refused() {
    let copy = |rest: &str| format!("/artifacts/0/statistics/deployments/1/copies/{rest}");
    let nothing = "baseline `x`: nothing can be compared with it";
    check_refused(&copy("0/baseline"), json!("x"), nothing);
    for place in 3..7 {
        check_refused(&copy(&format!("{place}/baseline")), json!("x"), nothing);
    }
    check_refused(&copy("2/state"), json!("synced"), &nothing.replace('x', "no hash"));
    let same = "cd".repeat(32);
    let expected = format!("hash `{same}`: modified, and as the baseline");
    check_refused(&copy("3/state/modified/current"), json!(same), &expected);
    check_refused(&copy("4/state/conflict/current"), json!(same), &expected);
    check_refused(
        &copy("2/state/unreadable/kind"),
        json!("malformed_record"),
        "kind `malformed_record`: not that of a copy",
    );
    check_refused(
        &copy("6/doubts/0/kind"),
        json!("unreadable_copy"),
        "kind `unreadable_copy`: not that of a copy",
    );
}

#[test]
fn what_is_not_in_order_or_stands_twice_is_refused() {
    let statistics = "/artifacts/0/statistics";
    check_refused("/projects/1", json!("/p/a"), "project `/p/a`: not in order");
    check_refused(
        "/artifacts/1/artifact",
        json!("command:review.md"),
        "artifact `command:review.md`: not in order",
    );
    check_refused(
        &format!("{statistics}/deployments/1/project"),
        json!("/p/a"),
        "project `/p/a`: not in order",
    );
    check_refused(
        &format!("{statistics}/deployments/0/copies/2/profile_root"),
        json!(".claude"),
        "profile root `.claude`: not in order",
    );
    check_refused("/problems/1/path", json!("/a"), "problem `/a`: not in order");
    let said = refused::<_, ExactCollections>(&collections(), "/collections/1/name", json!("a"));
    assert_eq!(said, "collection `a`: not in order");
}

#[test]
fn a_deployment_has_a_copy_and_a_project_that_is_known() {
    let deployment = "/artifacts/0/statistics/deployments/0";
    check_refused(&format!("{deployment}/copies"), json!([]), "project `/p/a`: without a copy");
    check_refused(
        &format!("{deployment}/project"),
        json!("/p"),
        "project `/p`: is not in the list",
    );
}

#[test]
fn what_a_manifest_says_is_looked_at_too() {
    let artifact = |rest: &str| format!("/collections/1/artifacts/0/{rest}");
    for (field, value, expected) in [
        ("id", "x", "artifact `x`: no `:` between type and name"),
        ("added", "x", "date `x`: not a date and time in ISO 8601, such as 2026-01-02T03:04:05"),
        (
            "last_updated",
            "",
            "date ``: not a date and time in ISO 8601, such as 2026-01-02T03:04:05",
        ),
    ] {
        let said = refused::<_, ExactCollections>(&collections(), &artifact(field), json!(value));
        assert_eq!(said, expected, "{field}");
    }
}
