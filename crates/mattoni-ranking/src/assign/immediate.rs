//! Immediate acceptance, known as the Boston mechanism: for comparison.
//!
//! First everyone's first choice is looked at, and places given there are given for good; then the
//! second choices of those who are left, and so on. It promises that no other assignment gives more
//! people a place by their first choices alone; it does **not** promise that nobody is passed over,
//! and it punishes the truth: an applicant who first names a facility where they get no place loses
//! the second one to those who named it first. [`Assignment::deferred`] has neither fault.

use super::deferred::{check_same_applicants, propose_by};
use super::{Assignment, Market, Standings};
use crate::Ranked;

/// The bits of a key that hold the position of an edge at its facility.
const STANDING_BITS: u32 = 32;
const RELEASED: u64 = 1 << STANDING_BITS;

impl Assignment {
    /// Assigns the places by immediate acceptance, each applicant alone: siblings are not kept
    /// together. For comparison; a [`crate::Run`] never uses it.
    ///
    /// # Panics
    /// When `market` and `ranked` were made from different lists of applicants.
    #[must_use]
    pub fn immediate(market: &Market<'_>, ranked: &Ranked<'_>) -> Self {
        check_same_applicants(market, ranked);
        // Deferred acceptance gives this result when facilities prefer those who named them earlier:
        // then an applicant of a later round cannot displace one of an earlier round.
        let standing = by_facility(market, ranked);
        let mut keys = vec![0; market.edge_section.len()];
        for &who in &ranked.order {
            for (choice, edge) in (0_u64..).zip(market.edges(who)) {
                keys[edge as usize] =
                    choice << (STANDING_BITS + 1) | u64::from(standing[edge as usize]);
            }
        }
        propose_by::<RELEASED>(market, ranked, &market.spans(), &keys, |_, _| false)
    }
}

/// For each edge of those who are in the order, how many stand before it at its facility.
fn by_facility(market: &Market<'_>, ranked: &Ranked<'_>) -> Vec<u32> {
    let standings = Standings::of(market, ranked);
    let mut edges: Vec<(u32, u64, u32)> = ranked
        .order
        .iter()
        .flat_map(|&who| market.edges(who).map(move |edge| (who, edge)))
        .map(|(who, edge)| {
            let section = market.edge_section[edge as usize];
            (section, standings.untitled_key(market, ranked, who, edge), edge)
        })
        .collect();
    edges.sort_unstable();
    let mut standing = vec![0; market.edge_section.len()];
    for (number, (_, _, edge)) in (0..).zip(edges) {
        standing[edge as usize] = number;
    }
    standing
}
