//! Every verb, tried with what it needs to succeed.

use mattoni_core::{Act, Channel, Contacts, Id, Money, Problems, Refusal};
use mattoni_practice::*;

use crate::fixture::{
    answers, asked, assessment, calendar, citizen, day, delegate, file, integration_answer, maria,
    mario, office, person, system,
};

pub(crate) type Tried = Result<Event, Problems>;

fn shown<R: Refusal>(tried: Result<Event, R>) -> Tried {
    tried.map_err(|refusal| refusal.problems())
}

/// Tries `verb` in each way that can lead somewhere else, each by who would do it and when.
pub(crate) fn attempts(verb: Verb, p: &Practice) -> Vec<Tried> {
    let c = &calendar();
    let days = match verb {
        Verb::WarnOfExpiry => 340,
        Verb::Expire => 400,
        Verb::LapseIntegration | Verb::Reject => 60,
        _ => 8,
    };
    let actor: fn(u64) -> Act = match verb {
        Verb::Save
        | Verb::Detach
        | Verb::AddParty
        | Verb::RemoveParty
        | Verb::Delegate
        | Verb::RevokeDelegation
        | Verb::UpdateContacts
        | Verb::Submit
        | Verb::AnswerIntegration
        | Verb::AnswerNotice
        | Verb::Withdraw
        | Verb::MarkRead
        | Verb::Relate => citizen,
        Verb::Register
        | Verb::Recount
        | Verb::LapseIntegration
        | Verb::WarnOfExpiry
        | Verb::Expire => system,
        _ => office,
    };
    tries(verb, p, &actor(days), c)
}

/// Tries `verb` as `act`.
pub(crate) fn tries(
    verb: Verb,
    p: &Practice,
    act: &Act,
    c: &mattoni_core::calendar::LegalCalendar,
) -> Vec<Tried> {
    let decision = Decision::new("per questi motivi").with_answer_to_observations("non bastano");
    let one = |tried| vec![tried];
    match verb {
        Verb::Save => one(shown(p.save(act, Saving::set(answers()).clearing(["telefono"])))),
        Verb::Attach => one(shown(p.attach(act, file("altro.pdf")))),
        Verb::Detach => one(shown(p.detach(act, file("carta.pdf").digest))),
        Verb::AddParty => {
            let anna = person(3, "BNCNNA85D50F205H", "Anna", "Bianchi");
            one(shown(p.add_party(act, Party { person: anna, role: PartyRole::CoApplicant })))
        }
        Verb::RemoveParty => one(shown(p.remove_party(act, mario().id))),
        Verb::Delegate => {
            let mandate = Mandate::new(delegate(), MandateKind::Delegated);
            one(shown(p.delegate(act, mandate)))
        }
        Verb::RevokeDelegation => one(shown(p.revoke_delegation(act, delegate().id))),
        Verb::UpdateContacts => {
            let email = Some("maria.rossi@example.it".parse().unwrap());
            let contacts = Contacts { email, channel: Some(Channel::Email), ..Contacts::default() };
            one(shown(p.update_contacts(act, contacts)))
        }
        Verb::Abstain => one(shown(p.abstain(act, "è mia cugina"))),
        Verb::Submit => one(shown(p.submit(act, p.summary().digest(), c))),
        Verb::Register => {
            let number = "2026/0000124";
            let document = match p.protocol_number() {
                None => Document::Application,
                Some(_) => Document::IntegrationRequest { number: 1 },
            };
            one(shown(p.register(act, document, number)))
        }
        Verb::TakeInCharge => {
            one(shown(p.take_in_charge(act, Assignee::official("scuola", "anna.bianchi"))))
        }
        Verb::RequestIntegration => {
            one(shown(p.request_integration(act, asked(), day("2026-10-30"), c)))
        }
        Verb::AnswerIntegration => one(shown(p.answer_integration(act, integration_answer(), c))),
        Verb::CancelIntegration => one(shown(p.cancel_integration(act, "trovato", c))),
        Verb::LapseIntegration => one(shown(p.lapse_integration(act, c))),
        Verb::Assess => one(shown(p.assess(act, assessment("batch")))),
        Verb::RequestPayment => {
            one(shown(p.request_payment(act, Money::from_cents(1600), "bollo")))
        }
        Verb::RecordPayment => {
            // Each time another receipt.
            let reference = format!("RT{}", p.payments().len() + 1);
            let amount = Money::from_cents(1600);
            let tried = [
                Payment::Paid { amount, reference },
                Payment::SettledOtherwise { note: "allo sportello".into() },
                Payment::Failed { reason: "carta rifiutata".into() },
            ];
            let record = |payment| p.record_payment(act, payment).map(|made| made.unwrap());
            tried.into_iter().map(|payment| shown(record(payment))).collect()
        }
        Verb::Refund => {
            let receipt = p.open_surplus().next().map_or("RT", |open| open.reference.as_str());
            one(shown(p.refund(act, receipt, "mandato n. 12/2026")))
        }
        Verb::CancelPayment => one(shown(p.cancel_payment(act, "esente"))),
        Verb::ExtendTerm => {
            one(shown(p.extend_term(act, 30, "D.P.R. 380/2001, art. 20, c. 3", "complessa", c)))
        }
        Verb::Recount => {
            let law = "D.L. 5/2026";
            let moved = p.due().map(|due| c.clone().with_holiday(due.on, "Centenario", law));
            let counted = p.recount(act, &moved.unwrap_or_default(), &office(0));
            one(shown(counted.map(|made| made.unwrap())))
        }
        Verb::GiveNotice => one(shown(p.give_notice(act, "manca un requisito", c))),
        Verb::AnswerNotice => one(shown(p.answer_notice(act, "il requisito c'è", c))),
        Verb::Accept => one(shown(p.accept(act, decision))),
        Verb::Reject => one(shown(p.reject(act, decision))),
        Verb::Withdraw => one(shown(p.withdraw(act, "non serve più"))),
        Verb::Reopen => one(shown(p.reopen(act, "riesame", Assignee::office("scuola"), c))),
        Verb::Revoke => one(shown(p.revoke(act, RevocationGround::Unlawful, decision, c))),
        Verb::WarnOfExpiry => one(shown(p.warn_of_expiry(act))),
        Verb::Expire => one(shown(p.expire(act))),
        Verb::Write => one(shown(p.write(act, "un messaggio"))),
        Verb::Note => one(shown(p.note(act, "una nota segreta"))),
        Verb::MarkRead => one(shown(p.mark_read(act, 1))),
        Verb::Relate => one(shown(p.relate(act, Id::from_u128(99), &Relations::default()))),
        other => panic!("no attempt at {other} by {}", maria().given_name),
    }
}
