//! Wrapped keys in memory.

use std::collections::BTreeMap;

use async_trait::async_trait;
use mattoni_core::{Digest, EnteId, Id, Person};

use crate::keys::{Erase, Key, KeyFor, Keys, Rewrapped, StoredKey};
use crate::{Error, Memory, Stream};

/// One ente's keys.
#[derive(Debug, Default)]
pub(super) struct KeyRack {
    by_id: BTreeMap<Id<Key>, StoredKey>,
    by_use: BTreeMap<KeyFor, Id<Key>>,
}

impl KeyRack {
    pub(super) fn put(&mut self, key: &StoredKey) -> bool {
        match self.by_id.get_mut(&key.id) {
            Some(there) if key.wrapped.is_none() => there.wrapped.take().is_some(),
            Some(_) => false,
            None if self.by_use.contains_key(&key.of) => false,
            None => {
                self.by_use.insert(key.of.clone(), key.id);
                self.by_id.insert(key.id, key.clone());
                true
            }
        }
    }

    /// Whether another key is there for the same thing.
    pub(super) fn has_another(&self, key: &StoredKey) -> bool {
        self.by_use.get(&key.of).is_some_and(|id| *id != key.id)
    }

    pub(super) fn erase(&mut self, erase: &Erase) {
        for key in self.by_id.values_mut().filter(|key| erase.concerns(&key.of)) {
            key.wrapped = None;
        }
    }

    fn erase_as_read(&mut self, id: Id<Key>, wrapped: &[u8]) -> bool {
        let there = self.by_id.get_mut(&id);
        let Some(key) = there.filter(|key| key.wrapped.as_deref() == Some(wrapped)) else {
            return false;
        };
        key.wrapped = None;
        true
    }

    fn rewrap(&mut self, key: &Rewrapped) -> bool {
        match self.by_id.get_mut(&key.id) {
            Some(there) if there.wrapped.as_ref() == Some(&key.from) => {
                there.wrapped = Some(key.to.clone());
                true
            }
            _ => false,
        }
    }

    fn of(&self, stream: &Stream) -> impl Iterator<Item = &StoredKey> {
        let at = |person| KeyFor::Person { stream: stream.clone(), person: Id::from_u128(person) };
        self.by_use.range(at(0)..=at(u128::MAX)).filter_map(|(_, id)| self.by_id.get(id))
    }

    fn of_blob(&self, blob: Digest) -> impl Iterator<Item = &StoredKey> {
        let at = |sealed| KeyFor::Blob { blob, sealed: Digest::from_bytes([sealed; 32]) };
        self.by_use.range(at(0)..=at(u8::MAX)).filter_map(|(_, id)| self.by_id.get(id))
    }

    fn of_sealed(&self, digests: &[Digest]) -> impl Iterator<Item = &StoredKey> {
        self.by_id.values().filter(|key| match &key.of {
            KeyFor::Blob { sealed, .. } => digests.contains(sealed),
            KeyFor::Ente | KeyFor::Person { .. } => false,
        })
    }

    /// Those of blobs that are not erased, by digest and id.
    fn of_blobs_after(&self, after: Option<Digest>) -> Vec<&StoredKey> {
        let above = |of: &KeyFor| match of {
            KeyFor::Blob { blob, .. } => after.is_none_or(|after| *blob > after).then_some(*blob),
            KeyFor::Ente | KeyFor::Person { .. } => None,
        };
        let live = self.by_id.values().filter(|key| key.wrapped.is_some());
        let mut keys: Vec<_> = live.filter_map(|key| Some((above(&key.of)?, key))).collect();
        keys.sort_by_key(|(blob, key)| (*blob, key.id));
        keys.into_iter().map(|(_, key)| key).collect()
    }
}

fn by_id(keys: impl Iterator<Item = StoredKey>) -> Vec<StoredKey> {
    let mut keys: Vec<_> = keys.collect();
    keys.sort_by_key(|key| key.id);
    keys
}

fn count(done: impl Iterator<Item = bool>) -> u64 {
    done.filter(|done| *done).count() as u64
}

#[async_trait]
impl Keys for Memory {
    async fn keys(&self, ente: &EnteId, ids: &[Id<Key>]) -> Result<Vec<StoredKey>, Error> {
        self.read(ente, |ledger| {
            let there = ids.iter().filter_map(|id| ledger.keys_held.by_id.get(id));
            by_id(there.cloned())
        })
    }

    async fn keys_of(&self, ente: &EnteId, streams: &[Stream]) -> Result<Vec<StoredKey>, Error> {
        self.read(ente, |ledger| {
            by_id(streams.iter().flat_map(|stream| ledger.keys_held.of(stream)).cloned())
        })
    }

    async fn keys_of_person(
        &self,
        ente: &EnteId,
        person: Id<Person>,
    ) -> Result<Vec<StoredKey>, Error> {
        let erase = Erase::Person(person);
        self.read(ente, |ledger| {
            let held = ledger.keys_held.by_id.values();
            by_id(held.filter(|key| erase.concerns(&key.of)).cloned())
        })
    }

    async fn keys_of_blobs(
        &self,
        ente: &EnteId,
        blobs: &[Digest],
    ) -> Result<Vec<StoredKey>, Error> {
        self.read(ente, |ledger| {
            by_id(blobs.iter().flat_map(|blob| ledger.keys_held.of_blob(*blob)).cloned())
        })
    }

    async fn keys_of_sealed(
        &self,
        ente: &EnteId,
        sealed: &[Digest],
    ) -> Result<Vec<StoredKey>, Error> {
        self.read(ente, |ledger| by_id(ledger.keys_held.of_sealed(sealed).cloned()))
    }

    async fn blob_keys(
        &self,
        ente: &EnteId,
        after: Option<Digest>,
        limit: usize,
    ) -> Result<Vec<StoredKey>, Error> {
        self.read(ente, |ledger| {
            let keys = ledger.keys_held.of_blobs_after(after).into_iter();
            keys.take(limit).cloned().collect()
        })
    }

    async fn all_keys(
        &self,
        ente: &EnteId,
        after: Option<Id<Key>>,
        limit: usize,
    ) -> Result<Vec<StoredKey>, Error> {
        self.read(ente, |ledger| {
            let held = ledger.keys_held.by_id.values();
            held.filter(|key| after.is_none_or(|after| key.id > after))
                .take(limit)
                .cloned()
                .collect()
        })
    }

    async fn put_keys(&self, ente: &EnteId, keys: &[StoredKey]) -> Result<u64, Error> {
        let mut ledgers = self.lock()?;
        let rack = &mut ledgers.entry(ente.clone()).or_default().keys_held;
        Ok(count(keys.iter().map(|key| rack.put(key))))
    }

    async fn rewrap(&self, ente: &EnteId, keys: &[Rewrapped]) -> Result<u64, Error> {
        self.write(ente, |ledger| count(keys.iter().map(|key| ledger.keys_held.rewrap(key))))
    }

    async fn erase_key(&self, ente: &EnteId, id: Id<Key>, wrapped: &[u8]) -> Result<bool, Error> {
        self.write(ente, |ledger| ledger.keys_held.erase_as_read(id, wrapped))
    }
}
