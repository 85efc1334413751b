//! Abstaining because of an interest of one's own (*astensione*, L. 241/1990, art. 6-bis).

use mattoni_core::record::Personal;
use mattoni_core::{Act, Actor, Problems, Refusal};
use serde::{Deserialize, Serialize};

use crate::refusal::{NotTheirs, WrongState, problem};
use crate::{Assignee, Event, Practice, Verb};

/// An official abstained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Abstained {
    /// When, and who: the official themselves.
    pub act: Act,
    /// Which interest they have.
    #[personal]
    pub reason: String,
}

impl Abstained {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        let Actor::Operator(who) = &self.act.by else { return };
        practice.abstained.insert(who.clone());
        // What they had in charge falls back to their office.
        if let Some(Assignee::Official { office, account, .. }) = &practice.assignee
            && account == who
        {
            practice.assignee = Some(Assignee::office(office.clone()));
        }
    }
}

/// Why somebody cannot abstain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AbstainRefusal {
    /// Nobody deals with a draft.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for them to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// The software has no interests.
    #[error("must be declared by an official")]
    NoOfficial,
    /// They did so already.
    #[error("must be declared once")]
    Already,
    /// No interest is named.
    #[error("must say which interest they have")]
    NoReason,
}

impl Refusal for AbstainRefusal {
    fn problems(&self) -> Problems {
        let (what, field, remedy) = match self {
            Self::WrongState(wrong) => return wrong.problems(),
            Self::NotTheirs(not_theirs) => return not_theirs.problems(),
            Self::NoOfficial => ("no-official", "actor", "let the official do it"),
            Self::Already => ("already", "actor", "nothing: it stays as it is"),
            Self::NoReason => ("no-reason", "reason", "write what ties you to the practice"),
        };
        problem(Verb::Abstain, what, field, self.to_string(), remedy).into()
    }
}

impl Practice {
    /// Declares an interest of the official who acts. From now on every verb of the office is
    /// refused to them here, and they see no private notes; what they had in charge falls back to
    /// their office.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = in_charge;
    /// practice.apply(&practice.abstain(&office, "la richiedente è mia cugina")?);
    /// let refused = practice.accept(&office, Decision::new("ha i requisiti")).unwrap_err();
    /// let problems = refused.problems().into_vec();
    /// assert_eq!(problems[0].code, "practice.accept.conflict-of-interest");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`AbstainRefusal`] without an interest, or a second time.
    pub fn abstain(&self, act: &Act, reason: &str) -> Result<Event, AbstainRefusal> {
        self.ready(Verb::Abstain)?;
        self.theirs(Verb::Abstain, act)?;
        let Actor::Operator(who) = &act.by else { return Err(AbstainRefusal::NoOfficial) };
        if self.abstained.contains(who) {
            return Err(AbstainRefusal::Already);
        }
        if reason.trim().is_empty() {
            return Err(AbstainRefusal::NoReason);
        }
        Ok(Abstained { act: act.clone(), reason: reason.to_owned() }.into())
    }
}
