//! The order: class, points, tie-breaks, draw.

use std::cmp::Ordering;

use mattoni_core::{Digest, Problem, Problems};

use crate::draw::Seed;
use crate::entrants::{Admission, FIRST, LAST};
use crate::{Applicant, Entrants, Points, sorting};

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
                    format!("{tied} applications are tied to the end and the seed is not known"),
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
    let packing = Packing::of(entrants);
    let mut rows: Vec<(u64, u32)> = (0..)
        .zip(&entrants.admission)
        .filter(|(_, admission)| **admission == Admission::Eligible)
        .map(|(who, _)| (packing.key(who), who))
        .collect();
    sorting::by_key(&mut rows, packing.bits.min(64));
    let by_columns = |a: u32, b: u32| {
        entrants
            .columns
            .iter()
            .map(|column| column[a as usize].cmp(&column[b as usize]))
            .find(|ordering| ordering.is_ne())
            .unwrap_or(Ordering::Equal)
    };
    let mut groups = Vec::new();
    let mut start = 0;
    for same in rows.chunk_by_mut(|a, b| a.0 == b.0) {
        if packing.bits > 64 && same.len() > 1 {
            same.sort_unstable_by(|a, b| by_columns(a.1, b.1).then(a.1.cmp(&b.1)));
        }
        let tied = |a: &(u64, u32), b: &(u64, u32)| {
            packing.bits <= 64 || by_columns(a.1, b.1) == Ordering::Equal
        };
        for group in same.chunk_by(tied) {
            let length = group.len() as u32;
            if length > 1 {
                groups.push((start, length));
            }
            start += length;
        }
    }
    (rows.into_iter().map(|(_, who)| who).collect(), groups)
}

/// How the columns fit side by side into one number that orders like them.
struct Packing<'a> {
    columns: Vec<Fitted<'a>>,
    /// How many bits they need; above 64 the key holds the first 64 of them.
    bits: u32,
}

impl<'a> Packing<'a> {
    fn of(entrants: &'a Entrants<'_>) -> Self {
        let columns: Vec<Fitted<'a>> = entrants.columns.iter().map(|c| Fitted::of(c)).collect();
        let bits = columns.iter().map(|column| column.bits).sum();
        Self { columns, bits }
    }

    fn key(&self, who: u32) -> u64 {
        let mut key = 0;
        let mut room = 64;
        for column in &self.columns {
            let code = column.code(who);
            if room == 0 {
                break;
            }
            if column.bits >= room {
                let high = code >> (column.bits - room);
                return if room == 64 { high } else { key << room | high };
            }
            key = key << column.bits | code;
            room -= column.bits;
        }
        key
    }
}

struct Fitted<'a> {
    values: &'a [u64],
    least: u64,
    last: u64,
    bits: u32,
}

impl<'a> Fitted<'a> {
    fn of(values: &'a [u64]) -> Self {
        let (mut least, mut most) = (LAST, FIRST);
        for &value in values {
            if value != FIRST && value != LAST {
                least = least.min(value);
                most = most.max(value);
            }
        }
        // 0 stands for FIRST and the code after the greatest for LAST.
        let last = most.saturating_sub(least).saturating_add(2);
        Self { values, least: least.min(most), last, bits: 64 - last.leading_zeros() }
    }

    fn code(&self, who: u32) -> u64 {
        match self.values[who as usize] {
            FIRST => 0,
            LAST => self.last,
            value => value - self.least + 1,
        }
    }
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
