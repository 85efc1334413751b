//! What a group of batches does to an ente's data, worked out in memory.
//!
//! The writers of an ente take turns by the lock on its head, so what is read under the lock
//! stays true until the transaction ends: every conflict is found here, before anything is
//! written, and a batch in conflict leaves its neighbours alone without a savepoint.

use std::collections::{BTreeMap, BTreeSet};

use mattoni_core::record::{Projection, UniqueKey};
use mattoni_core::{Digest, EnteId, Id};

use crate::postgres::recall::Left;
use crate::projection_diff::StoredProjection;
use crate::record::{Link, by_json};
use crate::{
    Batch, Change, Committed, Conflict, Effect, Erase, Head, KeyFor, NewEvent, StoredKey, Stream,
    Version,
};

/// Kind, name and value of a unique key.
pub(super) type Key = (String, String, String);

/// What the group may touch, as it is stored.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) head: Head,
    pub(super) states: BTreeMap<Stream, StateRow>,
    pub(super) numbers: BTreeMap<String, u64>,
    pub(super) holders: BTreeMap<Key, Id<Stream>>,
    pub(super) keys: BTreeSet<String>,
    /// Keys that are there for what the batches bring keys for.
    pub(super) sealing: BTreeMap<KeyFor, Id<crate::Key>>,
}

impl Default for Stored {
    fn default() -> Self {
        Self {
            head: Head::START,
            states: BTreeMap::new(),
            numbers: BTreeMap::new(),
            holders: BTreeMap::new(),
            keys: BTreeSet::new(),
            sealing: BTreeMap::new(),
        }
    }
}

/// A state as the writer needs to know it.
#[derive(Debug)]
pub(super) struct StateRow {
    pub(super) version: Version,
    pub(super) projection: StoredProjection,
}

/// A row for the journal.
pub(super) struct JournalRow<'a> {
    pub(super) seq: u64,
    pub(super) stream: &'a Stream,
    pub(super) version: Version,
    pub(super) at_micros: i64,
    pub(super) by_json: String,
    pub(super) event: &'a NewEvent,
    pub(super) hash: Digest,
}

/// A row for the outbox.
pub(super) struct OutboxRow<'a> {
    pub(super) seq: u64,
    pub(super) index: u32,
    pub(super) stream: &'a Stream,
    pub(super) next_at: i64,
    pub(super) effect: &'a Effect,
}

/// A state as the group leaves it.
#[derive(Clone, Copy)]
pub(super) struct State<'a> {
    pub(super) version: Version,
    pub(super) projection: &'a Projection,
    pub(super) body: &'a [u8],
}

/// A state that goes from the projection it had, none when it is new, to the one it has.
pub(super) struct Move<'a> {
    pub(super) stream: &'a Stream,
    pub(super) had: Option<&'a StoredProjection>,
    pub(super) has: &'a Projection,
}

/// What is to be written.
pub(super) struct Plan<'a> {
    stored: &'a Stored,
    head: Head,
    states: BTreeMap<&'a Stream, State<'a>>,
    numbers: BTreeMap<&'a str, u64>,
    /// Unique keys that changed hands; `None` where nobody holds them now.
    holders: BTreeMap<Key, Option<Id<Stream>>>,
    keys: BTreeSet<&'a str>,
    /// Keys that batches before bring.
    sealing: BTreeMap<&'a KeyFor, Id<crate::Key>>,
    pub(super) journal: Vec<JournalRow<'a>>,
    pub(super) outbox: Vec<OutboxRow<'a>>,
    pub(super) key_changes: Vec<KeyChange<'a>>,
}

/// What is to become of keys, in this order.
pub(super) enum KeyChange<'a> {
    Put(&'a StoredKey),
    Erase(&'a Erase),
}

/// What a batch has overwritten in the plan so far, latest last.
#[derive(Default)]
struct Before<'a> {
    states: Vec<(&'a Stream, Option<State<'a>>)>,
    numbers: Vec<(&'a str, Option<u64>)>,
    holders: Vec<(Key, Option<Option<Id<Stream>>>)>,
    keys: Vec<&'a str>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(stored: &'a Stored) -> Self {
        Self {
            stored,
            head: stored.head,
            states: BTreeMap::new(),
            numbers: BTreeMap::new(),
            holders: BTreeMap::new(),
            keys: BTreeSet::new(),
            sealing: BTreeMap::new(),
            journal: Vec::new(),
            outbox: Vec::new(),
            key_changes: Vec::new(),
        }
    }

    /// Takes the batch up, or leaves the plan as it was.
    pub(super) fn take(&mut self, batch: &'a Batch) -> Result<Committed, Conflict> {
        let (head, journal, outbox) = (self.head, self.journal.len(), self.outbox.len());
        let mut before = Before::default();
        for change in &batch.changes {
            if let Err(conflict) = self.change(&batch.ente, change, &mut before) {
                self.head = head;
                self.journal.truncate(journal);
                self.outbox.truncate(outbox);
                self.undo(before);
                return Err(conflict);
            }
        }
        for change in &batch.changes {
            let brought = change.keys.iter().map(|key| (&key.of, key.id));
            self.sealing.extend(brought);
            self.key_changes.extend(change.keys.iter().map(KeyChange::Put));
            self.key_changes.extend(change.erases.iter().map(KeyChange::Erase));
        }
        let versions = batch.changes.iter().map(Change::leads_to).collect();
        Ok(Committed { first_seq: head.seq + 1, head: self.head, versions })
    }

    fn change(
        &mut self,
        ente: &EnteId,
        change: &'a Change,
        before: &mut Before<'a>,
    ) -> Result<(), Conflict> {
        let stream = &change.stream;
        let actual = self.version(stream);
        if actual != change.expected {
            let expected = change.expected;
            return Err(Conflict::Version { stream: stream.clone(), expected, actual });
        }
        for claim in &change.claims {
            let last = self.last(&claim.sequence);
            if claim.number != last + 1 {
                let sequence = claim.sequence.to_string();
                return Err(Conflict::Number { sequence, claimed: claim.number, last });
            }
            let replaced = self.numbers.insert(&claim.sequence, claim.number);
            before.numbers.push((&claim.sequence, replaced));
        }
        if change.keys.iter().any(|key| self.has_another(key)) {
            return Err(Conflict::Key { stream: stream.clone() });
        }
        self.change_unique_keys(change, before)?;
        let state = State {
            version: change.leads_to(),
            projection: &change.projection,
            body: &change.state,
        };
        before.states.push((stream, self.states.insert(stream, state)));
        self.append(ente, change);
        self.post(change, before)
    }

    /// Whether another key is there for the same, or was brought by a batch before this one.
    fn has_another(&self, key: &StoredKey) -> bool {
        let there = self.sealing.get(&key.of).or_else(|| self.stored.sealing.get(&key.of));
        there.is_some_and(|id| *id != key.id)
    }

    fn change_unique_keys(
        &mut self,
        change: &'a Change,
        before: &mut Before<'a>,
    ) -> Result<(), Conflict> {
        let stream = &change.stream;
        let freed: Vec<Key> = self.unique(stream).iter().map(|old| key(stream, old)).collect();
        for key in freed {
            let replaced = self.holders.insert(key.clone(), None);
            before.holders.push((key, replaced));
        }
        for unique in &change.projection.unique {
            let key = key(stream, unique);
            if let Some(holder) = self.holder(&key) {
                return Err(taken(stream, unique, holder));
            }
            let replaced = self.holders.insert(key.clone(), Some(stream.id));
            before.holders.push((key, replaced));
        }
        Ok(())
    }

    fn append(&mut self, ente: &EnteId, change: &'a Change) {
        let by_json = by_json(&change.act.by);
        let at_micros = change.act.at.timestamp_micros();
        let stream = &change.stream;
        for (n, event) in change.events.iter().enumerate() {
            let (seq, version) = (self.head.seq + 1, change.expected.plus(n + 1));
            let link = Link { ente, stream, at_micros, by_json: &by_json };
            let hash = link.row(&self.head.hash, seq, version, &event.name, &event.body);
            let by_json = by_json.clone();
            self.journal.push(JournalRow { seq, stream, version, at_micros, by_json, event, hash });
            self.head = Head { seq, hash };
        }
    }

    fn post(&mut self, change: &'a Change, before: &mut Before<'a>) -> Result<(), Conflict> {
        let (seq, stream) = (self.head.seq, &change.stream);
        for (index, effect) in (0..).zip(&change.effects) {
            if self.stored.keys.contains(&effect.key) || !self.keys.insert(&effect.key) {
                return Err(Conflict::Effect { key: effect.key.clone() });
            }
            before.keys.push(&effect.key);
            let next_at = effect.not_before.unwrap_or(change.act.at).timestamp_micros();
            self.outbox.push(OutboxRow { seq, index, stream, next_at, effect });
        }
        Ok(())
    }

    fn undo(&mut self, before: Before<'a>) {
        fn put_back<K: Ord, V>(map: &mut BTreeMap<K, V>, replaced: Vec<(K, Option<V>)>) {
            for (key, value) in replaced.into_iter().rev() {
                match value {
                    Some(value) => drop(map.insert(key, value)),
                    None => drop(map.remove(&key)),
                }
            }
        }
        put_back(&mut self.states, before.states);
        put_back(&mut self.numbers, before.numbers);
        put_back(&mut self.holders, before.holders);
        for key in before.keys {
            self.keys.remove(key);
        }
    }

    fn version(&self, stream: &Stream) -> Version {
        match self.states.get(stream) {
            Some(state) => state.version,
            None => self.stored.states.get(stream).map_or(Version::NONE, |row| row.version),
        }
    }

    fn unique(&self, stream: &Stream) -> &'a [UniqueKey] {
        match self.states.get(stream) {
            Some(state) => &state.projection.unique,
            None => self.stored.unique(stream),
        }
    }

    fn last(&self, sequence: &str) -> u64 {
        let planned = self.numbers.get(sequence).or_else(|| self.stored.numbers.get(sequence));
        planned.copied().unwrap_or(0)
    }

    fn holder(&self, key: &Key) -> Option<Id<Stream>> {
        match self.holders.get(key) {
            Some(holder) => *holder,
            None => self.stored.holders.get(key).copied(),
        }
    }

    /// Where the chain ends before the group.
    pub(super) fn begins_at(&self) -> Head {
        self.stored.head
    }

    /// Where the chain ends after the group.
    pub(super) fn head(&self) -> Head {
        self.head
    }

    /// What is to be remembered once all is committed.
    pub(super) fn leaves(&self) -> Left {
        let mut numbers = self.stored.numbers.clone();
        numbers.extend(self.numbers().map(|(sequence, last)| (sequence.to_owned(), last)));
        Left { head: self.head, numbers }
    }

    /// The states the group leaves.
    pub(super) fn states(&self) -> impl Iterator<Item = (&'a Stream, State<'a>)> {
        self.states.iter().map(|(stream, state)| (*stream, *state))
    }

    /// From which projection to which the states go.
    pub(super) fn moves(&self) -> impl Iterator<Item = Move<'a>> {
        self.states.iter().map(|(stream, state)| {
            let had = self.stored.states.get(*stream).map(|row| &row.projection);
            Move { stream, had, has: state.projection }
        })
    }

    /// The sequences that moved, and where to.
    pub(super) fn numbers(&self) -> impl Iterator<Item = (&'a str, u64)> {
        self.numbers.iter().map(|(sequence, last)| (*sequence, *last))
    }
}

impl Stored {
    /// The unique keys that the stream held.
    pub(super) fn unique(&self, stream: &Stream) -> &[UniqueKey] {
        self.states.get(stream).map_or(&[], |row| &row.projection.unique)
    }
}

/// The conflict of a stream that wants a key which another holds.
pub(super) fn taken(stream: &Stream, unique: &UniqueKey, holder: Id<Stream>) -> Conflict {
    let (name, value) = (unique.name.to_string(), unique.value.clone());
    Conflict::UniqueKey { stream: stream.clone(), name, value, holder }
}

pub(super) fn key(stream: &Stream, unique: &UniqueKey) -> Key {
    (stream.kind.to_string(), unique.name.to_string(), unique.value.clone())
}
