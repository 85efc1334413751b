//! Who someone is to the ente, and how much of a record they see.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{Actor, EnteId, Id, Person, Problem, Problems, Refusal, SignIn};

/// What someone is to the ente.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "role")]
#[non_exhaustive]
pub enum Role {
    /// A citizen. What they are to a record (applicant, delegate, reader) stands on the record.
    Citizen {
        /// Who.
        person: Id<Person>,
    },
    /// An official who examines practices (*operatore*).
    Operator {
        /// Their account.
        account: String,
        /// Their offices.
        offices: BTreeSet<String>,
        /// Services whose practices they see even before anyone has them in charge.
        services: BTreeSet<String>,
    },
    /// The head of offices (*responsabile*): an operator who also extends terms, re-opens and
    /// revokes.
    OfficeHead {
        /// Their account.
        account: String,
        /// Their offices.
        offices: BTreeSet<String>,
        /// Their services.
        services: BTreeSet<String>,
    },
    /// Technical staff: settings, never practices.
    TechnicalAdmin {
        /// Their account.
        account: String,
    },
    /// Looks at everything that was submitted, changes nothing.
    Auditor,
    /// The software itself: numbers, payments, deadlines, rules.
    System,
}

impl Role {
    /// Whether the role is on this side of the counter: what a verb's `by` names.
    #[must_use]
    pub fn is(&self, side: Side) -> bool {
        match self {
            Self::Citizen { .. } => side == Side::Citizen,
            Self::Operator { .. } => side == Side::Office,
            Self::OfficeHead { .. } => matches!(side, Side::Office | Side::Head),
            Self::System => side == Side::System,
            Self::TechnicalAdmin { .. } => side == Side::Technical,
            Self::Auditor => false,
        }
    }

    /// Whether an official with this role works for the office or on the service.
    #[must_use]
    pub fn works_on(&self, office: Option<&str>, service: Option<&str>) -> bool {
        match self {
            Self::Operator { offices, services, .. }
            | Self::OfficeHead { offices, services, .. } => {
                office.is_some_and(|office| offices.contains(office))
                    || service.is_some_and(|service| services.contains(service))
            }
            _ => false,
        }
    }

    /// Whether the role is one of the ente's and sees records that are about others.
    #[must_use]
    pub fn is_official(&self) -> bool {
        !matches!(self, Self::Citizen { .. } | Self::TechnicalAdmin { .. })
    }
}

/// A side of the counter (*sportello*): who does a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Side {
    /// The citizen whom the record is about, or who speaks for them.
    Citizen,
    /// An official of the office.
    Office,
    /// The head of the office.
    Head,
    /// Technical staff.
    Technical,
    /// The software itself.
    System,
}

impl Side {
    /// As officials read it.
    #[must_use]
    pub const fn italian(self) -> &'static str {
        match self {
            Self::Citizen => "cittadino",
            Self::Office => "ufficio",
            Self::Head => "responsabile",
            Self::Technical => "amministratore tecnico",
            Self::System => "sistema",
        }
    }
}

/// Someone who wants to read or do something, within one ente.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The ente they are known in.
    pub ente: EnteId,
    /// What they are to it. An official can be a citizen as well.
    pub roles: Vec<Role>,
    /// The day of law on which they look. Rights that begin or end on a day, such as those of a
    /// delegate, count only where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// The natural persons that they are, whatever they act as: behind an official's account
    /// stands somebody, too. They give no sight; with them an interest of their own is noticed
    /// (L. 241/1990, art. 6-bis).
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub persons: BTreeSet<Id<Person>>,
    /// How they were identified when they signed in: an act of theirs can claim no more.
    #[serde(default)]
    pub signed_in: SignIn,
}

impl Subject {
    /// Someone with these roles, of whom nobody says how they were identified.
    #[must_use]
    pub fn new(ente: EnteId, roles: Vec<Role>) -> Self {
        Self { ente, roles, day: None, persons: BTreeSet::new(), signed_in: SignIn::Anonymous }
    }

    /// The same, looking on this day of law (Europe/Rome).
    ///
    /// ```
    /// use mattoni_core::Id;
    /// use mattoni_core::record::{Role, Subject};
    ///
    /// let delegate = Role::Citizen { person: Id::from_u128(1) };
    /// let who = Subject::new("c_f051".parse()?, vec![delegate]).on("2027-03-01".parse()?);
    /// assert_eq!(who.day.map(|day| day.to_string()).as_deref(), Some("2027-03-01"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn on(mut self, day: NaiveDate) -> Self {
        self.day = Some(day);
        self
    }

    /// The same, known to be this natural person: name the one behind an official's account.
    #[must_use]
    pub fn being(mut self, person: Id<Person>) -> Self {
        self.persons.insert(person);
        self
    }

    /// Whether they are this natural person, whatever they act as.
    #[must_use]
    pub fn is(&self, person: Id<Person>) -> bool {
        self.persons.contains(&person) || self.people().any(|who| who == person)
    }

    /// Someone who was identified like this.
    #[must_use]
    pub fn identified(mut self, by: SignIn) -> Self {
        self.signed_in = by;
        self
    }

    /// The same person as far as they act as `actor`. Whoever acts may be less than whoever
    /// looks: an official who is also the applicant does not accept their own application as a
    /// citizen. Who they are stays known.
    #[must_use]
    pub fn acting_as(&self, actor: &Actor) -> Self {
        let acts = |role: &&Role| match (role, actor) {
            (Role::Citizen { person }, Actor::Citizen(who)) => person == who,
            (
                Role::Operator { account, .. }
                | Role::OfficeHead { account, .. }
                | Role::TechnicalAdmin { account },
                Actor::Operator(who),
            ) => account == who,
            (Role::System, Actor::System(_)) => true,
            _ => false,
        };
        Self {
            ente: self.ente.clone(),
            roles: self.roles.iter().filter(acts).cloned().collect(),
            day: self.day,
            signed_in: self.signed_in,
            persons: self.persons.iter().copied().chain(self.people()).collect(),
        }
    }

    /// The people they are as a citizen.
    pub fn people(&self) -> impl Iterator<Item = Id<Person>> {
        self.roles.iter().filter_map(|role| match role {
            Role::Citizen { person } => Some(*person),
            _ => None,
        })
    }

    /// Whether they work for the ente and see records that are about others.
    #[must_use]
    pub fn is_official(&self) -> bool {
        self.roles.iter().any(Role::is_official)
    }

    /// Whether one of their roles is on one of these sides of the counter.
    #[must_use]
    pub fn is_on(&self, sides: &[Side]) -> bool {
        self.roles.iter().any(|role| sides.iter().any(|side| role.is(*side)))
    }
}

/// How much of a record someone sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// For them there is no such record.
    Nothing,
    /// All but what the office keeps to itself: its private notes (*note private*).
    WithoutNotes,
    /// All of it.
    Everything,
}

/// They may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccessRefusal {
    /// As far as they can know, there is no such record.
    #[error("there is no such {kind}")]
    Unknown {
        /// The kind of record.
        kind: &'static str,
    },
    /// They may look, not do this.
    #[error("{verb} is for someone else to do")]
    NotTheirs {
        /// The kind of record.
        kind: &'static str,
        /// Name of the verb.
        verb: &'static str,
    },
    /// An official with an interest of their own, or who declared one (*conflitto di interessi*,
    /// L. 241/1990, art. 6-bis).
    #[error("an official with an interest in the {kind} must abstain (L. 241/1990, art. 6-bis)")]
    Conflict {
        /// The kind of record.
        kind: &'static str,
        /// Name of the verb.
        verb: &'static str,
    },
}

impl Refusal for AccessRefusal {
    fn problems(&self) -> Problems {
        match self {
            Self::Unknown { kind } => Problem::new(
                format!("{kind}.access.unknown"),
                *kind,
                self.to_string(),
                "check the id, or sign in as someone else",
            ),
            Self::NotTheirs { kind, .. } => Problem::new(
                format!("{kind}.access.not-theirs"),
                "actor",
                self.to_string(),
                "ask the applicant or the office",
            ),
            Self::Conflict { kind, .. } => Problem::new(
                format!("{kind}.access.conflict-of-interest"),
                "actor",
                self.to_string(),
                "abstain, and pass it to a colleague or to the head of the office",
            ),
        }
        .into()
    }
}
