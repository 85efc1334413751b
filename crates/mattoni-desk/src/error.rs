//! Refusals and errors of the desk.

use mattoni_core::{Problems, Refusal};
use mattoni_store::{CommitError, Conflict};

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeskError {
    /// An answer: the law, the form or the state of things does not allow it. Nothing changed.
    #[error("refused")]
    Refused(#[source] Problems),
    /// Others changed the same things faster than we could decide, several times over. Nothing
    /// changed; trying again is safe.
    #[error("others kept changing the same things")]
    Contended(#[source] Conflict),
    /// The machine failed. [`mattoni_store::Error::temporary`] says whether to try again.
    #[error("the store failed")]
    Store(#[source] mattoni_store::Error),
    /// The scanner could not look at a file, so it was not taken. Trying again is safe.
    #[error("the scanner failed")]
    Scanner(#[source] crate::intake::ScanError),
    /// A part that the desk does not know failed: a taker of orders, a rule plugin.
    #[error("a part of the service failed")]
    Part(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl DeskError {
    /// The failure of a part that the desk does not know.
    pub fn part(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Part(error.into())
    }

    /// The refusal of a verb.
    pub fn refused(refusal: &impl Refusal) -> Self {
        Self::Refused(refusal.problems())
    }

    /// The problems, when this is a refusal.
    #[must_use]
    pub fn problems(&self) -> Option<&Problems> {
        match self {
            Self::Refused(problems) => Some(problems),
            _ => None,
        }
    }
}

impl From<Problems> for DeskError {
    fn from(problems: Problems) -> Self {
        Self::Refused(problems)
    }
}

impl From<mattoni_store::Error> for DeskError {
    fn from(error: mattoni_store::Error) -> Self {
        Self::Store(error)
    }
}

impl From<CommitError> for DeskError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Refused(problems) => Self::Refused(problems),
            CommitError::Conflict(conflict @ Conflict::Version { .. }) => Self::Contended(conflict),
            CommitError::Conflict(conflict @ Conflict::Number { .. }) => Self::Contended(conflict),
            CommitError::Conflict(conflict @ Conflict::Key { .. }) => Self::Contended(conflict),
            CommitError::Conflict(conflict) => Self::Refused(conflict.problems()),
            CommitError::Failed(error) => Self::Store(error),
            // The enum may grow: whatever it is, nothing was written.
            other => Self::Store(
                mattoni_store::Error::new(mattoni_store::ErrorKind::Io, "failed to commit")
                    .caused_by(other),
            ),
        }
    }
}

/// An error with its cause, in one line.
pub(crate) fn told(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
