//! The counter: the one way from a person to practices.
//!
//! Every read and every verb of whoever signed in goes through [`mattoni_practice::access`], here
//! and nowhere else: what a single read hides, no list, search, count, history, explanation,
//! bulk verb or export shows, and it is refused in the very words for what is not there.

mod bulk;
mod explain;
mod hand_in;
mod list;
mod screen;
mod walk;

use mattoni_core::{Act, Actor, Aggregate, Id, Problem, Problems, Refusal};
use mattoni_practice::access::{AccessRefusal, Role, Sight, Subject, may, see, sight};
use mattoni_practice::{Event, Opening, Practice, Verb};
use mattoni_store::Store;

pub use bulk::BulkPreview;
pub use list::{Page, Query};
pub use screen::{LinesPage, Lists, MAX_ROWS, Screen, ScreenPage, Within};

use crate::desk::no_such;
use crate::{Desk, DeskError, Opened};

/// Someone at the desk's counter (*sportello*), on whichever side of it. See
/// [`Desk::at_counter`].
///
/// All its answers are practices as [`see`] shows them. An act has to be by the subject: in the
/// name of someone else nothing is done, whatever roles they hold.
#[derive(Debug, Clone)]
pub struct Counter<'a, S> {
    desk: &'a Desk<S>,
    subject: Subject,
}

impl<S: Store> Desk<S> {
    /// Where a person who signed in reads and acts: what a portal is given.
    pub fn at_counter(&self, subject: Subject) -> Counter<'_, S> {
        Counter { desk: self, subject }
    }
}

impl<S: Store> Counter<'_, S> {
    /// Who stands there.
    #[must_use]
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Opens a draft, for the subject or as its typist or delegate. Safe to run twice.
    ///
    /// # Errors
    /// [`DeskError::Refused`] with the verb's refusal, `practice.access.not-theirs` when whoever
    /// acts could not go on writing the draft, `desk.counter.ente` for another ente, or
    /// `desk.counter.taken` when the id belongs to something they cannot see;
    /// [`DeskError::Store`] when the machine fails.
    pub async fn open(&self, act: &Act, opening: Opening) -> Result<Practice, DeskError> {
        if opening.ente != *self.desk.ente() {
            return Err(DeskError::Refused(elsewhere()));
        }
        let id = opening.id;
        let opened =
            Practice::open_draft(act, opening).map_err(|refusal| DeskError::refused(&refusal))?;
        // It was just made by the event that opens one.
        let draft = Practice::open(&opened).ok_or_else(|| DeskError::Refused(elsewhere()))?;
        may(&self.acting(&act.by), Verb::Save, &draft)
            .map_err(|_| DeskError::refused(&AccessRefusal::NotTheirs(Verb::Save)))?;
        let there = match self.desk.open(id, act, &[opened]).await.map_err(discreet)? {
            Opened::New(loaded) | Opened::Existing(loaded) => loaded.state,
        };
        self.shown(there).ok_or_else(|| DeskError::Refused(taken(id)))
    }

    /// Does `verb`: `decide` makes the event of it, by this very act. Answers with the practice
    /// as the subject sees it afterwards.
    ///
    /// # Errors
    /// [`DeskError::Refused`] with `desk.unknown` when for the subject there is no such practice,
    /// `practice.access.not-theirs` when they may not, the verb's own refusal, or
    /// `desk.counter.other-event` when `decide` came up with something else;
    /// [`DeskError::Contended`] and [`DeskError::Store`] as [`Desk::decide`].
    pub async fn decide<R: Refusal>(
        &self,
        id: Id<Practice>,
        verb: Verb,
        act: &Act,
        decide: impl Fn(&Practice, &Act) -> Result<Event, R>,
    ) -> Result<Practice, DeskError> {
        let acting = self.acting(&act.by);
        let allowed = |practice: &Practice| {
            self.decided(&acting, verb, act, practice, &decide).map(|event| vec![event])
        };
        let loaded = self.desk.decide(id, act, allowed).await.map_err(discreet)?;
        self.shown(loaded.state).ok_or_else(|| DeskError::Refused(no_such(id)))
    }

    /// The practice.
    ///
    /// # Errors
    /// `desk.unknown` when for the subject there is none; [`DeskError::Store`] when the machine
    /// fails.
    pub async fn read(&self, id: Id<Practice>) -> Result<Practice, DeskError> {
        let there = self.desk.load(id).await?.and_then(|loaded| self.shown(loaded.state));
        there.ok_or_else(|| DeskError::Refused(no_such(id)))
    }

    /// The practice with this number of the register or id.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn search(&self, name: &str) -> Result<Practice, DeskError> {
        let there = self.desk.practice(name).await?;
        self.shown(there.state).ok_or_else(|| crate::explain::nowhere(name))
    }

    /// The event of an allowed verb. The one place where a verb is allowed.
    fn decided<R: Refusal>(
        &self,
        acting: &Subject,
        verb: Verb,
        act: &Act,
        practice: &Practice,
        decide: impl Fn(&Practice, &Act) -> Result<Event, R>,
    ) -> Result<Event, Problems> {
        let seen = see(&self.subject, practice).ok_or_else(|| no_such(practice.id()))?;
        // Whoever acts may be less than whoever looks: an official who is also the applicant
        // does not accept their own application as a citizen.
        may(acting, verb, practice).map_err(|_| AccessRefusal::NotTheirs(verb).problems())?;
        // A private note is not there to be marked as read. The other verbs decide on the whole:
        // they number what they add.
        let on = if verb == Verb::MarkRead { seen.as_ref() } else { practice };
        let event = decide(on, act).map_err(|refusal| refusal.problems())?;
        if event.verb() == Some(verb) && event.act() == act {
            Ok(event)
        } else {
            Err(other_event(verb))
        }
    }

    /// The subject as far as they act as `actor`.
    fn acting(&self, actor: &Actor) -> Subject {
        let acts = |role: &&Role| match (role, actor) {
            (Role::Citizen { person }, Actor::Citizen(who)) => person == who,
            (
                Role::Operator { account, .. } | Role::OfficeHead { account, .. },
                Actor::Operator(who),
            ) => account == who,
            (Role::System, Actor::System(_)) => true,
            _ => false,
        };
        let roles = self.subject.roles.iter().filter(acts).cloned().collect();
        Subject::new(self.subject.ente.clone(), roles)
    }

    /// The practice as the subject may see it.
    fn shown(&self, practice: Practice) -> Option<Practice> {
        match see(&self.subject, &practice)? {
            std::borrow::Cow::Owned(redacted) => Some(redacted),
            std::borrow::Cow::Borrowed(_) => Some(practice),
        }
    }

    fn sees_all_of(&self, practice: &Practice) -> bool {
        sight(&self.subject, practice) == Sight::Everything
    }
}

/// The store says who holds what two want; at the counter that could be someone hidden.
fn discreet(error: DeskError) -> DeskError {
    let DeskError::Refused(problems) = &error else { return error };
    let held = |problem: &&Problem| problem.code == "store.conflict.facet";
    match problems.iter().find(held) {
        None => error,
        Some(problem) => DeskError::Refused(
            Problem::new(
                "desk.counter.held",
                problem.field.clone(),
                "one practice alone may have this",
                "give another",
            )
            .into(),
        ),
    }
}

fn elsewhere() -> Problems {
    Problem::new(
        "desk.counter.ente",
        "ente",
        "a counter takes practices for its own ente",
        "go to the desk of that ente",
    )
    .into()
}

fn taken(id: Id<Practice>) -> Problems {
    Problem::new(
        "desk.counter.taken",
        "id",
        format!("{id} cannot be used"),
        "open it under another id; where ids follow from names, it was applied for already",
    )
    .into()
}

fn other_event(verb: Verb) -> Problems {
    Problem::new(
        "desk.counter.other-event",
        "event",
        format!("what is recorded is {verb}, by whoever asked for it"),
        "call the verb that is named, with the act it is given",
    )
    .into()
}
