//! Durable commits on SQLite beside raw `INSERT`s of the same bytes in transactions of the same
//! size, with the same pragmas, in the same run.
//!
//! Run with: `cargo bench -p mattoni-benches --features store --bench store`
//!
//! Every event opens a stream and brings a state, a unique key, a list entry with its row, and an
//! effect. Three contenders take turns, and the median of the turns counts:
//! - `store`: `Sqlite::commit`, with checks, hash chain and the hop to the writer and back;
//! - `raw, same tables`: prepared `INSERT`s of the same rows into the same schema, nothing else,
//!   and nothing counted, which the store does for every list;
//! - `raw, one table`: the same bytes as one row of one table with one index, for information.
//!
//! Then loads of single practices beside the bare `SELECT`.
#![allow(clippy::disallowed_methods, reason = "a bench measures time")]
#![allow(clippy::float_arithmetic, reason = "rates and ratios")]

use std::future::Future;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Instant;

use chrono::DateTime;
use mattoni_core::{Act, Actor, EnteId, Id};
use mattoni_store::{
    Batch, Change, Effect, Journal, List, ListEntry, NewEvent, Projection, Sqlite, Stream, Version,
};
use rusqlite::{Connection, Row, params};

const DUE: List = List::plain("due");
const ROUNDS: usize = 9;
const SIZES: [(usize, usize); 4] = [(1, 300), (10, 120), (100, 30), (1000, 6)];
const WRITERS: usize = 32;
const COMMITS_EACH: usize = 60;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("durable commits, WAL, synchronous=FULL; events a second, median of {ROUNDS} turns");
    println!(
        "{:>12} {:>10} {:>17} {:>15} {:>12} {:>12}",
        "events a tx", "store", "raw, same tables", "raw, one table", "store/same", "store/one"
    );
    let mut raw_single = 0.0;
    for (size, transactions) in SIZES {
        let rates = compare(size, transactions)?;
        if size == 1 {
            raw_single = rates[1];
        }
        println!(
            "{size:>12} {:>10.0} {:>17.0} {:>15.0} {:>12.2} {:>12.2}",
            rates[0],
            rates[1],
            rates[2],
            rates[0] / rates[1],
            rates[0] / rates[2]
        );
    }
    let together = concurrent()?;
    println!(
        "{WRITERS} writers at once, 1 event a tx: {together:.0} events a second, \
         {:.2} x one raw writer into the same tables",
        together / raw_single
    );
    load()
}

/// One practice by its id, beside the bare `SELECT`: turns of each, the median counts.
fn load() -> Result<(), Box<dyn std::error::Error>> {
    const PRACTICES: usize = 10_000;
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("store.db");
    let store = Sqlite::open(&path)?;
    let mut streams = Vec::with_capacity(PRACTICES);
    for first in (0..PRACTICES).step_by(1000) {
        let batch = batch(first, 1000);
        streams.extend(batch.changes.iter().map(|change| change.stream.clone()));
        block_on(store.commit(batch))?;
    }
    let conn = raw(&path)?;
    let sql = "SELECT version, body FROM state WHERE ente = ?1 AND kind = ?2 AND id = ?3";
    let mut select = conn.prepare(sql)?;
    let (ente, mut ours, mut bare) = (ente(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for stream in &streams {
            block_on(store.load(&ente, stream))?.ok_or("it was just committed")?;
        }
        ours.push(start.elapsed().as_secs_f64() * 1e6 / PRACTICES as f64);
        let start = Instant::now();
        for stream in &streams {
            let key = params![ente.as_str(), stream.kind, stream.id.as_u128().to_be_bytes()];
            let read = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?));
            std::hint::black_box(select.query_row(key, read)?);
        }
        bare.push(start.elapsed().as_secs_f64() * 1e6 / PRACTICES as f64);
    }
    let (ours, bare) = (median(ours), median(bare));
    println!("load: {ours:.1} µs, bare SELECT {bare:.1} µs, {:.2} x", ours / bare);
    Ok(())
}

fn compare(size: usize, transactions: usize) -> Result<[f64; 3], Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    let store = Sqlite::open(dir.path().join("store.db"))?;
    drop(Sqlite::open(dir.path().join("raw.db"))?);
    let same = RawSame::open(&dir.path().join("raw.db"))?;
    let one = RawOne::open(&dir.path().join("one.db"))?;

    let mut rates = [Vec::new(), Vec::new(), Vec::new()];
    for round in 0..=ROUNDS {
        let batches: Vec<Batch> =
            (0..transactions).map(|tx| batch((round * transactions + tx) * size, size)).collect();
        let events = (size * transactions) as f64;
        let took =
            [seconds(|| same.insert_all(&batches))?, seconds(|| one.insert_all(&batches))?, {
                let start = Instant::now();
                for batch in batches {
                    block_on(store.commit(batch))?;
                }
                start.elapsed().as_secs_f64()
            }];
        // The first turn warms caches and files up.
        if round > 0 {
            for (rates, took) in rates.iter_mut().zip([took[2], took[0], took[1]]) {
                rates.push(events / took);
            }
        }
    }
    Ok(rates.map(median))
}

fn concurrent() -> Result<f64, Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    let store = Sqlite::open(dir.path().join("store.db"))?;
    let mut rates = Vec::new();
    for round in 0..ROUNDS {
        let work: Vec<Vec<Batch>> = (0..WRITERS)
            .map(|writer| {
                let first = (round * WRITERS + writer) * COMMITS_EACH;
                (first..first + COMMITS_EACH).map(|n| batch(n, 1)).collect()
            })
            .collect();
        let start = Instant::now();
        thread::scope(|scope| {
            let writers: Vec<_> = work
                .into_iter()
                .map(|batches| {
                    let store = &store;
                    scope.spawn(move || {
                        batches.into_iter().try_for_each(|b| block_on(store.commit(b)).map(drop))
                    })
                })
                .collect();
            writers.into_iter().try_for_each(|writer| match writer.join() {
                Ok(done) => done,
                Err(panic) => std::panic::resume_unwind(panic),
            })
        })?;
        rates.push((WRITERS * COMMITS_EACH) as f64 / start.elapsed().as_secs_f64());
    }
    Ok(median(rates))
}

/// `size` events that open streams number `first` and on. Ids are as UUIDs of version 7: the time
/// in front, chance behind.
fn batch(first: usize, size: usize) -> Batch {
    let act = Act::new(DateTime::UNIX_EPOCH, Actor::Operator("m.rossi".to_owned()));
    let changes = (first..first + size).map(|n| {
        let chance = (n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let id = (0x019a_b000_0000_u128 + n as u128) << 80 | 7 << 76 | u128::from(chance);
        let event = format!(r#"{{"n":{n},"answers":"{}"}}"#, "a".repeat(280));
        let state = format!(r#"{{"n":{n},"answers":"{}"}}"#, "s".repeat(900));
        Change::raw(
            Stream::new("practice", Id::from_u128(id)),
            Version::NONE,
            act.clone(),
            vec![NewEvent { name: "practice.submitted".into(), body: event.into_bytes() }],
            state.into_bytes(),
        )
        .with_projection(
            Projection::new()
                .version(1)
                .unique("number", format!("2027/{n:07}"))
                .entry(ListEntry::new(DUE, "office/scuola", "2027-03-31").with_row())
                .row(format!(r#"{{"n":{n},"name":"{}"}}"#, "l".repeat(170))),
        )
        .with_effects([Effect::new(
            format!("practice/{id:032x}/1/receipt"),
            "message.receipt",
            format!(r#"{{"n":{n},"text":"{}"}}"#, "e".repeat(100)),
        )])
    });
    Batch::new(ente(), changes)
}

fn ente() -> EnteId {
    "c_f051".parse().expect("the code is well-formed")
}

/// Raw inserts into a file with the store's schema.
struct RawSame(Connection);

impl RawSame {
    fn open(path: &Path) -> rusqlite::Result<Self> {
        raw(path).map(Self)
    }

    fn insert_all(&self, batches: &[Batch]) -> rusqlite::Result<()> {
        let conn = &self.0;
        let mut journal = conn.prepare_cached(
            "INSERT INTO journal (ente, seq, kind, id, version, name, at, by, body, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?;
        let mut state = conn.prepare_cached(
            "INSERT INTO state (ente, kind, id, version, unique_keys, body, projection)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        let mut unique_key = conn.prepare_cached(
            "INSERT INTO unique_key (ente, kind, name, value, id)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        let mut list_entry = conn.prepare_cached(
            "INSERT INTO list_entry (ente, kind, list, bucket, sort, id, row_json)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        let mut outbox = conn.prepare_cached(
            "INSERT INTO outbox (ente, seq, idx, key, topic, kind, id, payload, next_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?;
        let mut seq: i64 = conn
            .prepare_cached("SELECT coalesce(max(seq), 0) FROM journal WHERE ente = ?1")?
            .query_row([ente().as_str()], |row| row.get(0))?;
        for batch in batches {
            conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
            let ente = batch.ente.as_str();
            for change in &batch.changes {
                let (kind, id) = (&change.stream.kind, change.stream.id.as_u128().to_be_bytes());
                for event in &change.events {
                    seq += 1;
                    let by = r#"{"kind":"operator","who":"m.rossi"}"#;
                    let hash = [7_u8; 32];
                    journal.execute(params![
                        ente, seq, kind, id, 1, event.name, 0, by, event.body, hash
                    ])?;
                }
                let keys = r#"[["number","2027/0000042"]]"#;
                let entries =
                    r#"[1,"0000000000000000000000",[["due","office/scuola","2027-03-31",1]]]"#;
                state.execute(params![ente, kind, id, 1, keys, change.state, entries])?;
                let Projection { unique, entries, row, .. } = &change.projection;
                for e in entries {
                    list_entry.execute(params![ente, kind, e.list, e.bucket, e.sort, id, row])?;
                }
                for u in unique {
                    unique_key.execute(params![ente, kind, u.name, u.value, id])?;
                }
                for e in &change.effects {
                    outbox
                        .execute(params![ente, seq, 0, e.key, e.topic, kind, id, e.payload, 0])?;
                }
            }
            conn.prepare_cached("COMMIT")?.execute([])?;
        }
        Ok(())
    }
}

/// The same bytes, as one row an event.
struct RawOne(Connection);

impl RawOne {
    fn open(path: &Path) -> rusqlite::Result<Self> {
        let conn = raw(path)?;
        conn.execute_batch(
            "CREATE TABLE event (seq INTEGER PRIMARY KEY, ente TEXT, kind TEXT, id BLOB,
                version INTEGER, name TEXT, at INTEGER, by TEXT, body BLOB, hash BLOB, state BLOB,
                unique_key TEXT, key TEXT, topic TEXT, payload BLOB, UNIQUE (ente, kind, id, version))",
        )?;
        Ok(Self(conn))
    }

    fn insert_all(&self, batches: &[Batch]) -> rusqlite::Result<()> {
        let conn = &self.0;
        let mut insert = conn.prepare_cached(
            "INSERT INTO event (ente, kind, id, version, name, at, by, body, hash, state, unique_key,
                key, topic, payload)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?;
        for batch in batches {
            conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
            for change in &batch.changes {
                let id = change.stream.id.as_u128().to_be_bytes();
                let by = r#"{"kind":"operator","who":"m.rossi"}"#;
                let (event, effect) = (&change.events[0], &change.effects[0]);
                insert.execute(params![
                    batch.ente.as_str(),
                    change.stream.kind,
                    id,
                    1,
                    event.name,
                    0,
                    by,
                    event.body,
                    [7_u8; 32],
                    change.state,
                    change.projection.unique[0].value,
                    effect.key,
                    effect.topic,
                    effect.payload
                ])?;
            }
            conn.prepare_cached("COMMIT")?.execute([])?;
        }
        Ok(())
    }
}

fn raw(path: &Path) -> rusqlite::Result<Connection> {
    let conn = Connection::open(path)?;
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    Ok(conn)
}

fn seconds(work: impl FnOnce() -> rusqlite::Result<()>) -> rusqlite::Result<f64> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed().as_secs_f64())
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
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
