//! Durable commits on PostgreSQL beside hand-written `INSERT`s of the same rows into the same
//! tables of the same server, in the same run.
//!
//! Run with: `cargo bench -p mattoni-benches --features store_pg --bench store_pg`
//!
//! Every event opens a stream and brings a state, a unique key, a list entry and an effect. The
//! hand-written side sends `BEGIN`, its prepared statements and `COMMIT` either one after the other, as most
//! programs do, or all at once; it takes no lock, checks nothing, counts nothing, hashes nothing and goes around
//! row-level security. With 32 writers it has 32 connections.
#![allow(clippy::disallowed_methods, reason = "a bench measures time")]
#![allow(clippy::float_arithmetic, reason = "rates and ratios")]

use std::sync::Arc;
use std::time::Instant;

use chrono::DateTime;
use futures_util::future::{join_all, try_join_all};
use mattoni_core::{Act, Actor, EnteId, Id};
use mattoni_postgres_cluster::{Binaries, Cluster};
use mattoni_store::{
    Batch, Change, Effect, Journal, List, ListEntry, NewEvent, Postgres, Projection, Stream,
    Version, postgres,
};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Statement};
use uuid::Uuid;

type Failure = Box<dyn std::error::Error + Send + Sync>;

const DUE: List = List::plain("due");
const ROUNDS: usize = 7;
/// Writers, and commits each.
const CASES: [(usize, usize); 2] = [(1, 300), (32, 60)];

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let binaries = Binaries::find()?;
    let cluster = Cluster::start(&binaries)?;
    cluster.sql("postgres", "CREATE ROLE mattoni LOGIN")?;
    cluster.sql("postgres", "CREATE DATABASE town OWNER mattoni")?;
    let as_store = cluster.conninfo("town").replace("user=admin", "user=mattoni");
    let store = Arc::new(Postgres::open(&as_store).await?);
    let raw_schema = postgres::Options::default().with_schema("raw");
    drop(Postgres::open_with(&as_store, &raw_schema).await?);

    println!("durable commits of one event, one ente; commits a second, median of {ROUNDS} turns");
    println!(
        "{:>8} {:>10} {:>20} {:>18} {:>12} {:>12}",
        "writers", "store", "raw, one by one", "raw, all at once", "store/one", "store/all"
    );
    let mut first = 0;
    for (writers, each) in CASES {
        let mut raw = Vec::new();
        for _ in 0..writers {
            raw.push(Arc::new(Raw::connect(&cluster.conninfo("town")).await?));
        }
        let mut rates = [Vec::new(), Vec::new(), Vec::new()];
        for round in 0..=ROUNDS {
            for contender in [Contender::Store, Contender::OneByOne, Contender::AllAtOnce] {
                let start = Instant::now();
                let tasks = (0..writers).map(|writer| {
                    let (store, raw) = (Arc::clone(&store), Arc::clone(&raw[writer]));
                    let from = first + writer * each;
                    tokio::spawn(async move {
                        for n in from..from + each {
                            let batch = batch(n);
                            match contender {
                                Contender::Store => drop(store.commit(batch).await?),
                                Contender::OneByOne => raw.one_by_one(&batch, n as i64).await?,
                                Contender::AllAtOnce => raw.all_at_once(&batch, n as i64).await?,
                            }
                        }
                        Ok::<(), Failure>(())
                    })
                });
                for done in join_all(tasks).await {
                    done??;
                }
                first += writers * each;
                // The first turn warms caches and connections up.
                if round > 0 {
                    let rate = (writers * each) as f64 / start.elapsed().as_secs_f64();
                    rates[contender as usize].push(rate);
                }
            }
        }
        let [ours, one, all] = rates.map(median);
        println!(
            "{writers:>8} {ours:>10.0} {one:>20.0} {all:>18.0} {:>12.2} {:>12.2}",
            ours / one,
            ours / all
        );
    }
    load(&store, &Raw::connect(&cluster.conninfo("town")).await?).await
}

/// One practice by its id, beside the bare `SELECT`.
async fn load(store: &Postgres, raw: &Raw) -> Result<(), Failure> {
    const READS: usize = 2000;
    let known = store.streams(&ente(), "practice", None, READS).await?;
    let select = raw
        .client
        .prepare("SELECT body FROM mattoni.state WHERE ente = $1 AND kind = $2 AND id = $3")
        .await?;
    // In turns, read by read: which processor the server's process runs on makes more of a
    // difference than what is asked, and changes from second to second.
    let mut took = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for state in &known {
            let start = Instant::now();
            store.load(&ente(), &state.stream).await?.ok_or("it was there")?;
            took[0].push(start.elapsed().as_secs_f64());
            let id = Uuid::from_u128(state.stream.id.as_u128());
            let start = Instant::now();
            raw.client.query_one(&select, &[&"c_f051", &"practice", &id]).await?;
            took[1].push(start.elapsed().as_secs_f64());
        }
    }
    let [ours, bare] = took.map(|took| median(took) * 1e6);
    println!("load: {ours:.0} µs, bare SELECT {bare:.0} µs, {:.2} x", ours / bare);
    Ok(())
}

#[derive(Clone, Copy)]
enum Contender {
    Store,
    OneByOne,
    AllAtOnce,
}

/// A connection with the statements somebody would write by hand.
struct Raw {
    client: Client,
    journal: Statement,
    state: Statement,
    unique_key: Statement,
    list_entry: Statement,
    outbox: Statement,
}

impl Raw {
    async fn connect(conninfo: &str) -> Result<Self, Failure> {
        let (client, connection) = tokio_postgres::connect(conninfo, NoTls).await?;
        tokio::spawn(connection);
        client.batch_execute("SET search_path = raw").await?;
        Ok(Self {
            journal: client
                .prepare(
                    "INSERT INTO journal (ente, seq, kind, id, version, name, at, by, body, hash)
                     VALUES ($1, $2, 'practice', $3, 1, $4, 0, $5, $6, $7)",
                )
                .await?,
            state: client
                .prepare(
                    "INSERT INTO state (ente, kind, id, version, unique_keys, body, projection)
                     VALUES ($1, 'practice', $2, 1, $3, $4, $5)",
                )
                .await?,
            unique_key: client
                .prepare(
                    "INSERT INTO unique_key (ente, kind, name, value, id)
                     VALUES ($1, 'practice', $2, $3, $4)",
                )
                .await?,
            list_entry: client
                .prepare(
                    "INSERT INTO list_entry (ente, kind, list, bucket, sort, id, row_json)
                     VALUES ($1, 'practice', $2, $3, $4, $5, $6)",
                )
                .await?,
            outbox: client
                .prepare(
                    "INSERT INTO outbox (ente, seq, idx, key, topic, kind, id, payload, next_at)
                     VALUES ($1, $2, 0, $3, $4, 'practice', $5, $6, 0)",
                )
                .await?,
            client,
        })
    }

    async fn one_by_one(&self, batch: &Batch, n: i64) -> Result<(), Failure> {
        self.client.batch_execute("BEGIN").await?;
        for (statement, params) in self.statements(batch, n) {
            self.client.execute(statement, &borrowed(&params)).await?;
        }
        Ok(self.client.batch_execute("COMMIT").await?)
    }

    async fn all_at_once(&self, batch: &Batch, n: i64) -> Result<(), Failure> {
        let statements = self.statements(batch, n);
        let params: Vec<_> = statements.iter().map(|(_, params)| borrowed(params)).collect();
        let begun = self.client.batch_execute("BEGIN");
        let inserted = statements.iter().zip(&params).map(|((s, _), p)| self.client.execute(*s, p));
        let committed = self.client.batch_execute("COMMIT");
        let (begun, inserted, committed) =
            futures_util::future::join3(begun, try_join_all(inserted), committed).await;
        begun?;
        inserted?;
        committed?;
        Ok(())
    }

    fn statements<'a>(&'a self, batch: &'a Batch, n: i64) -> Vec<(&'a Statement, Params<'a>)> {
        let change = &batch.changes[0];
        let (event, effect) = (&change.events[0], &change.effects[0]);
        let unique = &change.projection.unique[0];
        let (ente, id) = (batch.ente.as_str(), Uuid::from_u128(change.stream.id.as_u128()));
        let (by, keys, entries) = (
            r#"{"kind":"operator","who":"m.rossi"}"#,
            r#"[["number","2027/0000042"]]"#,
            r#"[1,"0000000000000000000000",[["due","office/scuola","2027-03-31",1]]]"#,
        );
        let entry = &change.projection.entries[0];
        let hash: &[u8] = &[7; 32];
        let seq = n + 1;
        vec![
            (
                &self.journal,
                vec![
                    Box::new(ente),
                    Box::new(seq),
                    Box::new(id),
                    Box::new(&*event.name),
                    Box::new(by),
                    Box::new(&*event.body),
                    Box::new(hash),
                ],
            ),
            (
                &self.state,
                vec![
                    Box::new(ente),
                    Box::new(id),
                    Box::new(keys),
                    Box::new(&*change.state),
                    Box::new(entries),
                ],
            ),
            (
                &self.list_entry,
                vec![
                    Box::new(ente),
                    Box::new(&*entry.list),
                    Box::new(&*entry.bucket),
                    Box::new(&*entry.sort),
                    Box::new(id),
                    Box::new(&*change.projection.row),
                ],
            ),
            (
                &self.unique_key,
                vec![
                    Box::new(ente),
                    Box::new(&*unique.name),
                    Box::new(&*unique.value),
                    Box::new(id),
                ],
            ),
            (
                &self.outbox,
                vec![
                    Box::new(ente),
                    Box::new(seq),
                    Box::new(&*effect.key),
                    Box::new(&*effect.topic),
                    Box::new(id),
                    Box::new(&*effect.payload),
                ],
            ),
        ]
    }
}

type Params<'a> = Vec<Box<dyn ToSql + Sync + Send + 'a>>;

fn borrowed<'a>(params: &'a Params<'_>) -> Vec<&'a (dyn ToSql + Sync)> {
    params.iter().map(|param| &**param as &(dyn ToSql + Sync)).collect()
}

/// One event that opens stream number `n`. Ids are as UUIDs of version 7.
fn batch(n: usize) -> Batch {
    let act = Act::new(DateTime::UNIX_EPOCH, Actor::Operator("m.rossi".to_owned()));
    let chance = (n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let id = (0x019a_b000_0000_u128 + n as u128) << 80 | 7 << 76 | u128::from(chance);
    let event = format!(r#"{{"n":{n},"answers":"{}"}}"#, "a".repeat(280));
    let state = format!(r#"{{"n":{n},"answers":"{}"}}"#, "s".repeat(900));
    let change = Change::raw(
        Stream::new("practice", Id::from_u128(id)),
        Version::NONE,
        act,
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
    )]);
    Batch::new(ente(), [change])
}

fn ente() -> EnteId {
    "c_f051".parse().expect("the code is well-formed")
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
