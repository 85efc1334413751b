//! The answer for a batch.

use std::collections::BTreeMap;
use std::sync::Arc;

use mattoni_core::{Digest, DigestBuilder};
use serde::{Deserialize, Serialize};

use crate::Description;
use crate::contract::Scores;

/// What a plugin answered for every row of a batch, checked.
#[derive(Clone)]
pub struct Scored {
    description: Arc<Description>,
    rows: usize,
    /// Rows in each part but the last. Answers stay in the parts in which they came: putting
    /// them together would copy every one again.
    step: usize,
    parts: Arc<[Answered]>,
}

pub(crate) struct Answered {
    pub(crate) scores: Scores,
    pub(crate) fuel: u64,
}

/// The answer for one row, in words: what the shell records with a practice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoredRow {
    /// Points and reason by criterion, in the declared order.
    pub criteria: Vec<CriterionScore>,
    /// Tie keys by name.
    pub ties: BTreeMap<String, i64>,
    /// The class, where the rule knows classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
}

impl ScoredRow {
    /// The sum of all points, in hundredths.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.criteria.iter().map(|criterion| i64::from(criterion.points)).sum()
    }
}

/// Points under one criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CriterionScore {
    /// Code of the criterion.
    pub code: String,
    /// Points, in hundredths.
    pub points: i32,
    /// Code of the reason, when one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Scored {
    pub(crate) fn new(
        description: Arc<Description>,
        rows: usize,
        step: usize,
        parts: Vec<Answered>,
    ) -> Self {
        Self { description, rows, step, parts: parts.into() }
    }

    /// How many rows were scored.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Fuel used by all calls together: the same on every run with the same rows in a batch.
    #[must_use]
    pub fn fuel(&self) -> u64 {
        self.parts.iter().map(|part| part.fuel).sum()
    }

    /// The answer for row `row`; `None` beyond the last.
    #[must_use]
    pub fn row(&self, row: usize) -> Option<ScoredRow> {
        if row >= self.rows {
            return None;
        }
        let (scores, at) = (&self.parts[row / self.step].scores, row % self.step);
        let Description { criteria, ties, classes, reasons, .. } = &*self.description;
        let reason = |number: u16| {
            usize::from(number).checked_sub(1).map(|index| reasons[index].code.clone())
        };
        Some(ScoredRow {
            criteria: criteria
                .iter()
                .zip(&scores.criteria)
                .map(|(criterion, marks)| CriterionScore {
                    code: criterion.code.clone(),
                    points: marks.points[at],
                    reason: reason(marks.reasons[at]),
                })
                .collect(),
            ties: ties
                .iter()
                .zip(&scores.ties)
                .map(|(tie, keys)| (tie.name.clone(), keys[at]))
                .collect(),
            class: scores.classes.get(at).map(|class| classes[usize::from(*class)].code.clone()),
        })
    }

    /// The answers in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = ScoredRow> + '_ {
        // Rows of the range exist.
        (0..self.rows).map(|row| self.row(row).expect("the row is within the answer"))
    }

    /// Points of one criterion over all rows, in hundredths, part by part; `None` when it is not
    /// declared.
    #[must_use]
    pub fn points(&self, criterion: &str) -> Option<impl Iterator<Item = &[i32]> + '_> {
        let at = self.description.criteria.iter().position(|one| one.code == criterion)?;
        Some(self.parts.iter().map(move |part| part.scores.criteria[at].points.as_slice()))
    }

    /// The sentence of a reason, for the citizen.
    #[must_use]
    pub fn reason_text(&self, code: &str) -> Option<&str> {
        self.description.reason_text(code)
    }

    /// The digest of all answers, whatever the rows in a batch were.
    #[must_use]
    pub fn digest(&self) -> Digest {
        fn column<const N: usize>(values: impl Iterator<Item = [u8; N]>) -> Vec<u8> {
            values.flatten().collect()
        }
        let scores = || self.parts.iter().map(|part| &part.scores);
        let mut digest = DigestBuilder::new("mattoni.rules.scores.v1").number(self.rows as i64);
        for (at, criterion) in self.description.criteria.iter().enumerate() {
            let points = scores().flat_map(|s| &s.criteria[at].points).map(|p| p.to_le_bytes());
            let reasons = scores().flat_map(|s| &s.criteria[at].reasons).map(|r| r.to_le_bytes());
            digest = digest
                .field(criterion.code.as_bytes())
                .field(&column(points))
                .field(&column(reasons));
        }
        for (at, tie) in self.description.ties.iter().enumerate() {
            let keys = scores().flat_map(|s| &s.ties[at]).map(|key| key.to_le_bytes());
            digest = digest.field(tie.name.as_bytes()).field(&column(keys));
        }
        let classes = scores().flat_map(|s| &s.classes).map(|class| class.to_le_bytes());
        digest.field(&column(classes)).finish()
    }
}

impl std::fmt::Debug for Scored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scored")
            .field("plugin", &self.description.name)
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}
