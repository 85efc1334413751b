//! The list of entrants: every application checked, and what decides laid out in columns.

use mattoni_core::{Digest, Problem, Problems};

use crate::draw::sorted_entrants_digest;
use crate::{
    Applicant, Criteria, Missing, Points, Prefer, Ranked, Standing, TieBreak, TieOn, codes,
};

/// Everyone who enters the ranking, checked against the criteria.
///
/// Its [digest](Self::digest) is published before the seed of the draw is known. Holding one
/// means that every application has a code of its own, points within the criteria, every value
/// the tie-breaks need, and no open review flag.
#[derive(Debug)]
pub struct Entrants<'a> {
    pub(crate) criteria: &'a Criteria,
    pub(crate) applicants: &'a [Applicant],
    pub(crate) digest: Digest,
    pub(crate) admission: Vec<Admission>,
    /// What decides, first to last: class where there are classes, total, each tie-break. Lower
    /// is better in every column.
    pub(crate) columns: Vec<Vec<u64>>,
    /// Positions in `applicants`, by code.
    pub(crate) by_code: Vec<u32>,
}

/// Whether an application takes part in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    Eligible,
    /// Index of the first threshold missed.
    BelowThreshold(u16),
    Excluded,
}

/// In a column: before every value.
pub(crate) const FIRST: u64 = 0;
/// In a column: after every value.
pub(crate) const LAST: u64 = u64::MAX;

impl<'a> Entrants<'a> {
    /// Checks all applications.
    ///
    /// # Errors
    /// Everything that is wrong with any of them, at once: codes that are none or double, points
    /// under unknown criteria, out of range or too many to add, missing or mistyped tie values,
    /// unknown classes, open flags (`ranking.flag.open`), exclusions without a reason.
    pub fn check(criteria: &'a Criteria, applicants: &'a [Applicant]) -> Result<Self, Problems> {
        let mut found = Vec::new();
        if u32::try_from(applicants.len()).is_err() {
            return Err(Problem::new(
                "ranking.applicants.many",
                "applicants",
                "a ranking takes at most 4,294,967,295 applications",
                "split it",
            )
            .into());
        }
        let by_code = sorted_by_code(applicants);
        check_twins(applicants, &by_code, &mut found);
        let mut check = Check::new(criteria, applicants.len());
        for applicant in applicants {
            check.applicant(applicant, &mut found);
        }
        Problems::check(found)?;
        let digest =
            sorted_entrants_digest(by_code.iter().map(|&i| applicants[i as usize].code.as_str()));
        let Check { admission, columns, .. } = check;
        Ok(Self { criteria, applicants, digest, admission, columns, by_code })
    }

    /// The digest of the list of entrants ([`crate::draw`], step 1).
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The applications, as they were given.
    #[must_use]
    pub fn applicants(&self) -> &'a [Applicant] {
        self.applicants
    }

    /// The list to publish before the draw: codes in byte order.
    pub fn codes(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.by_code.iter().map(|&i| self.applicants[i as usize].code.as_str())
    }

    /// The total points of the applicant at `index`.
    pub(crate) fn total(&self, index: u32) -> Points {
        let column = usize::from(!self.criteria.classes().is_empty());
        Points::hundredths(decode(!self.columns[column][index as usize]))
    }

    /// Puts everyone in order.
    ///
    /// # Errors
    /// `ranking.draw.seed-missing` when applications are tied to the end and the criteria do not
    /// hold the published string yet.
    pub fn rank(&self) -> Result<Ranked<'_>, Problems> {
        Ranked::new(self, self.criteria.draw().seed.as_deref())
    }

    /// As [`rank`](Self::rank), with another string than the one of the criteria: for trying out
    /// how much hangs on the draw.
    ///
    /// # Errors
    /// None in practice; the signature is that of [`rank`](Self::rank).
    pub fn rank_with_seed(&self, seed: &str) -> Result<Ranked<'_>, Problems> {
        Ranked::new(self, Some(seed))
    }
}

fn sorted_by_code(applicants: &[Applicant]) -> Vec<u32> {
    // The first bytes decide nearly always, and comparing them as a number needs no far read.
    let mut heads: Vec<(u128, u32)> = applicants
        .iter()
        .zip(0..)
        .map(|(applicant, i)| {
            let mut head = [0; 16];
            let code = applicant.code.as_bytes();
            let shared = code.len().min(16);
            head[..shared].copy_from_slice(&code[..shared]);
            (u128::from_be_bytes(head), i)
        })
        .collect();
    let code = |i: u32| &applicants[i as usize].code;
    heads.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| code(a.1).cmp(code(b.1))));
    heads.into_iter().map(|(_, i)| i).collect()
}

fn check_twins(applicants: &[Applicant], by_code: &[u32], found: &mut Vec<Problem>) {
    let code = |i: u32| applicants[i as usize].code.as_str();
    for same in by_code.chunk_by(|&a, &b| code(a) == code(b)).filter(|same| same.len() > 1) {
        found.push(Problem::new(
            "ranking.applicant.duplicate",
            format!("applicant[{}]", code(same[0])),
            format!("{} applications have this code", same.len()),
            "keep one, or give each its own code",
        ));
    }
    let mut subjects: Vec<(&str, &str)> = applicants
        .iter()
        .filter(|a| !matches!(a.standing, Standing::Excluded { .. }))
        .filter_map(|a| a.subject.as_deref().map(|subject| (subject, a.code.as_str())))
        .collect();
    subjects.sort_unstable();
    for same in subjects.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
        let codes: Vec<&str> = same.iter().map(|(_, code)| *code).collect();
        found.push(Problem::new(
            "ranking.applicant.same-subject",
            format!("applicant[{}].subject", codes[0]),
            format!("applications {} are for the same subject", codes.join(", ")),
            "exclude all but one, with a reason",
        ));
    }
}

struct Check<'a> {
    criteria: &'a Criteria,
    admission: Vec<Admission>,
    columns: Vec<Vec<u64>>,
    // Points under each criterion of the applicant at hand; `None` once they do not fit.
    sums: Vec<Option<Points>>,
}

impl<'a> Check<'a> {
    fn new(criteria: &'a Criteria, applicants: usize) -> Self {
        let columns = usize::from(!criteria.classes().is_empty()) + 1 + criteria.tie_breaks().len();
        Self {
            criteria,
            admission: Vec::with_capacity(applicants),
            columns: (0..columns).map(|_| Vec::with_capacity(applicants)).collect(),
            sums: Vec::new(),
        }
    }

    fn applicant(&mut self, applicant: &Applicant, found: &mut Vec<Problem>) {
        let at = |what: &str| format!("applicant[{}]{what}", applicant.code);
        codes::check(&applicant.code, "applicant", found);
        let mut next = 0;
        if !self.criteria.classes().is_empty() {
            let class = self.class(applicant, found);
            self.columns[0].push(class);
            next = 1;
        }
        let total = self.points(applicant, found);
        self.columns[next].push(!encode(total.in_hundredths()));
        for (tie_break, column) in self.criteria.tie_breaks().iter().zip(next + 1..) {
            let value = self.tie_break(applicant, tie_break, found);
            self.columns[column].push(value);
        }
        self.admission.push(self.admission_of(applicant, total));
        for flag in &applicant.open_flags {
            found.push(Problem::new(
                "ranking.flag.open",
                at(".open_flags"),
                format!("review flag {flag:?} is open"),
                "resolve it before the run",
            ));
        }
        if let Standing::Excluded { reason } | Standing::Included { reason } = &applicant.standing
            && reason.trim().is_empty()
        {
            found.push(Problem::new(
                "ranking.standing.reason",
                at(".standing"),
                "the office takes an application in or out only with a reason",
                "write the reason",
            ));
        }
    }

    fn class(&self, applicant: &Applicant, found: &mut Vec<Problem>) -> u64 {
        let rank = applicant.class.as_deref().and_then(|class| self.criteria.class_rank(class));
        if rank.is_none() {
            found.push(Problem::new(
                "ranking.class.unknown",
                format!("applicant[{}].class", applicant.code),
                match &applicant.class {
                    Some(class) => format!("{class:?} is no class of the criteria"),
                    None => "has no class, and the criteria order by class".to_owned(),
                },
                "give it one of the classes",
            ));
        }
        encode(i64::from(rank.unwrap_or(0)))
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
                    format!("{:?} is no criterion", score.criterion),
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
                        "has {sum}, the criterion gives {} to {}",
                        criterion.min, criterion.max
                    ),
                    "correct the points or the criterion",
                )),
                None => found.push(Problem::new(
                    "ranking.points.overflow",
                    field(),
                    "the sum of the points does not fit 64 bits of hundredths",
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
        found: &mut Vec<Problem>,
    ) -> u64 {
        let (value, missing) = match &tie_break.on {
            TieOn::Criterion(code) => {
                let sum = self.criteria.criterion_position(code).and_then(|i| self.sums[i]);
                (sum.map_or(0, Points::in_hundredths), Missing::Refused)
            }
            TieOn::Key { name, kind, missing } => match applicant.tie_value(name) {
                Some(value) if value.kind() == Some(*kind) => (value.ordinal(), *missing),
                Some(value) => {
                    found.push(Problem::new(
                        "ranking.tie-key.kind",
                        format!("applicant[{}].tie_keys[{name}]", applicant.code),
                        format!("{value} is not of the kind the criteria name"),
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
                            "a tie-break needs this value",
                            "give it, or let the criteria say where those without it stand",
                        ));
                        return FIRST;
                    }
                },
            },
        };
        let better_low = match tie_break.prefer {
            Prefer::Lower => encode(value),
            Prefer::Higher => !encode(value),
        };
        if missing != Missing::Refused && (better_low == FIRST || better_low == LAST) {
            found.push(Problem::new(
                "ranking.tie-key.range",
                format!("applicant[{}].tie_keys", applicant.code),
                "the smallest and the greatest 64-bit number stand for a missing value",
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

/// An unsigned number that orders like `value`.
const fn encode(value: i64) -> u64 {
    value.cast_unsigned() ^ (1 << 63)
}

const fn decode(code: u64) -> i64 {
    (code ^ (1 << 63)).cast_signed()
}
