//! Why an analysis was not made.

use mattoni_core::Problems;
use mattoni_rules::RuleError;
use polars::error::PolarsError;

/// Why an analysis was not made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnalysisError {
    /// The table is not what the rule needs: every column and its first bad line.
    #[error("the table does not fit the rule: {0}")]
    Table(Problems),
    /// The rule did not answer.
    #[error("the rule did not answer")]
    Rule(#[from] RuleError),
    /// The file or the table's library failed.
    #[error("the table cannot be read or written")]
    Frame(#[from] PolarsError),
}

impl From<Problems> for AnalysisError {
    fn from(problems: Problems) -> Self {
        Self::Table(problems)
    }
}
