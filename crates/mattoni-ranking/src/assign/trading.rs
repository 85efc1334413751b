//! Top trading cycles (Shapley and Scarf 1974, Abdulkadiroğlu and Sönmez 2003): for comparison.
//!
//! Everyone points to the best kind of places that still has one, every kind of places to the
//! one who stands first among those who named it; along each circle everyone gets what they
//! point to. No group could then be better off by trading places, and whoever is among the
//! first so many of a facility as it has places gets one there or something they like better.
//! It does **not** promise that nobody is passed over: a family that stands before can see its
//! place traded to one that stands behind.
//!
//! Reserved and regular places are traded as different things. So with several overlapping
//! reserves the result is efficient among the kinds of places, not always among facilities. A
//! facility knows only those who named it; where priorities differ between facilities, naming
//! one more can therefore give something to trade with.

use super::deferred::check_same_applicants;
use super::{Assignment, Market, NONE, Standings};
use crate::Ranked;

impl Assignment {
    /// Assigns the places by top trading cycles, each applicant alone: siblings are not kept
    /// together. For comparison; a [`crate::Run`] never uses it.
    ///
    /// # Panics
    /// When `market` and `ranked` were made from different lists of applicants.
    #[must_use]
    pub fn top_trading(market: &Market<'_>, ranked: &Ranked<'_>) -> Self {
        check_same_applicants(market, ranked);
        let mut trade = Trade::new(market, ranked);
        for &who in &ranked.order {
            trade.settle(who);
        }
        trade.now
    }
}

struct Trade {
    /// The wishes of all applicants in one array, best first: edge and pool.
    wishes: Vec<(u32, u32)>,
    /// For each applicant, the index of the wish they point to, and where their wishes end.
    at: Vec<u32>,
    end: Vec<u32>,
    /// For each pool: those who may have a place, best first; the index of the one it points to;
    /// the places left.
    lists: Vec<Vec<u32>>,
    next: Vec<usize>,
    free: Vec<u32>,
    settled: Vec<bool>,
    on_path: Vec<bool>,
    now: Assignment,
}

impl Trade {
    fn new(market: &Market<'_>, ranked: &Ranked<'_>) -> Self {
        let standings = Standings::of(market, ranked);
        let people = ranked.position.len();
        let mut lists: Vec<Vec<(u64, u32)>> = vec![Vec::new(); market.pools.len()];
        let (mut wishes, mut at, mut end) = (Vec::new(), vec![0; people], vec![0; people]);
        for &who in &ranked.order {
            at[who as usize] = wishes.len() as u32;
            for edge in market.edges(who) {
                for attempt in market.attempts_of(edge) {
                    wishes.push((edge, attempt.pool));
                    let key = standings.key(market, ranked, who, edge, attempt);
                    lists[attempt.pool as usize].push((key, who));
                }
            }
            end[who as usize] = wishes.len() as u32;
        }
        let sorted = |mut list: Vec<(u64, u32)>| {
            list.sort_unstable();
            list.into_iter().map(|(_, who)| who).collect()
        };
        Self {
            wishes,
            at,
            end,
            lists: lists.into_iter().map(sorted).collect(),
            next: vec![0; market.pools.len()],
            free: market.pools.iter().map(|pool| pool.places).collect(),
            settled: vec![false; people],
            on_path: vec![false; people],
            now: Assignment { edge: vec![NONE; people], pool: vec![NONE; people] },
        }
    }

    /// Follows the pointers from `first` until `first` has a place or nothing left to wish for.
    fn settle(&mut self, first: u32) {
        if self.settled[first as usize] {
            return;
        }
        let mut path = vec![first];
        self.on_path[first as usize] = true;
        while let Some(&who) = path.last() {
            // The list of a pool holds everybody who wishes for it, so an owner is found.
            let owner = self.wish(who).and_then(|(_, pool)| self.owner(pool));
            match owner {
                None => {
                    self.settled[who as usize] = true;
                    path.pop();
                }
                Some(owner) if self.on_path[owner as usize] => {
                    while let Some(trader) = path.pop() {
                        self.take(trader);
                        if trader == owner {
                            break;
                        }
                    }
                }
                Some(owner) => {
                    self.on_path[owner as usize] = true;
                    path.push(owner);
                }
            }
        }
    }

    /// The best wish whose pool still has a place.
    fn wish(&mut self, who: u32) -> Option<(u32, u32)> {
        let at = &mut self.at[who as usize];
        while *at < self.end[who as usize] {
            let wish = self.wishes[*at as usize];
            if self.free[wish.1 as usize] > 0 {
                return Some(wish);
            }
            *at += 1;
        }
        None
    }

    /// The first in the pool's list who is not settled yet.
    fn owner(&mut self, pool: u32) -> Option<u32> {
        let next = &mut self.next[pool as usize];
        loop {
            let who = *self.lists[pool as usize].get(*next)?;
            if !self.settled[who as usize] {
                return Some(who);
            }
            *next += 1;
        }
    }

    fn take(&mut self, who: u32) {
        // Each pool of a circle gives exactly one place, so the wish still has a free place.
        if let Some((edge, pool)) = self.wish(who) {
            self.free[pool as usize] -= 1;
            self.now.edge[who as usize] = edge;
            self.now.pool[who as usize] = pool;
        }
        self.settled[who as usize] = true;
    }
}
