//! What a read and a commit cost on PostgreSQL as a store grows, and how fast it is verified.
//!
//! Run with: `cargo bench -p mattoni-benches --features store_pg_growth --bench store_pg_growth`
//!
//! As `store_growth` does it for SQLite: one schema grows from 10⁴ practices to
//! `MATTONI_BENCH_LARGEST` beside another of the same server that stays at 10⁴. It is 10⁷ if unset,
//! which takes about 24 GB in the temporary folder until the end, and some seven minutes, most of
//! them to fill it:
//!
//! `MATTONI_BENCH_LARGEST=10000000 cargo bench -p mattoni-benches --features store_pg_growth --bench store_pg_growth`
#![allow(clippy::disallowed_methods, reason = "a bench measures time")]
#![allow(clippy::float_arithmetic, reason = "rates and ratios")]

mod growth;

use std::num::NonZeroUsize;
use std::pin::pin;
use std::time::Instant;

use futures_util::TryStreamExt as _;
use mattoni_postgres_cluster::{Binaries, Cluster};
use mattoni_store::{Batch, Journal, Postgres, postgres::Options, verify};
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

use crate::growth::machine::{Machine, ROUNDS};
use crate::growth::{
    BUCKET, Failure, SMALL, TURNS, announce, arrived, by_due, due, ente, id, least, measure,
    recorded, row, sizes, state, tell,
};

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let cluster = Cluster::start(&Binaries::find()?)?;
    cluster.sql("postgres", "CREATE ROLE mattoni LOGIN")?;
    cluster.sql("postgres", "CREATE DATABASE town OWNER mattoni")?;
    let conninfo = cluster.conninfo("town").replace("user=admin", "user=mattoni");
    let (admin, connection) = tokio_postgres::connect(&cluster.conninfo("town"), NoTls).await?;
    tokio::spawn(connection);
    let open = async |schema| {
        Postgres::open_with(&conninfo, &Options::default().with_schema(schema)).await
    };
    announce("PostgreSQL");
    let (village, town) = (open("village").await?, open("town").await?);
    fill(&admin, "village", 0, SMALL).await?;
    let mut filled = 0;
    for size in sizes()? {
        fill(&admin, "town", filled, size).await?;
        filled = size;
        let (mut base, mut costs) = ([f64::MAX; 7], [f64::MAX; 7]);
        for turn in 0..TURNS {
            base = least(base, measure(&village, SMALL, turn).await?);
            costs = least(costs, measure(&town, size, turn).await?);
        }
        let bytes = "SELECT pg_database_size('town')";
        let bytes: i64 = admin.query_one(bytes, &[]).await?.get(0);
        tell(size, costs, base, u64::try_from(bytes)? >> 20);
    }
    verification(&admin, &conninfo, filled.min(1_000_000)).await
}

/// As whoever owns the server, whom no wall holds. The rows come in the order of the indexes, which
/// grow at their ends or as long as they are, but never here and there.
async fn fill(admin: &Client, schema: &str, from: u64, to: u64) -> Result<(), Failure> {
    admin.batch_execute(&format!("SET search_path = {schema}; BEGIN")).await?;
    let states = "COPY state (id, projection, body, ente, kind, version, unique_keys)
        FROM STDIN (FORMAT binary)";
    let types =
        [Type::UUID, Type::TEXT, Type::BYTEA, Type::TEXT, Type::TEXT, Type::INT8, Type::TEXT];
    let mut copy = pin!(BinaryCopyInWriter::new(admin.copy_in(states).await?, &types));
    for n in from..to {
        let (projection, body) = state(n);
        let row: [&(dyn ToSql + Sync); 7] =
            [&uuid(n), &projection, &body.as_bytes(), &"c_f051", &"practice", &1_i64, &""];
        copy.as_mut().write(&row).await?;
    }
    copy.finish().await?;
    enter(admin, "arrived", from..to, arrived).await?;
    enter(admin, "due", by_due(from..to), due).await?;
    admin
        .batch_execute(&format!(
            "INSERT INTO tally (ente, kind, list, bucket, n) VALUES
                 ('c_f051', 'practice', 'arrived', '{BUCKET}', {to}),
                 ('c_f051', 'practice', 'due', '{BUCKET}', {to}),
                 ('c_f051', 'practice', '', '1', {to})
             ON CONFLICT (ente, kind, list, bucket) DO UPDATE SET n = excluded.n;
             COMMIT"
        ))
        .await?;
    // One by one: together they would be a transaction, in which nothing is vacuumed.
    for tidy in ["VACUUM ANALYZE state", "VACUUM ANALYZE list_entry", "CHECKPOINT"] {
        admin.batch_execute(tidy).await?;
    }
    Ok(())
}

async fn enter(
    admin: &Client,
    list: &str,
    numbers: impl IntoIterator<Item = u64>,
    sort: impl Fn(u64) -> String,
) -> Result<(), Failure> {
    let entries =
        "COPY list_entry (sort, id, row_json, ente, kind, list, bucket) FROM STDIN (FORMAT binary)";
    let types =
        [Type::TEXT, Type::UUID, Type::TEXT, Type::TEXT, Type::TEXT, Type::TEXT, Type::TEXT];
    let mut copy = pin!(BinaryCopyInWriter::new(admin.copy_in(entries).await?, &types));
    for n in numbers {
        let row: [&(dyn ToSql + Sync); 7] =
            [&sort(n), &uuid(n), &row(n), &"c_f051", &"practice", &list, &BUCKET];
        copy.as_mut().write(&row).await?;
    }
    copy.finish().await?;
    Ok(())
}

fn uuid(n: u64) -> Uuid {
    Uuid::from_u128(id(n))
}

/// Proves a journal in one part and in one for every processor.
async fn verification(admin: &Client, conninfo: &str, rows: u64) -> Result<(), Failure> {
    let options = Options::default().with_schema("journals");
    let parts = options.parts;
    let all = Postgres::open_with(conninfo, &options).await?;
    let one = Postgres::open_with(conninfo, &options.with_parts(NonZeroUsize::MIN)).await?;
    for from in (0..rows).step_by(1000) {
        let changes = (from..from + 1000).map(recorded);
        one.commit(Batch::new(ente(), changes)).await?;
    }
    for tidy in ["VACUUM ANALYZE journals.journal", "CHECKPOINT"] {
        admin.batch_execute(tidy).await?;
    }
    let dir = tempfile::tempdir()?;
    let mut machine = Machine::new(rows);
    let (mut took, mut handed_out) = ([const { Vec::new() }; 2], Vec::new());
    for _ in 0..ROUNDS {
        for (store, took) in [&one, &all].into_iter().zip(&mut took) {
            let start = Instant::now();
            let report = verify(store, &ente(), |_| {}).await?;
            took.push(start.elapsed().as_secs_f64());
            if !report.is_clean() || report.rows != rows {
                return Err("the journal is as it was written".into());
            }
        }
        // The least that the server can do with the rows, and nobody hashes them.
        let start = Instant::now();
        let copy = "COPY (SELECT * FROM journals.journal WHERE ente = 'c_f051' ORDER BY seq)
            TO STDOUT (FORMAT binary)";
        let mut copied = pin!(admin.copy_out(copy).await?);
        while copied.try_next().await?.is_some() {}
        handed_out.push(start.elapsed().as_secs_f64());
        machine.measure(dir.path())?;
    }
    let handed_out = machine.beside(handed_out);
    let [one, all] = took.map(|took| machine.beside(took));
    println!(
        "verify of {rows} rows, MB/s: one part {one}, {parts} parts {all}; COPY, not hashed, \
         {handed_out}; {}",
        machine.tell()
    );
    Ok(())
}
