//! Everyone's place in each facility's list, and where the lists were cut.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Choice, Line, Market, Outcome, Points, Run};

/// Answers for any line of a run where it stands and why.
///
/// Made once for a run, because the lists of all facilities are needed to explain one line.
#[derive(Debug)]
pub struct Explainer<'r> {
    pub(super) run: &'r Run,
    pub(super) market: Option<Market<'r>>,
    /// For each section, the lines that named it, best first.
    pub(super) lists: Vec<Vec<Entry>>,
    /// For each pool, the holder who stands last, and how many hold a place.
    pub(super) last: Vec<(Option<Entry>, u32)>,
}

/// A line at one facility; orders like the facility orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    /// Taken without a title to the pool: after all who have one.
    pub(super) released: bool,
    pub(super) choice: Choice,
    pub(super) line: u32,
}

/// The last place given out of one pool, for the office and the cut-off tables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cutoff {
    /// The facility.
    pub facility: String,
    /// The group, where there are groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The reserved pool; none for regular places.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool: Option<String>,
    /// How many places there are.
    pub places: u32,
    /// How many are given.
    pub filled: u32,
    /// The application that got the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
    /// Its points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_points: Option<Points>,
}

impl<'r> Explainer<'r> {
    /// Gets ready to explain the lines of `run`.
    #[must_use]
    pub fn new(run: &'r Run) -> Self {
        // A run's preferences were checked when it was drawn up.
        let market = run.facilities().and_then(|f| Market::check(f, run.applicants()).ok());
        let mut explainer = Self { run, market, lists: Vec::new(), last: Vec::new() };
        explainer.make_lists();
        explainer
    }

    /// The run.
    #[must_use]
    pub fn run(&self) -> &'r Run {
        self.run
    }

    fn make_lists(&mut self) {
        let Some(market) = &self.market else { return };
        let sections = market.sections();
        let families = Families::of(self.run.lines());
        let mut lists: Vec<Vec<Entry>> = vec![Vec::new(); sections];
        let mut last: Vec<(Option<Entry>, u32)> = vec![(None, 0); market.pools.len()];
        for (number, line) in (0_u32..).zip(self.run.lines()) {
            for (edge, choice) in market.edges(number).zip(&line.choices) {
                let entry = Entry { released: false, choice: *choice, line: number };
                lists[market.edge_section[edge as usize] as usize].push(entry);
            }
            if let Some((pool, released)) = held(market, number, line) {
                let Outcome::Placed { preference, .. } = &line.outcome else { continue };
                let own = (line.choices[*preference as usize - 1], number);
                let (choice, line) = families.standing(line).unwrap_or(own);
                let entry = Entry { released, choice, line };
                let (last, filled) = &mut last[pool as usize];
                *last = (*last).max(Some(entry));
                *filled += 1;
            }
        }
        lists.iter_mut().for_each(|list| list.sort_unstable());
        (self.lists, self.last) = (lists, last);
    }

    /// Where each pool of each facility was cut, in the order of the facilities.
    #[must_use]
    pub fn cutoffs(&self) -> Vec<Cutoff> {
        let Some(market) = &self.market else { return Vec::new() };
        let source = market.facilities.source();
        let lines = self.run.lines();
        market
            .pools
            .iter()
            .zip(&self.last)
            .map(|(seats, (last, filled))| {
                let last = last.map(|entry| &lines[entry.line as usize]);
                let group = seats.section as usize % market.facilities.groups();
                Cutoff {
                    facility: source.facility[market.facility_of(seats.section)].code.clone(),
                    group: source.group.get(group).map(|group| group.code.clone()),
                    pool: seats.reserve.map(|i| source.pool[usize::from(i)].code.clone()),
                    places: seats.places,
                    filled: *filled,
                    last: last.map(|line| line.code().to_owned()),
                    last_points: last.map(|line| line.total),
                }
            })
            .collect()
    }

    /// The place, from 1, of line `number` in the list of the facility behind `edge`.
    pub(super) fn place_in_list(&self, section: u32, choice: Choice, number: u32) -> u32 {
        let entry = Entry { released: false, choice, line: number };
        (self.lists[section as usize].partition_point(|other| *other < entry) + 1) as u32
    }
}

/// The lines of brothers and sisters who ask to be together.
struct Families<'r> {
    lines: &'r [Line],
    numbers: BTreeMap<&'r str, Vec<u32>>,
}

impl<'r> Families<'r> {
    fn of(lines: &'r [Line]) -> Self {
        let mut numbers: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        for (number, line) in (0..).zip(lines) {
            if let (Some(siblings), Some(_)) = (&line.applicant.siblings, line.position) {
                numbers.entry(&siblings.family).or_default().push(number);
            }
        }
        Self { lines, numbers }
    }

    /// Where the family stands at the facility all of it got: where its last member stands.
    fn standing(&self, line: &Line) -> Option<(Choice, u32)> {
        let Outcome::Placed { facility: here, .. } = &line.outcome else { return None };
        let family = self.numbers.get(line.applicant.siblings.as_ref()?.family.as_str())?;
        let standings: Option<Vec<(Choice, u32)>> = family
            .iter()
            .map(|&number| {
                let sibling = &self.lines[number as usize];
                match &sibling.outcome {
                    Outcome::Placed { facility, preference, .. } if facility == here => {
                        Some((sibling.choices[*preference as usize - 1], number))
                    }
                    _ => None,
                }
            })
            .collect();
        standings?.into_iter().max()
    }
}

/// The pool a line's place is in, and whether it was taken without a title.
fn held(market: &Market<'_>, number: u32, line: &Line) -> Option<(u32, bool)> {
    let Outcome::Placed { pool, preference, .. } = &line.outcome else { return None };
    let edge = market.edges(number).start + preference - 1;
    let pool = market.pool_of(edge, pool.as_deref())?;
    let attempt = market.attempts_of(edge).find(|attempt| attempt.pool == pool)?;
    Some((pool, attempt.released))
}
