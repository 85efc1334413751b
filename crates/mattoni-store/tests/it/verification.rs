//! Verification on sound journals: long ones, living ones, old ones.

use std::num::NonZeroUsize;
use std::process::Command;
use std::sync::Arc;

use mattoni_core::Id;
use mattoni_store::{
    Batch, JobProgress, Journal, Memory, Postgres, Projection, Report, Sqlite, StatesReport, Store,
    load, postgres, sqlite, verify, verify_states,
};
use tempfile::TempDir;

use crate::crash::{PLACE, ROUND, command, open};
use crate::server::Server;
use crate::support::{Lamp, ente, hung, lamps, lit};

#[tokio::test]
async fn progress_is_told_along_the_way() {
    let store = Memory::new();
    let many = (1..=50_000).map(|id| hung(id, "a").change);
    store.commit(Batch::new(ente(), many)).await.unwrap();
    let mut told = Vec::new();
    let report = verify(&store, &ente(), |progress| told.push(progress)).await.unwrap();
    let progress = |done| JobProgress { done, total: Some(50_000) };
    assert_eq!(told, [20_000, 40_000, 50_000].map(progress));
    assert_eq!((report.rows, report.is_clean()), (50_000, true));
    assert_eq!(report.head, store.head(&ente()).await.unwrap());

    let mut told = 0;
    let bricks = lamps();
    let states =
        verify_states(&store, &ente(), &bricks, |progress| told = progress.done).await.unwrap();
    assert_eq!((told, states.states, states.older_form), (50_000, 50_000, 0));
}

/// Rows of the long journals, of 20 kB each.
const LONG: u128 = 8000;

#[test]
fn a_journal_longer_than_the_memory_there_is_is_verified() {
    const TEST: &str = "verification::a_journal_longer_than_the_memory_there_is_is_verified";
    if let Ok(place) = std::env::var(PLACE) {
        return read_all_of(&place);
    }
    let dir = TempDir::new().unwrap();
    let server = Server::start();
    for place in [dir.path().join("long.db").display().to_string(), server.conninfo()] {
        fill(&place);
        let how = |how: &str| {
            let direct = command(TEST);
            // In KiB: what the process itself needs, and less than a journal has.
            let mut limited = Command::new("sh");
            limited.args(["-c", "ulimit -v 140000; exec \"$0\" \"$@\""]);
            limited.arg(direct.get_program()).args(direct.get_args());
            limited.env(PLACE, &place).env(ROUND, how).env("MALLOC_ARENA_MAX", "1");
            limited.output().unwrap()
        };
        let verified = how("verify");
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
        assert!(!how("hold").status.success(), "there would be no room for all of it: {place}");
    }
}

#[tokio::main(flavor = "current_thread")]
async fn fill(place: &str) {
    let store = open(place).await;
    for first in (1..=LONG).step_by(500) {
        let long = |id: u128| {
            let mut change = hung(id, &format!("{id:020000}")).change;
            change.projection = Projection::default();
            change
        };
        store.commit(Batch::new(ente(), (first..first + 500).map(long))).await.unwrap();
    }
}

/// What the process does that has little memory.
#[tokio::main(flavor = "current_thread")]
async fn read_all_of(place: &str) {
    // As many as any machine has, so that each needs the same.
    let parts = NonZeroUsize::new(2).unwrap();
    let store: Arc<dyn Store> = if place.starts_with("host=") {
        let options = postgres::Options::default().with_parts(parts);
        Arc::new(Postgres::open_with(place, &options).await.unwrap())
    } else {
        let options = sqlite::Options::default().with_threads(parts);
        Arc::new(Sqlite::open_with(place, &options).unwrap())
    };
    if std::env::var(ROUND).as_deref() == Ok("hold") {
        let all = store.scan(&ente(), 0, usize::MAX).await.unwrap();
        assert_eq!(all.len(), LONG as usize);
        return;
    }
    let report = verify(&*store, &ente(), |_| {}).await.unwrap();
    assert_eq!((u128::from(report.rows), report.is_clean()), (LONG, true));
    let bricks = lamps();
    let states = verify_states(&*store, &ente(), &bricks, |_| {}).await.unwrap();
    assert_eq!((u128::from(states.states), states.is_clean()), (LONG, true));
}

#[tokio::test]
async fn an_ente_without_a_journal_has_nothing_to_find() {
    let report = verify(&Memory::new(), &ente(), |_| {}).await.unwrap();
    assert_eq!((report.rows, report.head, report.is_clean()), (0, None, true));
}

#[tokio::test]
async fn a_state_written_by_older_software_is_told_from_an_altered_one() {
    let store = Memory::new();
    let mut change = hung(1, "a").change;
    // Before `times` was added.
    change.state = br#"{"hall":"a","watts":0}"#.to_vec();
    store.commit(Batch::new(ente(), [change])).await.unwrap();
    let bricks = lamps();
    let report = verify_states(&store, &ente(), &bricks, |_| {}).await.unwrap();
    assert_eq!((report.older_form, report.is_clean()), (1, true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_may_commit_meanwhile() {
    let dir = TempDir::new().unwrap();
    let store = Sqlite::open(dir.path().join("live.db")).unwrap();
    store.commit(Batch::new(ente(), (1..=40).map(|id| hung(id, "a").change))).await.unwrap();
    let writing = async {
        for watts in 1..=5 {
            for id in 1..=40 {
                let lamp = load::<Lamp>(&store, &ente(), Id::from_u128(id)).await.unwrap().unwrap();
                store.commit(Batch::new(ente(), [lit(lamp, watts).change])).await.unwrap();
            }
        }
    };
    let reader = Sqlite::open_read_only(dir.path().join("live.db")).unwrap();
    let reading = tokio::spawn(async move {
        let mut reports: Vec<(Report, StatesReport)> = Vec::new();
        let bricks = lamps();
        while reports.last().is_none_or(|(chain, _)| chain.rows < 240) {
            let chain = verify(&reader, &ente(), |_| {}).await.unwrap();
            let states = verify_states(&reader, &ente(), &bricks, |_| {}).await.unwrap();
            reports.push((chain, states));
        }
        reports
    });
    writing.await;
    for (chain, states) in reading.await.unwrap() {
        assert_eq!(chain.findings, []);
        assert_eq!(states.findings, []);
    }
}
