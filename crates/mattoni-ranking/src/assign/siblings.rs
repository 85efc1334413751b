//! Brothers and sisters (*fratelli*) who ask for the same facility.
//!
//! Deterministic, after the deferred acceptance for couples of Roth and Peranson (1999), but
//! one-way, so that it always ends:
//! 1. A family's common facilities are those that every sibling names, in the order of the
//!    sibling who stands first. At a facility the family stands where its last sibling stands
//!    there, so that it overtakes nobody.
//! 2. Places are assigned by deferred acceptance, each family trying one facility only, the
//!    best of its common ones it has not given up yet.
//! 3. A family that does not find room for all siblings gives the facility up, for good, unless
//!    another such family holds one of the places it tried for there; then 2. again.
//! 4. A family that has given all of them up has no place ([`Together::OrNotAtAll`]), or its
//!    siblings try their own lists alone ([`Together::Preferred`]).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::deferred::{RELEASED, propose_by};
use super::{Assignment, Market, NONE, Standings};
use crate::{Ranked, Together};

/// The families that ask to be placed together, of those who are in the order, by their codes.
pub(crate) struct Families(pub(crate) Vec<Family>);

pub(crate) struct Family {
    /// Who stands first comes first.
    pub(crate) members: Vec<u32>,
    pub(crate) ask: Together,
    /// For each common facility, best first, the edge of each member.
    pub(crate) common: Vec<Vec<u32>>,
    /// What each member tries once all of them are given up.
    alone: Vec<Range<u32>>,
    /// How many of them are given up.
    given_up: usize,
}

impl Families {
    /// `None` when there is no family of two or more in the order.
    pub(crate) fn of(market: &Market<'_>, ranked: &Ranked<'_>) -> Option<Self> {
        let alone = |who, ask| {
            let all = market.edges(who);
            match ask {
                Together::OrNotAtAll => all.start..all.start,
                Together::Preferred => all,
            }
        };
        let families = Self::among(market, ranked, |_| true, |_, _| true, alone);
        (!families.0.is_empty()).then_some(families)
    }

    /// The families of those who `are_in`, who together go only where each member `would_take`
    /// the edge; `alone` is what a member tries when there is no such place.
    pub(crate) fn among(
        market: &Market<'_>,
        ranked: &Ranked<'_>,
        are_in: impl Fn(u32) -> bool,
        would_take: impl Fn(u32, u32) -> bool,
        alone: impl Fn(u32, Together) -> Range<u32>,
    ) -> Self {
        let entrants = ranked.entrants;
        let mut by_code: BTreeMap<&str, (Together, Vec<u32>)> = BTreeMap::new();
        for &who in &entrants.linked {
            let is_ranked = ranked.position[who as usize] != crate::order::UNRANKED;
            if let Some(siblings) = entrants.applicants[who as usize].siblings.as_ref()
                && is_ranked
                && are_in(who)
            {
                let family = by_code.entry(&siblings.family);
                family.or_insert((siblings.ask, Vec::new())).1.push(who);
            }
        }
        let families = by_code.into_values().filter(|(_, members)| members.len() > 1).map(
            |(ask, mut members)| {
                members.sort_unstable_by_key(|&who| ranked.position[who as usize]);
                let mut common = common_facilities(market, &members);
                common.retain(|edges| {
                    members.iter().zip(edges).all(|(&who, &edge)| would_take(who, edge))
                });
                let alone = members.iter().map(|&who| alone(who, ask)).collect();
                Family { members, ask, common, alone, given_up: 0 }
            },
        );
        Self(families.collect())
    }

    /// Everyone who is placed with all their siblings or not at all.
    pub(crate) fn or_not_at_all(&self) -> BTreeSet<u32> {
        self.0
            .iter()
            .filter(|family| family.ask == Together::OrNotAtAll)
            .flat_map(|family| family.members.iter().copied())
            .collect()
    }

    /// Places everyone within their `spans`, families together. Whoever `holds` a place of a pool
    /// keeps at least that.
    pub(crate) fn together(
        mut self,
        market: &Market<'_>,
        ranked: &Ranked<'_>,
        mut spans: Vec<Range<u32>>,
        holds: impl Fn(u32, u32) -> bool,
    ) -> Assignment {
        let standings = Standings::of(market, ranked);
        let mut own = vec![0; market.edge_section.len()];
        for &who in &ranked.order {
            for edge in market.edges(who) {
                // Key 0 is reserved for those who hold a place already.
                own[edge as usize] = standings.untitled_key(market, ranked, who, edge) + 1;
            }
        }
        let mut keys = own.clone();
        for edges in self.0.iter().flat_map(|family| &family.common) {
            let last = edges.iter().map(|&edge| own[edge as usize]).max().unwrap_or(0);
            edges.iter().for_each(|&edge| keys[edge as usize] = last);
        }
        for family in &self.0 {
            family.aim(market, &mut spans, &mut keys, &own);
        }
        loop {
            let now = propose_by::<RELEASED>(market, ranked, &spans, &keys, &holds);
            let failing: Vec<usize> =
                (0..self.0.len()).filter(|&number| self.0[number].has_no_room(&now)).collect();
            if failing.is_empty() {
                return now;
            }
            let mut held = BTreeMap::new();
            for &number in &failing {
                for &who in &self.0[number].members {
                    *held.entry(now.pool[who as usize]).or_insert(0) += 1;
                }
            }
            let is_beaten = |number: &&usize| self.0[**number].is_beaten(market, &now, &held);
            let mut beaten: Vec<usize> = failing.iter().filter(is_beaten).copied().collect();
            if beaten.is_empty() {
                // Does not happen in a run: the first family there was rejected in favour of
                // applicants who stand before it. Where places are held already it can
                // happen; giving up the first family makes the loop end.
                beaten.push(failing[0]);
            }
            for number in beaten {
                self.0[number].given_up += 1;
                self.0[number].aim(market, &mut spans, &mut keys, &own);
            }
        }
    }
}

impl Family {
    /// The edges of the facility the family tries; `None` once it has given up all of them.
    fn target(&self) -> Option<&Vec<u32>> {
        self.common.get(self.given_up)
    }

    /// Whether it tries a facility that has no room for all of it.
    fn has_no_room(&self, now: &Assignment) -> bool {
        self.target().is_some() && self.members.iter().any(|&who| now.edge[who as usize] == NONE)
    }

    /// Whether it would find no room even if all other families without room went elsewhere;
    /// `held` counts the places that such families hold in each pool.
    fn is_beaten(
        &self,
        market: &Market<'_>,
        now: &Assignment,
        held: &BTreeMap<u32, usize>,
    ) -> bool {
        let by_others = |pool: u32| {
            let own = self.members.iter().filter(|&&who| now.pool[who as usize] == pool).count();
            held.get(&pool).is_some_and(|held| *held > own)
        };
        let edges = self.target().into_iter().flatten();
        self.members
            .iter()
            .zip(edges)
            .filter(|(who, _)| now.edge[**who as usize] == NONE)
            .any(|(_, &edge)| !market.attempts_of(edge).any(|attempt| by_others(attempt.pool)))
    }

    fn aim(&self, market: &Market<'_>, spans: &mut [Range<u32>], keys: &mut [u64], own: &[u64]) {
        for (i, &who) in self.members.iter().enumerate() {
            let all = market.edges(who);
            spans[who as usize] = match self.target() {
                Some(edges) => edges[i]..edges[i] + 1,
                None => {
                    let all_edges = all.start as usize..all.end as usize;
                    keys[all_edges.clone()].copy_from_slice(&own[all_edges]);
                    self.alone[i].clone()
                }
            };
        }
    }
}

fn common_facilities(market: &Market<'_>, members: &[u32]) -> Vec<Vec<u32>> {
    let facility = |edge: u32| market.facility_of(market.edge_section[edge as usize]);
    let Some(&first) = members.first() else { return Vec::new() };
    market
        .edges(first)
        .filter_map(|edge| {
            let at = facility(edge);
            members.iter().map(|&who| market.edges(who).find(|&e| facility(e) == at)).collect()
        })
        .collect()
}
