//! For which agent a copy is deployed.

use std::fmt;
use std::str::FromStr;

use crate::ProfileRoot;

/// The profiles that SkillMeat has built in: id, which is also the platform, and profile root.
const BUILT_IN: [(&str, &str); 6] = [
    ("claude_code", ProfileRoot::DEFAULT),
    ("codex", ".agents"),
    ("gemini", ".gemini"),
    ("cursor", ".cursor"),
    ("bob", ".bob"),
    ("other", ".custom"),
];

/// A deployment profile: which profile root an artifact goes to, and what its record says of it.
///
/// Parsing takes the id of a built-in profile, or the name of a profile root with its dot. `Display`
/// prints the id, which parses back.
///
/// # Examples
///
/// ```
/// use skillstat_domain::DeploymentProfile;
///
/// let codex: DeploymentProfile = "codex".parse()?;
/// assert_eq!(codex.root().as_str(), ".agents");
/// let own: DeploymentProfile = ".mine".parse()?;
/// assert_eq!((own.id(), own.platform()), (".mine", "other"));
/// # Ok::<(), skillstat_domain::UnknownProfile>(())
/// ```
///
/// # Source
///
/// The built-in profiles of SkillMeat 0.74.0, which also takes a profile root's name for an id, and a
/// record without an id for one of `claude_code`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeploymentProfile {
    root: ProfileRoot,
}

impl DeploymentProfile {
    /// Returns the built-in profiles, the usual one first.
    ///
    /// # Panics
    ///
    /// Never: what it is made from are names of profile roots.
    pub fn built_in() -> impl Iterator<Item = Self> {
        BUILT_IN.iter().map(|&(_, root)| {
            Self::of_root(ProfileRoot::new(root).expect("the table holds names of profile roots"))
        })
    }

    /// Returns the profile that a profile root belongs to.
    pub fn of_root(root: ProfileRoot) -> Self {
        Self { root }
    }

    /// Returns the profile root.
    pub fn root(&self) -> &ProfileRoot {
        &self.root
    }

    /// Returns the id, `deployment_profile_id` of a record: that of a built-in profile, else the name
    /// of the profile root with its dot.
    pub fn id(&self) -> &str {
        self.built_in_id().unwrap_or(self.root.as_str())
    }

    /// Returns the `platform` of a record.
    pub fn platform(&self) -> &'static str {
        self.built_in_id().unwrap_or("other")
    }

    fn built_in_id(&self) -> Option<&'static str> {
        BUILT_IN.iter().find(|(_, root)| *root == self.root.as_str()).map(|&(id, _)| id)
    }
}

impl Default for DeploymentProfile {
    fn default() -> Self {
        Self::of_root(ProfileRoot::new(ProfileRoot::DEFAULT).expect("it starts with a dot"))
    }
}

impl fmt::Display for DeploymentProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl FromStr for DeploymentProfile {
    type Err = UnknownProfile;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(profile) = Self::built_in().find(|profile| profile.id() == text) {
            return Ok(profile);
        }
        let root = ProfileRoot::new(text).map_err(|_| UnknownProfile { text: text.to_owned() })?;
        Ok(Self::of_root(root))
    }
}

/// A text that names no profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no deployment profile; there are claude_code, codex, gemini, cursor, bob, other, and \
     profile roots by their name with the dot"
)]
pub struct UnknownProfile {
    /// The text.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, root: &str, id: &str, platform: &str) {
        let profile: DeploymentProfile = text.parse().unwrap();
        assert_eq!((profile.root().as_str(), profile.id()), (root, id));
        assert_eq!(profile.platform(), platform);
        assert_eq!(profile.to_string().parse(), Ok(profile));
    }

    #[test]
    fn an_id_names_its_root_and_a_root_its_id() {
        check("claude_code", ".claude", "claude_code", "claude_code");
        // Not `.codex`, which is nobody's.
        check("codex", ".agents", "codex", "codex");
        check(".agents", ".agents", "codex", "codex");
        check(".codex", ".codex", ".codex", "other");
        check("other", ".custom", "other", "other");
        assert_eq!(DeploymentProfile::default().id(), "claude_code");
    }

    #[test]
    fn what_is_neither_is_refused() {
        for text in ["", "zzz", "claude", ".", "..", ".a/b"] {
            assert!(text.parse::<DeploymentProfile>().is_err(), "{text}");
        }
    }
}
