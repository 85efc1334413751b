//! Writing answers into columns.

use crate::contract::{benefit, eligibility, scoring, tariff};
use crate::{Reasons, World};

/// The answer for one row: a struct with the derive of its world.
///
/// | world | derive | fields |
/// | --- | --- | --- |
/// | scoring | `Scores` | `#[criterion(label = "…", max = 12.5, source = "…")] work: Score<Why>`, `#[tie(label = "…", lower_first)] isee: Tie`, `#[class] class: Class<Priority>` |
/// | eligibility | `Verdict` | `#[requirement(label = "…", source = "…")] resident: Met<Why>` |
/// | benefit | `Grant` | `#[component(label = "…", max = 500)] base: Amount<Why>` |
/// | tariff | `Dues` | `#[charge(label = "…", max = 500)] meals: Amount<Why>`, `#[reduction(label = "…", max = 500)] siblings: Amount<Why>` |
/// | routing | `Route` | `#[office] office: Office<Desk, Why>`, `#[priority] priority: Priority<Urgency>`, `#[term(max = 30, working)] term: Days` |
/// | validation | `Report` | `#[check(label = "…", field = "isee")] isee: Checked<Why>` |
///
/// The reasons are named once, at the struct: `#[scores(reasons = Why)]`, `#[dues(reasons = Why)]`
/// and so on, after the derive. Bounds are needed wherever there is a number: points and amounts
/// below zero need a `min`, and a criterion with `max = 0` carries a reason only.
///
/// ```compile_fail
/// use mattoni_rules_sdk::prelude::*;
/// #[derive(Scores)]
/// struct Answer {
///     #[criterion(label = "Lavoro")]
///     work: Score<NoReasons>, // error: every criterion needs a max
/// }
/// ```
/// ```compile_fail
/// use mattoni_rules_sdk::prelude::*;
/// #[derive(Scores)]
/// struct Answer {
///     total: Score<NoReasons>, // error: say what the field is
/// }
/// ```
/// ```compile_fail
/// use mattoni_rules_sdk::prelude::*;
/// #[derive(Reasons)]
/// enum Why {
///     #[reason("Lavora.")]
///     Works,
/// }
/// #[derive(Scores)] // and not #[scores(reasons = Why)]
/// struct Answer {
///     #[criterion(label = "Lavoro", max = 8)]
///     work: Score<Why>, // error: expected `Score<NoReasons>`
/// }
/// ```
/// ```compile_fail
/// use mattoni_rules_sdk::prelude::*;
/// #[derive(Dues)]
/// struct Answer {
///     #[reduction(label = "Fratelli", max = 10)]
///     siblings: Amount<NoReasons>, // error: a tariff has at least one charge
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no answer of a rule",
    note = "add the derive of its world to the struct: Scores, Verdict, Grant, Dues, Route or Report"
)]
pub trait Answers: Sized {
    /// The world it answers in.
    type World: World;

    /// The reasons it may give.
    type Reasons: Reasons;

    /// The columns of a batch.
    type Columns;

    /// The columns, cut to the rows, while they are written.
    type Slots<'a>;

    /// What the columns mean.
    fn declare() -> <Self::World as World>::Declaration;

    /// Columns for so many rows, all zero.
    fn columns(rows: usize) -> Self::Columns;

    /// Borrows the columns for writing.
    fn slots(columns: &mut Self::Columns, rows: usize) -> Self::Slots<'_>;

    /// Writes this answer into row `row`.
    fn write(self, slots: &mut Self::Slots<'_>, row: usize);

    /// The columns as the contract carries them.
    fn finish(columns: Self::Columns) -> <Self::World as World>::Answers;
}

/// A type that a field of an answer may have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no part of an answer",
    note = "use Score<Why>, Tie, Class<C>, Met<Why>, Amount<Why>, Office<C, Why>, Priority<C>, Days or Checked<Why>"
)]
pub trait Part {
    /// Its column or columns.
    type Column;

    /// The column while it is written.
    type Slot<'a>;

    /// A column of zeros.
    fn column(rows: usize) -> Self::Column;

    /// Borrows the column for writing.
    fn slot(column: &mut Self::Column, rows: usize) -> Self::Slot<'_>;

    /// Writes one row.
    fn write(self, slot: &mut Self::Slot<'_>, row: usize);
}

/// Values, each with the number of a reason.
#[doc(hidden)]
pub struct Reasoned<T> {
    pub values: Vec<T>,
    pub reasons: Vec<u16>,
}

impl<T: Copy + Default> Reasoned<T> {
    pub(crate) fn zero(rows: usize) -> Self {
        Self { values: vec![T::default(); rows], reasons: vec![0; rows] }
    }

    #[inline(always)]
    pub(crate) fn slot(&mut self, rows: usize) -> (&mut [T], &mut [u16]) {
        (&mut self.values[..rows], &mut self.reasons[..rows])
    }
}

macro_rules! carried {
    ($type:ty, $columns:path { $values:ident }) => {
        impl From<Reasoned<$type>> for $columns {
            fn from(Reasoned { values, reasons }: Reasoned<$type>) -> Self {
                Self { $values: values, reasons }
            }
        }
    };
}

carried!(i32, scoring::Marks { points });
carried!(u8, eligibility::Findings { met });
carried!(i64, benefit::Amounts { cents });
carried!(i64, tariff::Amounts { cents });

/// A part that is one number of 16 bits a row.
macro_rules! numbered {
    (impl<$($parameter:ident: $bound:ident)?> Part for $part:ty, |$own:ident| $number:expr) => {
        impl<$($parameter: $bound)?> $crate::answers::Part for $part {
            type Column = Vec<u16>;
            type Slot<'a> = &'a mut [u16];

            fn column(rows: usize) -> Vec<u16> {
                vec![0; rows]
            }

            #[inline(always)]
            fn slot(column: &mut Vec<u16>, rows: usize) -> &mut [u16] {
                &mut column[..rows]
            }

            #[inline(always)]
            fn write(self, slot: &mut &mut [u16], row: usize) {
                let $own = self;
                slot[row] = $number;
            }
        }
    };
}
pub(crate) use numbered;
