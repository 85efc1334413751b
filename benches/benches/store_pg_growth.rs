//! What a read and a commit cost on PostgreSQL as a store grows, and how fast it is verified.
//!
//! Run with: `cargo bench -p mattoni-benches --features store_pg --bench store_pg_growth`
//!
//! As `store_growth` does it for SQLite: one schema grows from 10⁴ practices to
//! `MATTONI_BENCH_LARGEST` (10⁷ if unset: about 8 GB in the temporary folder, removed at the end)
//! beside another of the same server that stays at 10⁴.
#![allow(clippy::disallowed_methods, reason = "a bench measures time")]
#![allow(clippy::float_arithmetic, reason = "rates and ratios")]

mod growth;

use std::num::NonZeroUsize;
use std::time::Instant;

use mattoni_core::Digest;
use mattoni_postgres_cluster::{Binaries, Cluster};
use mattoni_store::{Batch, Journal, Postgres, postgres::Options, verify};
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

use crate::growth::{
    BUCKET, Failure, HASHED, SMALL, TURNS, announce, arrived, by_due, change, due, ente, id, least,
    line, measure, median, sizes, state, tell,
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
    verification(&conninfo, filled.min(1_000_000)).await
}

/// How many rows are inserted at a time.
const PIECE: usize = 20_000;

/// As whoever owns the server, whom no wall holds.
async fn fill(admin: &Client, schema: &str, from: u64, to: u64) -> Result<(), Failure> {
    admin.batch_execute(&format!("SET search_path = {schema}; BEGIN")).await?;
    let numbers: Vec<u64> = (from..to).collect();
    let insert = "INSERT INTO state (ente, kind, id, version, facets, lists, body)
        SELECT 'c_f051', 'practice', unnest($1::uuid[]), 1, '[]', unnest($2::text[]),
            unnest($3::text[])::bytea";
    for piece in numbers.chunks(PIECE) {
        let ids: Vec<_> = piece.iter().map(|n| uuid(*n)).collect();
        let (lists, bodies): (Vec<_>, Vec<_>) = piece.iter().map(|n| state(*n)).unzip();
        admin.execute(insert, &[&ids, &lists, &bodies]).await?;
    }
    place(admin, "arrived", &numbers, arrived).await?;
    place(admin, "due", &by_due(from..to), due).await?;
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
    for tidy in ["VACUUM ANALYZE state", "VACUUM ANALYZE listing", "CHECKPOINT"] {
        admin.batch_execute(tidy).await?;
    }
    Ok(())
}

async fn place(
    admin: &Client,
    list: &str,
    numbers: &[u64],
    sort: impl Fn(u64) -> String,
) -> Result<(), Failure> {
    let insert = "INSERT INTO listing (ente, kind, list, bucket, sort, id, line)
        SELECT 'c_f051', 'practice', $1, $2, unnest($3::text[]), unnest($4::uuid[]),
            unnest($5::text[])";
    for piece in numbers.chunks(PIECE) {
        let sorts: Vec<_> = piece.iter().map(|n| sort(*n)).collect();
        let ids: Vec<_> = piece.iter().map(|n| uuid(*n)).collect();
        let lines: Vec<_> = piece.iter().map(|n| line(*n)).collect();
        admin.execute(insert, &[&list, &BUCKET, &sorts, &ids, &lines]).await?;
    }
    Ok(())
}

fn uuid(n: u64) -> Uuid {
    Uuid::from_u128(id(n))
}

/// Proves a journal in one part and in one for every processor, beside one thread's SHA-256 over
/// as many bytes as its rows hash.
async fn verification(conninfo: &str, rows: u64) -> Result<(), Failure> {
    let options = Options::default().with_schema("journals");
    let parts = options.parts;
    let all = Postgres::open_with(conninfo, &options).await?;
    let one = Postgres::open_with(conninfo, &options.with_parts(NonZeroUsize::MIN)).await?;
    for from in (0..rows).step_by(1000) {
        let changes = (from..from + 1000).map(change);
        one.commit(Batch::new(ente(), changes)).await?;
    }
    let mut took = [const { Vec::new() }; 3];
    for _ in 0..3 {
        for (store, took) in [&one, &all].into_iter().zip(&mut took) {
            let start = Instant::now();
            let report = verify(store, &ente(), |_| {}).await?;
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
    let told =
        |took: f64| format!("{:.0} ({:.2}×)", (rows * HASHED) as f64 / took / 1e6, sha / took);
    println!("verify of {rows} rows, MB/s (× SHA-256 in pieces of 64 KiB on one thread)");
    println!("one part {}, {parts} parts {}, SHA-256 {}", told(one), told(all), told(sha));
    Ok(())
}
