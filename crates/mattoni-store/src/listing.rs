//! The lists that screens show: kept with the state, in order, counted.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use mattoni_core::Id;
use serde::{Deserialize, Serialize};

use crate::{StoredState, Stream, Version};

/// Beyond every sort key: no key has it.
pub(crate) const BEYOND: &str = "\u{10ffff}";

/// Where a state stands in the lists of its kind.
///
/// It is committed with the state and replaced by the next. So a list never shows what is not
/// there, and its counts are those of what is there.
///
/// ```
/// use mattoni_store::{Listing, Place, sort};
///
/// let due = "2027-03-31".parse()?;
/// let listing = Listing::new(1)
///     .at(Place::new("due", "office/school", sort::date(due)))
///     .at(Place::personal("name", "office/school", "rossi"));
/// assert_eq!(listing.places.len(), 2);
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Listing {
    /// Which form of the kind's lists this was written under. Whoever changes what the lists of a
    /// kind hold counts it up, and so finds the states that are still to be listed anew.
    pub form: u32,
    /// The places, each in one list.
    pub places: Vec<Place>,
    /// What a list tells of the state, as JSON: read off a place [that carries
    /// it](Place::with_line), without the state. Empty: nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub line: String,
}

impl Listing {
    /// No places yet, under this form of the kind's lists.
    #[must_use]
    pub fn new(form: u32) -> Self {
        Self { form, places: Vec::new(), line: String::new() }
    }

    /// With what lists tell of the state, as JSON.
    #[must_use]
    pub fn telling(mut self, line: impl Into<String>) -> Self {
        self.line = line.into();
        self
    }

    /// One place more.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.places.push(place);
        self
    }

    /// More places.
    #[must_use]
    pub fn with(mut self, places: impl IntoIterator<Item = Place>) -> Self {
        self.places.extend(places);
        self
    }

    /// The same without the places that say something about a person: what is left of it once they
    /// are erased. The line stays: made of the state, it tells no more than the state does.
    #[must_use]
    pub fn without_personal(mut self) -> Self {
        self.places.retain(|place| place.content == Content::Plain);
        self
    }
}

/// A place in a list: in which bucket of it, and where in its order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The list, e.g. `due`.
    pub list: Cow<'static, str>,
    /// The part of it, counted by itself, e.g. `office/school`.
    pub bucket: String,
    /// What the bucket is in order of, byte by byte: see [`sort`]. Equals are in order of id.
    pub sort: String,
    /// Whether it says something about a person.
    #[serde(default, skip_serializing_if = "Content::is_plain")]
    pub content: Content,
    /// Whether the listing's line is to be read there.
    #[serde(default, skip_serializing_if = "Carries::is_nothing")]
    pub carries: Carries,
}

/// What is to be read at a place without reading the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Carries {
    /// Nothing.
    #[default]
    Nothing,
    /// The listing's line.
    Line,
}

impl Carries {
    fn is_nothing(&self) -> bool {
        *self == Self::Nothing
    }
}

/// Whether a place says something about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// It does not.
    #[default]
    Plain,
    /// It does, as a name does, and goes when the person is erased.
    Personal,
}

impl Content {
    fn is_plain(&self) -> bool {
        *self == Self::Plain
    }
}

impl Place {
    /// A place that says nothing about a person.
    pub fn new(
        list: impl Into<Cow<'static, str>>,
        bucket: impl Into<String>,
        sort: impl Into<String>,
    ) -> Self {
        let (list, bucket, sort) = (list.into(), bucket.into(), sort.into());
        Self { list, bucket, sort, content: Content::Plain, carries: Carries::Nothing }
    }

    /// A place that says something about a person.
    pub fn personal(
        list: impl Into<Cow<'static, str>>,
        bucket: impl Into<String>,
        sort: impl Into<String>,
    ) -> Self {
        Self { content: Content::Personal, ..Self::new(list, bucket, sort) }
    }

    /// Where the listing's line is to be read too. It is kept once more for each place that
    /// carries it, side by side with its neighbours': for the lists that people page through.
    #[must_use]
    pub fn with_line(mut self) -> Self {
        self.carries = Carries::Line;
        self
    }

    /// Whether this is where the other is.
    pub(crate) fn is_at(&self, other: &Self) -> bool {
        (&self.list, &self.bucket, &self.sort) == (&other.list, &other.bucket, &other.sort)
    }

    /// What is to be read there.
    pub(crate) fn told<'a>(&self, listing: &'a Listing) -> &'a str {
        match self.carries {
            Carries::Nothing => "",
            Carries::Line => &listing.line,
        }
    }
}

/// Sort keys: texts whose bytes are in the order of what they stand for.
pub mod sort {
    use super::{DateTime, NaiveDate, SecondsFormat, Utc};

    /// A day, of the years 0 to 9999.
    #[must_use]
    pub fn date(day: NaiveDate) -> String {
        day.format("%Y-%m-%d").to_string()
    }

    /// An instant, of the years 0 to 9999, to the microsecond.
    #[must_use]
    pub fn instant(at: DateTime<Utc>) -> String {
        at.to_rfc3339_opts(SecondsFormat::Micros, true)
    }

    /// A number.
    ///
    /// ```
    /// use mattoni_store::sort::number;
    ///
    /// assert!(number(-40) < number(-4) && number(-4) < number(0) && number(9) < number(10));
    /// ```
    #[must_use]
    pub fn number(n: i64) -> String {
        // Shifted to begin at 0, all of the same width.
        format!("{:020}", n.abs_diff(i64::MIN))
    }
}

/// Which way a list is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Smallest sort key first.
    #[default]
    Up,
    /// Largest sort key first.
    Down,
}

/// A part of a list to be read: a bucket, between two sort keys, one way or the other.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Span {
    /// The list.
    pub list: Cow<'static, str>,
    /// The bucket.
    pub bucket: String,
    /// The first sort key of the span.
    pub from: String,
    /// The first sort key that lies beyond it; `None` to the end.
    pub to: Option<String>,
    /// Which way.
    pub direction: Direction,
}

impl Span {
    /// All of a bucket, upwards.
    pub fn new(list: impl Into<Cow<'static, str>>, bucket: impl Into<String>) -> Self {
        let (list, bucket) = (list.into(), bucket.into());
        Self { list, bucket, from: String::new(), to: None, direction: Direction::Up }
    }

    /// From this sort key on.
    #[must_use]
    pub fn from(mut self, sort: impl Into<String>) -> Self {
        self.from = sort.into();
        self
    }

    /// As far as this sort key, without it.
    #[must_use]
    pub fn to(mut self, sort: impl Into<String>) -> Self {
        self.to = Some(sort.into());
        self
    }

    /// Those whose sort key begins with this.
    #[must_use]
    pub fn beginning_with(mut self, start: &str) -> Self {
        self.from = start.to_owned();
        self.to = Some(format!("{start}{BEYOND}"));
        self
    }

    /// The other way round.
    #[must_use]
    pub fn downwards(mut self) -> Self {
        self.direction = Direction::Down;
        self
    }

    /// What is read next after `after`: everything strictly between these two.
    pub(crate) fn ends(&self, after: Option<&Spot>) -> (Spot, Spot) {
        // No id is all zeros: that is before the first of its sort key.
        let edge = |sort: &str| Spot { sort: sort.to_owned(), id: Id::from_u128(0) };
        let from = edge(&self.from);
        let to = edge(self.to.as_deref().unwrap_or(BEYOND));
        match (self.direction, after.cloned()) {
            (_, None) => (from, to),
            (Direction::Up, Some(after)) => (from.max(after), to),
            (Direction::Down, Some(after)) => (from, to.min(after)),
        }
    }
}

/// A spot in a bucket: no two places share one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The sort key.
    pub sort: String,
    /// Among equals, the stream.
    pub id: Id<Stream>,
}

/// A state where a list has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The sort key it has there.
    pub sort: String,
    /// The state.
    pub state: StoredState,
}

impl Placed {
    /// Where it is: what the next page begins after.
    #[must_use]
    pub fn spot(&self) -> Spot {
        Spot { sort: self.sort.clone(), id: self.state.stream.id }
    }
}

/// What a list tells of a state, where it has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Where it is: what the next page begins after.
    pub spot: Spot,
    /// The line, as JSON; empty where the place carries none.
    pub text: String,
}

/// A state to be listed anew as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relisted {
    /// Whose state.
    pub stream: Stream,
    /// The version the listing was made of. A state that has moved on is left alone: whoever
    /// moved it listed it.
    pub version: Version,
    /// Where it stands from now on.
    pub listing: Listing,
}
