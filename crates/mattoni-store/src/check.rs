//! What the store takes, whatever the backend.

use mattoni_core::{Problem, Problems};

use crate::listing::BEYOND;
use crate::{Batch, Change, Listing, Place, Relisted};

/// The largest event body and effect payload, in bytes.
pub const MAX_EVENT: usize = 1 << 20;
/// The largest state, in bytes.
pub const MAX_STATE: usize = 16 << 20;
/// The largest blob, in bytes.
pub const MAX_BLOB: usize = 256 << 20;
/// The longest kind, event name, topic, facet name or sequence, in bytes.
pub const MAX_NAME: usize = 128;
/// The longest facet value or idempotency key, in bytes.
pub const MAX_VALUE: usize = 1024;
/// The most bytes of a listing's line, with the bucket and the sort key of a place that carries
/// it. What a page of a list shows lies in one index, whose rows PostgreSQL wants that short.
pub const MAX_LINE: usize = 2048;
/// The most facets, the most places and the most effects one change may carry.
pub const MAX_PER_CHANGE: usize = 256;

impl Batch {
    /// Whether any backend would take this batch. Backends call it first.
    ///
    /// # Errors
    /// Every problem: `store.batch.empty`, `store.events.empty`, `store.id.nil`,
    /// `store.name.form`, `store.value.form`, `store.sort.form`, `store.line.form`,
    /// `store.body.size`, `store.facet.twice`, `store.place.twice`, `store.number.range`,
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

/// Whether any backend would take these listings. Backends call it before they list anew.
pub(crate) fn check_relisted(states: &[Relisted]) -> Result<(), Problems> {
    let mut found = Vec::new();
    for (i, state) in states.iter().enumerate() {
        let mut report = |what: Option<Wrong>, field: &dyn Fn() -> String| {
            found.extend(what.map(|wrong| wrong.problem(format!("states[{i}].{}", field()))));
        };
        check_listing(&state.listing, &mut report);
    }
    Problems::check(found)
}

fn check_change(i: usize, change: &Change, found: &mut Vec<Problem>) {
    // Paths are only written once something is wrong: this runs on every commit.
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
    report(Wrong::count(change.facets.len()), &|| "facets".into());
    report(Wrong::count(change.effects.len()), &|| "effects".into());
    for (n, facet) in change.facets.iter().take(MAX_PER_CHANGE).enumerate() {
        report(Wrong::name(&facet.name), &|| format!("facets[{n}].name"));
        report(Wrong::value(&facet.value), &|| format!("facets[{n}].value"));
        let twice = change.facets[..n]
            .iter()
            .any(|earlier| earlier.name == facet.name && earlier.value == facet.value);
        report(twice.then_some(Wrong::FacetTwice), &|| format!("facets[{n}]"));
    }
    check_listing(&change.listing, &mut report);
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

/// What is wrong with a listing.
fn check_listing(listing: &Listing, report: &mut impl FnMut(Option<Wrong>, &dyn Fn() -> String)) {
    report(Wrong::count(listing.places.len()), &|| "listing".into());
    for (n, place) in listing.places.iter().take(MAX_PER_CHANGE).enumerate() {
        report(Wrong::name(&place.list), &|| format!("listing[{n}].list"));
        report(Wrong::value(&place.bucket), &|| format!("listing[{n}].bucket"));
        report(Wrong::sort(&place.sort), &|| format!("listing[{n}].sort"));
        report(Wrong::line(place, place.told(listing)), &|| format!("listing[{n}].line"));
        let twice = listing.places[..n].iter().any(|earlier| earlier.is_at(place));
        report(twice.then_some(Wrong::PlaceTwice), &|| format!("listing[{n}]"));
    }
}

enum Wrong {
    Name,
    Value,
    Sort,
    Line,
    PlaceTwice,
    NilId,
    NoEvents,
    Size(usize),
    Count,
    FacetTwice,
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
        // Not every database has texts with zero bytes.
        let fits = !text.is_empty() && text.len() <= MAX_VALUE && !text.contains('\0');
        (!fits).then_some(Self::Value)
    }

    fn sort(text: &str) -> Option<Self> {
        let fits = text.len() <= MAX_VALUE && !text.contains('\0') && !text.contains(BEYOND);
        (!fits).then_some(Self::Sort)
    }

    fn line(place: &Place, told: &str) -> Option<Self> {
        let size = place.bucket.len() + place.sort.len() + told.len();
        let fits = told.is_empty() || (size <= MAX_LINE && !told.contains('\0'));
        (!fits).then_some(Self::Line)
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
                "make it with mattoni_store::sort".to_owned(),
            ),
            Self::Line => (
                "store.line.form",
                format!("at most {MAX_LINE} bytes with its bucket and sort key, none of them zero"),
                "tell in lists what they show, and the rest in the state".to_owned(),
            ),
            Self::PlaceTwice => (
                "store.place.twice",
                "a place is given once".to_owned(),
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
                "keep facets and effects few".to_owned(),
            ),
            Self::FacetTwice => (
                "store.facet.twice",
                "a facet is given once".to_owned(),
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
