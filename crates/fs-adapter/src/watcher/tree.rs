//! The watched directories, as they lie in one another.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use foldhash::{HashMap, HashMapExt};

use super::kernel::Watch;
use super::role::{Passage, Profile};

/// A place in the tree. It is given to another directory when this one is taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place(u32);

/// The root directory.
pub(super) const TOP: Place = Place(0);

/// One directory, and why it is watched.
#[derive(Debug)]
pub(super) struct Directory {
    parent: Place,
    name: Box<OsStr>,
    /// Sorted by name.
    children: Vec<Place>,
    watch: Option<Watch>,
    /// Another place with the same watch: one directory that several paths lead to.
    twin: Option<Place>,
    /// Whether writing to its files is told.
    pub(super) content: bool,
    /// The round in which it was last found.
    pub(super) round: u32,
    /// The round in which its watch was last made.
    pub(super) renewed: u32,
    /// How the walk lists it, when it does.
    pub(super) entered: Option<Entered>,
    /// What is known of it as a profile root, which any hidden directory that the walk meets may be.
    pub(super) profile: Option<Box<Profile>>,
    /// Whether all below it is a collection's.
    pub(super) collections: bool,
    /// What waits for entries of it.
    pub(super) passage: Option<Box<Passage>>,
}

/// A directory that the walk lists.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entered {
    /// How deep it is below a search root.
    pub(super) depth: usize,
    /// The round in which it was last listed.
    pub(super) round: u32,
    /// Whether it cannot be read: then the walk reports it.
    pub(super) closed: bool,
}

impl Directory {
    fn new(parent: Place, name: &OsStr) -> Self {
        Self {
            parent,
            name: name.into(),
            children: Vec::new(),
            watch: None,
            twin: None,
            content: false,
            round: 0,
            renewed: 0,
            entered: None,
            profile: None,
            collections: false,
            passage: None,
        }
    }

    /// Returns the name; empty for the root directory.
    pub(super) fn name(&self) -> &OsStr {
        &self.name
    }

    /// Returns the watch, if it has one.
    pub(super) fn watch(&self) -> Option<Watch> {
        self.watch
    }
}

/// All watched directories, and the ways to them.
#[derive(Debug)]
pub(super) struct Tree {
    places: Vec<Directory>,
    free: Vec<Place>,
    watches: HashMap<Watch, Place>,
}

impl Tree {
    /// Returns a tree of the root directory alone.
    pub(super) fn new() -> Self {
        let top = Directory::new(TOP, OsStr::new(""));
        Self { places: vec![top], free: Vec::new(), watches: HashMap::new() }
    }

    pub(super) fn get(&self, place: Place) -> &Directory {
        &self.places[place.0 as usize]
    }

    pub(super) fn get_mut(&mut self, place: Place) -> &mut Directory {
        &mut self.places[place.0 as usize]
    }

    /// Returns how many watches there are.
    pub(super) fn watches(&self) -> usize {
        self.watches.len()
    }

    /// Returns the directory that a directory lies in; the root directory lies in none.
    pub(super) fn parent(&self, place: Place) -> Option<Place> {
        (place != TOP).then(|| self.get(place).parent)
    }

    pub(super) fn children(&self, place: Place) -> &[Place] {
        &self.get(place).children
    }

    pub(super) fn child(&self, place: Place, name: &OsStr) -> Option<Place> {
        let found = self.search(place, name).ok()?;
        Some(self.get(place).children[found])
    }

    fn search(&self, place: Place, name: &OsStr) -> Result<usize, usize> {
        self.get(place).children.binary_search_by(|child| (*self.get(*child).name).cmp(name))
    }

    /// Returns the entry of a directory, which is made when there is none.
    pub(super) fn child_or_new(&mut self, place: Place, name: &OsStr) -> Place {
        match self.search(place, name) {
            Ok(found) => self.get(place).children[found],
            Err(at) => {
                let fresh = Directory::new(place, name);
                let child = if let Some(child) = self.free.pop() {
                    *self.get_mut(child) = fresh;
                    child
                } else {
                    let next = u32::try_from(self.places.len()).expect("fewer than the system can");
                    self.places.push(fresh);
                    Place(next)
                };
                self.get_mut(place).children.insert(at, child);
                child
            }
        }
    }

    /// Finds a directory by its absolute path.
    pub(super) fn find(&self, path: &Path) -> Option<Place> {
        path.components().skip(1).try_fold(TOP, |place, name| self.child(place, name.as_os_str()))
    }

    /// Returns the absolute path of a directory.
    pub(super) fn path(&self, place: Place) -> PathBuf {
        let mut names: Vec<&OsStr> = Vec::new();
        let mut at = place;
        while let Some(parent) = self.parent(at) {
            names.push(&self.get(at).name);
            at = parent;
        }
        let mut path = OsString::from("/");
        for (number, name) in names.iter().rev().enumerate() {
            if number > 0 {
                path.push("/");
            }
            path.push(name);
        }
        path.into()
    }

    /// Notes the watch of a directory; returns the one it had, if no other place has that any more.
    pub(super) fn set_watch(&mut self, place: Place, watch: Watch) -> Option<Watch> {
        if self.get(place).watch == Some(watch) {
            return None;
        }
        let old = self.clear_watch(place);
        let first = self.watches.insert(watch, place);
        let directory = self.get_mut(place);
        directory.watch = Some(watch);
        directory.twin = first;
        old
    }

    /// Forgets the watch of a directory; returns it, if no other place has it any more.
    pub(super) fn clear_watch(&mut self, place: Place) -> Option<Watch> {
        let watch = self.get_mut(place).watch.take()?;
        let after = self.get_mut(place).twin.take();
        let first = self.watches.get(&watch).copied()?;
        if first == place {
            match after {
                Some(after) => drop(self.watches.insert(watch, after)),
                None => drop(self.watches.remove(&watch)),
            }
            return after.is_none().then_some(watch);
        }
        let mut at = first;
        while let Some(next) = self.get(at).twin {
            if next == place {
                self.get_mut(at).twin = after;
                break;
            }
            at = next;
        }
        None
    }

    /// Returns the directories that have a watch.
    pub(super) fn watched_by(&self, watch: Watch) -> Vec<Place> {
        let mut places = Vec::new();
        let mut at = self.watches.get(&watch).copied();
        while let Some(place) = at {
            places.push(place);
            at = self.get(place).twin;
        }
        places
    }

    /// Takes a directory out, and all below it; hands each to `leave` first, what lies deepest first.
    pub(super) fn remove(&mut self, place: Place, leave: &mut dyn FnMut(&mut Self, Place)) {
        for child in std::mem::take(&mut self.get_mut(place).children) {
            // Their parent knows them no more, but its path is still theirs.
            self.remove(child, leave);
        }
        leave(self, place);
        if let Some(parent) = self.parent(place) {
            // Nothing when the parent is being taken out itself.
            if let Ok(at) = self.search(parent, &self.get(place).name) {
                self.get_mut(parent).children.remove(at);
            }
            self.free.push(place);
        }
    }

    /// Counts the directories below a directory, itself included.
    pub(super) fn size(&self, place: Place) -> usize {
        1 + self.children(place).iter().map(|child| self.size(*child)).sum::<usize>()
    }

    /// Returns every directory below a directory, itself included: each before those in it, in the order of
    /// their names.
    pub(super) fn below(&self, place: Place) -> Vec<Place> {
        let (mut all, mut ahead) = (Vec::new(), vec![place]);
        while let Some(next) = ahead.pop() {
            all.push(next);
            ahead.extend(self.children(next).iter().rev());
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> &OsStr {
        OsStr::new(text)
    }

    #[test]
    fn places_are_given_again() {
        let mut tree = Tree::new();
        for round in 0..3 {
            let top = tree.child_or_new(TOP, name("a"));
            for number in 0..100 {
                let child = tree.child_or_new(top, name(&number.to_string()));
                tree.child_or_new(child, name("x"));
                tree.set_watch(child, number);
            }
            assert_eq!(tree.size(TOP), 202);
            let mut left = Vec::new();
            tree.remove(top, &mut |tree, place| {
                tree.clear_watch(place);
                left.push(tree.path(place));
            });
            assert_eq!(left.len(), 201, "{round}");
            assert_eq!(left.last().unwrap(), Path::new("/a"));
            assert_eq!((tree.size(TOP), tree.watches(), tree.places.len()), (1, 0, 202));
        }
    }

    #[test]
    fn a_watch_ends_with_the_last_of_its_places() {
        let mut tree = Tree::new();
        let places: Vec<_> =
            ["a", "b", "c", "d"].map(|it| tree.child_or_new(TOP, name(it))).to_vec();
        // In every order in which they can go.
        for first in 0..4 {
            for second in 0..4 {
                for place in &places {
                    assert_eq!(tree.set_watch(*place, 7), None);
                }
                let mut rest = places.clone();
                let mut gone = vec![rest.remove(first)];
                gone.push(rest.remove(second % 3));
                gone.append(&mut rest);
                for (number, place) in gone.iter().enumerate() {
                    let mut left = tree.watched_by(7);
                    left.sort();
                    let mut expected = gone[number..].to_vec();
                    expected.sort();
                    assert_eq!(left, expected);
                    let ended = tree.clear_watch(*place);
                    assert_eq!(ended, (number == 3).then_some(7));
                }
                assert_eq!(tree.watches(), 0);
            }
        }
        assert_eq!(tree.set_watch(places[0], 1), None);
        assert_eq!(tree.set_watch(places[1], 1), None);
        assert_eq!(tree.set_watch(places[0], 2), None);
        assert_eq!(tree.set_watch(places[1], 2), Some(1));
    }
}
