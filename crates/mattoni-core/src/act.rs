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

/// How the person who acts was identified, from the weakest way to the strongest (CAD, D.Lgs.
/// 82/2005, art. 64 and 65).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SignIn {
    /// Not at all.
    #[default]
    Anonymous,
    /// SPID, level 1.
    Spid1,
    /// SPID, level 2.
    Spid2,
    /// The electronic identity card (CIE), or SPID, level 3.
    Cie,
    /// By an official who saw them, or by the paper they signed.
    InPerson,
}

impl SignIn {
    /// As people read it.
    #[must_use]
    pub const fn italian(self) -> &'static str {
        match self {
            Self::Anonymous => "senza autenticazione",
            Self::Spid1 => "SPID di livello 1",
            Self::Spid2 => "SPID di livello 2",
            Self::Cie => "CIE o SPID di livello 3",
            Self::InPerson => "riconoscimento di persona",
        }
    }

    fn is_anonymous(&self) -> bool {
        *self == Self::Anonymous
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
    /// How a citizen who acts was identified. Meaningless for officials and the software.
    #[serde(default, skip_serializing_if = "SignIn::is_anonymous")]
    pub signed_in: SignIn,
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
    /// `by` acts at `at`, for nobody else. Nobody says how they were identified.
    #[must_use]
    pub fn new(at: DateTime<Utc>, by: Actor) -> Self {
        Self { at, by, on_behalf: None, signed_in: SignIn::Anonymous }
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

    /// The act of somebody who was identified like this.
    ///
    /// ```
    /// use mattoni_core::{Act, Actor, Id, SignIn};
    ///
    /// let citizen = Actor::Citizen(Id::from_u128(7));
    /// let act = Act::new("2027-03-05T10:00:00Z".parse()?, citizen).identified(SignIn::Spid2);
    /// assert!(act.signed_in >= SignIn::Spid1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn identified(mut self, by: SignIn) -> Self {
        self.signed_in = by;
        self
    }
}
