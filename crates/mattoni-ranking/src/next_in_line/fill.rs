//! One freed place at a time.
//!
//! Facilities with free places are looked at in written order, again and again until nobody
//! moves. At each, a family that finds room for all of it goes first, if nobody who waits stands
//! before its last member for any of the places it would take; else the first who waits. Whoever
//! moves leaves a free place behind. Everybody only moves to places they like better, so this
//! ends; and where nobody has linked siblings the order of the facilities does not matter.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::situation::Situation;
use crate::assign::{Families, NONE, Standings};
use crate::{Assignment, Market, Ranked, Together};

pub(super) fn freed(situation: &Situation, market: &Market<'_>, ranked: &Ranked<'_>) -> Assignment {
    let mut filling = Filling::new(situation, market, ranked);
    let mut open: BTreeSet<u32> = (market.pools.iter().zip(&filling.free))
        .filter(|(_, free)| **free > 0)
        .map(|(pool, _)| pool.section)
        .collect();
    while let Some(section) = open.pop_first() {
        while filling.step(section, &mut open) {}
    }
    filling.now
}

/// Somebody who may wait for a pool.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Waiting {
    /// Where they stand; lower goes first.
    key: u64,
    who: u32,
    edge: u32,
    /// How many attempts of theirs come before this one.
    number: u32,
}

struct Filling<'a> {
    market: &'a Market<'a>,
    ranked: &'a Ranked<'a>,
    standings: Standings,
    until: &'a [u32],
    now: Assignment,
    /// How many attempts come before the one that is held: only those are an improvement.
    held_at: Vec<u32>,
    /// For each pool those who may wait for it, best first; how far it has looked; places left.
    lists: Vec<Vec<Waiting>>,
    next: Vec<usize>,
    free: Vec<u32>,
    families: Families,
    family_of: BTreeMap<u32, usize>,
    /// For each section the families that could be together there, and which of their common
    /// facilities it is.
    families_at: BTreeMap<u32, Vec<(usize, usize)>>,
}

/// Places for all of a family: where the family stands, and each one's edge and pool.
type Room = (u64, Vec<(u32, u32, u32)>);

impl<'a> Filling<'a> {
    fn new(situation: &'a Situation, market: &'a Market<'_>, ranked: &'a Ranked<'_>) -> Self {
        let standings = Standings::of(market, ranked);
        let mut held_at: Vec<u32> = Vec::with_capacity(situation.held.len());
        let mut lists: Vec<Vec<Waiting>> = vec![Vec::new(); market.pools.len()];
        for (who, held) in (0..).zip(&situation.held) {
            let mut number = 0;
            let mut at = u32::MAX;
            let until = situation.until[who as usize];
            for edge in market.edges(who) {
                for attempt in market.attempts_of(edge) {
                    if held.is_some_and(|held| held == (edge, attempt.pool)) {
                        at = number;
                    }
                    // Another pool of the facility that is held costs its holder nothing and
                    // may make room for somebody.
                    if edge < until || held.is_some_and(|held| held.0 == edge) {
                        let key = standings.key(market, ranked, who, edge, attempt);
                        lists[attempt.pool as usize].push(Waiting { key, who, edge, number });
                    }
                    number += 1;
                }
            }
            held_at.push(at);
        }
        lists.iter_mut().for_each(|list| list.sort_unstable());
        let mut free: Vec<u32> = market.pools.iter().map(|pool| pool.places).collect();
        for (_, pool) in situation.held.iter().flatten() {
            free[*pool as usize] = free[*pool as usize].saturating_sub(1);
        }
        let families = situation.families(market, ranked);
        let mut family_of = BTreeMap::new();
        let mut families_at: BTreeMap<u32, Vec<(usize, usize)>> = BTreeMap::new();
        for (number, family) in families.0.iter().enumerate() {
            family_of.extend(family.members.iter().map(|&who| (who, number)));
            for (common, edges) in family.common.iter().enumerate() {
                let sections: BTreeSet<u32> =
                    edges.iter().map(|&edge| market.edge_section[edge as usize]).collect();
                for section in sections {
                    families_at.entry(section).or_default().push((number, common));
                }
            }
        }
        let held = |part: fn((u32, u32)) -> u32| {
            situation.held.iter().map(|held| held.map_or(NONE, part)).collect()
        };
        Self {
            now: Assignment { edge: held(|held| held.0), pool: held(|held| held.1) },
            next: vec![0; market.pools.len()],
            until: &situation.until,
            market,
            ranked,
            standings,
            held_at,
            lists,
            free,
            families,
            family_of,
            families_at,
        }
    }

    /// Gives one place of `section` away, or those of one family; `false` when nobody waits for
    /// a free one. Facilities where a place falls free are added to `open`.
    fn step(&mut self, section: u32, open: &mut BTreeSet<u32>) -> bool {
        let all = self.families_at.get(&section).into_iter().flatten();
        let room = all.filter_map(|&(family, common)| self.room(family, common)).min();
        if let Some((_, seats)) = room {
            for &(who, edge, pool) in &seats {
                self.seat(who, edge, pool, open);
            }
            // From now on its members may change pools there, which they were skipped for.
            for &(_, _, pool) in &seats {
                for pool in self.pools(self.market.pools[pool as usize].section) {
                    self.next[pool] = 0;
                }
            }
            return true;
        }
        let first = self.pools(section).find_map(|pool| Some((pool, self.first_waiting(pool)?)));
        if let Some((pool, waiting)) = first {
            self.seat(waiting.who, waiting.edge, pool as u32, open);
        }
        first.is_some()
    }

    fn pools(&self, section: u32) -> Range<usize> {
        let pools = &self.market.pools;
        pools.partition_point(|pool| pool.section < section)
            ..pools.partition_point(|pool| pool.section <= section)
    }

    fn first_waiting(&mut self, pool: usize) -> Option<Waiting> {
        if self.free[pool] == 0 {
            return None;
        }
        loop {
            let waiting = *self.lists[pool].get(self.next[pool])?;
            if self.may_move(waiting) {
                return Some(waiting);
            }
            // They hold something better and will not come down, or go with their family.
            self.next[pool] += 1;
        }
    }

    fn may_move(&self, waiting: Waiting) -> bool {
        let Waiting { who, edge, number, .. } = waiting;
        number < self.held_at[who as usize]
            && (edge == self.now.edge[who as usize] || !self.is_bound(who))
    }

    /// Whether somebody goes to other facilities only with their family.
    fn is_bound(&self, who: u32) -> bool {
        let Some(&number) = self.family_of.get(&who) else { return false };
        let family = &self.families.0[number];
        family.ask == Together::OrNotAtAll || {
            let mut facilities = family.members.iter().map(|&member| {
                let edge = self.now.edge[member as usize];
                (edge != NONE).then(|| self.facility(edge))
            });
            let first = facilities.next().flatten();
            first.is_some() && facilities.all(|facility| facility == first)
        }
    }

    fn facility(&self, edge: u32) -> usize {
        self.market.facility_of(self.market.edge_section[edge as usize])
    }

    /// Free places for all of a family at one of its common facilities, if it wants to go there
    /// and nobody who waits goes before.
    fn room(&self, family: usize, common: usize) -> Option<Room> {
        let members = &self.families.0[family].members;
        let edges = &self.families.0[family].common[common];
        let (mut moving, mut last) = (Vec::new(), 0);
        for (&who, &edge) in members.iter().zip(edges) {
            let now = self.now.edge[who as usize];
            if edge != now {
                if edge >= self.until[who as usize].min(now) {
                    return None;
                }
                moving.push((who, edge));
            }
            let key = self.standings.untitled_key(self.market, self.ranked, who, edge);
            last = last.max(key);
        }
        let wanted: Vec<Vec<u32>> =
            moving.iter().map(|&(_, edge)| self.open_to(family, edge, last)).collect();
        let mut got = vec![None; moving.len()];
        let all = (0..moving.len())
            .all(|one| settle(one, &wanted, &self.free, &mut BTreeSet::new(), &mut got));
        let seats =
            moving.iter().zip(&got).filter_map(|(&(who, edge), pool)| Some((who, edge, (*pool)?)));
        (all && !moving.is_empty()).then(|| (last, seats.collect()))
    }

    /// The pools with free places behind `edge` where nobody else who waits goes before a family
    /// that stands at `last`.
    fn open_to(&self, family: usize, edge: u32, last: u64) -> Vec<u32> {
        self.market
            .attempts_of(edge)
            .filter(|attempt| self.free[attempt.pool as usize] > 0)
            .filter(|attempt| {
                let key = Standings::at_pool(last, *attempt);
                let pool = attempt.pool as usize;
                let mut before =
                    self.lists[pool][self.next[pool]..].iter().take_while(|w| w.key < key);
                !before.any(|w| self.family_of.get(&w.who) != Some(&family) && self.may_move(*w))
            })
            .map(|attempt| attempt.pool)
            .collect()
    }

    fn seat(&mut self, who: u32, edge: u32, pool: u32, open: &mut BTreeSet<u32>) {
        let person = who as usize;
        let left = self.now.pool[person];
        if left != NONE {
            self.free[left as usize] += 1;
            open.insert(self.market.pools[left as usize].section);
        }
        self.free[pool as usize] -= 1;
        let before = self.market.edges(who).start..edge;
        let number = before.map(|edge| self.market.attempts_of(edge).count()).sum::<usize>()
            + self.market.attempts_of(edge).take_while(|attempt| attempt.pool != pool).count();
        (self.now.edge[person], self.now.pool[person]) = (edge, pool);
        self.held_at[person] = number as u32;
    }
}

/// Finds a place for `one` in a pool of its own list, moving others of the family to other
/// pools where that makes room.
fn settle(
    one: usize,
    wanted: &[Vec<u32>],
    free: &[u32],
    seen: &mut BTreeSet<u32>,
    got: &mut [Option<u32>],
) -> bool {
    for &pool in &wanted[one] {
        if !seen.insert(pool) {
            continue;
        }
        let there: Vec<usize> = (0..got.len()).filter(|&i| got[i] == Some(pool)).collect();
        if there.len() < free[pool as usize] as usize
            || there.into_iter().any(|other| settle(other, wanted, free, seen, got))
        {
            got[one] = Some(pool);
            return true;
        }
    }
    false
}
