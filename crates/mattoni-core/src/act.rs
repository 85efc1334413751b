//! Who did something, and when.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Id, Person};

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
}

impl Act {
    /// `by` acts at `at`.
    #[must_use]
    pub fn new(at: DateTime<Utc>, by: Actor) -> Self {
        Self { at, by }
    }
}
