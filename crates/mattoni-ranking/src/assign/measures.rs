//! Results of an assignment as numbers, to compare two of them.

use super::{Assignment, Market, NONE, Standings};
use crate::Ranked;

/// How many got what, and how many were passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measures {
    /// How many have a place.
    pub placed: u32,
    /// How many have their first, second, third … choice.
    pub by_choice: Vec<u32>,
    /// How many would rather have a place that is empty or went to somebody standing behind
    /// them: none under deferred acceptance.
    pub passed_over: u32,
}

impl Assignment {
    /// How this assignment did; `market` and `ranked` are those it was made from.
    #[must_use]
    pub fn measures(&self, market: &Market<'_>, ranked: &Ranked<'_>) -> Measures {
        let standings = Standings::of(market, ranked);
        // For each pool, the highest key that still gets a place: the key of its last holder, or
        // any key while places are free.
        let mut enough = vec![(0_u64, 0_u32); market.pools.len()];
        for &who in &ranked.order {
            let (edge, pool) = (self.edge[who as usize], self.pool[who as usize]);
            if let Some(attempt) = self.attempt(market, edge, pool) {
                let (last, held) = &mut enough[pool as usize];
                *last = (*last).max(standings.key(market, ranked, who, edge, attempt));
                *held += 1;
            }
        }
        for ((last, held), pool) in enough.iter_mut().zip(&market.pools) {
            if *held < pool.places {
                *last = u64::MAX;
            }
        }
        let mut measures = Measures { placed: 0, by_choice: Vec::new(), passed_over: 0 };
        for &who in &ranked.order {
            let edges = market.edges(who);
            let held = self.edge[who as usize];
            if held != NONE {
                let choice = (held - edges.start) as usize;
                measures.placed += 1;
                if measures.by_choice.len() <= choice {
                    measures.by_choice.resize(choice + 1, 0);
                }
                measures.by_choice[choice] += 1;
            }
            let passed_over = (edges.start..edges.end.min(held)).any(|edge| {
                market.attempts_of(edge).any(|attempt| {
                    let key = standings.key(market, ranked, who, edge, attempt);
                    key < enough[attempt.pool as usize].0
                })
            });
            measures.passed_over += u32::from(passed_over);
        }
        measures
    }

    fn attempt(&self, market: &Market<'_>, edge: u32, pool: u32) -> Option<super::Attempt> {
        if edge == NONE {
            return None;
        }
        market.attempts_of(edge).find(|attempt| attempt.pool == pool)
    }
}
