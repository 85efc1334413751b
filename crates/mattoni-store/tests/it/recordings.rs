//! A recording of a record becomes one change, and what is personal in it is sealed as the record's
//! marks say.

use std::collections::BTreeMap;
use std::sync::Arc;

use mattoni_core::record::Recipient;
use mattoni_core::record::{
    AccessRefusal, Brick, Bricks, ERASED, Facts, List, ListEntry, NoVerb, Owners, Personal,
    Projection, Record, RecordRef, Recording, Register, Retention, Sight, Subject, Tell,
};
use mattoni_core::value::Value;
use mattoni_core::{Act, Aggregate, Digest, DomainEvent, Id, Person, Problems, fold};
use mattoni_store::{
    Batch, Change, CommitError, Effect, Erase, Journal, Lists, Loaded, Memory, Outbox, Reprojected,
    Sqlite, Store, Stream, Vault, Version, collect, history, load, load_many, verify,
    verify_states,
};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::support::{act, ente, hung};
use crate::vault::ring;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case", tag = "event")]
enum Event {
    Asked {
        by: Option<Id<Person>>,
        guest: Option<Id<Person>>,
        #[personal]
        reason: String,
    },
    Answered {
        #[personal(of = "guest")]
        text: String,
    },
}

impl DomainEvent for Event {
    fn name(&self) -> &'static str {
        match self {
            Self::Asked { .. } => "loan.asked",
            Self::Answered { .. } => "loan.answered",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
struct Loan {
    by: Option<Id<Person>>,
    guest: Option<Id<Person>>,
    #[personal]
    reason: String,
    #[personal(of = "guest")]
    answer: Option<String>,
}

impl Aggregate for Loan {
    const KIND: &'static str = "loan";
    type Event = Event;

    fn open(event: &Event) -> Option<Self> {
        let Event::Asked { by, guest, reason } = event else { return None };
        Some(Self { by: *by, guest: *guest, reason: reason.clone(), answer: None })
    }

    fn apply(&mut self, event: &Event) {
        if let Event::Answered { text } = event {
            self.answer = Some(text.clone());
        }
    }
}

mattoni_core::orders! {
    /// What a loan asks of others.
    enum LoanOrder { Register, Tell }
}

#[derive(Debug, Serialize, Deserialize, Personal)]
struct Row {
    #[personal]
    reason: String,
}

const ALL: List = List::plain("all");

impl Record for Loan {
    const TITLE: &'static str = "prestito";
    type Verb = NoVerb;
    type Orders = LoanOrder;
    type Row = Row;
    const PROJECTION: u32 = 3;
    const LISTS: &'static [List] = &[ALL];

    fn verb_of(_: &Event) -> Option<NoVerb> {
        None
    }

    fn act_of(_: &Event) -> Option<&Act> {
        None
    }

    fn projection(&self) -> Projection {
        let key = self.by.map(|by| by.to_string());
        let all = Projection::new().entry(ListEntry::new(ALL, "all", "").with_row());
        key.into_iter().fold(all, |all, by| all.unique("by", by))
    }

    fn row(&self) -> Row {
        Row { reason: self.reason.clone() }
    }

    fn owners(&self) -> Owners {
        let owners = self.by.map_or_else(Owners::none, Owners::subject);
        self.guest.into_iter().fold(owners, |owners, guest| owners.with("guest", guest))
    }

    fn orders(&self, event: &Event) -> Vec<LoanOrder> {
        let of = RecordRef::new(Self::KIND, Id::from_u128(1));
        match event {
            Event::Asked { reason, .. } => {
                let tell = Tell::new(of.clone(), Recipient::Office, "loan.asked");
                let tell = tell.with("reason", Value::Text(reason.clone()));
                vec![Register { of, document: "loan".to_owned() }.into(), tell.into()]
            }
            Event::Answered { .. } => {
                vec![Tell::new(of, Recipient::Applicant, "loan.answered").into()]
            }
        }
    }

    fn sight(&self, _: &Subject) -> Sight {
        Sight::Everything
    }

    fn may(&self, _: &Subject, verb: NoVerb) -> Result<(), AccessRefusal> {
        match verb {}
    }

    fn blobs(&self) -> Vec<Digest> {
        Vec::new()
    }

    fn retention(&self) -> Retention {
        Retention::UnderWay
    }

    fn facts(&self, _: &mut Facts) {}
}

fn bricks() -> Bricks {
    Bricks::new().with(Brick::new("loans").with::<Loan>())
}

fn person(n: u128) -> Id<Person> {
    Id::from_u128(n)
}

fn asked(by: Option<u128>, guest: Option<u128>) -> Event {
    let (by, guest) = (by.map(person), guest.map(person));
    Event::Asked { by, guest, reason: "a private reason".to_owned() }
}

fn answered() -> Event {
    Event::Answered { text: "a private answer".to_owned() }
}

fn recorded(id: u128, expected: u64, events: &[Event], before: &[Event]) -> Change {
    let state = fold::<Loan>(before.iter().chain(events)).unwrap();
    Change::of(Recording::of(Id::from_u128(id), expected, &act(0), events, &state).unwrap())
}

async fn vault(store: Memory) -> Vault<Memory> {
    Vault::open(store, bricks().personal(), ring(1)).await.unwrap()
}

async fn commit(store: &dyn Store, change: Change) {
    store.commit(Batch::new(ente(), [change])).await.unwrap();
}

fn codes(refused: CommitError) -> Vec<String> {
    let CommitError::Refused(problems) = refused else { panic!("not {refused:?}") };
    let problems: Problems = problems;
    problems.iter().map(|problem| problem.code.to_string()).collect()
}

#[test]
fn orders_become_effects_named_by_stream_version_and_number() {
    let change = recorded(1, 0, &[asked(Some(7), None), answered()], &[]);
    let keys: Vec<_> = change.effects.iter().map(|effect| effect.key.as_str()).collect();
    let stream = "loan/00000000-0000-0000-0000-000000000001";
    let expected = ["1/0", "1/1", "2/0"].map(|end| format!("{stream}/{end}"));
    assert_eq!(keys, expected);
    let topics: Vec<_> = change.effects.iter().map(|effect| &*effect.topic).collect();
    assert_eq!(topics, ["registry.register", "message.tell", "message.tell"]);
    assert_eq!((change.expected, change.leads_to()), (Version::NONE, Version::new(2)));
    assert_eq!(change.projection.version, 3);
    assert_eq!(change.projection.row, r#"{"reason":"a private reason"}"#);
    assert_eq!(change.owners, Owners::subject(person(7)));

    let later = recorded(1, 1, &[answered()], &[asked(Some(7), None)]);
    assert_eq!(later.effects[0].key, format!("{stream}/2/0"));
}

#[tokio::test]
async fn each_value_is_sealed_under_the_key_of_its_owner() {
    let store = vault(Memory::new()).await;
    let first = [asked(Some(7), Some(8))];
    commit(&store, recorded(1, 0, &first, &[])).await;
    commit(&store, recorded(1, 1, &[answered()], &first)).await;
    let owners: BTreeMap<_, _> = mattoni_store::Keys::keys_of(&store, &ente(), &[stream(1)])
        .await
        .unwrap()
        .into_iter()
        .filter_map(|key| match key.of {
            mattoni_store::KeyFor::Person { person, .. } => Some((person.as_u128(), key.id)),
            _ => None,
        })
        .collect();
    assert_eq!(owners.keys().copied().collect::<Vec<_>>(), [7, 8]);
    below_is_sealed(&store).await;

    erase(&store, Erase::Person(person(8))).await;
    let loan = load::<Loan>(&store, &ente(), Id::from_u128(1)).await.unwrap().unwrap().state;
    assert_eq!((loan.reason.as_str(), loan.answer.as_deref()), ("a private reason", Some(ERASED)));
    erase(&store, Erase::Person(person(7))).await;
    let loan = load::<Loan>(&store, &ente(), Id::from_u128(1)).await.unwrap().unwrap().state;
    assert_eq!(loan.reason, ERASED);
    let due = store.due(&ente(), act(9).at, 9).await.unwrap();
    let told: Vec<_> = due.iter().map(|effect| String::from_utf8_lossy(&effect.payload)).collect();
    assert!(!told.concat().contains("private"), "{told:?}");
    assert!(verify(&store, &ente(), |_| {}).await.unwrap().is_clean());
    let states = verify_states(&store, &ente(), &bricks(), |_| {}).await.unwrap();
    assert!(states.is_clean(), "{:?}", states.findings);
}

fn stream(id: u128) -> Stream {
    Stream::of(Id::<Loan>::from_u128(id))
}

async fn below_is_sealed(store: &Vault<Memory>) {
    let below = store.store();
    let mut bodies: Vec<Vec<u8>> = Vec::new();
    bodies.extend(below.scan(&ente(), 0, 99).await.unwrap().into_iter().map(|row| row.body));
    bodies
        .extend(below.streams(&ente(), "loan", None, 9).await.unwrap().into_iter().map(|s| s.body));
    bodies.extend(below.due(&ente(), act(9).at, 9).await.unwrap().into_iter().map(|e| e.payload));
    let span = mattoni_store::Span::new(ALL, "all");
    let rows = below.rows(&ente(), "loan", &span, None, 9).await.unwrap();
    bodies.extend(rows.into_iter().map(|row| row.row.into_bytes()));
    for body in bodies {
        let body = String::from_utf8(body).unwrap();
        assert!(!body.contains("private"), "{body}");
    }
}

async fn erase(store: &dyn Store, what: Erase) {
    // Any record may say why; this one says nothing personal of anybody.
    let id = match &what {
        Erase::Person(person) => 1000 + person.as_u128(),
        _ => 2000,
    };
    let change = recorded(id, 0, &[asked(None, None)], &[]).with_erases([what]);
    commit(store, change).await;
}

#[tokio::test]
async fn what_is_nobodys_is_sealed_under_a_key_of_the_record() {
    let store = vault(Memory::new()).await;
    commit(&store, recorded(5, 0, &[asked(None, None), answered()], &[])).await;
    below_is_sealed(&store).await;
    let keys = mattoni_store::Keys::keys_of(&store, &ente(), &[stream(5)]).await.unwrap();
    let of = mattoni_store::KeyFor::Person { stream: stream(5), person: person(5) };
    assert_eq!(keys.iter().map(|key| &key.of).collect::<Vec<_>>(), [&of]);
    erase(&store, Erase::Stream(stream(5))).await;
    let loan = load::<Loan>(&store, &ente(), Id::from_u128(5)).await.unwrap().unwrap().state;
    assert_eq!((loan.reason.as_str(), loan.answer.as_deref()), (ERASED, Some(ERASED)));
    let past = history::<Loan>(&store, &ente(), Id::from_u128(5)).await.unwrap();
    assert_eq!(past[1].event, Event::Answered { text: ERASED.to_owned() });
}

#[tokio::test]
async fn what_the_vault_does_not_know_is_refused() {
    let store = vault(Memory::new()).await;
    let lamp = || hung(1, "a").change;
    let refused = store.commit(Batch::new(ente(), [lamp()])).await.unwrap_err();
    assert_eq!(codes(refused), ["store.sealed.unknown-kind"]);
    let (stream, projection) = (lamp().stream, lamp().projection);
    let (version, owners) = (Version::new(1), Owners::none());
    let anew = Reprojected { stream, version, projection, owners };
    let refused = store.reproject(&ente(), vec![anew]).await.unwrap_err();
    assert_eq!(codes(refused), ["store.sealed.unknown-kind"]);
    let stray = Effect::new("k", "door.open", "{}");
    let stray = recorded(1, 0, &[asked(None, None)], &[]).with_effects([stray]);
    let refused = store.commit(Batch::new(ente(), [stray])).await.unwrap_err();
    assert_eq!(codes(refused), ["store.sealed.unknown-topic"]);
    let reserved = Event::Answered { text: String::new() };
    let mut change = recorded(1, 0, &[asked(None, None), reserved], &[]);
    change.events[1].body = br#"{"event":"answered","text":{"$sealed":"1:text:x:"}}"#.to_vec();
    let refused = store.commit(Batch::new(ente(), [change])).await.unwrap_err();
    assert_eq!(codes(refused), ["store.sealed.reserved"]);
    assert_eq!(store.head(&ente()).await.unwrap(), None, "nothing was written");
}

#[tokio::test]
async fn a_shared_store_is_a_store() {
    let dir = TempDir::new().unwrap();
    let sqlite: Arc<dyn Store> = Arc::new(Sqlite::open(dir.path().join("town.db")).unwrap());
    let vault = Vault::open(Arc::clone(&sqlite), bricks().personal(), ring(1)).await.unwrap();
    let store: Arc<dyn Store> = Arc::new(vault);
    for id in [3, 1, 2] {
        let by = Some(100 + id);
        commit(&*store, recorded(id, 0, &[asked(by, None)], &[])).await;
    }
    let ids = [2, 9, 3].map(Id::<Loan>::from_u128);
    let many = load_many(&*store, &ente(), &ids).await.unwrap();
    let found: Vec<_> = many.iter().map(|loan: &Loaded<Loan>| loan.id.as_u128()).collect();
    assert_eq!(found, [2, 3]);
    assert_eq!(many[0].state.reason, "a private reason");
    let by = person(101).to_string();
    let holder = store.holder(&ente(), "loan", "by", &by).await.unwrap().unwrap();
    assert_eq!(holder.stream, stream(1));
    let report = verify_states(&store, &ente(), &bricks(), |_| {}).await.unwrap();
    assert_eq!((report.states, report.is_clean()), (3, true));
    let grace = chrono::TimeDelta::days(1);
    let collected = collect(&store, &ente(), &bricks(), act(0).at, grace, |_| {}).await.unwrap();
    assert!(collected.unknown_kinds.is_empty());
    assert!(sqlite.head(&ente()).await.unwrap().is_some());
}
