//! Ids as they stand in addresses.

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use camino::Utf8Path;
use skillstat_domain::ProjectPath;

use crate::problem::Refusal;

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const EITHER: [GeneralPurpose; 2] =
    [GeneralPurpose::new(&STANDARD, LENIENT), GeneralPurpose::new(&URL_SAFE, LENIENT)];

/// Returns a text as SkillMeat's ids and cursors have it: standard base64, padded.
pub(crate) fn encode(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// Takes an id or cursor apart: standard or url-safe base64 of UTF-8, padded or not.
pub(crate) fn decode(id: &str) -> Option<String> {
    let bytes = EITHER.iter().find_map(|engine| engine.decode(id).ok())?;
    String::from_utf8(bytes).ok()
}

/// Takes the id of a project apart.
pub(crate) fn project(id: &str) -> Result<ProjectPath, Refusal> {
    let wrong = |why: &str| Refusal::bad_request(format!("Invalid project ID format: {why}"));
    let text = decode(id).ok_or_else(|| wrong("not base64 of UTF-8"))?;
    ProjectPath::new(Utf8Path::new(&text)).map_err(|error| wrong(&error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(id: &str, expected: Option<&str>) {
        let found = project(id).ok();
        assert_eq!(found.as_ref().map(ProjectPath::as_str), expected, "{id}");
    }

    #[test]
    fn a_project_id_is_base64_of_either_sort() {
        check("L2hvbWUvbWUvcHJvamVjdHMvYWxwaGE=", Some("/home/me/projects/alpha"));
        check("L2hvbWUvbWUvcHJvamVjdHMvYWxwaGE", Some("/home/me/projects/alpha"));
        check("L8O_w78/w74+", None);
        check("L8O/w78=", Some("/ÿÿ"));
        check("L8O_w78=", Some("/ÿÿ"));
    }

    #[test]
    fn garbage_is_no_project_id() {
        for id in ["", "!!!", "%", "L2", "aG9tZQ==", "Ly4uL2V0Yw==", "gICA", "L2EK L2I="] {
            check(id, None);
        }
    }
}
