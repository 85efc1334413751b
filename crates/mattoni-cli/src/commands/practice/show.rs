//! `mattoni practice show`: one practice, with all that whoever asks may see.

use mattoni_core::Person;
use mattoni_core::calendar::rome_date;
use mattoni_core::record::{Concerns, Record as _, RecordRef};
use mattoni_core::value::Value;
use mattoni_practice::{
    Audience, IntegrationEnd, Mandate, PartyRole, Payment, Practice, SurplusEnd, WithdrawalRight,
};
use serde_json::json;

use super::official::find;
use super::words::{assignee, day, value, who as by};
use crate::output::{Failure, Reader, say, table};
use crate::store_access::officials::{Official, WORK, works_on};

pub(super) async fn run(
    who: &Official,
    number: &str,
    why: Option<&str>,
    reader: Reader,
) -> Result<(), Failure> {
    let practices = who.counter().of::<Practice>();
    let practice = find(&practices, number).await?;
    let (record, person) = (RecordRef::of(practice.id()), practice.applicant().id);
    let work = works_on(&who.account, rome_date(who.act.at), &practice);
    let why = why.unwrap_or(if work { WORK } else { "" });
    who.reads("practice.show", Some(Concerns { record, person }), why).await?;
    let history = practices.history(practice.id()).await?;
    let mut lines = table(["data", "evento", "chi"]);
    for past in &history {
        lines.add_row([
            day(rome_date(past.act.at)),
            Practice::event_italian(&past.event).to_owned(),
            by(&past.act.by),
        ]);
    }
    let happened: Vec<_> = history
        .iter()
        .map(|past| json!({ "at": past.act.at, "by": past.act.by, "event": Practice::event_italian(&past.event) }))
        .collect();
    let text = format!("{}\n\nCosa è successo\n{lines}", page(&practice));
    say(reader, &json!({ "practice": practice, "history": happened }), &text);
    Ok(())
}

fn named(person: &Person) -> String {
    format!("{} {}, {}", person.given_name, person.family_name, person.fiscal_code)
}

fn mandate(mandate: &Mandate) -> String {
    let mut line = format!("- {}", named(&mandate.person));
    for (word, on) in [("dal", mandate.from), ("al", mandate.until)] {
        line.extend(on.map(|on| format!(", {word} {}", day(on))));
    }
    if mandate.withdrawal == WithdrawalRight::Given {
        line.push_str(", può ritirare");
    }
    if let Some(act) = &mandate.revoked {
        line.push_str(&format!(", revocata il {}", day(rome_date(act.at))));
    }
    line
}

fn page(practice: &Practice) -> String {
    let number = practice.protocol_number().unwrap_or("non ancora protocollata");
    let person = practice.applicant();
    let mut parts = vec![
        format!("Pratica {number}, servizio {}", practice.service().code),
        format!("Richiedente: {}", named(person)),
        format!("Stato: {}", practice.state().italian()),
        format!("In carico a: {}", assignee(practice.assignee())),
    ];
    if let Some(due) = practice.due().filter(|_| !practice.state().is_final()) {
        parts.push(format!("Risposta entro il {}", day(due.on)));
    }
    if !practice.answers().is_empty() {
        let mut lines = table(["risposta", "valore"]);
        for (key, answer) in practice.answers() {
            lines.add_row([key.clone(), value(answer)]);
        }
        parts.push(format!("\nRisposte\n{lines}"));
    }
    if !practice.attachments().is_empty() {
        parts.push("\nAllegati".to_owned());
        parts.extend(practice.attachments().iter().map(|file| format!("- {}", file.name)));
    }
    for asked in practice.integrations() {
        let end = match &asked.end {
            IntegrationEnd::Open => "in attesa",
            IntegrationEnd::Answered { .. } => "arrivata",
            _ => "chiusa",
        };
        let by = day(asked.answer_by);
        parts.push(format!("\nIntegrazione {}: {end}, entro il {by}", asked.number));
    }
    let mandates: Vec<&Mandate> = practice.mandates().collect();
    if !mandates.is_empty() {
        parts.push("\nDeleghe".to_owned());
        parts.extend(mandates.into_iter().map(mandate));
    }
    if !practice.parties().is_empty() {
        parts.push("\nAltre persone".to_owned());
        parts.extend(practice.parties().iter().map(|party| {
            let role = match party.role {
                PartyRole::CoApplicant => "fa domanda insieme",
                _ => "legge la pratica",
            };
            format!("- {}: {role}", named(&party.person))
        }));
    }
    if let Some(demand) = practice.demand() {
        let (amount, reason) = (demand.amount.to_string().replace('.', ","), &demand.reason);
        parts.push(format!("\nDa pagare: {amount} €, {reason}"));
    }
    if !practice.payments().is_empty() {
        parts.push("\nPagamenti".to_owned());
        parts.extend(practice.payments().iter().map(|payment| format!("- {}", paid(payment))));
    }
    for surplus in practice.surplus() {
        let came = match surplus.state.is_final() {
            true => "pagato dopo la fine",
            false => "pagato senza dovere",
        };
        let end = match &surplus.end {
            SurplusEnd::Open if surplus.state.is_final() => {
                "rimborso o riapertura da decidere".to_owned()
            }
            SurplusEnd::Open => "rimborso da decidere".to_owned(),
            SurplusEnd::Refunded { act, note } => {
                format!("rimborso deciso il {}: {note}", day(rome_date(act.at)))
            }
            SurplusEnd::Reopened { act } => {
                format!("riaperta il {}", day(rome_date(act.at)))
            }
            _ => "deciso".to_owned(),
        };
        let on = day(rome_date(surplus.recorded.at));
        parts.push(format!("- {came} ({}, {on}): {end}", surplus.reference));
    }
    if !practice.messages().is_empty() {
        parts.push("\nMessaggi e note".to_owned());
        for message in practice.messages() {
            let kind = match message.audience {
                Audience::Everyone => "messaggio",
                Audience::Office => "nota privata",
            };
            let (on, who) = (day(rome_date(message.written.at)), by(&message.written.by));
            parts.push(format!("{}. {on}, {who}, {kind}: {}", message.number, message.text));
        }
    }
    parts.join("\n")
}

/// How a payment went, in a line.
fn paid(payment: &Payment) -> String {
    match payment {
        Payment::Paid { amount, reference } => {
            format!("pagati {}, ricevuta {reference}", value(&Value::Money(*amount)))
        }
        Payment::SettledOtherwise { note } => format!("saldato in altro modo: {note}"),
        Payment::Failed { reason } => format!("non riuscito: {reason}"),
        _ => "altro".to_owned(),
    }
}
