//! Acts that are dated ahead of the desk's clock.

use std::sync::Arc;

use mattoni_core::calendar::LegalCalendar;
use mattoni_core::record::Bricks;
use mattoni_core::{Act, Digest, Id};
use mattoni_desk::{Clock, Desk, DeskError, DeskParts, LONGEST_AHEAD, SetClock, begun};
use mattoni_store::{Batch, Memory};

use crate::loan::whole::{Event, Loan, Verb, brick};
use crate::loan::{at, by_maria, citizen, ente, maria};

const NOON: &str = "2027-03-01T12:00:00Z";

fn lent(act: &Act, room: &str) -> Event {
    Event::Lent {
        act: act.clone(),
        to: maria(),
        room: room.into(),
        why: "prova del coro".into(),
        back_by: "2027-03-03".parse().unwrap(),
        receipt: Digest::of(b"ricevuta"),
    }
}

fn desk(store: Arc<Memory>) -> Desk {
    let parts = DeskParts::new(Bricks::new().with(brick())).delivering_nothing();
    Desk::on(store, ente(), parts.clock(SetClock::at(at(NOON)))).unwrap()
}

fn codes(error: &DeskError) -> Vec<&str> {
    error.problems().unwrap().iter().map(|problem| &*problem.code).collect()
}

#[tokio::test]
async fn an_act_of_a_day_to_come_is_refused_on_every_way_in() {
    let desk = desk(Arc::default());
    let latest = SetClock::at(at(NOON)).now() + LONGEST_AHEAD;
    let act = |at| Act { at, ..by_maria(NOON) };
    let (just, ahead) = (act(latest), act(latest + chrono::TimeDelta::microseconds(1)));
    let id = Id::<Loan>::from_u128(1);
    desk.open(id, &just, &[lent(&just, "una")]).await.unwrap();

    let other = Id::<Loan>::from_u128(2);
    let head = desk.store().head(&ente()).await.unwrap();
    let opened = desk.open(other, &ahead, &[lent(&ahead, "due")]).await.unwrap_err();
    assert_eq!(codes(&opened), ["desk.act.ahead"]);
    let counter = desk.at_counter(citizen(maria())).of::<Loan>();
    let opened = counter.open(other, Verb::Return, &ahead, &[lent(&ahead, "due")]).await;
    assert_eq!(codes(&opened.unwrap_err()), ["desk.act.ahead"]);
    let change = begun(other, &ahead, &[lent(&ahead, "due")]).unwrap();
    assert!(desk.commit(vec![change]).await.is_err());
    // A clock that ticks in the year 2100 records nothing either.
    let ticked = desk.tick(&LegalCalendar::default(), at("2100-01-01T12:00:00Z"), &|_| ()).await;
    let report = ticked.unwrap();
    assert!(report.events.is_empty() && !report.refused.is_empty(), "{report:?}");
    assert_eq!(desk.store().head(&ente()).await.unwrap(), head);
    assert!(desk.verify(&|_| ()).await.unwrap().ahead.rows.is_empty());
}

#[tokio::test]
async fn what_came_in_before_is_shown_where_the_journal_is_proved() {
    let store = Arc::new(Memory::new());
    let far = Act { at: at("2100-01-01T12:00:00Z"), ..by_maria(NOON) };
    for (number, act) in [(1, by_maria(NOON)), (2, far)] {
        let id = Id::<Loan>::from_u128(number);
        let change = begun(id, &act, &[lent(&act, &format!("sala {number}"))]).unwrap();
        let store: &dyn mattoni_store::Store = &*store;
        store.commit(Batch::new(ente(), [change])).await.unwrap();
    }
    let proof = desk(store).verify(&|_| ()).await.unwrap();
    assert!(proof.is_clean(), "it is as it was written");
    let rows: Vec<_> =
        proof.ahead.rows.iter().map(|(row, at)| (row.seq, at.to_rfc3339())).collect();
    assert_eq!(rows, [(2, "2100-01-01T12:00:00+00:00".to_owned())]);
    assert_eq!(proof.ahead.more, 0);
}
