//! A verification shared out between threads says what one that looks at row after row says,
//! whatever was done to the journal and wherever the parts begin.

use std::num::NonZeroUsize;
use std::path::Path;

use async_trait::async_trait;
use mattoni_core::EnteId;
use mattoni_store::sqlite::Options;
use mattoni_store::{
    Batch, Error, Finding, Head, Journal, Postgres, Report, Sqlite, Store, postgres, verify,
};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use rusqlite::Connection;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::server::Server;
use crate::support::{ente, hung};

/// Enough for several parts.
const ROWS: u64 = 1700;

/// A store that never follows the chain, so that every row is looked at.
struct RowByRow<S>(S);

#[async_trait]
impl<S: Store> mattoni_store::Layer for RowByRow<S> {
    type Below = S;

    fn below(&self) -> &S {
        &self.0
    }

    async fn follow(&self, _: &EnteId, start: Head, _: usize) -> Result<Head, Error> {
        Ok(start)
    }
}

/// After which rows parts begin, with the numbers of threads that are tried.
const BORDERS: &[u64] = &[500, 567, 850, 1000, 1134, 1500];

/// What an insider does to a journal, as SQL.
fn edit() -> impl Strategy<Value = String> {
    let near = (prop::sample::select(BORDERS), 0..3_u64).prop_map(|(row, by)| row - 1 + by);
    let row = || prop_oneof![1..=ROWS, near.clone()];
    prop_oneof![
        row().prop_map(|n| format!("UPDATE journal SET at = at + 1 WHERE seq = {n}")),
        row().prop_map(|n| format!("UPDATE journal SET body = x'7b7d' WHERE seq = {n}")),
        row().prop_map(|n| format!("UPDATE journal SET hash = zeroblob(32) WHERE seq = {n}")),
        row().prop_map(|n| format!("UPDATE journal SET hash = x'00' WHERE seq = {n}")),
        row().prop_map(|n| format!("UPDATE journal SET by = CAST(x'ff' AS TEXT) WHERE seq = {n}")),
        row().prop_map(|n| format!(
            "UPDATE journal SET hash = (SELECT hash FROM journal WHERE seq = 1) WHERE seq = {n}"
        )),
        (row(), 0..40_u64).prop_map(|(n, more)| {
            format!("DELETE FROM journal WHERE seq BETWEEN {n} AND {}", n + more)
        }),
        row().prop_map(|n| format!(
            "DELETE FROM journal WHERE seq = {n};
             UPDATE journal SET seq = seq - 1 WHERE seq > {n}"
        )),
        (row(), row()).prop_map(|(one, other)| format!(
            "UPDATE journal SET seq = 100000 WHERE seq = {one};
             UPDATE journal SET seq = {one} WHERE seq = {other};
             UPDATE journal SET seq = {other} WHERE seq = 100000"
        )),
        row().prop_map(|n| format!(
            "UPDATE head SET seq = {n}, hash = (SELECT hash FROM journal WHERE seq = {n})
             WHERE EXISTS (SELECT 1 FROM journal WHERE seq = {n})"
        )),
        Just("DELETE FROM head".to_owned()),
    ]
}

fn journal(runtime: &Runtime, path: &Path) {
    let store = Sqlite::open(path).unwrap();
    let lamps = (1..=u128::from(ROWS)).map(|id| hung(id, "a").change);
    runtime.block_on(store.commit(Batch::new(ente(), lamps))).unwrap();
}

fn report(runtime: &Runtime, store: &impl Journal) -> Report {
    runtime.block_on(verify(store, &ente(), |_| {})).unwrap()
}

#[test]
fn what_was_done_is_told_alike_however_many_parts_there_are() {
    let runtime = Runtime::new().unwrap();
    let dir = TempDir::new().unwrap();
    let sound = dir.path().join("sound.db");
    journal(&runtime, &sound);

    let with_threads = |path: &Path, threads| {
        let threads = NonZeroUsize::new(threads).unwrap();
        Sqlite::open_with(path, &Options::default().with_threads(threads)).unwrap()
    };
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..Default::default()
    });
    let edits = prop::collection::vec(edit(), 0..4);
    runner
        .run(&edits, |edits| {
            let dir = TempDir::new().unwrap();
            let path = dir.path().join("town.db");
            std::fs::copy(&sound, &path).unwrap();
            let raw = Connection::open(&path).unwrap();
            raw.execute_batch("PRAGMA ignore_check_constraints = ON").unwrap();
            for edit in &edits {
                raw.execute_batch(edit).unwrap();
            }
            drop(raw);
            let row_by_row = report(&runtime, &RowByRow(with_threads(&path, 1)));
            prop_assert!(!edits.is_empty() || row_by_row.is_clean());
            for threads in [1, 2, 3, 8] {
                let in_parts = report(&runtime, &with_threads(&path, threads));
                prop_assert_eq!(&in_parts, &row_by_row, "{} threads", threads);
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn whatever_is_done_where_parts_begin_is_found_and_named() {
    let runtime = Runtime::new().unwrap();
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("town.db");
    journal(&runtime, &path);
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch("PRAGMA ignore_check_constraints = ON").unwrap();
    let threads = NonZeroUsize::new(4).unwrap();
    let store = Sqlite::open_with(&path, &Options::default().with_threads(threads)).unwrap();
    let found = |seq: u64, set: &str, reset: &str| {
        raw.execute_batch(&format!("UPDATE journal SET {set} WHERE seq = {seq}")).unwrap();
        let found = report(&runtime, &store).findings;
        raw.execute_batch(&format!("UPDATE journal SET {reset} WHERE seq = {seq}")).unwrap();
        assert_eq!(found.len(), 1, "row {seq}: {found:?}");
        found.into_iter().next().unwrap()
    };
    for seq in [1, 2, 499, 500, 501, 502, 1000, 1001, 1500, 1501, ROWS - 1, ROWS] {
        let changed = found(seq, "at = at + 1", "at = at - 1");
        assert!(matches!(&changed, Finding::Changed { row } if row.seq == seq), "{changed}");
        let hex = "SELECT hex(hash) FROM journal WHERE seq = ?1";
        let hex: String = raw.query_row(hex, [seq as i64], |row| row.get(0)).unwrap();
        let hash = found(seq, "hash = x'00'", &format!("hash = x'{hex}'"));
        assert!(matches!(&hash, Finding::Unreadable { seq: at, .. } if *at == seq), "{hash}");
    }
    assert!(report(&runtime, &store).is_clean());
}

#[test]
fn postgres_says_in_parts_what_it_says_row_by_row() {
    let runtime = Runtime::new().unwrap();
    let server = Server::start();
    let open = |parts| {
        let parts = NonZeroUsize::new(parts).unwrap();
        let options = postgres::Options::default().with_connections(3).with_parts(parts);
        runtime.block_on(Postgres::open_with(&server.conninfo(), &options)).unwrap()
    };
    let stores = [open(1), open(2), open(7)];
    let lamps = (1..=u128::from(ROWS)).map(|id| hung(id, "a").change);
    runtime.block_on(stores[0].commit(Batch::new(ente(), lamps))).unwrap();
    let row_by_row = RowByRow(open(1));
    server.by_hand(
        "CREATE TABLE kept AS SELECT * FROM journal; CREATE TABLE kept_head AS SELECT * FROM head;
         ALTER TABLE journal DROP CONSTRAINT journal_hash_check, ALTER by DROP NOT NULL",
    );
    // Where parts begin, and where another statement does.
    let near = BORDERS.iter().chain(&[1024]).flat_map(|row| [row - 1, *row, row + 1, row + 2]);
    let edits = near.chain([1, 2, ROWS - 1, ROWS]).enumerate().map(|(n, row)| match n % 9 {
        0 => format!("UPDATE journal SET at = at + 1 WHERE seq = {row}"),
        1 => format!("UPDATE journal SET hash = sha256('') WHERE seq = {row}"),
        2 => format!("DELETE FROM journal WHERE seq BETWEEN {row} AND {row} + 30"),
        3 => format!("UPDATE head SET seq = {row}"),
        4 => format!("UPDATE journal SET body = '{{}}' WHERE seq IN ({row}, {row} - 400)"),
        5 => format!(
            "UPDATE journal SET seq = 100000 WHERE seq = {row};
             UPDATE journal SET seq = {row} WHERE seq = 7;
             UPDATE journal SET seq = 7 WHERE seq = 100000"
        ),
        6 => format!("UPDATE journal SET hash = 'x' WHERE seq = {row}"),
        7 => format!("UPDATE journal SET by = NULL WHERE seq = {row}"),
        _ => format!("UPDATE journal SET version = 9 WHERE seq = {row}; DELETE FROM head"),
    });
    for edit in edits {
        server.by_hand(&edit);
        let told = report(&runtime, &row_by_row);
        assert!(!told.is_clean(), "{edit}");
        for store in &stores {
            assert_eq!(report(&runtime, store), told, "{edit}");
        }
        server.by_hand(
            "TRUNCATE journal, head; INSERT INTO journal SELECT * FROM kept;
             INSERT INTO head SELECT * FROM kept_head",
        );
    }
    for store in &stores {
        let whole = report(&runtime, store);
        assert_eq!((whole.rows, whole.is_clean()), (ROWS, true));
    }
}
