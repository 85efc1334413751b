//! The kinds of rules there are: what each declares, and what it answers for a row.
//!
//! A world's type is what a plugin of that world declares of its answers; [`Ready<W>`](crate::Ready)
//! answers in world `W` with an [`Answered<W>`](crate::Answered).

mod benefit;
mod columns;
mod eligibility;
mod routing;
mod scoring;
mod tariff;
mod validation;

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::contract;
use crate::declared::Declared;
use crate::description::{Description, Reason};
use machine::Lie;

pub use benefit::GrantedRow;
pub use columns::AnswerColumn;
pub use eligibility::{ExaminedRequirement, ExaminedRow};
pub use routing::RoutedRow;
pub use scoring::{CriterionScore, ScoredRow};
pub use tariff::BilledRow;
pub use validation::{FieldProblem, ValidatedRow};

pub use crate::declared::{
    Benefit, Check, Class, Component, Criterion, DayCount, Eligibility, Item, Office, Order,
    Requirement, Routing, Scoring, Tariff, Term, Tie, Urgency, Validation,
};

/// An amount of an answer, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct AmountRow {
    /// Code of the component, charge or reduction.
    pub code: String,
    /// The amount.
    pub amount: mattoni_core::Money,
    /// Code of the reason, when one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One kind of rule. Closed: the kinds are those of the contract.
pub trait World: machine::Machine + Clone + PartialEq + Debug + Send + Sync + 'static {
    /// Name of the contract's interface: `scoring`.
    const NAME: &'static str;

    /// The answer for one row, in words: what the shell records with a practice.
    type Row: Clone + PartialEq + Debug + Serialize + DeserializeOwned + Send + 'static;

    /// A row's answer, name by name, as case tables and differences show it.
    fn cells(row: &Self::Row) -> Vec<(String, String)>;
}

impl Description {
    /// Name of the world it answers in: `scoring`.
    #[must_use]
    pub fn world(&self) -> &'static str {
        match self.answers {
            Declared::Scoring(_) => Scoring::NAME,
            Declared::Eligibility(_) => Eligibility::NAME,
            Declared::Benefit(_) => Benefit::NAME,
            Declared::Tariff(_) => Tariff::NAME,
            Declared::Routing(_) => Routing::NAME,
            Declared::Validation(_) => Validation::NAME,
        }
    }
}

/// What only the host needs of a world.
pub(crate) mod machine {
    use wasmtime::component::{ComponentType, Lift};

    use crate::check::Checker;
    use crate::declared::Declared;
    use crate::description::Reason;

    /// An answer that is not what was declared.
    pub struct Lie {
        /// The row within the call, where it is about one.
        pub row: Option<usize>,
        pub detail: String,
    }

    impl Lie {
        pub(crate) fn whole(detail: impl Into<String>) -> Self {
            Self { row: None, detail: detail.into() }
        }

        pub(crate) fn at(row: usize, detail: impl Into<String>) -> Self {
            Self { row: Some(row), detail: detail.into() }
        }
    }

    pub trait Machine: Sized {
        /// The interface's one verb.
        const VERB: &'static str;

        /// What `declare` gives.
        type Declaration: ComponentType + Lift + 'static;

        /// What the verb gives.
        type Wire: ComponentType + Lift + Send + Sync + 'static;

        /// The declaration, checked; problems go to `check`.
        fn declared(check: &mut Checker, inputs: &[String], given: Self::Declaration) -> Self;

        fn wrap(self) -> Declared;

        fn unwrap(declared: &Declared) -> Option<&Self>;

        /// Whether the answer is what was declared.
        fn check(&self, reasons: usize, wire: &Self::Wire, rows: usize) -> Result<(), Lie>;

        /// The answer for `row`, which exists.
        fn row(&self, reasons: &[Reason], wire: &Self::Wire, row: usize) -> super::RowOf<Self>
        where
            Self: super::World;

        /// Domain of the digest, and the fields it is made of.
        const DIGEST: &'static str;

        fn digest_fields(&self, parts: &[&Self::Wire]) -> Vec<Vec<u8>>;

        /// The answers of all parts by the names that `cells` gives them.
        fn columns(
            &self,
            reasons: &[Reason],
            parts: &[&Self::Wire],
        ) -> Vec<(String, super::AnswerColumn)>;
    }
}

pub(crate) type RowOf<W> = <W as World>::Row;

/// The code of a reason by its number, which has been checked.
fn reason(reasons: &[Reason], number: u16) -> Option<String> {
    usize::from(number).checked_sub(1).map(|index| reasons[index].code.clone())
}

fn check_length(what: &str, length: usize, rows: usize) -> Result<(), Lie> {
    if length == rows {
        return Ok(());
    }
    Err(Lie::whole(format!("{what} has not one answer for each row")))
}

/// The fold has no early exit, so that it is vectorised. The row is searched only when there is a
/// wrong one.
fn check_reasons(what: &str, numbers: &[u16], rows: usize, reasons: usize) -> Result<(), Lie> {
    check_length(what, numbers.len(), rows)?;
    let highest = numbers.iter().fold(0, |highest, number| highest.max(*number));
    if usize::from(highest) <= reasons {
        return Ok(());
    }
    let row = numbers.iter().position(|number| *number == highest).unwrap_or(0);
    Err(Lie::at(row, format!("{what} gives reason {highest}, which is not declared")))
}

fn check_choices(what: &str, indices: &[u16], rows: usize, options: usize) -> Result<(), Lie> {
    check_length(what, indices.len(), rows)?;
    match indices.iter().position(|index| usize::from(*index) >= options) {
        Some(row) => Err(Lie::at(row, format!("the {what} is not a declared one"))),
        None => Ok(()),
    }
}

/// The first value beyond its bounds, if there is one.
fn first_beyond<T: Copy + Ord>(values: &[T], min: T, max: T) -> Option<(usize, T)> {
    let beyond = values.iter().fold(false, |beyond, value| beyond | (*value < min || *value > max));
    if !beyond {
        return None;
    }
    values.iter().copied().enumerate().find(|(_, value)| *value < min || *value > max)
}

/// Amounts within their bounds, with declared reasons.
fn check_amounts(
    code: &str,
    amounts: &contract::benefit::Amounts,
    (min, max): (i64, i64),
    rows: usize,
    reasons: usize,
) -> Result<(), Lie> {
    check_length(code, amounts.cents.len(), rows)?;
    if let Some((row, cents)) = first_beyond(&amounts.cents, min, max) {
        return Err(Lie::at(row, format!("{code} is {cents} cents, beyond {min} to {max}")));
    }
    check_reasons(code, &amounts.reasons, rows, reasons)
}

fn amount_row(
    code: &str,
    amounts: &contract::benefit::Amounts,
    reasons: &[Reason],
    row: usize,
) -> AmountRow {
    AmountRow {
        code: code.to_owned(),
        amount: mattoni_core::Money::from_cents(amounts.cents[row]),
        reason: reason(reasons, amounts.reasons[row]),
    }
}

fn amount_cells(amounts: &[AmountRow]) -> impl Iterator<Item = (String, String)> + '_ {
    amounts.iter().flat_map(|one| {
        let reason = one.reason.clone().unwrap_or_else(|| "none".to_owned());
        [(one.code.clone(), hundredths(one.amount.cents())), (format!("{}?", one.code), reason)]
    })
}

/// Units of a hundredth as they are written: `12.50`.
fn hundredths(units: i64) -> String {
    let sign = if units < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", units.unsigned_abs() / 100, units.unsigned_abs() % 100)
}

fn yes_or_no(yes: bool) -> String {
    if yes { "sì" } else { "no" }.to_owned()
}

/// The bytes of a column over all parts, for digests.
fn bytes<const N: usize>(values: impl Iterator<Item = [u8; N]>) -> Vec<u8> {
    values.flatten().collect()
}

fn amount_fields<'a>(
    code: &str,
    parts: impl Iterator<Item = &'a contract::benefit::Amounts> + Clone,
) -> [Vec<u8>; 3] {
    [
        code.as_bytes().to_vec(),
        bytes(parts.clone().flat_map(|amounts| &amounts.cents).map(|cents| cents.to_le_bytes())),
        bytes(parts.flat_map(|amounts| &amounts.reasons).map(|number| number.to_le_bytes())),
    ]
}
