//! A small aggregate, and stores to try things on.

use chrono::DateTime;
use mattoni_core::{Act, Actor, Aggregate, DomainEvent, EnteId, Id};
use mattoni_store::{Batch, Facet, Journal, Loaded, Next, Sqlite, load};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub(crate) enum LampEvent {
    Hung { hall: String },
    Lit { watts: u32 },
}

impl DomainEvent for LampEvent {
    fn name(&self) -> &'static str {
        match self {
            Self::Hung { .. } => "lamp.hung",
            Self::Lit { .. } => "lamp.lit",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lamp {
    pub(crate) hall: String,
    pub(crate) watts: u32,
    #[serde(default)]
    pub(crate) times: u32,
}

impl Aggregate for Lamp {
    const KIND: &'static str = "lamp";
    type Event = LampEvent;

    fn open(event: &LampEvent) -> Option<Self> {
        match event {
            LampEvent::Hung { hall } => Some(Self { hall: hall.clone(), watts: 0, times: 0 }),
            LampEvent::Lit { .. } => None,
        }
    }

    fn apply(&mut self, event: &LampEvent) {
        match event {
            LampEvent::Hung { hall } => self.hall.clone_from(hall),
            LampEvent::Lit { watts } => {
                self.watts = *watts;
                self.times += 1;
            }
        }
    }
}

pub(crate) fn ente() -> EnteId {
    "c_f051".parse().unwrap()
}

pub(crate) fn act(second: i64) -> Act {
    let at = DateTime::from_timestamp(1_770_000_000 + second, 654_321_000).unwrap();
    Act::new(at, Actor::Operator("m.rossi".to_owned()))
}

pub(crate) fn hung(id: u128, hall: &str) -> Next<Lamp> {
    let event = LampEvent::Hung { hall: hall.to_owned() };
    let mut next = Next::open(Id::from_u128(id), &act(0), &[event]).unwrap();
    next.change.facets.push(Facet::plain("hall", hall));
    next
}

pub(crate) fn lit(lamp: Loaded<Lamp>, watts: u32) -> Next<Lamp> {
    let hall = lamp.state.hall.clone();
    let mut next = lamp.next(&act(i64::from(watts)), &[LampEvent::Lit { watts }]).unwrap();
    next.change.facets.push(Facet::plain("hall", hall));
    next
}

/// A file with `lamps` lamps, each hung and lit twice, in interleaved order.
pub(crate) async fn town(dir: &TempDir, lamps: u128) -> Sqlite {
    let store = Sqlite::open(dir.path().join("town.db")).unwrap();
    let first = (1..=lamps).map(|id| hung(id, "a").change);
    store.commit(Batch::new(ente(), first)).await.unwrap();
    for watts in [40, 60] {
        for id in 1..=lamps {
            let lamp = load::<Lamp>(&store, &ente(), Id::from_u128(id)).await.unwrap().unwrap();
            store.commit(Batch::new(ente(), [lit(lamp, watts).change])).await.unwrap();
        }
    }
    store
}
