//! Aggregates in, aggregates out.

use mattoni_core::{Id, Refusal};
use mattoni_store::{
    Batch, ErrorKind, Journal, Loaded, Memory, Next, Past, Stream, Version, history, load,
};

use crate::support::{Lamp, LampEvent, act, ente, hung, lit};

#[tokio::test]
async fn what_was_committed_is_loaded_with_its_history() {
    let store = Memory::new();
    let id = Id::<Lamp>::from_u128(7);
    assert_eq!(load(&store, &ente(), id).await.unwrap(), None);

    let next = hung(7, "stairs");
    store.commit(Batch::new(ente(), [next.change])).await.unwrap();
    let lamp = load(&store, &ente(), id).await.unwrap().unwrap();
    assert_eq!(lamp, Loaded { id, version: Version::new(1), state: next.state });

    let next = lit(lamp, 60);
    store.commit(Batch::new(ente(), [next.change])).await.unwrap();
    let past = history(&store, &ente(), id).await.unwrap();
    assert_eq!(
        past.iter().map(|past| past.event.clone()).collect::<Vec<_>>(),
        [LampEvent::Hung { hall: "stairs".to_owned() }, LampEvent::Lit { watts: 60 }]
    );
    assert_eq!(past[1].act, act(60));
}

#[test]
fn a_history_begins_with_an_opening_event() {
    let refused = Next::<Lamp>::open(Id::from_u128(1), &act(0), &[LampEvent::Lit { watts: 1 }]);
    let codes: Vec<_> =
        refused.unwrap_err().problems().into_iter().map(|p| p.code.into_owned()).collect();
    assert_eq!(codes, ["store.opening"]);
    assert!(Next::<Lamp>::open(Id::from_u128(1), &act(0), &[]).is_err());
}

#[tokio::test]
async fn bytes_of_another_kind_or_form_are_an_error_with_a_cause() {
    let store = Memory::new();
    let mut change = hung(1, "a").change;
    change.state = b"{}".to_vec();
    change.events[0].body = b"?".to_vec();
    store.commit(Batch::new(ente(), [change])).await.unwrap();

    let error = load::<Lamp>(&store, &ente(), Id::from_u128(1)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
    assert!(!error.temporary());
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(!error.to_string().contains(&cause), "the cause is given once");

    let rows = store.scan(&ente(), 0, 9).await.unwrap();
    let error = Past::<LampEvent>::read(&rows[0]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);

    let mut stored =
        store.load(&ente(), &Stream::new("lamp", Id::from_u128(1))).await.unwrap().unwrap();
    stored.stream.kind = "fan".into();
    assert_eq!(Loaded::<Lamp>::read(&stored).unwrap_err().kind(), ErrorKind::Unreadable);
}
