//! One ente's data in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use chrono::{DateTime, Utc};
use mattoni_core::{Digest, Id};

use crate::memory::keys::KeyRack;
use crate::record::{Link, by_json};
use crate::{
    AfterFailure, Batch, Change, Committed, Conflict, Direction, EffectId, Facet, Head, Holding,
    Line, Listing, Place, Placed, Recorded, RecordedStream, Relisted, Span, Spot, StoredBlob,
    StoredEffect, StoredState, Stream, Version,
};

/// Kind, name and value of a facet; or kind, list and bucket of a place.
type Key = (String, String, String);

#[derive(Debug, Clone)]
struct Current {
    version: Version,
    body: Vec<u8>,
    facets: Vec<Facet>,
    listing: Listing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Waiting,
    Delivered,
    Dead,
}

#[derive(Debug, Default)]
pub(super) struct Ledger {
    journal: Vec<Recorded>,
    by_stream: BTreeMap<Stream, Vec<usize>>,
    states: BTreeMap<Stream, Current>,
    facets: BTreeMap<Key, BTreeSet<Id<Stream>>>,
    unique: BTreeMap<Key, Id<Stream>>,
    /// By kind, list and bucket.
    /// By place, and what is told there.
    places: BTreeMap<Key, BTreeMap<Spot, String>>,
    /// States by kind and form.
    forms: BTreeMap<(String, u32), u64>,
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
        // Nothing stops the batch any more.
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
        for facet in change.facets.iter().filter(|f| f.holding == Holding::Unique) {
            if let Some(holder) = self.unique.get(&key(stream, facet)) {
                return Err(Conflict::Facet {
                    stream: stream.clone(),
                    name: facet.name.to_string(),
                    value: facet.value.clone(),
                    holder: *holder,
                });
            }
        }
        let version = change.leads_to();
        let (body, facets) = (change.state.clone(), change.facets.clone());
        let listing = change.listing.clone();
        self.insert_state(stream.clone(), Current { version, body, facets, listing });
        self.append(batch, change);
        self.post(change)
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
        for (stream, state) in before.states.into_iter().rev() {
            self.remove_state(&stream);
            if let Some(state) = state {
                self.insert_state(stream, state);
            }
        }
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

    fn remove_state(&mut self, stream: &Stream) -> Option<Current> {
        let state = self.states.remove(stream)?;
        for facet in &state.facets {
            let key = key(stream, facet);
            if let Some(holders) = self.facets.get_mut(&key) {
                holders.remove(&stream.id);
                if holders.is_empty() {
                    self.facets.remove(&key);
                }
            }
            if facet.holding == Holding::Unique {
                self.unique.remove(&key);
            }
        }
        self.unlist(stream, &state.listing);
        Some(state)
    }

    fn unlist(&mut self, stream: &Stream, listing: &Listing) {
        for place in &listing.places {
            let key = bucket(stream, place);
            if let Some(spots) = self.places.get_mut(&key) {
                spots.remove(&Spot { sort: place.sort.clone(), id: stream.id });
                if spots.is_empty() {
                    self.places.remove(&key);
                }
            }
        }
        let form = (stream.kind.to_string(), listing.form);
        if let Some(states) = self.forms.get_mut(&form) {
            *states -= 1;
            if *states == 0 {
                self.forms.remove(&form);
            }
        }
    }

    fn list(&mut self, stream: &Stream, listing: &Listing) {
        for place in &listing.places {
            let spot = Spot { sort: place.sort.clone(), id: stream.id };
            let told = place.told(listing).to_owned();
            self.places.entry(bucket(stream, place)).or_default().insert(spot, told);
        }
        *self.forms.entry((stream.kind.to_string(), listing.form)).or_default() += 1;
    }

    pub(super) fn relist(&mut self, state: Relisted) -> bool {
        let Relisted { stream, version, listing } = state;
        let Some(mut current) = self.states.remove(&stream) else { return false };
        let stands = current.version == version;
        if stands {
            self.unlist(&stream, &current.listing);
            self.list(&stream, &listing);
            current.listing = listing;
        }
        self.states.insert(stream, current);
        stands
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

    pub(super) fn lines(
        &self,
        kind: &str,
        span: &Span,
        after: Option<&Spot>,
        limit: usize,
    ) -> Vec<Line> {
        let line = |(spot, told): (&Spot, &String)| Line { spot: spot.clone(), text: told.clone() };
        self.over(kind, span, after, limit).into_iter().map(line).collect()
    }

    /// The places of a span.
    fn over(
        &self,
        kind: &str,
        span: &Span,
        after: Option<&Spot>,
        limit: usize,
    ) -> Vec<(&Spot, &String)> {
        let key = (kind.to_owned(), span.list.to_string(), span.bucket.clone());
        let (low, high) = span.ends(after);
        let Some(spots) = self.places.get(&key).filter(|_| low < high) else { return Vec::new() };
        let between = spots.range((Bound::Excluded(low), Bound::Excluded(high)));
        match span.direction {
            Direction::Up => between.take(limit).collect(),
            Direction::Down => between.rev().take(limit).collect(),
        }
    }

    pub(super) fn tally(&self, kind: &str, list: &str, bucket: &str) -> u64 {
        let key = (kind.to_owned(), list.to_owned(), bucket.to_owned());
        self.places.get(&key).map_or(0, |spots| spots.len() as u64)
    }

    pub(super) fn forms(&self, kind: &str) -> BTreeMap<u32, u64> {
        let from = (kind.to_owned(), 0);
        let forms = self.forms.range(from..).take_while(|((of, _), _)| of == kind);
        forms.map(|((_, form), states)| (*form, *states)).collect()
    }

    fn insert_state(&mut self, stream: Stream, state: Current) {
        for facet in &state.facets {
            let key = key(&stream, facet);
            if facet.holding == Holding::Unique {
                self.unique.insert(key.clone(), stream.id);
            }
            self.facets.entry(key).or_default().insert(stream.id);
        }
        self.list(&stream, &state.listing);
        self.states.insert(stream, state);
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

    pub(super) fn holders(
        &self,
        kind: &str,
        (name, value): (&str, &str),
    ) -> impl Iterator<Item = Id<Stream>> {
        let key = (kind.to_owned(), name.to_owned(), value.to_owned());
        self.facets.get(&key).into_iter().flatten().copied()
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

    pub(super) fn lease(
        &mut self,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        limit: usize,
    ) -> Vec<StoredEffect> {
        let due = self.due(now, limit);
        for leased in &due {
            if let Some((_, effect)) = self.outbox.get_mut(&leased.id) {
                effect.next_at = until;
            }
        }
        due
    }

    pub(super) fn clear(&mut self, before: DateTime<Utc>, limit: usize) -> u64 {
        let old = |(fate, effect): &(Fate, StoredEffect)| {
            *fate == Fate::Delivered && effect.next_at < before
        };
        let old = self.outbox.iter().filter(|(_, row)| old(row)).take(limit);
        let ids: Vec<EffectId> = old.map(|(id, _)| *id).collect();
        for id in &ids {
            if let Some((_, effect)) = self.outbox.remove(id) {
                self.keys.remove(&effect.key);
            }
        }
        ids.len() as u64
    }

    pub(super) fn deliver(&mut self, id: EffectId) -> bool {
        match self.outbox.get_mut(&id) {
            Some((fate @ Fate::Waiting, _)) => {
                *fate = Fate::Delivered;
                true
            }
            _ => false,
        }
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

fn key(stream: &Stream, facet: &Facet) -> Key {
    (stream.kind.to_string(), facet.name.to_string(), facet.value.clone())
}

fn bucket(stream: &Stream, place: &Place) -> Key {
    (stream.kind.to_string(), place.list.to_string(), place.bucket.clone())
}

fn stored(stream: &Stream, state: &Current) -> StoredState {
    StoredState { stream: stream.clone(), version: state.version, body: state.body.clone() }
}

fn above(kind: &str, after: Option<Id<Stream>>) -> (Bound<Stream>, Bound<Stream>) {
    let from = Stream::new(kind.to_owned(), after.unwrap_or(Id::from_u128(0)));
    (Bound::Excluded(from), Bound::Unbounded)
}
