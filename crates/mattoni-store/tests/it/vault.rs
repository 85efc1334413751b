//! What is personal is sealed, opens for whoever has the key, and is gone once that is erased.

use std::path::Path;

use expect_test::expect_file;
use mattoni_core::record::{
    Brick, Bricks, ERASED, Erasable, KindPersonal, List, ListEntry, Marks, Owner, Owners, Personal,
    PersonalData, Placeholder, Projection, Span, Step,
};
use mattoni_core::{Aggregate, DomainEvent, Id, Person};
use mattoni_store::{
    Batch, Change, CommitError, Effect, Erase, ErrorKind, Journal, KeyRing, Keys, Lists, Loaded,
    MasterKey, Memory, NewEvent, Next, Outbox, Sqlite, Store, Stream, Vault, Version, conformance,
    copy_keys, history, load, restore_keys, verify, verify_states,
};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::support::{act, ente, record};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Who {
    pub(crate) id: Id<Person>,
    pub(crate) name: String,
}

impl Erasable for Who {
    const PLACEHOLDER: Placeholder =
        Placeholder { shape: "who", json: r#"{"id":"$person","name":"erased"}"# };
}

impl Personal for Who {
    fn mark(marks: &mut Marks) {
        marks.personal(Owner::Itself("id"), Self::PLACEHOLDER);
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub(crate) enum RequestEvent {
    Made {
        by: Who,
        #[personal]
        text: String,
    },
    Joined {
        who: Who,
    },
    Said {
        #[personal]
        text: String,
    },
    Decided {
        yes: bool,
    },
}

impl DomainEvent for RequestEvent {
    fn name(&self) -> &'static str {
        match self {
            Self::Made { .. } => "request.made",
            Self::Joined { .. } => "request.joined",
            Self::Said { .. } => "request.said",
            Self::Decided { .. } => "request.decided",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Request {
    pub(crate) by: Who,
    pub(crate) others: Vec<Who>,
    pub(crate) texts: Vec<String>,
    pub(crate) decided: Option<bool>,
}

impl Aggregate for Request {
    const KIND: &'static str = "request";
    type Event = RequestEvent;

    fn open(event: &RequestEvent) -> Option<Self> {
        match event {
            RequestEvent::Made { by, text } => Some(Self {
                by: by.clone(),
                others: Vec::new(),
                texts: vec![text.clone()],
                decided: None,
            }),
            _ => None,
        }
    }

    fn apply(&mut self, event: &RequestEvent) {
        match event {
            RequestEvent::Made { .. } => {}
            RequestEvent::Joined { who } => self.others.push(who.clone()),
            RequestEvent::Said { text } => self.texts.push(text.clone()),
            RequestEvent::Decided { yes } => self.decided = Some(*yes),
        }
    }
}

impl Personal for Request {
    fn mark(marks: &mut Marks) {
        marks.at(Step::Key("by"), Who::mark);
        marks.at(Step::Key("others"), Vec::<Who>::mark);
        let text = |marks: &mut Marks| marks.personal(Owner::Subject, Placeholder::TEXT);
        marks.at(Step::Key("texts"), |marks| marks.at(Step::Each, text));
    }
}

record!(Request, RequestEvent);

/// What an effect tells.
#[derive(Serialize, Personal)]
struct Told {
    #[personal]
    to: String,
}

/// The row of a request.
#[derive(Serialize, Personal)]
struct Row {
    by: Who,
    #[not_personal]
    since: String,
}

/// Requests by the name of whoever made them.
pub(crate) const NAMES: List = List::personal("name");

pub(crate) fn personal() -> PersonalData {
    let request = KindPersonal {
        events: Marks::of::<RequestEvent>(),
        state: Marks::of::<Request>(),
        row: Marks::of::<Row>(),
        orders: [("tell", Marks::of::<Told>())].into(),
        ..KindPersonal::default()
    };
    conformance::personal(PersonalData::new()).with("request", request)
}

pub(crate) fn bricks() -> Bricks {
    crate::support::lamps().with(Brick::new("requests").with::<Request>())
}

pub(crate) fn who(number: u128, name: &str) -> Who {
    Who { id: Id::from_u128(number), name: name.to_owned() }
}

pub(crate) fn ring(byte: u8) -> KeyRing {
    KeyRing::new(MasterKey::from_bytes([byte; 32]))
}

fn named(name: &str) -> Projection {
    Projection::new().entry(ListEntry::new(NAMES, "all", name))
}

pub(crate) fn made(id: u128, by: &Who, text: &str) -> Next<Request> {
    let event = RequestEvent::Made { by: by.clone(), text: text.to_owned() };
    let mut next = Next::open(Id::from_u128(id), &act(0), &[event]).unwrap();
    let told = serde_json::to_string(&Told { to: by.name.clone() }).unwrap();
    next.change = next
        .change
        .with_projection(named(&by.name))
        .with_owners(Owners::subject(by.id))
        .with_effects([Effect::new(format!("{id}/0"), "tell", told)]);
    next
}

async fn then(store: &impl Store, id: u128, event: RequestEvent) -> Result<(), CommitError> {
    let there = load::<Request>(store, &ente(), Id::from_u128(id)).await.unwrap().unwrap();
    let owners = Owners::subject(there.state.by.id);
    let change = there.next(&act(1), std::slice::from_ref(&event)).unwrap().change;
    let change = change.with_projection(named("MARIA")).with_owners(owners);
    store.commit(Batch::new(ente(), [change])).await.map(drop)
}

async fn commit(store: &impl Store, next: Next<Request>) {
    store.commit(Batch::new(ente(), [next.change])).await.unwrap();
}

async fn erase(store: &impl Store, what: Erase) {
    let note = crate::support::hung(900, "erasure").change.with_erases([what]);
    store.commit(Batch::new(ente(), [note])).await.unwrap();
}

async fn read(store: &impl Store, id: u128) -> Request {
    load::<Request>(store, &ente(), Id::from_u128(id)).await.unwrap().unwrap().state
}

async fn is_clean(store: &impl Store) -> bool {
    let states = verify_states(store, &ente(), &bricks(), |_| {}).await.unwrap();
    verify(store, &ente(), |_| {}).await.unwrap().is_clean()
        && states.is_clean()
        && states.older_form == 0
}

const NAME: &str = "Maria-Grazia Quattrocchi";

async fn vault_at(path: &Path) -> Vault<Sqlite> {
    Vault::open(Sqlite::open(path).unwrap(), personal(), ring(1)).await.unwrap()
}

/// Whether the bytes stand in any file of the folder.
fn stands_in(folder: &Path, what: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|file| {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        bytes.windows(what.len()).any(|window| window == what)
    })
}

#[tokio::test]
async fn what_is_personal_never_reaches_the_file_and_reads_as_it_was() {
    let dir = TempDir::new().unwrap();
    let store = vault_at(&dir.path().join("town.db")).await;
    let maria = who(7, NAME);
    commit(&store, made(1, &maria, "a secret reason")).await;
    then(&store, 1, RequestEvent::Joined { who: who(8, "Ugo Verdi") }).await.unwrap();
    then(&store, 1, RequestEvent::Said { text: "one more thing".into() }).await.unwrap();

    let there = read(&store, 1).await;
    assert_eq!(there.by, maria);
    assert_eq!(there.others, [who(8, "Ugo Verdi")]);
    assert_eq!(there.texts, ["a secret reason", "one more thing"]);
    let past = history::<Request>(&store, &ente(), Id::from_u128(1)).await.unwrap();
    assert_eq!(past[2].event, RequestEvent::Said { text: "one more thing".into() });
    let found = async |name: &str| {
        let span = Span::new(NAMES, "all").beginning_with(name);
        store.page(&ente(), "request", &span, None, 9).await.unwrap().len()
    };
    assert_eq!(found(NAME).await, 0, "the entry moved on with the later changes");
    assert_eq!((found("MARIA").await, found("MAR").await, found("MA").await), (1, 1, 0));
    let due = store.due(&ente(), act(9).at, 9).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&due[0].payload), format!(r#"{{"to":"{NAME}"}}"#));
    assert!(is_clean(&store).await);

    for secret in [NAME, "a secret reason", "Ugo Verdi", "one more thing", "MARIA"] {
        assert!(!stands_in(dir.path(), secret.as_bytes()), "{secret}");
    }
}

#[tokio::test]
async fn erasing_a_person_leaves_the_record_and_the_proof_and_no_trace_of_the_key() {
    let dir = TempDir::new().unwrap();
    let store = vault_at(&dir.path().join("town.db")).await;
    let (maria, ugo) = (who(7, NAME), who(8, "Ugo Verdi"));
    commit(&store, made(1, &maria, "her reason")).await;
    then(&store, 1, RequestEvent::Joined { who: ugo.clone() }).await.unwrap();
    then(&store, 1, RequestEvent::Decided { yes: true }).await.unwrap();
    commit(&store, made(2, &ugo, "his reason")).await;
    let keys = store.keys_of_person(&ente(), maria.id).await.unwrap();
    let wrapped = keys[0].wrapped.clone().unwrap();
    let old = dir.path().join("before.backup");
    store.store().back_up(&old).await.unwrap();

    erase(&store, Erase::Person(maria.id)).await;

    let there = read(&store, 1).await;
    assert_eq!(there.by, who(7, "erased"));
    assert_eq!(there.texts, [ERASED]);
    assert_eq!(there.others, std::slice::from_ref(&ugo), "who else is on it stays");
    assert_eq!(there.decided, Some(true));
    assert_eq!(read(&store, 2).await.texts, ["his reason"]);
    assert!(is_clean(&store).await);
    assert!(!stands_in(dir.path(), &wrapped), "neither file, nor log, nor backup has the key");

    // The record goes on; nothing personal is added to it.
    then(&store, 1, RequestEvent::Decided { yes: false }).await.unwrap();
    let refused = then(&store, 1, RequestEvent::Said { text: "again".into() }).await.unwrap_err();
    assert!(
        matches!(&refused, CommitError::Refused(p) if p.iter().any(|p| p.code == "store.erased"))
    );
    assert_eq!(read(&store, 1).await.decided, Some(false));
    assert_eq!(read(&store, 1).await.by, who(7, "erased"));
    assert!(is_clean(&store).await);
    // A new record of the same person is a new one, with a key of its own.
    commit(&store, made(3, &maria, "a new reason")).await;
    assert_eq!(read(&store, 3).await.by, maria);
}

#[tokio::test]
async fn a_record_is_erased_alone_on_memory() {
    a_record_is_erased_alone(Memory::new()).await;
}

#[tokio::test]
async fn a_record_is_erased_alone_on_postgres() {
    let server = crate::server::Server::start();
    a_record_is_erased_alone(server.store().await).await;
    let wrapped = "SELECT count(*) FILTER (WHERE wrapped IS NULL), count(*) FROM mattoni.key";
    assert_eq!(server.by_hand(wrapped), "1|3");
    let secret =
        "SELECT count(*) FROM mattoni.state WHERE position('reason' in encode(body, 'escape')) > 0";
    assert_eq!(server.by_hand(secret), "0");
}

async fn a_record_is_erased_alone(store: impl Store) {
    let store = Vault::open(store, personal(), ring(1)).await.unwrap();
    let maria = who(7, NAME);
    commit(&store, made(1, &maria, "the old reason")).await;
    commit(&store, made(2, &maria, "the new reason")).await;
    let stream = mattoni_store::Stream::of(Id::<Request>::from_u128(1));
    erase(&store, Erase::Stream(stream)).await;
    assert_eq!(read(&store, 1).await.by, who(7, "erased"));
    assert_eq!(read(&store, 2).await.by, maria);
    assert!(is_clean(&store).await);
}

#[tokio::test]
async fn an_older_backup_with_the_newest_keys_brings_back_nobody() {
    let dir = TempDir::new().unwrap();
    let store = vault_at(&dir.path().join("town.db")).await;
    let (maria, ugo) = (who(7, NAME), who(8, "Ugo Verdi"));
    commit(&store, made(1, &maria, "her reason")).await;
    commit(&store, made(2, &ugo, "his reason")).await;
    let backup = dir.path().join("monday.backup");
    let taken = store.store().back_up(&backup).await.unwrap();
    assert_eq!(taken.keys_left_out, 3, "one of each person and the ente's");
    let mut old_keys = Vec::new();
    copy_keys(&store, &mut old_keys).await.unwrap();
    erase(&store, Erase::Person(maria.id)).await;
    let mut new_keys = Vec::new();
    let copied = copy_keys(&store, &mut new_keys).await.unwrap();
    assert_eq!((copied.keys, copied.erased), (3, 1));

    let restored = vault_at(&backup).await;
    let closed = load::<Request>(&restored, &ente(), Id::from_u128(2)).await.unwrap_err();
    assert_eq!(closed.kind(), ErrorKind::Locked, "a backup alone opens nothing");
    assert!(verify(&restored, &ente(), |_| {}).await.unwrap().is_clean(), "and still verifies");
    // Whichever copy comes first: what was erased in one of them is erased.
    restore_keys(&restored, &mut old_keys.as_slice()).await.unwrap();
    assert_eq!(read(&restored, 1).await.by, maria);
    let again = restore_keys(&restored, &mut new_keys.as_slice()).await.unwrap();
    assert_eq!((again.keys, again.changed), (3, 1));
    let back = restore_keys(&restored, &mut old_keys.as_slice()).await.unwrap();
    assert_eq!(back.changed, 0, "an older copy brings nobody back");
    assert_eq!(read(&restored, 1).await.by, who(7, "erased"));
    assert_eq!(read(&restored, 2).await.by, ugo);
    assert!(is_clean(&restored).await);

    let torn = &new_keys[..new_keys.len() - 9];
    let error = restore_keys(&restored, &mut &*torn).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
}

#[tokio::test]
async fn another_master_key_opens_nothing_until_the_keys_are_under_it() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("town.db");
    let maria = who(7, NAME);
    {
        let store = vault_at(&path).await;
        commit(&store, made(1, &maria, "her reason")).await;
        commit(&store, made(2, &who(8, "Ugo"), "gone")).await;
        erase(&store, Erase::Person(Id::from_u128(8))).await;
    }
    let open = |ring| async { Vault::open(Sqlite::open(&path).unwrap(), personal(), ring).await };
    let wrong = open(ring(2)).await.unwrap_err();
    assert_eq!(wrong.kind(), ErrorKind::Locked);
    let names = (MasterKey::from_bytes([1; 32]).name(), MasterKey::from_bytes([2; 32]).name());
    assert_eq!(
        wrong.to_string(),
        format!(
            "the records are sealed under another master key, needed={}, given={}, ente=c_f051",
            names.0, names.1
        )
    );
    let both = ring(2).and_older(MasterKey::from_bytes([1; 32]));
    let store = open(both).await.unwrap();
    let before = store.scan(&ente(), 0, 99).await.unwrap();
    assert_eq!(store.rotate(&ente()).await.unwrap(), 2, "the ente's and hers; his is erased");
    assert_eq!(store.rotate(&ente()).await.unwrap(), 0);
    assert_eq!(store.scan(&ente(), 0, 99).await.unwrap(), before, "what is sealed stays");
    drop(store);
    assert_eq!(open(ring(1)).await.unwrap_err().kind(), ErrorKind::Locked);
    let store = open(ring(2)).await.unwrap();
    assert_eq!(read(&store, 1).await.by, maria);
    assert_eq!(read(&store, 2).await.by, who(8, "erased"));
    assert!(is_clean(&store).await);
}

#[tokio::test]
async fn without_a_key_the_chain_verifies_and_the_records_say_that_they_are_sealed() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("town.db");
    commit(&vault_at(&path).await, made(1, &who(7, NAME), "her reason")).await;
    let bare = Sqlite::open(&path).unwrap();
    let state = bare.streams(&ente(), "request", None, 1).await.unwrap();
    assert_eq!(Loaded::<Request>::read(&state[0]).unwrap_err().kind(), ErrorKind::Locked);
    let past = history::<Request>(&bare, &ente(), Id::from_u128(1)).await.unwrap_err();
    assert_eq!(past.kind(), ErrorKind::Locked);
    let store = Vault::without_key(bare);
    assert!(verify(&store, &ente(), |_| {}).await.unwrap().is_clean());
    let closed = load::<Request>(&store, &ente(), Id::from_u128(1)).await.unwrap_err();
    assert_eq!(closed.kind(), ErrorKind::Locked);
}

#[tokio::test]
async fn what_was_sealed_is_never_written_on_in_the_clear_whatever_is_missing() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("town.db");
    commit(&vault_at(&path).await, made(1, &who(7, NAME), "her reason")).await;
    // As a backup comes back: without keys, and whoever restored it has no key file.
    tamper(&path, "DELETE FROM key");
    let store = Vault::without_key(Sqlite::open(&path).unwrap());
    assert!(store.has_sealed(&ente()).await.unwrap());
    let batch = Batch::new(ente(), [made(2, &who(8, "Mario"), "in the clear").change]);
    let Err(CommitError::Failed(refused)) = store.commit(batch).await else {
        panic!("it was written in the clear")
    };
    assert_eq!(refused.kind(), ErrorKind::Locked);
    assert!(load::<Request>(&store, &ente(), Id::from_u128(2)).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_begin_to_seal_at_once_all_get_their_commits_in() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("town.db");
    let commits = (0..8).map(|n| {
        let path = path.clone();
        tokio::spawn(async move {
            let vault = vault_at(&path).await;
            commit(&vault, made(n + 1, &who(n + 20, NAME), "a reason")).await;
        })
    });
    for done in futures_util::future::join_all(commits).await {
        done.unwrap();
    }
    let vault = vault_at(&path).await;
    for n in 0..8 {
        assert_eq!(read(&vault, n + 1).await.by, who(n + 20, NAME));
    }
    assert!(is_clean(&vault).await);
}

/// Changes bytes of the file where the vault's guard has to see it.
fn tamper(path: &Path, sql: &str) {
    rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

#[tokio::test]
async fn sealed_values_open_nowhere_but_in_their_own_place() {
    let swaps = [
        // The state of one record into another, of the same person too.
        "UPDATE state SET body = (SELECT body FROM state s WHERE s.id = x'00000000000000000000000000000002')
         WHERE id = x'00000000000000000000000000000001'",
        // A state of an earlier version.
        "UPDATE state SET version = version + 1",
        // Another key for it.
        "UPDATE key SET wrapped = (SELECT wrapped FROM key k WHERE k.person != key.person AND k.kind != '')
         WHERE kind != ''",
        // Its key, as of another record.
        "UPDATE key SET stream = x'00000000000000000000000000000009'
         WHERE stream = x'00000000000000000000000000000001'",
        // One character of the ciphertext.
        "UPDATE state SET body = CAST(replace(CAST(body AS TEXT), '\"}', 'A\"}') AS BLOB)",
    ];
    for sql in swaps {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("town.db");
        {
            let store = vault_at(&path).await;
            commit(&store, made(1, &who(7, NAME), "one")).await;
            commit(&store, made(2, &who(7, NAME), "two")).await;
            commit(&store, made(3, &who(8, "Ugo"), "three")).await;
        }
        tamper(&path, sql);
        let store = vault_at(&path).await;
        let read = load::<Request>(&store, &ente(), Id::from_u128(1)).await;
        assert_eq!(read.unwrap_err().kind(), ErrorKind::Corrupt, "{sql}");
    }
}

#[tokio::test]
async fn the_sealed_form_stays_what_it_is() {
    let keys = include_str!("../golden/keys.v1.jsonl");
    let store = Vault::open(Memory::new(), personal(), ring(1)).await.unwrap();
    let restored = restore_keys(&store, &mut keys.as_bytes()).await.unwrap();
    assert_eq!((restored.keys, restored.erased), (3, 1));
    commit(&store, made(1, &who(7, "Maria"), "her reason")).await;
    then(&store, 1, RequestEvent::Decided { yes: true }).await.unwrap();
    // Sealed today under yesterday's keys, every byte is the same.
    let state = store.store().streams(&ente(), "request", None, 1).await.unwrap().remove(0);
    let rows = store.scan(&ente(), 0, 9).await.unwrap();
    let due = store.store().due(&ente(), act(9).at, 9).await.unwrap().remove(0);
    let bodies = rows.into_iter().map(|row| row.body).chain([due.payload, state.body]);
    let text: Vec<_> = bodies.map(|body| String::from_utf8(body).unwrap() + "\n").collect();
    expect_file!["../golden/sealed.v2.jsonl"].assert_eq(&text.concat());
    let mut again = Vec::new();
    copy_keys(&store, &mut again).await.unwrap();
    assert_eq!(String::from_utf8(again).unwrap(), keys);
}

#[tokio::test]
async fn the_first_sealed_form_is_read() {
    let store = Vault::open(Memory::new(), personal(), ring(1)).await.unwrap();
    restore_keys(&store, &mut include_str!("../golden/keys.v1.jsonl").as_bytes()).await.unwrap();
    let lines: Vec<&str> = include_str!("../golden/sealed.v1.jsonl").lines().collect();
    // Below the vault, as older software left it.
    let event = |name: &'static str, body: &str| NewEvent { name: name.into(), body: body.into() };
    let events = vec![event("request.made", lines[0]), event("request.decided", lines[1])];
    let stream = Stream::new("request", Id::from_u128(1));
    let old = Change::raw(stream, Version::NONE, act(0), events, lines[3].into());
    store.store().commit(Batch::new(ente(), [old])).await.unwrap();
    let state = read(&store, 1).await;
    assert_eq!((state.by, state.texts), (who(7, "Maria"), vec!["her reason".to_owned()]));
    assert_eq!(history::<Request>(&store, &ente(), Id::from_u128(1)).await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_was_erased_is_not_taken_in_again_under_the_same_name() {
    let store = Vault::open(Memory::new(), personal(), ring(1)).await.unwrap();
    commit(&store, made(1, &who(7, NAME), "her reason")).await;
    erase(&store, Erase::Person(Id::from_u128(7))).await;
    let mut keys = Vec::new();
    copy_keys(&store, &mut keys).await.unwrap();
    // A store that lost the record and kept the keys' copy, and the same import again.
    let restored = Vault::open(Memory::new(), personal(), ring(1)).await.unwrap();
    restore_keys(&restored, &mut keys.as_slice()).await.unwrap();
    let again = Batch::new(ente(), [made(1, &who(7, NAME), "her reason").change]);
    assert!(matches!(restored.commit(again).await, Err(CommitError::Refused(_))));
}

#[tokio::test]
async fn a_store_from_before_there_were_keys_is_sealed_from_now_on() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("town.db");
    commit(&Sqlite::open(&path).unwrap(), made(1, &who(7, NAME), "in the open")).await;
    let store = vault_at(&path).await;
    let said = || RequestEvent::Said { text: "behind glass".into() };
    match then(&store, 1, said()).await {
        Err(CommitError::Failed(error)) => assert_eq!(error.kind(), ErrorKind::Locked),
        other => panic!("a backup without its keys looks the same: {other:?}"),
    }
    store.begin_sealing(&ente()).await.unwrap();
    then(&store, 1, said()).await.unwrap();
    assert_eq!(read(&store, 1).await.texts, ["in the open", "behind glass"]);
    assert!(is_clean(&store).await);
    assert!(!stands_in(dir.path(), b"behind glass"));
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[a-z\"\\\\{}$]{0,12}"]
}

fn event() -> impl Strategy<Value = RequestEvent> {
    prop_oneof![
        (1..5_u128, name()).prop_map(|(id, name)| RequestEvent::Joined { who: who(id, &name) }),
        name().prop_map(|text| RequestEvent::Said { text }),
        any::<bool>().prop_map(|yes| RequestEvent::Decided { yes }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_sealed_store_reads_like_a_plain_one(
        maker in name(), text in name(), events in prop::collection::vec(event(), 0..6),
        erased in 1..5_u128,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let plain = Memory::new();
            let sealed = Vault::open(Memory::new(), personal(), ring(1)).await.unwrap();
            let mut first = made(1, &who(1, &maker), &text).change;
            first.projection = Projection::default();
            first.effects.clear();
            plain.commit(Batch::new(ente(), [first.clone()])).await.unwrap();
            sealed.commit(Batch::new(ente(), [first])).await.unwrap();
            for event in &events {
                then(&plain, 1, event.clone()).await.unwrap();
                then(&sealed, 1, event.clone()).await.unwrap();
            }
            let (stream, all) = (mattoni_store::Stream::of(Id::<Request>::from_u128(1)), 99);
            let states = (plain.load(&ente(), &stream).await.unwrap(), sealed.load(&ente(), &stream).await.unwrap());
            prop_assert_eq!(states.0, states.1, "byte for byte");
            let none = mattoni_store::Version::NONE;
            let rows = (plain.history(&ente(), &stream, none, all).await.unwrap(), sealed.history(&ente(), &stream, none, all).await.unwrap());
            let bodies = |rows: &[mattoni_store::Recorded]| rows.iter().map(|row| row.body.clone()).collect::<Vec<_>>();
            prop_assert_eq!(bodies(&rows.0), bodies(&rows.1));
            erase(&sealed, Erase::Person(Id::from_u128(erased))).await;
            prop_assert!(is_clean(&sealed).await);
            let there = read(&sealed, 1).await;
            prop_assert!(there.others.iter().all(|other| other.id.as_u128() != erased || other.name == "erased"));
            Ok(())
        })?;
    }
}
