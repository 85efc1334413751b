//! Who may do what: the one place every read and every verb goes through.
//!
//! A list, a search, a count or an export is made from [`visible`] and so cannot show what a
//! single read would hide.

use std::borrow::Cow;
use std::collections::BTreeSet;

use mattoni_core::{EnteId, Id, Person, Problem, Problems, Refusal};
use serde::{Deserialize, Serialize};

use crate::{Assignee, Audience, Event, Filer, Practice, State, Verb};

/// What someone is to the ente.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "role")]
#[non_exhaustive]
pub enum Role {
    /// A citizen. Whether as applicant, delegate or reader is written on each practice.
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
}

/// They may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccessRefusal {
    /// As far as they can know, there is no such practice.
    #[error("there is no such practice")]
    Unknown,
    /// They may look, not do this.
    #[error("{0} is for someone else to do")]
    NotTheirs(Verb),
}

impl Refusal for AccessRefusal {
    fn problems(&self) -> Problems {
        match self {
            Self::Unknown => Problem::new(
                "practice.access.unknown",
                "practice",
                self.to_string(),
                "check the id, or sign in as someone else",
            ),
            Self::NotTheirs(_) => Problem::new(
                "practice.access.not-theirs",
                "actor",
                self.to_string(),
                "ask the applicant or the office",
            ),
        }
        .into()
    }
}

/// How much of a practice someone sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// For them there is no such practice.
    Nothing,
    /// All but what the office keeps to itself: its private notes (*note private*).
    WithoutNotes,
    /// All of it.
    Everything,
}

/// The practice as `subject` may see it, without private notes for citizens; `None` when for
/// them there is no such practice.
#[must_use]
pub fn see<'a>(subject: &Subject, practice: &'a Practice) -> Option<Cow<'a, Practice>> {
    match sight(subject, practice) {
        Sight::Nothing => None,
        Sight::Everything => Some(Cow::Borrowed(practice)),
        Sight::WithoutNotes => {
            if practice.messages.iter().all(|m| m.audience == Audience::Everyone) {
                return Some(Cow::Borrowed(practice));
            }
            let mut seen = practice.clone();
            seen.messages.retain(|message| message.audience == Audience::Everyone);
            Some(Cow::Owned(seen))
        }
    }
}

/// Whether `subject` may know of `event`, one of the practice's history: whoever sees no private
/// notes does not see that one was written or read either.
#[must_use]
pub fn knows(subject: &Subject, practice: &Practice, event: &Event) -> bool {
    match sight(subject, practice) {
        Sight::Nothing => false,
        Sight::Everything => true,
        Sight::WithoutNotes => match event {
            Event::Written(written) => written.audience == Audience::Everyone,
            Event::MessageRead(read) => practice.messages.iter().any(|message| {
                message.number == read.number && message.audience == Audience::Everyone
            }),
            _ => true,
        },
    }
}

/// Of `practices`, those `subject` may see, as they may see them.
pub fn visible<'a>(
    subject: &Subject,
    practices: impl IntoIterator<Item = &'a Practice>,
) -> impl Iterator<Item = Cow<'a, Practice>> {
    practices.into_iter().filter_map(|practice| see(subject, practice))
}

/// Whether `subject` may do `verb` with the practice. The practice's own conditions come on top.
///
/// # Errors
/// [`AccessRefusal::Unknown`] when they may not even see it.
pub fn may(subject: &Subject, verb: Verb, practice: &Practice) -> Result<(), AccessRefusal> {
    if sight(subject, practice) == Sight::Nothing {
        return Err(AccessRefusal::Unknown);
    }
    if subject.roles.iter().any(|role| allows(role, verb, practice)) {
        Ok(())
    } else {
        Err(AccessRefusal::NotTheirs(verb))
    }
}

/// How much of the practice `subject` sees: what their most seeing role does.
#[must_use]
pub fn sight(subject: &Subject, practice: &Practice) -> Sight {
    if subject.ente != practice.ente {
        return Sight::Nothing;
    }
    subject.roles.iter().map(|role| role_sight(role, practice)).max().unwrap_or(Sight::Nothing)
}

fn role_sight(role: &Role, practice: &Practice) -> Sight {
    let draft = matches!(practice.state, State::Draft | State::Expired);
    match role {
        Role::Citizen { person }
            if practice.speaks_for_applicant(*person) || practice.is_reader(*person) =>
        {
            Sight::WithoutNotes
        }
        Role::Operator { account, .. } | Role::OfficeHead { account, .. } if draft => {
            if typed_by(practice, account) { Sight::Everything } else { Sight::Nothing }
        }
        Role::Operator { account, offices, services }
        | Role::OfficeHead { account, offices, services } => {
            let theirs = services.contains(&practice.service.code)
                || practice.assignee.as_ref().is_some_and(|assignee| {
                    offices.contains(assignee.office_code())
                        || matches!(assignee, Assignee::Official { account: a, .. } if a == account)
                });
            if theirs { Sight::Everything } else { Sight::Nothing }
        }
        Role::Auditor if !draft => Sight::Everything,
        Role::System => Sight::Everything,
        Role::Citizen { .. } | Role::TechnicalAdmin | Role::Auditor => Sight::Nothing,
    }
}

fn typed_by(practice: &Practice, account: &str) -> bool {
    matches!(&practice.filer, Filer::Counter { account: typist } if typist == account)
}

fn allows(role: &Role, verb: Verb, practice: &Practice) -> bool {
    if role_sight(role, practice) == Sight::Nothing {
        return false;
    }
    let applicants = verb.is_applicants();
    match role {
        Role::Citizen { person } => {
            if practice.speaks_for_applicant(*person) {
                applicants
            } else {
                verb == Verb::MarkRead
            }
        }
        // At the counter, an official does for the applicant what the applicant could.
        Role::Operator { account, .. } | Role::OfficeHead { account, .. }
            if typed_by(practice, account) && applicants && verb != Verb::Withdraw =>
        {
            true
        }
        Role::Operator { .. } => operators(verb),
        Role::OfficeHead { .. } => {
            operators(verb) || matches!(verb, Verb::ExtendTerm | Verb::Reopen | Verb::Revoke)
        }
        Role::System => matches!(
            verb,
            Verb::Register
                | Verb::LapseIntegration
                | Verb::Assess
                | Verb::RecordPayment
                | Verb::WarnOfExpiry
                | Verb::Expire
        ),
        Role::TechnicalAdmin | Role::Auditor => false,
    }
}

fn operators(verb: Verb) -> bool {
    matches!(
        verb,
        Verb::Attach
            | Verb::AddParty
            | Verb::RemoveParty
            | Verb::Register
            | Verb::TakeInCharge
            | Verb::RequestIntegration
            | Verb::CancelIntegration
            | Verb::LapseIntegration
            | Verb::Assess
            | Verb::RequestPayment
            | Verb::RecordPayment
            | Verb::CancelPayment
            | Verb::GiveNotice
            | Verb::Accept
            | Verb::Reject
            | Verb::Write
            | Verb::Note
            | Verb::MarkRead
            | Verb::Relate
    )
}
