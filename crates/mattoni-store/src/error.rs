//! When the machine fails, as opposed to when the answer is no.

use std::fmt;
use std::sync::Arc;

/// What kind of failure it was, for code that must react.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Another process held the store for longer than the time allowed. Nothing was written.
    Busy,
    /// The disk is full. Nothing was written.
    Full,
    /// The store was opened for reading, or the file cannot be written. Nothing was written.
    ReadOnly,
    /// The file is not a Mattoni store.
    NotAStore,
    /// The store was written by a newer version of this software.
    NewerSchema,
    /// What is stored contradicts itself: run [`crate::verify`].
    Corrupt,
    /// Stored bytes do not read as what they should be, e.g. an event written by newer software.
    Unreadable,
    /// The store failed while making a commit durable, so it may or may not have happened. Open
    /// the store again and read: never assume either.
    Unknown,
    /// The store does not work any more in this process. Nothing was written; open it again.
    Unavailable,
    /// The database server cannot be reached just now. Nothing was written.
    Unreachable,
    /// The database role may go around the wall between entes, so the store was not opened. Use a
    /// role that is no superuser and has no `BYPASSRLS`.
    Privileged,
    /// What is stored is sealed, and the key for it is missing, wrong or malformed.
    Locked,
    /// More bytes than the store takes. Nothing was written.
    TooLarge,
    /// Reading or writing failed below the store. Nothing was written.
    Io,
}

/// A failure of the machine: what was being done, on what, and the cause in
/// [`source`](std::error::Error::source), which `Display` does not repeat.
///
/// ```
/// use mattoni_store::{Error, ErrorKind};
///
/// let error = Error::new(ErrorKind::Busy, "failed to commit").with("ente", "c_f051");
/// assert!(error.temporary());
/// assert_eq!(error.to_string(), "failed to commit, ente=c_f051");
/// ```
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: &'static str,
    context: Vec<(&'static str, String)>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// A failure of this kind; `message` says what was being done, as a lower-case fragment.
    #[must_use]
    pub fn new(kind: ErrorKind, message: &'static str) -> Self {
        Self(Box::new(Inner { kind, message, context: Vec::new(), source: None }))
    }

    /// The same error, with one more fact about what was being done.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl fmt::Display) -> Self {
        self.0.context.push((key, value.to_string()));
        self
    }

    /// The same error, with its cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    /// What kind of failure it was.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the same call may succeed a little later with nobody doing anything.
    #[must_use]
    pub fn temporary(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Busy | ErrorKind::Unreachable)
    }
}

/// Two errors are equal when they say the same; their causes, which no type compares, do not count.
impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        let said = |error: &Self| {
            let Inner { kind, message, context, .. } = &*error.0;
            (*kind, *message, context.clone())
        };
        said(self) == said(other)
    }
}

impl Eq for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.message)?;
        self.0.context.iter().try_for_each(|(key, value)| write!(f, ", {key}={value}"))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.to_string())
            .field("source", &self.0.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
