//! What happened to a record, numbered for whoever asks.

use mattoni_core::record::{Record, Sight};
use mattoni_core::{Act, Digest, Id};
use mattoni_store::Version;

use super::Records;
use crate::DeskError;
use crate::desk::no_such;

/// One event of a record's history, as whoever asks may know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HistoryEntry<E> {
    /// Its place among the events that they may know of, from 1. No gap tells of another event.
    pub number: u64,
    /// When it happened and who did it.
    pub act: Act,
    /// What happened.
    pub event: E,
    /// Where it stands in the ente's journal: for those alone who see the whole record, because
    /// these places count what is hidden from others.
    pub journal: Option<JournalPlace>,
}

/// A place in the ente's journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct JournalPlace {
    /// The row.
    pub seq: u64,
    /// Its place in the record's whole history.
    pub version: Version,
    /// Its link in the chain.
    pub hash: Digest,
}

impl<A: Record> Records<'_, A> {
    /// Everything that happened to the record and that the subject may know of, in order, numbered
    /// from 1.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn history(&self, id: Id<A>) -> Result<Vec<HistoryEntry<A::Event>>, DeskError> {
        let there = self.desk.load(id).await?.map(|loaded| loaded.state);
        let sight = |record: &A| record.sight(&self.subject);
        let seen = there.filter(|record| sight(record) > Sight::Nothing);
        let record = seen.ok_or_else(|| DeskError::Refused(no_such(A::KIND, id)))?;
        let whole = sight(&record) == Sight::Everything;
        let shown = self.desk.history(id).await?.into_iter().filter_map(|past| {
            let (seq, version, hash) = (past.seq, past.version, past.hash);
            let event = record.event_shown_to(&self.subject, past.event)?;
            Some((past.act, event, JournalPlace { seq, version, hash }))
        });
        let entry = |(number, (act, event, place))| {
            let journal = whole.then_some(place);
            HistoryEntry { number, act, event, journal }
        };
        Ok((1..).zip(shown).map(entry).collect())
    }
}
