//! Preferences and places as flat arrays.

use mattoni_core::{Problem, Problems};

use crate::{Applicant, Facilities, Members, Place, Unfilled};

/// Everyone's preferences over the facilities, checked and laid out flat.
///
/// A facility's places for one group are a *section*. A section has a list of *attempts*, which
/// every applicant goes through in the same order as far as they may: their reserved places
/// first, then the regular ones, then reserved places that are released.
#[derive(Debug)]
pub struct Market<'a> {
    pub(crate) facilities: &'a Facilities,
    pub(crate) pools: Vec<PoolOfSeats>,
    attempt_start: Vec<u32>,
    attempts: Vec<Attempt>,
    pub(crate) edge_start: Vec<u32>,
    pub(crate) edge_section: Vec<u32>,
    pub(crate) edge_priority: Vec<u32>,
    /// The reserved pools each edge competes in, one bit a pool; empty when there are no pools.
    edge_reserves: Vec<u64>,
    pub(crate) has_priorities: bool,
}

/// Interchangeable places: those of one reserve, or the regular ones, of one section.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PoolOfSeats {
    pub(crate) section: u32,
    /// `None` for regular places.
    pub(crate) reserve: Option<u8>,
    pub(crate) places: u32,
}

/// One attempt at a facility, for those who may make it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt {
    pub(crate) pool: u32,
    needs: u64,
    bars: u64,
    /// Whether the attempt is made without a title: those with a title go before.
    pub(crate) released: bool,
}

impl Attempt {
    pub(crate) const fn admits(self, reserves: u64) -> bool {
        (self.needs == 0 || reserves & self.needs != 0) && reserves & self.bars == 0
    }
}

impl<'a> Market<'a> {
    /// The greatest number a priority can be.
    pub const MOST_PRIORITY: u32 = (1 << 31) - 1;

    /// Checks every preference against the facilities.
    ///
    /// # Errors
    /// Everything at once: unknown facilities, pools and groups, a facility named twice by one
    /// applicant, priorities out of range.
    pub fn check<'p>(
        facilities: &'a Facilities,
        applicants: impl IntoIterator<Item = &'p Applicant>,
    ) -> Result<Self, Problems> {
        let applicants = applicants.into_iter();
        let mut found = Vec::new();
        let mut market = Self {
            facilities,
            pools: Vec::new(),
            attempt_start: vec![0],
            attempts: Vec::new(),
            edge_start: Vec::with_capacity(applicants.size_hint().0 + 1),
            edge_section: Vec::new(),
            edge_priority: Vec::new(),
            edge_reserves: Vec::new(),
            has_priorities: false,
        };
        market.lay_out_sections();
        market.edge_start.push(0);
        for applicant in applicants {
            market.lay_out_edges(applicant, &mut found);
        }
        if u32::try_from(market.edge_section.len()).is_err() {
            found.push(Problem::new(
                "ranking.preferences.many",
                "preferences",
                "must be at most 4,294,967,295",
                "split it",
            ));
        }
        Problems::check(found)?;
        Ok(market)
    }

    fn lay_out_sections(&mut self) {
        let source = self.facilities.source();
        let separate = source
            .pool
            .iter()
            .enumerate()
            .filter(|(_, pool)| pool.members == Members::Separate)
            .fold(0_u64, |bits, (i, _)| bits | 1 << i);
        for facility in &source.facility {
            for group in 0..self.facilities.groups() {
                let section = (self.attempt_start.len() - 1) as u32;
                let seats = facility.seats.iter().find(|seats| {
                    self.facilities.group_position(seats.group.as_deref()) == Some(group)
                });
                if let Some(seats) = seats {
                    let mut released = Vec::new();
                    let mut left = seats.places;
                    // Reserves are filled in the order the pools are declared, not as listed
                    // under the facility, so that every facility follows the same rule.
                    for (i, pool) in source.pool.iter().enumerate() {
                        let reserved = seats.reserved.iter().find(|r| r.pool == pool.code);
                        let Some(reserved) = reserved else { continue };
                        left -= reserved.places;
                        let number = self.add_pool(section, Some(i as u8), reserved.places);
                        self.attempts.push(Attempt {
                            pool: number,
                            needs: 1 << i,
                            bars: 0,
                            released: false,
                        });
                        if pool.unfilled == Unfilled::Released {
                            released.push(Attempt {
                                pool: number,
                                needs: 0,
                                bars: 1 << i,
                                released: true,
                            });
                        }
                    }
                    if left > 0 {
                        let pool = self.add_pool(section, None, left);
                        self.attempts.push(Attempt {
                            pool,
                            needs: 0,
                            bars: separate,
                            released: false,
                        });
                    }
                    self.attempts.append(&mut released);
                }
                self.attempt_start.push(self.attempts.len() as u32);
            }
        }
    }

    fn add_pool(&mut self, section: u32, reserve: Option<u8>, places: i64) -> u32 {
        // `Facilities::new` has checked that the number is far below the limit.
        let places = u32::try_from(places).unwrap_or(0);
        self.pools.push(PoolOfSeats { section, reserve, places });
        (self.pools.len() - 1) as u32
    }

    fn lay_out_edges(&mut self, applicant: &Applicant, found: &mut Vec<Problem>) {
        let field = || format!("applicant[{}]", applicant.code);
        let facilities = self.facilities;
        let group = facilities.group_position(applicant.group.as_deref());
        if group.is_none() && !applicant.preferences.is_empty() {
            found.push(Problem::new(
                "ranking.group.unknown",
                format!("{}.group", field()),
                match &applicant.group {
                    Some(group) => format!("must be a group, and {group:?} is none"),
                    None => "must name a group, since places are by group".to_owned(),
                },
                "name one of the groups",
            ));
        }
        let bit = |pool: &str, found: &mut Vec<Problem>| match facilities.pool_position(pool) {
            Some(i) => 1_u64 << i,
            None => {
                found.push(Problem::new(
                    "ranking.pool.unknown",
                    field(),
                    format!("must be a pool, and {pool:?} is none"),
                    "name one of the pools",
                ));
                0
            }
        };
        let own = applicant.reserves.iter().fold(0, |bits, pool| bits | bit(pool, found));
        for (i, preference) in applicant.preferences.iter().enumerate() {
            let at = || format!("{}.preferences[{i}]", field());
            let facility = facilities.facility_position(&preference.facility);
            let section = facility.unwrap_or(0) * facilities.groups() + group.unwrap_or(0);
            let earlier = &self.edge_section[self.edge_section.len() - i..];
            // Two facilities have different sections, unless a facility is not known.
            let again = earlier.contains(&(section as u32))
                && applicant.preferences[..i].iter().any(|p| p.facility == preference.facility);
            if facility.is_none() {
                found.push(Problem::new(
                    "ranking.facility.unknown",
                    at(),
                    format!("must be a facility, and {:?} is none", preference.facility),
                    "name one of the facilities",
                ));
            }
            if again {
                found.push(Problem::new(
                    "ranking.preference.duplicate",
                    at(),
                    format!("must be named once, and {:?} is named twice", preference.facility),
                    "name each facility once",
                ));
            }
            if preference.priority > Self::MOST_PRIORITY {
                found.push(Problem::new(
                    "ranking.preference.priority",
                    at(),
                    format!(
                        "must be at most {}, and priority {} is greater",
                        Self::MOST_PRIORITY,
                        preference.priority
                    ),
                    "use smaller numbers",
                ));
            }
            self.edge_section.push(section as u32);
            self.edge_priority.push(preference.priority);
            self.has_priorities |= preference.priority != 0;
            if !facilities.source().pool.is_empty() {
                self.edge_reserves.push(match &preference.pool {
                    Some(pool) => bit(pool, found),
                    None => own,
                });
            } else if let Some(pool) = &preference.pool {
                bit(pool, found);
            }
        }
        self.edge_start.push(self.edge_section.len() as u32);
    }

    pub(crate) fn attempts(&self, section: u32) -> &[Attempt] {
        let section = section as usize;
        let range = self.attempt_start[section]..self.attempt_start[section + 1];
        &self.attempts[range.start as usize..range.end as usize]
    }

    /// The attempts an edge may make, in order.
    pub(crate) fn attempts_of(&self, edge: u32) -> impl Iterator<Item = Attempt> + '_ {
        let reserves = self.reserves(edge);
        self.attempts(self.edge_section[edge as usize])
            .iter()
            .copied()
            .filter(move |attempt| attempt.admits(reserves))
    }

    pub(crate) fn reserves(&self, edge: u32) -> u64 {
        self.edge_reserves.get(edge as usize).copied().unwrap_or(0)
    }

    pub(crate) fn edges(&self, applicant: u32) -> std::ops::Range<u32> {
        self.edge_start[applicant as usize]..self.edge_start[applicant as usize + 1]
    }

    /// All edges of everyone.
    pub(super) fn spans(&self) -> Vec<std::ops::Range<u32>> {
        self.edge_start.windows(2).map(|pair| pair[0]..pair[1]).collect()
    }

    pub(crate) fn sections(&self) -> usize {
        self.attempt_start.len() - 1
    }

    /// The facility a section belongs to.
    pub(crate) fn facility_of(&self, section: u32) -> usize {
        section as usize / self.facilities.groups()
    }

    /// The pool of seats a place is in, by the edge that led there and the reserve's code.
    pub(crate) fn pool_of(&self, edge: u32, reserve: Option<&str>) -> Option<u32> {
        let reserve = match reserve {
            Some(code) => Some(u8::try_from(self.facilities.pool_position(code)?).ok()?),
            None => None,
        };
        self.attempts(self.edge_section[edge as usize])
            .iter()
            .map(|attempt| attempt.pool)
            .find(|&pool| self.pools[pool as usize].reserve == reserve)
    }

    /// The place an applicant holds through `edge` in `pool`.
    pub(crate) fn place(&self, who: u32, edge: u32, pool: u32) -> Place {
        let source = self.facilities.source();
        let seats = self.pools[pool as usize];
        Place {
            facility: source.facility[self.facility_of(seats.section)].code.clone(),
            pool: seats.reserve.map(|i| source.pool[usize::from(i)].code.clone()),
            preference: edge - self.edges(who).start + 1,
        }
    }
}
