//! What holds of any record, whatever links lie on its way.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use camino::Utf8Path;
use skillstat_domain::{
    ContentLocation, CopyLocation, FileLister, Hasher, ProfileRoot, ProjectPath, RecordedPath,
};

use crate::{Sha256Hasher, TreeLister};

/// The most entries of a tree.
const MOST: usize = 32;

/// What is read of a record does not depend on what is in a file outside of the profile root.
///
/// The first line of `text` is the recorded path. Each other line makes an entry of the profile root: a link,
/// `path>target`, or a file, `path`. In a target, `~` stands for the directory outside.
///
/// # Panics
///
/// Panics when that does not hold of `text`, or nothing can be made in the directory for temporary files.
pub fn containment(text: &str) {
    let mut lines = text.lines();
    let recorded = RecordedPath::new(lines.next().unwrap_or_default());
    let Ok(path) = recorded.inside() else { return };
    let directory = tempfile::tempdir().expect("a directory");
    let base = Utf8Path::from_path(directory.path()).expect("UTF-8");
    let (project, outside) = (base.join("project"), base.join("outside"));
    fs::create_dir_all(project.join(".claude")).expect("a profile root");
    fs::create_dir_all(outside.join("skills/x")).expect("a directory outside");
    for line in lines.take(MOST) {
        let (entry, target) = line.split_once('>').unwrap_or((line, ""));
        let Ok(entry) = RecordedPath::new(entry).inside() else { continue };
        // What a link leads to outside is not to be written either.
        if leads_through_a_link(&project.join(".claude"), &entry) {
            continue;
        }
        let at = project.join(".claude").join(&entry);
        let _made = at.parent().map(fs::create_dir_all);
        let _made = match target {
            "" => fs::write(&at, line),
            target => symlink(target.replace('~', outside.as_str()), &at),
        };
    }
    let project = ProjectPath::new(&project).expect("an absolute path");
    let profile_root = ProfileRoot::new(".claude").expect("a name");
    let copy = CopyLocation { project: &project, profile_root: &profile_root, path: &path };
    let look = |secret: &str| {
        for file in ["SKILL.md", "skills/x/SKILL.md"] {
            fs::write(outside.join(file), secret).expect("a file outside");
        }
        let texts = ["SKILL.md".to_owned()].into();
        let files = TreeLister.files(&ContentLocation::Copy(copy), &texts);
        (Sha256Hasher.hash(&copy), files.map(|list| list.files))
    };
    assert_eq!(look("one"), look("another secret"), "{text:?}");
}

fn leads_through_a_link(root: &Utf8Path, path: &Utf8Path) -> bool {
    let above = path.ancestors().skip(1).filter(|it| !it.as_str().is_empty());
    above.map(|it| root.join(it)).any(|it| Path::new(&it).is_symlink())
}
