//! Whatever is out of order stays with the record, the effect and the topic it belongs to: it is
//! counted and named, and everything else goes on.

use std::sync::Mutex;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use mattoni_core::calendar::LegalCalendar;
use mattoni_core::record::{Bricks, EveryRecord, Question, Span, Spans, Subject};
use mattoni_core::{Digest, Id};
use mattoni_desk::{Acted, Desk, DeskError, DeskParts, Handled, Taker, begun};
use mattoni_store::{Batch, Effect, Loaded, Memory, StateFinding, StoredEffect};
use serde::Serialize;

use crate::loan::whole::{Event, Loan, ROOM, Verb, brick};
use crate::loan::{at, auditor, by_maria, ente, maria};

const MORNING: &str = "2027-03-01T09:00:00Z";
/// A day on which every key should be back.
const LATE: &str = "2027-03-05T09:00:00Z";

fn lent(room: &str) -> Event {
    Event::Lent {
        act: by_maria(MORNING),
        to: maria(),
        room: room.into(),
        why: "prova del coro".into(),
        back_by: "2027-03-03".parse().unwrap(),
        receipt: Digest::of(b"ricevuta"),
    }
}

/// Ten loans, of which the state of the fourth does not read.
async fn ten() -> Desk {
    let parts = DeskParts::new(Bricks::new().with(brick())).delivering_nothing();
    let desk = Desk::new(Memory::new(), ente(), parts).unwrap();
    for id in 1..=10 {
        let event = lent(&format!("sala-{id}"));
        let mut change = begun::<Loan>(Id::from_u128(id), &by_maria(MORNING), &[event]).unwrap();
        if id == 4 {
            change.state = b"{}".to_vec();
            change.projection.row = "[]".into();
        }
        desk.store().commit(Batch::new(ente(), [change])).await.unwrap();
    }
    desk
}

fn the_fourth<A>() -> Id<A> {
    Id::from_u128(4)
}

#[tokio::test]
async fn the_clock_does_its_work_on_the_nine_others_and_names_the_one() {
    let desk = ten().await;
    let report = desk.tick(&LegalCalendar::default(), at(LATE), &|_| ()).await.unwrap();
    assert_eq!(report.count("loan.missed"), 9);
    let named: Vec<_> = report.unreadable.iter().map(|one| one.record.id).collect();
    assert_eq!(named, [the_fourth()]);
    assert!(report.unreadable[0].why.contains("missing field"), "{}", report.unreadable[0].why);
    let again = desk.tick(&LegalCalendar::default(), at(LATE), &|_| ()).await.unwrap();
    assert_eq!((again.count("loan.missed"), again.unreadable.len()), (0, 1), "it is tried again");
}

/// Keys of one room, shown to whoever sees everything.
#[derive(Serialize)]
struct InRoom(&'static str);

impl Question<Loan> for InRoom {
    fn spans(&self, _: &Subject) -> Spans {
        Spans::Of(vec![Span::new(ROOM, self.0)])
    }

    fn picks(&self, _: &Loan, _: &str) -> bool {
        true
    }

    fn picks_all(&self) -> bool {
        true
    }
}

#[tokio::test]
async fn screens_counts_and_exports_show_the_nine_others_and_say_that_one_is_left_out() {
    let desk = ten().await;
    let loans = desk.at_counter(auditor()).of::<Loan>();
    let page = loans.page(&EveryRecord, None, 50).await.unwrap();
    assert_eq!((page.records.len(), page.unreadable), (9, 1));
    let rows = loans.rows(&EveryRecord, None, 50).await.unwrap();
    assert_eq!((rows.rows.len(), rows.unreadable), (9, 1));
    assert_eq!(loans.count(&EveryRecord).await.unwrap(), 9);
    let mut out = Vec::new();
    let exported = loans.export(&EveryRecord, &mut out).await.unwrap();
    assert_eq!((exported.written, exported.unreadable), (9, 1));
    assert_eq!(out.iter().filter(|byte| **byte == b'\n').count(), 9);

    let rows = loans.rows(&InRoom("sala-4"), None, 9).await.unwrap();
    assert_eq!((rows.rows.len(), rows.unreadable), (0, 1), "a row that does not read");
    let rows = loans.rows(&InRoom("sala-5"), None, 9).await.unwrap();
    assert_eq!((rows.rows.len(), rows.unreadable), (1, 0));
}

#[tokio::test]
async fn bulk_work_does_the_nine_others_and_names_the_one() {
    let desk = ten().await;
    let act = by_maria(LATE);
    let returned = |loan: &Loan, _: u64| {
        let event = Event::Returned { act: act.clone() };
        Ok(loan.returned.is_none().then(|| Acted::one(&act, event)))
    };
    let ids: Vec<Id<Loan>> = (1..=10).map(Id::from_u128).collect();
    let report = desk.decide_each(&ids, returned, None).await.unwrap();
    assert_eq!((report.done, report.unreadable), (9, vec![the_fourth()]));

    let counter = desk.at_counter(auditor()).of::<Loan>();
    let run = Id::from_u128(77);
    let back = |_: &Loan, act: &mattoni_core::Act| {
        Ok::<_, mattoni_core::Problems>(Event::Returned { act: act.clone() })
    };
    let preview = counter.preview(run, Verb::Return, &EveryRecord, &act, back).await.unwrap();
    assert_eq!((preview.refused.len(), preview.unreadable), (9, vec![the_fourth()]));
    let bulk = counter.bulk(run, Verb::Return, &EveryRecord, &act, back, &|_| ()).await.unwrap();
    assert_eq!((bulk.refused.len(), bulk.unreadable), (9, vec![the_fourth()]));
}

#[tokio::test]
async fn lists_are_made_anew_of_the_nine_others_and_verify_names_the_one() {
    let desk = ten().await;
    let rebuilt = desk.rebuild_lists("loan", &|_| ()).await.unwrap();
    assert_eq!((rebuilt.looked_at, rebuilt.unreadable.len()), (9, 1));
    let read = |stored| Loaded::<Loan>::read(&stored);
    let mut seen = 0;
    let left_out = desk
        .each_page("loan", 3, read, async |page| {
            seen += page.len();
            Ok::<_, DeskError>(())
        })
        .await
        .unwrap();
    assert_eq!((seen, left_out[0].record.id), (9, the_fourth()));
    let findings = desk.verify(&|_| ()).await.unwrap().states.findings;
    let is_the_fourth = |finding: &StateFinding| matches!(finding, StateFinding::Unreadable { stream, .. } if stream.id == the_fourth());
    assert!(findings.iter().any(is_the_fourth), "{findings:?}");
}

/// Takes one topic as a closure says, and keeps what it was given.
struct Takes<F> {
    topic: &'static str,
    given: Mutex<Vec<usize>>,
    answer: F,
}

impl<F> Takes<F> {
    fn of(topic: &'static str, answer: F) -> Self {
        Self { topic, given: Mutex::default(), answer }
    }

    fn given(&self) -> Vec<usize> {
        self.given.lock().unwrap().clone()
    }
}

#[async_trait]
impl<F> Taker for Takes<F>
where
    F: Fn(&[StoredEffect]) -> Result<Vec<Handled>, DeskError> + Send + Sync,
{
    fn topic(&self) -> &str {
        self.topic
    }

    async fn take(
        &self,
        _: &Desk,
        effects: &[StoredEffect],
        _: DateTime<Utc>,
    ) -> Result<Vec<Handled>, DeskError> {
        self.given.lock().unwrap().push(effects.len());
        (self.answer)(effects)
    }
}

fn all_done(effects: &[StoredEffect]) -> Result<Vec<Handled>, DeskError> {
    Ok(vec![Handled::Done; effects.len()])
}

fn out_of_order() -> DeskError {
    DeskError::part("the line is down")
}

/// A desk in whose outbox every topic has so many effects, each of a record of its own.
async fn waiting(topics: &[(&'static str, u128)]) -> Desk {
    let parts = DeskParts::new(Bricks::new().with(brick())).delivering_nothing();
    let desk = Desk::new(Memory::new(), ente(), parts).unwrap();
    let mut id = 0;
    for (topic, count) in topics {
        for n in 1..=*count {
            id += 1;
            let event = lent(&format!("sala-{id}"));
            let change = begun::<Loan>(Id::from_u128(id), &by_maria(MORNING), &[event]).unwrap();
            let mut change = change;
            change.effects = vec![Effect::new(format!("{topic}/{n}"), *topic, "{}")];
            desk.store().commit(Batch::new(ente(), [change])).await.unwrap();
        }
    }
    desk
}

#[tokio::test]
async fn a_taker_that_is_down_keeps_no_other_topic_waiting_and_its_letters_die() {
    let desk = waiting(&[("a.down", 20), ("b.well", 3)]).await;
    let down = Takes::of("a.down", |_: &[StoredEffect]| Err(out_of_order()));
    let well = Takes::of("b.well", all_done);
    let mut now = at(MORNING);
    let report = desk.deliver_to(&[&down, &well], now, &|_| ()).await.unwrap();
    assert_eq!(report.delivered["b.well"], 3);
    assert_eq!((report.later, report.never), (20, 0));
    let fault = &report.faults["a.down"];
    assert_eq!(fault.times, 20);
    assert!(fault.last.contains("the line is down"), "{}", fault.last);
    assert!(down.given().len() < 20, "a taker that is down is not asked over and over");

    for _ in 1..10 {
        now += TimeDelta::days(1);
        desk.deliver_to(&[&down, &well], now, &|_| ()).await.unwrap();
    }
    let dead = desk.store().dead(&ente(), None, 99).await.unwrap();
    assert_eq!((dead.len(), dead[0].attempts), (20, 10));
    assert!(dead[0].last_error.as_ref().unwrap().contains("the line is down"));
}

#[tokio::test]
async fn an_effect_over_which_the_taker_fails_waits_alone() {
    let desk = waiting(&[("a.topic", 20)]).await;
    let fails_over_one = Takes::of("a.topic", |effects: &[StoredEffect]| {
        let poison = effects.iter().any(|effect| effect.key == "a.topic/5");
        if poison { Err(out_of_order()) } else { all_done(effects) }
    });
    let report = desk.deliver_to(&[&fails_over_one], at(MORNING), &|_| ()).await.unwrap();
    assert_eq!((report.delivered["a.topic"], report.later), (19, 1));
    let left = desk.store().due(&ente(), at(LATE), 99).await.unwrap();
    assert_eq!(left.iter().map(|effect| &*effect.key).collect::<Vec<_>>(), ["a.topic/5"]);
}

#[tokio::test]
async fn effects_for_which_the_taker_has_no_answer_are_put_off_and_delivery_ends() {
    let desk = waiting(&[("a.topic", 5)]).await;
    let short =
        Takes::of("a.topic", |effects: &[StoredEffect]| all_done(&effects[..effects.len().min(2)]));
    let report = desk.deliver_to(&[&short], at(MORNING), &|_| ()).await.unwrap();
    assert_eq!((report.delivered["a.topic"], report.later), (2, 3));
    assert_eq!(report.faults["a.topic"].times, 3);
    let silent = Takes::of("a.topic", |_: &[StoredEffect]| Ok(vec![]));
    let report = desk.deliver_to(&[&silent], at(LATE), &|_| ()).await.unwrap();
    assert_eq!((report.delivered.len(), report.later), (0, 3));
    assert_eq!(silent.given(), [3]);
}
