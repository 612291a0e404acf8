//! Where below a profile root the copy of an artifact goes.

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use crate::{ArtifactId, ProfileRoot, RecordedPath};

/// What the copies of each deployable type are: the directory, and how the name ends.
const PLACES: [(&str, &str, Form); 6] = [
    ("skill", "skills", Form::Directory),
    ("mcp", "mcp", Form::Directory),
    ("command", "commands", Form::Markdown),
    ("agent", "agents", Form::Markdown),
    ("hook", "hooks", Form::Markdown),
    ("orchestration", "workflows", Form::AsSource),
];

/// The longest name of a copy, in bytes: a name has 255, of which the lock file beside the copy adds 16 to its
/// own.
pub const MAX_COPY_NAME_BYTES: usize = 255 - 16;

/// What lies at a destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A directory.
    Directory,
    /// A file whose name ends in `.md`.
    Markdown,
    /// What the source is, with its extension.
    AsSource,
}

/// Returns where the copy of `artifact` goes, below `profile_root`.
///
/// `source` is the path of the artifact in its collection, of which only the extension can count.
/// `dest_path` is a directory relative to the project, as a request has it; it must lie below the
/// profile root.
///
/// # Errors
///
/// - [`DestinationError`] when the type cannot be deployed, the name cannot be a file's, or
///   `dest_path` is not a directory below the profile root.
///
/// # Examples
///
/// ```
/// use camino::Utf8Path;
/// use skillstat_domain::{ProfileRoot, destination};
///
/// let claude = ProfileRoot::new(".claude")?;
/// let review = "command:review".parse()?;
/// let source = Utf8Path::new("commands/review.md");
/// assert_eq!(destination(&review, source, &claude, None)?, "commands/review.md");
/// let dev = Some(".claude/commands/dev/");
/// assert_eq!(destination(&review, source, &claude, dev)?, "commands/dev/review.md");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Source
///
/// Where SkillMeat 0.74.0 deploys. It also takes a `dest_path` outside the profile root, and then
/// records a path at which the copy is not.
pub fn destination(
    artifact: &ArtifactId,
    source: &Utf8Path,
    profile_root: &ProfileRoot,
    dest_path: Option<&str>,
) -> Result<Utf8PathBuf, DestinationError> {
    let Some((_, directory, form)) = PLACES.iter().find(|(kind, ..)| *kind == artifact.kind())
    else {
        return Err(DestinationError::NotDeployable { kind: artifact.kind().to_owned() });
    };
    let name = match form {
        Form::Directory => artifact.name().to_owned(),
        Form::Markdown => format!("{}.md", artifact.name()),
        Form::AsSource => match source.extension() {
            Some(extension) => format!("{}.{extension}", artifact.name()),
            None => artifact.name().to_owned(),
        },
    };
    check_name(&name)?;
    let directory = match dest_path {
        None | Some("") => Utf8PathBuf::from(directory),
        Some(asked) => below_profile_root(asked, profile_root)?,
    };
    Ok(directory.join(name))
}

/// Returns where a copy goes that may be there already: the place that was asked for, else where the
/// record says it is, else the usual place.
pub fn place_of_copy(
    asked: Option<Utf8PathBuf>,
    recorded: Option<&RecordedPath>,
    usual: Utf8PathBuf,
) -> Utf8PathBuf {
    asked.or_else(|| recorded.and_then(|path| path.inside().ok())).unwrap_or(usual)
}

/// Tells whether this is the name of a directory of a profile root into which artifacts of some type go when no
/// other place is asked for.
pub fn is_artifact_directory(name: &str) -> bool {
    PLACES.iter().any(|(_, directory, _)| *directory == name)
}

fn check_name(name: &str) -> Result<(), DestinationError> {
    let refused = |reason| Err(DestinationError::UnusableName { name: name.to_owned(), reason });
    if name.contains(['/', '\\']) {
        return refused("holds a slash");
    }
    if name.starts_with('.') {
        return refused("starts with a dot");
    }
    if name.contains(char::is_control) {
        return refused("holds a control character");
    }
    if name.len() > MAX_COPY_NAME_BYTES {
        return refused("is too long for a file with a lock file beside it");
    }
    Ok(())
}

/// Takes a `dest_path` apart; the texts it refuses are those that SkillMeat refuses, in its order.
fn below_profile_root(
    dest_path: &str,
    profile_root: &ProfileRoot,
) -> Result<Utf8PathBuf, DestinationError> {
    if dest_path.contains(char::is_control) {
        return Err(DestinationError::InvalidCharacter);
    }
    if dest_path.contains("..") {
        return Err(DestinationError::Traversal);
    }
    let drive =
        dest_path.as_bytes().get(1) == Some(&b':') && dest_path.as_bytes()[0].is_ascii_alphabetic();
    if dest_path.starts_with(['/', '\\']) || drive {
        return Err(DestinationError::Absolute);
    }
    let mut components = Utf8Path::new(dest_path)
        .components()
        .filter(|component| *component != Utf8Component::CurDir);
    if components.next() != Some(Utf8Component::Normal(profile_root.as_str())) {
        return Err(DestinationError::OutsideProfileRoot {
            dest_path: dest_path.to_owned(),
            profile_root: profile_root.clone(),
        });
    }
    let directory: Utf8PathBuf = components.collect();
    for component in directory.components() {
        if component.as_str().len() > 255 {
            return Err(DestinationError::UnusableName {
                name: component.to_string(),
                reason: "is too long for a directory",
            });
        }
    }
    Ok(directory)
}

/// Why an artifact cannot be deployed to where it was asked to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DestinationError {
    /// No copies are made of artifacts of this type.
    #[error("artifacts of type `{kind}` are not deployed as copies")]
    NotDeployable {
        /// The type.
        kind: String,
    },
    /// No file can have this name.
    #[error("the name `{}` {reason}", name.escape_debug())]
    UnusableName {
        /// The name.
        name: String,
        /// What is wrong with it, as a phrase.
        reason: &'static str,
    },
    /// `dest_path` holds `..`.
    #[error("Directory traversal ('..') not allowed in dest_path")]
    Traversal,
    /// `dest_path` is absolute.
    #[error("Absolute paths not allowed in dest_path")]
    Absolute,
    /// `dest_path` holds NUL, a line break or another control character.
    #[error("Invalid character in dest_path")]
    InvalidCharacter,
    /// `dest_path` is not below the profile root, so no record could point to the copy.
    #[error("dest_path `{dest_path}` is not below the profile root `{profile_root}`")]
    OutsideProfileRoot {
        /// As asked for.
        dest_path: String,
        /// Below which it must be.
        profile_root: ProfileRoot,
    },
}

#[cfg(test)]
mod tests;
