//! What a row's answer is made of.

use std::fmt;
use std::marker::PhantomData;

use crate::contract;
use crate::{Choice, Decimal, Reasons};

/// Points under one criterion, and why.
pub struct Points<R> {
    hundredths: i32,
    reason: u16,
    reasons: PhantomData<fn() -> R>,
}

impl<R: Reasons> Points<R> {
    /// No points and no reason.
    #[must_use]
    pub const fn none() -> Self {
        Self { hundredths: 0, reason: 0, reasons: PhantomData }
    }

    /// `points`, for this reason.
    #[must_use]
    pub fn because(points: Decimal<2>, reason: R) -> Self {
        // Points beyond 21 million saturate; the host refuses them as beyond the criterion's
        // maximum.
        let bounded = points.units().clamp(i64::from(i32::MIN), i64::from(i32::MAX));
        Self { hundredths: bounded as i32, reason: reason.number(), reasons: PhantomData }
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

    pub(crate) const fn number(&self) -> u16 {
        self.reason
    }
}

// By hand, because derives would ask the same of `R`, which is only a label.
impl<R> Clone for Points<R> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<R> Copy for Points<R> {}
impl<R> PartialEq for Points<R> {
    fn eq(&self, other: &Self) -> bool {
        (self.hundredths, self.reason) == (other.hundredths, other.reason)
    }
}
impl<R> Eq for Points<R> {}
impl<R: Reasons> fmt::Debug for Points<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Points")
            .field("hundredths", &self.hundredths)
            .field("reason", &self.reason())
            .finish()
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
    pub fn declare() -> Vec<contract::Class> {
        let class = |&(code, label): &(&str, &str)| contract::Class {
            code: code.to_owned(),
            label: label.to_owned(),
        };
        C::OPTIONS.iter().map(class).collect()
    }
}
