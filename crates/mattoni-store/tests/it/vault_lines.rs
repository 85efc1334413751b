//! What lists tell of people is sealed as all else is, and opened by the page.

use mattoni_core::Id;
use mattoni_store::{
    Batch, CommitError, Erase, ErrorKind, Line, Listing, Lists, Memory, Place, Relisted, Span,
    Store, Stream, Vault, Version, load,
};

use crate::support::{act, ente, hung};
use crate::vault::{Request, RequestEvent, made, ring, secrets, who};

const NAME: &str = "Maria-Grazia Quattrocchi";

fn listing(telling: &str) -> Listing {
    Listing::new(1).at(Place::new("open", "all", "1").with_line()).telling(telling)
}

fn told_of(name: &str) -> String {
    format!(r#"{{"by":{{"id":"{}","name":"{name}"}},"since":"yesterday"}}"#, id(7))
}

fn id(number: u128) -> Id<Stream> {
    Id::from_u128(number)
}

async fn lines(store: &impl Store) -> Vec<String> {
    let span = Span::new("open", "all");
    let lines: Vec<Line> = store.lines(&ente(), "request", &span, None, 9).await.unwrap();
    lines.into_iter().map(|line| line.text).collect()
}

async fn open(store: Memory) -> Vault<Memory> {
    Vault::open(store, secrets(), ring(1)).await.unwrap()
}

async fn commit(store: &impl Store, change: mattoni_store::Change) {
    store.commit(Batch::new(ente(), [change])).await.unwrap();
}

#[tokio::test]
async fn a_line_is_sealed_below_and_opened_above_until_its_person_is_erased() {
    let store = open(Memory::new()).await;
    let request = made(1, &who(7, NAME), "a reason").change;
    commit(&store, request.with_listing(listing(&told_of(NAME)))).await;
    assert_eq!(lines(&store).await, [told_of(NAME)]);
    let below = lines(store.store()).await;
    assert!(!below[0].contains("Quattrocchi") && below[0].contains("yesterday"), "{below:?}");

    let there = load::<Request>(&store, &ente(), Id::from_u128(1)).await.unwrap().unwrap();
    let said = [RequestEvent::Said { text: "more".into() }];
    let change = there.next(&act(1), &said).unwrap().change;
    commit(&store, change.with_listing(listing(&told_of(NAME)))).await;
    assert_eq!(lines(store.store()).await, below, "what is told again is not written again");

    let note = hung(900, "erasure").change.with_erases([Erase::Person(Id::from_u128(7))]);
    commit(&store, note).await;
    assert_eq!(lines(&store).await, [told_of("erased")]);
    let anew = Relisted {
        stream: Stream::new("request", id(1)),
        version: Version::new(2),
        listing: listing(&told_of(NAME)),
    };
    store.relist(&ente(), vec![anew]).await.unwrap();
    assert_eq!(lines(&store).await, [told_of("erased")], "nothing is told of who was erased");
    assert!(!lines(store.store()).await[0].contains("Quattrocchi"));
}

#[tokio::test]
async fn records_from_before_sealing_are_listed_anew_under_keys_of_their_own() {
    let plain = Memory::new();
    commit(&plain, made(1, &who(7, NAME), "a reason").change).await;
    let store = open(plain).await;
    let anew = || Relisted {
        stream: Stream::new("request", id(1)),
        version: Version::new(1),
        listing: listing(&told_of(NAME)),
    };
    // A backup whose keys are still to be taken in looks like this too.
    let locked = store.relist(&ente(), vec![anew()]).await.unwrap_err();
    assert!(matches!(locked, CommitError::Failed(e) if e.kind() == ErrorKind::Locked));
    store.begin_sealing(&ente()).await.unwrap();
    assert_eq!(store.relist(&ente(), vec![anew()]).await.unwrap(), 1);
    assert_eq!(lines(&store).await, [told_of(NAME)]);
    assert!(!lines(store.store()).await[0].contains("Quattrocchi"));
    assert_eq!(store.relist(&ente(), vec![anew()]).await.unwrap(), 1, "twice is once");
}
