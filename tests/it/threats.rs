//! Every test that `SECURITY.md` names is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::workspace;

#[test]
fn every_line_of_the_threat_model_is_held() {
    let text = fs::read_to_string(workspace().join("SECURITY.md")).unwrap();
    let (mut file, mut named) = (None, BTreeSet::new());
    for line in text.lines() {
        for word in line.split('`').skip(1).step_by(2) {
            if Path::new(word).extension().is_some_and(|extension| extension == "rs") {
                let source = fs::read_to_string(workspace().join(word));
                file = Some((word, source.unwrap_or_else(|error| panic!("{word}: {error}"))));
            } else if let Some((path, source)) = &file
                && word.contains('_')
                && word.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
            {
                assert!(source.contains(&format!("fn {word}()")), "{path} holds no `{word}`");
                named.insert(word);
            }
        }
        file = None;
    }
    assert!(named.len() > 40, "{} tests are named", named.len());
}
