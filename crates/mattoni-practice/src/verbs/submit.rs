//! Sending the draft, after having seen its summary.

use mattoni_core::calendar::{Due, LegalCalendar, Term, rome_date};
use mattoni_core::record::Personal;
use mattoni_core::{Act, Digest, Money, Problems, Refusal};
use serde::{Deserialize, Serialize};

use crate::refusal::{NotTheirs, WrongState, all, problem};
use crate::{Event, Practice, State, Verb};

/// The draft was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Submitted {
    /// When, and by whom.
    pub act: Act,
    /// Digest of the summary that was confirmed.
    #[personal]
    pub confirmed: Digest,
    /// The term that runs from today.
    pub term: Term,
    /// The last day for the answer, as the receipt gives it to the applicant.
    pub due: Due,
}

impl Submitted {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        practice.term = Some(self.term.clone());
        practice.due = Some(self.due.clone());
        practice.warned_at = None;
        practice.move_to(State::Submitted, &self.act);
    }
}

/// Why a draft cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SubmitRefusal {
    /// It is no draft any more.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// Everything the applicant still has to do.
    #[error("the draft cannot be sent yet")]
    NotReady(Vec<SubmitBar>),
}

/// One thing the applicant still has to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SubmitBar {
    /// A required answer is missing.
    #[error("must be answered")]
    Missing {
        /// Key of the answer.
        key: String,
        /// Step of the form it is in.
        step: String,
    },
    /// A file that the form asks for is missing, or not all of its files are there.
    #[error("“{label}” must be attached")]
    MissingPaper {
        /// Key of the paper.
        key: String,
        /// Its label.
        label: String,
        /// Step of the form it is in.
        step: String,
        /// How many files are still needed.
        files: u32,
    },
    /// What is to be paid before has not been paid.
    #[error("{amount} euro must be paid first")]
    Unpaid {
        /// How much.
        amount: Money,
    },
    /// The draft is not what the applicant saw and confirmed.
    #[error("the draft changed after its summary was shown")]
    SummaryChanged,
}

impl Refusal for SubmitRefusal {
    fn problems(&self) -> Problems {
        let bars = match self {
            Self::WrongState(wrong) => return wrong.problems(),
            Self::NotTheirs(not_theirs) => return not_theirs.problems(),
            Self::NotReady(bars) => bars,
        };
        let found = bars.iter().map(|bar| {
            let (what, field, remedy) = match bar {
                SubmitBar::Missing { key, step } => {
                    ("missing", key.as_str(), format!("answer it in step {step}"))
                }
                SubmitBar::MissingPaper { key, step, files: 1, .. } => {
                    ("missing-file", key.as_str(), format!("attach it in step {step}"))
                }
                SubmitBar::MissingPaper { key, step, files, .. } => {
                    let remedy = format!("attach {files} more files in step {step}");
                    ("missing-file", key.as_str(), remedy)
                }
                SubmitBar::Unpaid { .. } => ("unpaid", "payment", "pay, then submit".to_owned()),
                SubmitBar::SummaryChanged => {
                    ("summary-changed", "confirmed", "show the summary again".to_owned())
                }
            };
            problem(Verb::Submit, what, field, bar.to_string(), remedy)
        });
        all(Verb::Submit, found.collect())
    }
}

impl Practice {
    /// Sends the draft. `confirmed` is the digest of the [summary](Practice::summary) the
    /// applicant saw: what they declare is what they read. From today the term runs.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = draft;
    /// let refused = practice.submit(&citizen, practice.summary().digest(), &calendar).unwrap_err();
    /// assert_eq!(refused.problems().into_vec()[0].code, "practice.submit.missing");
    ///
    /// let answers = BTreeMap::from([("isee".to_owned(), Value::Integer(9000))]);
    /// practice.apply(&practice.save(&citizen, Saving::set(answers))?);
    /// practice.apply(&practice.submit(&citizen, practice.summary().digest(), &calendar)?);
    /// assert_eq!(practice.due().unwrap().on.to_string(), "2026-10-05");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`SubmitRefusal`] with everything the applicant still has to do.
    pub fn submit(
        &self,
        act: &Act,
        confirmed: Digest,
        calendar: &LegalCalendar,
    ) -> Result<Event, SubmitRefusal> {
        self.ready(Verb::Submit)?;
        self.theirs(Verb::Submit, act)?;
        let mut bars = Vec::new();
        for step in &self.procedure.steps {
            bars.extend(step.missing(&self.answers).map(|key| {
                let (key, step) = (key.clone(), step.name.clone());
                SubmitBar::Missing { key, step }
            }));
            let papers = step.missing_papers(&self.answers, &self.attachments);
            bars.extend(papers.map(|paper| SubmitBar::MissingPaper {
                key: paper.key.clone(),
                label: paper.label.clone(),
                step: step.name.clone(),
                files: paper.min - paper.given(&self.attachments),
            }));
        }
        bars.extend(self.owed_before_submission().map(|amount| SubmitBar::Unpaid { amount }));
        if self.summed != Some(confirmed) {
            bars.push(SubmitBar::SummaryChanged);
        }
        if !bars.is_empty() {
            return Err(SubmitRefusal::NotReady(bars));
        }
        let term = Term::new(rome_date(act.at), self.procedure.term_days);
        let due = term.due(calendar);
        Ok(Submitted { act: act.clone(), confirmed, term, due }.into())
    }
}
