//! The answer: yes or no, with its motivation.

use chrono::NaiveDate;
use mattoni_core::calendar::rome_date;
use mattoni_core::record::Personal;
use mattoni_core::text::is_blank;
use mattoni_core::{Act, Problems, Refusal, RuleWorld};
use serde::{Deserialize, Serialize};

use crate::refusal::{NotTheirs, WrongState, all, problem};
use crate::{
    Answer, Decision, Event, GrantedAmount, Nature, Practice, RecordedDecision, State, Verb,
};

/// The answer is yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Accepted {
    /// When, and by whom.
    pub act: Act,
    /// Why.
    pub decision: Decision,
    /// What is granted, where a rule had worked it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted: Option<GrantedAmount>,
}

impl Accepted {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        let (decision, act) = (self.decision.clone(), self.act.clone());
        let granted = self.granted.clone();
        practice.outcomes.push(RecordedDecision {
            answer: Answer::Accepted,
            decision,
            act,
            granted,
        });
        practice.move_to(State::Accepted, &self.act);
    }
}

/// Why a practice cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AcceptRefusal {
    /// Not in this state; in particular not a second time.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// Every act is motivated.
    #[error("the motivation is empty")]
    NoMotivation,
}

impl Refusal for AcceptRefusal {
    fn problems(&self) -> Problems {
        match self {
            Self::WrongState(wrong) => wrong.problems(),
            Self::NotTheirs(not_theirs) => not_theirs.problems(),
            Self::NoMotivation => problem(
                Verb::Accept,
                "no-motivation",
                "motivation",
                self.to_string(),
                "say why (L. 241/1990, art. 3)",
            )
            .into(),
        }
    }
}

/// The answer is no.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Rejected {
    /// When, and by whom.
    pub act: Act,
    /// Why.
    pub decision: Decision,
}

impl Rejected {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        let (decision, act) = (self.decision.clone(), self.act.clone());
        let answer = Answer::Rejected;
        practice.outcomes.push(RecordedDecision { answer, decision, act, granted: None });
        practice.move_to(State::Rejected, &self.act);
    }
}

/// Why a practice cannot be rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RejectRefusal {
    /// Not in this state.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// Everything the office still has to do.
    #[error("the practice cannot be rejected yet")]
    Barred(Vec<RejectBar>),
}

/// One thing the office still has to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RejectBar {
    /// Every act is motivated.
    #[error("the motivation is empty")]
    NoMotivation,
    /// The applicant was not given the reasons against.
    #[error("a notice must come before the rejection")]
    NoNotice,
    /// The applicant can still make observations.
    #[error("the applicant has until {until} for observations")]
    StillOpen {
        /// The last day, included.
        until: NaiveDate,
    },
    /// The observations were not answered.
    #[error("the motivation must answer the observations")]
    ObservationsUnanswered,
}

impl Refusal for RejectRefusal {
    fn problems(&self) -> Problems {
        let bars = match self {
            Self::WrongState(wrong) => return wrong.problems(),
            Self::NotTheirs(not_theirs) => return not_theirs.problems(),
            Self::Barred(bars) => bars,
        };
        let found = bars.iter().map(|bar| {
            let (what, field, remedy) = match bar {
                RejectBar::NoMotivation => {
                    ("no-motivation", "motivation", "say why (L. 241/1990, art. 3)")
                }
                RejectBar::NoNotice => {
                    ("no-notice", "state", "give notice first (L. 241/1990, art. 10-bis)")
                }
                RejectBar::StillOpen { .. } => ("still-open", "notice", "wait for that day"),
                RejectBar::ObservationsUnanswered => (
                    "observations-unanswered",
                    "on_observations",
                    "say why they change nothing (L. 241/1990, art. 10-bis)",
                ),
            };
            problem(Verb::Reject, what, field, bar.to_string(), remedy)
        });
        all(Verb::Reject, found.collect())
    }
}

impl Practice {
    /// Answers yes. Where a benefit rule worked out an amount, the answer refers to it: that is
    /// what is granted.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = in_charge;
    /// practice.apply(&practice.accept(&office, Decision::new("ha i requisiti"))?);
    /// assert_eq!(practice.state(), State::Accepted);
    /// // An answer is given once.
    /// assert!(practice.accept(&office, Decision::new("ha i requisiti")).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`AcceptRefusal`]; an answered practice is never answered again unless it is
    /// [re-opened](Practice::reopen).
    pub fn accept(&self, act: &Act, decision: Decision) -> Result<Event, AcceptRefusal> {
        self.ready(Verb::Accept)?;
        self.theirs(Verb::Accept, act)?;
        if is_blank(&decision.motivation) {
            return Err(AcceptRefusal::NoMotivation);
        }
        let granted = self.assessment_of(RuleWorld::Benefit).and_then(|assessment| {
            let amount = assessment.answer.as_ref()?.amount()?;
            Some(GrantedAmount { amount, evaluation: assessment.evaluation })
        });
        Ok(Accepted { act: act.clone(), decision, granted }.into())
    }

    /// Answers no. Where applicants do not compete, the notice of art. 10-bis comes first, and
    /// its observations are answered.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = in_charge;
    /// let reasons = Decision::new("manca un requisito");
    /// let refused = practice.reject(&office, reasons.clone()).unwrap_err();
    /// assert_eq!(refused, RejectRefusal::Barred(vec![RejectBar::NoNotice]));
    ///
    /// practice.apply(&practice.give_notice(&office, "manca un requisito", &calendar)?);
    /// practice.apply(&practice.reject(&on("2026-09-15", &office), reasons)?);
    /// assert_eq!(practice.state(), State::Rejected);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`RejectRefusal`] with everything the office still has to do.
    pub fn reject(&self, act: &Act, decision: Decision) -> Result<Event, RejectRefusal> {
        self.ready(Verb::Reject)?;
        self.theirs(Verb::Reject, act)?;
        let mut bars = Vec::new();
        if is_blank(&decision.motivation) {
            bars.push(RejectBar::NoMotivation);
        }
        if self.procedure.nature == Nature::Individual {
            let answered = decision.on_observations.as_ref().is_some_and(|a| !is_blank(a));
            match &self.notice {
                None => bars.push(RejectBar::NoNotice),
                Some(notice) if notice.observations.is_some() => {
                    if !answered {
                        bars.push(RejectBar::ObservationsUnanswered);
                    }
                }
                Some(notice) if rome_date(act.at) <= notice.observations_by => {
                    bars.push(RejectBar::StillOpen { until: notice.observations_by });
                }
                Some(_) => {}
            }
        }
        if bars.is_empty() {
            Ok(Rejected { act: act.clone(), decision }.into())
        } else {
            Err(RejectRefusal::Barred(bars))
        }
    }
}
