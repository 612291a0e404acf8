//! Random projects and collections give the same answer through the real file system as through memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::Value;
use skillstat_domain::testing::{
    COLLECTION, CollectionSketch, CopySketch, InMemoryProjects, RecordSketch, Sketch, TrackerSketch,
};
use skillstat_domain::{
    DirectOriginals, DirectStates, InTurn, Overview, ProfileRoot, StatisticsService,
};
use skillstat_fs_adapter::DEFAULT_MAX_DEPTH;
use skillstat_wire::ExactOverview;

use crate::support::{OnDisk, Skillstat, hash_copy};

/// Files of a copy; `lib`, `lib-extra` and `lib.txt` sort differently by component and by string.
const FILES: [&str; 10] = [
    "SKILL.md",
    "lib/util.py",
    "lib-extra.sh",
    "lib.txt",
    "a b/c",
    "ü/é.md",
    ".hidden",
    "x/y/z",
    ".git/HEAD",
    "x/__pycache__/z.pyc",
];

const DIRECTORIES: [&str; 6] = ["a", "a-b", "node_modules", ".git", "ü", "b c"];

fn copy() -> impl Strategy<Value = CopySketch> {
    let content = || {
        prop_oneof![
            prop::collection::vec(any::<u8>(), 0..20),
            "[a\r\n]{0,8}".prop_map(String::into_bytes),
        ]
    };
    let files = subsequence(FILES.to_vec(), 0..=FILES.len()).prop_flat_map(move |files| {
        prop::collection::vec(content(), files.len()).prop_map(move |contents| {
            files.iter().map(|&file| file.to_owned()).zip(contents).collect::<BTreeMap<_, _>>()
        })
    });
    prop_oneof![
        1 => Just(CopySketch::Missing),
        2 => content().prop_map(CopySketch::File),
        4 => files.prop_map(CopySketch::Directory),
    ]
}

fn record(number: usize) -> impl Strategy<Value = RecordSketch> {
    let path = prop_oneof![
        8 => Just(format!("skills/s{number}")),
        1 => select(vec!["/etc/hostname", "../s", "", "skills/../../x"]).prop_map(str::to_owned),
    ];
    let date = prop_oneof![
        8 => select(vec!["2026-01-02T03:04:05.678901", "2026-01-02", "2026-01-02T03:04:05Z"]),
        1 => Just("yesterday"),
    ];
    let kind = prop_oneof![8 => select(vec!["skill", "command", "zzz"]), 1 => Just("")];
    // Few names, so that some trackers hold one twice.
    let name = select(vec!["pdf", "pdf.md", "review", "a:b"]);
    (kind, name, path, date, copy(), 0..11_u8).prop_map(
        |(kind, name, path, date, copy, baseline)| {
            let hash = hash_copy(&copy).to_string();
            let traits = copy.traits(hash_copy);
            let baseline = match baseline {
                0 => None,
                1 => Some("abc".to_owned()),
                2 => Some(hash.to_uppercase()),
                3 | 4 => Some("0".repeat(64)),
                5 => Some(traits.without_ignored().to_string()),
                6 => Some(traits.with_lf().to_string()),
                7 => Some(copy.with_crlf(hash_copy).to_string()),
                _ => Some(hash),
            };
            RecordSketch {
                kind: kind.into(),
                name: name.into(),
                path,
                deployed_at: date.into(),
                baseline,
                copy,
            }
        },
    )
}

fn tracker() -> impl Strategy<Value = TrackerSketch> {
    let records = (0..5_usize).prop_flat_map(|count| (0..count).map(record).collect::<Vec<_>>());
    prop_oneof![8 => records.prop_map(TrackerSketch::Records), 1 => Just(TrackerSketch::Broken)]
}

fn sketch() -> impl Strategy<Value = Sketch> {
    let project = prop::collection::vec(select(DIRECTORIES.to_vec()), 0..=4)
        .prop_map(|names| names.join("/"));
    let profile_root = select(vec![".claude", ".codex", ".agents", ".zed"]);
    let trackers = prop::collection::vec((project, profile_root, tracker()), 0..6);
    (trackers, prop::collection::vec(copy(), 0..3), 0..2_usize).prop_map(
        |(trackers, more, bad_entries)| {
            let mut sketch = Sketch::default();
            let collection = collection(&trackers, more, bad_entries);
            sketch.collections.insert(COLLECTION.to_owned(), collection);
            for (project, profile_root, tracker) in trackers {
                let profile_root = ProfileRoot::new(profile_root).expect("a profile root");
                sketch.trackers.insert((project, profile_root), tracker);
            }
            sketch
        },
    )
}

/// A collection that holds some of the copies, or something else.
fn collection(
    trackers: &[(String, &str, TrackerSketch)],
    more: Vec<CopySketch>,
    bad_entries: usize,
) -> CollectionSketch {
    let mut contents: Vec<_> = more;
    for (_, _, tracker) in trackers {
        if let TrackerSketch::Records(records) = tracker {
            contents.extend(records.iter().map(|record| record.copy.clone()));
        }
    }
    let mut collection = CollectionSketch { bad_entries, ..CollectionSketch::default() };
    let names =
        ["pdf", "review", "a:b"].iter().flat_map(|name| [("skill", name), ("command", name)]);
    for ((kind, name), (number, content)) in names.zip(contents.into_iter().enumerate()) {
        let path = format!("{kind}s/{number}");
        collection.artifacts.push((kind.to_owned(), (*name).to_owned(), path.clone()));
        collection.contents.insert(path, content);
    }
    collection
}

/// The answer of the command without what only a disk can say.
fn status(disk: &OnDisk) -> Value {
    let (root, home) = (disk.root.as_str(), disk.home.as_str());
    essence(Skillstat::at("/").json(&["--root", root, "--skillmeat-home", home, "status"]))
}

/// The answer without what only a disk can say: reasons, lines, paths of problems.
fn essence(mut status: Value) -> Value {
    let kinds = |problems: &mut Value| {
        let mut kinds: Vec<_> = problems
            .as_array()
            .expect("an array")
            .iter()
            .map(|problem| problem["kind"].clone())
            .collect();
        kinds.sort_by_key(Value::to_string);
        *problems = kinds.into();
    };
    kinds(&mut status["problems"]);
    for artifact in status["artifacts"].as_array_mut().expect("an array") {
        kinds(&mut artifact["problems"]);
        for project in artifact["projects"].as_array_mut().expect("an array") {
            for copy in project["copies"].as_array_mut().expect("an array") {
                copy["reason"] = copy["reason"].is_string().into();
            }
        }
    }
    status
}

fn wire(overview: &Overview) -> Value {
    serde_json::to_value(skillstat_wire::Status::from(overview)).expect("it is JSON")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_disk_answers_as_the_model_does(sketch in sketch()) {
        let disk = OnDisk::new(&sketch, false);
        let world =
            Arc::new(InMemoryProjects::new(disk.root.clone(), DEFAULT_MAX_DEPTH, sketch.clone(), hash_copy));
        let states = Arc::new(DirectStates::new(Arc::clone(&world) as _, Arc::clone(&world) as _));
        let originals = DirectOriginals::new(Arc::clone(&world) as _, Arc::clone(&world) as _, Arc::new(InTurn));
        let service = StatisticsService::new(world, states, Arc::new(originals), Arc::new(InTurn));
        let expected = essence(wire(&service.overview(&service.inventory(&()), &|_, _| true, &())));
        prop_assert_eq!(&status(&disk), &expected);

        // Made in the opposite order, directories list their entries in another one.
        let backwards = OnDisk::new(&sketch, true);
        let text = status(&backwards).to_string();
        let moved = text.replace(backwards.root.as_str(), disk.root.as_str());
        prop_assert_eq!(moved, expected.to_string());
    }

    #[test]
    fn what_a_service_tells_of_everything_is_enough_for_every_part(sketch in sketch()) {
        let world = Arc::new(InMemoryProjects::new("/w".into(), DEFAULT_MAX_DEPTH, sketch, hash_copy));
        let states = Arc::new(DirectStates::new(Arc::clone(&world) as _, Arc::clone(&world) as _));
        let originals = DirectOriginals::new(Arc::clone(&world) as _, Arc::clone(&world) as _, Arc::new(InTurn));
        let service = StatisticsService::new(world, states, Arc::new(originals), Arc::new(InTurn));
        let inventory = service.inventory(&());
        let everything = service.overview(&inventory, &|_, _| true, &());
        let text = serde_json::to_string(&ExactOverview::from(&everything)).expect("it is JSON");
        let exact: ExactOverview = serde_json::from_str(&text).expect("it is of the shape");
        let told = Overview::try_from(exact);
        prop_assert_eq!(told.as_ref(), Ok(&everything));

        let told = told.expect("it was compared");
        for project in inventory.projects.iter().map(Some).chain([None]) {
            let mut part = inventory.clone();
            if let Some(project) = project {
                part.retain_project(project);
            }
            for kind in ["skill", "zzz"] {
                let alone = service.overview(&part, &|_, artifact| artifact.kind() == kind, &());
                prop_assert_eq!(told.part(project, &|artifact| artifact.kind() == kind), alone);
            }
        }
        for artifact in inventory.artifacts() {
            let alone = service.statistics(&inventory, artifact, &());
            prop_assert_eq!(told.statistics(artifact), alone);
        }
    }
}
