//! Proof that nothing stored was altered.

mod chain;
mod states;

pub use chain::{Finding, Report, RowName, verify};
pub use states::{StateFinding, StatesReport, verify_states};

/// How far a verification or a collection of files is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobProgress {
    /// Rows of the journal, or streams, looked at.
    pub done: u64,
    /// Out of how many, where that is known before.
    pub total: Option<u64>,
}

/// How many findings a report keeps, so that a journal altered from end to end does not fill the
/// memory; the others are counted.
const MAX_FINDINGS: usize = 10_000;

/// An error and its cause in one line. One cause, because drivers repeat theirs in their own text.
fn with_cause(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
