//! What every verb's refusal has in common.

use mattoni_core::{Problem, Problems, Refusal};

use crate::transitions::after;
use crate::{MandateBar, State, Verb};

/// The verb is not possible in the state the practice is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{verb} is not possible in state {state}")]
pub struct WrongState {
    /// What was tried.
    pub verb: Verb,
    /// Where the practice stands.
    pub state: State,
}

impl Refusal for WrongState {
    fn problems(&self) -> Problems {
        let possible: Vec<_> = State::ALL
            .into_iter()
            .filter(|state| !after(self.verb, *state).is_empty())
            .map(State::name)
            .collect();
        problem(
            self.verb,
            "wrong-state",
            "state",
            self.to_string(),
            format!("possible in: {}", possible.join(", ")),
        )
        .into()
    }
}

/// Somebody tried what is not theirs to do.
///
/// The practice knows its applicant's side and who abstains, and so checks this itself, too. Which
/// official may do what, [`Record::may`](mattoni_core::record::Record::may) alone says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{because}")]
pub struct NotTheirs {
    /// What was tried.
    pub verb: Verb,
    /// Why it is not for them.
    pub because: NotTheirsBecause,
}

/// Why a verb is not for whoever tried it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotTheirsBecause {
    /// A citizen who does not speak for the applicant.
    #[error("must be done by somebody who speaks for the applicant")]
    NotOnIt,
    /// A citizen tried a verb of the office.
    #[error("must be done by the office")]
    TheOffices,
    /// Giving and revoking a mandate is for whoever applies.
    #[error("must be done by the applicant, not by a delegate")]
    TheApplicants,
    /// The mandate does not hold on this day.
    #[error("{0}")]
    Mandate(MandateBar),
    /// The mandate does not hold the right to withdraw.
    #[error("the mandate must hold the right to withdraw")]
    NoWithdrawal,
    /// An official did it for somebody, and no signed request is on file (D.P.R. 445/2000, art.
    /// 38).
    #[error("what an official does for a citizen must have the signed request on file")]
    NoPaper,
    /// An official who declared an interest of their own (L. 241/1990, art. 6-bis).
    #[error("an official with an interest must abstain (L. 241/1990, art. 6-bis)")]
    Conflict,
}

impl Refusal for NotTheirs {
    fn problems(&self) -> Problems {
        use NotTheirsBecause as Because;
        let (what, remedy) = match self.because {
            Because::NotOnIt | Because::TheOffices => {
                ("not-theirs", "let the applicant or the office do it")
            }
            Because::TheApplicants => ("applicants-own", "let the applicant do it"),
            Because::Mandate(bar) => {
                let what = match bar {
                    MandateBar::NotYet { .. } => "mandate-not-yet",
                    MandateBar::Ended { .. } => "mandate-ended",
                    MandateBar::Revoked => "mandate-revoked",
                    MandateBar::DayUnknown => "mandate-day-unknown",
                };
                (what, "let the applicant do it, or give a mandate that holds on this day")
            }
            Because::NoWithdrawal => {
                ("no-withdrawal-right", "let the applicant do it, or give a mandate that says so")
            }
            Because::NoPaper => (
                "no-paper",
                "store the signed request, and name the person and its digest in the act",
            ),
            Because::Conflict => {
                ("conflict-of-interest", "pass it to a colleague or to the head of the office")
            }
        };
        problem(self.verb, what, "actor", self.to_string(), remedy).into()
    }
}

/// A problem of `verb`, its code made the way all of them are.
pub(crate) fn problem(
    verb: Verb,
    what: &str,
    field: impl Into<String>,
    rule: impl Into<String>,
    remedy: impl Into<String>,
) -> Problem {
    Problem::new(format!("practice.{verb}.{what}"), field, rule, remedy)
}

/// Problems of a list of bars. Lists in refusals are never empty; an empty one says so rather
/// than panicking.
pub(crate) fn all(verb: Verb, found: Vec<Problem>) -> Problems {
    Problems::try_from(found)
        .unwrap_or_else(|_| problem(verb, "refused", "", "was refused", "try again").into())
}
