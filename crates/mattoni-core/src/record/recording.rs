//! What is to be committed of a record: its events, where they lead, and what follows.

use super::texts::check_json;
use crate::record::{
    ALL, AnyRecord, CLOCK, ListEntry, NewOrder, Orders as _, Owners, PART_OF, Projection, Record,
    Retention, sort,
};
use crate::{Act, DomainEvent, Id, Problem, Problems, fold};

/// Everything that is committed of one record in one go, with its type left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recording {
    /// The kind.
    pub kind: &'static str,
    /// The record.
    pub id: Id<AnyRecord>,
    /// How many events it had when this was decided; 0: it is new.
    pub expected: u64,
    /// When it happened and who did it.
    pub act: Act,
    /// What happened: each event's stable name and JSON.
    pub events: Vec<(&'static str, Vec<u8>)>,
    /// The state after the events (JSON).
    pub state: Vec<u8>,
    /// What the state is found by and shown as.
    pub projection: Projection,
    /// The people whose data is in it.
    pub owners: Owners,
    /// What follows, each with the number of the event that gives it, from 0.
    pub orders: Vec<(usize, NewOrder)>,
}

impl Recording {
    /// `events` happened to the record `id`, which had `expected` events, and led to `state`.
    ///
    /// # Errors
    /// `store.json` when an event or the state cannot be written as JSON; `core.text.unwritable` for
    /// each text in the events that no person writes; `record.list` when the
    /// projection makes an entry in a list that the kind does not declare.
    pub fn of<A: Record>(
        id: Id<A>,
        expected: u64,
        act: &Act,
        events: &[A::Event],
        state: &A,
    ) -> Result<Self, Problems> {
        let bodies = events
            .iter()
            .map(|event| Ok((event.name(), json(event, "events")?)))
            .collect::<Result<Vec<_>, Problem>>()?;
        let texts = bodies.iter().filter_map(|(_, body)| check_json(body).err());
        Problems::check(texts.flatten().collect())?;
        let orders = events.iter().enumerate().flat_map(|(number, event)| {
            state.orders(event).into_iter().map(move |order| (number, order.into_new()))
        });
        Ok(Self {
            kind: A::KIND,
            id: Id::from_u128(id.as_u128()),
            expected,
            act: act.clone(),
            events: bodies,
            state: json(state, "state")?,
            projection: projection(state)?,
            owners: state.owners(),
            orders: orders.collect(),
        })
    }
}

/// The projection of a record as it is committed: with its version, its row, and the day on which
/// the clock has something to do.
///
/// # Errors
/// As [`Recording::of`].
pub(super) fn projection<A: Record>(state: &A) -> Result<Projection, Problems> {
    let mut projection = state.projection().version(A::PROJECTION);
    let known = |entry: &&ListEntry| {
        A::LISTS.iter().any(|list| (list.name, list.content) == (&*entry.list, entry.content))
    };
    if let Some(entry) = projection.entries.iter().find(|entry| !known(entry)) {
        return Err(Problem::new(
            "record.list",
            entry.list.to_string(),
            format!("a list must be declared in the LISTS of {}", A::KIND),
            "declare it there, with what its sort keys say",
        )
        .into());
    }
    let due = state.next_due().map(|day| ListEntry::new(CLOCK, ALL, sort::date(day)));
    projection.entries.extend(due);
    if let Retention::With(whole) = state.retention() {
        projection.entries.push(ListEntry::new(PART_OF, whole.to_string(), ""));
    }
    let row = serde_json::to_string(&state.row()).map_err(|e| unwritable("row", &e))?;
    // The row of a kind whose lists show nothing.
    if row != "null" {
        projection.row = row;
    }
    Ok(projection)
}

fn json(value: &impl serde::Serialize, field: &str) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(value).map_err(|e| unwritable(field, &e))
}

fn unwritable(field: &str, error: &serde_json::Error) -> Problem {
    Problem::new("store.json", field, "must be writable as JSON", format!("correct it: {error}"))
}

/// What the clock does with a record on a day: events of the record itself, and other records
/// that begin.
#[derive(Debug)]
pub struct DayWork<A: Record> {
    /// What happens to it.
    pub events: Vec<A::Event>,
    /// What begins beside it. What is there already stays as it is.
    pub opens: Vec<NewRecord>,
}

impl<A: Record> Default for DayWork<A> {
    fn default() -> Self {
        Self { events: Vec::new(), opens: Vec::new() }
    }
}

/// A record that begins, of whichever kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecord(pub(super) Recording);

impl NewRecord {
    /// The record that begins with these events.
    ///
    /// # Errors
    /// `record.opening` when the first event is not one that begins an `A`; those of
    /// [`Recording::of`].
    pub fn of<A: Record>(id: Id<A>, act: &Act, events: &[A::Event]) -> Result<Self, Problems> {
        let state = fold::<A>(events).ok_or_else(|| {
            Problem::new(
                "record.opening",
                "events",
                format!("must begin with an event that opens a {}", A::KIND),
                "commit the event its first verb returned",
            )
        })?;
        Ok(Self(Recording::of(id, 0, act, events, &state)?))
    }

    /// What is to be committed.
    #[must_use]
    pub fn into_recording(self) -> Recording {
        self.0
    }
}
