//! Blobs as a store lists them, and what every backend checks of them.

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
