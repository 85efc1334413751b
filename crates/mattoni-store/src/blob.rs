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

/// `Ok` unless it is more than a store takes.
pub(crate) fn fits(bytes: &[u8]) -> Result<(), Error> {
    if bytes.len() > MAX_BLOB {
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
