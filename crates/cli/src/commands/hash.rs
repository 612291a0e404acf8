//! `skillstat hash`: content hashes, one a line, like `sha256sum`.

use std::path::{Path, PathBuf};

use serde::Serialize;
use skillstat_app::{Surroundings, hash_path};

use crate::console::Console;
use crate::exit::Exit;
use crate::render::plain::plain;

/// A path and its hash as JSON.
#[derive(Debug, Serialize)]
struct Hashed {
    path: String,
    content_hash: String,
}

/// Runs the command: every path that can be hashed is, whatever becomes of the others.
pub(crate) fn hash(
    paths: &[PathBuf],
    surroundings: &Surroundings,
    json: bool,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    let (mut hashed, mut exit) = (Vec::new(), Exit::Fine);
    let here = surroundings.working_directory.clone().unwrap_or_default();
    for path in paths {
        match hash_path(&here.join(path)) {
            Ok(hash) if json => {
                hashed.push(Hashed {
                    path: path.display().to_string(),
                    content_hash: hash.to_string(),
                });
            }
            Ok(hash) => console.data(&line(&hash.to_string(), path)),
            Err(error) => {
                exit = Exit::Failure;
                console.complain(&plain(&error.to_string()));
            }
        }
    }
    if json {
        console.json(&hashed)?;
    }
    Ok(exit)
}

/// A line as `sha256sum` prints it: a name that would break the line is escaped, and a backslash in
/// front says so.
fn line(hash: &str, path: &Path) -> Vec<u8> {
    let name = path.as_os_str().as_encoded_bytes();
    let mut line = Vec::with_capacity(hash.len() + name.len() + 4);
    if name.iter().any(|byte| matches!(byte, b'\\' | b'\n' | b'\r')) {
        line.push(b'\\');
    }
    line.extend_from_slice(hash.as_bytes());
    line.extend_from_slice(b"  ");
    for &byte in name {
        match byte {
            b'\\' => line.extend_from_slice(b"\\\\"),
            b'\n' => line.extend_from_slice(b"\\n"),
            b'\r' => line.extend_from_slice(b"\\r"),
            _ => line.push(byte),
        }
    }
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_look_like_those_of_sha256sum() {
        assert_eq!(line("ab", Path::new("x y")), b"ab  x y\n");
        assert_eq!(line("ab", Path::new("a\\b\nc")), b"\\ab  a\\\\b\\nc\n");
    }
}
