//! What an official does with one practice.

use std::collections::BTreeSet;

use mattoni_core::Act;
use mattoni_desk::Desk;
use mattoni_desk::intake::Received;
use mattoni_office::attachment;
use mattoni_practice::{
    Asked, Assignee, Attachment, Decision, Event, Practice, Relations, RevocationGround, Verb,
};
use serde_json::json;

use super::official::{find, official};
use super::words::{assignee, day};
use crate::args::practice::{Decided, Ground, PracticeVerb};
use crate::args::staff::Acting;
use crate::output::{Failure, Reader, refused, say};
use crate::store_access::files;
use crate::store_access::officials::{self, Official};

pub(super) async fn run(verb: &PracticeVerb, reader: Reader) -> Result<(), Failure> {
    match verb {
        PracticeVerb::Take { number, office, acting } => {
            let who = official(acting).await?;
            let practice = find(&who.counter().of::<Practice>(), number).await?;
            let office = office_of(&practice, office.as_deref(), &who.account)?;
            let to = taker(office, &who.account);
            let take = |p: &Practice, act: &Act| p.take_in_charge(act, to.clone());
            done(&who, &practice, Verb::TakeInCharge, reader, take).await
        }
        PracticeVerb::Assign { number, to, office, acting } => {
            let who = official(acting).await?;
            let practice = find(&who.counter().of::<Practice>(), number).await?;
            let to = assigned(&who, &practice, to.as_deref(), office.as_deref()).await?;
            let assign = |p: &Practice, act: &Act| p.take_in_charge(act, to.clone());
            done(&who, &practice, Verb::TakeInCharge, reader, assign).await
        }
        PracticeVerb::Ask { number, papers, fields, why, by, acting } => {
            let paper = |name: &String| Asked::Paper { name: name.clone(), why: why.clone() };
            let field = |key: &String| Asked::Field { key: key.clone(), why: why.clone() };
            let items: Vec<Asked> =
                papers.iter().map(paper).chain(fields.iter().map(field)).collect();
            let who = official(acting).await?;
            let practice = find(&who.counter().of::<Practice>(), number).await?;
            let calendar = who.calendar().await?;
            let ask =
                |p: &Practice, act: &Act| p.request_integration(act, items.clone(), *by, &calendar);
            done(&who, &practice, Verb::RequestIntegration, reader, ask).await
        }
        PracticeVerb::Notice { number, reasons, acting } => {
            let who = official(acting).await?;
            let practice = find(&who.counter().of::<Practice>(), number).await?;
            let calendar = who.calendar().await?;
            let give = |p: &Practice, act: &Act| p.give_notice(act, reasons, &calendar);
            done(&who, &practice, Verb::GiveNotice, reader, give).await
        }
        PracticeVerb::Refund { number, reference, note, acting } => {
            let refund = |p: &Practice, act: &Act| p.refund(act, reference, note);
            one(acting, number, Verb::Refund, reader, refund).await
        }
        PracticeVerb::Accept(decided) => {
            let accept = |p: &Practice, act: &Act| p.accept(act, decision(decided));
            one(&decided.acting, &decided.number, Verb::Accept, reader, accept).await
        }
        PracticeVerb::Reject(decided) => {
            let reject = |p: &Practice, act: &Act| p.reject(act, decision(decided));
            one(&decided.acting, &decided.number, Verb::Reject, reader, reject).await
        }
        PracticeVerb::Write { number, text, acting } => {
            let write = |p: &Practice, act: &Act| p.write(act, text);
            one(acting, number, Verb::Write, reader, write).await
        }
        PracticeVerb::Note { number, text, acting } => {
            let note = |p: &Practice, act: &Act| p.note(act, text);
            one(acting, number, Verb::Note, reader, note).await
        }
        PracticeVerb::CancelRequest { number, reason, acting } => {
            let who = official(acting).await?;
            let practice = find(&who.counter().of::<Practice>(), number).await?;
            let calendar = who.calendar().await?;
            let cancel = |p: &Practice, act: &Act| p.cancel_integration(act, reason, &calendar);
            done(&who, &practice, Verb::CancelIntegration, reader, cancel).await
        }
        PracticeVerb::Lapse { number, acting } => {
            let who = official(acting).await?;
            let practice = find(&who.counter().of::<Practice>(), number).await?;
            let calendar = who.calendar().await?;
            let lapse = |p: &Practice, act: &Act| p.lapse_integration(act, &calendar);
            done(&who, &practice, Verb::LapseIntegration, reader, lapse).await
        }
        PracticeVerb::Attach { number, file, paper, acting } => {
            let who = official(acting).await?;
            let practices = who.counter().of::<Practice>();
            let practice = find(&practices, number).await?;
            let attach = |p: &Practice, act: &Act, files: &[Received]| {
                let file = attachment(&files[0]);
                p.attach(act, paper.iter().fold(file, Attachment::for_paper))
            };
            let (id, files) = (practice.id(), vec![files::upload(file)?]);
            let after = practices.hand_in(id, Verb::Attach, &who.act, files, None, attach).await?;
            stands(&after, Verb::Attach, reader);
            Ok(())
        }
        PracticeVerb::Extend { number, days, source, reason, acting } => {
            let who = official(acting).await?;
            let practice = find(&who.counter().of::<Practice>(), number).await?;
            let calendar = who.calendar().await?;
            let extend =
                |p: &Practice, act: &Act| p.extend_term(act, *days, source, reason, &calendar);
            done(&who, &practice, Verb::ExtendTerm, reader, extend).await
        }
        PracticeVerb::Reopen { number, reason, to, office, acting } => {
            let who = official(acting).await?;
            let practice = find(&who.counter().of::<Practice>(), number).await?;
            let to = match (to, office) {
                (None, None) => taker(office_of(&practice, None, &who.account)?, &who.account),
                _ => assigned(&who, &practice, to.as_deref(), office.as_deref()).await?,
            };
            let calendar = who.calendar().await?;
            let reopen = |p: &Practice, act: &Act| p.reopen(act, reason, to.clone(), &calendar);
            done(&who, &practice, Verb::Reopen, reader, reopen).await
        }
        PracticeVerb::Revoke { number, ground, motivation, acting } => {
            let who = official(acting).await?;
            let practice = find(&who.counter().of::<Practice>(), number).await?;
            let calendar = who.calendar().await?;
            let ground = match ground {
                Ground::PublicInterest => RevocationGround::PublicInterest,
                Ground::Unlawful => RevocationGround::Unlawful,
                Ground::UnlawfulByCrime => RevocationGround::UnlawfulByCrime,
                Ground::UnlawfulOther => RevocationGround::UnlawfulOther,
                Ground::Forfeiture => RevocationGround::Forfeiture,
            };
            let revoke = |p: &Practice, act: &Act| {
                p.revoke(act, ground, Decision::new(motivation), &calendar)
            };
            done(&who, &practice, Verb::Revoke, reader, revoke).await
        }
        PracticeVerb::Abstain { number, reason, acting } => {
            let abstain = |p: &Practice, act: &Act| p.abstain(act, reason);
            one(acting, number, Verb::Abstain, reader, abstain).await
        }
        PracticeVerb::Read { number, message, acting } => {
            let read = |p: &Practice, act: &Act| p.mark_read(act, *message);
            one(acting, number, Verb::MarkRead, reader, read).await
        }
        PracticeVerb::Relate { number, under, acting } => {
            let who = official(acting).await?;
            let practices = who.counter().of::<Practice>();
            let practice = find(&practices, number).await?;
            let above = find(&practices, under).await?;
            let relations = relations_above(&who.desk, &above).await?;
            let relate = |p: &Practice, act: &Act| p.relate(act, above.id(), &relations);
            done(&who, &practice, Verb::Relate, reader, relate).await
        }
        // They are not about one practice, for its applicant, or about people and money.
        PracticeVerb::List { .. }
        | PracticeVerb::Show { .. }
        | PracticeVerb::Answer(_)
        | PracticeVerb::Withdraw { .. }
        | PracticeVerb::Observe { .. }
        | PracticeVerb::Delegate(_)
        | PracticeVerb::RevokeDelegation { .. }
        | PracticeVerb::Contacts(_)
        | PracticeVerb::AddPerson { .. }
        | PracticeVerb::RemovePerson { .. }
        | PracticeVerb::AskPayment { .. }
        | PracticeVerb::RecordPayment(_)
        | PracticeVerb::CancelPayment { .. }
        | PracticeVerb::Bulk(_) => Ok(()),
    }
}

/// Under which practices this one stands, and they in their turn.
async fn relations_above(desk: &Desk, practice: &Practice) -> Result<Relations, Failure> {
    let (mut links, mut seen) = (Vec::new(), BTreeSet::new());
    let mut waiting = vec![practice.id()];
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        let there = desk.load::<Practice>(id).await?;
        for above in there.iter().flat_map(|loaded| loaded.state.parents()) {
            links.push((id, *above));
            waiting.push(*above);
        }
    }
    Ok(Relations::new(links)?)
}

/// To whom a practice goes: to a colleague, or to an office.
async fn assigned(
    who: &Official,
    practice: &Practice,
    to: Option<&str>,
    office: Option<&str>,
) -> Result<Assignee, Failure> {
    match (to, office) {
        (Some(name), office) => {
            let colleague = officials::account(&who.desk, name, "--to").await?;
            Ok(taker(office_of(practice, office, &colleague)?, &colleague))
        }
        (None, Some(code)) => Ok(Assignee::office(code)),
        (None, None) => Err(refused(
            "cli.practice.office",
            "--office",
            "must be given where no account is",
            "name an account with --to, or an office with --office",
        )),
    }
}

fn decision(decided: &Decided) -> Decision {
    let decision = Decision::new(&decided.motivation);
    match &decided.on_observations {
        Some(answer) => decision.with_answer_to_observations(answer),
        None => decision,
    }
}

/// The holder of an account, for an office. Who they are as a citizen is named where it is known: a
/// practice in which they have an interest is not given to them.
fn taker(office: String, account: &mattoni_staff::Account) -> Assignee {
    let taker = Assignee::official(office, account.name());
    match account.details().person {
        Some(person) => taker.being(person),
        None => taker,
    }
}

/// The office for which an account takes a practice: the one that is named, the one that has it in
/// charge, or the only one of the account.
fn office_of(
    practice: &Practice,
    named: Option<&str>,
    account: &mattoni_staff::Account,
) -> Result<String, Failure> {
    let offices = &account.details().offices;
    let in_charge = practice.assignee().map(Assignee::office_code);
    let there = in_charge.filter(|code| offices.contains(*code));
    let only = offices.first().filter(|_| offices.len() == 1).map(String::as_str);
    named.or(there).or(only).map(str::to_owned).ok_or_else(|| {
        refused(
            "cli.practice.office",
            "--office",
            "must be given: the account works in several offices, or in none",
            "name the office with --office",
        )
    })
}

pub(super) async fn one<R: mattoni_core::Refusal, E: Into<Option<Event>>>(
    acting: &Acting,
    number: &str,
    verb: Verb,
    reader: Reader,
    decide: impl Fn(&Practice, &Act) -> Result<E, R>,
) -> Result<(), Failure> {
    let who = official(acting).await?;
    let practice = find(&who.counter().of::<Practice>(), number).await?;
    done(&who, &practice, verb, reader, decide).await
}

/// Does the verb, and says how the practice stands.
pub(super) async fn done<R: mattoni_core::Refusal, E: Into<Option<Event>>>(
    who: &Official,
    practice: &Practice,
    verb: Verb,
    reader: Reader,
    decide: impl Fn(&Practice, &Act) -> Result<E, R>,
) -> Result<(), Failure> {
    let practices = who.counter().of::<Practice>();
    let after = practices.decide(practice.id(), verb, &who.act, decide).await?;
    stands(&after, verb, reader);
    Ok(())
}

/// Says how a practice stands after a verb.
pub(super) fn stands(after: &Practice, verb: Verb, reader: Reader) {
    use mattoni_core::record::Verb as _;

    let number = after.protocol_number().map_or_else(|| after.id().to_string(), str::to_owned);
    let due = after.due().filter(|_| !after.state().is_final()).map(|due| due.on);
    let mut text = format!(
        "{number}: {}; stato: {}; in carico a: {}",
        verb.italian(),
        after.state().italian(),
        assignee(after.assignee())
    );
    if let Some(on) = due {
        text.push_str(&format!("; risposta entro il {}", day(on)));
    }
    let answer = json!({
        "id": after.id(), "number": after.protocol_number(), "verb": verb.name(),
        "state": after.state(), "assignee": after.assignee(), "due": due,
    });
    say(reader, &answer, &text);
}
