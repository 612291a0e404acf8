//! Profile roots that stay open while several copies in them are read.

use std::io;

use camino::Utf8PathBuf;
use rustix::fs::{AtFlags, CWD, fstat, statat};
use skillstat_domain::ContentLocation;

use crate::contained;
use crate::links::Links;
use crate::stamp::Stamp;

/// The profile roots of one call, each opened once.
///
/// What is read beneath one that is moved away meanwhile may be what was never at its path. So in the end it is
/// to be asked whether all are where they were.
#[derive(Debug, Default)]
pub(crate) struct Roots(Vec<Root>);

#[derive(Debug)]
struct Root {
    path: Utf8PathBuf,
    links: Links,
    stamp: Stamp,
}

impl Roots {
    /// Opens the directory of a content that is not left, unless it is open.
    pub(crate) fn links(&mut self, content: &ContentLocation<'_>) -> io::Result<&Links> {
        let (path, inside) = contained::place(content);
        let known = self.0.iter().position(|root| root.path == path);
        let at = known.unwrap_or(self.0.len());
        if known.is_none() {
            let links = contained::links_in(&path, inside)?;
            let stamp = Stamp::new(&fstat(links.root())?);
            self.0.push(Root { path, links, stamp });
        }
        let links = &mut self.0[at].links;
        if known.is_some() {
            links.turn_to(inside.as_std_path());
        }
        Ok(links)
    }

    /// Tells whether every one looks as it did when it was opened, and lies where it did: who moves a directory
    /// changes it.
    pub(crate) fn are_where_they_were(&self) -> bool {
        self.0.iter().all(|root| {
            let found = statat(CWD, root.path.as_std_path(), AtFlags::empty());
            found.is_ok_and(|stat| Stamp::new(&stat) == root.stamp)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use skillstat_domain::{CopyLocation, ProfileRoot};

    use super::*;
    use crate::test_support::{TempTree, settle};

    /// Opens the profile root of a project, changes something, and tells whether it is where it was.
    fn check(expected: bool, change: impl FnOnce(&TempTree)) {
        let tree = TempTree::new();
        tree.file("shop/.claude/skills/x", "text").file("other/.claude/skills/x", "other");
        settle();
        let mut roots = Roots::default();
        let links = roots.links(&ContentLocation::Copy(CopyLocation {
            project: &tree.project("shop"),
            profile_root: &ProfileRoot::new(".claude").unwrap(),
            path: "skills/x".into(),
        }));
        links.unwrap().locate().unwrap();
        change(&tree);
        assert_eq!(roots.are_where_they_were(), expected);
    }

    #[test]
    fn one_that_is_moved_is_not_where_it_was() {
        let root = "shop/.claude";
        let swap = |tree: &TempTree, from: &str, to: &str| {
            fs::rename(tree.path(from), tree.path(to)).unwrap();
        };
        check(true, |_| ());
        check(true, |tree| drop(fs::write(tree.path("shop/.claude/skills/x"), "other")));
        check(false, |tree| swap(tree, root, "away"));
        check(false, |tree| {
            swap(tree, root, "away");
            swap(tree, "other/.claude", root);
        });
        check(false, |tree| {
            swap(tree, root, "away");
            swap(tree, "away", root);
        });
        check(false, |tree| {
            swap(tree, root, "away");
            tree.link(root, "../other/.claude");
        });
        check(false, |tree| {
            swap(tree, "shop", "away");
            swap(tree, "other", "shop");
        });
    }
}
