//! Next in line (*scorrimento*): who gets the places that others have left.
//!
//! Two methods. Both keep every place that is held, move people only to places they like better,
//! never pass over anyone who stands before and still waits, and give the same answer in
//! whatever order the offers are handed in.
//!
//! - [`Method::FillFreed`]: each freed place goes to the first in its own list who waits for it,
//!   even if they hold a place they like less; that place is then free in turn. Nobody moves
//!   unless a place was freed, so as few people as possible are disturbed.
//! - [`Method::Reassign`]: the places are assigned anew among those who are still there, with
//!   the answers taken as given. It is the best result for every one of them that respects the
//!   order; it can move more people, because two of them may swap through a third.

use std::collections::{BTreeMap, BTreeSet};

use mattoni_core::{Problem, Problems};
use serde::{Deserialize, Serialize};

use crate::assign::{NONE, Standings, propose_within};
use crate::{Assignment, Entrants, Market, Offer, Place, Prize, Ranked, Run};

/// How freed places find the next in line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// One freed place at a time.
    FillFreed,
    /// All places anew, answers taken as given.
    Reassign,
}

/// A place that now goes to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// The application.
    pub code: String,
    /// The place it leaves, if it holds one.
    pub from: Option<Place>,
    /// The place it gets.
    pub to: Place,
}

impl Move {
    /// Whether the applicant stays at their facility and only its count of reserved and regular
    /// places changes: record it with [`Offer::reseat`], there is nothing to ask them.
    #[must_use]
    pub fn is_reseating(&self) -> bool {
        self.from.as_ref().is_some_and(|from| from.facility == self.to.facility)
    }
}

/// Who gets the places that are free, in the order of the ranking.
///
/// `offers` are the offers of this run as they stand. Whoever was placed by the run and has no
/// offer yet holds the place and waits for better ones.
///
/// # Errors
/// `ranking.next.siblings` when brothers and sisters ask to be together: places that fall free
/// one by one would part them, so draw a new run up for what is left;
/// `ranking.next.no-places` when the run gives no places by preference,
/// `ranking.next.other-run` and `ranking.next.unknown` for offers that are not of this run,
/// `ranking.next.duplicate` for two offers to one application, `ranking.next.out-of-order` when
/// offers were made against the order.
pub fn next_in_line<'o>(
    run: &Run,
    offers: impl IntoIterator<Item = &'o Offer>,
    method: Method,
) -> Result<Vec<Move>, Problems> {
    let Prize::Places(facilities) = &run.call().prize else {
        return Err(Problem::new(
            "ranking.next.no-places",
            "run",
            "the run gives no places by preference",
            "draw a new run up for what is left of the fund",
        )
        .into());
    };
    if run.lines().iter().any(|l| l.position.is_some() && l.applicant.siblings.is_some()) {
        return Err(Problem::new(
            "ranking.next.siblings",
            "run",
            "brothers and sisters ask to be together, and places fall free one by one",
            "draw a new run up for what is left",
        )
        .into());
    }
    let offers = by_code(run, offers)?;
    let entrants = Entrants::check(&run.call().criteria, run.applicants())?;
    let ranked = entrants.rank()?;
    let market = Market::check(facilities, run.applicants())?;
    let situation = Situation::of(run, &offers, &market);
    let after = match method {
        Method::FillFreed => situation.fill_freed(&market, &ranked),
        Method::Reassign => situation.reassign(&market, &ranked),
    };
    situation.check(run, &offers, &market, &after)?;
    Ok(situation.moves(&market, &ranked, &after))
}

fn by_code<'o>(
    run: &Run,
    offers: impl IntoIterator<Item = &'o Offer>,
) -> Result<BTreeMap<&'o str, &'o Offer>, Problems> {
    let mut found = Vec::new();
    let mut by_code = BTreeMap::new();
    for offer in offers {
        let field = format!("offer[{}]", offer.code());
        if offer.run() != run.digest() {
            found.push(Problem::new(
                "ranking.next.other-run",
                field,
                "the offer comes from another run",
                "hand in the offers of this run",
            ));
        } else if !run.line(offer.code()).is_some_and(|line| offer.place().is_named_by(line)) {
            found.push(Problem::new(
                "ranking.next.unknown",
                field,
                "the run has no such application, or it did not name this place",
                "hand in the offers of this run",
            ));
        } else if by_code.insert(offer.code(), offer).is_some() {
            found.push(Problem::new(
                "ranking.next.duplicate",
                field,
                "there are two offers to this application",
                "hand in one",
            ));
        }
    }
    Problems::check(found)?;
    Ok(by_code)
}

/// What everyone holds and still waits for, by applicant in the order of the run's lines.
struct Situation {
    /// The edge and pool that is held.
    held: Vec<Option<(u32, u32)>>,
    /// The first edge that is not waited for any more; at the first edge nothing is.
    until: Vec<u32>,
}

impl Situation {
    fn of(run: &Run, offers: &BTreeMap<&str, &Offer>, market: &Market<'_>) -> Self {
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

    fn fill_freed(&self, market: &Market<'_>, ranked: &Ranked<'_>) -> Assignment {
        let standings = Standings::of(market, ranked);
        let mut now = Assignment {
            edge: self.held.iter().map(|held| held.map_or(NONE, |(edge, _)| edge)).collect(),
            pool: self.held.iter().map(|held| held.map_or(NONE, |(_, pool)| pool)).collect(),
        };
        // How many attempts come before the one that is held: only those are an improvement.
        let mut held_at: Vec<u32> = Vec::with_capacity(self.held.len());
        let mut lists: Vec<Vec<(u64, u32, u32, u32)>> = vec![Vec::new(); market.pools.len()];
        for (who, held) in (0..).zip(&self.held) {
            let mut number = 0;
            let mut at = u32::MAX;
            let until = self.until[who as usize];
            for edge in market.edges(who) {
                for attempt in market.attempts_of(edge) {
                    if held.is_some_and(|held| held == (edge, attempt.pool)) {
                        at = number;
                    }
                    // Another pool of the facility that is held costs its holder nothing and
                    // may make room for somebody.
                    if edge < until || held.is_some_and(|held| held.0 == edge) {
                        let key = standings.key(market, ranked, who, edge, attempt);
                        lists[attempt.pool as usize].push((key, who, edge, number));
                    }
                    number += 1;
                }
            }
            held_at.push(at);
        }
        lists.iter_mut().for_each(|list| list.sort_unstable());
        let mut free: Vec<u32> = market.pools.iter().map(|pool| pool.places).collect();
        for (_, pool) in self.held.iter().flatten() {
            free[*pool as usize] = free[*pool as usize].saturating_sub(1);
        }
        let mut next = vec![0_usize; market.pools.len()];
        let mut open: BTreeSet<u32> =
            (0..).zip(&free).filter(|(_, free)| **free > 0).map(|(pool, _)| pool).collect();
        while let Some(pool) = open.pop_first() {
            let at = pool as usize;
            while free[at] > 0 {
                let Some(&(_, who, edge, number)) = lists[at].get(next[at]) else { break };
                // Whoever is passed over here holds something better, and will not come down.
                next[at] += 1;
                let person = who as usize;
                if number >= held_at[person] {
                    continue;
                }
                free[at] -= 1;
                if now.pool[person] != NONE {
                    free[now.pool[person] as usize] += 1;
                    open.insert(now.pool[person]);
                }
                (now.edge[person], now.pool[person], held_at[person]) = (edge, pool, number);
            }
        }
        now
    }

    fn reassign(&self, market: &Market<'_>, ranked: &Ranked<'_>) -> Assignment {
        let mut spans = Vec::with_capacity(self.held.len());
        for (who, held) in (0..).zip(&self.held) {
            let start = market.edges(who).start;
            let until = self.until[who as usize];
            spans.push(match held {
                // Content with the facility they hold.
                Some((edge, _)) if until == start => *edge..edge + 1,
                Some((edge, _)) => start..edge + 1,
                None => start..until,
            });
        }
        propose_within(market, ranked, &spans)
    }

    /// That no pool is held by more than it has places for, and that nobody has lost a place.
    fn check(
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
                    "holds a place that the order gives to somebody else",
                    "put right the offers that were made against the order",
                ));
            }
        }
        Problems::check(found)
    }

    fn moves(&self, market: &Market<'_>, ranked: &Ranked<'_>, after: &Assignment) -> Vec<Move> {
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
