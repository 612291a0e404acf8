//! What the index knows of a content: its hash, and by what it is told apart where that was found out.

use std::io;

use serde::{Deserialize, Serialize};
use skillstat_domain::{ContentHash, ContentTraits};

use super::fingerprint::{self, Fingerprint};
use super::opened::Located;
use crate::stamp::Stamp;

/// The beginning of an entry; the lines of the fingerprint follow.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Known {
    top: Stamp,
    hash: [u8; 32],
    traits: Option<Traits>,
}

/// What [`ContentTraits`] holds; a hash that is the plain one is left out.
#[derive(Debug, Serialize, Deserialize)]
struct Traits {
    without_ignored: Option<[u8; 32]>,
    with_lf: Option<[u8; 32]>,
    /// Of a copy; of an original nobody asks for it.
    with_crlf: Option<[u8; 32]>,
    files: Option<Vec<[u8; 32]>>,
}

/// What was read.
#[derive(Debug)]
pub(super) enum Found {
    /// Its hash alone.
    Hash(ContentHash),
    /// All of it, with the hash of the text with CR LF.
    Traits(ContentTraits, ContentHash),
}

impl Found {
    /// Returns the content hash.
    pub(super) fn hash(&self) -> ContentHash {
        match self {
            Self::Hash(hash) => *hash,
            Self::Traits(traits, _) => traits.hash(),
        }
    }
}

impl Known {
    /// Returns an entry: what was found of what looked so.
    pub(super) fn entry(fingerprint: Fingerprint, found: &Found) -> Option<Vec<u8>> {
        let traits = match found {
            Found::Hash(_) => None,
            Found::Traits(traits, with_crlf) => Some(Traits::new(traits, *with_crlf)),
        };
        let known = Self { top: fingerprint.top, hash: *found.hash().as_bytes(), traits };
        // There may be very many, so each has only the room it takes.
        Some([postcard::to_allocvec(&known).ok()?, fingerprint.lines].concat())
    }

    /// Returns what an entry tells of the content that was located, if that still looks so.
    pub(super) fn of(entry: &[u8], located: &Located<'_>) -> io::Result<Option<Self>> {
        let Ok((known, lines)) = postcard::take_from_bytes::<Self>(entry) else { return Ok(None) };
        let is_same = known.top == located.top && fingerprint::unchanged(located, lines)?;
        Ok(is_same.then_some(known))
    }

    /// Returns the lines of the fingerprint in an entry.
    pub(super) fn lines(entry: &[u8]) -> Option<&[u8]> {
        postcard::take_from_bytes::<Self>(entry).ok().map(|(_, lines)| lines)
    }

    /// Returns the content hash.
    pub(super) fn hash(&self) -> ContentHash {
        ContentHash::from_bytes(self.hash)
    }

    /// Returns by what it is told apart, if that was found out, and the hash of the text with CR LF.
    pub(super) fn traits(&self) -> Option<(ContentTraits, ContentHash)> {
        let Traits { without_ignored, with_lf, with_crlf, files } = self.traits.as_ref()?;
        let or_plain = |hash: &Option<[u8; 32]>| ContentHash::from_bytes(hash.unwrap_or(self.hash));
        let files = files.as_ref();
        let files = files.map(|files| files.iter().copied().map(ContentHash::from_bytes).collect());
        let (without_ignored, with_lf) = (or_plain(without_ignored), or_plain(with_lf));
        let traits = ContentTraits::new(self.hash(), without_ignored, with_lf, files);
        Some((traits, or_plain(with_crlf)))
    }
}

impl Traits {
    fn new(traits: &ContentTraits, with_crlf: ContentHash) -> Self {
        let other = |hash: ContentHash| (hash != traits.hash()).then(|| *hash.as_bytes());
        let files = traits.files().map(|files| files.iter().map(|hash| *hash.as_bytes()).collect());
        Self {
            without_ignored: other(traits.without_ignored()),
            with_lf: other(traits.with_lf()),
            with_crlf: other(with_crlf),
            files,
        }
    }
}
