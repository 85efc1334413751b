//! What is committed: changes to streams, all or nothing.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use mattoni_core::{Act, EnteId};
use serde::{Deserialize, Serialize};

use crate::{Erase, Listing, StoredKey, Stream, Version};

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

/// What happened to one stream, where that leaves it, and what follows.
///
/// Made from an aggregate by [`Next::open`](crate::Next::open) and
/// [`Loaded::next`](crate::Loaded::next), so that events and state cannot come apart.
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
    /// What the state can be found by. They replace those of the state before.
    pub facets: Vec<Facet>,
    /// Where the state stands in the lists of its kind. It replaces that of the state before.
    pub listing: Listing,
    /// What is to be done outside the store once this is committed.
    pub effects: Vec<Effect>,
    /// Numbers of gapless sequences that the events carry.
    pub claims: Vec<NumberClaim>,
    /// Keys that what is sealed in here needs for the first time.
    pub keys: Vec<StoredKey>,
    /// Keys that are erased by this, those of earlier changes of the batch too.
    pub erases: Vec<Erase>,
}

impl Change {
    /// A change with no facets, places, effects or claims, from serialised parts.
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
            facets: Vec::new(),
            listing: Listing::default(),
            effects: Vec::new(),
            claims: Vec::new(),
            keys: Vec::new(),
            erases: Vec::new(),
        }
    }

    /// Adds what the state can be found by.
    #[must_use]
    pub fn with_facets(mut self, facets: impl IntoIterator<Item = Facet>) -> Self {
        self.facets.extend(facets);
        self
    }

    /// Says where the state stands in the lists of its kind.
    #[must_use]
    pub fn with_listing(mut self, listing: Listing) -> Self {
        self.listing = listing;
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
    pub fn with_claim(mut self, claim: NumberClaim) -> Self {
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

/// A name and a value that a stream's current state can be found by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Facet {
    /// The name, e.g. `status`.
    pub name: Cow<'static, str>,
    /// The value, e.g. `submitted`.
    pub value: String,
    /// Whether other streams may have it too.
    pub holding: Holding,
}

/// Whether a facet is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holding {
    /// Any number of streams may have it.
    Plain,
    /// Of the streams of one kind, one may hold it at a time.
    Unique,
}

impl Facet {
    /// A facet that any number of streams may have.
    pub fn plain(name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into(), holding: Holding::Plain }
    }

    /// A facet that one stream of the kind may hold at a time: this is how a duplicate
    /// application is stopped even when two arrive in the same instant. It is free again once
    /// the holder commits a state without it.
    pub fn unique(name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into(), holding: Holding::Unique }
    }
}

/// Something to do outside the store: a message to send, a number to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// Unique in the ente for ever. Whoever receives the effect twice knows it by this.
    pub key: String,
    /// Who handles it, e.g. `message.receipt`.
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
pub struct NumberClaim {
    /// The sequence, e.g. `protocol/2026`. Every sequence begins at 1.
    pub sequence: Cow<'static, str>,
    /// The number.
    pub number: u64,
}

impl NumberClaim {
    /// Claims `number` of `sequence`.
    pub fn new(sequence: impl Into<Cow<'static, str>>, number: u64) -> Self {
        Self { sequence: sequence.into(), number }
    }
}
