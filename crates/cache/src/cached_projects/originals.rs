//! What copies were deployed from, as it is known.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use skillstat_domain::{Collection, DirectOriginals, Original, OriginalId, Scanned};

use crate::sync::{Mutex, OnceLock, lock};

/// The manifests and every original that was asked for, each read once.
///
/// Like a project's slot it is never emptied but replaced. What is asked for is noted before it is read,
/// so that whoever replaces it knows what the answers were made from that are made of it.
#[derive(Debug, Default)]
pub(super) struct OriginalsSlot {
    manifests: OnceLock<Scanned<Vec<Collection>>>,
    // Held for a few look-ups. Originals are read outside of it.
    asked: Mutex<HashMap<OriginalId, Place>>,
}

/// Where an original is put once it is read.
type Place = Arc<OnceLock<Original>>;

impl OriginalsSlot {
    /// Notes what is asked for, and returns the places for it.
    pub(super) fn ask(&self, wanted: &BTreeSet<OriginalId>) -> Vec<(OriginalId, Place)> {
        let mut asked = lock(&self.asked);
        let mut place = |id: &OriginalId| Arc::clone(asked.entry(id.clone()).or_default());
        wanted.iter().map(|id| (id.clone(), place(id))).collect()
    }

    /// Reads into these places whatever is not there yet.
    pub(super) fn fill(
        &self,
        places: Vec<(OriginalId, Place)>,
        inner: &DirectOriginals,
    ) -> BTreeMap<OriginalId, Original> {
        let (missing, empty): (Vec<_>, Vec<_>) = places
            .iter()
            .filter(|(_, place)| place.get().is_none())
            .map(|(id, place)| (id, place))
            .unzip();
        if !missing.is_empty() {
            let manifests = self.manifests.get_or_init(|| inner.collections());
            for (place, original) in empty.into_iter().zip(inner.read(manifests, &missing)) {
                // Whoever was faster has read the same, or something newer.
                place.get_or_init(|| original);
            }
        }
        places.into_iter().filter_map(|(id, place)| Some((id, place.get()?.clone()))).collect()
    }

    /// Returns what was asked for, and what is known of it.
    pub(super) fn asked(&self) -> BTreeMap<OriginalId, Option<Original>> {
        let asked = lock(&self.asked);
        asked.iter().map(|(id, place)| (id.clone(), place.get().cloned())).collect()
    }
}
