//! What holds when many commit at once.

use super::{all, change, commit, committed, ente, holder, holding, journal, version, works};
use crate::{CommitError, Conflict, SequenceClaim, Store, Version};

const RACERS: u128 = 32;
const ROUNDS: u64 = 4;

pub(super) async fn have_one_winner_a_version(store: &impl Store) {
    for round in 0..ROUNDS {
        let race = (0..RACERS).map(|_| commit(store, [change(1, round, 1)]));
        let answers = all(race).await;
        let won = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(won, 1, "exactly one wins version {}", round + 1);
        for lost in answers.into_iter().filter_map(Result::err) {
            let conflict = lost.conflict().expect("the others get a conflict");
            assert!(matches!(conflict, Conflict::Version { actual, .. }
                if *actual == Version::new(round + 1)));
        }
    }
    assert_eq!(version(store, 1).await, Version::new(ROUNDS));
    assert_eq!(journal(store).await.len() as u64, ROUNDS, "the losers left no row");
}

pub(super) async fn leave_no_gap_in_numbers(store: &impl Store) {
    let take_a_number = async |id| {
        loop {
            let next = works(store.last(&ente(), "2026").await) + 1;
            let claim = SequenceClaim::new("2026", next);
            match commit(store, [change(id, 0, 1).with_claim(claim)]).await {
                Ok(_) => return next,
                Err(CommitError::Conflict(Conflict::Number { .. })) => {}
                Err(other) => panic!("only the number can be lost, not {other:?}"),
            }
        }
    };
    let mut numbers = all((1..=RACERS).map(take_a_number)).await;
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=RACERS as u64).collect::<Vec<_>>(), "neither gap nor twin");
    assert_eq!(works(store.last(&ente(), "2026").await), RACERS as u64);
}

pub(super) async fn have_one_holder_of_a_key(store: &impl Store) {
    let apply = |id| commit(store, [holding(change(id, 0, 1), "x")]);
    let answers = all((1..=RACERS).map(apply)).await;
    let won = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(won, 1, "exactly one application for a child");
    for lost in answers.into_iter().filter_map(Result::err) {
        assert!(matches!(lost.conflict(), Some(Conflict::UniqueKey { .. })));
    }
    assert!(holder(store, "socket", "x").await.is_some());
    committed(store, [change(99, 0, 1)]).await;
    assert_eq!(journal(store).await.len(), 2, "the losers left no row");
}
