//! The read model of a record: unique keys, entries in lists, and the row that lists show.

use std::borrow::Cow;

/// Beyond every sort key: no key has it.
const BEYOND: &str = "\u{10ffff}";

/// A list of a kind of record, in an order of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct List {
    /// Its name, e.g. `due`.
    pub name: &'static str,
    /// Whether its sort keys say something about a person.
    pub content: Content,
}

impl List {
    /// A list whose sort keys say nothing about a person.
    #[must_use]
    pub const fn plain(name: &'static str) -> Self {
        Self { name, content: Content::Plain }
    }

    /// A list whose sort keys say something about a person, as a name does. A store that seals
    /// keeps keyed digests of their first letters, and erasing the person takes the entries out.
    #[must_use]
    pub const fn personal(name: &'static str) -> Self {
        Self { name, content: Content::Personal }
    }
}

/// Whether the sort keys of a list say something about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Content {
    /// They do not.
    #[default]
    Plain,
    /// They do.
    Personal,
}

/// A name and a value that one record of a kind may hold at a time: a duplicate application is
/// stopped by it even when two arrive in the same instant. It is free again once the holder
/// commits a state without it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UniqueKey {
    /// The name, e.g. `number`.
    pub name: Cow<'static, str>,
    /// The value, e.g. `2027/0000042`.
    pub value: String,
}

impl UniqueKey {
    /// This name and value.
    pub fn new(name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

/// One entry of a record in a list: in which bucket of it, and where in its order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListEntry {
    /// The list, e.g. `due`.
    pub list: Cow<'static, str>,
    /// The part of it, counted by itself, e.g. `office/school`.
    pub bucket: String,
    /// What the bucket is in order of, byte by byte: see [`sort`]. Equals are in order of id.
    pub sort: String,
    /// Whether the sort key says something about a person.
    pub content: Content,
    /// What can be read there without the state.
    pub carries: Carries,
}

/// What can be read at a list entry without reading the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Carries {
    /// Nothing.
    #[default]
    Nothing,
    /// The record's row.
    Row,
}

impl ListEntry {
    /// An entry in a bucket of `list`, at this sort key.
    pub fn new(list: List, bucket: impl Into<String>, sort: impl Into<String>) -> Self {
        Self {
            list: Cow::Borrowed(list.name),
            bucket: bucket.into(),
            sort: sort.into(),
            content: list.content,
            carries: Carries::Nothing,
        }
    }

    /// Where the record's row is to be read too. It is kept once more for each entry that carries
    /// it, side by side with its neighbours': for the lists that people page through.
    #[must_use]
    pub fn with_row(mut self) -> Self {
        self.carries = Carries::Row;
        self
    }

    /// Whether this is where the other is.
    #[must_use]
    pub fn is_at(&self, other: &Self) -> bool {
        (&self.list, &self.bucket, &self.sort) == (&other.list, &other.bucket, &other.sort)
    }
}

/// What a record is found by and shown as. It is committed with the state and replaced by the
/// next, so a list never shows what is not there.
///
/// ```
/// use mattoni_core::record::{List, ListEntry, Projection, sort};
///
/// const DUE: List = List::plain("due");
/// let due = "2027-03-31".parse()?;
/// let projection = Projection::new()
///     .unique("number", "2027/0000042")
///     .entry(ListEntry::new(DUE, "office/school", sort::date(due)));
/// assert_eq!(projection.entries.len(), 1);
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Projection {
    /// Which form of the kind's projection this is: [`Record::PROJECTION`](super::Record). Set by
    /// whoever commits it.
    pub version: u32,
    /// Keys that no other record of the kind may hold.
    pub unique: Vec<UniqueKey>,
    /// Entries in lists.
    pub entries: Vec<ListEntry>,
    /// The row that lists show, as JSON; empty: nothing.
    pub row: String,
}

impl Projection {
    /// Found by nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With a key that no other record of the kind may hold.
    #[must_use]
    pub fn unique(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.unique.push(UniqueKey::new(name, value));
        self
    }

    /// With one entry more.
    #[must_use]
    pub fn entry(mut self, entry: ListEntry) -> Self {
        self.entries.push(entry);
        self
    }

    /// With more entries.
    #[must_use]
    pub fn entries(mut self, entries: impl IntoIterator<Item = ListEntry>) -> Self {
        self.entries.extend(entries);
        self
    }

    /// With the row that lists show, as JSON.
    #[must_use]
    pub fn row(mut self, row: impl Into<String>) -> Self {
        self.row = row.into();
        self
    }

    /// Under this version of the kind's projection.
    #[must_use]
    pub fn version(mut self, version: u32) -> Self {
        self.version = version;
        self
    }

    /// The same without the entries that say something about a person: what is left of it once
    /// they are erased. The row stays: made of the state, it says no more than the state does.
    #[must_use]
    pub fn without_personal(mut self) -> Self {
        self.entries.retain(|entry| entry.content == Content::Plain);
        self
    }
}

/// Sort keys: texts whose bytes are in the order of what they stand for.
pub mod sort {
    use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

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
    /// use mattoni_core::record::sort::number;
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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
    /// Whether its sort keys say something about a person.
    pub content: Content,
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
    pub fn new(list: List, bucket: impl Into<String>) -> Self {
        Self {
            list: Cow::Borrowed(list.name),
            content: list.content,
            bucket: bucket.into(),
            from: String::new(),
            to: None,
            direction: Direction::Up,
        }
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

    /// What every sort key of the span begins with, where it was asked for by a beginning.
    #[must_use]
    pub fn beginning(&self) -> Option<&str> {
        let start = self.to.as_deref()?.strip_suffix(BEYOND)?;
        (start == self.from).then_some(start)
    }

    /// The end of the span: the first sort key beyond it.
    #[must_use]
    pub fn end(&self) -> &str {
        self.to.as_deref().unwrap_or(BEYOND)
    }

    /// The other way round.
    #[must_use]
    pub fn downwards(mut self) -> Self {
        self.direction = Direction::Down;
        self
    }
}
