//! What every verb's refusal has in common.

use mattoni_core::{Problem, Problems, Refusal};

use crate::transitions::after;
use crate::{State, Verb};

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

/// A citizen tried what is not theirs to do: a verb of the office, or any verb on a practice they
/// do not speak for.
///
/// The practice knows its applicant's side and so checks this itself, too. Which official may do
/// what, [`Record::may`](mattoni_core::record::Record::may) alone says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{verb} is not for this citizen to do")]
pub struct NotTheirs {
    /// What was tried.
    pub verb: Verb,
}

impl Refusal for NotTheirs {
    fn problems(&self) -> Problems {
        problem(
            self.verb,
            "not-theirs",
            "actor",
            self.to_string(),
            "let the applicant or the office do it",
        )
        .into()
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
