//! A graph without cycles.

use mattoni_core::{Id, Refusal};
use mattoni_practice::{LinkRefusal, Practice, Relations};
use proptest::prelude::*;

use crate::fixture::{Life, citizen, procedure};

fn id(n: u128) -> Id<Practice> {
    Id::from_u128(n)
}

#[test]
fn a_practice_never_stands_under_itself() {
    let practice = Life::draft(procedure()).practice;
    let refused = practice.relate(&citizen(0), practice.id(), &Relations::default()).unwrap_err();
    assert_eq!(refused.problems().into_vec()[0].code, "practice.relate.itself");

    let relations = Relations::new([(id(8), id(7)), (id(9), id(8))]).unwrap();
    assert_eq!(
        relations.can_link(id(7), id(9)),
        Err(LinkRefusal::Cycle { through: vec![id(9), id(8)] })
    );
}

#[test]
fn a_family_is_a_tree_below_its_root() {
    let links = [(id(2), id(1)), (id(3), id(1)), (id(4), id(2)), (id(4), id(3))];
    let relations = Relations::new(links).unwrap();
    let tree: Vec<_> =
        relations.tree(id(1)).into_iter().map(|b| (b.practice.as_u128(), b.depth)).collect();
    assert_eq!(tree, [(1, 0), (2, 1), (4, 2), (3, 1)]);
    assert_eq!(relations.family(id(4)).len(), 4);
}

#[test]
fn every_link_that_closes_a_circle_is_named() {
    let links = [(id(2), id(1)), (id(1), id(2)), (id(3), id(3))];
    let codes: Vec<_> =
        Relations::new(links).unwrap_err().into_iter().map(|p| p.code.into_owned()).collect();
    assert_eq!(codes, ["practice.relations.cycle", "practice.relations.itself"]);
}

proptest! {
    #[test]
    fn no_sequence_of_links_makes_a_cycle(links in prop::collection::vec((0..12u128, 0..12u128), 0..80)) {
        let mut accepted = Vec::new();
        for (child, parent) in links {
            let relations = Relations::new(accepted.iter().copied()).unwrap();
            if relations.can_link(id(child), id(parent)).is_ok() {
                accepted.push((id(child), id(parent)));
            }
        }
        // Leaves can be taken away one by one until nothing is left exactly when there is no
        // cycle.
        while let Some(leaf) = accepted.iter().map(|(child, _)| *child).find(|child| {
            !accepted.iter().any(|(_, parent)| parent == child)
        }) {
            accepted.retain(|(child, _)| *child != leaf);
        }
        prop_assert!(accepted.is_empty());
    }
}
