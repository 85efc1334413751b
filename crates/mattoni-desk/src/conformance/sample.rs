//! What the suite is given of a brick.

use chrono::NaiveDate;
use mattoni_core::record::{List, Record, Subject};
use mattoni_core::{Act, Id, Person};

/// A history of one record, and what is to hold of it.
#[derive(Debug, Clone)]
pub struct Sample<A: Record> {
    pub(super) id: Id<A>,
    pub(super) person: Option<Id<Person>>,
    pub(super) history: Vec<(Act, A::Event)>,
    pub(super) secrets: Vec<String>,
    pub(super) seen_by: Vec<Subject>,
    pub(super) hidden_from: Vec<Subject>,
    pub(super) listed: Vec<(List, String)>,
    pub(super) files: Vec<Vec<u8>>,
    pub(super) due: Option<NaiveDate>,
}

impl<A: Record> Sample<A> {
    /// The record `id`, which is about `person`.
    #[must_use]
    pub fn new(id: Id<A>, person: Id<Person>) -> Self {
        Self { person: Some(person), ..Self::of_nobody(id) }
    }

    /// The record `id`, which is about nobody: it has no owners, and no dossier tells of it.
    #[must_use]
    pub fn of_nobody(id: Id<A>) -> Self {
        Self {
            id,
            person: None,
            history: Vec::new(),
            secrets: Vec::new(),
            seen_by: Vec::new(),
            hidden_from: Vec::new(),
            listed: Vec::new(),
            files: Vec::new(),
            due: None,
        }
    }

    /// And then this happened. The last event leaves it at its end, so that it can be erased.
    #[must_use]
    pub fn event(mut self, act: Act, event: A::Event) -> Self {
        self.history.push((act, event));
        self
    }

    /// A text of at least six characters that stands somewhere in the history and is personal data
    /// of the person; of a record about nobody, a text that is sealed all the same.
    #[must_use]
    pub fn secret(mut self, text: impl Into<String>) -> Self {
        self.secrets.push(text.into());
        self
    }

    /// Somebody who sees the record.
    #[must_use]
    pub fn seen_by(mut self, subject: Subject) -> Self {
        self.seen_by.push(subject);
        self
    }

    /// Somebody for whom there is no such record.
    #[must_use]
    pub fn hidden_from(mut self, subject: Subject) -> Self {
        self.hidden_from.push(subject);
        self
    }

    /// A bucket of a list in which it stands at the end.
    #[must_use]
    pub fn listed(mut self, list: List, bucket: impl Into<String>) -> Self {
        self.listed.push((list, bucket.into()));
        self
    }

    /// The bytes of a file that it refers to at the end.
    #[must_use]
    pub fn file(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.push(bytes.into());
        self
    }

    /// A day on which the clock has something to do, before the last event happened.
    #[must_use]
    pub fn due(mut self, day: NaiveDate) -> Self {
        self.due = Some(day);
        self
    }
}
