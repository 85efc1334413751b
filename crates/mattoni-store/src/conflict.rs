//! Why a commit did not happen.

use mattoni_core::{Id, Problem, Problems, Refusal};

use crate::{Error, Stream, Version};

/// Somebody else was first. Nothing was written; load again and decide again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Conflict {
    /// The stream is not at the version the change was decided on.
    #[error("{stream} is at version {actual}, not {expected}")]
    Version {
        /// The stream.
        stream: Stream,
        /// What the change was decided on.
        expected: Version,
        /// Where the stream is.
        actual: Version,
    },
    /// Another stream of the kind holds the same unique key: a duplicate.
    #[error("{stream} cannot take {name}={value}, which {holder} holds")]
    UniqueKey {
        /// The stream that wanted it.
        stream: Stream,
        /// The key's name.
        name: String,
        /// The key's value.
        value: String,
        /// The stream of the same kind that has it.
        holder: Id<Stream>,
    },
    /// The claimed number is not the next of its sequence.
    #[error("number {claimed} of {sequence} cannot follow {last}")]
    Number {
        /// The sequence.
        sequence: String,
        /// The number claimed.
        claimed: u64,
        /// The last number given out.
        last: u64,
    },
    /// Somebody stored another key for what is sealed of a person in the stream, since the batch
    /// was sealed: sealed again under that key it can be committed, which a
    /// [`Vault`](crate::Vault) does.
    #[error("another key was stored for what is sealed in {stream}")]
    Key {
        /// The stream.
        stream: Stream,
    },
    /// An effect with this idempotency key is in the outbox already.
    #[error("an effect with key {key} is in the outbox already")]
    Effect {
        /// The idempotency key.
        key: String,
    },
}

impl Refusal for Conflict {
    fn problems(&self) -> Problems {
        let (code, field, remedy) = match self {
            Self::Version { stream, .. } => (
                "store.conflict.version",
                stream.to_string(),
                "load it again and decide again".to_owned(),
            ),
            Self::UniqueKey { stream, name, holder, .. } => (
                "store.conflict.unique-key",
                name.clone(),
                format!("look at {}/{holder}", stream.kind),
            ),
            Self::Number { sequence, last, .. } => (
                "store.conflict.number",
                sequence.clone(),
                format!("claim {}", last.saturating_add(1)),
            ),
            Self::Key { stream } => {
                ("store.conflict.key", stream.to_string(), "commit it again".to_owned())
            }
            Self::Effect { .. } => (
                "store.conflict.effect",
                "key".to_owned(),
                "look whether the change is committed already".to_owned(),
            ),
        };
        Problem::new(code, field, self.to_string(), remedy).into()
    }
}

/// Why a commit did not happen: refused, outrun, or the machine failed.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum CommitError {
    /// The batch breaks a rule of the store and would at any time. Nothing was written.
    #[error("the batch was refused")]
    Refused(#[source] Problems),
    /// Somebody else was first. Nothing was written.
    #[error("the batch conflicts with what is stored")]
    Conflict(#[source] Conflict),
    /// The machine failed. Nothing was written, unless the kind is
    /// [`Unknown`](crate::ErrorKind::Unknown).
    #[error("the commit failed")]
    Failed(#[source] Error),
}

impl CommitError {
    /// The conflict, where it is one.
    #[must_use]
    pub fn conflict(&self) -> Option<&Conflict> {
        match self {
            Self::Conflict(conflict) => Some(conflict),
            _ => None,
        }
    }
}

impl From<Problems> for CommitError {
    fn from(problems: Problems) -> Self {
        Self::Refused(problems)
    }
}

impl From<Conflict> for CommitError {
    fn from(conflict: Conflict) -> Self {
        Self::Conflict(conflict)
    }
}

impl From<Error> for CommitError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}
