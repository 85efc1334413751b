//! What a read and a commit cost as a store grows, and how fast it is verified.
//!
//! Run with: `cargo bench -p mattoni-benches --features store_growth --bench store_growth`
//!
//! One file grows from 10⁴ practices to `MATTONI_BENCH_LARGEST` (10⁷ if unset: about 10 GB in the
//! temporary folder, removed at the end, and four minutes). It is filled by hand-written SQL with
//! states and a list by last day, whose order has nothing to do with that of the ids, so that a page
//! of fifty states is read from all over the file, and a list by day of arrival, whose order is that
//! of the ids, as that of a deadline so many days after it is. A page of rows is what a screen
//! shows. What is read is chosen evenly over everything there is. A second file stays at 10⁴, and
//! the two take turns, so that both meet the same machine; of each the fastest turn counts, because
//! whatever else runs only ever adds.
//!
//! What is verified has events as long as the demo's.
#![allow(clippy::disallowed_methods, reason = "a bench measures time")]
#![allow(clippy::float_arithmetic, reason = "rates and ratios")]

mod growth;

use std::future::Future;
use std::num::NonZeroUsize;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Instant;

use mattoni_store::sqlite::Options;
use mattoni_store::{Batch, Journal, Sqlite, verify};
use rusqlite::{Connection, params};

use crate::growth::machine::{Machine, ROUNDS, forget};
use crate::growth::{
    BUCKET, Failure, SMALL, TURNS, announce, arrived, by_due, due, ente, id, least, measure,
    recorded, row, sizes, state, tell,
};

fn main() -> Result<(), Failure> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("town.db");
    drop(Sqlite::open(&path)?);
    announce("SQLite");
    let small = dir.path().join("village.db");
    drop(Sqlite::open(&small)?);
    fill(&small, 0, SMALL)?;
    let small = Sqlite::open(&small)?;
    let mut filled = 0;
    for size in sizes()? {
        fill(&path, filled, size)?;
        filled = size;
        let store = Sqlite::open(&path)?;
        let (mut base, mut costs) = ([f64::MAX; 7], [f64::MAX; 7]);
        for turn in 0..TURNS {
            base = least(base, block_on(measure(&small, SMALL, turn))?);
            costs = least(costs, block_on(measure(&store, size, turn))?);
        }
        tell(size, costs, base, std::fs::metadata(&path)?.len() >> 20);
    }
    drop(dir);
    verification(filled.min(1_000_000))
}

fn fill(path: &Path, from: u64, to: u64) -> Result<(), Failure> {
    let conn = Connection::open(path)?;
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -300000; BEGIN",
    )?;
    let mut insert = conn.prepare(
        "INSERT INTO state (ente, kind, id, version, unique_keys, projection, body)
         VALUES ('c_f051', 'practice', ?1, 1, '', ?2, ?3)",
    )?;
    for n in from..to {
        let (projection, body) = state(n);
        insert.execute(params![id(n).to_be_bytes(), projection, body.as_bytes()])?;
    }
    let mut entry = conn.prepare(
        "INSERT INTO list_entry (ente, kind, list, bucket, sort, id, row_json)
         VALUES ('c_f051', 'practice', ?1, ?2, ?3, ?4, ?5)",
    )?;
    for n in from..to {
        entry.execute(params!["arrived", BUCKET, arrived(n), id(n).to_be_bytes(), row(n)])?;
    }
    for n in by_due(from..to) {
        entry.execute(params!["due", BUCKET, due(n), id(n).to_be_bytes(), row(n)])?;
    }
    let tally = "INSERT OR REPLACE INTO tally (ente, kind, list, bucket, n)
        VALUES ('c_f051', 'practice', ?1, ?2, ?3)";
    for (list, bucket) in [("arrived", BUCKET), ("due", BUCKET), ("", "1")] {
        conn.execute(tally, params![list, bucket, i64::try_from(to)?])?;
    }
    conn.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")?;
    // Gigabytes that are still on their way to the disk would be measured with what comes next.
    Ok(std::fs::File::open(path)?.sync_all()?)
}

/// Proves journals of growing length: on one thread, on one for every processor, and on those of a
/// file that is not in memory.
fn verification(largest: u64) -> Result<(), Failure> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("town.db");
    let all = Options::default();
    let one = all.clone().with_threads(NonZeroUsize::MIN);
    println!("verify, MB/s");
    let threads = format!("{} threads", all.threads);
    println!("{:>10} {:>16} {threads:>16} {:>16}  machine", "rows", "one thread", "from disk");
    let mut filled = 0;
    for rows in [10_000, 100_000, 1_000_000] {
        if rows > largest {
            break;
        }
        let store = Sqlite::open(&path)?;
        while filled < rows {
            let changes = (filled..filled + 1000).map(recorded);
            block_on(store.commit(Batch::new(ente(), changes)))?;
            filled += 1000;
        }
        // What it had not yet moved into the file from beside it, it does at its end.
        drop(store);
        let mut machine = Machine::new(rows);
        let mut took = [const { Vec::new() }; 3];
        for _ in 0..ROUNDS {
            took[0].push(prove(&path, &one, rows)?);
            took[1].push(prove(&path, &all, rows)?);
            forget(&path)?;
            took[2].push(prove(&path, &all, rows)?);
            machine.measure(dir.path())?;
        }
        let [one, all, cold] = took.map(|took| machine.beside(took));
        println!("{rows:>10} {one:>16} {all:>16} {cold:>16}  {}", machine.tell());
    }
    Ok(())
}

fn prove(path: &Path, options: &Options, rows: u64) -> Result<f64, Failure> {
    let store = Sqlite::open_with(path, options)?;
    let start = Instant::now();
    let report = block_on(verify(&store, &ente(), |_| {}))?;
    let took = start.elapsed().as_secs_f64();
    let whole = report.is_clean() && report.rows == rows;
    Ok(whole.then_some(took).ok_or("the journal is as it was written")?)
}

fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}
