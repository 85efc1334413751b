//! Keys of people and of blobs: what they are for, how they are kept, how they go.

use std::fmt;

use async_trait::async_trait;
use mattoni_core::{Digest, EnteId, Id, Person};

use crate::{Error, Pseudonyms, Stream};

/// A key; only ever stored wrapped. The label of its id.
#[derive(Debug)]
pub enum Key {}

/// The id of every ente's own key. Drawn ids are never this small.
pub const ENTE_KEY: Id<Key> = Id::from_u128(1);

/// What a key is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyFor {
    /// The ente's own: for pseudonyms and personal sort keys.
    Ente,
    /// What one stream holds about one person. A key for each pair, so that a record can be
    /// erased at the end of its own time while another of the same person stays.
    Person {
        /// Where.
        stream: Stream,
        /// Whose data.
        person: Id<Person>,
    },
    /// One blob. Bytes that are put again after their key was erased get another key, so a blob
    /// may have several, and more than one that is not erased only when two put it in the same
    /// instant.
    Blob {
        /// The digest it is put and found by.
        blob: Digest,
        /// The digest of what it is sealed as, by which it is kept.
        sealed: Digest,
    },
}

/// A key as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// Its id, which sealed fields name.
    pub id: Id<Key>,
    /// What it is for.
    pub of: KeyFor,
    /// The key, encrypted under the master key; `None` once it was erased. The rest of the row
    /// stays: it tells what was erased from what was lost.
    pub wrapped: Option<Vec<u8>>,
}

impl fmt::Debug for StoredKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredKey")
            .field("id", &self.id)
            .field("of", &self.of)
            .field("erased", &self.wrapped.is_none())
            .finish_non_exhaustive()
    }
}

/// Which keys are to be erased, with the change that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Erase {
    /// Every key of the person, whatever the stream.
    Person(Id<Person>),
    /// Every key of the stream, whoever the person.
    Stream(Stream),
}

impl Erase {
    /// Whether a key for this is among them.
    #[must_use]
    pub fn concerns(&self, of: &KeyFor) -> bool {
        match (self, of) {
            (_, KeyFor::Ente | KeyFor::Blob { .. }) => false,
            (Self::Person(erased), KeyFor::Person { person, .. }) => erased == person,
            (Self::Stream(erased), KeyFor::Person { stream, .. }) => erased == stream,
        }
    }
}

/// A key under another master key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewrapped {
    /// The key.
    pub id: Id<Key>,
    /// What was stored.
    pub from: Vec<u8>,
    /// What takes its place.
    pub to: Vec<u8>,
}

/// Wrapped keys. Those of people come with the change that first needs them
/// ([`Change::keys`](crate::Change::keys)) and go with the one that erases them
/// ([`Change::erases`](crate::Change::erases)), in its transaction. A blob's comes before its
/// bytes and goes with them.
///
/// A backend keeps and gives bytes; only a [`Vault`](crate::Vault) can read them.
#[async_trait]
pub trait Keys: Send + Sync {
    /// Those of these keys that are there, erased ones too, by id.
    ///
    /// # Errors
    /// When the machine fails.
    async fn keys(&self, ente: &EnteId, ids: &[Id<Key>]) -> Result<Vec<StoredKey>, Error>;

    /// Every key of these streams, erased ones too, by id.
    ///
    /// # Errors
    /// When the machine fails.
    async fn keys_of(&self, ente: &EnteId, streams: &[Stream]) -> Result<Vec<StoredKey>, Error>;

    /// Every key of the person, erased ones too, by id.
    ///
    /// # Errors
    /// When the machine fails.
    async fn keys_of_person(
        &self,
        ente: &EnteId,
        person: Id<Person>,
    ) -> Result<Vec<StoredKey>, Error>;

    /// Every key of the blobs with these digests, erased ones too, by id.
    ///
    /// # Errors
    /// When the machine fails.
    async fn keys_of_blobs(&self, ente: &EnteId, blobs: &[Digest])
    -> Result<Vec<StoredKey>, Error>;

    /// Every key of blobs that are sealed as what has these digests, erased ones too, by id.
    ///
    /// # Errors
    /// When the machine fails.
    async fn keys_of_sealed(
        &self,
        ente: &EnteId,
        sealed: &[Digest],
    ) -> Result<Vec<StoredKey>, Error>;

    /// Up to `limit` keys of blobs with digests above `after`, but for those that are erased, by
    /// the blob's digest and id.
    ///
    /// # Errors
    /// When the machine fails.
    async fn blob_keys(
        &self,
        ente: &EnteId,
        after: Option<Digest>,
        limit: usize,
    ) -> Result<Vec<StoredKey>, Error>;

    /// Up to `limit` keys with ids above `after`, erased ones too, by id.
    ///
    /// # Errors
    /// When the machine fails.
    async fn all_keys(
        &self,
        ente: &EnteId,
        after: Option<Id<Key>>,
        limit: usize,
    ) -> Result<Vec<StoredKey>, Error>;

    /// Takes keys in, as from a copy: one that is not there is added; an erased one erases the
    /// one that is there; whatever is there otherwise stays, above all what was erased. Answers
    /// how many rows were added or erased.
    ///
    /// # Errors
    /// When the machine fails.
    async fn put_keys(&self, ente: &EnteId, keys: &[StoredKey]) -> Result<u64, Error>;

    /// Puts keys that are still as they were read under another master key. Answers how many.
    ///
    /// # Errors
    /// When the machine fails.
    async fn rewrap(&self, ente: &EnteId, keys: &[Rewrapped]) -> Result<u64, Error>;

    /// Puts one key that is still as it was read into another wrapping by the same master key.
    /// Answers whether it was; if not, nothing changes.
    ///
    /// The provided method calls [`rewrap`](Keys::rewrap), which also overwrites the old wrapping.
    /// A backend for which that is expensive may leave it out here.
    ///
    /// # Errors
    /// When the machine fails.
    async fn touch_key(&self, ente: &EnteId, key: &Rewrapped) -> Result<bool, Error> {
        Ok(self.rewrap(ente, std::slice::from_ref(key)).await? == 1)
    }

    /// Erases a key that is still wrapped as it was read. Answers whether it was; if not, nothing
    /// changes.
    ///
    /// # Errors
    /// When the machine fails.
    async fn erase_key(&self, ente: &EnteId, id: Id<Key>, wrapped: &[u8]) -> Result<bool, Error>;

    /// What the ente's pseudonyms are made with; `None` in a store that seals nothing.
    ///
    /// # Errors
    /// When the machine fails, or the master key does not fit.
    async fn pseudonyms(&self, ente: &EnteId) -> Result<Option<Pseudonyms>, Error> {
        let _ = ente;
        Ok(None)
    }
}

/// How the purpose of a key is stored in a table: the kind, the id of a stream and the id of a
/// person. For a blob the kind is `blob` and its digest with a space between, which no aggregate's
/// kind has in it, and the ids are the halves of the digest of what it is sealed as.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) struct Columns<'a> {
    pub(crate) kind: std::borrow::Cow<'a, str>,
    pub(crate) stream: u128,
    pub(crate) person: u128,
}

#[cfg(any(feature = "sqlite", feature = "postgres"))]
impl Columns<'static> {
    const BLOB: &'static str = "blob ";
    /// Sorts after the kinds of all blobs.
    pub(crate) const BEYOND_BLOBS: &'static str = "blob!";

    /// The kind that the keys of a blob have; without a digest, one below that of every blob.
    pub(crate) fn kind_of_blob(blob: Option<Digest>) -> String {
        blob.map_or_else(|| Self::BLOB.to_owned(), |blob| format!("{}{blob}", Self::BLOB))
    }

    /// The values of the two id columns for a sealed form with this digest.
    pub(crate) fn halves(sealed: Digest) -> (u128, u128) {
        // The digest's 32 bytes are two halves of 16.
        let half = |bytes: &[u8]| bytes.iter().fold(0, |n, byte| n << 8 | u128::from(*byte));
        let (stream, person) = sealed.as_bytes().split_at(16);
        (half(stream), half(person))
    }

    /// The purpose that the columns name; `None` when they name none.
    pub(crate) fn read(self) -> Option<KeyFor> {
        if self.kind.is_empty() {
            return Some(KeyFor::Ente);
        }
        let Some(blob) = self.kind.strip_prefix(Self::BLOB) else {
            let stream = Stream::new(self.kind, Id::from_u128(self.stream));
            return Some(KeyFor::Person { stream, person: Id::from_u128(self.person) });
        };
        let mut sealed = [0; 32];
        sealed[..16].copy_from_slice(&self.stream.to_be_bytes());
        sealed[16..].copy_from_slice(&self.person.to_be_bytes());
        Some(KeyFor::Blob { blob: blob.parse().ok()?, sealed: Digest::from_bytes(sealed) })
    }
}

#[cfg(any(feature = "sqlite", feature = "postgres"))]
impl KeyFor {
    pub(crate) fn columns(&self) -> Columns<'_> {
        let (kind, stream, person) = match self {
            Self::Ente => ("".into(), 0, 0),
            Self::Person { stream, person } => {
                ((&*stream.kind).into(), stream.id.as_u128(), person.as_u128())
            }
            Self::Blob { blob, sealed } => {
                let (stream, person) = Columns::halves(*sealed);
                (Columns::kind_of_blob(Some(*blob)).into(), stream, person)
            }
        };
        Columns { kind, stream, person }
    }
}
