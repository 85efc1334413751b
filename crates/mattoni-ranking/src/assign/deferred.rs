//! Applicant-proposing deferred acceptance (Gale and Shapley 1962, McVitie and Wilson 1971).
//!
//! Each applicant tries their facilities in the order of preference. A full pool keeps those who
//! stand first and rejects the last, who tries the next facility. The result does not depend on the
//! order in which applicants are taken. Nobody would rather have a place that went to someone
//! standing behind them, and of all such results it is the best for every applicant. Nobody gains
//! by a false list.

use std::ops::Range;

use mattoni_core::Digest;

use super::{Attempt, Market};
use crate::order::UNRANKED;
use crate::{DrawKind, Ranked};

/// Who got which place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The preference (edge) each applicant holds; [`NONE`] for no place.
    pub(crate) edge: Vec<u32>,
    /// The pool of seats each applicant holds; [`NONE`] for no place.
    pub(crate) pool: Vec<u32>,
}

/// Holds nothing.
pub(crate) const NONE: u32 = u32::MAX;

/// Added to the key of an applicant without a title to the pool: they stand after everyone who has
/// one.
pub(super) const RELEASED: u64 = 1 << 63;

impl Assignment {
    /// The preference each applicant holds, by their number in the list: 1 for the first choice.
    pub fn choices<'s>(&'s self, market: &'s Market<'_>) -> impl Iterator<Item = Option<u32>> + 's {
        self.edge
            .iter()
            .zip(&market.edge_start)
            .map(|(&edge, &start)| (edge != NONE).then(|| edge - start + 1))
    }
}

/// # Panics
/// When `market` and `ranked` were made from different lists of applicants.
pub(super) fn check_same_applicants(market: &Market<'_>, ranked: &Ranked<'_>) {
    assert_eq!(
        market.edge_start.len(),
        ranked.position.len() + 1,
        "market and order come from the same applicants"
    );
}

/// Where everyone stands at each facility.
#[derive(Debug)]
pub(crate) struct Standings {
    /// Only in a multiple lottery: the position that counts for each edge.
    by_edge: Option<Vec<u32>>,
}

impl Standings {
    pub(crate) fn of(market: &Market<'_>, ranked: &Ranked<'_>) -> Self {
        let multiple = ranked.entrants.criteria.draw().kind == DrawKind::Multiple;
        Self { by_edge: multiple.then(|| positions_by_facility(market, ranked)).flatten() }
    }

    /// The position that counts at this edge's facility, without the facility's priority.
    pub(crate) fn position(&self, ranked: &Ranked<'_>, who: u32, edge: u32) -> u32 {
        match &self.by_edge {
            Some(by_edge) => by_edge[edge as usize],
            None => ranked.position[who as usize],
        }
    }

    /// Orders everyone at one pool: lower goes first.
    pub(crate) fn key(
        &self,
        market: &Market<'_>,
        ranked: &Ranked<'_>,
        who: u32,
        edge: u32,
        attempt: Attempt,
    ) -> u64 {
        Self::at_pool(self.untitled_key(market, ranked, who, edge), attempt)
    }

    /// The key at one pool, from the key `untitled`, which does not consider titles.
    pub(crate) fn at_pool(untitled: u64, attempt: Attempt) -> u64 {
        if attempt.released { untitled | RELEASED } else { untitled }
    }

    /// As [`key`](Self::key), without considering titles.
    pub(crate) fn untitled_key(
        &self,
        market: &Market<'_>,
        ranked: &Ranked<'_>,
        who: u32,
        edge: u32,
    ) -> u64 {
        u64::from(market.edge_priority[edge as usize]) << 32
            | u64::from(self.position(ranked, who, edge))
    }
}

/// Distributes the positions of each group of equals anew at each facility, by that facility's
/// tickets.
fn positions_by_facility(market: &Market<'_>, ranked: &Ranked<'_>) -> Option<Vec<u32>> {
    let seed = ranked.seed.as_ref()?;
    let facilities = &market.facilities.source().facility;
    let mut positions = vec![UNRANKED; market.edge_section.len()];
    for (place, &who) in (0..).zip(&ranked.order) {
        for edge in market.edges(who) {
            positions[edge as usize] = place;
        }
    }
    let mut tickets: Vec<(usize, Digest, u32)> = Vec::new();
    for &(start, length) in &ranked.drawn {
        tickets.clear();
        for &who in &ranked.order[start as usize..(start + length) as usize] {
            let code = &ranked.entrants.applicants[who as usize].code;
            for edge in market.edges(who) {
                let facility = market.facility_of(market.edge_section[edge as usize]);
                let ticket = seed.ticket_at(code, &facilities[facility].code);
                tickets.push((facility, ticket, edge));
            }
        }
        tickets.sort_unstable();
        for at_one in tickets.chunk_by(|a, b| a.0 == b.0) {
            for (place, (_, _, edge)) in (start..).zip(at_one) {
                positions[*edge as usize] = place;
            }
        }
    }
    Some(positions)
}

/// The holders of a pool, in a slice of an array that all pools share. It becomes a heap with the
/// last holder on top when it is first needed.
#[derive(Clone, Copy)]
struct Held {
    start: u32,
    length: u32,
    places: u32,
    is_heap: bool,
    last: u64,
}

/// Deferred acceptance where each applicant tries only the edges of their entry in `spans`.
pub(crate) fn propose_within(
    market: &Market<'_>,
    ranked: &Ranked<'_>,
    spans: &[Range<u32>],
) -> Assignment {
    let standings = Standings::of(market, ranked);
    let pools = empty_pools(market);
    match (&standings.by_edge, market.has_priorities) {
        // The common case: facilities have neither draws nor priorities, so the position alone
        // decides.
        (None, false) => {
            let key = |who, _| u64::from(ranked.position[who as usize]);
            propose::<RELEASED>(market, &ranked.order, spans, pools, key, |_, _| false)
        }
        _ => {
            let key = |who, edge| standings.untitled_key(market, ranked, who, edge);
            propose::<RELEASED>(market, &ranked.order, spans, pools, key, |_, _| false)
        }
    }
}

/// As [`propose_within`], with the position at each edge given by `keys`; `RELEASED` is added for
/// those who have no title to a pool. An applicant who `holds` a place of a pool stands before
/// everyone: for that, every key must be at least 1.
pub(super) fn propose_by<const RELEASED: u64>(
    market: &Market<'_>,
    ranked: &Ranked<'_>,
    spans: &[Range<u32>],
    keys: &[u64],
    holds: impl Fn(u32, u32) -> bool,
) -> Assignment {
    let pools = empty_pools(market);
    propose::<RELEASED>(market, &ranked.order, spans, pools, |_, edge| keys[edge as usize], holds)
}

fn propose<const RELEASED: u64>(
    market: &Market<'_>,
    order: &[u32],
    spans: &[Range<u32>],
    (mut held, mut seats): (Vec<Held>, Vec<(u64, u32)>),
    key: impl Fn(u32, u32) -> u64,
    holds: impl Fn(u32, u32) -> bool,
) -> Assignment {
    let people = market.edge_start.len() - 1;
    let mut edge_at: Vec<u32> = spans.iter().map(|span| span.start).collect();
    let mut step_at: Vec<u8> = vec![0; people];
    let mut pool = vec![NONE; people];
    for &first in order {
        let mut who = first;
        'next: loop {
            let end = spans[who as usize].end;
            let (mut edge, mut step) = (edge_at[who as usize], step_at[who as usize]);
            let moved_on = 'tried: {
                while edge < end {
                    let attempts = market.attempts(market.edge_section[edge as usize]);
                    let reserves = market.reserves(edge);
                    let standing = key(who, edge);
                    while let Some(attempt) = attempts.get(usize::from(step)) {
                        step += 1;
                        if !attempt.admits(reserves) {
                            continue;
                        }
                        let standing = match attempt.released {
                            _ if holds(who, attempt.pool) => 0,
                            true => standing | RELEASED,
                            false => standing,
                        };
                        let into = &mut held[attempt.pool as usize];
                        if into.length < into.places {
                            seats[(into.start + into.length) as usize] = (standing, who);
                            into.length += 1;
                            into.last = into.last.max(standing);
                            pool[who as usize] = attempt.pool;
                            break 'tried None;
                        }
                        if standing < into.last {
                            pool[who as usize] = attempt.pool;
                            break 'tried Some(displace(into, &mut seats, (standing, who)));
                        }
                    }
                    edge += 1;
                    step = 0;
                }
                None
            };
            (edge_at[who as usize], step_at[who as usize]) = (edge, step);
            let Some(displaced) = moved_on else { break 'next };
            pool[displaced as usize] = NONE;
            who = displaced;
        }
    }
    let edge = edge_at.iter().zip(&pool).map(|(&e, &p)| if p == NONE { NONE } else { e }).collect();
    Assignment { edge, pool }
}

/// Room for as many holders as a pool can have: at most its places, and at most those who may come.
fn empty_pools(market: &Market<'_>) -> (Vec<Held>, Vec<(u64, u32)>) {
    let sections = market.pools.last().map_or(0, |pool| pool.section as usize + 1);
    let mut comers = vec![0_u32; sections];
    for &section in &market.edge_section {
        // Sections after the last pool have no places.
        if let Some(count) = comers.get_mut(section as usize) {
            *count += 1;
        }
    }
    let mut start = 0;
    let held = market
        .pools
        .iter()
        .map(|pool| {
            let places = pool.places.min(comers[pool.section as usize]);
            let held = Held { start, length: 0, places, is_heap: false, last: 0 };
            start += places;
            held
        })
        .collect();
    (held, vec![(0, 0); start as usize])
}

/// Puts `comer` in the place of the last holder, who is returned.
fn displace(into: &mut Held, seats: &mut [(u64, u32)], comer: (u64, u32)) -> u32 {
    let heap = &mut seats[into.start as usize..(into.start + into.length) as usize];
    if !into.is_heap {
        for root in (0..heap.len() / 2).rev() {
            sift_down(heap, root);
        }
        into.is_heap = true;
    }
    let (_, displaced) = std::mem::replace(&mut heap[0], comer);
    sift_down(heap, 0);
    into.last = heap[0].0;
    displaced
}

fn sift_down(heap: &mut [(u64, u32)], mut root: usize) {
    loop {
        let mut child = 2 * root + 1;
        if child >= heap.len() {
            return;
        }
        if child + 1 < heap.len() && heap[child].0 < heap[child + 1].0 {
            child += 1;
        }
        if heap[root].0 >= heap[child].0 {
            return;
        }
        heap.swap(root, child);
        root = child;
    }
}
