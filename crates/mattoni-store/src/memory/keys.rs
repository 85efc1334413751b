//! Wrapped keys in memory.

use std::collections::BTreeMap;

use async_trait::async_trait;
use mattoni_core::{EnteId, Id, Person};

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

    pub(super) fn erase(&mut self, erase: &Erase) {
        for key in self.by_id.values_mut().filter(|key| erase.concerns(&key.of)) {
            key.wrapped = None;
        }
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
}
