//! What the applicant reads right before sending (*riepilogo*).

use std::collections::BTreeMap;
use std::fmt::Write as _;

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
        let beneficiary = self.beneficiary;
        let mut digest = Digesting::new(self.applicant, beneficiary);
        for step in &self.steps {
            digest = digest.step(step.step, step.answers.iter().map(|(key, value)| (*key, *value)));
        }
        digest.files(self.attachments)
    }
}

/// The digest of a summary, step by step.
struct Digesting {
    digest: DigestBuilder,
    /// Values that are no text are written here, one after the other.
    written: String,
}

impl Digesting {
    fn new(applicant: Id<Person>, beneficiary: Option<Id<Person>>) -> Self {
        let digest = DigestBuilder::new("mattoni.practice.summary.v1")
            .field(&applicant.as_u128().to_le_bytes())
            .field(&beneficiary.map_or(0, |id| id.as_u128()).to_le_bytes());
        Self { digest, written: String::new() }
    }

    fn step<'a>(
        mut self,
        name: &str,
        answers: impl ExactSizeIterator<Item = (&'a str, &'a Value)>,
    ) -> Self {
        let count = i64::try_from(answers.len()).unwrap_or(i64::MAX);
        self.digest = self.digest.field(name.as_bytes()).number(count);
        for (key, value) in answers {
            let text = match value {
                Value::Text(text) | Value::Choice(text) => text,
                other => {
                    self.written.clear();
                    // Writing to a String cannot fail.
                    let _ = write!(self.written, "{other}");
                    &self.written
                }
            };
            self.digest = self.digest.field(key.as_bytes()).field(text.as_bytes());
        }
        self
    }

    fn files(self, files: &[Attachment]) -> Digest {
        let digest = files.iter().fold(self.digest, |digest, file| {
            digest.field(file.name.as_bytes()).field(file.digest.as_bytes())
        });
        digest.finish()
    }
}

impl Practice {
    /// The digest of its summary, without the summary.
    pub(crate) fn summary_digest(&self) -> Digest {
        let beneficiary = self.beneficiary.as_ref().map(|person| person.id);
        let mut digest = Digesting::new(self.applicant.id, beneficiary);
        let mut answers = Vec::new();
        for step in &self.procedure.steps {
            answers.clear();
            let keys = step.required.iter().chain(&step.optional);
            answers.extend(keys.filter_map(|key| {
                self.answers.get_key_value(key).map(|(key, value)| (key.as_str(), value))
            }));
            answers.sort_unstable_by_key(|(key, _)| *key);
            // A key that is required and optional is one answer.
            answers.dedup_by_key(|(key, _)| *key);
            digest = digest.step(&step.name, answers.iter().copied());
        }
        digest.files(&self.attachments)
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
