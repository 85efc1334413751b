//! What a history belongs to, and how long it is.

use std::borrow::Cow;
use std::fmt;

use mattoni_core::{Aggregate, Id};
use serde::{Deserialize, Serialize};

/// One aggregate's history within an ente: its kind and its id.
///
/// ```
/// use mattoni_core::Id;
/// use mattoni_store::Stream;
///
/// let stream = Stream::new("practice", Id::from_u128(7));
/// assert_eq!(stream.to_string(), "practice/00000000-0000-0000-0000-000000000007");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stream {
    /// Stable name of the kind of aggregate, e.g. `practice`.
    pub kind: Cow<'static, str>,
    /// Its id. The type is gone here: the store holds every kind.
    pub id: Id<Stream>,
}

impl Stream {
    /// The stream of this kind and id.
    pub fn new(kind: impl Into<Cow<'static, str>>, id: Id<Self>) -> Self {
        Self { kind: kind.into(), id }
    }

    /// The stream of the aggregate `A` with this id.
    #[must_use]
    pub fn of<A: Aggregate>(id: Id<A>) -> Self {
        Self::new(A::KIND, Id::from_u128(id.as_u128()))
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.id)
    }
}

/// How many events a stream has. Whoever changes a stream names the version they decided on, and
/// is refused when the stream has moved on since.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Version(u64);

impl Version {
    /// No event yet: the stream does not exist.
    pub const NONE: Self = Self(0);

    /// The version after `events` events.
    #[must_use]
    pub const fn new(events: u64) -> Self {
        Self(events)
    }

    /// The number of events.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The version `events` events later.
    #[must_use]
    pub const fn plus(self, events: usize) -> Self {
        Self(self.0.saturating_add(events as u64))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
