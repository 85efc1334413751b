//! Whatever is tried, in whatever order: all backends answer alike, the chain verifies, and
//! every state is what its history leads to.

use std::collections::BTreeSet;

use mattoni_core::Id;
use mattoni_store::{
    Batch, Change, Effect, Journal, List, ListEntry, Lists, Loaded, Memory, Outbox, Projection,
    SequenceClaim, Span, Sqlite, Store, Stream, Version, load, verify, verify_states,
};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tempfile::TempDir;

use crate::server::Server;
use crate::support::{Lamp, LampEvent, act, ente, hung, lamps};

const L: List = List::plain("l");

#[derive(Debug, Clone)]
struct Try {
    lamp: u128,
    /// Decides on what is stored, or on what is not.
    fresh: u8,
    socket: Option<u8>,
    key: Option<u8>,
    number: Option<u64>,
    /// Version of the projection, and bucket and sort key of each entry.
    projection: (u32, BTreeSet<(u8, u8)>),
}

fn a_try() -> impl Strategy<Value = Try> {
    let parts = (
        1..5_u128,
        0..4_u8,
        proptest::option::of(0..3_u8),
        proptest::option::of(0..40_u8),
        proptest::option::of(1..6_u64),
        (0..3_u32, proptest::collection::btree_set((0..3_u8, 0..4_u8), 0..4)),
    );
    parts.prop_map(|(lamp, fresh, socket, key, number, projection)| Try {
        lamp,
        fresh,
        socket,
        key,
        number,
        projection,
    })
}

async fn change(store: &dyn Store, what: &Try) -> Change {
    let known = load::<Lamp>(store, &ente(), Id::from_u128(what.lamp)).await.unwrap();
    let mut change = match known {
        Some(lamp) if what.fresh > 0 => {
            let stale = Loaded { version: Version::new(lamp.version.get()), ..lamp };
            stale.next(&act(1), &[LampEvent::Lit { watts: 40 }]).unwrap().change
        }
        _ => hung(what.lamp, "a").change,
    };
    let (version, entries) = &what.projection;
    let entry = |(bucket, sort): &(u8, u8)| ListEntry::new(L, bucket.to_string(), sort.to_string());
    let mut projection = Projection::new().version(*version).entries(entries.iter().map(entry));
    if let Some(socket) = what.socket {
        projection = projection.unique("socket", socket.to_string());
    }
    change = change.with_projection(projection);
    if let Some(key) = what.key {
        change = change.with_effects([Effect::new(key.to_string(), "bulb", "{}")]);
    }
    if let Some(number) = what.number {
        change = change.with_claim(SequenceClaim::new("n", number));
    }
    change
}

async fn attempt(store: &dyn Store, batch: &[Try]) -> String {
    let mut changes = Vec::new();
    for what in batch {
        changes.push(change(store, what).await);
    }
    match store.commit(Batch::new(ente(), changes)).await {
        Ok(committed) => format!("{committed:?}"),
        Err(error) => format!("{:?}", error.conflict().expect("only conflicts")),
    }
}

/// Tries the same on memory and on another backend.
async fn holds(batches: &[Vec<Try>], other: &dyn Store) {
    let memory = Memory::new();
    for batch in batches {
        assert_eq!(attempt(&memory, batch).await, attempt(other, batch).await);
    }
    assert_eq!(
        memory.scan(&ente(), 0, 999).await.unwrap(),
        other.scan(&ente(), 0, 999).await.unwrap()
    );
    assert_eq!(
        memory.due(&ente(), act(9).at, 999).await.unwrap(),
        other.due(&ente(), act(9).at, 999).await.unwrap()
    );
    assert_eq!(
        memory.projection_versions(&ente(), "lamp").await.unwrap(),
        other.projection_versions(&ente(), "lamp").await.unwrap()
    );
    for bucket in ["0", "1", "2"] {
        let span = Span::new(L, bucket);
        let page = memory.page(&ente(), "lamp", &span, None, 99).await.unwrap();
        assert_eq!(page, other.page(&ente(), "lamp", &span, None, 99).await.unwrap());
        let tally = other.tally(&ente(), "lamp", "l", bucket).await.unwrap();
        assert_eq!(tally, page.len() as u64);
    }
    for socket in ["0", "1", "2"] {
        let holder = memory.holder(&ente(), "lamp", "socket", socket).await.unwrap();
        assert_eq!(holder, other.holder(&ente(), "lamp", "socket", socket).await.unwrap());
    }
    for id in 1..5 {
        let stream = Stream::new("lamp", Id::from_u128(id));
        assert_eq!(
            memory.load(&ente(), &stream).await.unwrap(),
            other.load(&ente(), &stream).await.unwrap()
        );
    }
    for store in [&memory as &dyn Store, other] {
        let chain = verify(store, &ente(), |_| {}).await.unwrap();
        assert_eq!(chain.findings, []);
        let bricks = lamps();
        let states = verify_states(store, &ente(), &bricks, |_| {}).await.unwrap();
        assert_eq!(states.findings, []);
    }
}

fn many_tries() -> impl Strategy<Value = Vec<Vec<Try>>> {
    proptest::collection::vec(proptest::collection::vec(a_try(), 1..4), 1..24)
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..Default::default() }
}

proptest! {
    #![proptest_config(cases(24))]
    #[test]
    fn sqlite_answers_as_memory_does_and_state_is_the_fold_of_the_journal(batches in many_tries()) {
        let dir = TempDir::new().unwrap();
        let sqlite = Sqlite::open(dir.path().join("law.db")).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(holds(&batches, &sqlite));
    }
}

#[test]
fn postgres_answers_as_memory_does_and_state_is_the_fold_of_the_journal() {
    let server = Server::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let schema = std::cell::Cell::new(0);
    TestRunner::new(cases(24))
        .run(&many_tries(), |batches| {
            schema.set(schema.get() + 1);
            runtime.block_on(async {
                let store = server.store_in(&format!("law_{}", schema.get())).await;
                holds(&batches, &store).await;
            });
            Ok(())
        })
        .unwrap();
}
