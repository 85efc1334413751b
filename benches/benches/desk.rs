//! A bulk decision over 100,000 practices on SQLite, through the desk's counter, beside one raw
//! `UPDATE` of the state and one `INSERT` into the journal per practice: the same bytes, in
//! transactions of the same size, with the same pragmas, on a copy of the same file.
//!
//! Run with: `cargo bench -p mattoni-benches --features desk --bench desk`
//! (`MATTONI_BENCH_PRACTICES` sets another number of practices.)
//!
//! What the desk does beyond the raw statements: reads and understands every practice, asks
//! whether the official may, decides by the law, checks versions, links every row by hash, moves
//! the list entries, puts two effects a practice into the outbox, and records the run.
#![allow(clippy::disallowed_methods, reason = "a bench measures time")]
#![allow(clippy::float_arithmetic, reason = "rates and ratios")]

use std::collections::BTreeMap;
use std::future::Future;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Instant;

use chrono::{DateTime, Utc};
use mattoni_core::calendar::LegalCalendar;
use mattoni_core::record::{Bricks, BulkRun, Role, Subject};
use mattoni_core::value::Value;
use mattoni_core::{Act, Actor, Aggregate, EnteId, Id, Money, Person, Refusal, named_id};
use mattoni_desk::{Desk, DeskParts};
use mattoni_practice::bulk::Selection;
use mattoni_practice::{
    Assignee, Decision, Document, Event, Opening, Practice, Procedure, Saving, ServiceRef, State,
    Step, Verb,
};
use mattoni_store::Sqlite;
use rusqlite::{Connection, params};

type Failure = Box<dyn std::error::Error>;

const PRACTICES: u32 = 100_000;
const ROUNDS: usize = 3;
const TRANSACTION: usize = 500;

fn main() -> Result<(), Failure> {
    let practices = match std::env::var("MATTONI_BENCH_PRACTICES") {
        Ok(count) => count.parse()?,
        Err(_) => PRACTICES,
    };
    let dir = tempfile::tempdir()?;
    let before = dir.path().join("before.db");
    make(&before, practices)?;
    let bytes = std::fs::metadata(&before)?.len();
    println!(
        "{practices} practices taken in charge, {} MB; {TRANSACTION} a transaction",
        bytes >> 20
    );

    let (mut desk, mut raw) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let after = dir.path().join("after.db");
        std::fs::copy(&before, &after)?;
        desk.push(f64::from(practices) / accept(&after, practices)?);
        let bytes = written(&after)?;
        let beside = dir.path().join("raw.db");
        std::fs::copy(&before, &beside)?;
        raw.push(f64::from(practices) / raw_accept(&beside, &bytes)?);
        println!("turn {round}: desk {:>8.0}/s, raw {:>8.0}/s", desk[round], raw[round]);
    }
    let (desk, raw) = (median(desk), median(raw));
    println!("median: desk {desk:.0}/s, raw {raw:.0}/s, desk/raw {:.2}", desk / raw);
    Ok(())
}

fn ente() -> EnteId {
    "c_f051".parse().expect("the code is well-formed")
}

fn at() -> DateTime<Utc> {
    "2027-03-01T09:00:00Z".parse().expect("the instant is well-formed")
}

/// A desk that keeps practices, whose orders wait in the outbox.
fn desk(path: &Path) -> Result<Desk, Failure> {
    let bricks = Bricks::new().with(mattoni_practice::brick());
    Ok(Desk::new(
        Sqlite::open(path)?,
        ente(),
        DeskParts::new(bricks).unguarded("practice").delivering_nothing(),
    )?)
}

/// Practices of a nursery, as they stand when the office has them in charge.
fn make(path: &Path, practices: u32) -> Result<(), Failure> {
    let desk = desk(path)?;
    for first in (0..practices).step_by(10_000) {
        let numbers = first..practices.min(first + 10_000);
        let new = numbers.map(life).collect::<Result<_, Failure>>()?;
        block_on(desk.open_all::<Practice>(new, &|_| ()))?;
    }
    drop(desk);
    // What is still to be delivered is not what is measured.
    let conn = Connection::open(path)?;
    conn.execute_batch("DELETE FROM outbox; PRAGMA wal_checkpoint(TRUNCATE);")?;
    Ok(())
}

fn life(number: u32) -> Result<(Id<Practice>, Act, Vec<Event>), Failure> {
    let maria = Person {
        id: named_id(&ente(), &["person", &number.to_string()]),
        fiscal_code: "RSSMRA80A41H501Y".parse()?,
        given_name: "Maria".into(),
        family_name: "Rossi".into(),
        born_on: "1980-01-01".parse()?,
    };
    let id = named_id(&ente(), &["nido", &number.to_string()]);
    let (citizen, system) =
        (Act::new(at(), Actor::Citizen(maria.id)), Act::new(at(), Actor::System("bench".into())));
    let answers: BTreeMap<String, Value> = BTreeMap::from([
        ("isee".to_owned(), Value::Money(Money::from_cents(i64::from(number) * 10))),
        ("figli".to_owned(), Value::Integer(i64::from(number % 4))),
        ("bambino".to_owned(), Value::Text(format!("Luca {number}"))),
        ("sede".to_owned(), Value::Text("Nido Arcobaleno".into())),
    ]);
    let procedure = Procedure::new(60)
        .with_step(Step::new("famiglia", ["isee", "figli"], []))
        .with_step(Step::new("bambino", ["bambino", "sede"], []));
    let opening = Opening::new(id, ente(), ServiceRef::new("nido", 1), procedure, maria);
    let opened = Practice::open_draft(&citizen, opening).map_err(refused)?;
    let mut practice = Practice::open(&opened).ok_or("opened by its first event")?;
    let mut events = vec![opened];
    let mut then = |practice: &mut Practice, event: Event| {
        practice.apply(&event);
        events.push(event);
    };
    let saved = practice.save(&citizen, Saving::set(answers)).map_err(refused)?;
    then(&mut practice, saved);
    let (seen, calendar) = (practice.summary().digest(), LegalCalendar::national());
    let sent = practice.submit(&citizen, seen, &calendar).map_err(refused)?;
    then(&mut practice, sent);
    let numbered = format!("2027/{number:07}");
    let registered =
        practice.register(&system, Document::Application, &numbered).map_err(refused)?;
    then(&mut practice, registered);
    let taken = practice.take_in_charge(&system, Assignee::office("scuola")).map_err(refused)?;
    then(&mut practice, taken);
    Ok((id, citizen, events))
}

fn refused(refusal: impl Refusal) -> Failure {
    refusal.problems().into()
}

/// Accepts every practice through the counter and answers the seconds it took.
fn accept(path: &Path, practices: u32) -> Result<f64, Failure> {
    let desk = desk(path)?;
    let role = Role::OfficeHead {
        account: "anna.bianchi".into(),
        offices: ["scuola".to_owned()].into(),
        services: ["nido".to_owned()].into(),
    };
    let counter = desk.at_counter(Subject::new(ente(), vec![role])).of::<Practice>();
    let run: Id<BulkRun> = Id::from_u128(7);
    let act = Act::new(at(), Actor::Operator("anna.bianchi".into()));
    let selection = Selection::all().of_service("nido").in_states([State::TakenInCharge]);
    let verb = |practice: &Practice, act: &Act| {
        practice.accept(act, Decision::new("ha i requisiti del bando").in_run(run))
    };
    let start = Instant::now();
    let report = block_on(counter.bulk(run, Verb::Accept, &selection, &act, verb, &|_| ()))?;
    let took = start.elapsed().as_secs_f64();
    assert_eq!(report.done, u64::from(practices));
    Ok(took)
}

/// A practice's new state and its journal row.
struct Row {
    seq: i64,
    id: Vec<u8>,
    version: i64,
    name: String,
    at: i64,
    by: String,
    event: Vec<u8>,
    hash: Vec<u8>,
    state: Vec<u8>,
    unique_keys: String,
}

/// The bytes the desk wrote.
fn written(path: &Path) -> Result<Vec<Row>, Failure> {
    let conn = Connection::open(path)?;
    let mut rows = conn.prepare(
        "SELECT journal.seq, journal.id, journal.version, name, at, by, journal.body, hash,
            state.body, unique_keys
         FROM journal JOIN state USING (ente, kind, id)
         WHERE name = 'practice.accepted' ORDER BY journal.seq",
    )?;
    let rows = rows.query_map([], |row| {
        Ok(Row {
            seq: row.get(0)?,
            id: row.get(1)?,
            version: row.get(2)?,
            name: row.get(3)?,
            at: row.get(4)?,
            by: row.get(5)?,
            event: row.get(6)?,
            hash: row.get(7)?,
            state: row.get(8)?,
            unique_keys: row.get(9)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Writes the same states and journal rows into the same tables, and answers the seconds.
fn raw_accept(path: &Path, rows: &[Row]) -> Result<f64, Failure> {
    let conn = Connection::open(path)?;
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    let mut update = conn.prepare(
        "UPDATE state SET version = ?3, unique_keys = ?4, body = ?5
         WHERE ente = ?1 AND kind = 'practice' AND id = ?2",
    )?;
    let mut insert = conn.prepare(
        "INSERT INTO journal (ente, seq, kind, id, version, name, at, by, body, hash)
         VALUES (?1, ?2, 'practice', ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    let ente = ente();
    let start = Instant::now();
    for page in rows.chunks(TRANSACTION) {
        conn.execute_batch("BEGIN IMMEDIATE")?;
        for row in page {
            update.execute(params![
                ente.as_str(),
                row.id,
                row.version,
                row.unique_keys,
                row.state
            ])?;
            insert.execute(params![
                ente.as_str(),
                row.seq,
                row.id,
                row.version,
                row.name,
                row.at,
                row.by,
                row.event,
                row.hash
            ])?;
        }
        conn.execute_batch("COMMIT")?;
    }
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
