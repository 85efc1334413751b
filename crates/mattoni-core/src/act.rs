//! Who did something, and when.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Digest, Id, Person};

/// Who acts. People are named by id, never by fiscal code: the journal is kept for decades and
/// must not spread personal data over every line.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "who")]
#[non_exhaustive]
pub enum Actor {
    /// A citizen, for themselves.
    Citizen(Id<Person>),
    /// An official (*operatore*) of the ente, by their account name there.
    Operator(String),
    /// The software itself: a deadline that ran out, an import. Names the job.
    System(String),
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Citizen(id) => write!(f, "citizen {id}"),
            Self::Operator(name) => write!(f, "operator {name}"),
            Self::System(job) => write!(f, "system {job}"),
        }
    }
}

/// The circumstances of a verb: when, and by whom. Handed in by the shell, because the core
/// reads no clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// The instant, UTC. Days of law are read off it in Europe/Rome ([`crate::calendar::rome_date`]).
    pub at: DateTime<Utc>,
    /// Who acts.
    pub by: Actor,
    /// For whom, when it is done for somebody else: an official at the counter (*sportello*) for
    /// a citizen, a delegate for a family.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf: Option<OnBehalf>,
}

/// For whom somebody acts, and the paper that allows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnBehalf {
    /// The person for whom it is done.
    pub person: Id<Person>,
    /// SHA-256 of the paper on file: the signed request (D.P.R. 445/2000, art. 38), the mandate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<Digest>,
}

impl Act {
    /// `by` acts at `at`, for nobody else.
    #[must_use]
    pub fn new(at: DateTime<Utc>, by: Actor) -> Self {
        Self { at, by, on_behalf: None }
    }

    /// The same act, done for `person`. `paper` is the digest of the signed request or of the
    /// mandate on file; each verb says whether it can be done without one.
    ///
    /// ```
    /// use mattoni_core::{Act, Actor, Digest, Id};
    ///
    /// let at = "2027-03-01T09:00:00Z".parse()?;
    /// let signed = Digest::of(b"the signed request, scanned");
    /// let act = Act::new(at, Actor::Operator("anna".into()))
    ///     .on_behalf_of(Id::from_u128(1), Some(signed));
    /// assert_eq!(act.paper(), Some(signed));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn on_behalf_of(mut self, person: Id<Person>, paper: Option<Digest>) -> Self {
        self.on_behalf = Some(OnBehalf { person, paper });
        self
    }

    /// The paper that the act names.
    #[must_use]
    pub fn paper(&self) -> Option<Digest> {
        self.on_behalf.and_then(|on_behalf| on_behalf.paper)
    }
}
