//! What a backend promises. [`crate::conformance`] holds one against it.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mattoni_core::{Digest, EnteId, Id};

use crate::{
    AfterFailure, Batch, CommitError, Committed, EffectId, Error, ErrorKind, Head, IndexAudit,
    Keys, ListRow, Placed, Recorded, RecordedStream, Reprojected, Span, Spot, StoredBlob,
    StoredEffect, StoredState, Stream, Version,
};

/// State and history, written together.
///
/// Every call but [`entes`](Journal::entes) is for one ente, and sees and touches nothing of any
/// other. Reads see every commit that was acknowledged before they began. Lists are pages: in
/// ascending order, at most `limit` long, beginning after the place the last one ended.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Commits the batch all or nothing. Durable when it returns.
    ///
    /// In one transaction: the events are appended, each linked by hash to the one before it; the
    /// states, their versions, unique keys and list entries are replaced; effects enter the outbox;
    /// sequences move on. A future dropped before it is ready may or may not commit.
    ///
    /// # Errors
    /// [`CommitError::Refused`] with the problems of [`Batch::check`];
    /// [`CommitError::Conflict`] when a change's expected version is not the stream's, another
    /// stream of the kind holds a unique key, a claimed number is not the next, an idempotency key
    /// is in the outbox already, or another key than the batch brings is there for what it seals; [`CommitError::Failed`] when the machine fails. Nothing was
    /// written in any of these cases, but [`ErrorKind::Unknown`](crate::ErrorKind::Unknown) says
    /// just that.
    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError>;

    /// The stream's current state, `None` when it has none.
    ///
    /// # Errors
    /// When the machine fails.
    async fn load(&self, ente: &EnteId, stream: &Stream) -> Result<Option<StoredState>, Error>;

    /// Up to `limit` rows of the stream with versions above `after`, by version.
    ///
    /// # Errors
    /// When the machine fails, or a row does not read.
    async fn history(
        &self,
        ente: &EnteId,
        stream: &Stream,
        after: Version,
        limit: usize,
    ) -> Result<Vec<Recorded>, Error>;

    /// Up to `limit` rows of the whole journal with places above `after_seq`, by place.
    ///
    /// # Errors
    /// When the machine fails, or a row does not read.
    async fn scan(
        &self,
        ente: &EnteId,
        after_seq: u64,
        limit: usize,
    ) -> Result<Vec<Recorded>, Error>;

    /// Follows the chain from `start` for up to `limit` rows and answers where it got to: the last
    /// row that has the place after the one before it, and the hash that it has to have
    /// ([`Recorded::link`]). That is `start` itself when not even the next row has.
    ///
    /// [`verify`](crate::verify) goes by this as long as the chain holds. As provided it follows
    /// what [`scan`](Journal::scan) gives, page by page; a backend that need not hand the rows out
    /// for it is faster.
    ///
    /// # Errors
    /// When the machine fails. A row that does not read is only one that does not follow.
    async fn follow(&self, ente: &EnteId, start: Head, limit: usize) -> Result<Head, Error> {
        const PAGE: usize = 1000;
        let (mut end, mut left) = (start, limit);
        while left > 0 {
            let page = match self.scan(ente, end.seq, left.min(PAGE)).await {
                Err(e) if e.kind() == ErrorKind::Corrupt => break,
                page => page?,
            };
            let before = end;
            for row in &page {
                if row.seq != end.seq + 1 || row.link(ente, &end.hash) != row.hash {
                    return Ok(end);
                }
                end = Head { seq: row.seq, hash: row.hash };
            }
            if end == before {
                break;
            }
            left -= page.len();
        }
        Ok(end)
    }

    /// Up to `limit` states of a kind with ids above `after`, by id.
    ///
    /// # Errors
    /// When the machine fails.
    async fn streams(
        &self,
        ente: &EnteId,
        kind: &str,
        after: Option<Id<Stream>>,
        limit: usize,
    ) -> Result<Vec<StoredState>, Error>;

    /// The current states of these streams, in this order; streams without a state are left out.
    ///
    /// As provided it loads one after the other; a backend that can reads them with one query.
    ///
    /// # Errors
    /// When the machine fails.
    async fn load_many(
        &self,
        ente: &EnteId,
        streams: &[Stream],
    ) -> Result<Vec<StoredState>, Error> {
        let mut states = Vec::with_capacity(streams.len());
        for stream in streams {
            states.extend(self.load(ente, stream).await?);
        }
        Ok(states)
    }

    /// The one state of the kind that holds this unique key, `None` when none does.
    ///
    /// # Errors
    /// When the machine fails.
    async fn holder(
        &self,
        ente: &EnteId,
        kind: &str,
        name: &str,
        value: &str,
    ) -> Result<Option<StoredState>, Error>;

    /// The end of the ente's chain, `None` before its first commit.
    ///
    /// # Errors
    /// When the machine fails.
    async fn head(&self, ente: &EnteId) -> Result<Option<Head>, Error>;

    /// The kinds that have a state or a row of the journal, by name.
    ///
    /// # Errors
    /// When the machine fails.
    async fn kinds(&self, ente: &EnteId) -> Result<Vec<String>, Error>;

    /// Up to `limit` streams of a kind as the *journal* has them, with ids above `after`, by id:
    /// the other side of the comparison in [`crate::verify_states`].
    ///
    /// # Errors
    /// When the machine fails.
    async fn recorded_streams(
        &self,
        ente: &EnteId,
        kind: &str,
        after: Option<Id<Stream>>,
        limit: usize,
    ) -> Result<Vec<RecordedStream>, Error>;

    /// The entes that have a journal, for whoever runs the store: the one call that is not for
    /// one ente.
    ///
    /// # Errors
    /// When the machine fails.
    async fn entes(&self) -> Result<Vec<EnteId>, Error>;
}

/// The lists that screens show, each in an order of its own. [`Journal::commit`] keeps them, in
/// the same transaction as the state, together with their counts. Reading a count costs the same
/// however long the list is. Entries with an empty sort key are in order of id.
#[async_trait]
pub trait Lists: Send + Sync {
    /// The states of up to `limit` entries in the span, in its order, beginning after `after`. A
    /// state that has several entries there comes as often.
    ///
    /// # Errors
    /// When the machine fails.
    async fn page(
        &self,
        ente: &EnteId,
        kind: &str,
        span: &Span,
        after: Option<&Spot>,
        limit: usize,
    ) -> Result<Vec<Placed>, Error>;

    /// The rows of up to `limit` entries in the span, in its order, beginning after `after`. No
    /// state is read: rows lie in the order of the list, so a page costs the same wherever the
    /// states are.
    ///
    /// # Errors
    /// When the machine fails.
    async fn rows(
        &self,
        ente: &EnteId,
        kind: &str,
        span: &Span,
        after: Option<&Spot>,
        limit: usize,
    ) -> Result<Vec<ListRow>, Error>;

    /// How many entries a bucket of a list has.
    ///
    /// # Errors
    /// When the machine fails.
    async fn tally(
        &self,
        ente: &EnteId,
        kind: &str,
        list: &str,
        bucket: &str,
    ) -> Result<u64, Error>;

    /// How many states of the kind have each version of its projection. States with another
    /// version than the software's are still to be [reprojected](Lists::reproject).
    ///
    /// # Errors
    /// When the machine fails.
    async fn projection_versions(
        &self,
        ente: &EnteId,
        kind: &str,
    ) -> Result<BTreeMap<u32, u64>, Error>;

    /// Replaces the projections of states that are still at the version named, all in one
    /// transaction, and writes their unique keys and entries, also those that should be there and
    /// are not. Returns how many were replaced. Neither the states nor the journal change.
    ///
    /// # Errors
    /// [`CommitError::Refused`] for a projection that [`Batch::check`] would refuse;
    /// [`CommitError::Conflict`] when another stream holds one of the unique keys;
    /// [`CommitError::Failed`] when the machine fails. Nothing was written then.
    async fn reproject(&self, ente: &EnteId, states: Vec<Reprojected>) -> Result<u64, CommitError>;

    /// Holds the unique keys, list entries and counts of a kind, as they are, against the
    /// projections that are kept beside its states, all as of one instant.
    ///
    /// # Errors
    /// When the machine fails.
    async fn audit_index(&self, ente: &EnteId, kind: &str) -> Result<IndexAudit, Error>;

    /// Removes the unique keys and entries that no state of the kind has, and counts its entries
    /// and states anew, in one transaction. What states lack, [`reproject`](Lists::reproject)
    /// brings.
    ///
    /// # Errors
    /// When the machine fails; nothing was written then.
    async fn mend_index(&self, ente: &EnteId, kind: &str) -> Result<(), Error>;
}

/// Gapless sequences. They move on by [`SequenceClaim`](crate::SequenceClaim)s in a commit.
#[async_trait]
pub trait Sequences: Send + Sync {
    /// The last number of the sequence, 0 before the first.
    ///
    /// # Errors
    /// When the machine fails.
    async fn last(&self, ente: &EnteId, sequence: &str) -> Result<u64, Error>;
}

/// What is still to be done outside. Every effect is delivered at least once, and the effects of
/// one stream in the order they were committed.
///
/// Whoever delivers takes what is [`due`](Outbox::due), hands it over with its idempotency key,
/// and says [`delivered`](Outbox::delivered) or [`failed`](Outbox::failed). Killed in between, it
/// delivers again: the receiver knows the key.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Up to `limit` effects that are due at `now`, longest due first. Of each stream only the
    /// oldest that waits is given, and none while that one waits for its retry: so no order of
    /// delivery can put a stream's effects out of order.
    ///
    /// # Errors
    /// When the machine fails.
    async fn due(
        &self,
        ente: &EnteId,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<StoredEffect>, Error>;

    /// Takes delivered effects out of the outbox. Returns how many of these were waiting; the
    /// others are left as they are.
    ///
    /// # Errors
    /// When the machine fails; the effects will be due again.
    async fn delivered(&self, ente: &EnteId, ids: &[EffectId]) -> Result<u64, Error>;

    /// Records that delivery failed, one attempt more, and what `error` said. Answers whether the
    /// effect was waiting; if not, nothing changes.
    ///
    /// # Errors
    /// When the machine fails; the effect will be due again.
    async fn failed(
        &self,
        ente: &EnteId,
        id: EffectId,
        error: &str,
        then: AfterFailure,
    ) -> Result<bool, Error>;

    /// Up to `limit` dead letters after `after`, by id.
    ///
    /// # Errors
    /// When the machine fails.
    async fn dead(
        &self,
        ente: &EnteId,
        after: Option<EffectId>,
        limit: usize,
    ) -> Result<Vec<StoredEffect>, Error>;

    /// Takes a dead letter up again: it is due at `now`, its attempts count from 0. Answers
    /// whether it was dead; if not, nothing changes.
    ///
    /// # Errors
    /// When the machine fails.
    async fn replay(&self, ente: &EnteId, id: EffectId, now: DateTime<Utc>) -> Result<bool, Error>;
}

/// Attachments, by the digest of their bytes.
///
/// What nothing refers to any more leaves in two steps, which [`collect`](crate::collect) takes:
/// it is set aside, and discarded when it has been aside for long enough. In between it is read as
/// before, and whoever puts the same bytes takes it back. So nothing is lost between the moment
/// bytes are put and the commit that refers to them, as long as that takes less time than what is
/// set aside stays.
#[async_trait]
pub trait Blobs: Send + Sync {
    /// Keeps the bytes and answers their digest. Durable when it returns; the same bytes are kept
    /// once per ente. Bytes that were set aside are taken back.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) above
    /// [`MAX_BLOB`](crate::MAX_BLOB), or when the machine fails.
    async fn put(&self, ente: &EnteId, bytes: Vec<u8>) -> Result<Digest, Error>;

    /// The bytes with this digest, `None` when the ente has none.
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`](crate::ErrorKind::Corrupt) when what is stored has another digest,
    /// or when the machine fails.
    async fn get(&self, ente: &EnteId, digest: Digest) -> Result<Option<Vec<u8>>, Error>;

    /// Up to `limit` blobs with digests above `after`, by digest, also those that are aside.
    ///
    /// # Errors
    /// When the machine fails.
    async fn blobs(
        &self,
        ente: &EnteId,
        after: Option<Digest>,
        limit: usize,
    ) -> Result<Vec<StoredBlob>, Error>;

    /// Those of these blobs that are there, also those that are aside, by digest.
    ///
    /// # Errors
    /// When the machine fails.
    async fn stored_blobs(
        &self,
        ente: &EnteId,
        digests: &[Digest],
    ) -> Result<Vec<StoredBlob>, Error>;

    /// Sets the blob aside as of `now`. Answers whether it was there and not aside yet; if not,
    /// nothing changes.
    ///
    /// # Errors
    /// When the machine fails.
    async fn set_aside(
        &self,
        ente: &EnteId,
        digest: Digest,
        now: DateTime<Utc>,
    ) -> Result<bool, Error>;

    /// Takes the blob back. Answers whether it was aside; if not, nothing changes.
    ///
    /// # Errors
    /// When the machine fails.
    async fn take_back(&self, ente: &EnteId, digest: Digest) -> Result<bool, Error>;

    /// Removes the blob for good, if it has been aside since `since` or longer. One that was put
    /// or taken back meanwhile stays. Answers whether it is gone by this call.
    ///
    /// # Errors
    /// When the machine fails.
    async fn discard(
        &self,
        ente: &EnteId,
        digest: Digest,
        since: DateTime<Utc>,
    ) -> Result<bool, Error>;

    /// Removes the bytes with this digest, which nothing refers to any more: that is for the
    /// caller to know. Answers whether they were there.
    ///
    /// # Errors
    /// When the machine fails.
    async fn forget(&self, ente: &EnteId, digest: Digest) -> Result<bool, Error>;
}

/// A whole backend.
pub trait Store: Journal + Lists + Sequences + Outbox + Blobs + Keys {}

impl<S: Journal + Lists + Sequences + Outbox + Blobs + Keys + ?Sized> Store for S {}
