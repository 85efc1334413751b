//! Blobs as a store lists them, and what every backend checks of them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use mattoni_core::{Digest, EnteId};

use crate::{Error, ErrorKind, MAX_BLOB};

/// A blob without its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredBlob {
    /// Digest of its bytes, by which it is found.
    pub digest: Digest,
    /// How many bytes.
    pub bytes: u64,
    /// Since when it is set aside, if it is.
    pub aside_since: Option<DateTime<Utc>>,
}

/// How a sealed blob begins.
pub(crate) const SEALED: &[u8; 16] = b"mattoni.blob.v1\n";
/// How much longer than the blob it is: how it begins, the id of its key, and a tag.
pub(crate) const SEALING: usize = SEALED.len() + 16 + 16;

/// `Ok` unless it is more than a store takes. The largest blob is still one once it is sealed.
pub(crate) fn fits(bytes: &[u8]) -> Result<(), Error> {
    let more = if bytes.starts_with(SEALED) { SEALING } else { 0 };
    if bytes.len() > MAX_BLOB + more {
        return Err(Error::new(ErrorKind::TooLarge, "failed to keep a blob")
            .with("bytes", bytes.len())
            .with("limit", MAX_BLOB));
    }
    Ok(())
}

/// The bytes, if they are those of the digest.
pub(crate) fn whole(ente: &EnteId, digest: Digest, bytes: Vec<u8>) -> Result<Vec<u8>, Error> {
    if Digest::of(&bytes) == digest {
        Ok(bytes)
    } else {
        Err(Error::new(ErrorKind::Corrupt, "failed to read a blob: its bytes were altered")
            .with("ente", ente)
            .with("digest", digest))
    }
}

/// Blobs by digest, each once, wherever it is kept.
#[derive(Default)]
pub(crate) struct Found(pub(crate) BTreeMap<Digest, StoredBlob>);

impl Found {
    pub(crate) fn add(&mut self, blob: StoredBlob) {
        let there = self.0.entry(blob.digest).or_insert(blob);
        // A blob in two places counts as set aside only from the later of the two instants.
        there.aside_since = there.aside_since.zip(blob.aside_since).map(|(a, b)| a.max(b));
    }
}

impl Extend<StoredBlob> for Found {
    fn extend<I: IntoIterator<Item = StoredBlob>>(&mut self, blobs: I) {
        blobs.into_iter().for_each(|blob| self.add(blob));
    }
}
