//! How many bytes a sealed record takes in an SQLite file, table by table.
//!
//! Run with: `cargo run --release -p mattoni-store --example size`
//!
//! 2,000 records of the demo's size: a state that grows to 5 or 6 kB, 12 events of 900 bytes, 6
//! list entries of which 3 carry a row, a unique key, and 5 effects that are delivered.
#![allow(clippy::float_arithmetic, reason = "averages")]

use chrono::DateTime;
use mattoni_core::record::{
    KindPersonal, List, ListEntry, Marks, Owners, Personal, PersonalData, Projection,
};
use mattoni_core::{Act, Actor, EnteId, Id, Person};
use mattoni_store::{
    Batch, Change, Effect, Journal, KeyRing, MasterKey, NewEvent, Outbox, Sqlite, Stream, Vault,
    Version,
};
use rusqlite::Connection;
use serde::Serialize;

const RECORDS: u64 = 2000;
const AVERAGE: i64 = 2000;
const EVENTS: u64 = 12;
const EFFECTS: u64 = 5;

/// How long the texts of events are, and by how many tenths the states differ.
const EVENT: [u64; 8] = [100, 200, 400, 560, 600, 660, 930, 1300];
const STATE: [u64; 8] = [5, 7, 9, 10, 10, 11, 13, 15];

fn one_of(n: u64) -> usize {
    usize::try_from(n % 8).unwrap_or(0)
}

/// An event or a state: ids and codes in the clear, texts sealed.
#[derive(Serialize, Personal)]
struct Document {
    #[not_personal]
    status: String,
    #[personal]
    texts: Texts,
}

/// Several texts, each sealed by itself.
#[derive(Serialize)]
#[serde(transparent)]
struct Texts(Vec<String>);

impl mattoni_core::record::Erasable for Texts {
    const PLACEHOLDER: mattoni_core::record::Placeholder =
        mattoni_core::record::Placeholder { shape: "list", json: "[]" };
}

#[derive(Serialize, Personal)]
struct Row {
    #[not_personal]
    about: String,
    #[personal]
    name: String,
}

const LISTS: [(List, bool); 6] = [
    (List::plain("state"), true),
    (List::plain("due"), true),
    (List::plain("due-of"), true),
    (List::plain("chore"), false),
    (List::plain("person"), false),
    (List::personal("name"), false),
];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("town.db");
    let mut practice = KindPersonal {
        events: Marks::of::<Document>(),
        state: Marks::of::<Document>(),
        row: Marks::of::<Row>(),
        ..KindPersonal::default()
    };
    practice.orders.insert("message.tell", Vec::new());
    let personal = PersonalData::new().with("practice", practice);
    let ring = KeyRing::new(MasterKey::from_bytes([7; 32]));
    let store = Vault::open(Sqlite::open(&path)?, personal, ring).await?;
    let ente: EnteId = "c_f051".parse()?;
    for version in 0..EVENTS {
        // Practices move on in no particular order.
        for n in 0..RECORDS {
            let n = (n * 7919 + version * 13) % RECORDS;
            store.commit(Batch::new(ente.clone(), [change(n, version)?])).await?;
        }
        loop {
            let due = store.due(&ente, DateTime::UNIX_EPOCH, 500).await?;
            if due.is_empty() {
                break;
            }
            let ids: Vec<_> = due.into_iter().map(|effect| effect.id).collect();
            store.delivered(&ente, &ids).await?;
        }
    }
    drop(store);
    print(&Connection::open(&path)?)?;
    Ok(())
}

fn id(n: u64) -> u128 {
    let chance = (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (0x019a_b000_0000_u128 + u128::from(n)) << 80 | 7 << 76 | u128::from(chance)
}

fn change(n: u64, version: u64) -> serde_json::Result<Change> {
    let person = Id::<Person>::from_u128(id(n) ^ 1);
    let act = Act::new(DateTime::UNIX_EPOCH, Actor::Citizen(person));
    let document = |texts: u64, bytes: u64| {
        let texts = (0..texts).map(|_| "x".repeat(usize::try_from(bytes).unwrap_or(0))).collect();
        serde_json::to_vec(&Document { status: "in-charge".to_owned(), texts: Texts(texts) })
    };
    let event = NewEvent {
        name: "practice.answers-saved".into(),
        body: document(1, EVENT[one_of(n * 31 + version * 17)])?,
    };
    let state = document(1, (1000 + 285 * version) * STATE[one_of(n)] / 10)?;
    let stream = Stream::new("practice", Id::from_u128(id(n)));
    let key = format!("{stream}/{}/0", version + 1);
    let change = Change::raw(stream, Version::new(version), act, vec![event], state);

    let day = format!("2027-{:02}-{:02}T09:00:00.000000Z", 1 + n % 12, 1 + n % 28);
    let bucket = |list: &List| format!("{}/{}", list.name, if version > 6 { "b" } else { "a" });
    let entry = |(list, carries): &(List, bool)| {
        let entry = ListEntry::new(*list, bucket(list), &*day);
        if *carries { entry.with_row() } else { entry }
    };
    let row = Row { about: "r".repeat(100), name: "n".repeat(60) };
    let projection = Projection::new()
        .version(1)
        .unique("number", format!("2027/{n:07}"))
        .entries(LISTS.iter().map(entry))
        .row(serde_json::to_string(&row)?);
    let effects = (version.is_multiple_of(2) && version / 2 < EFFECTS)
        .then(|| Effect::new(key, "message.tell", "e".repeat(200)));
    Ok(change
        .with_projection(projection)
        .with_owners(Owners::subject(person))
        .with_effects(effects))
}

fn print(conn: &Connection) -> rusqlite::Result<()> {
    let mut total = 0;
    println!("{:<24} {:>10} {:>10} {:>6}", "bytes a record", "pages", "payload", "fill");
    let sql = "SELECT name, sum(pgsize), sum(payload), sum(pgsize - unused) FROM dbstat
        GROUP BY name ORDER BY 2 DESC";
    let mut statement = conn.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (name, size): (String, i64) = (row.get(0)?, row.get(1)?);
        let (payload, used): (i64, i64) = (row.get(2)?, row.get(3)?);
        total += size;
        if size > AVERAGE {
            let fill = used as f64 / size as f64;
            println!("{name:<24} {:>10} {:>10} {fill:>6.2}", size / AVERAGE, payload / AVERAGE);
        }
    }
    println!("{:<24} {:>10}", "all", total / AVERAGE);
    let sizes =
        "SELECT avg(length(body)) FROM state UNION ALL SELECT avg(length(body)) FROM journal";
    for (what, bytes) in ["state", "event"].iter().zip(averages(conn, sizes)?) {
        println!("a {what} is {bytes:.0} bytes");
    }
    Ok(())
}

fn averages(conn: &Connection, sql: &str) -> rusqlite::Result<Vec<f64>> {
    let mut statement = conn.prepare(sql)?;
    statement.query_map([], |row| row.get(0))?.collect()
}
