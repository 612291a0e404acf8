//! A row for each copy, for spreadsheets.

use std::borrow::Cow;

use super::Report;
use crate::render::plain::plain;

const HEADER: [&str; 11] = [
    "artifact",
    "project",
    "profile_root",
    "path",
    "state",
    "kind",
    "reason",
    "deployed_at",
    "from_collection",
    "baseline",
    "current",
];

/// Returns the report. An artifact that is deployed nowhere has a row of its own, with nothing but its
/// name.
///
/// # Source
///
/// RFC 4180.
pub(crate) fn csv(report: &Report<'_>) -> String {
    let mut csv = String::new();
    row(&mut csv, &HEADER.map(ToOwned::to_owned));
    let undeployed =
        report.overview.artifacts.iter().filter(|(_, statistics)| statistics.projects.is_empty());
    for placed in report.copies() {
        let copy = placed.copy;
        row(
            &mut csv,
            &[
                placed.artifact.to_string(),
                placed.project.to_string(),
                copy.profile_root.to_string(),
                copy.path.as_str().to_owned(),
                copy.state.name().to_string(),
                copy.state.kind().map(|kind| kind.to_string()).unwrap_or_default(),
                copy.reason().unwrap_or_default().to_owned(),
                copy.deployed_at.to_string(),
                copy.from_collection.as_deref().unwrap_or_default().to_owned(),
                copy.baseline.as_str().to_owned(),
                copy.current().map(|hash| hash.to_string()).unwrap_or_default(),
            ],
        );
    }
    for (artifact, _) in undeployed {
        let mut fields = <[String; HEADER.len()]>::default();
        fields[0] = artifact.to_string();
        row(&mut csv, &fields);
    }
    csv
}

fn row(csv: &mut String, fields: &[String; HEADER.len()]) {
    let fields: Vec<_> = fields.iter().map(|text| field(text)).collect();
    csv.push_str(&fields.join(","));
    csv.push_str("\r\n");
}

/// Writes a field so that it is one. A text that a spreadsheet would compute gets a quote in front, which
/// makes it a text: names come from trackers, and a cloned repository may hold any.
fn field(text: &str) -> Cow<'_, str> {
    let text = plain(text);
    let text =
        if text.starts_with(['=', '+', '-', '@']) { format!("'{text}").into() } else { text };
    if text.contains([',', '"']) {
        format!("\"{}\"", text.replace('"', "\"\"")).into()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_stays_one_and_is_never_computed() {
        assert_eq!(field("skill:pdf"), "skill:pdf");
        assert_eq!(field("a,b"), "\"a,b\"");
        assert_eq!(field("say \"x\""), "\"say \"\"x\"\"\"");
        assert_eq!(field("=1+1"), "'=1+1");
        assert_eq!(field("@SUM(a,b)"), "\"'@SUM(a,b)\"");
        assert_eq!(field("a\r\nb"), "a\\u{d}\\u{a}b");
    }
}
