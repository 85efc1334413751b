//! What comes back out of the store.

use chrono::{DateTime, Utc};
use mattoni_core::{Act, Actor, Digest, DigestBuilder, EnteId, Id};
use serde::{Deserialize, Serialize};

use crate::{Error, ErrorKind, Stream, Version};

/// A stream's current state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredState {
    /// Whose it is.
    pub stream: Stream,
    /// After how many events.
    pub version: Version,
    /// The state (JSON); empty where there is a fault.
    pub body: Vec<u8>,
    /// Why the state cannot be given: what is stored was altered, or its key is gone. The states
    /// beside it on a page are given all the same.
    pub fault: Option<Error>,
}

impl StoredState {
    /// The state (JSON).
    ///
    /// # Errors
    /// Its [fault](Self::fault).
    pub fn json(&self) -> Result<&[u8], Error> {
        match &self.fault {
            None => Ok(&self.body),
            Some(fault) => Err(fault.clone()),
        }
    }
}

/// A row of the journal, exactly as stored: what is hashed is these bytes, not what they mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in the ente's journal, counted from 1 without gaps.
    pub seq: u64,
    /// The stream it belongs to.
    pub stream: Stream,
    /// Its place in the stream, counted from 1 without gaps.
    pub version: Version,
    /// The event's name.
    pub name: String,
    /// When, in microseconds since 1970-01-01T00:00:00Z.
    pub at_micros: i64,
    /// Who ([`Actor`] as JSON).
    pub by_json: String,
    /// The event (JSON).
    pub body: Vec<u8>,
    /// The row's link in the chain, see [`Recorded::link`].
    pub hash: Digest,
}

impl Recorded {
    /// When it happened and who did it.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`] when the stored instant or actor does not read.
    pub fn act(&self) -> Result<Act, Error> {
        let unreadable = || Error::new(ErrorKind::Unreadable, "failed to read who and when");
        let at = DateTime::<Utc>::from_timestamp_micros(self.at_micros)
            .ok_or_else(|| unreadable().with("seq", self.seq))?;
        let by: Actor = serde_json::from_str(&self.by_json)
            .map_err(|e| unreadable().with("seq", self.seq).caused_by(e))?;
        Ok(Act::new(at, by))
    }

    /// What the row's hash has to be: the digest, version `mattoni.journal.row.v1`, of the hash
    /// of the row before it ([`Digest::ZERO`] before the first), the ente, and every field.
    #[must_use]
    pub fn link(&self, ente: &EnteId, previous: &Digest) -> Digest {
        self.link_at(ente, previous, self.seq)
    }

    /// [`link`](Self::link), had the row been written to another place.
    pub(crate) fn link_at(&self, ente: &EnteId, previous: &Digest, seq: u64) -> Digest {
        let linked = Linked {
            seq,
            kind: &self.stream.kind,
            id: self.stream.id,
            version: self.version,
            name: &self.name,
            at_micros: self.at_micros,
            by_json: &self.by_json,
            body: &self.body,
        };
        linked.link(ente, previous)
    }
}

/// What the rows of one change have in common, as it goes into their hashes.
pub(crate) struct Link<'a> {
    pub(crate) ente: &'a EnteId,
    pub(crate) stream: &'a Stream,
    pub(crate) at_micros: i64,
    pub(crate) by_json: &'a str,
}

impl Link<'_> {
    pub(crate) fn row(
        &self,
        previous: &Digest,
        seq: u64,
        version: Version,
        name: &str,
        body: &[u8],
    ) -> Digest {
        let linked = Linked {
            seq,
            kind: &self.stream.kind,
            id: self.stream.id,
            version,
            name,
            at_micros: self.at_micros,
            by_json: self.by_json,
            body,
        };
        linked.link(self.ente, previous)
    }
}

/// The parts of a row that go into its hash, borrowed.
pub(crate) struct Linked<'a> {
    pub(crate) seq: u64,
    pub(crate) kind: &'a str,
    pub(crate) id: Id<Stream>,
    pub(crate) version: Version,
    pub(crate) name: &'a str,
    pub(crate) at_micros: i64,
    pub(crate) by_json: &'a str,
    pub(crate) body: &'a [u8],
}

impl Linked<'_> {
    pub(crate) fn link(&self, ente: &EnteId, previous: &Digest) -> Digest {
        DigestBuilder::new("mattoni.journal.row.v1")
            .field(previous.as_bytes())
            .field(ente.as_str().as_bytes())
            .field(&self.seq.to_le_bytes())
            .field(self.kind.as_bytes())
            .field(&self.id.as_u128().to_be_bytes())
            .field(&self.version.get().to_le_bytes())
            .field(self.name.as_bytes())
            .number(self.at_micros)
            .field(self.by_json.as_bytes())
            .field(self.body)
            .finish()
    }
}

/// The end of an ente's chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The last row's place.
    pub seq: u64,
    /// The last row's hash. Whoever keeps it elsewhere can prove later that nothing up to here
    /// was altered.
    pub hash: Digest,
}

impl Head {
    /// Before the first row.
    pub const START: Self = Self { seq: 0, hash: Digest::ZERO };
}

/// A stream as the journal has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedStream {
    /// The stream.
    pub stream: Stream,
    /// How many rows it has.
    pub rows: u64,
    /// The highest version among them: equal to `rows` when none is missing.
    pub last: Version,
}

/// A commit that is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The place of the batch's first event; the others follow it without a gap.
    pub first_seq: u64,
    /// The end of the chain after the batch.
    pub head: Head,
    /// Where each change left its stream, in the batch's order.
    pub versions: Vec<Version>,
}

/// Names an effect: the journal row it follows from (the last event of its change) and its place
/// among that change's effects, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EffectId {
    /// The journal row.
    pub seq: u64,
    /// The place among the effects of the change.
    pub index: u32,
}

/// An effect in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEffect {
    /// Its name in the ente.
    pub id: EffectId,
    /// The idempotency key to hand to whoever receives it.
    pub key: String,
    /// Who handles it.
    pub topic: String,
    /// The stream it follows from.
    pub stream: Stream,
    /// What the handler needs (JSON); empty where there is a fault.
    pub payload: Vec<u8>,
    /// Why the payload cannot be given, as with [states](StoredState::fault).
    pub fault: Option<Error>,
    /// How often it was tried and failed.
    pub attempts: u32,
    /// When it is due.
    pub next_at: DateTime<Utc>,
    /// What the last failure said.
    pub last_error: Option<String>,
}

/// What becomes of an effect that could not be delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterFailure {
    /// It is tried again then; later effects of its stream wait for it.
    RetryAt(DateTime<Utc>),
    /// It is put aside among the dead letters, and its stream goes on without it.
    Dead,
}

/// An actor as it is stored and hashed.
pub(crate) fn by_json(by: &Actor) -> String {
    // Serialising an enum of strings and ids cannot fail.
    serde_json::to_string(by).unwrap_or_default()
}
