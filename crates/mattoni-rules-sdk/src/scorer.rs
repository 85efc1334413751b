//! A rule that gives points, and the columnar code around it.

use crate::contract::{self, Declaration, Description, Failure, Table, Value};
use crate::{Inputs, Parameters, Scores, reason};

/// A rule that gives points to a row.
///
/// Implement it on a type that holds the parameters and whatever follows from them; see the
/// [crate's example](crate).
pub trait Scorer: Sized {
    /// Stable name, in kebab-case: `nursery-points`.
    const NAME: &'static str;

    /// Version of the rule; `env!("CARGO_PKG_VERSION")` as a habit.
    const VERSION: &'static str;

    /// The row it looks at.
    type Inputs: Inputs;

    /// What the ente sets; `()` when there is nothing to set.
    type Parameters: Parameters;

    /// What it answers.
    type Scores: Scores;

    /// Gets ready for a batch: called once, however many rows follow.
    fn new(parameters: Self::Parameters) -> Self;

    /// Scores one row. Sees nothing but the row and the parameters, so equal rows get equal
    /// answers.
    fn score(&self, row: &Self::Inputs) -> Self::Scores;
}

/// Who the rule is and what it needs.
#[must_use]
pub fn describe<S: Scorer>() -> Description {
    Description {
        name: S::NAME.to_owned(),
        version: S::VERSION.to_owned(),
        inputs: S::Inputs::describe(),
        parameters: S::Parameters::describe(),
        reasons: reason::list::<<S::Scores as Scores>::Reasons>(),
    }
}

/// What the rule answers.
#[must_use]
pub fn declare<S: Scorer>() -> Declaration {
    S::Scores::declare()
}

/// Scores a table: the very code that runs inside the sandbox, here as a plain function.
///
/// # Errors
/// The table or the parameters are not those the rule declares.
pub fn score_columns<S: Scorer>(
    table: &Table,
    parameters: &[Value],
) -> Result<contract::Scores, Failure> {
    let rows = table.rows as usize;
    let scorer = S::new(S::Parameters::read(parameters)?);
    let inputs = S::Inputs::bind(table)?;
    let mut columns = S::Scores::columns(rows);
    {
        let mut slots = S::Scores::slots(&mut columns, rows);
        for row in 0..rows {
            scorer.score(&S::Inputs::read(inputs, row)).write(&mut slots, row);
        }
    }
    Ok(S::Scores::finish(columns))
}
