//! Every link in the documents leads somewhere, and the book holds every chapter.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::blocks::{prose, rewritten};
use super::{Document, document, documents};
use crate::support::workspace;

#[test]
fn every_link_leads_somewhere() {
    let mut followed = 0;
    for page in documents() {
        for target in targets(&page.text) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            if let Err(why) = follow(&page, &target) {
                panic!("{}: the link to `{target}` leads nowhere: {why}", page.path);
            }
            followed += 1;
        }
    }
    assert!(followed > 60, "only {followed} links were followed");
}

/// Follows a link that names no other machine.
fn follow(page: &Document, target: &str) -> Result<(), String> {
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let directory = Path::new(&page.path).parent().expect("a page lies in a directory");
    let path =
        if path.is_empty() { PathBuf::from(&page.path) } else { plain(&directory.join(path)) };
    if workspace().join(&path).symlink_metadata().is_err() {
        return Err(format!("there is no {}", path.display()));
    }
    if anchor.is_empty() {
        return Ok(());
    }
    let text = document(path.to_str().expect("our names are UTF-8")).text;
    let found = anchors(&text).iter().any(|found| found == anchor);
    found.then_some(()).ok_or_else(|| format!("no heading of {} makes it", path.display()))
}

/// Takes `..` out of a path.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                assert!(plain.pop(), "{} leaves the repository", path.display());
            }
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}

/// Returns where the links and pictures of a text lead: `[text](target)`, and `[name]: target`.
fn targets(text: &str) -> Vec<String> {
    let prose = prose(text);
    let inline = prose.split("](").skip(1).filter_map(|rest| rest.split([')', ' ', '\n']).next());
    let named = prose.lines().filter(|line| line.starts_with('[')).filter_map(|line| {
        let (_, target) = line.split_once("]: ")?;
        target.split_whitespace().next()
    });
    inline.chain(named).filter(|target| !target.is_empty()).map(ToOwned::to_owned).collect()
}

/// Returns the anchors of a text's headings, as mdBook and the forges make them.
fn anchors(text: &str) -> Vec<String> {
    let text = rewritten(text, |_, _| Some(String::new()));
    let mut times = BTreeMap::new();
    let mut anchors = Vec::new();
    for line in text.lines() {
        let heading = line.trim_start_matches('#');
        if heading.len() == line.len() || !heading.starts_with(' ') {
            continue;
        }
        let mut anchor = String::new();
        for letter in heading.trim().to_lowercase().chars() {
            match letter {
                ' ' => anchor.push('-'),
                letter if letter.is_alphanumeric() || matches!(letter, '-' | '_') => {
                    anchor.push(letter);
                }
                _ => {}
            }
        }
        let before = times.entry(anchor.clone()).or_insert(0);
        anchors.push(if *before == 0 { anchor } else { format!("{anchor}-{before}") });
        *before += 1;
    }
    anchors
}

#[test]
fn the_book_holds_every_chapter_once() {
    let summary = document("docs/SUMMARY.md");
    let mut listed = targets(&summary.text);
    let mut there: Vec<_> = documents()
        .into_iter()
        .filter_map(|page| page.path.strip_prefix("docs/").map(ToOwned::to_owned))
        .filter(|path| path != "SUMMARY.md")
        .collect();
    listed.sort();
    there.sort();
    assert_eq!(listed, there);
}

#[test]
fn headings_make_the_anchors_that_readers_get() {
    let text = "# A `b_c`: d, e!\n```\n# none\n```\n## Again\n## Again\n#none\n";
    assert_eq!(anchors(text), ["a-b_c-d-e", "again", "again-1"]);
}

#[test]
fn what_looks_like_a_link_in_code_is_none() {
    let text = "[a](b.md#c) `[d](e)` ![f](g.svg \"h\")\n\n    [i](j)\n\n[k]: l.md\n";
    assert_eq!(targets(text), ["b.md#c", "g.svg", "l.md"]);
}
