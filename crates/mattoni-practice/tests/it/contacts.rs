//! How the applicant is reached, and what messages know of it.

use mattoni_core::record::{Marks, Record as _, Step as Way};
use mattoni_core::{Channel, Contacts, PostalAddress, Refusal};
use mattoni_practice::*;

use crate::fixture::*;

fn contacts() -> Contacts {
    Contacts {
        email: Some("maria.rossi@example.it".parse().unwrap()),
        phone: Some("0737 123456".parse().unwrap()),
        language: Some("de".parse().unwrap()),
        channel: Some(Channel::Email),
        ..Contacts::default()
    }
}

fn told(practice: &Practice, event: &Event) -> Vec<Option<Contacts>> {
    let orders = practice.orders(event).into_iter();
    let tells = orders.filter_map(|order| match order {
        PracticeOrder::Tell(tell) => Some(tell.contacts),
        _ => None,
    });
    tells.collect()
}

#[test]
fn messages_to_the_applicant_say_where_and_in_which_language() {
    let life = Life::registered(procedure())
        .then(|p| p.update_contacts(&citizen(1), contacts()))
        .then(|p| p.take_in_charge(&office(1), Assignee::office("scuola")));
    let taken = life.journal.last().unwrap();
    // The office is reached as it always is.
    assert_eq!(told(&life.practice, taken), [Some(contacts()), None]);
}

#[test]
fn contacts_are_given_when_the_draft_is_opened_or_later() {
    let opened = Life::open_with(opening(procedure()).reached_by(contacts())).practice;
    assert_eq!(opened.contacts(), Some(&contacts()));
    let same = opened.update_contacts(&citizen(1), contacts()).unwrap_err();
    assert_eq!(same.problems().into_vec()[0].code, "practice.update-contacts.same");
    let text = serde_json::to_string(&opened).unwrap();
    assert_eq!(serde_json::from_str::<Practice>(&text).unwrap(), opened);
}

#[test]
fn a_channel_that_leads_nowhere_is_refused_with_all_else_that_is_wrong() {
    let practice = Life::taken(procedure()).practice;
    let wrong = Contacts {
        address: Some(PostalAddress::italian("", "6202", "Matelica")),
        channel: Some(Channel::Pec),
        ..Contacts::default()
    };
    let problems = practice.update_contacts(&citizen(1), wrong).unwrap_err().problems();
    let fields: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["street", "postcode", "pec"]);
}

#[test]
fn contacts_are_erased_with_the_person() {
    for marks in [Marks::of::<Practice>(), Marks::of::<Event>()] {
        let placeholder =
            marks.iter().find(|field| field.path.last() == Some(&Way::Key("contacts")));
        assert_eq!(placeholder.unwrap().placeholder.json, "{}");
    }
    let read: Contacts = serde_json::from_str("{}").unwrap();
    assert_eq!(read, Contacts::default());
}
