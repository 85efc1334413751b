//! Names that only the ente can make.

use std::fmt;

use mattoni_core::Digest;

use crate::vault::master::{Secret, mac};

/// Makes an ente's pseudonyms: digests under a key of the ente's own, so that whoever has a
/// fiscal code cannot find out which records are its owner's without that key.
#[derive(Clone)]
pub struct Pseudonyms(Secret);

impl Pseudonyms {
    /// Made from the ente's key, which has other uses too.
    pub(super) fn of_ente(key: &Secret) -> Self {
        Self(Secret::new(mac(key, b"mattoni.pseudonyms.v1")))
    }

    /// The pseudonym of what has this digest.
    #[must_use]
    pub fn of(&self, named: Digest) -> Digest {
        Digest::from_bytes(mac(&self.0, named.as_bytes()))
    }
}

impl fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pseudonyms")
    }
}
