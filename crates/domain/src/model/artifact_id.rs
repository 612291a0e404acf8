//! What an artifact is called: `type:name`.

use std::fmt;
use std::str::FromStr;

/// Extensions that are no part of an artifact's name.
const STRIPPED_EXTENSIONS: [&str; 5] = [".md", ".txt", ".json", ".yaml", ".yml"];

/// Identifies an artifact across all projects and collections.
///
/// The type is any text without a colon: a type this program has never heard of is kept and shown.
/// The name is any text; one trailing `.md .txt .json .yaml .yml` is taken off, so the records
/// `review` and `review.md` are the same artifact. `Display` prints `type:name`, which
/// parses back unless the name ends in a second such extension.
/// The order is that of the bytes of the printed text.
///
/// # Examples
///
/// ```
/// use skillstat_domain::ArtifactId;
///
/// let id: ArtifactId = "skill:a:b".parse()?;
/// assert_eq!((id.kind(), id.name()), ("skill", "a:b"));
/// # Ok::<(), skillstat_domain::ArtifactIdError>(())
/// ```
///
/// # Source
///
/// The id syntax of SkillMeat 0.74.0's API, split at the first colon.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArtifactId {
    // First, because it alone decides equality and order; `colon` follows from it.
    text: Box<str>,
    colon: usize,
}

impl ArtifactId {
    /// Joins a type and a name.
    ///
    /// # Errors
    ///
    /// - [`ArtifactIdError::EmptyType`] and [`ArtifactIdError::EmptyName`] when a part is empty.
    /// - [`ArtifactIdError::ColonInType`] when the type holds a colon.
    pub fn new(kind: &str, name: &str) -> Result<Self, ArtifactIdError> {
        if kind.is_empty() {
            return Err(ArtifactIdError::EmptyType);
        }
        if kind.contains(':') {
            return Err(ArtifactIdError::ColonInType);
        }
        if name.is_empty() {
            return Err(ArtifactIdError::EmptyName);
        }
        let text = [kind, ":", Self::strip_extension(name)].concat().into_boxed_str();
        Ok(Self { text, colon: kind.len() })
    }

    /// Takes an id as `Display` prints it, from whom it was printed for: nothing more is taken off the
    /// name. Text that a person or a tracker wrote is parsed.
    ///
    /// # Errors
    ///
    /// As of [`new`](Self::new), and [`ArtifactIdError::NoColon`].
    pub fn from_printed(text: &str) -> Result<Self, ArtifactIdError> {
        let colon = text.find(':').ok_or(ArtifactIdError::NoColon)?;
        match (colon, text.len()) {
            (0, _) => Err(ArtifactIdError::EmptyType),
            (colon, length) if colon + 1 == length => Err(ArtifactIdError::EmptyName),
            _ => Ok(Self { text: text.into(), colon }),
        }
    }

    /// Returns the type, `skill` in `skill:pdf`.
    pub fn kind(&self) -> &str {
        &self.text[..self.colon]
    }

    /// Returns the name without its extension, `pdf` in `skill:pdf`.
    pub fn name(&self) -> &str {
        &self.text[self.colon + 1..]
    }

    /// Returns `type:name`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Takes one trailing `.md .txt .json .yaml .yml` off a name; a name that is nothing but an
    /// extension stays.
    pub fn strip_extension(name: &str) -> &str {
        STRIPPED_EXTENSIONS
            .iter()
            .find_map(|extension| name.strip_suffix(extension))
            .filter(|stem| !stem.is_empty())
            .unwrap_or(name)
    }
}

impl fmt::Display for ArtifactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for ArtifactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ArtifactId({:?})", self.as_str())
    }
}

impl FromStr for ArtifactId {
    type Err = ArtifactIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, name) = text.split_once(':').ok_or(ArtifactIdError::NoColon)?;
        Self::new(kind, name)
    }
}

/// Why a text is no artifact id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ArtifactIdError {
    /// There is no colon between type and name.
    #[error("no `:` between type and name")]
    NoColon,
    /// Nothing stands before the colon.
    #[error("the type is empty")]
    EmptyType,
    /// The type holds a colon, so the id could not be read back.
    #[error("the type holds a `:`")]
    ColonInType,
    /// Nothing stands after the colon.
    #[error("the name is empty")]
    EmptyName,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::properties::artifact_id;

    #[track_caller]
    fn check(text: &str, expected: Result<(&str, &str), ArtifactIdError>) {
        let id = text.parse::<ArtifactId>();
        assert_eq!(id.as_ref().map(|id| (id.kind(), id.name())), expected.as_ref().copied());
    }

    #[test]
    fn splits_at_the_first_colon() {
        check("skill:pdf", Ok(("skill", "pdf")));
        check("skill:a:b", Ok(("skill", "a:b")));
        check("zzz: ", Ok(("zzz", " ")));
    }

    #[test]
    fn strips_exactly_one_extension() {
        check("command:review.md", Ok(("command", "review")));
        check("command:review.md.md", Ok(("command", "review.md")));
        check("command:.md", Ok(("command", ".md")));
        check("command:review.MD", Ok(("command", "review.MD")));
    }

    #[test]
    fn refuses_what_is_no_id() {
        check("pdf", Err(ArtifactIdError::NoColon));
        check(":pdf", Err(ArtifactIdError::EmptyType));
        check("skill:", Err(ArtifactIdError::EmptyName));
        assert_eq!(ArtifactId::new("a:b", "c"), Err(ArtifactIdError::ColonInType));
    }

    #[test]
    fn a_printed_id_is_taken_as_it_is() {
        let taken = |text| ArtifactId::from_printed(text).map(|id| id.to_string());
        assert_eq!(taken("command:review.md").as_deref(), Ok("command:review.md"));
        assert_eq!(taken("pdf"), Err(ArtifactIdError::NoColon));
        assert_eq!(taken(":pdf"), Err(ArtifactIdError::EmptyType));
        assert_eq!(taken("skill:"), Err(ArtifactIdError::EmptyName));
    }

    #[test]
    fn orders_by_the_printed_text() {
        // By (type, name) the shorter type would come first; by text `-` comes before `:`.
        let (plain, dashed) =
            (ArtifactId::new("a", "z").unwrap(), ArtifactId::new("a-b", "c").unwrap());
        assert!(dashed < plain);
    }

    proptest! {
        #[test]
        fn prints_and_parses_back(text in ".{0,3}:.{0,12}(\\.md|\\.json)?") {
            artifact_id(&text);
        }

        #[test]
        fn any_kind_without_a_colon_and_any_name_are_one(kind in "[^:]{1,8}", name in ".{1,12}") {
            let id = ArtifactId::new(&kind, &name).unwrap();
            artifact_id(id.as_str());
        }
    }
}
