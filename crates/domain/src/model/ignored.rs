//! What deploying leaves out.

/// Names of files and directories that are not deployed.
const NAMES: [&[u8]; 9] = [
    b".git",
    b".github",
    b".gitignore",
    b"__pycache__",
    b"node_modules",
    b".venv",
    b"venv",
    b".DS_Store",
    b"Thumbs.db",
];

/// Ends of such names.
const ENDINGS: [&[u8]; 3] = [b".pyc", b".pyo", b".egg-info"];

/// Tells whether deploying a directory leaves out the file at this path below it: its name, or that of
/// a directory it lies in, is one that programs and systems make by themselves. Case counts.
///
/// # Source
///
/// The patterns of SkillMeat's copying. They apply at any depth, but not to an artifact that is a file.
///
/// # Examples
///
/// ```
/// assert!(skillstat_domain::is_ignored("scripts/__pycache__/run.cpython-312.pyc"));
/// assert!(!skillstat_domain::is_ignored("scripts/run.py"));
/// ```
pub fn is_ignored(path: &str) -> bool {
    path.split('/').any(|name| is_ignored_name(name.as_bytes()))
}

/// Tells the same of one name, which need not be UTF-8.
pub fn is_ignored_name(name: &[u8]) -> bool {
    NAMES.contains(&name) || ENDINGS.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_count_at_any_depth_and_as_a_whole() {
        for path in
            [".DS_Store", "a/.git/HEAD", "x/__pycache__/y", "b.pyc", ".pyo", "a.egg-info/PKG-INFO"]
        {
            assert!(is_ignored(path), "{path}");
        }
        for path in ["", "SKILL.md", "git", ".gitattributes", "a.pyc.txt", "thumbs.db", "venvs/x"] {
            assert!(!is_ignored(path), "{path}");
        }
    }
}
