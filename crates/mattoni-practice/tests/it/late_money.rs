//! Money that comes late, or twice: a receipt is a fact.

use std::collections::BTreeSet;

use mattoni_core::record::{Recipient, Record as _};
use mattoni_core::{Money, fold};
use mattoni_practice::lists::SURPLUS;
use mattoni_practice::*;

use crate::fixture::{Life, calendar, citizen, office, procedure, system};

fn sixteen() -> Money {
    Money::from_cents(1600)
}

fn receipt(reference: &str) -> Payment {
    Payment::Paid { amount: sixteen(), reference: reference.into() }
}

/// Practices that have ended although a payment had been asked for.
fn ended() -> Vec<Life> {
    let asked = || Life::in_state(State::AwaitingPayment, procedure());
    let no = || Decision::new("fuori termine");
    let back = || asked().then(|p| p.cancel_payment(&office(8), "esente"));
    vec![
        asked().then(|p| p.withdraw(&citizen(8), "")),
        back()
            .then(|p| p.give_notice(&office(8), "manca un requisito", &calendar()))
            .then(|p| p.reject(&office(60), no())),
        back().then(|p| p.accept(&office(9), Decision::new("ha i requisiti"))),
        Life::in_state(State::Revoked, procedure()),
        Life::in_state(State::Expired, procedure()),
    ]
}

fn buckets(practice: &Practice) -> BTreeSet<String> {
    let entries = practice.projection().entries.into_iter();
    entries.filter(|e| e.list == SURPLUS.name).map(|e| e.bucket.to_string()).collect()
}

#[test]
fn a_receipt_that_comes_after_the_end_is_recorded_and_told_to_both_sides() {
    for life in ended() {
        let state = life.practice.state();
        let life = life.then(|p| p.record_payment(&system(70), receipt("RT-1")));
        let practice = &life.practice;
        assert_eq!(practice.state(), state, "money changes no answer");
        assert_eq!(practice.payments().last(), Some(&receipt("RT-1")));
        let open: Vec<_> = practice.open_surplus().collect();
        assert_eq!((open.len(), open[0].amount, open[0].state), (1, sixteen(), state));
        let event = life.journal.last().unwrap();
        assert_eq!(
            Practice::event_italian(event),
            "pagamento dopo la fine: rimborso o riapertura da decidere"
        );
        let told: Vec<_> = practice
            .orders(event)
            .into_iter()
            .filter_map(|order| match order {
                PracticeOrder::Tell(tell) => Some((tell.to, tell.template)),
                _ => None,
            })
            .collect();
        let template = "practice.payment-not-owed".to_owned();
        assert_eq!(told, [(Recipient::Applicant, template.clone()), (Recipient::Office, template)]);
        assert_eq!(fold::<Practice>(&life.journal).as_ref(), Some(practice));
        let draft = state == State::Expired;
        assert_eq!(buckets(practice).is_empty(), draft, "a draft is in no list of the office");
    }
}

#[test]
fn a_receipt_that_comes_twice_changes_nothing_and_is_no_error() {
    let asked = Life::in_state(State::AwaitingPayment, procedure());
    let paid = asked.then(|p| p.record_payment(&system(8), receipt("RT-1")));
    assert_eq!(paid.practice.record_payment(&system(9), receipt(" RT-1 ")), Ok(None));
    let accepted = paid.then(|p| p.accept(&office(9), Decision::new("ha i requisiti")));
    assert_eq!(accepted.practice.record_payment(&system(90), receipt("RT-1")), Ok(None));
    for life in ended() {
        let life = life.then(|p| p.record_payment(&system(70), receipt("RT-1")));
        assert_eq!(life.practice.record_payment(&system(71), receipt("RT-1")), Ok(None));
    }
    let other = Payment::Paid { amount: Money::from_cents(1), reference: "RT-1".into() };
    assert_eq!(
        accepted.practice.record_payment(&system(90), other),
        Err(RecordPaymentRefusal::OtherReceipt { recorded: sixteen(), paid: Money::from_cents(1) })
    );
}

#[test]
fn money_that_comes_when_nothing_is_owed_waits_for_a_refund() {
    let otherwise = Payment::SettledOtherwise { note: "allo sportello".into() };
    let twice = Life::in_state(State::AwaitingPayment, procedure())
        .then(|p| p.record_payment(&office(8), otherwise.clone()))
        .then(|p| p.record_payment(&system(9), receipt("RT-1")));
    assert_eq!(twice.practice.state(), State::TakenInCharge);
    assert_eq!(
        buckets(&twice.practice),
        ["office/scuola", "service/nido"].map(str::to_owned).into()
    );
    // A reopening decides nothing about what came before the end.
    let again = twice
        .clone()
        .then(|p| p.accept(&office(9), Decision::new("ha i requisiti")))
        .then(|p| p.reopen(&office(9), "riesame", Assignee::office("scuola"), &calendar()));
    assert_eq!(again.practice.open_surplus().count(), 1);
    // What is no receipt is still refused where nothing is owed.
    assert_eq!(
        twice.practice.record_payment(&office(9), otherwise),
        Err(RecordPaymentRefusal::NothingOwed)
    );
    let nothing = Payment::Paid { amount: Money::ZERO, reference: "RT-2".into() };
    assert_eq!(
        twice.practice.record_payment(&office(9), nothing),
        Err(RecordPaymentRefusal::Amount)
    );
}

#[test]
fn refund_and_reopening_take_it_off_the_list() {
    let late = || {
        Life::in_state(State::Withdrawn, procedure())
            .then(|p| p.record_payment(&system(9), receipt("RT-1")))
    };
    assert!(!buckets(&late().practice).is_empty());
    let refunded = late().then(|p| p.refund(&office(10), "RT-1", "mandato n. 12/2026"));
    assert!(buckets(&refunded.practice).is_empty());
    assert!(matches!(refunded.practice.surplus()[0].end, SurplusEnd::Refunded { .. }));
    assert_eq!(
        refunded.practice.refund(&office(11), "RT-1", "ancora"),
        Err(RefundRefusal::NoReceipt)
    );
    let reopened =
        late().then(|p| p.reopen(&office(10), "pagata", Assignee::office("scuola"), &calendar()));
    assert!(buckets(&reopened.practice).is_empty());
    assert!(matches!(reopened.practice.surplus()[0].end, SurplusEnd::Reopened { .. }));
}

#[test]
fn who_got_the_money_back_can_withdraw() {
    let taken = Life::taken(procedure()).then(|p| p.record_payment(&system(9), receipt("RT-1")));
    assert_eq!(
        taken.practice.withdraw(&citizen(10), ""),
        Err(WithdrawRefusal::Barred(vec![WithdrawalBar::Paid]))
    );
    taken
        .then(|p| p.refund(&office(10), "RT-1", "mandato n. 12/2026"))
        .then(|p| p.withdraw(&citizen(11), ""));
}
