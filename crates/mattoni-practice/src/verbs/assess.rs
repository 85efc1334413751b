//! Noting what the rules answered.

use mattoni_core::record::Personal;
use mattoni_core::{Act, Digest, Problems, Refusal};
use serde::{Deserialize, Serialize};

use crate::refusal::{NotTheirs, WrongState, problem};
use crate::{Assessment, Event, Practice, Verb};

/// The rules answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Assessed {
    /// When, and by whom.
    pub act: Act,
    /// What they answered, with all that is needed to compute it again.
    pub assessment: Assessment,
}

impl Assessed {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        practice.assessments.push(self.assessment.clone());
    }
}

/// Why an assessment cannot be noted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AssessRefusal {
    /// A draft is not assessed, and neither is a closed practice.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// This evaluation's answer is the one that counts already.
    #[error("the answer of evaluation {} is the latest already", .0.short())]
    Already(Digest),
}

impl Refusal for AssessRefusal {
    fn problems(&self) -> Problems {
        match self {
            Self::WrongState(wrong) => wrong.problems(),
            Self::NotTheirs(not_theirs) => not_theirs.problems(),
            Self::Already(_) => problem(
                Verb::Assess,
                "already",
                "evaluation",
                self.to_string(),
                "nothing: it stays as it is",
            )
            .into(),
        }
    }
}

impl Practice {
    /// Notes what a rule answered. Earlier answers stay on record, and the latest of each world
    /// counts: an evaluation whose answer another's has replaced can be noted again.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = in_charge;
    /// let answer = Assessment {
    ///     evaluation: Digest::of(b"batch"),
    ///     plugin: PluginRef {
    ///         name: "nursery-points".into(),
    ///         version: "1.0.0".into(),
    ///         digest: Digest::of(b"plugin"),
    ///     },
    ///     contract: "mattoni:rules@1".into(),
    ///     parameters: Digest::of(b"parameters"),
    ///     inputs: Digest::of(b"inputs"),
    ///     answer: None,
    ///     points: vec![CriterionPoints { criterion: "lavoro".into(), hundredths: 800, reason: "due".into() }],
    ///     tie_keys: BTreeMap::new(),
    ///     class: None,
    ///     fuel: 1234,
    /// };
    /// practice.apply(&practice.assess(&system, answer)?);
    /// assert_eq!(practice.assessment().unwrap().total_hundredths(), 800);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`AssessRefusal`]; [`Already`](AssessRefusal::Already) makes it safe to run a batch
    /// twice.
    pub fn assess(&self, act: &Act, assessment: Assessment) -> Result<Event, AssessRefusal> {
        self.ready(Verb::Assess)?;
        self.theirs(Verb::Assess, act)?;
        if self.has_noted(&assessment) {
            return Err(AssessRefusal::Already(assessment.evaluation));
        }
        Ok(Assessed { act: act.clone(), assessment }.into())
    }

    /// Whether this is the answer that counts already: of the same evaluation, about the same
    /// inputs.
    fn has_noted(&self, assessment: &Assessment) -> bool {
        self.assessment_of(assessment.world()).is_some_and(|latest| {
            (latest.evaluation, latest.inputs) == (assessment.evaluation, assessment.inputs)
        })
    }
}
