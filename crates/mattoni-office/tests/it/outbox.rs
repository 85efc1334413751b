//! What leaves the outbox: nothing lost, nothing doubled, whoever dies or is away.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use mattoni_core::{Act, Actor};
use mattoni_desk::{Desk, DeskError, Handled, Taker};
use mattoni_practice::Practice;
use mattoni_store::{Memory, Sqlite, Store, StoredEffect};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::practices::{Spec, at, desk_on, ente, id, open_all};

/// A receiver that knows what it has had by the effects' keys.
#[derive(Default)]
struct Receiver {
    topic: &'static str,
    /// How often each key came.
    had: Mutex<BTreeMap<String, u32>>,
    /// Away until then.
    away: Option<DateTime<Utc>>,
    /// Takes so many and dies before it can say so.
    dies_after: Option<usize>,
    /// Told when it died: with what it had, and without an answer.
    died: tokio::sync::Notify,
}

impl Receiver {
    fn of(topic: &'static str) -> Self {
        Self { topic, ..Self::default() }
    }

    fn keys(&self) -> BTreeMap<String, u32> {
        self.had.lock().unwrap().clone()
    }
}

impl Receiver {
    /// None when it died.
    fn receive(&self, effects: &[StoredEffect], now: DateTime<Utc>) -> Option<Vec<Handled>> {
        let mut had = self.had.lock().unwrap();
        let mut handled = Vec::new();
        for (place, effect) in effects.iter().enumerate() {
            if self.away.is_some_and(|until| now < until) {
                handled.push(Handled::Later("connection refused".into()));
                continue;
            }
            *had.entry(effect.key.clone()).or_default() += 1;
            handled.push(Handled::Done);
            if self.dies_after == Some(place + 1) {
                return None;
            }
        }
        Some(handled)
    }
}

#[async_trait]
impl Taker for Receiver {
    fn topic(&self) -> &str {
        self.topic
    }

    async fn take(
        &self,
        _: &Desk,
        effects: &[StoredEffect],
        now: DateTime<Utc>,
    ) -> Result<Vec<Handled>, DeskError> {
        if let Some(handled) = self.receive(effects, now) {
            return Ok(handled);
        }
        self.died.notify_one();
        std::future::pending().await
    }
}

/// Practices that were submitted: each asks for a number and tells its applicant.
async fn town(store: impl Store + 'static, practices: usize) -> (Desk, u64) {
    let desk = desk_on(store);
    let spec = Spec {
        service: 0,
        applicant: 0,
        filer: 0,
        reader: None,
        office: 0,
        stage: 1,
        noted: false,
    };
    let specs = vec![spec; practices];
    open_all(&desk, &specs).await;
    let mut effects = 0;
    // Counted on a second desk, because counting is delivering.
    let other = desk_on(Memory::new());
    open_all(&other, &specs).await;
    loop {
        let due = other.store().due(&ente(), at(400), 999).await.unwrap();
        if due.is_empty() {
            return (desk, effects);
        }
        effects += due.len() as u64;
        let ids: Vec<_> = due.iter().map(|effect| effect.id).collect();
        other.store().delivered(&ente(), &ids).await.unwrap();
    }
}

const TOPICS: [&str; 2] = ["registry.register", "message.tell"];

#[tokio::test]
async fn a_receiver_that_is_away_for_five_minutes_misses_nothing_and_has_nothing_twice() {
    away_for_five_minutes(Memory::new()).await;
    let dir = TempDir::new().unwrap();
    away_for_five_minutes(Sqlite::open(dir.path().join("town.db")).unwrap()).await;
}

async fn away_for_five_minutes(store: impl Store + 'static) {
    let (desk, effects) = town(store, 30).await;
    let begin = at(1);
    let back = begin + TimeDelta::seconds(300);
    let receivers = TOPICS.map(|topic| Receiver { away: Some(back), ..Receiver::of(topic) });
    let takers: Vec<&dyn Taker> = receivers.iter().map(|r| r as &dyn Taker).collect();
    let mut later = 0;
    for second in (0..1200).step_by(10) {
        let now = begin + TimeDelta::seconds(second);
        let report = desk.deliver_to(&takers, now, &|_| ()).await.unwrap();
        assert_eq!(report.never, 0);
        later += report.later;
    }
    assert!(later >= 30, "it was away: {later}");
    let had: Vec<u32> = receivers.iter().flat_map(|r| r.keys().into_values()).collect();
    assert_eq!(had.len() as u64, effects, "nothing is missed");
    assert!(had.iter().all(|times| *times == 1), "nothing comes twice");
}

#[tokio::test]
async fn what_somebody_died_with_comes_again_under_its_key() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("town.db");
    let (desk, effects) = town(Sqlite::open(&path).unwrap(), 12).await;
    let dying = TOPICS.map(|topic| Receiver { dies_after: Some(4), ..Receiver::of(topic) });
    let takers: Vec<&dyn Taker> = dying.iter().map(|r| r as &dyn Taker).collect();
    tokio::select! {
        delivered = desk.deliver_to(&takers, at(1), &|_| ()) => panic!("{delivered:?}"),
        () = dying[0].died.notified() => {}
        () = dying[1].died.notified() => {}
    }
    drop(desk);

    // The process is gone; another opens the file.
    let desk = desk_on(Sqlite::open(&path).unwrap());
    let alive = TOPICS.map(Receiver::of);
    let takers: Vec<&dyn Taker> = alive.iter().map(|r| r as &dyn Taker).collect();
    desk.deliver_to(&takers, at(1), &|_| ()).await.unwrap();
    let had: BTreeMap<String, u32> = alive.iter().flat_map(Receiver::keys).collect();
    assert_eq!(had.len() as u64, effects, "all of them, also those that had been handed over");
    let before: Vec<String> = dying.iter().flat_map(|r| r.keys().into_keys()).collect();
    assert!(!before.is_empty() && before.iter().all(|key| had.contains_key(key)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_several_deliver_at_once_counts_once_and_comes_under_one_key() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("town.db");
    let (desk, effects) = town(Sqlite::open(&path).unwrap(), 40).await;
    drop(desk);
    let receivers = Arc::new(TOPICS.map(Receiver::of));
    let deliverers = (0..4).map(|_| {
        let (path, receivers) = (path.clone(), Arc::clone(&receivers));
        tokio::spawn(async move {
            let desk = desk_on(Sqlite::open(&path).unwrap());
            let takers: Vec<&dyn Taker> = receivers.iter().map(|r| r as &dyn Taker).collect();
            desk.deliver_to(&takers, at(1), &|_| ()).await.unwrap()
        })
    });
    let mut delivered = 0;
    for deliverer in deliverers.collect::<Vec<_>>() {
        delivered += deliverer.await.unwrap().delivered.values().sum::<u64>();
    }
    // Two may hand over the same; each effect is delivered once, and known by its key.
    let had: Vec<u32> = receivers.iter().flat_map(|r| r.keys().into_values()).collect();
    assert_eq!((delivered, had.len() as u64), (effects, effects));
}

#[tokio::test]
async fn what_was_delivered_is_gone_at_once_and_nothing_else() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("town.db");
    let (desk, effects) = town(Sqlite::open(&path).unwrap(), 5).await;
    let raw = Connection::open(&path).unwrap();
    let count = "SELECT count(*) FROM outbox";
    let kept = || raw.query_row(count, [], |row| row.get::<_, i64>(0)).unwrap() as u64;
    assert_eq!(kept(), effects);
    let receivers = TOPICS.map(Receiver::of);
    let report = desk.deliver_to(&[&receivers[0]], at(1), &|_| ()).await.unwrap();
    let delivered: u64 = report.delivered.values().sum();
    assert!(delivered > 0 && delivered < effects);
    assert_eq!(kept(), effects - delivered);
    let takers: [&dyn Taker; 2] = [&receivers[0], &receivers[1]];
    desk.deliver_to(&takers, at(2), &|_| ()).await.unwrap();
    let had: usize = receivers.iter().map(|receiver| receiver.keys().len()).sum();
    assert_eq!(had as u64, effects, "what waited has been delivered since");
    assert_eq!(kept(), 0);
    let act = Act::new(at(3), Actor::System("clock".into()));
    let there = desk.load::<Practice>(id(0)).await.unwrap().unwrap();
    assert!(there.state.touched_at() <= act.at, "and the practices are untouched");
}
