//! What a desk is put together from: kinds it knows, orders that somebody takes.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mattoni_core::record::{Bricks, EveryRecord};
use mattoni_core::{Digest, Id, Problems};
use mattoni_desk::{Acted, Desk, DeskError, DeskParts, Handled, Taker, begun};
use mattoni_store::{CommitError, Memory, StateFinding, Store, StoredEffect};

use crate::loan::whole::{Event, Loan, Verb, brick};
use crate::loan::{at, auditor, by_maria, citizen, ente, maria};

/// Takes messages.
struct Mailbox;

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
        Ok(vec![Handled::Done; effects.len()])
    }
}

fn bricks() -> Bricks {
    Bricks::new().with(brick())
}

fn desk() -> Desk {
    Desk::new(Memory::new(), ente(), DeskParts::new(bricks()).taker(Mailbox)).unwrap()
}

const MORNING: &str = "2027-03-01T09:00:00Z";

fn lent() -> Event {
    Event::Lent {
        act: by_maria(MORNING),
        to: maria(),
        room: "sala-2".into(),
        why: "prova del coro".into(),
        back_by: "2027-03-03".parse().unwrap(),
        receipt: Digest::of(b"ricevuta"),
    }
}

fn loan() -> Id<Loan> {
    Id::from_u128(7)
}

fn told(problems: &Problems) -> String {
    let line =
        |p: &mattoni_core::Problem| format!("{} {}: {}; {}", p.code, p.field, p.rule, p.remedy);
    problems.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn code<T: std::fmt::Debug>(answer: Result<T, DeskError>) -> String {
    let error = answer.expect_err("a refusal was expected");
    error.problems().unwrap().iter().next().unwrap().code.to_string()
}

#[test]
fn a_desk_with_an_order_that_nobody_takes_does_not_start_and_says_which() {
    let refused = Desk::new(Memory::new(), ente(), bricks()).unwrap_err();
    assert_eq!(
        told(&refused),
        "desk.order.no-taker message.tell: somebody must take what loan asks for; add the brick or \
         the taker of this order, or say that another process takes it"
    );
    let elsewhere = DeskParts::new(bricks()).taken_elsewhere("message.tell");
    assert!(Desk::new(Memory::new(), ente(), elsewhere).is_ok());
    let none = DeskParts::new(bricks()).delivering_nothing();
    assert!(Desk::new(Memory::new(), ente(), none).is_ok());
}

#[test]
fn an_order_that_two_take_and_a_kind_that_two_bring_are_refused_together() {
    let parts = DeskParts::new(bricks().with(brick())).taker(Mailbox).taker(Mailbox);
    let refused = Desk::new(Memory::new(), ente(), parts).unwrap_err();
    let codes: Vec<String> = refused.iter().map(|p| format!("{} {}", p.code, p.field)).collect();
    assert_eq!(codes, ["bricks.twice loan", "desk.order.two-takers message.tell"]);
}

#[tokio::test]
async fn a_kind_that_no_brick_brings_is_refused_however_it_comes() {
    let desk = Desk::new(Memory::new(), ente(), DeskParts::default()).unwrap();
    let act = by_maria(MORNING);
    assert_eq!(code(desk.open(loan(), &act, &[lent()]).await), "desk.kind");
    let new = vec![(loan(), act.clone(), vec![lent()])];
    assert_eq!(code(desk.open_all(new, &|_| ()).await), "desk.kind");
    let nothing = |_: &Loan| Ok::<_, Problems>(vec![]);
    assert_eq!(code(desk.decide(loan(), &act, nothing).await), "desk.kind");
    let counter = desk.at_counter(citizen(maria())).of::<Loan>();
    assert_eq!(code(counter.open(loan(), Verb::Return, &act, &[lent()]).await), "desk.kind");
    assert_eq!(code(counter.page(&EveryRecord, None, 9).await), "desk.kind");
    assert_eq!(code(desk.rebuild_lists("loan", &|_| ()).await), "desk.kind");
    let change = begun::<Loan>(loan(), &act, &[lent()]).unwrap();
    match desk.commit(vec![change]).await {
        Err(CommitError::Refused(problems)) => {
            let problem = problems.iter().next().unwrap();
            assert_eq!((&*problem.code, &*problem.field), ("desk.kind", "loan"));
            assert!(problem.rule.contains("bulk-run, erasure, inspection"), "{}", problem.rule);
        }
        other => panic!("a refusal was expected, not {other:?}"),
    }
    assert_eq!(desk.store().head(&ente()).await.unwrap(), None);
}

#[tokio::test]
async fn what_a_brick_brought_is_proved_by_a_desk_that_has_the_brick() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let parts = DeskParts::new(bricks()).taker(Mailbox);
    let desk = Desk::on(Arc::clone(&store), ente(), parts).unwrap();
    desk.open(loan(), &by_maria(MORNING), &[lent()]).await.unwrap();
    let proof = desk.verify(&|_| ()).await.unwrap();
    assert!(proof.is_clean());
    assert_eq!(proof.states.states, 1);

    let without = Desk::on(store, ente(), DeskParts::default()).unwrap();
    let proof = without.verify(&|_| ()).await.unwrap();
    let unknown = StateFinding::UnknownKind { kind: "loan".to_owned(), states: 1 };
    assert_eq!(proof.states.findings, [unknown]);
}

#[tokio::test]
async fn whoever_is_known_in_another_ente_is_nobody_here() {
    let desk = desk();
    desk.open(loan(), &by_maria(MORNING), &[lent()]).await.unwrap();
    for mut who in [citizen(maria()), auditor()] {
        let here = desk.at_counter(who.clone()).of::<Loan>();
        assert_eq!(here.count(&EveryRecord).await.unwrap(), 1);
        assert!(here.read(loan()).await.is_ok());
        who.ente = "c_f051".parse().unwrap();
        let there = desk.at_counter(who).of::<Loan>();
        assert_eq!(there.count(&EveryRecord).await.unwrap(), 0);
        assert_eq!(code(there.read(loan()).await), "desk.unknown");
        let act = by_maria(MORNING);
        let other = there.open(Id::from_u128(8), Verb::Return, &act, &[lent()]).await;
        assert_eq!(code(other), "loan.access.not-theirs");
    }
}

#[tokio::test]
async fn one_key_of_a_room_is_lent_at_a_time() {
    let desk = desk();
    let act = by_maria(MORNING);
    desk.open(loan(), &act, &[lent()]).await.unwrap();
    let second = Id::from_u128(8);
    assert_eq!(code(desk.open(second, &act, &[lent()]).await), "store.conflict.unique-key");
    let back = by_maria("2027-03-02T09:00:00Z");
    let returned = |_: &Loan| Ok::<_, Problems>(vec![Event::Returned { act: back.clone() }]);
    desk.decide(loan(), &back, returned).await.unwrap();
    desk.open(second, &act, &[lent()]).await.unwrap();
    assert_eq!(desk.holder::<Loan>("room", "sala-2").await.unwrap().unwrap().id, second);
}

#[tokio::test]
async fn a_taker_may_decide_on_the_desk_it_takes_for() {
    /// Brings back whatever was lent, at once.
    struct Porter;

    #[async_trait]
    impl Taker for Porter {
        fn topic(&self) -> &str {
            "message.tell"
        }

        async fn take(
            &self,
            desk: &Desk,
            effects: &[StoredEffect],
            now: DateTime<Utc>,
        ) -> Result<Vec<Handled>, DeskError> {
            let ids: Vec<Id<Loan>> =
                effects.iter().map(|e| Id::from_u128(e.stream.id.as_u128())).collect();
            let act = by_maria(&now.to_rfc3339());
            let verb = |loan: &Loan, _: u64| {
                let open = loan.returned.is_none();
                Ok(open.then(|| Acted::one(&act, Event::Returned { act: act.clone() })))
            };
            desk.decide_each(&ids, verb, None).await?;
            Ok(vec![Handled::Done; effects.len()])
        }
    }

    let desk = Desk::new(Memory::new(), ente(), DeskParts::new(bricks()).taker(Porter)).unwrap();
    desk.open(loan(), &by_maria(MORNING), &[lent()]).await.unwrap();
    let report = desk.deliver(at("2027-03-02T09:00:00Z"), &|_| ()).await.unwrap();
    assert_eq!(report.delivered["message.tell"], 1);
    let there = desk.load(loan()).await.unwrap().unwrap().state;
    assert_eq!(there.returned, Some("2027-03-02".parse().unwrap()));
}
