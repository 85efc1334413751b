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

/// Whether the links hold a circle: leaves can be taken away one by one until nothing is left
/// exactly when they do not.
fn circle(mut links: Vec<(Id<Practice>, Id<Practice>)>) -> bool {
    while let Some(leaf) = links
        .iter()
        .map(|(child, _)| *child)
        .find(|child| !links.iter().any(|(_, parent)| parent == child))
    {
        links.retain(|(child, _)| *child != leaf);
    }
    !links.is_empty()
}

#[test]
fn what_stands_above_a_practice_is_what_a_link_under_it_depends_on() {
    let relations = Relations::new([(id(3), id(2)), (id(2), id(1)), (id(4), id(1))]).unwrap();
    assert_eq!(relations.above(id(3)), [id(1), id(2), id(3)].into());
    assert_eq!(relations.above(id(1)), [id(1)].into());
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
        prop_assert!(!circle(accepted));
    }

    /// Each link is decided on relations that are some links old, and committed only if nothing
    /// above its parent has got another parent since.
    #[test]
    fn links_decided_at_the_same_time_make_no_cycle_where_what_is_above_is_watched(
        links in prop::collection::vec((0..8u128, 0..8u128, 0..4usize), 0..60)
    ) {
        let mut committed: Vec<(Id<Practice>, Id<Practice>)> = Vec::new();
        for (child, parent, behind) in links {
            let seen = committed.len().saturating_sub(behind);
            let stale = Relations::new(committed[..seen].iter().copied()).unwrap();
            if stale.can_link(id(child), id(parent)).is_err() {
                continue;
            }
            let above = stale.above(id(parent));
            if committed[seen..].iter().all(|(changed, _)| !above.contains(changed)) {
                committed.push((id(child), id(parent)));
            }
        }
        prop_assert!(!circle(committed));
    }
}
