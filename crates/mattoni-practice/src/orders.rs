//! What a practice asks of other bricks because something happened to it.
//!
//! The orders are read off each event and committed with it. Replaying a history sends nothing.

use mattoni_core::record::{CancelPayment, Recipient, RecordRef, Register, RequestPayment, Tell};
use mattoni_core::{Actor, Id, RuleWorld};
use serde::Deserialize;

use crate::{
    Audience, Document, Event, Filer, FollowOrder, Payment, Practice, Registering, State, Taking,
    Template,
};

mattoni_core::orders! {
    /// What a practice asks of other bricks.
    pub enum PracticeOrder { Register, Tell, RequestPayment, CancelPayment }
}

impl Event {
    /// The final state that the event leads into, whatever came before.
    pub(crate) fn ends_in(&self) -> Option<State> {
        match self {
            Self::Accepted(_) => Some(State::Accepted),
            Self::Rejected(_) => Some(State::Rejected),
            Self::Withdrawn(_) => Some(State::Withdrawn),
            Self::Revoked(_) => Some(State::Revoked),
            Self::Expired(_) => Some(State::Expired),
            _ => None,
        }
    }
}

impl Practice {
    /// The orders of `event`, which led to this practice: first those that every practice gives,
    /// then those that the service adds.
    pub(crate) fn orders_of(&self, event: &Event) -> Vec<PracticeOrder> {
        let mut orders = self.own_orders(event);
        let follows = self.procedure.follows.iter();
        let follows = follows.filter(|follow| event.ends_in() == Some(follow.on));
        orders.extend(follows.map(|follow| self.follow(&follow.order)));
        orders
    }

    fn follow(&self, order: &FollowOrder) -> PracticeOrder {
        let about = RecordRef::of(self.id);
        match order {
            FollowOrder::Tell { to, template } => {
                let contacts = match to {
                    Recipient::Applicant => self.contacts.clone(),
                    _ => None,
                };
                Tell::new(about, *to, template).reaching(contacts).into()
            }
            FollowOrder::RequestPayment { amount, reason } => {
                RequestPayment { about, amount: *amount, reason: reason.clone() }.into()
            }
        }
    }

    fn own_orders(&self, event: &Event) -> Vec<PracticeOrder> {
        let applicant = |template: Template| self.tell_applicant(&template, event);
        let office = |template: Template| self.tell(Recipient::Office, &template);
        let outcome =
            Document::Outcome { number: u32::try_from(self.outcomes.len()).unwrap_or(u32::MAX) };
        match event {
            Event::Opened(opened) => match opened.opening.filer {
                Filer::Applicant => vec![],
                Filer::Delegate { .. } | Filer::Counter { .. } => {
                    vec![applicant(Template::OpenedOnBehalf)]
                }
            },
            Event::Delegated(_) => vec![applicant(Template::Delegated)],
            Event::DelegationRevoked(_) => vec![applicant(Template::DelegationRevoked)],
            Event::Submitted(submitted) => {
                let receipt = Template::Receipt { due: submitted.due.on };
                self.numbered(Document::Application, applicant(receipt))
            }
            Event::Registered(registered) => match registered.document {
                Document::Application => {
                    vec![applicant(Template::Numbered { number: registered.number.clone() })]
                }
                _ => vec![],
            },
            Event::TakenInCharge(taken) => match taken.taking {
                Taking::First => {
                    vec![applicant(Template::TakenInCharge), office(Template::TakenInCharge)]
                }
                Taking::HandedOn => vec![office(Template::TakenInCharge)],
            },
            Event::IntegrationRequested(requested) => {
                let answer_by = requested.answer_by;
                let document = Document::IntegrationRequest { number: requested.number };
                self.numbered(document, applicant(Template::IntegrationRequested { answer_by }))
            }
            Event::IntegrationAnswered(answered) => {
                let document = Document::IntegrationAnswer { number: answered.number };
                self.numbered(document, office(Template::IntegrationAnswered))
            }
            Event::IntegrationCancelled(closed) => {
                vec![applicant(Template::IntegrationClosed { due: closed.due.on })]
            }
            Event::IntegrationLapsed(closed) => {
                let template = Template::IntegrationClosed { due: closed.due.on };
                vec![applicant(template.clone()), office(template)]
            }
            Event::Assessed(assessed) => {
                let eligibility = assessed.assessment.world() == RuleWorld::Eligibility;
                if eligibility && !assessed.assessment.objections().is_empty() {
                    vec![office(Template::RejectionProposed)]
                } else {
                    vec![]
                }
            }
            Event::PaymentRequested(requested) => {
                let (about, reason) = (RecordRef::of(self.id), requested.reason.clone());
                let request = RequestPayment { about, amount: requested.amount, reason };
                vec![request.into(), applicant(Template::PaymentRequested)]
            }
            Event::PaymentRecorded(recorded) if !recorded.owed.is_yes() => {
                vec![applicant(Template::PaymentNotOwed), office(Template::PaymentNotOwed)]
            }
            Event::Refunded(_) => vec![applicant(Template::PaymentRefunded)],
            Event::PaymentRecorded(recorded) => match recorded.payment {
                Payment::Paid { .. } => vec![applicant(Template::PaymentSettled)],
                Payment::SettledOtherwise { .. } => {
                    vec![self.cancelled_debt(), applicant(Template::PaymentSettled)]
                }
                Payment::Failed { .. } => vec![applicant(Template::PaymentFailed)],
            },
            Event::PaymentCancelled(_) => {
                vec![self.cancelled_debt(), applicant(Template::PaymentCancelled)]
            }
            Event::TermExtended(extended) => {
                let document = Document::Extension { number: extended.number };
                self.numbered(document, applicant(Template::TermExtended { due: extended.due.on }))
            }
            Event::TermRecounted(recounted) => {
                vec![applicant(Template::TermRecounted { due: recounted.due.on })]
            }
            Event::NoticeGiven(notice) => {
                let observations_by = notice.observations_by;
                let template = Template::RejectionNotice { observations_by };
                let number = self.times_in(State::NoticeGiven);
                self.numbered(Document::Notice { number }, applicant(template))
            }
            Event::NoticeAnswered(_) => {
                let number = self.times_in(State::NoticeGiven);
                self.numbered(Document::Observations { number }, office(Template::Observations))
            }
            Event::Accepted(_) => self.numbered(outcome, applicant(Template::Accepted)),
            Event::Rejected(_) => self.numbered(outcome, applicant(Template::Rejected)),
            Event::Withdrawn(_) => {
                let document = Document::Withdrawal { number: self.times_in(State::Withdrawn) };
                let mut orders = self.numbered(document, office(Template::Withdrawn));
                let before = self.changes.iter().rev().nth(1);
                if before.is_some_and(|change| change.to == State::AwaitingPayment) {
                    orders.push(self.cancelled_debt());
                }
                orders
            }
            Event::Reopened(_) => vec![applicant(Template::Reopened), office(Template::Reopened)],
            Event::Revoked(_) => self.numbered(outcome, applicant(Template::Revoked)),
            Event::ExpiryWarned(warned) => {
                vec![applicant(Template::DraftExpires { on: warned.expires_on })]
            }
            Event::Expired(_) => vec![applicant(Template::DraftExpired)],
            Event::Written(written) => match written.audience {
                Audience::Office => vec![],
                Audience::Everyone => {
                    let template = Template::Message { number: written.number };
                    match (&written.act.by, &written.act.on_behalf) {
                        (Actor::Citizen(_), _) | (_, Some(_)) => vec![office(template)],
                        _ => {
                            // As the applicant counts, who knows of no private notes.
                            let number = self.number_without_notes(written.number);
                            let number = number.unwrap_or(written.number);
                            vec![applicant(Template::Message { number })]
                        }
                    }
                }
            },
            Event::Saved(_)
            | Event::Attached(_)
            | Event::Detached(_)
            | Event::PartyAdded(_)
            | Event::PartyRemoved(_)
            | Event::ContactsUpdated(_)
            | Event::Abstained(_)
            | Event::MessageRead(_)
            | Event::Related(_) => vec![],
        }
    }

    fn tell(&self, to: Recipient, template: &Template) -> PracticeOrder {
        template.tell(self.id, to).into()
    }

    /// With all that the message must be able to say, where and in which language.
    fn tell_applicant(&self, template: &Template, event: &Event) -> PracticeOrder {
        let mut tell = template.tell(self.id, Recipient::Applicant);
        tell.details.extend(self.particulars(event));
        tell.reaching(self.contacts.clone()).into()
    }

    /// The order to number a document, where the service registers its practices, and another.
    fn numbered(&self, document: Document, and: PracticeOrder) -> Vec<PracticeOrder> {
        let register = Register { of: RecordRef::of(self.id), document: document.code() };
        match self.procedure.registering {
            Registering::Needed => vec![register.into(), and],
            Registering::NotNeeded => vec![and],
        }
    }

    fn cancelled_debt(&self) -> PracticeOrder {
        CancelPayment { about: RecordRef::of(self.id) }.into()
    }
}

/// Which document of which practice the register is to number: reads the payload of an order
/// `registry.register`. `None` when it is about something else.
///
/// Payloads of before there were orders are read as well: an outbox may still hold some.
///
/// ```
/// use mattoni_core::Id;
/// use mattoni_practice::{Document, read_register};
///
/// let payload = br#"{"of":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},
///                    "document":"outcome/1"}"#;
/// let outcome = Document::Outcome { number: 1 };
/// assert_eq!(read_register(payload), Some((Id::from_u128(7), outcome)));
/// ```
#[must_use]
pub fn read_register(payload: &[u8]) -> Option<(Id<Practice>, Document)> {
    if let Ok(Register { of, document }) = serde_json::from_slice(payload) {
        return Some((of.id()?, Document::parse(&document)?));
    }
    let before: RegisterOfBefore = serde_json::from_slice(payload).ok()?;
    (before.reaction == "register-at-protocol").then_some((before.practice, before.document))
}

/// The payload of `registry.register` as it was before there were orders.
#[derive(Deserialize)]
struct RegisterOfBefore {
    practice: Id<Practice>,
    reaction: String,
    document: Document,
}
