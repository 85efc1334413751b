//! What the applicant reads right before sending (*riepilogo*).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use mattoni_core::value::Value;
use mattoni_core::{Digest, DigestBuilder, Id, Person};
use serde::Serialize;

use crate::{Attachment, Practice, State};

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
        let mut answers: Vec<_> = self
            .steps
            .iter()
            .flat_map(|step| step.answers.iter().map(|(key, value)| (*key, *value)))
            .collect();
        answers.sort_unstable_by_key(|(key, _)| *key);
        digest(self.applicant, self.beneficiary, answers.into_iter(), self.attachments)
    }
}

/// The digest of answers in the order of their keys, and of files. In which step an answer stands
/// is settled by the procedure.
///
/// All of it goes through the hash in one piece, which is many times faster than in hundreds.
fn digest<'a>(
    applicant: Id<Person>,
    beneficiary: Option<Id<Person>>,
    answers: impl ExactSizeIterator<Item = (&'a str, &'a Value)>,
    files: &[Attachment],
) -> Digest {
    let mut bytes = Vec::with_capacity(64 * (1 + answers.len() + files.len()));
    let mut value_text = String::new();
    let number = |bytes: &mut Vec<u8>, n: usize| bytes.extend((n as u64).to_le_bytes());
    let field = |bytes: &mut Vec<u8>, text: &str| {
        number(bytes, text.len());
        bytes.extend(text.as_bytes());
    };
    bytes.extend(applicant.as_u128().to_le_bytes());
    bytes.extend(beneficiary.map_or(0, |id| id.as_u128()).to_le_bytes());
    number(&mut bytes, answers.len());
    for (key, value) in answers {
        field(&mut bytes, key);
        match value {
            Value::Text(text) | Value::Choice(text) => field(&mut bytes, text),
            other => {
                value_text.clear();
                // Writing to a String cannot fail.
                let _ = write!(value_text, "{other}");
                field(&mut bytes, &value_text);
            }
        }
    }
    for file in files {
        field(&mut bytes, &file.name);
        bytes.extend(file.digest.as_bytes());
        if let Some(paper) = &file.field {
            field(&mut bytes, paper);
        }
    }
    DigestBuilder::new("mattoni.practice.summary.v1").field(&bytes).finish()
}

impl Practice {
    /// Notes the digest of a draft's summary, without making the summary: every answer there is
    /// stands in a step. What is no draft any more needs none.
    pub(crate) fn sum_up(&mut self) {
        self.summed = (self.state == State::Draft).then(|| {
            let beneficiary = self.beneficiary.as_ref().map(|person| person.id);
            let answers = self.answers.iter().map(|(key, value)| (key.as_str(), value));
            digest(self.applicant.id, beneficiary, answers, &self.attachments)
        });
    }

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
