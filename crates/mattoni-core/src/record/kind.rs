//! A kind of record with its type left behind: what the shell works with, brick by brick.

use std::fmt;
use std::marker::PhantomData;

use chrono::NaiveDate;

use crate::calendar::LegalCalendar;
use crate::record::{
    AnyRecord, Disclosure, Facts, Happened, KindPersonal, List, Marks, Orders, Owners, Projection,
    Record, Recording, Retention, Side, Sight, Subject, Verb,
};
use crate::{Act, Aggregate, Digest, Id, Person, Problems, fold};

/// A verb as the command line and the API name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerbInfo {
    /// Stable name.
    pub name: &'static str,
    /// In Italian.
    pub italian: &'static str,
    /// Who does it.
    pub by: &'static [Side],
}

/// A kind of record, over JSON.
pub trait RecordKind: Send + Sync {
    /// Stable name.
    fn kind(&self) -> &'static str;
    /// What officials call one.
    fn title(&self) -> &'static str;
    /// See [`Record::PROJECTION`].
    fn projection_version(&self) -> u32;
    /// See [`Record::LISTS`].
    fn lists(&self) -> &'static [List];
    /// Its verbs.
    fn verbs(&self) -> Vec<VerbInfo>;
    /// See [`Record::final_states`].
    fn final_states(&self) -> &'static [&'static str];
    /// The topics of the orders it gives.
    fn gives(&self) -> &'static [&'static str];
    /// What is personal in it.
    fn personal(&self) -> KindPersonal;
    /// Reads a state.
    ///
    /// # Errors
    /// When it is not one of the kind.
    fn read(&self, state: &[u8]) -> serde_json::Result<Box<dyn AnyState>>;
    /// The state that a history leads to, `None` when it does not begin with an opening event.
    ///
    /// # Errors
    /// When an event does not read.
    fn fold(&self, events: &[&[u8]]) -> serde_json::Result<Option<Box<dyn AnyState>>>;
    /// An event's Italian name, with its [detail](Record::event_detail).
    ///
    /// # Errors
    /// When it does not read.
    fn event_italian(&self, event: &[u8]) -> serde_json::Result<String>;
}

/// The state of a record, of whichever kind.
pub trait AnyState: Send + Sync {
    /// As it is stored.
    fn json(&self) -> Vec<u8>;
    /// See [`Record::projection`]; as it is committed.
    ///
    /// # Errors
    /// As [`Recording::of`].
    fn projection(&self) -> Result<Projection, Problems>;
    /// See [`Record::owners`].
    fn owners(&self) -> Owners;
    /// See [`Record::blobs`].
    fn blobs(&self) -> Vec<Digest>;
    /// See [`Record::retention`].
    fn retention(&self) -> Retention;
    /// See [`Record::next_due`].
    fn next_due(&self) -> Option<NaiveDate>;
    /// See [`Record::facts`].
    fn facts(&self) -> Facts;
    /// See [`Record::sight`].
    fn sight(&self, who: &Subject) -> Sight;
    /// The record as `who` sees it, as JSON.
    fn shown_to(&self, who: &Subject) -> Option<serde_json::Value>;
    /// See [`Record::knows`].
    ///
    /// # Errors
    /// When the event does not read.
    fn knows(&self, who: &Subject, event: &[u8]) -> serde_json::Result<bool>;
    /// See [`Record::may`], by the verb's name; `false` when the kind has no such verb.
    fn may(&self, who: &Subject, verb: &str) -> bool;
    /// See [`Record::day_work`]: all that is to be committed for it, its own events first.
    ///
    /// # Errors
    /// Why what is due cannot be done.
    fn day_work(
        &self,
        id: Id<AnyRecord>,
        version: u64,
        act: &Act,
        calendar: &LegalCalendar,
        today: NaiveDate,
    ) -> Result<Vec<Recording>, Problems>;
    /// See [`Record::disclose`].
    ///
    /// # Errors
    /// When an event does not read.
    fn disclose(
        &self,
        person: Id<Person>,
        history: &[Happened<Vec<u8>>],
    ) -> serde_json::Result<Option<Disclosure>>;
}

impl fmt::Debug for dyn RecordKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}

/// The kind of `A`.
pub(super) struct KindOf<A>(PhantomData<fn() -> A>);

impl<A> KindOf<A> {
    pub(super) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<A: Record> RecordKind for KindOf<A> {
    fn kind(&self) -> &'static str {
        A::KIND
    }

    fn title(&self) -> &'static str {
        A::TITLE
    }

    fn projection_version(&self) -> u32 {
        A::PROJECTION
    }

    fn lists(&self) -> &'static [List] {
        A::LISTS
    }

    fn verbs(&self) -> Vec<VerbInfo> {
        let info =
            |verb: &A::Verb| VerbInfo { name: verb.name(), italian: verb.italian(), by: verb.by() };
        A::Verb::ALL.iter().map(info).collect()
    }

    fn final_states(&self) -> &'static [&'static str] {
        A::final_states()
    }

    fn gives(&self) -> &'static [&'static str] {
        A::Orders::TOPICS
    }

    fn personal(&self) -> KindPersonal {
        KindPersonal {
            events: Marks::of::<A::Event>(),
            state: Marks::of::<A>(),
            row: Marks::of::<A::Row>(),
            orders: A::Orders::personal(),
            unique: A::PERSONAL_KEYS,
        }
    }

    fn read(&self, state: &[u8]) -> serde_json::Result<Box<dyn AnyState>> {
        Ok(Box::new(StateOf(serde_json::from_slice::<A>(state)?)))
    }

    fn fold(&self, events: &[&[u8]]) -> serde_json::Result<Option<Box<dyn AnyState>>> {
        let events: Vec<A::Event> =
            events.iter().map(|event| serde_json::from_slice(event)).collect::<Result<_, _>>()?;
        Ok(fold::<A>(&events).map(|state| Box::new(StateOf(state)) as Box<dyn AnyState>))
    }

    fn event_italian(&self, event: &[u8]) -> serde_json::Result<String> {
        let event: A::Event = serde_json::from_slice(event)?;
        let name = A::event_italian(&event);
        Ok(match A::event_detail(&event) {
            None => name.to_owned(),
            Some(detail) => format!("{name} {detail}"),
        })
    }
}

/// The state of an `A`.
struct StateOf<A>(A);

impl<A: Record> AnyState for StateOf<A> {
    fn json(&self) -> Vec<u8> {
        // What was read from JSON, or folded from what was, can be written as JSON.
        serde_json::to_vec(&self.0).unwrap_or_default()
    }

    fn projection(&self) -> Result<Projection, Problems> {
        super::recording::projection(&self.0)
    }

    fn owners(&self) -> Owners {
        self.0.owners()
    }

    fn blobs(&self) -> Vec<Digest> {
        self.0.blobs()
    }

    fn retention(&self) -> Retention {
        self.0.retention()
    }

    fn next_due(&self) -> Option<NaiveDate> {
        self.0.next_due()
    }

    fn facts(&self) -> Facts {
        let mut facts = Facts::new();
        self.0.facts(&mut facts);
        facts
    }

    fn sight(&self, who: &Subject) -> Sight {
        self.0.sight(who)
    }

    fn shown_to(&self, who: &Subject) -> Option<serde_json::Value> {
        let shown = self.0.shown_to(who)?;
        serde_json::to_value(shown.as_ref()).ok()
    }

    fn knows(&self, who: &Subject, event: &[u8]) -> serde_json::Result<bool> {
        Ok(self.0.knows(who, &serde_json::from_slice(event)?))
    }

    fn may(&self, who: &Subject, verb: &str) -> bool {
        A::Verb::named(verb).is_some_and(|verb| self.0.may(who, verb).is_ok())
    }

    fn day_work(
        &self,
        id: Id<AnyRecord>,
        version: u64,
        act: &Act,
        calendar: &LegalCalendar,
        today: NaiveDate,
    ) -> Result<Vec<Recording>, Problems> {
        let work = self.0.day_work(act, calendar, today)?;
        let mut recordings = Vec::with_capacity(work.opens.len() + 1);
        if !work.events.is_empty() {
            let mut state = self.0.clone();
            for event in &work.events {
                state.apply(event);
            }
            let id = Id::<A>::from_u128(id.as_u128());
            recordings.push(Recording::of(id, version, act, &work.events, &state)?);
        }
        recordings.extend(work.opens.into_iter().map(super::NewRecord::into_recording));
        Ok(recordings)
    }

    fn disclose(
        &self,
        person: Id<Person>,
        history: &[Happened<Vec<u8>>],
    ) -> serde_json::Result<Option<Disclosure>> {
        let read =
            |past: &Happened<Vec<u8>>| -> serde_json::Result<Happened<<A as Aggregate>::Event>> {
                let event = serde_json::from_slice(&past.event)?;
                Ok(Happened { number: past.number, act: past.act.clone(), event })
            };
        let history: Vec<_> = history.iter().map(read).collect::<Result<_, _>>()?;
        Ok(self.0.disclose(person, &history))
    }
}
