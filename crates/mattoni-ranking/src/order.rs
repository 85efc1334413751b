//! The order: class, points, tie-breaks, draw.

use std::cmp::Ordering;

use mattoni_core::{Digest, Problem, Problems};

use crate::draw::Seed;
use crate::entrants::Admission;
use crate::{Applicant, Entrants, Points};

/// Everyone in order. The same whatever order the applications came in.
#[derive(Debug)]
pub struct Ranked<'e> {
    pub(crate) entrants: &'e Entrants<'e>,
    /// Applicants by position, best first; only those who are eligible.
    pub(crate) order: Vec<u32>,
    /// Position by applicant; [`UNRANKED`] for those who are not eligible.
    pub(crate) position: Vec<u32>,
    /// First position and length of every group that only the draw could part.
    pub(crate) drawn: Vec<(u32, u32)>,
    pub(crate) seed: Option<Seed>,
}

/// The position of those who are not in the order.
pub(crate) const UNRANKED: u32 = u32::MAX;

/// What put a line below the one above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", tag = "by", content = "which")]
pub enum Parted {
    /// A class that comes later.
    Class,
    /// Fewer points.
    Points,
    /// The tie-break with this index, from 0, in written order.
    TieBreak(usize),
    /// The draw.
    Draw,
}

impl<'e> Ranked<'e> {
    pub(crate) fn new(entrants: &'e Entrants<'e>, seed: Option<&str>) -> Result<Self, Problems> {
        let (mut order, drawn) = sorted(entrants);
        let seed = seed.map(|seed| Seed::new(entrants.digest, seed));
        match &seed {
            Some(seed) => draw(entrants, &mut order, &drawn, seed),
            None if drawn.is_empty() => {}
            None => {
                let tied: u32 = drawn.iter().map(|(_, length)| length).sum();
                return Err(Problem::new(
                    "ranking.draw.seed-missing",
                    "draw.seed",
                    format!("must be known, since {tied} applications are tied to the end"),
                    "publish the list of entrants, then add the published string",
                )
                .into());
            }
        }
        let mut position = vec![UNRANKED; entrants.applicants.len()];
        for (place, &who) in (0..).zip(&order) {
            position[who as usize] = place;
        }
        Ok(Self { entrants, order, position, drawn, seed })
    }

    /// The same order with the ties drawn again by another seed.
    pub(crate) fn drawn_again(mut self, seed: &str) -> Self {
        let seed = Seed::new(self.entrants.digest, seed);
        draw(self.entrants, &mut self.order, &self.drawn, &seed);
        for (place, &who) in (0..).zip(&self.order) {
            self.position[who as usize] = place;
        }
        self.seed = Some(seed);
        self
    }

    /// Those who are eligible, best first.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'e Applicant> + '_ {
        self.order.iter().map(|&who| self.entrants.applicants[who as usize])
    }

    /// How many are in the order.
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether nobody is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The total points of whoever stands at `position`, counted from 0.
    #[must_use]
    pub fn total(&self, position: usize) -> Option<Points> {
        self.order.get(position).map(|&who| self.entrants.total(who))
    }

    /// The digest the draw was made from, where there was a seed.
    #[must_use]
    pub fn seed_digest(&self) -> Option<Digest> {
        self.seed.as_ref().map(Seed::digest)
    }

    /// What put whoever stands at `position`, counted from 0, below the one above.
    #[must_use]
    pub fn parted(&self, position: usize) -> Option<Parted> {
        let below = *self.order.get(position)? as usize;
        let above = *self.order.get(position.checked_sub(1)?)? as usize;
        let columns = &self.entrants.columns;
        let classes = usize::from(!self.entrants.criteria.classes().is_empty());
        let column = columns.iter().position(|column| column[below] != column[above]);
        Some(match column {
            None => Parted::Draw,
            Some(i) if i < classes => Parted::Class,
            Some(i) if i == classes => Parted::Points,
            Some(i) => Parted::TieBreak(i - classes - 1),
        })
    }

    /// Whether the draw had a say about whoever stands at `position`.
    pub(crate) fn is_drawn(&self, position: u32) -> bool {
        let after = self.drawn.partition_point(|(start, _)| *start <= position);
        after.checked_sub(1).is_some_and(|i| position < self.drawn[i].0 + self.drawn[i].1)
    }
}

/// Eligible applicants by their columns, ties in the order they came in; and the groups of two
/// or more whom no column parts.
fn sorted(entrants: &Entrants<'_>) -> (Vec<u32>, Vec<(u32, u32)>) {
    let by_columns = |a: u32, b: u32| {
        let columns = entrants.columns.iter();
        columns
            .map(|column| column[a as usize].cmp(&column[b as usize]))
            .find(|ordering| ordering.is_ne())
            .unwrap_or(Ordering::Equal)
    };
    let mut order: Vec<u32> = (0..)
        .zip(&entrants.admission)
        .filter(|(_, admission)| **admission == Admission::Eligible)
        .map(|(who, _)| who)
        .collect();
    order.sort_unstable_by(|&a, &b| by_columns(a, b).then(a.cmp(&b)));
    let mut groups = Vec::new();
    let mut start = 0;
    for tied in order.chunk_by(|&a, &b| by_columns(a, b) == Ordering::Equal) {
        let length = tied.len() as u32;
        if length > 1 {
            groups.push((start, length));
        }
        start += length;
    }
    (order, groups)
}

fn draw(entrants: &Entrants<'_>, order: &mut [u32], drawn: &[(u32, u32)], seed: &Seed) {
    let mut tickets: Vec<(Digest, u32)> = Vec::new();
    for &(start, length) in drawn {
        let group = &mut order[start as usize..(start + length) as usize];
        tickets.clear();
        tickets.extend(
            group.iter().map(|&who| (seed.ticket(&entrants.applicants[who as usize].code), who)),
        );
        tickets.sort_unstable();
        for (place, (_, who)) in group.iter_mut().zip(&tickets) {
            *place = *who;
        }
    }
}
