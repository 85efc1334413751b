//! Sending the draft, after having seen its summary.

use mattoni_core::calendar::{Due, LegalCalendar, Term, rome_date};
use mattoni_core::record::Personal;
use mattoni_core::text::is_blank;
use mattoni_core::{Act, Actor, Digest, Money, Problems, Refusal, RuleWorld};
use serde::{Deserialize, Serialize};

use crate::refusal::{NotTheirs, WrongState, all, problem};
use crate::{Assessment, Event, NoRoom, Objection, Practice, State, Verb};

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
    /// What the rules that are asked before submission answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assessments: Vec<Assessment>,
    /// Why an official let it in although a rule spoke against it or could not be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[personal]
    pub let_in: Option<String>,
}

impl Submitted {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        practice.assessments.extend(self.assessments.iter().cloned());
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
    /// There is no room for it on the practice.
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
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
    /// A rule that has to be asked before was not.
    #[error("the rule for {world} must be asked first")]
    NotAsked {
        /// The world of the rule.
        world: RuleWorld,
    },
    /// A rule speaks against it. An official may let it in all the same.
    #[error("the rule for {world} speaks against it")]
    Objected {
        /// The world of the rule.
        world: RuleWorld,
        /// What it found.
        objection: Objection,
    },
    /// Only an official may let it in all the same, and says why.
    #[error("an official must say why it is let in all the same")]
    NotLetIn,
}

/// What the rules answered about a draft that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Admission {
    /// Their answers, one a world.
    pub assessments: Vec<Assessment>,
    /// Why the official who acts lets it in although they speak against it or were not asked.
    pub let_in: Option<String>,
}

impl Refusal for SubmitRefusal {
    fn problems(&self) -> Problems {
        let bars = match self {
            Self::WrongState(wrong) => return wrong.problems(),
            Self::NoRoom(no_room) => return no_room.problems(),
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
                SubmitBar::NotAsked { world } => (
                    "not-asked",
                    world.name(),
                    "submit it through the office, which asks the rules".to_owned(),
                ),
                SubmitBar::Objected { objection, .. } => (
                    "objected",
                    objection.about.as_str(),
                    "correct the answer, or have an official let it in".to_owned(),
                ),
                SubmitBar::NotLetIn => {
                    ("not-let-in", "let_in", "have an official give the reason".to_owned())
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
        self.submit_admitted(act, confirmed, calendar, Admission::default())
    }

    /// Sends the draft of a procedure whose rules are asked [before](crate::Procedure::admission).
    /// What they find refuses it, and so does a rule that could not be asked, unless an official
    /// lets it in and says why: nobody is turned away by a machine alone (GDPR, art. 22).
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut opening = opening;
    /// opening.procedure = opening.procedure.with_admission(RuleWorld::Validation);
    /// let mut practice = Practice::open(&Practice::open_draft(&citizen, opening)?).unwrap();
    /// let answers = BTreeMap::from([("isee".to_owned(), Value::Integer(9000))]);
    /// practice.apply(&practice.save(&citizen, Saving::set(answers))?);
    /// let seen = practice.summary().digest();
    /// assert!(practice.submit(&citizen, seen, &calendar).is_err(), "the rule was not asked");
    ///
    /// let check = FieldCheck { check: "isee".into(), field: "isee".into(), problem: None };
    /// let fine = by_rule(RuleAnswer::Validation { checks: vec![check.clone()] });
    /// let found = FieldCheck { problem: Some("too-low".into()), ..check };
    /// let wrong = by_rule(RuleAnswer::Validation { checks: vec![found] });
    /// let admission = |assessment: &Assessment, let_in: Option<&str>| Admission {
    ///     assessments: vec![assessment.clone()],
    ///     let_in: let_in.map(str::to_owned),
    /// };
    /// let submit = |act, admission| practice.submit_admitted(act, seen, &calendar, admission);
    /// assert!(submit(&citizen, admission(&fine, None)).is_ok());
    /// assert!(submit(&citizen, admission(&wrong, None)).is_err());
    /// assert!(submit(&citizen, admission(&wrong, Some("è giusto così"))).is_err());
    /// let counter = office.on_behalf_of(maria.id, Some(Digest::of(b"signed request")));
    /// assert!(submit(&counter, admission(&wrong, Some("attestazione in corso"))).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`submit`](Self::submit); the rules' objections are among what it names.
    pub fn submit_admitted(
        &self,
        act: &Act,
        confirmed: Digest,
        calendar: &LegalCalendar,
        admission: Admission,
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
        let Admission { assessments, let_in } = admission;
        let against = self.admission_bars(&assessments);
        let let_in = let_in.filter(|_| !against.is_empty());
        match &let_in {
            None => bars.extend(against),
            Some(why) if !matches!(act.by, Actor::Operator(_)) || is_blank(why) => {
                bars.push(SubmitBar::NotLetIn);
            }
            Some(_) => {}
        }
        if !bars.is_empty() {
            return Err(SubmitRefusal::NotReady(bars));
        }
        let term = Term::new(rome_date(act.at), self.procedure.term_days);
        let due = term.due(calendar);
        let act = act.clone();
        Ok(self.room_for(Submitted { act, confirmed, term, due, assessments, let_in })?)
    }

    /// The rules that were not asked, and what the others speak against it.
    fn admission_bars(&self, assessments: &[Assessment]) -> Vec<SubmitBar> {
        let mut bars = Vec::new();
        for world in self.procedure.admission.iter().copied() {
            if !assessments.iter().any(|assessment| assessment.world() == world) {
                bars.push(SubmitBar::NotAsked { world });
            }
        }
        for assessment in assessments {
            let world = assessment.world();
            let objections = assessment.objections().into_iter();
            bars.extend(objections.map(|objection| SubmitBar::Objected { world, objection }));
        }
        bars
    }
}
