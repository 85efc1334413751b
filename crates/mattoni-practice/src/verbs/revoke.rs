//! Taking an acceptance back (*revoca*, *annullamento d'ufficio*, *decadenza*).

use chrono::NaiveDate;
use mattoni_core::calendar::{LegalCalendar, rome_date};
use mattoni_core::record::Personal;
use mattoni_core::text::is_blank;
use mattoni_core::{Act, Problems, Refusal};
use serde::{Deserialize, Serialize};

use crate::annulment::annul_by;
use crate::refusal::{NotTheirs, WrongState, all, problem};
use crate::{Answer, Decision, Event, Practice, RecordedDecision, RevocationGround, State, Verb};

/// The acceptance was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Revoked {
    /// When, and by whom.
    pub act: Act,
    /// On what ground.
    pub ground: RevocationGround,
    /// Why.
    pub decision: Decision,
}

impl Revoked {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        practice.outcomes.push(RecordedDecision {
            answer: Answer::Revoked { ground: self.ground },
            decision: self.decision.clone(),
            act: self.act.clone(),
            granted: None,
        });
        practice.move_to(State::Revoked, &self.act);
    }
}

/// Why an acceptance cannot be taken back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevokeRefusal {
    /// It was not accepted.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// Everything that stands in the way.
    #[error("the acceptance cannot be taken back")]
    Barred(Vec<RevocationBar>),
}

/// One thing that stands in the way of taking an acceptance back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevocationBar {
    /// Every act is motivated.
    #[error("the motivation is empty")]
    NoMotivation,
    /// The time for annulling it has passed.
    #[error("it could be annulled until {until}")]
    TooLate {
        /// The last day, included.
        until: NaiveDate,
    },
}

impl Refusal for RevokeRefusal {
    fn problems(&self) -> Problems {
        let bars = match self {
            Self::WrongState(wrong) => return wrong.problems(),
            Self::NotTheirs(not_theirs) => return not_theirs.problems(),
            Self::Barred(bars) => bars,
        };
        let found = bars.iter().map(|bar| {
            let (what, field, remedy) = match bar {
                RevocationBar::NoMotivation => {
                    ("no-motivation", "motivation", "say why (L. 241/1990, art. 3)")
                }
                RevocationBar::TooLate { .. } => (
                    "too-late",
                    "ground",
                    "it stands (L. 241/1990, art. 21-nonies, c. 1), unless another ground is the \
                     true one",
                ),
            };
            problem(Verb::Revoke, what, field, bar.to_string(), remedy)
        });
        all(Verb::Revoke, found.collect())
    }
}

impl Practice {
    /// Takes an acceptance back.
    ///
    /// An unlawful one only until the day [`annul_by`] says. Whether the other grounds are met
    /// (the indemnity of art. 21-quinquies, the final judgment of art. 21-nonies, c. 2-bis) is for
    /// the official to say in the motivation.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = accepted;
    /// let (ground, why) = (RevocationGround::Forfeiture, Decision::new("ha cambiato residenza"));
    /// practice.apply(&practice.revoke(&office, ground, why, &calendar)?);
    /// assert_eq!(practice.state(), State::Revoked);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`RevokeRefusal`] when it was not accepted, or with everything that stands in the way.
    pub fn revoke(
        &self,
        act: &Act,
        ground: RevocationGround,
        decision: Decision,
        calendar: &LegalCalendar,
    ) -> Result<Event, RevokeRefusal> {
        self.ready(Verb::Revoke)?;
        self.theirs(Verb::Revoke, act)?;
        let mut bars = Vec::new();
        if is_blank(&decision.motivation) {
            bars.push(RevocationBar::NoMotivation);
        }
        if ground == RevocationGround::Unlawful
            && let Some(until) = self.annul_by(calendar)
            && rome_date(act.at) > until
        {
            bars.push(RevocationBar::TooLate { until });
        }
        if bars.is_empty() {
            Ok(Revoked { act: act.clone(), ground, decision }.into())
        } else {
            Err(RevokeRefusal::Barred(bars))
        }
    }

    /// The last day on which the acceptance can be annulled as an unlawful authorisation or
    /// economic advantage; `None` for a practice that is not accepted.
    #[must_use]
    pub fn annul_by(&self, calendar: &LegalCalendar) -> Option<NaiveDate> {
        let accepted = self.outcomes.last().filter(|_| self.state == State::Accepted)?;
        annul_by(rome_date(accepted.act.at), calendar)
    }
}
