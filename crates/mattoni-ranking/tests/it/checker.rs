//! An independent judge: it shares no code with the engine. It compares two applications at a
//! time, draws tickets from the published recipe, and looks for quotas broken and for anyone who
//! would rather have a place that went to somebody behind them.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use mattoni_core::Digest;
use mattoni_ranking::{
    Applicant, Call, DrawKind, FacilitiesSource, Members, Outcome, Prefer, Prize, Run, Seats,
    Standing, TieOn, Unfilled,
};

pub(crate) struct Judge<'a> {
    call: &'a Call,
    source: &'a FacilitiesSource,
    people: BTreeMap<&'a str, &'a Applicant>,
    seed: String,
}

/// A kind of seats at one facility for one group: facility, group, pool.
pub(crate) type Slot<'a> = (&'a str, Option<&'a str>, Option<&'a str>);

impl<'a> Judge<'a> {
    pub(crate) fn new(call: &'a Call, people: &'a [Applicant]) -> Self {
        let Prize::Places(facilities) = &call.prize else { panic!("places") };
        let mut codes: Vec<&str> = people.iter().map(|a| a.code.as_str()).collect();
        codes.sort_unstable();
        let list: String = codes.iter().map(|code| format!("{code}\n")).collect();
        let text = call.criteria.draw().seed.clone().unwrap();
        let seed = Digest::of(format!("{}\n{text}", Digest::of(list.as_bytes())).as_bytes());
        Self {
            call,
            source: facilities.source(),
            people: people.iter().map(|a| (a.code.as_str(), a)).collect(),
            seed: seed.to_string(),
        }
    }

    fn ticket(&self, code: &str, facility: &str) -> String {
        let text = match self.call.criteria.draw().kind {
            DrawKind::Single => format!("{}\n{code}", self.seed),
            DrawKind::Multiple => format!("{}\n{code}\n{facility}", self.seed),
        };
        Digest::of(text.as_bytes()).to_string()
    }

    fn points(a: &Applicant, criterion: Option<&str>) -> i64 {
        let counts = |c: &str| criterion.is_none_or(|only| only == c);
        a.points.iter().filter(|s| counts(&s.criterion)).map(|s| s.counted().in_hundredths()).sum()
    }

    /// Who goes first at `facility` among equal titles and the same seats.
    pub(crate) fn compare(&self, a: &Applicant, b: &Applicant, facility: &str) -> Ordering {
        let priority =
            |x: &Applicant| x.preferences.iter().find(|p| p.facility == facility).unwrap().priority;
        let class = |x: &Applicant| {
            x.class.as_ref().map(|c| self.call.criteria.classes().iter().position(|k| k == c))
        };
        priority(a)
            .cmp(&priority(b))
            .then_with(|| class(a).cmp(&class(b)))
            .then_with(|| Self::points(b, None).cmp(&Self::points(a, None)))
            .then_with(|| {
                self.call.criteria.tie_breaks().iter().fold(Ordering::Equal, |so_far, tie| {
                    so_far.then_with(|| {
                        let value = |x: &Applicant| match &tie.on {
                            TieOn::Criterion(code) => Some(Self::points(x, Some(code))),
                            TieOn::Key { name, .. } => {
                                x.tie_value(name).map(|v| v.to_string().parse::<i64>().unwrap())
                            }
                        };
                        match (value(a), value(b)) {
                            (Some(a), Some(b)) if tie.prefer == Prefer::Lower => a.cmp(&b),
                            (Some(a), Some(b)) => b.cmp(&a),
                            (a, b) => b.is_some().cmp(&a.is_some()),
                        }
                    })
                })
            })
            .then_with(|| self.ticket(&a.code, facility).cmp(&self.ticket(&b.code, facility)))
    }

    fn titles<'x>(a: &'x Applicant, facility: &str) -> Vec<&'x str> {
        let preference = a.preferences.iter().find(|p| p.facility == facility).unwrap();
        match &preference.pool {
            Some(pool) => vec![pool.as_str()],
            None => a.reserves.iter().map(String::as_str).collect(),
        }
    }

    fn seats(&self, facility: &str, group: Option<&str>) -> Option<&'a Seats> {
        let facility = self.source.facility.iter().find(|f| f.code == facility).unwrap();
        facility.seats.iter().find(|s| s.group.as_deref() == group)
    }

    fn places(seats: &Seats, pool: Option<&str>) -> i64 {
        match pool {
            Some(pool) => seats.reserved.iter().find(|r| r.pool == pool).map_or(0, |r| r.places),
            None => seats.places - seats.reserved.iter().map(|r| r.places).sum::<i64>(),
        }
    }

    pub(crate) fn group_of(&self, a: &'a Applicant) -> Option<&'a str> {
        if self.source.group.is_empty() { None } else { a.group.as_deref() }
    }

    pub(crate) fn may_take(&self, a: &Applicant, facility: &str, pool: Option<&str>) -> bool {
        let titles = Self::titles(a, facility);
        let find = |code: &str| self.source.pool.iter().find(|p| p.code == code).unwrap();
        match pool {
            None => titles.iter().all(|t| find(t).members == Members::Everywhere),
            Some(pool) => titles.contains(&pool) || find(pool).unfilled == Unfilled::Released,
        }
    }

    /// Everything that is wrong with an outcome.
    pub(crate) fn faults(&self, outcomes: &BTreeMap<String, Outcome>) -> Vec<String> {
        let mut faults = Vec::new();
        let mut holders: BTreeMap<Slot<'_>, Vec<&Applicant>> = BTreeMap::new();
        let mut choice: BTreeMap<&str, usize> = BTreeMap::new();
        for (code, outcome) in outcomes {
            let Outcome::Placed { facility, pool, preference } = outcome else { continue };
            let a = self.people[code.as_str()];
            if a.preferences[*preference as usize - 1].facility != *facility {
                faults.push(format!("{code} holds a place it did not name as {preference}"));
            }
            if matches!(a.standing, Standing::Excluded { .. }) {
                faults.push(format!("{code} is excluded and holds a place"));
            }
            if !self.may_take(a, facility, pool.as_deref()) {
                faults.push(format!("{code} may not hold {facility} {pool:?}"));
            }
            choice.insert(&a.code, *preference as usize - 1);
            holders.entry((facility, self.group_of(a), pool.as_deref())).or_default().push(a);
        }
        for ((facility, group, pool), held) in &holders {
            let places = self.seats(facility, *group).map_or(0, |s| Self::places(s, *pool));
            if held.len() as i64 > places {
                faults.push(format!("{facility} {group:?} {pool:?}: {} in {places}", held.len()));
            }
        }
        for a in self.people.values() {
            if matches!(a.standing, Standing::Excluded { .. }) {
                continue;
            }
            let held = choice.get(a.code.as_str()).copied();
            for preference in &a.preferences[..held.unwrap_or(a.preferences.len())] {
                let facility = preference.facility.as_str();
                let group = self.group_of(a);
                let Some(seats) = self.seats(facility, group) else { continue };
                let pools = self.source.pool.iter().map(|p| Some(p.code.as_str()));
                for pool in pools.chain([None]) {
                    let places = Self::places(seats, pool);
                    if places == 0 || !self.may_take(a, facility, pool) {
                        continue;
                    }
                    let none = Vec::new();
                    let there = holders.get(&(facility, group, pool)).unwrap_or(&none);
                    if (there.len() as i64) < places {
                        faults.push(format!("{} wants {facility} {pool:?}: empty", a.code));
                    }
                    let untitled = |x: &Applicant| {
                        pool.is_some_and(|p| !Self::titles(x, facility).contains(&p))
                    };
                    for other in there {
                        let order = untitled(a)
                            .cmp(&untitled(other))
                            .then_with(|| self.compare(a, other, facility));
                        if order == Ordering::Less {
                            faults.push(format!(
                                "{} goes before {} at {facility}",
                                a.code, other.code
                            ));
                        }
                    }
                }
            }
        }
        faults
    }

    /// Whether no quota is broken.
    pub(crate) fn fits(&self, outcomes: &BTreeMap<String, Outcome>) -> bool {
        let mut held: BTreeMap<Slot<'_>, i64> = BTreeMap::new();
        for (code, outcome) in outcomes {
            if let Outcome::Placed { facility, pool, .. } = outcome {
                let group = self.group_of(self.people[code.as_str()]);
                *held.entry((facility, group, pool.as_deref())).or_default() += 1;
            }
        }
        held.iter().all(|((facility, group, pool), held)| {
            *held <= self.seats(facility, *group).map_or(0, |s| Self::places(s, *pool))
        })
    }

    /// Whether an applicant would hold a place of the pool without a title to it.
    pub(crate) fn is_untitled(&self, a: &Applicant, facility: &str, pool: Option<&str>) -> bool {
        pool.is_some_and(|pool| !Self::titles(a, facility).contains(&pool))
    }

    /// The pools an applicant may take a place of, and how many places of each nobody has.
    pub(crate) fn pools_at(
        &self,
        a: &'a Applicant,
        facility: &str,
        outcomes: &BTreeMap<String, Outcome>,
    ) -> Vec<(Option<&'a str>, i64)> {
        let group = self.group_of(a);
        let Some(seats) = self.seats(facility, group) else { return Vec::new() };
        let pools = self.source.pool.iter().map(|p| Some(p.code.as_str())).chain([None]);
        pools
            .filter(|pool| Self::places(seats, *pool) > 0 && self.may_take(a, facility, *pool))
            .map(|pool| {
                let held = outcomes.iter().filter(|(code, outcome)| {
                    let here = matches!(outcome, Outcome::Placed { facility: f, pool: p, .. }
                        if f == facility && p.as_deref() == pool);
                    here && self.group_of(self.people[code.as_str()]) == group
                });
                (pool, Self::places(seats, pool) - held.count() as i64)
            })
            .collect()
    }

    /// How many places a facility has for an applicant outside reserves.
    pub(crate) fn regular_places(&self, a: &'a Applicant, facility: &str) -> i64 {
        self.seats(facility, self.group_of(a)).map_or(0, |s| Self::places(s, None))
    }

    /// Every outcome there can be, for instances small enough to try them all.
    pub(crate) fn all_outcomes(&self) -> Vec<BTreeMap<String, Outcome>> {
        let mut all = vec![BTreeMap::new()];
        for a in self.people.values() {
            let mut options = vec![None];
            for (i, preference) in a.preferences.iter().enumerate() {
                let facility = preference.facility.as_str();
                let Some(seats) = self.seats(facility, self.group_of(a)) else { continue };
                let pools = self.source.pool.iter().map(|p| Some(p.code.as_str()));
                for pool in pools.chain([None]) {
                    if Self::places(seats, pool) > 0 && self.may_take(a, facility, pool) {
                        options.push(Some(Outcome::Placed {
                            facility: facility.to_owned(),
                            pool: pool.map(str::to_owned),
                            preference: i as u32 + 1,
                        }));
                    }
                }
            }
            all = all
                .into_iter()
                .flat_map(|before: BTreeMap<String, Outcome>| {
                    options.iter().map(move |option| {
                        let mut after = before.clone();
                        if let Some(outcome) = option {
                            after.insert(a.code.clone(), outcome.clone());
                        }
                        after
                    })
                })
                .collect();
        }
        all
    }
}

pub(crate) fn outcomes(run: &Run) -> BTreeMap<String, Outcome> {
    run.lines().iter().map(|l| (l.applicant.code.clone(), l.outcome.clone())).collect()
}

/// Which of its preferences an application holds; a number past them all for none.
pub(crate) fn choice(outcomes: &BTreeMap<String, Outcome>, code: &str) -> u32 {
    match outcomes.get(code) {
        Some(Outcome::Placed { preference, .. }) => *preference,
        _ => u32::MAX,
    }
}
