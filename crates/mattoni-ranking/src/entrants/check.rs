//! The check of every application, and what decides laid out in columns on the way.

use mattoni_core::Problem;

use super::{Admission, FIRST, LAST};
use crate::{
    Applicant, Criteria, Duplicates, Missing, Points, Prefer, Standing, TieBreak, TieOn, TieValue,
    Together, codes,
};

/// That every code is there once: `codes` are in order.
pub(super) fn twins(codes: &[&str], found: &mut Vec<Problem>) {
    for same in codes.chunk_by(|a, b| a == b).filter(|same| same.len() > 1) {
        let (code, times) = (same[0], same.len());
        found.push(Problem::new(
            "ranking.applicant.duplicate",
            format!("applicant[{code}]"),
            format!("must be the code of one application; {times} have it"),
            "keep one, or give each its own code",
        ));
    }
}

/// One pass over the applications: they are far apart in memory, and reading them is what takes
/// the time.
pub(super) struct Check<'a> {
    criteria: &'a Criteria,
    pub(super) admission: Vec<Admission>,
    pub(super) columns: Vec<Vec<u64>>,
    /// The subject and the number of those that name one and are not excluded.
    subjects: Vec<(&'a str, u32)>,
    /// Those who ask to be placed with brothers and sisters.
    pub(super) linked: Vec<u32>,
    // Points under each criterion of the applicant at hand; `None` once they do not fit.
    sums: Vec<Option<Points>>,
}

impl<'a> Check<'a> {
    pub(super) fn new(criteria: &'a Criteria, applicants: usize) -> Self {
        let columns = usize::from(!criteria.classes().is_empty()) + 1 + criteria.tie_breaks().len();
        Self {
            criteria,
            admission: Vec::with_capacity(applicants),
            columns: (0..columns).map(|_| Vec::with_capacity(applicants)).collect(),
            subjects: Vec::new(),
            linked: Vec::new(),
            sums: Vec::new(),
        }
    }

    pub(super) fn applicant(
        &mut self,
        who: u32,
        applicant: &'a Applicant,
        found: &mut Vec<Problem>,
    ) {
        if let Some(subject) = &applicant.subject
            && !matches!(applicant.standing, Standing::Excluded { .. })
        {
            self.subjects.push((subject, who));
        }
        if applicant.siblings.is_some() {
            self.linked.push(who);
        }
        let at = |what: &str| format!("applicant[{}]{what}", applicant.code);
        codes::check(&applicant.code, "applicant", found);
        let mut next = 0;
        if !self.criteria.classes().is_empty() {
            let class = self.class(applicant, found);
            self.columns[0].push(class);
            next = 1;
        }
        let total = self.points(applicant, found);
        self.columns[next].push(!super::encode(total.in_hundredths()));
        let mut keys = Keys { applicant, next: 0, found: 0 };
        for (tie_break, column) in self.criteria.tie_breaks().iter().zip(next + 1..) {
            let value = self.tie_break(applicant, tie_break, &mut keys, found);
            self.columns[column].push(value);
        }
        keys.check_unique(found);
        self.admission.push(self.admission_of(applicant, total));
        for flag in &applicant.open_flags {
            found.push(Problem::new(
                "ranking.flag.open",
                at(".open_flags"),
                format!("must be resolved, and the flag {flag:?} is open"),
                "resolve the flag before the run",
            ));
        }
        if let Standing::Excluded { reason } | Standing::Included { reason } = &applicant.standing
            && mattoni_core::text::is_blank(reason)
        {
            found.push(Problem::new(
                "ranking.standing.reason",
                at(".standing"),
                "must have a reason, since the office takes the application in or out",
                "write the reason",
            ));
        }
    }

    /// That nobody is ranked twice: of several applications for one subject, all but one are left
    /// out, where the criteria say which one is kept.
    pub(super) fn subjects(&mut self, applicants: &[&Applicant], found: &mut Vec<Problem>) {
        let rule = self.criteria.duplicates();
        let number = |who: u32| applicants[who as usize];
        self.subjects.sort_unstable_by_key(|&(subject, who)| (subject, &number(who).code));
        for same in self.subjects.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
            let field = |who: u32, what: &str| format!("applicant[{}].{what}", number(who).code);
            if rule == Duplicates::Refuse {
                let codes: Vec<&str> = same.iter().map(|(_, who)| &*number(*who).code).collect();
                found.push(Problem::new(
                    "ranking.applicant.same-subject",
                    field(same[0].1, "subject"),
                    format!(
                        "must be ranked once; applications {} are for the same subject",
                        codes.join(", ")
                    ),
                    "exclude all but one, with a reason; or let the criteria keep the first or the last",
                ));
                continue;
            }
            let mut received = Vec::with_capacity(same.len());
            for &(_, who) in same {
                match number(who).received_at {
                    Some(at) => received.push((at, &number(who).code, who)),
                    None => found.push(Problem::new(
                        "ranking.applicant.received",
                        field(who, "received_at"),
                        "must be given, since another application is for the same subject",
                        "say when it came in",
                    )),
                }
            }
            received.sort_unstable();
            let kept = match rule {
                Duplicates::KeepLast => received.last(),
                _ => received.first(),
            };
            let Some(&(_, _, kept)) = kept else { continue };
            for &(_, who) in same.iter().filter(|(_, who)| *who != kept) {
                self.admission[who as usize] = Admission::Duplicate(kept);
            }
        }
    }

    /// That all of a family ask for the same, those aside who are left out.
    pub(super) fn families(&self, applicants: &[&Applicant], found: &mut Vec<Problem>) {
        let is_left_out =
            |who: &&u32| matches!(self.admission[**who as usize], Admission::Duplicate(_));
        let mut families: Vec<(&str, &str, bool)> = self
            .linked
            .iter()
            .filter(|who| !is_left_out(who))
            .map(|&who| applicants[who as usize])
            .filter_map(|a| {
                let siblings = a.siblings.as_ref()?;
                codes::check(&siblings.family, &format!("applicant[{}].siblings", a.code), found);
                let or_not_at_all = siblings.ask == Together::OrNotAtAll;
                Some((siblings.family.as_str(), a.code.as_str(), or_not_at_all))
            })
            .collect();
        families.sort_unstable();
        for family in families.chunk_by(|a, b| a.0 == b.0) {
            if family.iter().any(|one| one.2 != family[0].2) {
                let codes: Vec<&str> = family.iter().map(|(_, code, _)| *code).collect();
                found.push(Problem::new(
                    "ranking.siblings.ask",
                    format!("applicant[{}].siblings", codes[0]),
                    format!(
                        "must be the same for all siblings, and {} ask for different things",
                        codes.join(", ")
                    ),
                    "let all of them ask for the same",
                ));
            }
        }
    }

    fn class(&self, applicant: &Applicant, found: &mut Vec<Problem>) -> u64 {
        let rank = applicant.class.as_deref().and_then(|class| self.criteria.class_rank(class));
        if rank.is_none() {
            found.push(Problem::new(
                "ranking.class.unknown",
                format!("applicant[{}].class", applicant.code),
                match &applicant.class {
                    Some(class) => {
                        format!("must be a class of the criteria, and {class:?} is none")
                    }
                    None => "must name a class, since the criteria order by class".to_owned(),
                },
                "give it one of the classes",
            ));
        }
        super::encode(i64::from(rank.unwrap_or(0)))
    }

    fn points(&mut self, applicant: &Applicant, found: &mut Vec<Problem>) -> Points {
        let criteria = &self.criteria.source().criterion;
        self.sums.clear();
        self.sums.resize(criteria.len(), Some(Points::ZERO));
        for score in &applicant.points {
            match self.criteria.criterion_position(&score.criterion) {
                Some(i) => {
                    self.sums[i] = self.sums[i].and_then(|sum| sum.checked_add(score.counted()));
                }
                None => found.push(Problem::new(
                    "ranking.criterion.unknown",
                    format!("applicant[{}].points", applicant.code),
                    format!("must be under a criterion, and {:?} is none", score.criterion),
                    "give points only under the criteria",
                )),
            }
        }
        let mut total = Points::ZERO;
        for (sum, criterion) in self.sums.iter().zip(criteria) {
            let field = || format!("applicant[{}].points[{}]", applicant.code, criterion.code);
            match sum {
                // Every criterion is within bounds whose sum was checked to fit.
                Some(sum) if (criterion.min..=criterion.max).contains(sum) => {
                    total = total.checked_add(*sum).unwrap_or(total);
                }
                Some(sum) => found.push(Problem::new(
                    "ranking.points.range",
                    field(),
                    format!(
                        "must be {} to {}, as the criterion gives; has {sum}",
                        criterion.min, criterion.max
                    ),
                    "correct the points or the criterion",
                )),
                None => found.push(Problem::new(
                    "ranking.points.overflow",
                    field(),
                    "must add up to what fits 64 bits of hundredths",
                    "correct the points",
                )),
            }
        }
        total
    }

    fn tie_break(
        &self,
        applicant: &Applicant,
        tie_break: &TieBreak,
        keys: &mut Keys<'_>,
        found: &mut Vec<Problem>,
    ) -> u64 {
        let (value, missing) = match &tie_break.on {
            TieOn::Criterion(code) => {
                let sum = self.criteria.criterion_position(code).and_then(|i| self.sums[i]);
                (sum.map_or(0, Points::in_hundredths), Missing::Refused)
            }
            TieOn::Key { name, kind, missing } => match keys.value(name) {
                Some(value) if value.kind() == Some(*kind) => (value.ordinal(), *missing),
                Some(value) => {
                    found.push(Problem::new(
                        "ranking.tie-key.kind",
                        format!("applicant[{}].tie_keys[{name}]", applicant.code),
                        format!("must be of the kind that the criteria name, and {value} is not"),
                        "give a number, an amount or a date as the criteria say",
                    ));
                    return FIRST;
                }
                None => match missing {
                    Missing::First => return FIRST,
                    Missing::Last => return LAST,
                    Missing::Refused => {
                        found.push(Problem::new(
                            "ranking.tie-key.missing",
                            format!("applicant[{}].tie_keys[{name}]", applicant.code),
                            "must be given, since a tie-break needs it",
                            "give it, or let the criteria say where those without it stand",
                        ));
                        return FIRST;
                    }
                },
            },
        };
        let better_low = match tie_break.prefer {
            Prefer::Lower => super::encode(value),
            Prefer::Higher => !super::encode(value),
        };
        if missing != Missing::Refused && (better_low == FIRST || better_low == LAST) {
            found.push(Problem::new(
                "ranking.tie-key.range",
                format!("applicant[{}].tie_keys", applicant.code),
                "must not be the smallest or the greatest 64-bit number, which stand for a missing value",
                "correct the value",
            ));
        }
        better_low
    }

    fn admission_of(&self, applicant: &Applicant, total: Points) -> Admission {
        match applicant.standing {
            Standing::Excluded { .. } => return Admission::Excluded,
            Standing::Included { .. } => return Admission::Eligible,
            Standing::Ordinary => {}
        }
        let missed = self.criteria.thresholds().iter().position(|threshold| {
            let has = match &threshold.criterion {
                None => Some(total),
                Some(code) => self.criteria.criterion_position(code).and_then(|i| self.sums[i]),
            };
            has.is_some_and(|has| has < threshold.at_least)
        });
        match missed.and_then(|i| u16::try_from(i).ok()) {
            Some(i) => Admission::BelowThreshold(i),
            None => Admission::Eligible,
        }
    }
}

/// The values an application brings. Mostly they come in the order of the criteria, so each is
/// looked for first behind the one before.
struct Keys<'a> {
    applicant: &'a Applicant,
    next: usize,
    found: usize,
}

impl Keys<'_> {
    fn value(&mut self, name: &str) -> Option<TieValue> {
        let keys = &self.applicant.tie_keys;
        let at = match keys.get(self.next) {
            Some(key) if key.key == name => self.next,
            _ => keys.iter().position(|key| key.key == name)?,
        };
        self.next = at + 1;
        self.found += 1;
        Some(keys[at].value())
    }

    fn check_unique(&self, found: &mut Vec<Problem>) {
        let keys = &self.applicant.tie_keys;
        // As many names were found as there are values: none is there twice.
        if self.found == keys.len() {
            return;
        }
        for (i, key) in keys.iter().enumerate() {
            if keys[..i].iter().any(|earlier| earlier.key == key.key) {
                found.push(Problem::new(
                    "ranking.tie-key.duplicate",
                    format!("applicant[{}].tie_keys[{}]", self.applicant.code, key.key),
                    "must be given once",
                    "keep one, and put what the office found into its correction",
                ));
            }
        }
    }
}
