//! What lists give back: spots, states and rows.

use mattoni_core::Id;
use mattoni_core::record::{Carries, Direction, ListEntry, Owners, Projection, Span};

use crate::{Error, StoredState, Stream, Version};

/// A spot in a bucket of a list. No two entries share one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The sort key.
    pub sort: String,
    /// Among equal sort keys, the stream.
    pub id: Id<Stream>,
}

/// A state with the sort key under which a list has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The sort key.
    pub sort: String,
    /// The state.
    pub state: StoredState,
}

impl Placed {
    /// Its spot: what the next page begins after.
    #[must_use]
    pub fn spot(&self) -> Spot {
        Spot { sort: self.sort.clone(), id: self.state.stream.id }
    }
}

/// The row that a list shows of a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRow {
    /// Its spot: what the next page begins after.
    pub spot: Spot,
    /// The row, as JSON; empty where the entry carries none, and where there is a fault.
    pub row: String,
    /// Why the row cannot be given, as with [states](StoredState::fault).
    pub fault: Option<Error>,
}

/// A state whose projection is to be made anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reprojected {
    /// Whose state.
    pub stream: Stream,
    /// The version of the state that the projection was made of. A state that has moved on keeps
    /// its projection, which the change that moved it brought.
    pub version: Version,
    /// The new projection.
    pub projection: Projection,
    /// The people whose personal data is in it.
    pub owners: Owners,
}

/// The row that is kept with an entry of this projection; empty where it carries none.
pub(crate) fn row_at<'a>(entry: &ListEntry, projection: &'a Projection) -> &'a str {
    match entry.carries {
        Carries::Nothing => "",
        Carries::Row => &projection.row,
    }
}

/// The spots between which the next page lies, both exclusive.
pub(crate) fn ends(span: &Span, after: Option<&Spot>) -> (Spot, Spot) {
    // No id is all zeros, so this spot is before the first entry with the sort key.
    let edge = |sort: &str| Spot { sort: sort.to_owned(), id: Id::from_u128(0) };
    let (from, to) = (edge(&span.from), edge(span.end()));
    match (span.direction, after.cloned()) {
        (_, None) => (from, to),
        (Direction::Up, Some(after)) => (from.max(after), to),
        (Direction::Down, Some(after)) => (from, to.min(after)),
    }
}
