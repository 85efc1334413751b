//! What an answer of a scoring rule is made of.

use std::fmt;
use std::marker::PhantomData;

use crate::answers::{Part, Reasoned, numbered};
use crate::contract::scoring;
use crate::{Choice, Decimal, Reasons};

/// Points under one criterion, and why.
pub struct Score<R> {
    hundredths: i32,
    reason: u16,
    reasons: PhantomData<fn() -> R>,
}

/// Points beyond 21 million saturate; the host refuses them as beyond the criterion's maximum.
fn hundredths(points: Decimal<2>) -> i32 {
    points.units().clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32
}

impl<R: Reasons> Score<R> {
    /// No points and no reason.
    #[must_use]
    pub const fn none() -> Self {
        Self { hundredths: 0, reason: 0, reasons: PhantomData }
    }

    /// `points`, for this reason.
    #[must_use]
    pub fn because(points: Decimal<2>, reason: R) -> Self {
        Self { reason: reason.number(), ..Self::plain(points) }
    }

    /// `points` that speak for themselves.
    #[must_use]
    pub fn plain(points: Decimal<2>) -> Self {
        Self { hundredths: hundredths(points), ..Self::none() }
    }

    /// `points` for this reason when `holds`, otherwise none.
    #[must_use]
    pub fn when(holds: bool, points: Decimal<2>, reason: R) -> Self {
        if holds { Self::because(points, reason) } else { Self::none() }
    }

    /// No points, but a reason: what was found, where finding it is the whole answer.
    #[must_use]
    pub fn noting(reason: R) -> Self {
        Self::because(Decimal::ZERO, reason)
    }

    /// The points, in hundredths.
    #[must_use]
    pub const fn hundredths(&self) -> i32 {
        self.hundredths
    }

    /// The code of the reason, when there is one.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        let index = usize::from(self.reason).checked_sub(1)?;
        R::SENTENCES.get(index).map(|&(code, _)| code)
    }
}

// By hand, because derives would ask the same of `R`, which is only a label.
impl<R> Clone for Score<R> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<R> Copy for Score<R> {}
impl<R> PartialEq for Score<R> {
    fn eq(&self, other: &Self) -> bool {
        (self.hundredths, self.reason) == (other.hundredths, other.reason)
    }
}
impl<R> Eq for Score<R> {}
impl<R: Reasons> fmt::Debug for Score<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Score")
            .field("hundredths", &self.hundredths)
            .field("reason", &self.reason())
            .finish()
    }
}

impl<R: Reasons> Part for Score<R> {
    type Column = Reasoned<i32>;
    type Slot<'a> = (&'a mut [i32], &'a mut [u16]);

    fn column(rows: usize) -> Self::Column {
        Reasoned::zero(rows)
    }

    #[inline(always)]
    fn slot(column: &mut Self::Column, rows: usize) -> Self::Slot<'_> {
        column.slot(rows)
    }

    #[inline(always)]
    fn write(self, (points, reasons): &mut Self::Slot<'_>, row: usize) {
        points[row] = self.hundredths;
        reasons[row] = self.reason;
    }
}

/// A key that breaks ties between equal points; the attribute says whether lower or higher comes
/// first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tie(pub i64);

/// The class of a row, where classes come before points. The options of `C` are declared with
/// the one that has precedence first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Class<C: Choice>(pub C);

impl<C: Choice> Class<C> {
    /// The classes, precedence first; called by the derive.
    #[doc(hidden)]
    #[must_use]
    pub fn declare() -> Vec<scoring::Class> {
        let class = |&(code, label): &(&str, &str)| scoring::Class {
            code: code.to_owned(),
            label: label.to_owned(),
        };
        C::OPTIONS.iter().map(class).collect()
    }
}

impl Part for Tie {
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

numbered!(impl<C: Choice> Part for Class<C>, |class| class.0.index());
