//! How what is kept of projections agrees with the states.

use crate::Stream;

/// How the unique keys, list entries and counts of a kind agree with the projections that are kept
/// beside its states.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct IndexAudit {
    /// Unique keys that the states have and that are there.
    pub keys: u64,
    /// List entries that the states have and that are there, with their rows.
    pub entries: u64,
    /// Keys and entries that states have and that are not there, or with another row.
    pub lacking: u64,
    /// Keys and entries that are there and that no state has.
    pub stray: u64,
    /// Buckets whose count is not how many entries they have.
    pub miscounted: u64,
    /// The first streams that lack something.
    pub streams: Vec<Stream>,
}
