//! What a read and a commit cost as a store grows, and how fast it is verified.
//!
//! Run with: `cargo bench -p mattoni-benches --features store_growth --bench store_growth`
//!
//! One file grows from 10⁴ practices to `MATTONI_BENCH_LARGEST` (10⁷ if unset: about 4 GB in the
//! temporary folder, removed at the end). It is filled by hand-written SQL with states and a list
//! by last day, whose order has nothing to do with that of the ids, so that a page of fifty reads
//! fifty states from all over the file, and a list by day of arrival, whose order is that of the
//! ids, as that of a deadline so many days after it is. What is read is chosen evenly over everything
//! there is. A second file stays at 10⁴, and the two take turns, so that both meet the same machine;
//! of each the fastest turn counts, because whatever else runs only ever adds.
#![allow(clippy::disallowed_methods, reason = "a bench measures time")]
#![allow(clippy::float_arithmetic, reason = "rates and ratios")]

use std::future::Future;
use std::num::NonZeroUsize;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Instant;

use chrono::{DateTime, Days, NaiveDate};
use mattoni_core::{Act, Actor, Digest, EnteId, Id};
use mattoni_store::sqlite::Options;
use mattoni_store::{
    Batch, Change, Journal, Listing, Lists, NewEvent, Place, Span, Spot, Sqlite, Stream, Version,
    sort, verify,
};
use rusqlite::{Connection, params};

type Failure = Box<dyn std::error::Error>;

const BUCKET: &str = "office/scuola";
const DAYS: u64 = 4000;
/// How many arrive in a day, where that orders a list.
const A_DAY: u64 = 2500;
const ROWS: usize = 50;
const TURNS: u64 = 12;
/// Calls of each kind in a turn.
const READS: u64 = 200;
/// How many practices were committed.
static NEW: AtomicU64 = AtomicU64::new(0);
/// Practices in the file that does not grow.
const SMALL: u64 = 10_000;

fn main() -> Result<(), Failure> {
    let largest = match std::env::var("MATTONI_BENCH_LARGEST") {
        Ok(largest) => largest.parse()?,
        Err(_) => 10_000_000,
    };
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("town.db");
    drop(Sqlite::open(&path)?);
    println!(
        "SQLite; microseconds each, fastest of {TURNS} turns; × is against 10⁴ in the same turns"
    );
    println!(
        "{:>10} {:>14} {:>20} {:>20} {:>20} {:>14} {:>18} {:>8}",
        "practices",
        "load",
        "page of 50, first",
        "page of 50, within",
        "within, by arrival",
        "count",
        "durable commit",
        "MB"
    );
    let small = dir.path().join("village.db");
    drop(Sqlite::open(&small)?);
    fill(&small, 0, SMALL)?;
    let small = Sqlite::open(&small)?;
    let mut filled = 0;
    for size in [SMALL, 100_000, 1_000_000, 10_000_000] {
        if size > largest {
            break;
        }
        fill(&path, filled, size)?;
        filled = size;
        let store = Sqlite::open(&path)?;
        let (mut base, mut costs) = ([f64::MAX; 6], [f64::MAX; 6]);
        for turn in 0..TURNS {
            base = least(base, measure(&small, SMALL, turn)?);
            costs = least(costs, measure(&store, size, turn)?);
        }
        let told = |n: usize| format!("{:.1} ({:.2}×)", costs[n], costs[n] / base[n]);
        println!(
            "{size:>10} {:>14} {:>20} {:>20} {:>20} {:>14} {:>18} {:>8}",
            told(0),
            told(1),
            told(2),
            told(3),
            told(4),
            told(5),
            std::fs::metadata(&path)?.len() >> 20
        );
    }
    drop(dir);
    verification(largest.min(1_000_000))
}

/// Evenly spread numbers below `size`.
fn spread(n: u64, size: u64) -> u64 {
    let chance = (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
    chance.wrapping_mul(0xbf58_476d_1ce4_e5b9) % size
}

/// Ids are as UUIDs of version 7: the time in front, chance behind.
fn id(n: u64) -> u128 {
    let chance = (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (0x019a_b000_0000_u128 + u128::from(n)) << 80 | 7 << 76 | u128::from(chance)
}

fn due(n: u64) -> String {
    sort::date(NaiveDate::default() + Days::new(spread(n, DAYS)))
}

fn arrived(n: u64) -> String {
    sort::date(NaiveDate::default() + Days::new(n / A_DAY))
}

fn fill(path: &std::path::Path, from: u64, to: u64) -> Result<(), Failure> {
    let conn = Connection::open(path)?;
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -300000; BEGIN",
    )?;
    let mut state = conn.prepare(
        "INSERT INTO state (ente, kind, id, version, facets, lists, body)
         VALUES ('c_f051', 'practice', ?1, 1, '[]', ?2, ?3)",
    )?;
    for n in from..to {
        let lists = format!(
            r#"{{"form":1,"places":[{{"list":"arrived","bucket":"{BUCKET}","sort":"{}"}},{{"list":"due","bucket":"{BUCKET}","sort":"{}"}}]}}"#,
            arrived(n),
            due(n)
        );
        let body = format!(r#"{{"n":{n},"answers":"{}"}}"#, "s".repeat(80));
        state.execute(params![id(n).to_be_bytes(), lists, body.as_bytes()])?;
    }
    // In the order of the list, or a tree of this size would take hours to grow.
    let mut places: Vec<(u64, u64)> = (from..to).map(|n| (spread(n, DAYS), n)).collect();
    places.sort_unstable();
    let mut place = conn.prepare(
        "INSERT INTO listing (ente, kind, list, bucket, sort, id)
         VALUES ('c_f051', 'practice', ?1, ?2, ?3, ?4)",
    )?;
    for n in from..to {
        place.execute(params!["arrived", BUCKET, arrived(n), id(n).to_be_bytes()])?;
    }
    for (_, n) in places {
        place.execute(params!["due", BUCKET, due(n), id(n).to_be_bytes()])?;
    }
    let tally = "INSERT OR REPLACE INTO tally (ente, kind, list, bucket, n)
        VALUES ('c_f051', 'practice', ?1, ?2, ?3)";
    for (list, bucket) in [("arrived", BUCKET), ("due", BUCKET), ("", "1")] {
        conn.execute(tally, params![list, bucket, i64::try_from(to)?])?;
    }
    conn.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(())
}

fn least(one: [f64; 6], other: [f64; 6]) -> [f64; 6] {
    std::array::from_fn(|n| one[n].min(other[n]))
}

/// Load, first page, page within, the same by arrival, count, commit: microseconds each.
fn measure(store: &Sqlite, size: u64, turn: u64) -> Result<[f64; 6], Failure> {
    let ente = ente();
    let (span, arrivals) = (Span::new("due", BUCKET), Span::new("arrived", BUCKET));
    let stream = |n| Stream::new("practice", Id::from_u128(id(n)));
    let each = |n| spread(turn * READS + n, size);
    Ok([
        per_call(|n| {
            block_on(store.load(&ente, &stream(each(n))))?.ok_or("it is there")?;
            Ok(())
        })?,
        per_call(|_| {
            let page = block_on(store.page(&ente, "practice", &span, None, ROWS))?;
            (page.len() == ROWS).then_some(()).ok_or_else(|| "a page is full".into())
        })?,
        per_call(|n| {
            let after = Spot { sort: due(each(n)), id: stream(each(n)).id };
            block_on(store.page(&ente, "practice", &span, Some(&after), ROWS))?;
            Ok(())
        })?,
        per_call(|n| {
            let after = Spot { sort: arrived(each(n)), id: stream(each(n)).id };
            block_on(store.page(&ente, "practice", &arrivals, Some(&after), ROWS))?;
            Ok(())
        })?,
        per_call(|_| {
            let count = block_on(store.tally(&ente, "practice", "due", BUCKET))?;
            (count >= SMALL).then_some(()).ok_or_else(|| "all are counted".into())
        })?,
        per_call(|_| {
            // Beyond every number that is filled in.
            let new = 1 << 32 | NEW.fetch_add(1, Ordering::Relaxed);
            block_on(store.commit(Batch::new(ente.clone(), [change(new, Version::NONE)])))?;
            Ok(())
        })?,
    ])
}

fn change(n: u64, expected: Version) -> Change {
    let act = Act::new(DateTime::UNIX_EPOCH, Actor::Operator("m.rossi".to_owned()));
    let event = format!(r#"{{"n":{n},"answers":"{}"}}"#, "a".repeat(280));
    let state = format!(r#"{{"n":{n},"answers":"{}"}}"#, "s".repeat(80));
    Change::raw(
        Stream::new("practice", Id::from_u128(id(n))),
        expected,
        act,
        vec![NewEvent { name: "practice.submitted".into(), body: event.into_bytes() }],
        state.into_bytes(),
    )
    .with_listing(Listing::new(1).at(Place::new("due", BUCKET, due(n))))
}

/// Proves journals of growing length, on one thread and on one for every processor, beside one
/// thread's SHA-256 over as many bytes as their rows hash.
fn verification(largest: u64) -> Result<(), Failure> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("town.db");
    let alone = Options::default().with_threads(NonZeroUsize::MIN);
    let (one, all) = (Sqlite::open_with(&path, &alone)?, Sqlite::open(&path)?);
    println!("verify, MB/s (× SHA-256); SHA-256 of as many bytes in pieces of 64 KiB, one thread");
    let all_threads = format!("{} threads", Options::default().threads);
    println!("{:>10} {:>16} {:>16} {:>10}", "rows", "one thread", all_threads, "SHA-256");
    let mut filled = 0;
    for rows in [10_000, 100_000, 1_000_000] {
        if rows > largest {
            break;
        }
        while filled < rows {
            let changes = (filled..filled + 1000).map(|n| change(n, Version::NONE));
            block_on(one.commit(Batch::new(ente(), changes)))?;
            filled += 1000;
        }
        let mut took = [const { Vec::new() }; 3];
        for _ in 0..3 {
            for (store, took) in [&one, &all].into_iter().zip(&mut took) {
                let start = Instant::now();
                let report = block_on(verify(store, &ente(), |_| {}))?;
                took.push(start.elapsed().as_secs_f64());
                if !report.is_clean() || report.rows != rows {
                    return Err("the journal is as it was written".into());
                }
            }
            let piece = vec![7_u8; 64 << 10];
            let start = Instant::now();
            for _ in 0..(rows * HASHED).div_ceil(64 << 10) {
                std::hint::black_box(Digest::of(&piece));
            }
            took[2].push(start.elapsed().as_secs_f64());
        }
        let [one, all, sha] = took.map(median);
        let rate = |took: f64| (rows * HASHED) as f64 / took / 1e6;
        let told = |took: f64| format!("{:.0} ({:.2}×)", rate(took), sha / took);
        println!("{rows:>10} {:>16} {:>16} {:>10.0}", told(one), told(all), rate(sha));
    }
    Ok(())
}

/// About the bytes that go into a row's hash: a body of 310, the hash before it, ente, kind, id,
/// numbers, name, actor, and the length of each.
const HASHED: u64 = 310 + 32 + 6 + 8 + 16 + 24 + 18 + 35 + 90;

fn per_call(mut call: impl FnMut(u64) -> Result<(), Failure>) -> Result<f64, Failure> {
    let start = Instant::now();
    for n in 0..READS {
        call(n)?;
    }
    Ok(start.elapsed().as_secs_f64() * 1e6 / READS as f64)
}

fn ente() -> EnteId {
    "c_f051".parse().expect("the code is well-formed")
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
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
