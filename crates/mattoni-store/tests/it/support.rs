//! A small aggregate, and stores to try things on.

use chrono::DateTime;
use mattoni_core::record::{Brick, Bricks, List, ListEntry, Marks, Personal, Projection};
use mattoni_core::{Act, Actor, Aggregate, DomainEvent, EnteId, Id};
use mattoni_store::{Batch, Journal, Loaded, Next, Sqlite, load};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

/// Makes an aggregate a record as far as folding it needs one.
macro_rules! record {
    ($ty:ty, $event:ty) => {
        impl mattoni_core::record::Record for $ty {
            const TITLE: &'static str = "prova";
            type Verb = mattoni_core::record::NoVerb;
            type Orders = mattoni_core::record::NoOrders;
            type Row = ();
            const PROJECTION: u32 = 1;
            const LISTS: &'static [mattoni_core::record::List] = &[];

            fn verb_of(_: &$event) -> Option<Self::Verb> {
                None
            }

            fn act_of(_: &$event) -> Option<&mattoni_core::Act> {
                None
            }

            fn projection(&self) -> mattoni_core::record::Projection {
                mattoni_core::record::Projection::new()
            }

            fn row(&self) {}

            fn owners(&self) -> mattoni_core::record::Owners {
                mattoni_core::record::Owners::none()
            }

            fn orders(&self, _: &$event) -> Vec<Self::Orders> {
                Vec::new()
            }

            fn sight(&self, _: &mattoni_core::record::Subject) -> mattoni_core::record::Sight {
                mattoni_core::record::Sight::Everything
            }

            fn may(
                &self,
                _: &mattoni_core::record::Subject,
                verb: Self::Verb,
            ) -> Result<(), mattoni_core::record::AccessRefusal> {
                match verb {}
            }

            fn blobs(&self) -> Vec<mattoni_core::Digest> {
                Vec::new()
            }

            fn retention(&self) -> mattoni_core::record::Retention {
                mattoni_core::record::Retention::Forever
            }

            fn facts(&self, _: &mut mattoni_core::record::Facts) {}
        }
    };
}
pub(crate) use record;

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

impl Personal for Lamp {
    fn mark(_: &mut Marks) {}
}

impl Personal for LampEvent {
    fn mark(_: &mut Marks) {}
}

record!(Lamp, LampEvent);

/// The registry of the tests: lamps, and whatever else is given.
pub(crate) fn lamps() -> Bricks {
    Bricks::new().with(Brick::new("lamps").with::<Lamp>())
}

/// Lamps by hall, in order of id.
pub(crate) const HALL: List = List::plain("hall");

pub(crate) fn in_hall(hall: &str) -> Projection {
    Projection::new().entry(ListEntry::new(HALL, hall, ""))
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
    next.change.projection = in_hall(hall);
    next
}

pub(crate) fn lit(lamp: Loaded<Lamp>, watts: u32) -> Next<Lamp> {
    let hall = lamp.state.hall.clone();
    let mut next = lamp.next(&act(i64::from(watts)), &[LampEvent::Lit { watts }]).unwrap();
    next.change.projection = in_hall(&hall);
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

/// `short` unless the environment asks for long runs (`MATTONI_SOAK=full`).
pub(crate) fn soak<T>(short: T, full: T) -> T {
    match std::env::var("MATTONI_SOAK").as_deref() {
        Ok("full") => full,
        Ok("short") | Err(_) => short,
        Ok(other) => panic!("MATTONI_SOAK must be short or full, not {other}"),
    }
}
