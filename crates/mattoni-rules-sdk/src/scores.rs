//! Writing answers into columns.

use crate::contract::{Declaration, Marks, Scores as Columns};
use crate::{Choice, Class, Points, Reasons, Tie};

/// The answer for one row: a struct with `#[derive(Scores)]`.
///
/// One field a criterion, `#[criterion(label = "…", max = 12.5, source = "…")] work: Points<Why>`
/// (points below zero need a `min`); keys that break ties, in the order in which they decide,
/// `#[tie(label = "…", lower_first)] isee: Tie`; and at most one class,
/// `#[class] class: Class<Priority>`. A criterion with `max = 0` carries a reason only.
///
/// ```compile_fail
/// use mattoni_rules_sdk::prelude::*;
/// #[derive(Scores)]
/// struct Answer {
///     #[criterion(label = "Lavoro")]
///     work: Points<NoReasons>, // error: every criterion needs a max
/// }
/// ```
/// ```compile_fail
/// use mattoni_rules_sdk::prelude::*;
/// #[derive(Scores)]
/// struct Answer {
///     total: Points<NoReasons>, // error: say what the field is
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
///     work: Points<Why>, // error: expected `Points<NoReasons>`
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no answer of a scoring rule",
    note = "add #[derive(Scores)] to the struct"
)]
pub trait Scores: Sized {
    /// The reasons that points may have.
    type Reasons: Reasons;

    /// The columns of a batch.
    type Columns;

    /// The columns, cut to the rows, while they are written.
    type Slots<'a>;

    /// What the columns mean.
    fn declare() -> Declaration;

    /// Columns for so many rows, all zero.
    fn columns(rows: usize) -> Self::Columns;

    /// Borrows the columns for writing.
    fn slots(columns: &mut Self::Columns, rows: usize) -> Self::Slots<'_>;

    /// Writes this answer into row `row`.
    fn write(self, slots: &mut Self::Slots<'_>, row: usize);

    /// The columns as the contract carries them.
    fn finish(columns: Self::Columns) -> Columns;
}

/// A type that a field of [`Scores`] may have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no part of an answer",
    note = "use Points<Why>, Tie or Class<C>"
)]
pub trait Answer {
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

impl<R: Reasons> Answer for Points<R> {
    type Column = Marks;
    type Slot<'a> = (&'a mut [i32], &'a mut [u16]);

    fn column(rows: usize) -> Marks {
        Marks { points: vec![0; rows], reasons: vec![0; rows] }
    }

    #[inline(always)]
    fn slot(column: &mut Marks, rows: usize) -> Self::Slot<'_> {
        (&mut column.points[..rows], &mut column.reasons[..rows])
    }

    #[inline(always)]
    fn write(self, (points, reasons): &mut Self::Slot<'_>, row: usize) {
        points[row] = self.hundredths();
        reasons[row] = self.number();
    }
}

impl Answer for Tie {
    type Column = Vec<i64>;
    type Slot<'a> = &'a mut [i64];

    fn column(rows: usize) -> Vec<i64> {
        vec![0; rows]
    }

    #[inline(always)]
    fn slot(column: &mut Vec<i64>, rows: usize) -> &mut [i64] {
        &mut column[..rows]
    }

    #[inline(always)]
    fn write(self, slot: &mut &mut [i64], row: usize) {
        slot[row] = self.0;
    }
}

impl<C: Choice> Answer for Class<C> {
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
        slot[row] = self.0.index();
    }
}
