//! An integrator's own aggregate in the same journal.

use mattoni_core::{Aggregate, DomainEvent, Id};
use mattoni_desk::{Desk, Kept, folders, references};
use mattoni_store::{Effect, Facet, Memory, StateFinding};
use serde::{Deserialize, Serialize};

use crate::practices::{Spec, anna, ente, open_all};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Bought {
    species: String,
}

impl DomainEvent for Bought {
    fn name(&self) -> &'static str {
        "town-tree.bought"
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct TownTree {
    species: String,
}

impl Aggregate for TownTree {
    const KIND: &'static str = "town-tree";
    type Event = Bought;

    fn open(event: &Bought) -> Option<Self> {
        Some(Self { species: event.species.clone() })
    }

    fn apply(&mut self, event: &Bought) {
        self.species.clone_from(&event.species);
    }
}

impl Kept for TownTree {
    fn facets(&self) -> Vec<Facet> {
        vec![Facet::plain("species", &self.species)]
    }

    fn effects(&self, _: &Bought, _: &str) -> Vec<Effect> {
        Vec::new()
    }
}

#[tokio::test]
async fn is_proved_with_the_desks_once_the_proof_knows_it() {
    let desk = Desk::new(Memory::new(), ente());
    let accepted = Spec {
        service: 0,
        applicant: 1,
        filer: 0,
        reader: None,
        office: 0,
        stage: 6,
        noted: false,
    };
    open_all(&desk, &[accepted]).await;
    let tree = Bought { species: "Quercus ilex".to_owned() };
    desk.open::<TownTree>(Id::from_u128(1), &anna(1), &[tree]).await.unwrap();

    let stranger = desk.verify(&|_| ()).await.unwrap();
    let unknown = StateFinding::UnknownKind { kind: "town-tree".to_owned(), states: 1 };
    assert_eq!(stranger.states.findings, [unknown]);

    let known = folders().with::<TownTree>();
    let proof = desk.verify_with(&known, &|_| ()).await.unwrap();
    assert!(proof.is_clean());
    assert_eq!(proof.states.states, 2);
}

#[test]
fn of_whatever_the_desk_keeps_it_is_known_what_it_refers_to() {
    // One kind left out, and nothing would be collected any more once there is one of it.
    assert_eq!(format!("{:?}", references()), format!("{:?}", folders()));
}
