//! The list of entrants: every application checked, and what decides laid out in columns.

mod check;

use check::Check;
use mattoni_core::{Digest, Problem, Problems};

use crate::{Applicant, Criteria, Points, Ranked, codes, draw};

/// Everyone who enters the ranking, checked against the criteria.
///
/// Its [digest](Self::digest) is published before the seed of the draw is known. Holding one
/// means that every application has a code of its own, points within the criteria, every value
/// the tie-breaks need, and no open review flag.
#[derive(Debug)]
pub struct Entrants<'a> {
    pub(crate) criteria: &'a Criteria,
    pub(crate) applicants: Vec<&'a Applicant>,
    pub(crate) digest: Digest,
    pub(crate) admission: Vec<Admission>,
    /// What decides, first to last: class where there are classes, total, each tie-break. Lower
    /// is better in every column.
    pub(crate) columns: Vec<Vec<u64>>,
    /// Positions in `applicants`, by code.
    pub(crate) by_code: Vec<u32>,
    /// Those who ask to be placed with brothers and sisters.
    pub(crate) linked: Vec<u32>,
}

/// Whether an application takes part in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    Eligible,
    /// Index of the first threshold missed.
    BelowThreshold(u16),
    Excluded,
    /// This other application for the same subject is kept.
    Duplicate(u32),
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
    /// unknown classes, open flags (`ranking.flag.open`), exclusions without a reason; several
    /// applications for one subject (`ranking.applicant.same-subject`), or without the instant
    /// that says which of them to keep (`ranking.applicant.received`).
    pub fn check(
        criteria: &'a Criteria,
        applicants: impl IntoIterator<Item = &'a Applicant>,
    ) -> Result<Self, Problems> {
        let applicants: Vec<&Applicant> = applicants.into_iter().collect();
        if u32::try_from(applicants.len()).is_err() {
            return Err(Problem::new(
                "ranking.applicants.many",
                "applicants",
                "must be at most 4,294,967,295",
                "split it",
            )
            .into());
        }
        let mut check = Check::new(criteria, applicants.len());
        let mut found = Vec::new();
        for (who, &applicant) in (0..).zip(&applicants) {
            check.applicant(who, applicant, &mut found);
        }
        let codes: Vec<&str> = applicants.iter().map(|applicant| &*applicant.code).collect();
        let by_code = codes::in_order(&codes);
        let sorted: Vec<&str> = by_code.iter().map(|&who| codes[who as usize]).collect();
        let mut twins = Vec::new();
        check::twins(&sorted, &mut twins);
        check.subjects(&applicants, &mut twins);
        twins.append(&mut found);
        check.families(&applicants, &mut twins);
        Problems::check(twins)?;
        let digest = draw::sorted_digest(&sorted);
        let Check { admission, columns, linked, .. } = check;
        Ok(Self { criteria, applicants, digest, admission, columns, by_code, linked })
    }

    /// The digest of the list of entrants ([`crate::draw`], step 1).
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The applications, as they were given.
    #[must_use]
    pub fn applicants(&self) -> &[&'a Applicant] {
        &self.applicants
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

    /// Where the application `code` is in the list that was given.
    pub(crate) fn number(&self, code: &str) -> Option<u32> {
        let code_of = |who: &u32| self.applicants[*who as usize].code.as_str();
        let at = self.by_code.binary_search_by(|who| code_of(who).cmp(code)).ok()?;
        Some(self.by_code[at])
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

/// An unsigned number that orders like `value`.
const fn encode(value: i64) -> u64 {
    value.cast_unsigned() ^ (1 << 63)
}

const fn decode(code: u64) -> i64 {
    (code ^ (1 << 63)).cast_signed()
}
