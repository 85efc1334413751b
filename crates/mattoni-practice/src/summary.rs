//! What the applicant reads right before sending (*riepilogo*).

use std::collections::BTreeMap;

use mattoni_core::value::Value;
use mattoni_core::{Digest, DigestBuilder, Id, Person};
use serde::Serialize;

use crate::{Attachment, Practice};

/// A draft on one screen, with a digest that says whether it is still the same draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary<'a> {
    /// Whose practice it is.
    pub applicant: Id<Person>,
    /// Whom it benefits.
    pub beneficiary: Option<Id<Person>>,
    /// Each step with its answers.
    pub steps: Vec<SummaryStep<'a>>,
    /// Its files.
    pub attachments: &'a [Attachment],
}

/// One step of a summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SummaryStep<'a> {
    /// Name of the step.
    pub step: &'a str,
    /// Key and answer.
    pub answers: BTreeMap<&'a str, &'a Value>,
}

impl Summary<'_> {
    /// The digest to hand to [`Practice::submit`]. Values count by their text: what kind a key
    /// is of is settled by the form.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let mut digest = DigestBuilder::new("mattoni.practice.summary.v1")
            .field(&self.applicant.as_u128().to_le_bytes())
            .field(&self.beneficiary.map_or(0, |id| id.as_u128()).to_le_bytes());
        for step in &self.steps {
            digest = digest.field(step.step.as_bytes()).number(number(step.answers.len()));
            for (key, value) in &step.answers {
                digest = digest.field(key.as_bytes()).field(value.to_string().as_bytes());
            }
        }
        for file in self.attachments {
            digest = digest.field(file.name.as_bytes()).field(file.digest.as_bytes());
        }
        digest.finish()
    }
}

impl Practice {
    /// The draft on one screen.
    #[must_use]
    pub fn summary(&self) -> Summary<'_> {
        let answers_of = |key: &str| self.answers.get_key_value(key);
        Summary {
            applicant: self.applicant.id,
            beneficiary: self.beneficiary.as_ref().map(|person| person.id),
            steps: self
                .procedure
                .steps
                .iter()
                .map(|step| SummaryStep {
                    step: &step.name,
                    answers: step
                        .required
                        .iter()
                        .chain(&step.optional)
                        .filter_map(|key| answers_of(key))
                        .map(|(key, value)| (key.as_str(), value))
                        .collect(),
                })
                .collect(),
            attachments: &self.attachments,
        }
    }
}
