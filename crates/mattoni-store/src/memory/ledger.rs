//! One ente's data in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use chrono::{DateTime, Utc};
use mattoni_core::record::{Direction, ListEntry, Projection, Span, UniqueKey};
use mattoni_core::{Digest, Id};

use crate::list::{ends, row_at};
use crate::memory::keys::KeyRack;
use crate::record::{Link, by_json};
use crate::{
    AfterFailure, Batch, Change, Committed, Conflict, EffectId, Head, IndexAudit, ListRow, Placed,
    Recorded, RecordedStream, Reprojected, Spot, StoredBlob, StoredEffect, StoredState, Stream,
    Version,
};

/// Kind, name and value of a unique key; or kind, list and bucket of a list entry.
type Key = (String, String, String);

#[derive(Debug, Clone)]
struct Current {
    version: Version,
    body: Vec<u8>,
    projection: Projection,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Waiting,
    Dead,
}

#[derive(Debug, Default)]
pub(super) struct Ledger {
    journal: Vec<Recorded>,
    by_stream: BTreeMap<Stream, Vec<usize>>,
    states: BTreeMap<Stream, Current>,
    /// Who holds each unique key.
    holders: BTreeMap<Key, Id<Stream>>,
    /// The rows of entries, by bucket and spot.
    entries: BTreeMap<Key, BTreeMap<Spot, String>>,
    /// How many states there are, by kind and version of the projection.
    versions: BTreeMap<(String, u32), u64>,
    numbers: BTreeMap<String, u64>,
    outbox: BTreeMap<EffectId, (Fate, StoredEffect)>,
    keys: BTreeSet<String>,
    pub(super) keys_held: KeyRack,
    blobs: BTreeMap<Digest, Vec<u8>>,
    aside: BTreeMap<Digest, DateTime<Utc>>,
}

/// What a batch has overwritten so far, latest last.
#[derive(Default)]
struct Before {
    states: Vec<(Stream, Option<Current>)>,
    numbers: Vec<(String, u64)>,
}

impl Ledger {
    pub(super) fn commit(&mut self, batch: Batch) -> Result<Committed, Conflict> {
        let start = self.journal.len();
        let mut before = Before::default();
        let mut versions = Vec::with_capacity(batch.changes.len());
        for change in &batch.changes {
            if let Err(conflict) = self.take(&batch, change, &mut before) {
                self.undo(start, before);
                return Err(conflict);
            }
            versions.push(change.leads_to());
        }
        // From here on the batch cannot fail.
        for change in &batch.changes {
            for key in &change.keys {
                self.keys_held.put(key);
            }
            for erase in &change.erases {
                self.keys_held.erase(erase);
            }
        }
        let head = self.head().unwrap_or(Head::START);
        Ok(Committed { first_seq: start as u64 + 1, head, versions })
    }

    fn take(
        &mut self,
        batch: &Batch,
        change: &Change,
        before: &mut Before,
    ) -> Result<(), Conflict> {
        let stream = &change.stream;
        let actual = self.states.get(stream).map_or(Version::NONE, |s| s.version);
        if actual != change.expected {
            let expected = change.expected;
            return Err(Conflict::Version { stream: stream.clone(), expected, actual });
        }
        for claim in &change.claims {
            let last = self.last(&claim.sequence);
            if claim.number != last + 1 {
                return Err(Conflict::Number {
                    sequence: claim.sequence.to_string(),
                    claimed: claim.number,
                    last,
                });
            }
            before.numbers.push((claim.sequence.to_string(), last));
            self.numbers.insert(claim.sequence.to_string(), claim.number);
        }
        let replaced = self.remove_state(stream);
        before.states.push((stream.clone(), replaced));
        self.check_unique(stream, &change.projection)?;
        if change.keys.iter().any(|key| self.keys_held.has_another(key)) {
            return Err(Conflict::Key { stream: stream.clone() });
        }
        let (body, projection) = (change.state.clone(), change.projection.clone());
        let version = change.leads_to();
        self.insert_state(stream.clone(), Current { version, body, projection });
        self.append(batch, change);
        self.post(change)
    }

    /// Whether nobody holds the unique keys of the stream, whose state was taken out.
    fn check_unique(&self, stream: &Stream, projection: &Projection) -> Result<(), Conflict> {
        for unique in &projection.unique {
            if let Some(holder) = self.holders.get(&key(&stream.kind, unique)) {
                return Err(Conflict::UniqueKey {
                    stream: stream.clone(),
                    name: unique.name.to_string(),
                    value: unique.value.clone(),
                    holder: *holder,
                });
            }
        }
        Ok(())
    }

    fn append(&mut self, batch: &Batch, change: &Change) {
        let by_json = by_json(&change.act.by);
        let at_micros = change.act.at.timestamp_micros();
        for (n, event) in change.events.iter().enumerate() {
            let head = self.head().unwrap_or(Head::START);
            let (seq, version) = (head.seq + 1, change.expected.plus(n + 1));
            let link =
                Link { ente: &batch.ente, stream: &change.stream, at_micros, by_json: &by_json };
            let hash = link.row(&head.hash, seq, version, &event.name, &event.body);
            self.by_stream.entry(change.stream.clone()).or_default().push(self.journal.len());
            self.journal.push(Recorded {
                seq,
                stream: change.stream.clone(),
                version,
                name: event.name.to_string(),
                at_micros,
                by_json: by_json.clone(),
                body: event.body.clone(),
                hash,
            });
        }
    }

    fn post(&mut self, change: &Change) -> Result<(), Conflict> {
        let seq = self.journal.len() as u64;
        for (index, effect) in (0..).zip(&change.effects) {
            if !self.keys.insert(effect.key.clone()) {
                return Err(Conflict::Effect { key: effect.key.clone() });
            }
            let id = EffectId { seq, index };
            let stored = StoredEffect {
                id,
                key: effect.key.clone(),
                topic: effect.topic.to_string(),
                stream: change.stream.clone(),
                payload: effect.payload.clone(),
                fault: None,
                attempts: 0,
                next_at: effect.not_before.unwrap_or(change.act.at),
                last_error: None,
            };
            self.outbox.insert(id, (Fate::Waiting, stored));
        }
        Ok(())
    }

    fn undo(&mut self, start: usize, before: Before) {
        for (id, (_, effect)) in
            self.outbox.split_off(&EffectId { seq: start as u64 + 1, index: 0 })
        {
            debug_assert!(id.seq > start as u64);
            self.keys.remove(&effect.key);
        }
        self.restore(before.states);
        for (sequence, last) in before.numbers.into_iter().rev() {
            self.numbers.insert(sequence, last);
        }
        for row in self.journal.drain(start..) {
            if let Some(places) = self.by_stream.get_mut(&row.stream) {
                places.pop();
                if places.is_empty() {
                    self.by_stream.remove(&row.stream);
                }
            }
        }
    }

    /// Puts states back, the latest first.
    fn restore(&mut self, states: Vec<(Stream, Option<Current>)>) {
        for (stream, state) in states.into_iter().rev() {
            self.remove_state(&stream);
            if let Some(state) = state {
                self.insert_state(stream, state);
            }
        }
    }

    fn remove_state(&mut self, stream: &Stream) -> Option<Current> {
        let state = self.states.remove(stream)?;
        for unique in &state.projection.unique {
            self.holders.remove(&key(&stream.kind, unique));
        }
        for entry in &state.projection.entries {
            let key = bucket(stream, entry);
            if let Some(spots) = self.entries.get_mut(&key) {
                spots.remove(&Spot { sort: entry.sort.clone(), id: stream.id });
                if spots.is_empty() {
                    self.entries.remove(&key);
                }
            }
        }
        let version = (stream.kind.to_string(), state.projection.version);
        if let Some(states) = self.versions.get_mut(&version) {
            *states -= 1;
            if *states == 0 {
                self.versions.remove(&version);
            }
        }
        Some(state)
    }

    fn insert_state(&mut self, stream: Stream, state: Current) {
        let projection = &state.projection;
        for unique in &projection.unique {
            self.holders.insert(key(&stream.kind, unique), stream.id);
        }
        for entry in &projection.entries {
            let spot = Spot { sort: entry.sort.clone(), id: stream.id };
            let row = row_at(entry, projection).to_owned();
            self.entries.entry(bucket(&stream, entry)).or_default().insert(spot, row);
        }
        *self.versions.entry((stream.kind.to_string(), projection.version)).or_default() += 1;
        self.states.insert(stream, state);
    }

    pub(super) fn reproject(&mut self, states: Vec<Reprojected>) -> Result<u64, Conflict> {
        let mut before = Before::default();
        for Reprojected { stream, version, projection, .. } in states {
            if self.states.get(&stream).is_none_or(|state| state.version != version) {
                continue;
            }
            let Some(state) = self.remove_state(&stream) else { continue };
            before.states.push((stream.clone(), Some(state.clone())));
            if let Err(conflict) = self.check_unique(&stream, &projection) {
                self.restore(before.states);
                return Err(conflict);
            }
            self.insert_state(stream, Current { projection, ..state });
        }
        Ok(before.states.len() as u64)
    }

    pub(super) fn page(
        &self,
        kind: &str,
        span: &Span,
        after: Option<&Spot>,
        limit: usize,
    ) -> Vec<Placed> {
        let placed = |(spot, _): (&Spot, &String)| {
            let state = self.state(&Stream::new(kind.to_owned(), spot.id))?;
            Some(Placed { sort: spot.sort.clone(), state })
        };
        self.over(kind, span, after, limit).into_iter().filter_map(placed).collect()
    }

    pub(super) fn rows(
        &self,
        kind: &str,
        span: &Span,
        after: Option<&Spot>,
        limit: usize,
    ) -> Vec<ListRow> {
        let row = |(spot, row): (&Spot, &String)| ListRow {
            spot: spot.clone(),
            row: row.clone(),
            fault: None,
        };
        self.over(kind, span, after, limit).into_iter().map(row).collect()
    }

    /// The entries of a span.
    fn over(
        &self,
        kind: &str,
        span: &Span,
        after: Option<&Spot>,
        limit: usize,
    ) -> Vec<(&Spot, &String)> {
        let key = (kind.to_owned(), span.list.to_string(), span.bucket.clone());
        let (low, high) = ends(span, after);
        let Some(spots) = self.entries.get(&key).filter(|_| low < high) else { return Vec::new() };
        let between = spots.range((Bound::Excluded(low), Bound::Excluded(high)));
        match span.direction {
            Direction::Up => between.take(limit).collect(),
            Direction::Down => between.rev().take(limit).collect(),
        }
    }

    pub(super) fn tally(&self, kind: &str, list: &str, bucket: &str) -> u64 {
        let key = (kind.to_owned(), list.to_owned(), bucket.to_owned());
        self.entries.get(&key).map_or(0, |spots| spots.len() as u64)
    }

    pub(super) fn audit_index(&self, kind: &str) -> IndexAudit {
        let mut audit = IndexAudit::default();
        let of_kind = self.states.iter().filter(|(stream, _)| stream.kind == kind);
        for (_, state) in of_kind {
            audit.keys += state.projection.unique.len() as u64;
            audit.entries += state.projection.entries.len() as u64;
        }
        audit
    }

    pub(super) fn projection_versions(&self, kind: &str) -> BTreeMap<u32, u64> {
        let from = (kind.to_owned(), 0);
        let versions = self.versions.range(from..).take_while(|((of, _), _)| of == kind);
        versions.map(|((_, version), states)| (*version, *states)).collect()
    }

    pub(super) fn journal(&self) -> &[Recorded] {
        &self.journal
    }

    pub(super) fn rows_of(&self, stream: &Stream) -> impl Iterator<Item = &Recorded> {
        self.by_stream.get(stream).into_iter().flatten().filter_map(|at| self.journal.get(*at))
    }

    pub(super) fn head(&self) -> Option<Head> {
        self.journal.last().map(|row| Head { seq: row.seq, hash: row.hash })
    }

    pub(super) fn last(&self, sequence: &str) -> u64 {
        self.numbers.get(sequence).copied().unwrap_or(0)
    }

    pub(super) fn state(&self, stream: &Stream) -> Option<StoredState> {
        self.states.get(stream).map(|state| stored(stream, state))
    }

    pub(super) fn states_after(
        &self,
        kind: &str,
        after: Option<Id<Stream>>,
    ) -> impl Iterator<Item = StoredState> {
        self.states
            .range(above(kind, after))
            .take_while(move |(stream, _)| stream.kind == kind)
            .map(|(stream, state)| stored(stream, state))
    }

    pub(super) fn recorded_after(
        &self,
        kind: &str,
        after: Option<Id<Stream>>,
    ) -> impl Iterator<Item = RecordedStream> {
        self.by_stream
            .range(above(kind, after))
            .take_while(move |(stream, _)| stream.kind == kind)
            .map(|(stream, places)| RecordedStream {
                stream: stream.clone(),
                rows: places.len() as u64,
                last: self.rows_of(stream).last().map_or(Version::NONE, |row| row.version),
            })
    }

    pub(super) fn holder(&self, kind: &str, name: &str, value: &str) -> Option<StoredState> {
        let id = self.holders.get(&(kind.to_owned(), name.to_owned(), value.to_owned()))?;
        self.state(&Stream::new(kind.to_owned(), *id))
    }

    pub(super) fn kinds(&self) -> Vec<String> {
        let all: BTreeSet<_> =
            self.states.keys().chain(self.by_stream.keys()).map(|s| s.kind.to_string()).collect();
        all.into_iter().collect()
    }

    pub(super) fn due(&self, now: DateTime<Utc>, limit: usize) -> Vec<StoredEffect> {
        let mut streams = BTreeSet::new();
        let waiting = self.outbox.values().filter(|(fate, _)| *fate == Fate::Waiting);
        let mut due: Vec<_> = waiting
            .map(|(_, effect)| effect)
            .filter(|effect| streams.insert(&effect.stream))
            .filter(|effect| effect.next_at <= now)
            .collect();
        due.sort_by_key(|effect| (effect.next_at, effect.id));
        due.into_iter().take(limit).cloned().collect()
    }

    pub(super) fn deliver(&mut self, id: EffectId) -> bool {
        let waits = self.outbox.get(&id).is_some_and(|(fate, _)| *fate == Fate::Waiting);
        if waits && let Some((_, effect)) = self.outbox.remove(&id) {
            self.keys.remove(&effect.key);
        }
        waits
    }

    pub(super) fn fail(&mut self, id: EffectId, error: &str, then: AfterFailure) -> bool {
        let Some((fate @ Fate::Waiting, effect)) = self.outbox.get_mut(&id) else {
            return false;
        };
        effect.attempts += 1;
        effect.last_error = Some(error.to_owned());
        match then {
            AfterFailure::RetryAt(at) => effect.next_at = at,
            AfterFailure::Dead => *fate = Fate::Dead,
        }
        true
    }

    pub(super) fn dead_after(&self, after: Option<EffectId>) -> impl Iterator<Item = StoredEffect> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.outbox
            .range((from, Bound::Unbounded))
            .filter(|(_, (fate, _))| *fate == Fate::Dead)
            .map(|(_, (_, effect))| effect.clone())
    }

    pub(super) fn replay(&mut self, id: EffectId, now: DateTime<Utc>) -> bool {
        let Some((fate @ Fate::Dead, effect)) = self.outbox.get_mut(&id) else {
            return false;
        };
        *fate = Fate::Waiting;
        effect.attempts = 0;
        effect.next_at = now;
        true
    }

    pub(super) fn keep(&mut self, bytes: Vec<u8>) -> Digest {
        let digest = Digest::of(&bytes);
        self.blobs.entry(digest).or_insert(bytes);
        self.aside.remove(&digest);
        digest
    }

    pub(super) fn blobs_after(&self, after: Option<Digest>) -> impl Iterator<Item = StoredBlob> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let there = self.blobs.range((from, Bound::Unbounded));
        there.map(|(digest, bytes)| self.listed(*digest, bytes))
    }

    pub(super) fn stored_blobs(&self, digests: &[Digest]) -> Vec<StoredBlob> {
        let digests: BTreeSet<Digest> = digests.iter().copied().collect();
        let there = digests.into_iter().filter_map(|digest| self.blobs.get_key_value(&digest));
        there.map(|(digest, bytes)| self.listed(*digest, bytes)).collect()
    }

    fn listed(&self, digest: Digest, bytes: &[u8]) -> StoredBlob {
        let aside_since = self.aside.get(&digest).copied();
        StoredBlob { digest, bytes: bytes.len() as u64, aside_since }
    }

    pub(super) fn set_aside(&mut self, digest: Digest, now: DateTime<Utc>) -> bool {
        let there = self.blobs.contains_key(&digest) && !self.aside.contains_key(&digest);
        if there {
            self.aside.insert(digest, now);
        }
        there
    }

    pub(super) fn take_back(&mut self, digest: Digest) -> bool {
        self.aside.remove(&digest).is_some()
    }

    pub(super) fn discard(&mut self, digest: Digest, since: DateTime<Utc>) -> bool {
        let long = self.aside.get(&digest).is_some_and(|aside| *aside <= since);
        if long {
            self.aside.remove(&digest);
            self.blobs.remove(&digest);
        }
        long
    }

    pub(super) fn forget(&mut self, digest: &Digest) -> bool {
        self.aside.remove(digest);
        self.blobs.remove(digest).is_some()
    }

    pub(super) fn blob(&self, digest: &Digest) -> Option<Vec<u8>> {
        self.blobs.get(digest).cloned()
    }
}

fn key(kind: &str, unique: &UniqueKey) -> Key {
    (kind.to_owned(), unique.name.to_string(), unique.value.clone())
}

fn bucket(stream: &Stream, entry: &ListEntry) -> Key {
    (stream.kind.to_string(), entry.list.to_string(), entry.bucket.clone())
}

fn stored(stream: &Stream, state: &Current) -> StoredState {
    StoredState {
        stream: stream.clone(),
        version: state.version,
        body: state.body.clone(),
        fault: None,
    }
}

fn above(kind: &str, after: Option<Id<Stream>>) -> (Bound<Stream>, Bound<Stream>) {
    let from = Stream::new(kind.to_owned(), after.unwrap_or(Id::from_u128(0)));
    (Bound::Excluded(from), Bound::Unbounded)
}
