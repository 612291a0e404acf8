//! The hash rule once more, over a description instead of a disk: sort, feed, done.

use sha2::{Digest, Sha256};
use skillstat_domain::ContentHash;
use skillstat_domain::testing::CopySketch;

/// Returns the content hash of what a sketch describes.
pub(crate) fn hash_copy(copy: &CopySketch) -> ContentHash {
    let mut digest = Sha256::new();
    match copy {
        CopySketch::Missing => {}
        CopySketch::File(content) => digest.update(content),
        CopySketch::Directory(files) => {
            let mut files: Vec<_> = files.iter().collect();
            files.sort_by_key(|(path, _)| path.split('/').collect::<Vec<_>>());
            for (path, content) in files {
                digest.update(path);
                digest.update(content);
            }
        }
    }
    ContentHash::from_bytes(digest.finalize().into())
}
