//! Keys of people: what they are for, how they are kept, how they go.

use std::fmt;

use async_trait::async_trait;
use mattoni_core::{EnteId, Id, Person};

use crate::{Error, Pseudonyms, Stream};

/// A key; only ever stored wrapped. The label of its id.
#[derive(Debug)]
pub enum Key {}

/// The id of every ente's own key. Drawn ids are never this small.
pub const ENTE_KEY: Id<Key> = Id::from_u128(1);

/// What a key is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyFor {
    /// The ente's own: for pseudonyms and keyed facets.
    Ente,
    /// What one stream holds about one person. A key for each pair, so that a record can be
    /// erased at the end of its own time while another of the same person stays.
    Person {
        /// Where.
        stream: Stream,
        /// Whose data.
        person: Id<Person>,
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
            (_, KeyFor::Ente) => false,
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

/// Wrapped keys. They come with the change that first needs them
/// ([`Change::keys`](crate::Change::keys)) and go with the one that erases them
/// ([`Change::erases`](crate::Change::erases)), in its transaction.
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

    /// What the ente's pseudonyms are made with; `None` in a store that seals nothing.
    ///
    /// # Errors
    /// When the machine fails, or the master key does not fit.
    async fn pseudonyms(&self, ente: &EnteId) -> Result<Option<Pseudonyms>, Error> {
        let _ = ente;
        Ok(None)
    }
}
