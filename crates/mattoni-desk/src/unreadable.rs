//! Records that are there and cannot be read. They hold nobody up: whatever goes through records
//! leaves them out and names them.

use mattoni_core::Id;
use mattoni_core::record::{Record, RecordRef, Span};
use mattoni_store::{Error, Loaded, Spot, StoredState, Stream};
use serde::{Deserialize, Serialize};

use crate::bulk::PAGE;
use crate::error::told;
use crate::{Desk, DeskError};

/// A record that is there and cannot be read: `mattoni_store::verify_states` finds it too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreadable {
    /// Which.
    pub record: RecordRef,
    /// Why, for whoever runs the store.
    pub why: String,
}

impl Unreadable {
    /// The record of `stream` cannot be read because of `error`.
    #[must_use]
    pub fn of(stream: &Stream, error: &Error) -> Self {
        let id = Id::from_u128(stream.id.as_u128());
        Self { record: RecordRef::new(stream.kind.clone(), id), why: told(error) }
    }

    /// Its id, as one of its kind.
    pub(crate) fn id<A>(&self) -> Id<A> {
        Id::from_u128(self.record.id.as_u128())
    }

    /// Nothing, where none is left out: for work that may leave nothing out.
    ///
    /// # Errors
    /// [`DeskError::Store`] that names the first.
    pub fn none_of(unreadable: &[Self]) -> Result<(), DeskError> {
        let Some(first) = unreadable.first() else { return Ok(()) };
        let kind = mattoni_store::ErrorKind::Unreadable;
        let error = Error::new(kind, "failed to read a record that nothing may be done without");
        Err(error.with("record", &first.record).with("why", &first.why).into())
    }
}

/// Reads what can be read, and names what cannot.
pub(crate) fn readable<T>(
    states: Vec<StoredState>,
    read: &impl Fn(StoredState) -> Result<T, Error>,
    unreadable: &mut Vec<Unreadable>,
) -> Vec<T> {
    let mut found = Vec::with_capacity(states.len());
    for state in states {
        let stream = state.stream.clone();
        match read(state) {
            Ok(read) => found.push(read),
            Err(error) => unreadable.push(Unreadable::of(&stream, &error)),
        }
    }
    found
}

impl Desk {
    /// The next page of records in a span that can be read; those that cannot are added to
    /// `unreadable`. `None` after the last.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails.
    pub async fn readable_page_of<A: Record>(
        &self,
        span: &Span,
        after: &mut Option<Spot>,
        unreadable: &mut Vec<Unreadable>,
    ) -> Result<Option<Vec<Loaded<A>>>, DeskError> {
        let page = self.store().page(self.ente(), A::KIND, span, after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { return Ok(None) };
        *after = Some(last.spot());
        let states = page.into_iter().map(|placed| placed.state).collect();
        Ok(Some(readable(states, &|state| Loaded::read(&state), unreadable)))
    }

    /// Those of these records that are there and can be read, in the order of `ids`.
    pub(crate) async fn load_readable<A: Record>(
        &self,
        ids: &[Id<A>],
        unreadable: &mut Vec<Unreadable>,
    ) -> Result<Vec<Loaded<A>>, DeskError> {
        let streams: Vec<Stream> = ids.iter().copied().map(Stream::of).collect();
        let states = self.store().load_many(self.ente(), &streams).await?;
        Ok(readable(states, &|state| Loaded::read(&state), unreadable))
    }
}
