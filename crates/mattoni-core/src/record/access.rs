//! Who someone is to the ente, and how much of a record they see.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Actor, EnteId, Id, Person, Problem, Problems, Refusal};

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
    TechnicalAdmin,
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
            Self::TechnicalAdmin | Self::Auditor => false,
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
        !matches!(self, Self::Citizen { .. } | Self::TechnicalAdmin)
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
}

impl Subject {
    /// Someone with these roles.
    #[must_use]
    pub fn new(ente: EnteId, roles: Vec<Role>) -> Self {
        Self { ente, roles }
    }

    /// The same person as far as they act as `actor`. Whoever acts may be less than whoever
    /// looks: an official who is also the applicant does not accept their own application as a
    /// citizen.
    #[must_use]
    pub fn acting_as(&self, actor: &Actor) -> Self {
        let acts = |role: &&Role| match (role, actor) {
            (Role::Citizen { person }, Actor::Citizen(who)) => person == who,
            (
                Role::Operator { account, .. } | Role::OfficeHead { account, .. },
                Actor::Operator(who),
            ) => account == who,
            (Role::System, Actor::System(_)) => true,
            _ => false,
        };
        Self::new(self.ente.clone(), self.roles.iter().filter(acts).cloned().collect())
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
        }
        .into()
    }
}
