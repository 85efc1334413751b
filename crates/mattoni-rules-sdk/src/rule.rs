//! A trait a world, and the columnar code around all of them.

use crate::contract::{Description, Failure, Table, Value};
use crate::world::{Benefit, Eligibility, Routing, Scoring, Tariff, Validation};
use crate::{Answers, Inputs, Parameters, World, reason};

/// What every world's trait comes down to. Authors implement the trait of their world and get
/// this one.
pub trait Rule<W: World>: Sized {
    /// Stable name.
    const NAME: &'static str;

    /// Version of the rule.
    const VERSION: &'static str;

    /// The row it looks at.
    type Inputs: Inputs;

    /// What the ente sets.
    type Parameters: Parameters;

    /// What it answers.
    type Answers: Answers<World = W>;

    /// Gets ready for a batch.
    fn ready(parameters: Self::Parameters) -> Self;

    /// Answers for one row.
    fn answer(&self, row: &Self::Inputs) -> Self::Answers;
}

macro_rules! world {
    ($(#[$about:meta])* $rule:ident, $world:ident, $answers:ident, $(#[$verb_about:meta])* $verb:ident) => {
        $(#[$about])*
        ///
        /// Implement it on a type that holds the parameters and whatever follows from them; see
        /// the [crate's example](crate).
        pub trait $rule: Sized {
            /// Stable name, in kebab-case: `nursery-points`.
            const NAME: &'static str;

            /// Version of the rule; `env!("CARGO_PKG_VERSION")` as a habit.
            const VERSION: &'static str;

            /// The row it looks at.
            type Inputs: Inputs;

            /// What the ente sets; `()` when there is nothing to set.
            type Parameters: Parameters;

            /// What it answers.
            type $answers: Answers<World = $world>;

            /// Gets ready for a batch: called once, however many rows follow.
            fn new(parameters: Self::Parameters) -> Self;

            $(#[$verb_about])*
            /// Sees nothing but the row and the parameters, so equal rows get equal answers.
            fn $verb(&self, row: &Self::Inputs) -> Self::$answers;
        }

        impl<R: $rule> Rule<$world> for R {
            const NAME: &'static str = <R as $rule>::NAME;
            const VERSION: &'static str = <R as $rule>::VERSION;
            type Inputs = <R as $rule>::Inputs;
            type Parameters = <R as $rule>::Parameters;
            type Answers = <R as $rule>::$answers;

            fn ready(parameters: Self::Parameters) -> Self {
                <R as $rule>::new(parameters)
            }

            #[inline(always)]
            fn answer(&self, row: &Self::Inputs) -> Self::Answers {
                self.$verb(row)
            }
        }
    };
}

world!(
    /// A rule that gives points to a row.
    Scorer, Scoring, Scores,
    /// Scores one row.
    score
);
world!(
    /// A rule that says whether somebody may have what they ask for.
    Examiner, Eligibility, Verdict,
    /// Examines one row.
    examine
);
world!(
    /// A rule that says how much somebody gets.
    Grantor, Benefit, Grant,
    /// Works out one row's amount.
    grant
);
world!(
    /// A rule that says how much somebody owes.
    Biller, Tariff, Dues,
    /// Works out what one row owes.
    bill
);
world!(
    /// A rule that says who takes care of a request, how urgently and by when.
    Router, Routing, Route,
    /// Routes one row.
    route
);
world!(
    /// A rule that finds what is wrong with what was filled in.
    Validator, Validation, Report,
    /// Validates one row.
    validate
);

/// Who the rule is and what it needs.
#[must_use]
pub fn describe<W: World, R: Rule<W>>() -> Description {
    Description {
        name: R::NAME.to_owned(),
        version: R::VERSION.to_owned(),
        inputs: R::Inputs::describe(),
        parameters: R::Parameters::describe(),
        reasons: reason::list::<<R::Answers as Answers>::Reasons>(),
    }
}

/// What the rule answers.
#[must_use]
pub fn declare<W: World, R: Rule<W>>() -> W::Declaration {
    R::Answers::declare()
}

/// Answers for a table: the very code that runs inside the sandbox, here as a plain function.
///
/// # Errors
/// The table or the parameters are not those the rule declares.
pub fn answer_columns<W: World, R: Rule<W>>(
    table: &Table,
    parameters: &[Value],
) -> Result<W::Answers, Failure> {
    let rows = table.rows as usize;
    let rule = R::ready(R::Parameters::read(parameters)?);
    let inputs = R::Inputs::bind(table)?;
    let mut columns = R::Answers::columns(rows);
    {
        let mut slots = R::Answers::slots(&mut columns, rows);
        for row in 0..rows {
            rule.answer(&R::Inputs::read(inputs, row)).write(&mut slots, row);
        }
    }
    Ok(R::Answers::finish(columns))
}
