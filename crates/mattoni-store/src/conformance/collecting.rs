//! What a collection promises.

use std::pin::Pin;

use chrono::TimeDelta;
use mattoni_core::record::{
    AccessRefusal, Brick, Bricks, Facts, List, Marks, NoOrders, NoVerb, Owners, Personal,
    Projection, Record, Retention, Sight, Subject,
};
use mattoni_core::{Act, Actor, Aggregate, Digest, DomainEvent, Id};
use serde::{Deserialize, Serialize};

use super::{all, at, change, committed, ente, works};
use crate::{Batch, Collected, Next, Store, collect};

/// A lamp's papers; its kind is not that of the other promises.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Papers(Vec<Digest>);

impl DomainEvent for Papers {
    fn name(&self) -> &'static str {
        "papers.filed"
    }
}

impl Aggregate for Papers {
    const KIND: &'static str = "papers";
    type Event = Self;

    fn open(event: &Self) -> Option<Self> {
        Some(event.clone())
    }

    fn apply(&mut self, event: &Self) {
        self.0.clone_from(&event.0);
    }
}

impl Personal for Papers {
    fn mark(_: &mut Marks) {}
}

impl Record for Papers {
    const TITLE: &'static str = "carte";
    type Verb = NoVerb;
    type Orders = NoOrders;
    type Row = ();
    const PROJECTION: u32 = 1;
    const LISTS: &'static [List] = &[];

    fn verb_of(_: &Self) -> Option<NoVerb> {
        None
    }

    fn act_of(_: &Self) -> Option<&Act> {
        None
    }

    fn projection(&self) -> Projection {
        Projection::new()
    }

    fn row(&self) {}

    fn owners(&self) -> Owners {
        Owners::none()
    }

    fn orders(&self, _: &Self) -> Vec<NoOrders> {
        Vec::new()
    }

    fn sight(&self, _: &Subject) -> Sight {
        Sight::Everything
    }

    fn may(&self, _: &Subject, verb: NoVerb) -> Result<(), AccessRefusal> {
        match verb {}
    }

    fn blobs(&self) -> Vec<Digest> {
        self.0.clone()
    }

    fn retention(&self) -> Retention {
        Retention::Forever
    }

    fn facts(&self, _: &mut Facts) {}
}

fn bricks() -> Bricks {
    Bricks::new().with(Brick::new("papers").with::<Papers>())
}

async fn run(store: &impl Store, second: i64) -> Collected {
    let day = TimeDelta::seconds(100);
    works(collect(store, &ente(), &bricks(), at(second), day, |_| {}).await)
}

async fn file(store: &impl Store, id: u128, digests: &[Digest]) {
    let act = Act::new(at(0), Actor::System("files".to_owned()));
    let events = [Papers(digests.to_vec())];
    let id = Id::<Papers>::from_u128(id);
    let next = match works(crate::load(store, &ente(), id).await) {
        Some(there) => there.next(&act, &events),
        None => Next::open(id, &act, &events),
    };
    let change = next.expect("papers are JSON").change;
    store.commit(Batch::new(ente(), [change])).await.expect("the papers are filed");
}

pub(super) async fn removes_what_nothing_refers_to(store: &impl Store) {
    let mut put = Vec::new();
    for n in 0..4_u8 {
        put.push(works(store.put(&ente(), vec![n; 10]).await));
    }
    file(store, 1, &put[..2]).await;
    let first = run(store, 0).await;
    let mut rest = put[2..].to_vec();
    rest.sort_unstable();
    assert_eq!((first.kept, first.set_aside.clone()), (2, rest.clone()));
    assert!(first.discarded.is_empty() && first.missing.is_empty());

    // One of them is referred to again, and another no longer.
    file(store, 2, &[rest[0]]).await;
    file(store, 1, &put[..1]).await;
    let second = run(store, 99).await;
    assert_eq!(second.taken_back, [rest[0]]);
    assert_eq!(second.set_aside, [put[1]]);
    assert!(second.discarded.is_empty(), "not for long enough");

    let third = run(store, 100).await;
    assert_eq!((third.discarded.clone(), third.bytes), (vec![rest[1]], 10));
    assert_eq!(works(store.get(&ente(), rest[1]).await), None);
    let fourth = run(store, 199).await;
    assert_eq!((fourth.discarded, fourth.kept), (vec![put[1]], 2));
    assert!(works(store.get(&ente(), put[0]).await).is_some());

    let lost = Digest::of(b"never put");
    file(store, 3, &[lost]).await;
    assert_eq!(run(store, 200).await.missing, [lost], "and what is lost is reported");
}

pub(super) async fn never_takes_what_is_put_meanwhile(store: &impl Store) {
    type Running<'a> = Pin<Box<dyn Future<Output = Digest> + 'a>>;
    let paper = |n: u8| vec![n; 10];
    for n in 0..8 {
        works(store.put(&ente(), paper(n)).await);
    }
    for round in 0..4_i64 {
        // All blobs are garbage, and half of them are put and referred to while the collection runs.
        let filing = (0..4_u8).map(|n| async move {
            let digest = works(store.put(&ente(), paper(n)).await);
            file(store, u128::from(n) + 1, &[digest]).await;
            digest
        });
        let collecting = async {
            run(store, round * 100).await;
            Digest::ZERO
        };
        let mut running: Vec<Running<'_>> = vec![Box::pin(collecting)];
        running.extend(filing.map(|filing| Box::pin(filing) as Running<'_>));
        for digest in all(running).await.into_iter().skip(1) {
            assert!(works(store.get(&ente(), digest).await).is_some(), "{digest} is gone");
        }
        assert!(run(store, round * 100 + 1).await.missing.is_empty());
        for n in 0..4 {
            file(store, n + 1, &[]).await;
        }
    }
}

pub(super) async fn leaves_alone_what_it_does_not_know(store: &impl Store) {
    let digest = works(store.put(&ente(), b"paper".to_vec()).await);
    committed(store, [change(1, 0, 1)]).await;
    for second in [0, 500] {
        let report = run(store, second).await;
        assert_eq!(report.unknown_kinds, ["lamp"]);
        assert!(report.set_aside.is_empty() && report.discarded.is_empty());
    }
    assert!(works(store.get(&ente(), digest).await).is_some());
}
