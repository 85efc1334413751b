//! Deciding: once, safely, with all that follows.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mattoni_core::calendar::LegalCalendar;
use mattoni_core::record::{Bricks, Span};
use mattoni_core::{Act, Actor, EnteId, FiscalCode, Id, Person, Refusal, Sex, named_id};
use mattoni_desk::{Acted, Desk, DeskError, DeskParts, Handled, Opened, Taker};
use mattoni_office::ProtocolOffice;
use mattoni_practice::lists::{STATE, in_state};
use mattoni_practice::{Assignee, Opening, Practice, Procedure, Saving, ServiceRef, State, Step};
use mattoni_store::{Memory, StoredEffect, verify, verify_states};

const SERVICE: &str = "nido-2027";

fn ente() -> EnteId {
    "c_h223".parse().unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn monday() -> DateTime<Utc> {
    at("2027-03-01T09:00:00Z")
}

fn person(number: u64) -> Person {
    let born_on = "1990-05-20".parse().unwrap();
    let fiscal_code =
        FiscalCode::make("Rossi", "Maria", born_on, Sex::Female, "H223").unwrap().into();
    let id = Id::from_u128(u128::from(number) + 1);
    Person { id, fiscal_code, given_name: "Maria".into(), family_name: "Rossi".into(), born_on }
}

fn practice_id(number: u64) -> Id<Practice> {
    named_id(&ente(), &[SERVICE, &number.to_string()])
}

/// Takes messages, and remembers their keys.
#[derive(Default, Clone)]
struct Mailbox(Arc<Mutex<Vec<String>>>);

#[async_trait]
impl Taker for Mailbox {
    fn topic(&self) -> &str {
        "message.tell"
    }

    async fn take(
        &self,
        _: &Desk,
        effects: &[StoredEffect],
        _: DateTime<Utc>,
    ) -> Result<Vec<Handled>, DeskError> {
        self.0.lock().unwrap().extend(effects.iter().map(|effect| effect.key.clone()));
        Ok(vec![Handled::Done; effects.len()])
    }
}

/// A desk whose takers give numbers and take messages.
fn desk_with(mailbox: Mailbox) -> Desk {
    let parts = DeskParts::new(mattoni_office::bricks())
        .unguarded("practice")
        .taker(ProtocolOffice)
        .taker(mailbox)
        .taken_elsewhere("payment.request")
        .taken_elsewhere("payment.cancel");
    Desk::new(Memory::new(), ente(), parts).unwrap()
}

fn desk() -> Desk {
    desk_with(Mailbox::default())
}

/// Opens, fills in and submits a practice.
async fn submitted(desk: &Desk, number: u64) -> Id<Practice> {
    let id = practice_id(number);
    let applicant = person(number);
    let act = Act::new(monday(), Actor::Citizen(applicant.id));
    let procedure = Procedure::new(30).with_step(Step::new("child", ["name"], []));
    let service = ServiceRef::new(SERVICE, 1);
    let opening = Opening::new(id, ente(), service, procedure, applicant);
    let opened = Practice::open_draft(&act, opening).unwrap();
    desk.open(id, &act, &[opened]).await.unwrap();
    let answer = mattoni_core::value::Value::Text("Bea".into());
    let saving = Saving::set([("name".to_owned(), answer)].into());
    desk.decide(id, &act, |p: &Practice| p.save(&act, saving.clone()).map(|e| vec![e]))
        .await
        .unwrap();
    let calendar = LegalCalendar::national();
    desk.decide(id, &act, |p: &Practice| {
        p.submit(&act, p.summary().digest(), &calendar).map(|event| vec![event])
    })
    .await
    .unwrap();
    id
}

async fn deliver(desk: &Desk, at: DateTime<Utc>) {
    desk.deliver(at, &|_| ()).await.unwrap();
}

#[tokio::test]
async fn opening_twice_leaves_what_is_there() {
    let desk = desk();
    let id = submitted(&desk, 1).await;
    let act = Act::new(monday(), Actor::System("again".into()));
    let opening =
        Opening::new(id, ente(), ServiceRef::new(SERVICE, 1), Procedure::new(30), person(1));
    let opened = Practice::open_draft(&act, opening).unwrap();
    let again = desk.open(id, &act, &[opened]).await.unwrap();
    assert!(matches!(&again, Opened::Existing(loaded) if loaded.state.state() == State::Submitted));
}

#[tokio::test]
async fn a_refusal_says_why_and_leaves_no_trace() {
    let desk = desk();
    let id = submitted(&desk, 1).await;
    let head = desk.store().head(&ente()).await.unwrap();
    let act = Act::new(monday(), Actor::Operator("anna".into()));
    let refused = desk
        .decide(id, &act, |p: &Practice| {
            p.take_in_charge(&act, Assignee::office("nidi")).map(|event| vec![event])
        })
        .await
        .unwrap_err();
    assert!(refused.problems().is_some_and(|problems| problems.iter().count() == 1));
    assert_eq!(desk.store().head(&ente()).await.unwrap(), head);
}

#[tokio::test]
async fn something_unknown_is_refused_by_name() {
    let desk = desk();
    let act = Act::new(monday(), Actor::System("test".into()));
    let nothing = |_: &Practice| Ok::<_, mattoni_core::Problems>(vec![]);
    let refused = desk.decide(practice_id(9), &act, nothing).await.unwrap_err();
    assert_eq!(refused.problems().unwrap().iter().next().unwrap().code, "desk.unknown");
}

#[tokio::test]
async fn every_submitted_practice_gets_a_number_and_every_number_is_used() {
    let desk = desk();
    let mut ids = Vec::new();
    for number in 0..40 {
        ids.push(submitted(&desk, number).await);
    }
    deliver(&desk, monday()).await;
    let mut numbers = Vec::new();
    for id in ids {
        let practice: Practice = desk.load(id).await.unwrap().unwrap().state;
        assert_eq!(practice.state(), State::Registered);
        numbers.push(practice.protocol_number().unwrap().to_owned());
    }
    numbers.sort();
    let expected: Vec<String> = (1..=40).map(|n| format!("2027/{n:07}")).collect();
    assert_eq!(numbers, expected);
    assert_eq!(desk.store().last(&ente(), "protocol/2027").await.unwrap(), 40);
}

#[tokio::test]
async fn a_request_for_a_number_that_comes_twice_gives_one_number() {
    let desk = desk();
    let id = submitted(&desk, 1).await;
    let due = desk.store().due(&ente(), monday(), 10).await.unwrap();
    // Killed after doing and before saying so: the outbox hands it out again.
    for _ in 0..2 {
        let handled = ProtocolOffice.take(&desk, &due, monday()).await.unwrap();
        assert_eq!(handled, [Handled::Done]);
    }
    let practice: Practice = desk.load(id).await.unwrap().unwrap().state;
    assert_eq!(practice.registrations().len(), 1);
    assert_eq!(desk.store().last(&ente(), "protocol/2027").await.unwrap(), 1);
}

#[tokio::test]
async fn messages_are_delivered_once_told_and_never_again() {
    let mailbox = Mailbox::default();
    let desk = desk_with(mailbox.clone());
    submitted(&desk, 1).await;
    deliver(&desk, monday()).await;
    let first = std::mem::take(&mut *mailbox.0.lock().unwrap());
    assert_eq!(first.len(), 2, "the receipt and the number: {first:?}");
    deliver(&desk, at("2028-01-01T00:00:00Z")).await;
    assert_eq!(*mailbox.0.lock().unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn effects_that_nobody_takes_come_again_later_and_end_as_dead_letters() {
    let desk = desk();
    submitted(&desk, 1).await;
    let mut now = monday();
    let mut put_off = 0;
    for _ in 0..12 {
        let report = desk.deliver_to(&[], now, &|_| ()).await.unwrap();
        put_off += report.later;
        now += chrono::TimeDelta::days(30);
    }
    assert!(put_off >= 9);
    let dead = desk.store().dead(&ente(), None, 10).await.unwrap();
    assert_eq!(dead[0].last_error.as_deref(), Some("no taker for this topic"));
}

#[tokio::test]
async fn what_another_process_takes_waits_for_it_untouched_and_holds_up_nothing() {
    let parts = DeskParts::new(mattoni_office::bricks())
        .unguarded("practice")
        .taker(ProtocolOffice)
        .taken_elsewhere("message.tell")
        .taken_elsewhere("payment.request")
        .taken_elsewhere("payment.cancel");
    let desk = Desk::new(Memory::new(), ente(), parts).unwrap();
    // More receipts than are read at a time stand before the requests for numbers.
    for number in 0..1_100 {
        submitted(&desk, number).await;
    }
    let mut now = monday();
    for _ in 0..12 {
        let report = desk.deliver(now, &|_| ()).await.unwrap();
        assert_eq!((report.later, report.never), (0, 0));
        now += chrono::TimeDelta::days(30);
    }
    let waiting = desk.store().due(&ente(), monday(), 2_000).await.unwrap();
    assert_eq!(waiting.len(), 1_100);
    assert!(waiting.iter().all(|effect| effect.topic == "message.tell" && effect.attempts == 0));
    // The other process comes.
    let mailbox = Mailbox::default();
    let takers: [&dyn Taker; 2] = [&ProtocolOffice, &mailbox];
    desk.deliver_to(&takers, now, &|_| ()).await.unwrap();
    assert_eq!(mailbox.0.lock().unwrap().len(), 2_200);
    assert!(desk.store().due(&ente(), now, 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_sweep_decides_on_all_names_each_refusal_and_does_nothing_the_second_time() {
    let desk = desk();
    for number in 0..1_200 {
        submitted(&desk, number).await;
    }
    deliver(&desk, monday()).await;
    let act = Act::new(monday(), Actor::Operator("anna".into()));
    let registered = Span::new(STATE, in_state(SERVICE, State::Registered));
    let take = |practice: &Practice| {
        let office = if practice.protocol_number() == Some("2027/0000007") { "" } else { "nidi" };
        let taken = practice.take_in_charge(&act, Assignee::office(office));
        taken.map(|event| Some(Acted::one(&act, event))).map_err(|refusal| refusal.problems())
    };
    let reached = Mutex::new(Vec::new());
    let progress = |done| reached.lock().unwrap().push(done);
    let report = desk.sweep(&registered, take, &progress).await.unwrap();
    assert_eq!((report.done, report.unchanged, report.refused.len()), (1_199, 0, 1));
    assert_eq!(*reached.lock().unwrap(), [500, 1_000, 1_200]);

    let report = desk.sweep(&registered, take, &|_| ()).await.unwrap();
    assert_eq!((report.done, report.unchanged, report.refused.len()), (0, 0, 1));
}

#[tokio::test]
async fn what_the_desk_did_can_be_proved() {
    let desk = desk();
    for number in 0..20 {
        submitted(&desk, number).await;
    }
    deliver(&desk, monday()).await;
    let chain = verify(desk.store(), &ente(), |_| ()).await.unwrap();
    let bricks = Bricks::new().with(mattoni_practice::brick());
    let states = verify_states(desk.store(), &ente(), &bricks, |_| ()).await.unwrap();
    assert!(chain.findings.is_empty(), "{:?}", chain.findings);
    assert!(states.findings.is_empty(), "{:?}", states.findings);
}
