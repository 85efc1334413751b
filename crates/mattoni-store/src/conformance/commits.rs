//! What a commit promises.

use mattoni_core::record::{List, ListEntry, Projection};
use mattoni_core::{Digest, Refusal};

use super::{
    act, at, change, commit, committed, conflict, ente, holder, holding, journal, stream, version,
    works,
};
use crate::{Batch, CommitError, Conflict, Effect, Head, SequenceClaim, Store, Version};

const HALL: List = List::plain("hall");

fn in_hall(hall: &str) -> Projection {
    Projection::new().entry(ListEntry::new(HALL, hall, ""))
}

pub(super) async fn hold(store: &impl Store) {
    assert_eq!(works(store.head(&ente()).await), None, "an empty store has no head");
    assert_eq!(works(store.load(&ente(), &stream(1)).await), None, "nor any state");

    let done = committed(store, [change(1, 0, 2)]).await;
    assert_eq!((done.first_seq, done.head.seq), (1, 2), "places are counted from 1");
    assert_eq!(done.versions, [Version::new(2)]);
    let done = committed(store, [change(1, 2, 1)]).await;
    assert_eq!((done.first_seq, done.head.seq), (3, 3));
    assert_eq!(works(store.head(&ente()).await), Some(done.head), "the head is the commit's");

    let state = works(store.load(&ente(), &stream(1)).await).expect("the state is there");
    assert_eq!(state.version, Version::new(3));
    assert_eq!(state.body, change(1, 2, 1).state, "the state is the last one committed");

    let rows = works(store.history(&ente(), &stream(1), Version::NONE, 10).await);
    assert_eq!(rows.iter().map(|row| row.version.get()).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(rows[2].body, change(1, 2, 1).events[0].body, "bodies come back byte for byte");
    assert_eq!(rows[2].name, "lamp.lit");
    assert_eq!(works(rows[2].act()), act(), "who and when come back, to the microsecond");
    assert_eq!(works(store.kinds(&ente()).await), ["lamp"]);
}

pub(super) async fn leave_no_trace_when_refused(store: &impl Store) {
    let first = committed(
        store,
        [change(1, 0, 1)
            .with_projection(in_hall("a").unique("socket", "1"))
            .with_effects([Effect::new("k1", "bulb", "{}")])
            .with_claim(SequenceClaim::new("n", 1))],
    )
    .await;

    let stale = change(1, 0, 1).with_projection(in_hall("b"));
    let expected =
        Conflict::Version { stream: stream(1), expected: Version::NONE, actual: Version::new(1) };
    assert_eq!(conflict(store, [stale]).await, expected);
    let ahead =
        Conflict::Version { stream: stream(2), expected: Version::new(5), actual: Version::NONE };
    assert_eq!(conflict(store, [change(2, 5, 1)]).await, ahead);
    // The conflict is in the last part of the batch, after all others were accepted.
    let late = change(1, 1, 1)
        .with_projection(in_hall("c").unique("socket", "2"))
        .with_claim(SequenceClaim::new("n", 2))
        .with_effects([Effect::new("k2", "bulb", "{}"), Effect::new("k1", "bulb", "{}")]);
    assert_eq!(conflict(store, [late]).await, Conflict::Effect { key: "k1".to_owned() });

    assert_eq!(works(store.head(&ente()).await), Some(first.head), "the chain did not move");
    assert_eq!(journal(store).await.len(), 1);
    assert_eq!(version(store, 1).await, Version::new(1));
    assert_eq!(works(store.last(&ente(), "n").await), 1, "nor the sequence");
    for (hall, count) in [("a", 1), ("b", 0), ("c", 0)] {
        let counted = works(store.tally(&ente(), "lamp", "hall", hall).await);
        assert_eq!(counted, count, "nor the lists: hall {hall}");
    }
    let holders = (holder(store, "socket", "1").await, holder(store, "socket", "2").await);
    assert_eq!(holders, (Some(stream(1)), None), "nor the unique keys");
    let due = works(store.due(&ente(), super::at(9), 9).await);
    assert_eq!(due.iter().map(|e| e.key.as_str()).collect::<Vec<_>>(), ["k1"], "nor the outbox");
    committed(store, [change(3, 0, 1).with_effects([Effect::new("k2", "bulb", "{}")])]).await;
}

pub(super) async fn are_all_or_nothing(store: &impl Store) {
    committed(store, [change(9, 0, 1)]).await;
    let lost = conflict(store, [change(1, 0, 3), change(2, 0, 1), change(9, 0, 1)]).await;
    assert!(matches!(lost, Conflict::Version { stream: s, .. } if s == stream(9)));
    assert_eq!(version(store, 1).await, Version::NONE, "the first change was undone");
    assert_eq!(version(store, 2).await, Version::NONE, "the second change was undone");
    assert_eq!(journal(store).await.len(), 1);

    let done = committed(store, [change(1, 0, 3), change(2, 0, 1), change(9, 1, 1)]).await;
    assert_eq!((done.first_seq, done.head.seq), (2, 6), "no place was lost");
    assert_eq!(done.versions, [3, 1, 2].map(Version::new));
}

pub(super) async fn build_on_each_other_in_a_batch(store: &impl Store) {
    let done = committed(store, [change(1, 0, 1), change(2, 0, 1), change(1, 1, 1)]).await;
    assert_eq!(done.versions, [1, 1, 2].map(Version::new));
    assert_eq!(version(store, 1).await, Version::new(2));
    // One stream passes a unique key to another within a batch.
    committed(store, [holding(change(1, 2, 1), "7")]).await;
    committed(store, [change(1, 3, 1), holding(change(2, 1, 1), "7")]).await;
    assert_eq!(holder(store, "socket", "7").await, Some(stream(2)));
}

pub(super) async fn refuse_bad_input_with_every_problem(store: &impl Store) {
    let twice = Projection::new().unique("", "x").unique("", "x");
    let mut bad = change(0, 0, 0).with_projection(twice);
    bad.state = vec![b' '; crate::MAX_STATE + 1];
    match commit(store, [change(1, 0, 1), bad]).await {
        Err(CommitError::Refused(problems)) => {
            let found: Vec<_> =
                problems.iter().map(|p| (p.code.as_ref(), p.field.as_str())).collect();
            let expected = [
                ("store.id.nil", "changes[1].id"),
                ("store.events.empty", "changes[1].events"),
                ("store.body.size", "changes[1].state"),
                ("store.name.form", "changes[1].unique[0].name"),
                ("store.name.form", "changes[1].unique[1].name"),
                ("store.unique-key.twice", "changes[1].unique[1]"),
            ];
            assert_eq!(found, expected, "all problems are given at once");
        }
        other => panic!("a refusal was promised, not {other:?}"),
    }
    let empty = store.commit(Batch::new(ente(), [])).await;
    assert!(matches!(empty, Err(CommitError::Refused(_))), "an empty batch is refused");
    assert_eq!(version(store, 1).await, Version::NONE, "nothing was written");
}

pub(super) async fn stop_duplicates_by_unique_keys(store: &impl Store) {
    committed(store, [holding(change(1, 0, 1), "1")]).await;
    let lost = conflict(store, [holding(change(2, 0, 1), "1")]).await;
    let expected = Conflict::UniqueKey {
        stream: stream(2),
        name: "socket".to_owned(),
        value: "1".to_owned(),
        holder: stream(1).id,
    };
    assert_eq!(lost, expected, "the conflict names the key and who holds it");
    assert_eq!(
        lost.problems().iter().next().map(|p| p.code.as_ref()),
        Some("store.conflict.unique-key")
    );
    assert_eq!(version(store, 2).await, Version::NONE);
    // The holder keeps the key when it changes, and another kind may hold an equal one.
    committed(store, [holding(change(1, 1, 1), "1")]).await;
    let mut fan = holding(change(2, 0, 1), "1");
    fan.stream.kind = "fan".into();
    committed(store, [fan]).await;
    let held = works(store.holder(&ente(), "lamp", "socket", "1").await);
    let held = held.expect("somebody holds it");
    assert_eq!((held.stream, held.version), (stream(1), Version::new(2)), "found with its state");
    assert_eq!(held.body, change(1, 1, 1).state);
    assert_eq!(holder(store, "socket", "2").await, None);
    assert_eq!(holder(store, "plug", "1").await, None);
}

pub(super) async fn free_unique_keys(store: &impl Store) {
    committed(store, [holding(change(1, 0, 1), "1")]).await;
    committed(store, [holding(change(1, 1, 1), "2")]).await;
    committed(store, [holding(change(2, 0, 1), "1")]).await;
    assert_eq!(holder(store, "socket", "1").await, Some(stream(2)));
    committed(store, [change(2, 1, 1)]).await;
    assert_eq!(holder(store, "socket", "1").await, None);
}

pub(super) async fn give_gapless_numbers(store: &impl Store) {
    assert_eq!(works(store.last(&ente(), "2026").await), 0, "sequences begin before 1");
    let claims = |id, numbers: &[u64]| {
        numbers.iter().fold(change(id, 0, 1), |c, n| c.with_claim(SequenceClaim::new("2026", *n)))
    };
    let lost = conflict(store, [claims(1, &[2])]).await;
    let expected = Conflict::Number { sequence: "2026".to_owned(), claimed: 2, last: 0 };
    assert_eq!(lost, expected, "a number is not skipped");
    committed(store, [claims(1, &[1, 2]), claims(2, &[3])]).await;
    for wrong in [1, 3, 5] {
        let lost = conflict(store, [claims(3, &[wrong])]).await;
        assert!(matches!(lost, Conflict::Number { last: 3, .. }), "nor given twice");
    }
    conflict(store, [claims(3, &[4, 4])]).await;
    assert_eq!(works(store.last(&ente(), "2026").await), 3);
    committed(store, [claims(3, &[4])]).await;
    assert_eq!(works(store.last(&ente(), "2026").await), 4);
    assert_eq!(works(store.last(&ente(), "2027").await), 0, "sequences are apart");
}

pub(super) async fn chain_rows_by_hash(store: &impl Store) {
    committed(store, [change(1, 0, 3), change(2, 0, 2)]).await;
    let done = committed(store, [change(1, 3, 1)]).await;
    let mut end = Head { seq: 0, hash: Digest::ZERO };
    for row in journal(store).await {
        assert_eq!(row.seq, end.seq + 1, "places have no gap");
        assert_eq!(row.hash, row.link(&ente(), &end.hash), "row {} follows", row.seq);
        end = Head { seq: row.seq, hash: row.hash };
    }
    assert_eq!(done.head, end, "the head is the last row");
}

/// What is recorded is in the order in which it was committed, whatever the clocks said, and says
/// what they said.
pub(super) async fn take_a_clock_that_goes_backwards(store: &impl Store) {
    let hours = [0, -3600, 7200, -86_400];
    for (after, hour) in (0..).zip(hours) {
        let mut change =
            change(1, after, 1).with_effects([Effect::new(format!("k{after}"), "bulb", "{}")]);
        change.act.at = at(hour);
        committed(store, [change]).await;
    }
    let rows = works(store.history(&ente(), &stream(1), Version::NONE, 9).await);
    let said: Vec<_> = rows.iter().map(|row| works(row.act()).at).collect();
    assert_eq!(said, hours.map(at), "in order, as it was said");
    let mut keys = Vec::new();
    loop {
        let due = works(store.due(&ente(), at(7200), 9).await);
        let Some(first) = due.first() else { break };
        assert_eq!(due.len(), 1, "of a stream the oldest");
        keys.push(first.key.clone());
        works(store.delivered(&ente(), &[first.id]).await);
    }
    assert_eq!(keys, ["k0", "k1", "k2", "k3"], "effects go out in the order of their events");
}
