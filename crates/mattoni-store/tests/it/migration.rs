//! Stores as earlier software left them, opened by today's.

use std::fmt::Write as _;
use std::path::Path;

use mattoni_core::{Digest, Id};
use mattoni_store::{
    Batch, Change, CommitError, Conflict, Effect, EffectId, ErrorKind, Journal, KeyFor, ListEntry,
    Loaded, Memory, Projection, Recorded, SequenceClaim, Span, Sqlite, Store, StoredKey, Stream,
    UniqueKey, Version, load, verify, verify_states,
};
use rusqlite::{Connection, params};
use tempfile::TempDir;

use crate::server::Server;
use crate::support::{HALL, Lamp, LampEvent, act, ente, hung, in_hall, lamps, lit, soak};

macro_rules! steps {
    ($backend:literal) => {
        [
            include_str!(concat!("../../src/", $backend, "/schema/0001.sql")),
            include_str!(concat!("../../src/", $backend, "/schema/0002.sql")),
            include_str!(concat!("../../src/", $backend, "/schema/0003.sql")),
            include_str!(concat!("../../src/", $backend, "/schema/0004.sql")),
            include_str!(concat!("../../src/", $backend, "/schema/0005.sql")),
            include_str!(concat!("../../src/", $backend, "/schema/0006.sql")),
        ]
    };
}

/// The schema, step by step, up to the last version in which the data was other than today's.
const SQLITE_STEPS: [&str; 6] = steps!("sqlite");
const POSTGRES_STEPS: [&str; 6] = steps!("postgres");

const PAPER: &[u8] = b"certificato";
const SCRAP: &[u8] = b"a draft's photograph";

/// How a database writes down what is not a number or a text.
struct Dialect {
    bytes: fn(&[u8]) -> String,
    id: fn(Id<Stream>) -> String,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

const SQLITE: Dialect = Dialect {
    bytes: |bytes| format!("x'{}'", hex(bytes)),
    id: |id| format!("x'{:032x}'", id.as_u128()),
};
const POSTGRES: Dialect =
    Dialect { bytes: |bytes| format!("'\\x{}'::bytea", hex(bytes)), id: |id| format!("'{id}'") };

fn with_effects(change: Change, keys: &[&str]) -> Change {
    change.with_effects(keys.iter().map(|key| Effect::new(*key, "bulb", "{}")))
}

/// Two lamps, lit; the second change of the first comes after that of the second.
fn changes() -> Vec<Change> {
    let (first, second) = (hung(1, "a"), hung(2, "b"));
    let with_plate = || in_hall("a").unique("plate", "1");
    let claimed = first.change.with_projection(with_plate());
    let claimed = claimed.with_claim(SequenceClaim::new("lamps", 1));
    let lamp = Loaded { id: Id::from_u128(1), version: claimed.leads_to(), state: first.state };
    let again = lamp.next(&act(40), &[LampEvent::Lit { watts: 40 }]).unwrap().change;
    vec![
        with_effects(claimed, &["k1", "k2"]),
        with_effects(second.change, &["k3", "k4", "k5"]),
        with_effects(again.with_projection(with_plate()), &["k6"]),
    ]
}

/// What version 1 of the schema holds once these changes are committed, `k1` is delivered and
/// `k5` dead. The chain is the same in every backend; the memory makes it here.
async fn version_1(dialect: &Dialect) -> Vec<String> {
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
        let Projection { unique, entries, .. } = &change.projection;
        // The facets of that time: what is unique, and what lists find today.
        let plain = entries.iter().map(|entry| ("hall", entry.bucket.as_str(), "plain"));
        let unique = unique.iter().map(|UniqueKey { name, value }| (&**name, &**value, "unique"));
        let facets: Vec<_> = plain.chain(unique).collect();
        let json = facets.iter().map(|(name, value, holding)| {
            format!(r#"{{"name":"{name}","value":"{value}","holding":"{holding}"}}"#)
        });
        let json = format!("[{}]", json.collect::<Vec<_>>().join(","));
        let (id, body) = (id(state.stream.id), bytes(&state.body));
        let version = state.version;
        sql.push(format!(
            "INSERT INTO state VALUES ('c_f051', 'lamp', {id}, {version}, '{json}', {body})"
        ));
        for (name, value, holding) in facets {
            sql.push(format!(
                "INSERT INTO facet VALUES ('c_f051', 'lamp', '{name}', '{value}', {id}, '{holding}')"
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

/// What a store holds once it is of `version`, beside what it held before: an effect that follows
/// another (2), an entry in a list (3), a blob that is set aside (4), keys (5), a row (6).
fn new_in(version: usize, dialect: &Dialect) -> Vec<String> {
    let Dialect { bytes, id } = dialect;
    let (first, at) = (id(Id::from_u128(1)), act(40).at.timestamp_micros());
    match version {
        2 => vec![format!(
            "INSERT INTO outbox (ente, seq, idx, key, topic, kind, id, payload, next_at, follows)
             VALUES ('c_f051', 3, 1, 'k6b', 'bulb', 'lamp', {first}, {}, {at}, TRUE)",
            bytes(b"{}")
        )],
        3 => vec![
            format!(
                "UPDATE state SET lists = '{{\"form\":1,\"places\":[{{\"list\":\"hall\",\"bucket\":\"a\",\"sort\":\"9\"}}]}}'
                 WHERE ente = 'c_f051' AND kind = 'lamp' AND id = {first}"
            ),
            format!("INSERT INTO listing VALUES ('c_f051', 'lamp', 'hall', 'a', '9', {first})"),
            "UPDATE tally SET n = 1 WHERE list = ''".to_owned(),
            "INSERT INTO tally VALUES ('c_f051', 'lamp', '', '1', 1)".to_owned(),
            "INSERT INTO tally VALUES ('c_f051', 'lamp', 'hall', 'a', 1)".to_owned(),
        ],
        4 => vec![
            format!(
                "INSERT INTO blob VALUES ('c_f051', {}, {})",
                bytes(Digest::of(SCRAP).as_bytes()),
                bytes(SCRAP)
            ),
            format!(
                "INSERT INTO blob_aside VALUES ('c_f051', {}, {at})",
                bytes(Digest::of(SCRAP).as_bytes())
            ),
        ],
        5 => vec![format!(
            "INSERT INTO key VALUES ('c_f051', {}, 'lamp', {first}, {}, {})",
            id(Id::from_u128(77)),
            id(Id::from_u128(7)),
            bytes(&[9; 69])
        )],
        6 => vec![
            format!(
                "UPDATE state SET lists = '{{\"form\":1,\"places\":[{{\"list\":\"hall\",\"bucket\":\"a\",\"sort\":\"9\",\"carries\":\"line\"}}],\"line\":\"99914b932bd37a50b983c5e7c90ae93b\"}}'
                 WHERE ente = 'c_f051' AND kind = 'lamp' AND id = {first}"
            ),
            "UPDATE listing SET line = '{}' WHERE ente = 'c_f051'".to_owned(),
        ],
        _ => Vec::new(),
    }
}

/// What version `from` brought is as it was left.
async fn holds_what_is_new(store: &impl Store, from: usize) {
    if from >= 3 {
        let versions = store.projection_versions(&ente(), "lamp").await.unwrap();
        assert_eq!(versions, [(0, 1), (1, 1)].into());
        let (hall, lamp) = (Span::new(HALL, "a"), Id::from_u128(1));
        let page = store.page(&ente(), "lamp", &hall, None, 9).await.unwrap();
        assert_eq!(page.iter().map(|p| p.state.stream.id).collect::<Vec<_>>(), [lamp]);
        // Entries from before there were rows have one from the next change on.
        let rows = async || {
            let rows = store.rows(&ente(), "lamp", &hall, None, 9).await.unwrap();
            rows.into_iter().map(|row| row.row).collect::<Vec<_>>()
        };
        assert_eq!(rows().await, [if from >= 6 { "{}" } else { "" }]);
        let loaded = load::<Lamp>(store, &ente(), Id::from_u128(1)).await.unwrap().unwrap();
        let entry = ListEntry::new(HALL, "a", "9").with_row();
        let projection = Projection::new().version(1).unique("plate", "1").entry(entry).row("[]");
        let change = lit(loaded, 41).change.with_projection(projection);
        store.commit(Batch::new(ente(), [change])).await.unwrap();
        assert_eq!(rows().await, ["[]"]);
        assert_eq!(store.tally(&ente(), "lamp", "hall", "a").await.unwrap(), 1);
    }
    if from >= 4 {
        let blobs = store.blobs(&ente(), None, 9).await.unwrap();
        let aside: Vec<_> = blobs.iter().filter(|blob| blob.aside_since.is_some()).collect();
        assert_eq!(blobs.len(), 2);
        assert_eq!((aside[0].digest, aside[0].aside_since), (Digest::of(SCRAP), Some(act(40).at)));
        assert!(store.discard(&ente(), Digest::of(SCRAP), act(40).at).await.unwrap());
    }
    if from >= 5 {
        let keys = store.keys_of_person(&ente(), Id::from_u128(7)).await.unwrap();
        let of = KeyFor::Person {
            stream: Stream::new("lamp", Id::from_u128(1)),
            person: Id::from_u128(7),
        };
        assert_eq!(keys, [StoredKey { id: Id::from_u128(77), of, wrapped: Some(vec![9; 69]) }]);
    }
}

/// Everything that was there is there, and everything goes on.
async fn goes_on(store: &impl Store, from: usize) {
    assert!(verify(store, &ente(), |_| {}).await.unwrap().is_clean());
    let bricks = lamps();
    let states = verify_states(store, &ente(), &bricks, |_| {}).await.unwrap();
    assert_eq!((states.states, states.is_clean()), (2, true));
    assert_eq!(store.get(&ente(), Digest::of(PAPER)).await.unwrap().unwrap(), PAPER);
    assert_eq!(store.last(&ente(), "lamps").await.unwrap(), 1);

    let lost = |change| async { store.commit(Batch::new(ente(), [change])).await.unwrap_err() };
    let conflict = lost(with_effects(hung(3, "a").change, &["k2"])).await;
    assert!(matches!(conflict, CommitError::Conflict(Conflict::Effect { .. })), "{conflict:?}");
    let same_plate = hung(3, "a").change.with_projection(in_hall("a").unique("plate", "1"));
    let conflict = lost(same_plate).await;
    assert!(matches!(conflict, CommitError::Conflict(Conflict::UniqueKey { .. })), "{conflict:?}");

    let holder = store.holder(&ente(), "lamp", "plate", "1").await.unwrap().unwrap();
    assert_eq!(holder.stream.id, Id::from_u128(1));

    let lamp = load::<Lamp>(store, &ente(), Id::from_u128(2)).await.unwrap().unwrap();
    let next = lit(lamp, 60).change.with_claim(SequenceClaim::new("lamps", 2));
    store.commit(Batch::new(ente(), [with_effects(next, &["k7", "k8"])])).await.unwrap();
    let due = async || {
        let due = store.due(&ente(), act(99).at, 9).await.unwrap();
        due.into_iter().map(|effect| (effect.key, effect.id)).collect::<Vec<_>>()
    };
    let third = if from >= 2 { vec!["k6b", "k7"] } else { vec!["k7"] };
    for expected in [vec!["k2", "k3"], vec!["k4", "k6"], third, vec!["k8"], vec![]] {
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
    holds_what_is_new(store, from).await;
    let report = verify(store, &ente(), |_| {}).await.unwrap();
    assert_eq!((report.rows, report.is_clean()), (if from >= 3 { 5 } else { 4 }, true));
    let states = verify_states(store, &ente(), &bricks, |_| {}).await.unwrap();
    assert!(states.is_clean(), "{:?}", states.findings);
}

/// A file as `version` of the schema left it, with what `data` puts in at each.
fn old_file(path: &Path, version: usize, data: impl Fn(usize) -> Vec<String>) -> Connection {
    let file = Connection::open(path).unwrap();
    for (step, sql) in (1..=version).zip(SQLITE_STEPS) {
        file.execute_batch(sql).unwrap();
        data(step).iter().for_each(|statement| file.execute_batch(statement).unwrap());
    }
    file.pragma_update(None, "user_version", version.cast_signed()).unwrap();
    file.pragma_update(None, "application_id", 0x4d74_6e69).unwrap();
    file
}

#[tokio::test]
async fn a_sqlite_store_of_every_version_goes_on_with_all_its_data() {
    let first = version_1(&SQLITE).await;
    for version in 1..=SQLITE_STEPS.len() {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("town.db");
        drop(old_file(&path, version, |step| match step {
            1 => first.clone(),
            later => new_in(later, &SQLITE),
        }));
        let early = Sqlite::open_read_only(&path).unwrap_err();
        assert_eq!(early.kind(), ErrorKind::ReadOnly, "{early}");
        goes_on(&Sqlite::open(&path).unwrap(), version).await;
        assert!(Sqlite::open_read_only(&path).unwrap().head(&ente()).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_postgres_store_of_every_version_goes_on_with_all_its_data() {
    let (server, first) = (Server::start(), version_1(&POSTGRES).await);
    for version in 1..=POSTGRES_STEPS.len() {
        server.by_hand("CREATE SCHEMA mattoni AUTHORIZATION mattoni");
        let made = server.as_store(
            "CREATE TABLE schema_version (
                version bigint PRIMARY KEY, since timestamptz NOT NULL DEFAULT now())",
        );
        assert_eq!(made, "");
        for (step, sql) in (1..=version).zip(POSTGRES_STEPS) {
            let noted = format!("{sql}; INSERT INTO schema_version VALUES ({step})");
            assert_eq!(server.as_store(&noted), "");
            let data = if step == 1 { first.clone() } else { new_in(step, &POSTGRES) };
            server.by_hand(&data.join(";"));
        }
        goes_on(&server.store().await, version).await;
        server.by_hand("DROP SCHEMA mattoni CASCADE");
    }
}

#[tokio::test]
async fn a_long_journal_of_an_older_schema_is_read_and_proved() {
    let (rows, many): (u64, u64) = soak((20_000, 200), (1_000_000, 1_000));
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("town.db");
    let file = old_file(&path, 1, |_| Vec::new());
    file.execute_batch("BEGIN").unwrap();
    let mut previous = Digest::ZERO;
    {
        let mut append = file
            .prepare("INSERT INTO journal VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")
            .unwrap();
        for seq in 1..=rows {
            let (lamp, version) = ((seq - 1) % many, (seq - 1) / many + 1);
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
    let head = params!["c_f051", rows.cast_signed(), previous.as_bytes()];
    file.execute("INSERT INTO head VALUES (?1, ?2, ?3)", head).unwrap();
    let versions = rows / many;
    for lamp in 0..many {
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
    assert_eq!((report.rows, report.head.unwrap().hash), (rows, previous));
    let bricks = lamps();
    let states = verify_states(&store, &ente(), &bricks, |_| {}).await.unwrap();
    assert_eq!((states.states, states.is_clean()), (many, true), "{:?}", states.findings);
    let lamp = load::<Lamp>(&store, &ente(), Id::from_u128(7)).await.unwrap().unwrap();
    store.commit(Batch::new(ente(), [lit(lamp, 9).change])).await.unwrap();
    assert_eq!(store.head(&ente()).await.unwrap().unwrap().seq, rows + 1);
}
