//! What the store takes, whatever the backend.

use mattoni_core::record::{ListEntry, Projection};
use mattoni_core::{Problem, Problems};

use crate::list::row_at;
use crate::{Batch, Change, Reprojected};

/// The end of a span without an end: no sort key has it.
const BEYOND: char = '\u{10ffff}';

/// The largest event body and effect payload, in bytes.
pub const MAX_EVENT: usize = 1 << 20;
/// The largest state, in bytes.
pub const MAX_STATE: usize = 16 << 20;
/// The largest blob, in bytes.
pub const MAX_BLOB: usize = 256 << 20;
/// The longest kind, event name, topic, list, name of a unique key or sequence, in bytes.
pub const MAX_NAME: usize = 128;
/// The longest value of a unique key, bucket, sort key or idempotency key, in bytes.
pub const MAX_VALUE: usize = 1024;
/// The most bytes of a projection's row, with the bucket and the sort key of an entry that carries
/// it. PostgreSQL keeps them together in one index, whose rows must not be longer.
pub const MAX_ROW: usize = 2048;
/// The most unique keys, the most list entries and the most effects one change may carry.
pub const MAX_PER_CHANGE: usize = 256;

impl Batch {
    /// Whether any backend would take this batch. Backends call it first.
    ///
    /// # Errors
    /// Every problem: `store.batch.empty`, `store.events.empty`, `store.id.nil`,
    /// `store.name.form`, `store.value.form`, `store.sort.form`, `store.row.form`,
    /// `store.body.size`, `store.unique-key.twice`, `store.entry.twice`, `store.number.range`,
    /// `store.change.size`. Fields are paths such as `changes[2].kind`.
    pub fn check(&self) -> Result<(), Problems> {
        let mut found = Vec::new();
        if self.changes.is_empty() {
            found.push(Problem::new(
                "store.batch.empty",
                "changes",
                "a batch has at least one change",
                "commit nothing instead",
            ));
        }
        for (i, change) in self.changes.iter().enumerate() {
            check_change(i, change, &mut found);
        }
        Problems::check(found)
    }
}

/// Whether any backend would take these projections. Backends call it before they reproject.
pub(crate) fn check_reprojected(states: &[Reprojected]) -> Result<(), Problems> {
    let mut found = Vec::new();
    for (i, state) in states.iter().enumerate() {
        let mut report = |what: Option<Wrong>, field: &dyn Fn() -> String| {
            found.extend(what.map(|wrong| wrong.problem(format!("states[{i}].{}", field()))));
        };
        check_projection(&state.projection, &mut report);
    }
    Problems::check(found)
}

fn check_change(i: usize, change: &Change, found: &mut Vec<Problem>) {
    // The path is made only for a problem, because this runs on every commit.
    let mut report = |what: Option<Wrong>, field: &dyn Fn() -> String| {
        if let Some(wrong) = what {
            found.push(wrong.problem(format!("changes[{i}].{}", field())));
        }
    };
    report(Wrong::name(&change.stream.kind), &|| "kind".into());
    report((change.stream.id.as_u128() == 0).then_some(Wrong::NilId), &|| "id".into());
    report(change.events.is_empty().then_some(Wrong::NoEvents), &|| "events".into());
    report(Wrong::size(&change.state, MAX_STATE), &|| "state".into());
    for (n, event) in change.events.iter().enumerate() {
        report(Wrong::name(&event.name), &|| format!("events[{n}].name"));
        report(Wrong::size(&event.body, MAX_EVENT), &|| format!("events[{n}].body"));
    }
    report(Wrong::count(change.effects.len()), &|| "effects".into());
    check_projection(&change.projection, &mut report);
    for (n, effect) in change.effects.iter().enumerate() {
        report(Wrong::name(&effect.topic), &|| format!("effects[{n}].topic"));
        report(Wrong::value(&effect.key), &|| format!("effects[{n}].key"));
        report(Wrong::size(&effect.payload, MAX_EVENT), &|| format!("effects[{n}].payload"));
    }
    for (n, claim) in change.claims.iter().enumerate() {
        report(Wrong::name(&claim.sequence), &|| format!("claims[{n}].sequence"));
        let out = claim.number == 0 || i64::try_from(claim.number).is_err();
        report(out.then_some(Wrong::Number), &|| format!("claims[{n}].number"));
    }
}

/// Reports what is wrong with a projection.
fn check_projection(
    projection: &Projection,
    report: &mut impl FnMut(Option<Wrong>, &dyn Fn() -> String),
) {
    let Projection { unique, entries, .. } = projection;
    report(Wrong::count(unique.len()), &|| "unique".into());
    for (n, key) in unique.iter().take(MAX_PER_CHANGE).enumerate() {
        report(Wrong::name(&key.name), &|| format!("unique[{n}].name"));
        report(Wrong::value(&key.value), &|| format!("unique[{n}].value"));
        let twice = unique[..n].contains(key);
        report(twice.then_some(Wrong::UniqueKeyTwice), &|| format!("unique[{n}]"));
    }
    report(Wrong::count(entries.len()), &|| "entries".into());
    for (n, entry) in entries.iter().take(MAX_PER_CHANGE).enumerate() {
        report(Wrong::name(&entry.list), &|| format!("entries[{n}].list"));
        report(Wrong::value(&entry.bucket), &|| format!("entries[{n}].bucket"));
        report(Wrong::sort(&entry.sort), &|| format!("entries[{n}].sort"));
        report(Wrong::row(entry, row_at(entry, projection)), &|| format!("entries[{n}].row"));
        let twice = entries[..n].iter().any(|earlier| earlier.is_at(entry));
        report(twice.then_some(Wrong::EntryTwice), &|| format!("entries[{n}]"));
    }
}

enum Wrong {
    Name,
    Value,
    Sort,
    Row,
    EntryTwice,
    NilId,
    NoEvents,
    Size(usize),
    Count,
    UniqueKeyTwice,
    Number,
}

impl Wrong {
    fn name(text: &str) -> Option<Self> {
        let fits = !text.is_empty()
            && text.len() <= MAX_NAME
            && text.bytes().all(|b| b.is_ascii_graphic());
        (!fits).then_some(Self::Name)
    }

    fn value(text: &str) -> Option<Self> {
        // PostgreSQL stores no text with a zero byte.
        let fits = !text.is_empty() && text.len() <= MAX_VALUE && !text.contains('\0');
        (!fits).then_some(Self::Value)
    }

    fn sort(text: &str) -> Option<Self> {
        let fits = text.len() <= MAX_VALUE && !text.contains('\0') && !text.contains(BEYOND);
        (!fits).then_some(Self::Sort)
    }

    fn row(entry: &ListEntry, row: &str) -> Option<Self> {
        let size = entry.bucket.len() + entry.sort.len() + row.len();
        let fits = row.is_empty() || (size <= MAX_ROW && !row.contains('\0'));
        (!fits).then_some(Self::Row)
    }

    fn size(bytes: &[u8], limit: usize) -> Option<Self> {
        (bytes.len() > limit).then_some(Self::Size(limit))
    }

    fn count(len: usize) -> Option<Self> {
        (len > MAX_PER_CHANGE).then_some(Self::Count)
    }

    fn problem(self, field: String) -> Problem {
        let (code, rule, remedy) = match self {
            Self::Name => (
                "store.name.form",
                format!("1 to {MAX_NAME} printable ASCII characters without spaces"),
                "use a stable dotted name".to_owned(),
            ),
            Self::Value => (
                "store.value.form",
                format!("1 to {MAX_VALUE} bytes, none of them zero"),
                "leave it out when empty, digest it when long".to_owned(),
            ),
            Self::Sort => (
                "store.sort.form",
                format!("at most {MAX_VALUE} bytes, none of them zero, and no U+10FFFF"),
                "make it with mattoni_core::record::sort".to_owned(),
            ),
            Self::Row => (
                "store.row.form",
                format!("at most {MAX_ROW} bytes with its bucket and sort key, none of them zero"),
                "put into the row what lists show, and the rest into the state".to_owned(),
            ),
            Self::EntryTwice => (
                "store.entry.twice",
                "a list entry must be given once".to_owned(),
                "remove the second".to_owned(),
            ),
            Self::NilId => {
                ("store.id.nil", "an id is not all zeros".to_owned(), "draw an id".to_owned())
            }
            Self::NoEvents => (
                "store.events.empty",
                "a change records at least one event".to_owned(),
                "leave out streams to which nothing happened".to_owned(),
            ),
            Self::Size(limit) => (
                "store.body.size",
                format!("at most {limit} bytes"),
                "put attachments in blobs and record their digest".to_owned(),
            ),
            Self::Count => (
                "store.change.size",
                format!("at most {MAX_PER_CHANGE} of them"),
                "keep unique keys, list entries and effects few".to_owned(),
            ),
            Self::UniqueKeyTwice => (
                "store.unique-key.twice",
                "a unique key must be given once".to_owned(),
                "remove the second".to_owned(),
            ),
            Self::Number => (
                "store.number.range",
                "numbers begin at 1 and fit 63 bits".to_owned(),
                "claim the last number plus one".to_owned(),
            ),
        };
        Problem::new(code, field, rule, remedy)
    }
}
