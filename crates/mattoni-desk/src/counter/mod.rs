//! The counter: the one way from a person to records, whatever their kind.
//!
//! Every read and every verb of whoever signed in goes through [`Record::sight`] and
//! [`Record::may`], here and nowhere else: what a single read hides, no list, search, count,
//! history, bulk verb or export shows, and it is refused with the same error as an unknown id.

mod bulk;
mod hand_in;
mod history;
mod pages;
mod walk;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::marker::PhantomData;

use mattoni_core::calendar::rome_date;
use mattoni_core::record::{AccessRefusal, Record, Subject, Verb, check_texts};
use mattoni_core::{Act, Aggregate, Id, Problem, Problems, Refusal, fold};
use mattoni_store::{Conflict, Version};

pub use bulk::BulkPreview;
pub use history::{HistoryEntry, JournalPlace};
pub use pages::{Exported, Lists, MAX_ROWS, Page, RowsPage};

use crate::desk::{no_such, unknown};
use crate::{Desk, DeskError};

/// Someone at the desk's counter (*sportello*), on whichever side of it. See
/// [`Desk::at_counter`].
#[derive(Debug, Clone)]
pub struct Counter<'a> {
    desk: &'a Desk,
    subject: Subject,
}

impl Desk {
    /// Where a person who signed in reads and acts: what a portal is given.
    ///
    /// Whoever is known in another ente is nobody here.
    #[must_use]
    pub fn at_counter(&self, mut subject: Subject) -> Counter<'_> {
        if subject.ente != *self.ente() {
            subject.roles.clear();
        }
        Counter { desk: self, subject }
    }
}

impl<'a> Counter<'a> {
    /// Who stands there.
    #[must_use]
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The records of one kind, as the subject may see and change them.
    #[must_use]
    pub fn of<A: Record>(&self) -> Records<'a, A> {
        Records { desk: self.desk, subject: self.subject.clone(), kind: PhantomData }
    }
}

/// The records of one kind at the counter.
///
/// All its answers are records as [`Record::shown_to`] shows them. An act has to be by the
/// subject: in the name of someone else nothing is done, whatever roles they hold.
pub struct Records<'a, A> {
    desk: &'a Desk,
    subject: Subject,
    kind: PhantomData<fn() -> A>,
}

impl<A> Clone for Records<'_, A> {
    fn clone(&self) -> Self {
        Self { desk: self.desk, subject: self.subject.clone(), kind: PhantomData }
    }
}

impl<A: Aggregate> std::fmt::Debug for Records<'_, A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Records")
            .field("kind", &A::KIND)
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}

impl<'a, A: Record> Records<'a, A> {
    /// Who stands there.
    #[must_use]
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The desk behind the counter.
    #[must_use]
    pub fn desk(&self) -> &'a Desk {
        self.desk
    }

    /// Opens a record with these events, for whoever could go on to do `next` with it. Safe to run
    /// twice.
    ///
    /// # Errors
    /// [`DeskError::Refused`] with `….access.not-theirs` when whoever acts could not go on with
    /// it, `desk.counter.other-event` for an event by another act, or `desk.counter.taken` when the
    /// id belongs to something they cannot see; [`DeskError::Store`] when the machine fails.
    pub async fn open(
        &self,
        id: Id<A>,
        next: A::Verb,
        act: &Act,
        events: &[A::Event],
    ) -> Result<A, DeskError> {
        if events.iter().any(|event| A::act_of(event).is_some_and(|by| by != act)) {
            return Err(DeskError::Refused(other_event("open")));
        }
        self.identified(act)?;
        let begun = fold::<A>(events).ok_or_else(|| DeskError::Refused(other_event("open")))?;
        let not_theirs = AccessRefusal::NotTheirs { kind: A::KIND, verb: next.name() };
        begun.may(&self.acting(act), next).map_err(|refused| match refused {
            AccessRefusal::Conflict { .. } => DeskError::refused(&refused),
            _ => DeskError::refused(&not_theirs),
        })?;
        let there = self.desk.open(id, act, events).await.map_err(discreet)?.into_loaded();
        self.shown(there.state).ok_or_else(|| DeskError::Refused(taken(id)))
    }

    /// Does `verb`: `decide` makes the event of it, by this very act, or none where there is nothing
    /// to do. Answers with the record as the subject sees it afterwards.
    ///
    /// # Errors
    /// [`DeskError::Refused`] with `desk.unknown` when for the subject there is no such record,
    /// `….access.not-theirs` when they may not, the verb's own refusal, `core.text.unwritable` for a
    /// text that no person writes, or
    /// `desk.counter.other-event` when `decide` came up with something else;
    /// [`DeskError::Contended`] and [`DeskError::Store`] as [`Desk::decide`].
    pub async fn decide<R: Refusal, E: Into<Option<A::Event>>>(
        &self,
        id: Id<A>,
        verb: A::Verb,
        act: &Act,
        decide: impl Fn(&A, &Act) -> Result<E, R>,
    ) -> Result<A, DeskError> {
        let one = |record: &A, act: &Act| decide(record, act).map(|e| Vec::from_iter(e.into()));
        self.decide_all(id, &[verb], act, one).await
    }

    /// Does several verbs as one change: `decide` makes the event of each, in their order, or none
    /// where there is nothing to do. Either all of them are recorded, or none.
    ///
    /// # Errors
    /// As [`decide`](Self::decide).
    pub async fn decide_all<R: Refusal>(
        &self,
        id: Id<A>,
        verbs: &[A::Verb],
        act: &Act,
        decide: impl Fn(&A, &Act) -> Result<Vec<A::Event>, R>,
    ) -> Result<A, DeskError> {
        self.identified(act)?;
        let acting = self.acting(act);
        let allowed = |record: &A| self.allowed(id, &acting, verbs, act, record, &decide);
        let loaded = self.desk.decide(id, act, allowed).await.map_err(discreet)?;
        self.shown(loaded.state).ok_or_else(|| DeskError::Refused(no_such(A::KIND, id)))
    }

    /// The record as [`decide_all`](Self::decide_all) would leave it: nothing is changed.
    ///
    /// # Errors
    /// As [`decide`](Self::decide), the guards' refusals apart.
    pub async fn try_all<R: Refusal>(
        &self,
        id: Id<A>,
        verbs: &[A::Verb],
        act: &Act,
        decide: impl Fn(&A, &Act) -> Result<Vec<A::Event>, R>,
    ) -> Result<A, DeskError> {
        self.identified(act)?;
        let mut record = self.desk.load(id).await?.ok_or_else(|| unknown(id))?.state;
        let events = self.allowed(id, &self.acting(act), verbs, act, &record, decide)?;
        events.iter().for_each(|event| record.apply(event));
        self.shown(record).ok_or_else(|| DeskError::Refused(no_such(A::KIND, id)))
    }

    /// The record.
    ///
    /// # Errors
    /// `desk.unknown` when for the subject there is none; [`DeskError::Store`] when the machine
    /// fails.
    pub async fn read(&self, id: Id<A>) -> Result<A, DeskError> {
        let there = self.desk.load(id).await?.and_then(|loaded| self.shown(loaded.state));
        there.ok_or_else(|| DeskError::Refused(no_such(A::KIND, id)))
    }

    /// The record that holds a unique key, such as a number of the register.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn holder(&self, name: &str, value: &str) -> Result<A, DeskError> {
        let there = self.desk.holder::<A>(name, value).await?;
        let there = there.and_then(|loaded| self.shown(loaded.state));
        there.ok_or_else(|| {
            let rule = format!("there is no {} with this {name} here", A::KIND);
            DeskError::Refused(Problem::new("desk.unknown", name, rule, "check it").into())
        })
    }

    /// The subject as far as they act by `act`, on its day.
    fn acting(&self, act: &Act) -> Subject {
        self.subject.acting_as(&act.by).on(rome_date(act.at))
    }

    /// An act claims no better identification than whoever stands here gave.
    pub(crate) fn identified(&self, act: &Act) -> Result<(), Problems> {
        if act.signed_in <= self.subject.signed_in {
            return Ok(());
        }
        Err(Problem::new(
            "desk.counter.sign-in",
            "signed_in",
            "must be how the person who acts was identified, or less",
            "take it from the session, or let them sign in again",
        )
        .into())
    }

    /// The event of an allowed verb, if it makes one.
    fn decided<R: Refusal, E: Into<Option<A::Event>>>(
        &self,
        id: Id<A>,
        acting: &Subject,
        verb: A::Verb,
        act: &Act,
        record: &A,
        decide: impl Fn(&A, &Act) -> Result<E, R>,
    ) -> Result<Option<A::Event>, Problems> {
        let one = |record: &A, act: &Act| decide(record, act).map(|e| Vec::from_iter(e.into()));
        Ok(self.allowed(id, acting, &[verb], act, record, one)?.pop())
    }

    /// The events of allowed verbs, or none where there is nothing to do. The one place where a verb
    /// is allowed.
    fn allowed<R: Refusal>(
        &self,
        id: Id<A>,
        acting: &Subject,
        verbs: &[A::Verb],
        act: &Act,
        record: &A,
        decide: impl Fn(&A, &Act) -> Result<Vec<A::Event>, R>,
    ) -> Result<Vec<A::Event>, Problems> {
        let looking = self.subject.clone().on(rome_date(act.at));
        let seen = record.shown_to(&looking).ok_or_else(|| no_such(A::KIND, id))?;
        // Whoever acts may be less than whoever looks: an official who is also the applicant
        // does not accept their own application as a citizen.
        let barred = |verb: &A::Verb| {
            let refused = record.may(acting, *verb).err()?;
            Some(match refused {
                AccessRefusal::Conflict { .. } => refused.problems(),
                _ => AccessRefusal::NotTheirs { kind: A::KIND, verb: verb.name() }.problems(),
            })
        };
        let distinct: BTreeSet<&A::Verb> = verbs.iter().collect();
        Problems::check(distinct.into_iter().filter_map(barred).flatten().collect())?;
        // A verb decides on the whole record, because it numbers what it adds; but what it does to
        // something hidden is refused with the error for what is not there.
        let events = decide(record, act).map_err(|refusal| refusal.problems())?;
        if events.is_empty() {
            return Ok(events);
        }
        events.iter().try_for_each(check_texts)?;
        let theirs = |(event, verb): (&A::Event, &A::Verb)| {
            A::verb_of(event) == Some(*verb) && A::act_of(event).is_none_or(|by| by == act)
        };
        if events.len() != verbs.len() || !events.iter().zip(verbs).all(theirs) {
            let names: Vec<_> = verbs.iter().map(|verb| verb.name()).collect();
            return Err(other_event(&names.join(", ")));
        }
        if let Cow::Owned(seen) = &seen
            && !events.iter().all(|event| record.knows(&self.subject, event))
        {
            return match decide(seen, act) {
                Err(refusal) => Err(refusal.problems()),
                Ok(_) => Err(no_such(A::KIND, id)),
            };
        }
        Ok(events)
    }

    /// The record as the subject may see it.
    fn shown(&self, record: A) -> Option<A> {
        match record.shown_to(&self.subject)? {
            Cow::Owned(redacted) => Some(redacted),
            Cow::Borrowed(_) => Some(record),
        }
    }
}

/// The store says who holds what two want, and how many events a record has; at the counter that
/// could be someone, or something, hidden.
fn discreet(error: DeskError) -> DeskError {
    if let DeskError::Contended(Conflict::Version { stream, .. }) = error {
        let (expected, actual) = (Version::NONE, Version::NONE);
        return DeskError::Contended(Conflict::Version { stream, expected, actual });
    }
    let DeskError::Refused(problems) = &error else { return error };
    let held = |problem: &&Problem| problem.code == "store.conflict.unique-key";
    match problems.iter().find(held) {
        None => error,
        Some(problem) => DeskError::Refused(
            Problem::new(
                "desk.counter.held",
                problem.field.clone(),
                "one record alone may have this",
                "give another",
            )
            .into(),
        ),
    }
}

fn taken<K>(id: Id<K>) -> Problems {
    Problem::new(
        "desk.counter.taken",
        "id",
        format!("{id} cannot be used"),
        "open it under another id; where ids follow from names, it was applied for already",
    )
    .into()
}

fn other_event(verb: &str) -> Problems {
    Problem::new(
        "desk.counter.other-event",
        "event",
        format!("what is recorded must be {verb}, by whoever asked for it"),
        "call the verb that is named, with the act it is given",
    )
    .into()
}
