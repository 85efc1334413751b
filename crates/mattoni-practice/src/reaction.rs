//! What has to happen elsewhere because something happened here.
//!
//! Pure data, read off events: the shell puts it in the outbox in the same transaction as the
//! event, under a key made of the event's place in the journal and the reaction's place in the
//! list. Replaying a history sends nothing.

use chrono::NaiveDate;
use mattoni_core::Money;
use serde::{Deserialize, Serialize};

use crate::{Audience, Document, Event, Filer, Payment, Practice, Registering, State};

/// Something to be done by another brick.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "reaction")]
#[non_exhaustive]
pub enum Reaction {
    /// The register is to number a document of the practice.
    RegisterAtProtocol {
        /// Which.
        document: Document,
    },
    /// Someone is to be told something.
    Tell {
        /// Whom.
        to: Recipient,
        /// Stable code of the template, e.g. `practice.submitted`.
        template: Template,
    },
    /// A debt is to be made.
    MakeDebt {
        /// How much.
        amount: Money,
        /// What for.
        reason: String,
    },
    /// The open debt is to be cancelled: it was settled otherwise, or is not needed.
    CancelDebt,
}

/// Whom to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Recipient {
    /// The applicant's side.
    Applicant,
    /// Whoever has the practice in charge, a person or an office; the service's office while
    /// nobody has.
    Office,
}

/// What to tell, with what a template needs beyond the practice itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "template")]
#[non_exhaustive]
pub enum Template {
    /// A draft was opened for the applicant by someone else.
    OpenedOnBehalf,
    /// The receipt, with the last day for an answer.
    Receipt {
        /// The last day.
        due: NaiveDate,
    },
    /// The number in the register.
    Numbered {
        /// The number.
        number: String,
    },
    /// Someone examines it now (L. 241/1990, art. 7–8).
    TakenInCharge,
    /// Something is missing.
    IntegrationRequested {
        /// Last day to answer.
        answer_by: NaiveDate,
    },
    /// The missing things are there.
    IntegrationAnswered,
    /// The request was taken back or ran out; the last day for the answer is this.
    IntegrationClosed {
        /// The last day.
        due: NaiveDate,
    },
    /// Something is to be paid.
    PaymentRequested,
    /// A payment went well.
    PaymentSettled,
    /// A payment failed and can be tried again.
    PaymentFailed,
    /// What was to be paid is no longer.
    PaymentCancelled,
    /// The term was made longer; the last day for the answer is this.
    TermExtended {
        /// The last day.
        due: NaiveDate,
    },
    /// The reasons against, with the last day for observations.
    RejectionNotice {
        /// The last day.
        observations_by: NaiveDate,
    },
    /// Observations were made.
    Observations,
    /// Yes.
    Accepted,
    /// No.
    Rejected,
    /// The applicant took it back.
    Withdrawn,
    /// It is examined again.
    Reopened,
    /// The yes was taken back.
    Revoked,
    /// The draft will expire.
    DraftExpires {
        /// The day from which.
        on: NaiveDate,
    },
    /// The draft expired.
    DraftExpired,
    /// The last day for the answer comes near; told by the clock, follows from no event.
    TermNears {
        /// The last day.
        due: NaiveDate,
    },
    /// The last day passed without an answer; told by the clock, follows from no event.
    TermPassed {
        /// The last day.
        due: NaiveDate,
    },
    /// There is a new message.
    Message {
        /// Its number.
        number: u32,
    },
}

/// What has to happen elsewhere because of `event`.
///
/// `practice` is the practice as the event left it: whether its documents are numbered at all,
/// and which outcome by number this is, stand there.
#[must_use]
pub fn reactions(event: &Event, practice: &Practice) -> Vec<Reaction> {
    let tell = |to, template| Reaction::Tell { to, template };
    let applicant = |template| tell(Recipient::Applicant, template);
    let office = |template| tell(Recipient::Office, template);
    let number = |document| match practice.procedure().registering {
        Registering::Needed => vec![Reaction::RegisterAtProtocol { document }],
        Registering::NotNeeded => Vec::new(),
    };
    let outcome =
        Document::Outcome { number: u32::try_from(practice.outcomes().len()).unwrap_or(u32::MAX) };
    let and = |mut list: Vec<Reaction>, one: Reaction| {
        list.push(one);
        list
    };
    match event {
        Event::Opened(opened) => match opened.opening.filer {
            Filer::Applicant => vec![],
            Filer::Delegate { .. } | Filer::Counter { .. } => {
                vec![applicant(Template::OpenedOnBehalf)]
            }
        },
        Event::Submitted(submitted) => and(
            number(Document::Application),
            applicant(Template::Receipt { due: submitted.due.on }),
        ),
        Event::Registered(registered) => match registered.document {
            Document::Application => {
                vec![applicant(Template::Numbered { number: registered.number.clone() })]
            }
            _ => vec![],
        },
        Event::TakenInCharge(_) => {
            vec![applicant(Template::TakenInCharge), office(Template::TakenInCharge)]
        }
        Event::IntegrationRequested(requested) => and(
            number(Document::IntegrationRequest { number: requested.number }),
            applicant(Template::IntegrationRequested { answer_by: requested.answer_by }),
        ),
        Event::IntegrationAnswered(answered) => and(
            number(Document::IntegrationAnswer { number: answered.number }),
            office(Template::IntegrationAnswered),
        ),
        Event::IntegrationCancelled(closed) => {
            vec![applicant(Template::IntegrationClosed { due: closed.due.on })]
        }
        Event::IntegrationLapsed(closed) => {
            let template = Template::IntegrationClosed { due: closed.due.on };
            vec![applicant(template.clone()), office(template)]
        }
        Event::PaymentRequested(requested) => {
            let (amount, reason) = (requested.amount, requested.reason.clone());
            vec![Reaction::MakeDebt { amount, reason }, applicant(Template::PaymentRequested)]
        }
        Event::PaymentRecorded(recorded) => match recorded.payment {
            Payment::Paid { .. } => vec![applicant(Template::PaymentSettled)],
            Payment::SettledOtherwise { .. } => {
                vec![Reaction::CancelDebt, applicant(Template::PaymentSettled)]
            }
            Payment::Failed { .. } => vec![applicant(Template::PaymentFailed)],
        },
        Event::PaymentCancelled(_) => {
            vec![Reaction::CancelDebt, applicant(Template::PaymentCancelled)]
        }
        Event::TermExtended(extended) => and(
            number(Document::Extension { number: extended.number }),
            applicant(Template::TermExtended { due: extended.due.on }),
        ),
        Event::NoticeGiven(notice) => {
            let observations_by = notice.observations_by;
            and(number(Document::Notice), applicant(Template::RejectionNotice { observations_by }))
        }
        Event::NoticeAnswered(_) => {
            and(number(Document::Observations), office(Template::Observations))
        }
        Event::Accepted(_) => and(number(outcome), applicant(Template::Accepted)),
        Event::Rejected(_) => and(number(outcome), applicant(Template::Rejected)),
        Event::Withdrawn(_) => {
            let mut list = and(number(Document::Withdrawal), office(Template::Withdrawn));
            if practice
                .changes()
                .iter()
                .rev()
                .nth(1)
                .is_some_and(|c| c.to == State::AwaitingPayment)
            {
                list.push(Reaction::CancelDebt);
            }
            list
        }
        Event::Reopened(_) => vec![applicant(Template::Reopened), office(Template::Reopened)],
        Event::Revoked(_) => and(number(outcome), applicant(Template::Revoked)),
        Event::ExpiryWarned(warned) => {
            vec![applicant(Template::DraftExpires { on: warned.expires_on })]
        }
        Event::Expired(_) => vec![applicant(Template::DraftExpired)],
        Event::Written(written) => match written.audience {
            Audience::Office => vec![],
            Audience::Everyone => {
                let template = Template::Message { number: written.number };
                match written.act.by {
                    mattoni_core::Actor::Citizen(_) => vec![office(template)],
                    _ => vec![applicant(template)],
                }
            }
        },
        Event::Saved(_)
        | Event::Attached(_)
        | Event::Detached(_)
        | Event::PartyAdded(_)
        | Event::PartyRemoved(_)
        | Event::Assessed(_)
        | Event::MessageRead(_)
        | Event::Related(_) => vec![],
    }
}
