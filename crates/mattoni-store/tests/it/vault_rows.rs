//! Rows of lists are sealed as all else is, and opened by the page.

use mattoni_core::Id;
use mattoni_store::{
    Batch, CommitError, Erase, ErrorKind, List, ListEntry, Lists, Memory, Owners, Projection,
    Reprojected, Span, Store, Stream, Vault, Version, load,
};

use crate::support::{act, ente, hung};
use crate::vault::{Request, RequestEvent, made, personal, ring, who};

const OPEN: List = List::plain("open");
const NAME: &str = "Maria-Grazia Quattrocchi";

fn projection(row: &str) -> Projection {
    Projection::new().version(1).entry(ListEntry::new(OPEN, "all", "1").with_row()).row(row)
}

fn row_of(name: &str) -> String {
    format!(r#"{{"by":{{"id":"{}","name":"{name}"}},"since":"yesterday"}}"#, id(7))
}

fn id(number: u128) -> Id<Stream> {
    Id::from_u128(number)
}

async fn rows(store: &impl Store) -> Vec<String> {
    let span = Span::new(OPEN, "all");
    let rows = store.rows(&ente(), "request", &span, None, 9).await.unwrap();
    rows.into_iter().map(|row| row.row).collect()
}

async fn open(store: Memory) -> Vault<Memory> {
    Vault::open(store, personal(), ring(1)).await.unwrap()
}

async fn commit(store: &impl Store, change: mattoni_store::Change) {
    store.commit(Batch::new(ente(), [change])).await.unwrap();
}

#[tokio::test]
async fn a_row_is_sealed_below_and_opened_above_until_its_person_is_erased() {
    let store = open(Memory::new()).await;
    let request = made(1, &who(7, NAME), "a reason").change;
    commit(&store, request.with_projection(projection(&row_of(NAME)))).await;
    assert_eq!(rows(&store).await, [row_of(NAME)]);
    let below = rows(store.store()).await;
    assert!(!below[0].contains("Quattrocchi") && below[0].contains("yesterday"), "{below:?}");

    let there = load::<Request>(&store, &ente(), Id::from_u128(1)).await.unwrap().unwrap();
    let said = [RequestEvent::Said { text: "more".into() }];
    let change = there.next(&act(1), &said).unwrap().change;
    let change = change.with_owners(Owners::subject(Id::from_u128(7)));
    commit(&store, change.with_projection(projection(&row_of(NAME)))).await;
    assert_eq!(rows(store.store()).await, below, "the same row is not written again");

    let note = hung(900, "erasure").change.with_erases([Erase::Person(Id::from_u128(7))]);
    commit(&store, note).await;
    assert_eq!(rows(&store).await, [row_of("erased")]);
    let anew = Reprojected {
        stream: Stream::new("request", id(1)),
        version: Version::new(2),
        projection: projection(&row_of(NAME)),
        owners: Owners::subject(Id::from_u128(7)),
    };
    store.reproject(&ente(), vec![anew]).await.unwrap();
    assert_eq!(rows(&store).await, [row_of("erased")], "who was erased is in no row");
    assert!(!rows(store.store()).await[0].contains("Quattrocchi"));
}

#[tokio::test]
async fn records_from_before_sealing_are_reprojected_under_keys_of_their_own() {
    let plain = Memory::new();
    commit(&plain, made(1, &who(7, NAME), "a reason").change).await;
    let store = open(plain).await;
    let anew = || Reprojected {
        stream: Stream::new("request", id(1)),
        version: Version::new(1),
        projection: projection(&row_of(NAME)),
        owners: Owners::subject(Id::from_u128(7)),
    };
    // A backup whose keys are still to be taken in looks like this too.
    let locked = store.reproject(&ente(), vec![anew()]).await.unwrap_err();
    assert!(matches!(locked, CommitError::Failed(e) if e.kind() == ErrorKind::Locked));
    store.begin_sealing(&ente()).await.unwrap();
    assert_eq!(store.reproject(&ente(), vec![anew()]).await.unwrap(), 1);
    assert_eq!(rows(&store).await, [row_of(NAME)]);
    assert!(!rows(store.store()).await[0].contains("Quattrocchi"));
    assert_eq!(store.reproject(&ente(), vec![anew()]).await.unwrap(), 1, "twice is once");
}
