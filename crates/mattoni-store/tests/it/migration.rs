//! Stores as earlier software left them, opened by today's.

use std::fmt::Write as _;
use std::path::Path;

use mattoni_core::{Digest, Id};
use mattoni_store::{
    Batch, Change, CommitError, Conflict, Effect, EffectId, ErrorKind, Facet, Folders, Journal,
    Loaded, Memory, NumberClaim, Recorded, Sqlite, Store, Stream, Version, load, verify,
    verify_states,
};
use rusqlite::{Connection, params};
use tempfile::TempDir;

use crate::server::Server;
use crate::support::{Lamp, LampEvent, act, ente, hung, lit};

const SQLITE_1: &str = include_str!("../../src/sqlite/schema/0001.sql");
const POSTGRES_1: &str = include_str!("../../src/postgres/schema/0001.sql");

pub(crate) const PAPER: &[u8] = b"certificato";

/// How a database writes down what is not a number or a text.
pub(crate) struct Dialect {
    pub(crate) bytes: fn(&[u8]) -> String,
    pub(crate) id: fn(Id<Stream>) -> String,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

pub(crate) const SQLITE: Dialect = Dialect {
    bytes: |bytes| format!("x'{}'", hex(bytes)),
    id: |id| format!("x'{:032x}'", id.as_u128()),
};
pub(crate) const POSTGRES: Dialect =
    Dialect { bytes: |bytes| format!("'\\x{}'::bytea", hex(bytes)), id: |id| format!("'{id}'") };

fn with_effects(change: Change, keys: &[&str]) -> Change {
    change.with_effects(keys.iter().map(|key| Effect::new(*key, "bulb", "{}")))
}

/// Two lamps, lit; the second change of the first comes after that of the second.
fn changes() -> Vec<Change> {
    let (mut first, second) = (hung(1, "a"), hung(2, "b"));
    first.change.facets.push(Facet::unique("plate", "1"));
    let plate = first.change.facets.clone();
    let claimed = first.change.with_claim(NumberClaim::new("lamps", 1));
    let lamp = Loaded { id: Id::from_u128(1), version: claimed.leads_to(), state: first.state };
    let again = lamp.next(&act(40), &[LampEvent::Lit { watts: 40 }]).unwrap().change;
    vec![
        with_effects(claimed, &["k1", "k2"]),
        with_effects(second.change, &["k3", "k4", "k5"]),
        with_effects(again.with_facets(plate), &["k6"]),
    ]
}

/// What version 1 of the schema holds once these changes are committed, `k1` is delivered and
/// `k5` dead. The chain is the same in every backend; the memory makes it here.
pub(crate) async fn version_1(dialect: &Dialect) -> Vec<String> {
    let Dialect { bytes, id } = dialect;
    let memory = Memory::new();
    let changes = changes();
    memory.commit(Batch::new(ente(), changes.clone())).await.unwrap();
    let mut sql = Vec::new();
    for row in memory.scan(&ente(), 0, 99).await.unwrap() {
        sql.push(format!(
            "INSERT INTO journal VALUES ('c_f051', {}, 'lamp', {}, {}, '{}', {}, '{}', {}, {})",
            row.seq,
            id(row.stream.id),
            row.version,
            row.name,
            row.at_micros,
            row.by_json,
            bytes(&row.body),
            bytes(row.hash.as_bytes())
        ));
    }
    let head = memory.head(&ente()).await.unwrap().unwrap();
    let hash = bytes(head.hash.as_bytes());
    sql.push(format!("INSERT INTO head VALUES ('c_f051', {}, {hash})", head.seq));
    for state in memory.streams(&ente(), "lamp", None, 99).await.unwrap() {
        let change = changes.iter().rfind(|change| change.stream == state.stream).unwrap();
        let facets = serde_json::to_string(&change.facets).unwrap();
        let (id, body) = (id(state.stream.id), bytes(&state.body));
        let version = state.version;
        sql.push(format!(
            "INSERT INTO state VALUES ('c_f051', 'lamp', {id}, {version}, '{facets}', {body})"
        ));
        for facet in &change.facets {
            let holding = if facet.name == "plate" { "unique" } else { "plain" };
            sql.push(format!(
                "INSERT INTO facet VALUES ('c_f051', 'lamp', '{}', '{}', {id}, '{holding}')",
                facet.name, facet.value
            ));
        }
    }
    for (seq, change) in (1..).zip(&changes) {
        for (index, effect) in change.effects.iter().enumerate() {
            let fate = match effect.key.as_str() {
                "k1" => "delivered",
                "k5" => "dead",
                _ => "waiting",
            };
            let at = change.act.at.timestamp_micros();
            sql.push(format!(
                "INSERT INTO outbox VALUES ('c_f051', {seq}, {index}, '{}', 'bulb', 'lamp', {}, \
                 {}, 0, {at}, '{fate}', NULL)",
                effect.key,
                id(change.stream.id),
                bytes(b"{}")
            ));
        }
    }
    sql.push("INSERT INTO number VALUES ('c_f051', 'lamps', 1)".to_owned());
    let digest = bytes(Digest::of(PAPER).as_bytes());
    sql.push(format!("INSERT INTO blob VALUES ('c_f051', {digest}, {})", bytes(PAPER)));
    sql
}

/// Everything that was there is there, and everything goes on.
pub(crate) async fn goes_on(store: &impl Store) {
    assert!(verify(store, &ente(), |_| {}).await.unwrap().is_clean());
    let folders = Folders::new().with::<Lamp>();
    let states = verify_states(store, &ente(), &folders, |_| {}).await.unwrap();
    assert_eq!((states.states, states.is_clean()), (2, true));
    assert_eq!(store.get(&ente(), Digest::of(PAPER)).await.unwrap().unwrap(), PAPER);
    assert_eq!(store.last(&ente(), "lamps").await.unwrap(), 1);

    let lost = |change| async { store.commit(Batch::new(ente(), [change])).await.unwrap_err() };
    let conflict = lost(with_effects(hung(3, "a").change, &["k1"])).await;
    assert!(matches!(conflict, CommitError::Conflict(Conflict::Effect { .. })), "{conflict:?}");
    let mut same_plate = hung(3, "a").change;
    same_plate.facets.push(Facet::unique("plate", "1"));
    let conflict = lost(same_plate).await;
    assert!(matches!(conflict, CommitError::Conflict(Conflict::Facet { .. })), "{conflict:?}");

    let lamp = load::<Lamp>(store, &ente(), Id::from_u128(2)).await.unwrap().unwrap();
    let next = lit(lamp, 60).change.with_claim(NumberClaim::new("lamps", 2));
    store.commit(Batch::new(ente(), [with_effects(next, &["k7", "k8"])])).await.unwrap();
    let due = async || {
        let due = store.due(&ente(), act(99).at, 9).await.unwrap();
        due.into_iter().map(|effect| (effect.key, effect.id)).collect::<Vec<_>>()
    };
    for expected in [vec!["k2", "k3"], vec!["k4", "k6"], vec!["k7"], vec!["k8"], vec![]] {
        let now = due().await;
        let (keys, ids): (Vec<_>, Vec<_>) = now.into_iter().unzip();
        assert_eq!(keys, expected);
        store.delivered(&ente(), &ids).await.unwrap();
    }
    let dead = store.dead(&ente(), None, 9).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!((dead[0].key.as_str(), dead[0].id), ("k5", EffectId { seq: 2, index: 2 }));
    assert!(store.replay(&ente(), dead[0].id, act(99).at).await.unwrap());
    assert_eq!(due().await, [("k5".to_owned(), dead[0].id)]);
    let report = verify(store, &ente(), |_| {}).await.unwrap();
    assert_eq!((report.rows, report.is_clean()), (4, true));
}

/// A file as version 1 of the schema left it.
fn old_file(path: &Path) -> Connection {
    let file = Connection::open(path).unwrap();
    file.execute_batch(SQLITE_1).unwrap();
    file.pragma_update(None, "user_version", 1).unwrap();
    file.pragma_update(None, "application_id", 0x4d74_6e69).unwrap();
    file
}

#[tokio::test]
async fn a_sqlite_store_of_version_1_goes_on_with_all_its_data() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("town.db");
    let file = old_file(&path);
    for statement in version_1(&SQLITE).await {
        file.execute_batch(&statement).unwrap();
    }
    drop(file);
    let early = Sqlite::open_read_only(&path).unwrap_err();
    assert_eq!(early.kind(), ErrorKind::ReadOnly, "{early}");
    goes_on(&Sqlite::open(&path).unwrap()).await;
    assert!(Sqlite::open_read_only(&path).unwrap().head(&ente()).await.unwrap().is_some());
}

#[tokio::test]
async fn a_postgres_store_of_version_1_goes_on_with_all_its_data() {
    let server = Server::start();
    server.by_hand("CREATE SCHEMA mattoni AUTHORIZATION mattoni");
    let made = server.as_store(&format!(
        "{POSTGRES_1};
         CREATE TABLE schema_version (
             version bigint PRIMARY KEY, since timestamptz NOT NULL DEFAULT now());
         INSERT INTO schema_version VALUES (1)"
    ));
    assert_eq!(made, "");
    server.by_hand(&version_1(&POSTGRES).await.join(";"));
    goes_on(&server.store().await).await;
}

#[tokio::test]
async fn a_long_journal_of_an_older_schema_is_read_and_proved() {
    const ROWS: u64 = 1_000_000;
    const LAMPS: u64 = 1_000;
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("town.db");
    let file = old_file(&path);
    file.execute_batch("BEGIN").unwrap();
    let mut previous = Digest::ZERO;
    {
        let mut append = file
            .prepare("INSERT INTO journal VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")
            .unwrap();
        for seq in 1..=ROWS {
            let (lamp, version) = ((seq - 1) % LAMPS, (seq - 1) / LAMPS + 1);
            let (name, body) = match version {
                1 => ("lamp.hung", r#"{"event":"hung","hall":"a"}"#.to_owned()),
                _ => ("lamp.lit", format!(r#"{{"event":"lit","watts":{version}}}"#)),
            };
            let mut row = Recorded {
                seq,
                stream: Stream::new("lamp", Id::from_u128(u128::from(lamp) + 1)),
                version: Version::new(version),
                name: name.to_owned(),
                at_micros: i64::try_from(seq).unwrap(),
                by_json: r#"{"kind":"operator","who":"m.rossi"}"#.to_owned(),
                body: body.into_bytes(),
                hash: Digest::ZERO,
            };
            row.hash = row.link(&ente(), &previous);
            let id = row.stream.id.as_u128().to_be_bytes();
            append
                .execute(params![
                    "c_f051",
                    seq.cast_signed(),
                    "lamp",
                    id,
                    version.cast_signed(),
                    row.name,
                    row.at_micros,
                    row.by_json,
                    row.body,
                    row.hash.as_bytes()
                ])
                .unwrap();
            previous = row.hash;
        }
    }
    let head = params!["c_f051", ROWS.cast_signed(), previous.as_bytes()];
    file.execute("INSERT INTO head VALUES (?1, ?2, ?3)", head).unwrap();
    let versions = ROWS / LAMPS;
    for lamp in 0..LAMPS {
        let times = versions - 1;
        let state = format!(r#"{{"hall":"a","watts":{versions},"times":{times}}}"#);
        let id = (u128::from(lamp) + 1).to_be_bytes();
        let row = params!["c_f051", "lamp", id, versions.cast_signed(), "[]", state.as_bytes()];
        file.execute("INSERT INTO state VALUES (?1, ?2, ?3, ?4, ?5, ?6)", row).unwrap();
    }
    file.execute_batch("COMMIT").unwrap();
    drop(file);

    let store = Sqlite::open(&path).unwrap();
    let report = verify(&store, &ente(), |_| {}).await.unwrap();
    assert!(report.is_clean(), "{:?}", report.findings);
    assert_eq!((report.rows, report.head.unwrap().hash), (ROWS, previous));
    let folders = Folders::new().with::<Lamp>();
    let states = verify_states(&store, &ente(), &folders, |_| {}).await.unwrap();
    assert_eq!((states.states, states.is_clean()), (LAMPS, true), "{:?}", states.findings);
    let lamp = load::<Lamp>(&store, &ente(), Id::from_u128(7)).await.unwrap().unwrap();
    store.commit(Batch::new(ente(), [lit(lamp, 9).change])).await.unwrap();
    assert_eq!(store.head(&ente()).await.unwrap().unwrap().seq, ROWS + 1);
}
