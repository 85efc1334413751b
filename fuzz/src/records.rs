//! What a store gives back: states, events, sealed bodies. Whoever can write to the store's file can
//! put anything there.

use std::sync::LazyLock;

use mattoni_core::calendar::LegalCalendar;
use mattoni_core::record::{AnyState, Bricks, Happened, RecordKind};
use mattoni_core::{Act, Actor, EnteId, Id};
use mattoni_practice::Practice;
use mattoni_store::{
    Batch, Change, Journal, KeyRing, MasterKey, Memory, NewEvent, Stream, Vault, Version,
};

use crate::fixture::{at, maria};
use crate::form;
use crate::moves::subjects;

/// The kinds of record that the command knows.
static BRICKS: LazyLock<Bricks> =
    LazyLock::new(|| mattoni_office::bricks().with(mattoni_desk::brick()));

/// The first line is a kind of record, the second its state, each after it an event; or the first is
/// `sealed KIND`, and both go through a vault.
pub(crate) fn target(bytes: &[u8]) {
    let Some((kind, rest)) = form(bytes) else { return };
    let (sealed, kind) = match kind.strip_prefix("sealed ") {
        Some(kind) => (true, kind),
        None => (false, kind),
    };
    let Some(kind) = BRICKS.kind(kind) else { return };
    let mut lines = rest.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let state = lines.next().unwrap_or_default();
    let events: Vec<&[u8]> = lines.collect();
    if sealed {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(through_a_vault(kind, state, &events));
    } else {
        read(kind, state, &events);
    }
}

/// Everything the shell asks of a record: it answers, or says why not.
fn read(kind: &dyn RecordKind, state: &[u8], events: &[&[u8]]) {
    for event in events {
        let _ = kind.event_italian(event);
    }
    let states = [kind.read(state).ok(), kind.fold(events).ok().flatten()];
    for state in states.into_iter().flatten() {
        let again = kind.read(&state.json()).unwrap();
        assert_eq!(again.json(), state.json());
        ask(kind, &*state, events);
    }
}

fn ask(kind: &dyn RecordKind, state: &dyn AnyState, events: &[&[u8]]) {
    let _ = (state.projection(), state.owners(), state.blobs(), state.retention());
    let _ = (state.next_due(), state.facts());
    for who in subjects("c_f051") {
        let shown = state.shown_to(&who);
        for verb in kind.verbs() {
            assert!(!state.may(&who, verb.name) || shown.is_some(), "{} unseen", verb.name);
        }
        for event in events {
            let _ = state.knows(&who, event);
        }
    }
    let clock = Act::new(at(30), Actor::System("clock".to_owned()));
    let today = at(30).date_naive();
    let calendar = LegalCalendar::national();
    let _ = state.day_work(Id::from_u128(7), 1, &clock, &calendar, today);
    let happened = |(number, event): (u64, &&[u8])| Happened {
        number,
        act: clock.clone(),
        event: event.to_vec(),
    };
    let history: Vec<_> = (1..).zip(events).map(happened).collect();
    let _ = state.disclose(maria().id, &history);
}

/// The state and the events as somebody put them below a vault: read through it, or a fault.
async fn through_a_vault(kind: &dyn RecordKind, state: &[u8], events: &[&[u8]]) {
    let ente: EnteId = "c_f051".parse().unwrap();
    let ring = KeyRing::new(MasterKey::from_bytes([7; 32]));
    let vault = Vault::open(Memory::new(), BRICKS.personal(), ring).await.unwrap();
    let stream = Stream::new(kind.kind(), Id::from_u128(7));
    let act = Act::new(at(0), Actor::System("clock".to_owned()));
    let new = |body: &&[u8]| NewEvent { name: "any.event".into(), body: body.to_vec() };
    let change = Change::raw(
        stream.clone(),
        Version::NONE,
        act,
        events.iter().map(new).collect(),
        state.to_vec(),
    );
    if vault.store().commit(Batch::new(ente.clone(), [change])).await.is_err() {
        return;
    }
    if let Ok(Some(stored)) = vault.load(&ente, &stream).await
        && let Ok(json) = stored.json()
    {
        read(kind, json, &[]);
    }
    let _ = mattoni_store::history::<Practice>(&vault, &ente, Id::from_u128(7)).await;
    let _ = vault.scan(&ente, 0, 100).await;
}
