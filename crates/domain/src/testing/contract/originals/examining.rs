//! By what the content of an original is told apart.

use super::{SetUp, collection, file, id};
use crate::testing::{CopySketch, Sketch};
use crate::{ContentTraits, Original, Originals};

pub(super) fn suite(set_up: SetUp<'_, dyn Originals>) {
    let examine = |content: &CopySketch| examine(set_up, content);
    what_deploying_leaves_out_and_ends_of_lines_are_seen_through(&examine);
    each_file_counts_by_itself(&examine);
}

type Examine<'a> = &'a dyn Fn(&CopySketch) -> ContentTraits;

fn examine(set_up: SetUp<'_, dyn Originals>, content: &CopySketch) -> ContentTraits {
    let mut work = collection(&[("skill", "pdf", "skills/pdf")], 0);
    work.contents.insert("skills/pdf".to_owned(), content.clone());
    let mut sketch = Sketch::default();
    sketch.collections.insert("work".to_owned(), work);
    let id = id("work", "skill:pdf");
    match set_up(&sketch).port.originals(&[id.clone()].into()).remove(&id) {
        Some(Original::Content(traits)) => ContentTraits::clone(&traits),
        other => panic!("{content:?} is not read: {other:?}"),
    }
}

fn directory(files: &[(&str, &str)]) -> CopySketch {
    let file = |(path, content): &(&str, &str)| (String::from(*path), content.as_bytes().to_vec());
    CopySketch::Directory(files.iter().map(file).collect())
}

fn what_deploying_leaves_out_and_ends_of_lines_are_seen_through(examine: Examine<'_>) {
    let clean = [("SKILL.md", "a\nb\n"), ("lib/x.py", "1\n")];
    let littered = directory(&[clean[0], clean[1], ("lib/__pycache__/x.pyc", "\n")]);
    let crlf = directory(&[("SKILL.md", "a\r\nb\n"), ("lib/x.py", "1\r\n")]);
    let clean = examine(&directory(&clean));
    assert_eq!((clean.without_ignored(), clean.with_lf()), (clean.hash(), clean.hash()));
    let littered = examine(&littered);
    assert_ne!(littered.hash(), clean.hash());
    assert_eq!(littered.without_ignored(), clean.hash());
    assert!(littered.deploys_as(clean.hash()) && littered.deploys_as(littered.hash()));
    assert!(!littered.adds_to(&clean) && !clean.adds_to(&littered));
    let crlf = examine(&crlf);
    assert_eq!(crlf.with_lf(), clean.hash());
    assert!(!crlf.deploys_as(clean.hash()));
    // An artifact that is a file may be called anything.
    assert_eq!(examine(&file("a\r\n")).with_lf(), examine(&file("a\n")).hash());
}

fn each_file_counts_by_itself(examine: Examine<'_>) {
    let files = [("SKILL.md", "text"), ("lib/util.py", "1"), ("lib/more.py", "1")];
    let (all, fewer) = (examine(&directory(&files)), examine(&directory(&files[..2])));
    let edited = examine(&directory(&[("SKILL.md", "Text"), files[1]]));
    let none = examine(&directory(&[]));
    assert!(all.adds_to(&fewer) && fewer.adds_to(&none));
    assert!(!fewer.adds_to(&all) && !all.adds_to(&all) && !all.adds_to(&edited));
    // Nothing is between path and content in a content hash; here there is.
    let (one, other) = (directory(&[("ab", "c")]), directory(&[("a", "bc"), ("d", "")]));
    assert!(!examine(&other).adds_to(&examine(&one)));
    // A directory in place of a file adds nothing to it.
    assert!(!all.adds_to(&examine(&file("text"))) && !examine(&file("text")).adds_to(&none));
}
