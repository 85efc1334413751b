//! Numbers of the register (*protocollo*).

use mattoni_core::record::Personal;
use mattoni_core::{Act, Problems, Refusal};
use serde::{Deserialize, Serialize};

use crate::refusal::{NotTheirs, WrongState, problem};
use crate::{Document, Event, IntegrationEnd, Practice, Registration, State, Verb};

/// A number of the register was noted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Registered {
    /// When, and by whom.
    pub act: Act,
    /// What was registered.
    pub document: Document,
    /// The number as the register writes it.
    #[not_personal]
    pub number: String,
}

impl Registered {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        let (document, number, at) = (self.document, self.number.clone(), self.act.at);
        practice.registrations.push(Registration { document, number, at });
        if document == Document::Application && practice.state == State::Submitted {
            practice.move_to(State::Registered, &self.act);
        }
    }
}

/// Why a number cannot be noted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterRefusal {
    /// Not in this state.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// The number is empty.
    #[error("the number is empty")]
    NoNumber,
    /// The document has a number already.
    #[error("the document has the number {number} already")]
    Already {
        /// That number.
        number: String,
    },
    /// The practice has no such document.
    #[error("the practice has no such document")]
    NoSuchDocument,
}

impl Refusal for RegisterRefusal {
    fn problems(&self) -> Problems {
        let (what, field, remedy) = match self {
            Self::WrongState(wrong) => return wrong.problems(),
            Self::NotTheirs(not_theirs) => return not_theirs.problems(),
            Self::NoNumber => ("no-number", "number", "give the register's number"),
            Self::Already { .. } => ("already", "document", "nothing: it stays as it is"),
            Self::NoSuchDocument => ("no-such-document", "document", "name one that exists"),
        };
        problem(Verb::Register, what, field, self.to_string(), remedy).into()
    }
}

impl Practice {
    /// Notes the number a document got. That of the application moves a submitted practice on.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = submitted;
    /// practice.apply(&practice.register(&system, Document::Application, "2026/0000123")?);
    /// assert_eq!(practice.state(), State::Registered);
    /// assert_eq!(practice.protocol_number(), Some("2026/0000123"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`RegisterRefusal`]; [`Already`](RegisterRefusal::Already) makes it safe to deliver the
    /// same number twice.
    pub fn register(
        &self,
        act: &Act,
        document: Document,
        number: &str,
    ) -> Result<Event, RegisterRefusal> {
        if let Some(number) = self.registered(document) {
            return Err(RegisterRefusal::Already { number: number.to_owned() });
        }
        self.ready(Verb::Register)?;
        self.theirs(Verb::Register, act)?;
        if !self.has(document) {
            return Err(RegisterRefusal::NoSuchDocument);
        }
        let number = number.trim().to_owned();
        if number.is_empty() {
            return Err(RegisterRefusal::NoNumber);
        }
        Ok(Registered { act: act.clone(), document, number }.into())
    }

    fn has(&self, document: Document) -> bool {
        let integration = |n: u32| self.integrations.iter().find(|i| i.number == n);
        match document {
            Document::Application => self.submitted_at().is_some(),
            Document::IntegrationRequest { number } => integration(number).is_some(),
            Document::IntegrationAnswer { number } => integration(number)
                .is_some_and(|i| matches!(i.end, IntegrationEnd::Answered { .. })),
            Document::Extension { number } => (1..=self.extensions).contains(&number),
            // A notice from before a re-opening still gets the number it waits for.
            Document::Notice { number } => {
                (1..=self.times_in(State::NoticeGiven)).contains(&number)
            }
            Document::Observations { number } => {
                let given = self.times_in(State::NoticeGiven);
                match &self.notice {
                    Some(notice) if number == given => notice.observations.is_some(),
                    // Whether an earlier notice had observations is no longer held here.
                    _ => (1..=given).contains(&number),
                }
            }
            Document::Outcome { number } => {
                number >= 1 && number < Self::next_number(&self.outcomes)
            }
            Document::Withdrawal { number } => {
                (1..=self.times_in(State::Withdrawn)).contains(&number)
            }
        }
    }
}
