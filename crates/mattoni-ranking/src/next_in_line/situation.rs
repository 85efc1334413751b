//! What everyone holds and still waits for, by the answers to their offers.

use std::collections::BTreeMap;
use std::ops::Range;

use mattoni_core::{Problem, Problems};

use super::Move;
use crate::assign::{Families, NONE, propose_within};
use crate::{Assignment, Market, Offer, Place, Ranked, Run, Together};

/// What everyone holds and still waits for, by applicant in the order of the run's lines.
pub(super) struct Situation {
    /// The edge and pool that is held.
    pub(super) held: Vec<Option<(u32, u32)>>,
    /// The first edge that is not waited for any more; at the first edge nothing is.
    pub(super) until: Vec<u32>,
}

impl Situation {
    pub(super) fn of(run: &Run, offers: &BTreeMap<&str, &Offer>, market: &Market<'_>) -> Self {
        let mut situation = Self { held: Vec::new(), until: Vec::new() };
        for (who, line) in (0..).zip(run.lines()) {
            let edges = market.edges(who);
            let (place, until) = match offers.get(line.code()) {
                _ if line.position.is_none() => (None, edges.start),
                None => match Place::of(&line.outcome) {
                    Some(place) => {
                        let until = edges.start + place.preference - 1;
                        (Some(place), until)
                    }
                    None => (None, edges.end),
                },
                Some(offer) => {
                    let until = if offer.waits_for_better() {
                        edges.start + offer.place().preference - 1
                    } else {
                        edges.start
                    };
                    (offer.holds().then(|| offer.place().clone()), until)
                }
            };
            let held = place.and_then(|place| {
                let edge = edges.start + place.preference - 1;
                market.pool_of(edge, place.pool.as_deref()).map(|pool| (edge, pool))
            });
            situation.held.push(held);
            situation.until.push(until.min(edges.end));
        }
        situation
    }

    /// The families of two or more who hold a place or wait for one, and the facilities each of
    /// them could be together at without anyone moving to a place they like less.
    pub(super) fn families(&self, market: &Market<'_>, ranked: &Ranked<'_>) -> Families {
        let held = |who: u32| self.held[who as usize];
        let alone = |who, ask| match (ask, held(who)) {
            (Together::Preferred, _) => self.span(market, who),
            (Together::OrNotAtAll, Some((edge, _))) => edge..edge + 1,
            (Together::OrNotAtAll, None) => 0..0,
        };
        Families::among(
            market,
            ranked,
            |who| held(who).is_some() || self.until[who as usize] > market.edges(who).start,
            |who, edge| {
                edge < self.until[who as usize] || held(who).is_some_and(|held| held.0 == edge)
            },
            alone,
        )
    }

    /// The edges an applicant still tries, the one they hold last.
    fn span(&self, market: &Market<'_>, who: u32) -> Range<u32> {
        let start = market.edges(who).start;
        let until = self.until[who as usize];
        match self.held[who as usize] {
            // Content with the facility they hold.
            Some((edge, _)) if until == start => edge..edge + 1,
            Some((edge, _)) => start..edge + 1,
            None => start..until,
        }
    }

    pub(super) fn reassign(&self, market: &Market<'_>, ranked: &Ranked<'_>) -> Assignment {
        let people = 0..self.held.len() as u32;
        let spans: Vec<Range<u32>> = people.map(|who| self.span(market, who)).collect();
        if Families::of(market, ranked).is_none() {
            return propose_within(market, ranked, &spans);
        }
        // With families an assignment made anew can cost somebody the place they hold, so those
        // who hold one are given it before anyone.
        let holds =
            |who: u32, pool: u32| self.held[who as usize].is_some_and(|held| held.1 == pool);
        self.families(market, ranked).together(market, ranked, spans, holds)
    }

    /// That no pool is held by more than it has places for, and that nobody has lost a place.
    pub(super) fn check(
        &self,
        run: &Run,
        offers: &BTreeMap<&str, &Offer>,
        market: &Market<'_>,
        after: &Assignment,
    ) -> Result<(), Problems> {
        let mut found = Vec::new();
        let mut held = vec![0_u32; market.pools.len()];
        for (_, pool) in self.held.iter().flatten() {
            held[*pool as usize] += 1;
        }
        let crowded = |pool: u32| held[pool as usize] > market.pools[pool as usize].places;
        for ((line, held), after) in run.lines().iter().zip(&self.held).zip(&after.pool) {
            let lost = match held {
                Some((_, pool)) => crowded(*pool) || *after == NONE,
                // A pool the facility does not have.
                None => offers.get(line.code()).is_some_and(|offer| offer.holds()),
            };
            if lost {
                found.push(Problem::new(
                    "ranking.next.out-of-order",
                    format!("offer[{}]", line.code()),
                    "must not hold a place that the order gives to somebody else",
                    "put right the offers that were made against the order",
                ));
            }
        }
        Problems::check(found)
    }

    pub(super) fn moves(
        &self,
        market: &Market<'_>,
        ranked: &Ranked<'_>,
        after: &Assignment,
    ) -> Vec<Move> {
        ranked
            .order
            .iter()
            .filter_map(|&who| {
                let (edge, pool) = (after.edge[who as usize], after.pool[who as usize]);
                let held = self.held[who as usize];
                if edge == NONE || held == Some((edge, pool)) {
                    return None;
                }
                Some(Move {
                    code: ranked.entrants.applicants[who as usize].code.clone(),
                    from: held.map(|(edge, pool)| market.place(who, edge, pool)),
                    to: market.place(who, edge, pool),
                })
            })
            .collect()
    }
}
