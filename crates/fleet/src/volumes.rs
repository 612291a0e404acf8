//! Where the shared volumes are on this machine.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use skillstat_domain::{Change, ProjectPath, SharedChange, VolumeName, VolumePath};

/// A shared volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedVolume {
    /// Its name, the same on every machine.
    pub name: VolumeName,
    /// The directory here that is its top, links resolved.
    pub root: Utf8PathBuf,
    /// Whether the collections lie on it.
    pub has_collections: bool,
}

impl SharedVolume {
    /// Says what a change means here.
    pub(crate) fn here(&self, change: &SharedChange) -> Change {
        let project = match change {
            SharedChange::Everything => return Change::Everything,
            SharedChange::Collections => return Change::Collections,
            SharedChange::Project(path) => ProjectPath::new(&self.root.join(path.as_path())),
        };
        // The root is absolute and the rest stays below it, unless the configuration says otherwise.
        project.map_or(Change::Everything, Change::AllOf)
    }

    /// Says where a directory of this machine is on the volume, if it is on it.
    pub(crate) fn place(&self, directory: &Utf8Path) -> Option<VolumePath> {
        let relative = directory.strip_prefix(&self.root).ok()?;
        VolumePath::new(relative.as_str()).ok()
    }
}

/// Sorts changed projects by the volumes they lie on, by their number; those that lie on none are nobody
/// else's business.
pub(crate) fn by_volume(
    volumes: &[SharedVolume],
    projects: &BTreeSet<ProjectPath>,
) -> BTreeMap<usize, BTreeSet<SharedChange>> {
    let mut changes: BTreeMap<usize, BTreeSet<SharedChange>> = BTreeMap::new();
    for project in projects {
        for (number, volume) in volumes.iter().enumerate() {
            if let Some(place) = volume.place(project.as_path()) {
                let changes = changes.entry(number).or_default();
                changes.insert(SharedChange::Project(place));
                // What was deployed may be newer than what others know of the collections.
                changes.extend(volume.has_collections.then_some(SharedChange::Collections));
            }
        }
    }
    changes
}

#[cfg(test)]
#[cfg(not(shuttle))]
mod tests {
    use super::*;

    fn volume(root: &str) -> SharedVolume {
        let name = "team".parse().unwrap();
        SharedVolume { name, root: root.into(), has_collections: false }
    }

    fn project(path: &str) -> ProjectPath {
        ProjectPath::new(path.into()).unwrap()
    }

    #[test]
    fn a_place_is_told_by_the_top_of_the_volume() {
        let (here, there) = (volume("/mnt/team"), volume("/srv/share/x"));
        for (one, other) in [("/mnt/team/a/b", "/srv/share/x/a/b"), ("/mnt/team", "/srv/share/x")] {
            let place = here.place(one.into()).unwrap();
            let there = there.here(&SharedChange::Project(place));
            assert_eq!(there, Change::AllOf(project(other)));
        }
        assert_eq!(here.here(&SharedChange::Everything), Change::Everything);
        assert_eq!(here.here(&SharedChange::Collections), Change::Collections);
    }

    #[test]
    fn only_what_lies_on_a_volume_is_told() {
        let mut second = volume("/srv");
        second.has_collections = true;
        let volumes = [volume("/mnt/team"), second];
        let projects = ["/mnt/team/a", "/mnt/teams/b", "/home/c", "/srv/d"].map(project);
        let changes = by_volume(&volumes, &projects.into());
        let place = |path| SharedChange::Project(VolumePath::new(path).unwrap());
        assert_eq!(changes[&0], BTreeSet::from([place("a")]));
        assert_eq!(changes[&1], BTreeSet::from([SharedChange::Collections, place("d")]));
    }
}
