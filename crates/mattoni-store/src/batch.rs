//! What is committed: changes to streams, all or nothing.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use mattoni_core::record::{Owners, Projection, Recording};
use mattoni_core::{Act, EnteId, Id};

use crate::{Erase, StoredKey, Stream, Version};

/// Changes of one ente that happen together or not at all.
///
/// Changes are taken in order: the second may build on the first, also on the same stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Whose data this is.
    pub ente: EnteId,
    /// The changes, at least one.
    pub changes: Vec<Change>,
}

impl Batch {
    /// A batch for `ente`.
    pub fn new(ente: EnteId, changes: impl IntoIterator<Item = Change>) -> Self {
        Self { ente, changes: changes.into_iter().collect() }
    }
}

/// What happened to one stream, the state that follows, and what is to be done about it.
///
/// Made of a record by [`Change::of`], or of any aggregate by [`Next::open`](crate::Next::open)
/// and [`Loaded::next`](crate::Loaded::next), so that events and state cannot come apart.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The stream.
    pub stream: Stream,
    /// The version the change was decided on.
    pub expected: Version,
    /// When it happened and who did it. Kept to the microsecond.
    pub act: Act,
    /// What happened, at least one event.
    pub events: Vec<NewEvent>,
    /// The state after the events (JSON).
    pub state: Vec<u8>,
    /// Unique keys and list entries of the state. They replace those of the state before.
    pub projection: Projection,
    /// The people whose personal data is in it.
    pub owners: Owners,
    /// What is to be done outside the store once this is committed.
    pub effects: Vec<Effect>,
    /// Numbers of gapless sequences that the events carry.
    pub claims: Vec<SequenceClaim>,
    /// Keys that what is sealed in here needs for the first time.
    pub keys: Vec<StoredKey>,
    /// Keys that are erased by this, those of earlier changes of the batch too.
    pub erases: Vec<Erase>,
}

impl Change {
    /// A change with an empty projection, no owners, effects or claims, from serialised parts.
    #[must_use]
    pub fn raw(
        stream: Stream,
        expected: Version,
        act: Act,
        events: Vec<NewEvent>,
        state: Vec<u8>,
    ) -> Self {
        Self {
            stream,
            expected,
            act,
            events,
            state,
            projection: Projection::default(),
            owners: Owners::none(),
            effects: Vec::new(),
            claims: Vec::new(),
            keys: Vec::new(),
            erases: Vec::new(),
        }
    }

    /// The change that commits a recording. Each order becomes an effect whose key is
    /// `kind/id/version/n`: the version that the order's event leads to, and the order's number
    /// among those of this event, from 0.
    #[must_use]
    pub fn of(recording: Recording) -> Self {
        let stream = Stream::new(recording.kind, Id::from_u128(recording.id.as_u128()));
        let expected = Version::new(recording.expected);
        let mut effects = Vec::with_capacity(recording.orders.len());
        let mut previous = None;
        let mut n = 0;
        for (event, order) in recording.orders {
            n = if previous == Some(event) { n + 1 } else { 0 };
            previous = Some(event);
            let key = format!("{stream}/{}/{n}", expected.plus(event + 1));
            let effect = Effect::new(key, order.topic, order.payload);
            effects.push(Effect { not_before: order.not_before, ..effect });
        }
        let events = recording.events.into_iter();
        let events = events.map(|(name, body)| NewEvent { name: name.into(), body }).collect();
        Self {
            projection: recording.projection,
            owners: recording.owners,
            effects,
            ..Self::raw(stream, expected, recording.act, events, recording.state)
        }
    }

    /// With these unique keys and list entries.
    #[must_use]
    pub fn with_projection(mut self, projection: Projection) -> Self {
        self.projection = projection;
        self
    }

    /// With the people whose personal data is in it.
    #[must_use]
    pub fn with_owners(mut self, owners: Owners) -> Self {
        self.owners = owners;
        self
    }

    /// Adds what is to be done outside.
    #[must_use]
    pub fn with_effects(mut self, effects: impl IntoIterator<Item = Effect>) -> Self {
        self.effects.extend(effects);
        self
    }

    /// Adds a number that the events carry.
    #[must_use]
    pub fn with_claim(mut self, claim: SequenceClaim) -> Self {
        self.claims.push(claim);
        self
    }

    /// Adds keys to be erased, which is what this change records.
    #[must_use]
    pub fn with_erases(mut self, erases: impl IntoIterator<Item = Erase>) -> Self {
        self.erases.extend(erases);
        self
    }

    /// The version the change leads to.
    #[must_use]
    pub fn leads_to(&self) -> Version {
        self.expected.plus(self.events.len())
    }
}

/// An event to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// Its stable dotted name, e.g. `practice.submitted`.
    pub name: Cow<'static, str>,
    /// Its body (JSON).
    pub body: Vec<u8>,
}

/// Something to do outside the store: a message to send, a number to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// Unique in the ente. Whoever receives the effect twice knows it by this.
    pub key: String,
    /// Who handles it, e.g. `message.tell`.
    pub topic: Cow<'static, str>,
    /// What the handler needs (JSON).
    pub payload: Vec<u8>,
    /// Not to be delivered earlier than this; from the act on when `None`.
    pub not_before: Option<DateTime<Utc>>,
}

impl Effect {
    /// An effect to be delivered as soon as it is committed.
    pub fn new(
        key: impl Into<String>,
        topic: impl Into<Cow<'static, str>>,
        payload: impl Into<Vec<u8>>,
    ) -> Self {
        Self { key: key.into(), topic: topic.into(), payload: payload.into(), not_before: None }
    }

    /// The same effect, to be delivered at `at` or later.
    #[must_use]
    pub fn not_before(mut self, at: DateTime<Utc>) -> Self {
        self.not_before = Some(at);
        self
    }
}

/// "`number` is the next of `sequence`": the commit happens only if that is so, and the sequence
/// moves on in the same transaction. So an event that carries a number and the counter cannot
/// come apart, and there is neither gap nor twin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SequenceClaim {
    /// The sequence, e.g. `protocol/2026`. Every sequence begins at 1.
    pub sequence: Cow<'static, str>,
    /// The number.
    pub number: u64,
}

impl SequenceClaim {
    /// Claims `number` of `sequence`.
    pub fn new(sequence: impl Into<Cow<'static, str>>, number: u64) -> Self {
        Self { sequence: sequence.into(), number }
    }
}
