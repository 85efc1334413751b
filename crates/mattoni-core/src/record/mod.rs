//! What a brick says about its records, as plain data: the vocabulary that everything above floor
//! 0 speaks.
//!
//! A brick implements [`Record`] for each aggregate in the aggregate's own file, and hands the
//! shell a [`Brick`]. From that one line the shell derives folding and proof, sealing, erasure,
//! the dossier, retention, lists, collection of files, the clock's work, the routing of orders,
//! and the generic verbs of command line and API.

mod access;
mod bricks;
mod facts;
mod kind;
mod order;
mod personal;
mod privacy;
mod projection;
mod question;
mod recording;
mod texts;
mod verb;

use std::borrow::Cow;

use chrono::NaiveDate;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use access::{AccessRefusal, Role, Side, Sight, Subject};
pub use bricks::{Brick, Bricks, SectionCheck};
pub use facts::{Fact, Facts};
pub use kind::{AnyState, RecordKind, VerbInfo};
pub use mattoni_core_derive::Personal;
pub use order::{
    AnyRecord, BulkRun, CancelPayment, Concerns, NewOrder, NoOrders, Order, Orders, Recipient,
    RecordRef, Register, RequestPayment, Tell,
};
pub use personal::{
    ERASED, Erasable, ErasableValues, KindPersonal, Marks, Owner, Owners, Personal, PersonalData,
    PersonalField, Placeholder, Step,
};
pub use privacy::{Disclosure, Ended, Happened, Retention, Section};
pub use projection::{
    Carries, Content, Direction, List, ListEntry, Projection, Span, UniqueKey, sort,
};
pub use question::{EveryRecord, Question, Spans};
pub use recording::{DayWork, NewRecord, Recording};
pub use texts::check_texts;
pub use verb::{NoVerb, Verb};

use crate::calendar::LegalCalendar;
use crate::{Act, Aggregate, Digest, DomainEvent as _, Id, Person, Problems};

/// The list of what the clock has to do, by the first day on which it has; all in the bucket
/// [`ALL`]. The shell keeps it for every kind, from [`Record::next_due`].
pub const CLOCK: List = List::plain("chore");
/// The one bucket of a list that has one.
pub const ALL: &str = "all";
/// The list of the records that are kept as long as another one and erased with it, by that one.
/// The shell keeps it for every kind, from [`Record::retention`].
pub const PART_OF: List = List::plain("part-of");
/// The list of the records of a person, whatever they are to them, by the person's id. A kind that
/// keeps it is found for the dossier in a store that seals nothing, too.
pub const PEOPLE: List = List::plain("person");

/// An aggregate with everything the house needs to know about it.
///
/// Methods without a default have none on purpose: a record without personal data, files, rights
/// or an end says so.
pub trait Record: Aggregate<Event: Personal> + Personal + Clone + Send + Sync + 'static {
    /// What officials call one, in Italian: `pratica`.
    const TITLE: &'static str;

    /// What can be done with it, made by [`verbs!`](crate::verbs) together with its events.
    type Verb: Verb;

    /// What it asks of other bricks, made by [`orders!`](crate::orders).
    type Orders: Orders;

    /// The row that lists show of it; `()` where lists show nothing.
    type Row: Serialize + DeserializeOwned + Personal;

    /// Counted up when [`projection`](Self::projection) or [`row`](Self::row) comes to hold
    /// something else; lists are then rebuilt while the service runs.
    const PROJECTION: u32;

    /// The lists that `projection` makes entries in.
    const LISTS: &'static [List];

    /// The names of the unique keys of `projection` whose values say something about a person, as a
    /// fiscal code does.
    const PERSONAL_KEYS: &'static [&'static str] = &[];

    /// The verb that makes this event; `None` for one that begins a record.
    fn verb_of(event: &Self::Event) -> Option<Self::Verb>;

    /// The event as officials read it, in Italian.
    fn event_italian(event: &Self::Event) -> &'static str {
        Self::verb_of(event).map_or(event.name(), Verb::italian)
    }

    /// What a history adds to the event's Italian name, where the name alone would mislead: which
    /// other record took this one's place, say. Nothing personal.
    fn event_detail(_: &Self::Event) -> Option<String> {
        None
    }

    /// When it happened and who did it, as the event itself says; `None` when it does not say.
    /// What is recorded at the counter must be by the act that was allowed.
    fn act_of(event: &Self::Event) -> Option<&Act>;

    /// Unique keys and entries in lists.
    fn projection(&self) -> Projection;

    /// The row that lists show, read off the list without the record.
    fn row(&self) -> Self::Row;

    /// The people whose personal data is in it.
    fn owners(&self) -> Owners;

    /// What must happen elsewhere because of `event`, which led to `self`.
    fn orders(&self, event: &Self::Event) -> Vec<Self::Orders>;

    /// What `who` sees of it. The one authorisation: reads, lists, counts, search, export.
    fn sight(&self, who: &Subject) -> Sight;

    /// Whether `who` may do `verb` to it. The verb's own conditions come on top.
    ///
    /// # Errors
    /// [`AccessRefusal::Unknown`] when they may not even see it.
    fn may(&self, who: &Subject, verb: Self::Verb) -> Result<(), AccessRefusal>;

    /// Files and documents it refers to: what no record refers to is removed from the store.
    fn blobs(&self) -> Vec<Digest>;

    /// How long it is kept.
    fn retention(&self) -> Retention;

    /// The stable names of the states in which it is at its end, as rules of retention name them.
    fn final_states() -> &'static [&'static str] {
        &[]
    }

    /// Its columns for analysts. Nothing personal: codes, days, amounts, counts.
    fn facts(&self, out: &mut Facts);

    /// The record as `who` may see it; `None` when for them there is none.
    fn shown_to(&self, who: &Subject) -> Option<Cow<'_, Self>> {
        (self.sight(who) > Sight::Nothing).then_some(Cow::Borrowed(self))
    }

    /// Whether `who` may know of `event`, one of the record's history.
    fn knows(&self, who: &Subject, event: &Self::Event) -> bool {
        let _ = event;
        self.sight(who) > Sight::Nothing
    }

    /// `event`, one of the record's history, as `who` may see it: with no number in it that counts
    /// what is hidden from them. `None` where [`knows`](Self::knows) says no.
    fn event_shown_to(&self, who: &Subject, event: Self::Event) -> Option<Self::Event> {
        self.knows(who, &event).then_some(event)
    }

    /// Whether `who` sees every record there can be in this bucket, so that it can be counted and
    /// paged without reading one.
    fn sees_whole(who: &Subject, list: &str, bucket: &str) -> bool {
        let _ = (who, list, bucket);
        false
    }

    /// The next day on which the clock has something to do.
    fn next_due(&self) -> Option<NaiveDate> {
        None
    }

    /// What the clock does on `today`. Asking twice changes nothing.
    ///
    /// # Errors
    /// Why what is due cannot be done.
    fn day_work(
        &self,
        act: &Act,
        calendar: &LegalCalendar,
        today: NaiveDate,
    ) -> Result<DayWork<Self>, Problems> {
        let _ = (act, calendar, today);
        Ok(DayWork::default())
    }

    /// What a person may know that it holds on them (GDPR, art. 15). `None`: the shell lists every
    /// value that the marks say is theirs.
    fn disclose(
        &self,
        person: Id<Person>,
        history: &[Happened<Self::Event>],
    ) -> Option<Disclosure> {
        let _ = (person, history);
        None
    }
}
