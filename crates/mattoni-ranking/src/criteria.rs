//! The written rules of a ranking: what gives points, what breaks ties, how the draw is made.

mod source;

use std::collections::BTreeMap;

use mattoni_core::{Digest, DigestBuilder, Problem, Problems};
use serde::{Deserialize, Serialize};

pub use source::{
    ClassSource, CriteriaSource, CriterionSource, DrawKind, DrawRule, Duplicates, KeyKind, Missing,
    Prefer, ThresholdSource, TieBreakSource,
};

use crate::{Points, codes};

/// Criteria that have been checked: whoever holds one holds a coherent set of rules.
///
/// ```
/// use mattoni_ranking::{Criteria, CriteriaSource};
///
/// let source: CriteriaSource = toml::from_str(r#"
///     version = 1
///     title = "Nido d'infanzia 2026/27"
///
///     [[criterion]]
///     code = "lavoro"
///     label = "Lavoro dei genitori"
///     max = 16
///     source = "Regolamento nidi, art. 7"
///
///     [[tie_break]]
///     prefer = "lower"
///     key = "isee"
///     kind = "money"
///     label = "ISEE più basso"
///
///     [draw]
///     kind = "single"
///     seed = "Lotto, ruota di Roma, 12 giugno 2026: 4 27 61 80 90"
/// "#)?;
/// let criteria = Criteria::new(source)?;
/// assert_eq!(criteria.criterion("lavoro").unwrap().label, "Lavoro dei genitori");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "CriteriaSource", into = "CriteriaSource")]
pub struct Criteria {
    source: CriteriaSource,
    precedence: Vec<String>,
    class_index: BTreeMap<String, u32>,
    criterion_index: BTreeMap<String, usize>,
    tie_breaks: Vec<TieBreak>,
}

/// One tie-break, checked: on what, which way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TieBreak {
    /// What is compared.
    pub on: TieOn,
    /// Who goes first.
    pub prefer: Prefer,
    /// What people call it.
    pub label: String,
}

/// What a tie-break compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TieOn {
    /// The points under one criterion.
    Criterion(String),
    /// A value each applicant brings along, such as the ISEE or the child's date of birth.
    Key {
        /// Its name.
        name: String,
        /// Its kind.
        kind: KeyKind,
        /// Where applicants without it stand.
        missing: Missing,
    },
}

impl Criteria {
    /// The newest version of [`CriteriaSource`] this crate understands.
    pub const VERSION: u32 = 1;

    /// Checks the written rules.
    ///
    /// # Errors
    /// Everything that is wrong at once: unknown version, codes that are none or double,
    /// impossible maxima, classes whose precedence runs in a circle, thresholds and tie-breaks
    /// on what does not exist, an empty seed.
    pub fn new(source: CriteriaSource) -> Result<Self, Problems> {
        let mut found = Vec::new();
        source::check_version(&source, &mut found);
        source::check_criteria(&source.criterion, &mut found);
        source::check_thresholds(&source, &mut found);
        let tie_breaks = source::tie_breaks(&source, &mut found);
        let precedence = source::precedence(&source.class, &mut found);
        if source.draw.seed.as_deref().is_some_and(mattoni_core::text::is_blank) {
            found.push(Problem::new(
                "ranking.draw.seed-empty",
                "draw.seed",
                "must be the string published for the draw",
                "write the published string, or leave the seed out until it is known",
            ));
        }
        Problems::check(found)?;
        let class_index = precedence.iter().cloned().zip(0..).collect();
        let criterion_index =
            source.criterion.iter().enumerate().map(|(i, c)| (c.code.clone(), i)).collect();
        Ok(Self { source, precedence, class_index, criterion_index, tie_breaks })
    }

    /// The rules as they were written.
    #[must_use]
    pub fn source(&self) -> &CriteriaSource {
        &self.source
    }

    /// The same rules with the string of the draw, once it has been published.
    ///
    /// # Errors
    /// `ranking.draw.seed-empty`.
    pub fn with_seed(&self, seed: impl Into<String>) -> Result<Self, Problems> {
        let mut source = self.source.clone();
        source.draw.seed = Some(seed.into());
        Self::new(source)
    }

    /// The criterion with this code.
    #[must_use]
    pub fn criterion(&self, code: &str) -> Option<&CriterionSource> {
        self.criterion_position(code).map(|i| &self.source.criterion[i])
    }

    pub(crate) fn criterion_position(&self, code: &str) -> Option<usize> {
        // Regulations have a handful of criteria: comparing codes beats walking a tree.
        if self.source.criterion.len() <= 16 {
            self.source.criterion.iter().position(|c| c.code == code)
        } else {
            self.criterion_index.get(code).copied()
        }
    }

    /// The codes of the classes in order of precedence; empty when there are none.
    #[must_use]
    pub fn classes(&self) -> &[String] {
        &self.precedence
    }

    /// How many classes go before `code`.
    #[must_use]
    pub fn class_rank(&self, code: &str) -> Option<u32> {
        self.class_index.get(code).copied()
    }

    /// The tie-breaks in written order, without the draw.
    #[must_use]
    pub fn tie_breaks(&self) -> &[TieBreak] {
        &self.tie_breaks
    }

    /// The minimum thresholds (*soglie*).
    #[must_use]
    pub fn thresholds(&self) -> &[ThresholdSource] {
        &self.source.threshold
    }

    /// What becomes of a second application for the same subject.
    #[must_use]
    pub fn duplicates(&self) -> Duplicates {
        self.source.duplicates
    }

    /// How the draw is made.
    #[must_use]
    pub fn draw(&self) -> &DrawRule {
        &self.source.draw
    }

    /// The digest of the rules, seed included.
    #[must_use]
    pub fn digest(&self) -> Digest {
        // Plain data with text keys always serialises.
        let json = serde_json::to_vec(&self.source).unwrap_or_default();
        DigestBuilder::new("mattoni.ranking.criteria.v1").field(&json).finish()
    }
}

impl TryFrom<CriteriaSource> for Criteria {
    type Error = Problems;

    fn try_from(source: CriteriaSource) -> Result<Self, Self::Error> {
        Self::new(source)
    }
}

impl From<Criteria> for CriteriaSource {
    fn from(criteria: Criteria) -> Self {
        criteria.source
    }
}

/// Checks `code` and names the field.
fn check_code(code: &str, field: &str, found: &mut Vec<Problem>) {
    codes::check(code, field, found);
}

/// The most a set of points can come to, or `None` when that does not fit.
fn sum(points: impl Iterator<Item = Points>) -> Option<Points> {
    points.into_iter().try_fold(Points::ZERO, Points::checked_add)
}
