//! What answers of the other worlds are made of.

use std::fmt;
use std::marker::PhantomData;

use crate::answers::{Part, Reasoned, numbered};
use crate::contract::ChoiceOption;
use crate::{Choice, Money, Reasons};

macro_rules! reasoned {
    ($(#[$about:meta])* $name:ident, $value:ident: $type:ty) => {
        $(#[$about])*
        pub struct $name<R> {
            $value: $type,
            reason: u16,
            reasons: PhantomData<fn() -> R>,
        }

        impl<R: Reasons> $name<R> {
            /// The code of the reason, when there is one.
            #[must_use]
            pub fn reason(&self) -> Option<&'static str> {
                let index = usize::from(self.reason).checked_sub(1)?;
                R::SENTENCES.get(index).map(|&(code, _)| code)
            }
        }

        // By hand, because derives would ask the same of `R`, which is only a label.
        impl<R> Clone for $name<R> {
            fn clone(&self) -> Self {
                *self
            }
        }
        impl<R> Copy for $name<R> {}
        impl<R> PartialEq for $name<R> {
            fn eq(&self, other: &Self) -> bool {
                (self.$value, self.reason) == (other.$value, other.reason)
            }
        }
        impl<R> Eq for $name<R> {}
        impl<R: Reasons> fmt::Debug for $name<R> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name))
                    .field(stringify!($value), &self.$value)
                    .field("reason", &self.reason())
                    .finish()
            }
        }

        impl<R: Reasons> Part for $name<R> {
            type Column = Reasoned<$type>;
            type Slot<'a> = (&'a mut [$type], &'a mut [u16]);

            fn column(rows: usize) -> Self::Column {
                Reasoned::zero(rows)
            }

            #[inline(always)]
            fn slot(column: &mut Self::Column, rows: usize) -> Self::Slot<'_> {
                column.slot(rows)
            }

            #[inline(always)]
            fn write(self, (values, reasons): &mut Self::Slot<'_>, row: usize) {
                values[row] = self.$value;
                reasons[row] = self.reason;
            }
        }
    };
}

reasoned!(
    /// A requirement, met or not, and why.
    Met,
    met: u8
);

impl<R: Reasons> Met<R> {
    /// It is met, and nothing needs saying.
    #[must_use]
    pub const fn yes() -> Self {
        Self { met: 1, reason: 0, reasons: PhantomData }
    }

    /// It is met, for this reason.
    #[must_use]
    pub fn because(reason: R) -> Self {
        Self { met: 1, reason: reason.number(), reasons: PhantomData }
    }

    /// It is not met, for this reason.
    #[must_use]
    pub fn no(reason: R) -> Self {
        Self { met: 0, reason: reason.number(), reasons: PhantomData }
    }

    /// Met when `holds`, otherwise not, for this reason.
    #[must_use]
    pub fn unless(holds: bool, reason: R) -> Self {
        if holds { Self::yes() } else { Self::no(reason) }
    }

    /// Whether it is met.
    #[must_use]
    pub const fn is_met(&self) -> bool {
        self.met != 0
    }
}

reasoned!(
    /// An amount of money, and why.
    Amount,
    cents: i64
);

impl<R: Reasons> Amount<R> {
    /// Nothing, for no reason.
    #[must_use]
    pub const fn none() -> Self {
        Self { cents: 0, reason: 0, reasons: PhantomData }
    }

    /// `amount`, and nothing needs saying.
    #[must_use]
    pub const fn of(amount: Money) -> Self {
        Self { cents: amount.cents(), reason: 0, reasons: PhantomData }
    }

    /// `amount`, for this reason.
    #[must_use]
    pub fn because(amount: Money, reason: R) -> Self {
        Self { cents: amount.cents(), reason: reason.number(), reasons: PhantomData }
    }

    /// `amount` for this reason when `holds`, otherwise nothing.
    #[must_use]
    pub fn when(holds: bool, amount: Money, reason: R) -> Self {
        if holds { Self::because(amount, reason) } else { Self::none() }
    }

    /// The amount.
    #[must_use]
    pub const fn money(&self) -> Money {
        Money::from_cents(self.cents)
    }
}

/// What was found at a field: nothing, or a problem.
pub struct Checked<R> {
    reason: u16,
    reasons: PhantomData<fn() -> R>,
}

impl<R: Reasons> Checked<R> {
    /// There is no problem.
    #[must_use]
    pub const fn fine() -> Self {
        Self { reason: 0, reasons: PhantomData }
    }

    /// There is this problem.
    #[must_use]
    pub fn problem(reason: R) -> Self {
        Self { reason: reason.number(), reasons: PhantomData }
    }

    /// No problem when `holds`, otherwise this one.
    #[must_use]
    pub fn unless(holds: bool, reason: R) -> Self {
        if holds { Self::fine() } else { Self::problem(reason) }
    }

    /// The code of the problem, when there is one.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        let index = usize::from(self.reason).checked_sub(1)?;
        R::SENTENCES.get(index).map(|&(code, _)| code)
    }
}

// By hand, because derives would ask the same of `R`, which is only a label.
impl<R> Clone for Checked<R> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<R> Copy for Checked<R> {}
impl<R> PartialEq for Checked<R> {
    fn eq(&self, other: &Self) -> bool {
        self.reason == other.reason
    }
}
impl<R> Eq for Checked<R> {}
impl<R: Reasons> fmt::Debug for Checked<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Checked").field(&self.code()).finish()
    }
}

numbered!(impl<R: Reasons> Part for Checked<R>, |checked| checked.reason);

fn options<C: Choice>() -> Vec<ChoiceOption> {
    let option = |&(code, label): &(&str, &str)| ChoiceOption {
        code: code.to_owned(),
        label: label.to_owned(),
    };
    C::OPTIONS.iter().map(option).collect()
}

/// Who takes care of a request, and why they.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Office<C, R> {
    office: C,
    reason: u16,
    reasons: PhantomData<fn() -> R>,
}

impl<C: Choice, R: Reasons> Office<C, R> {
    /// This office, and nothing needs saying.
    #[must_use]
    pub const fn of(office: C) -> Self {
        Self { office, reason: 0, reasons: PhantomData }
    }

    /// This office, for this reason.
    #[must_use]
    pub fn because(office: C, reason: R) -> Self {
        Self { office, reason: reason.number(), reasons: PhantomData }
    }

    /// The office.
    #[must_use]
    pub const fn office(&self) -> C {
        self.office
    }

    /// The offices there are; called by the derive.
    #[doc(hidden)]
    #[must_use]
    pub fn declare() -> Vec<ChoiceOption> {
        options::<C>()
    }
}

impl<C: Choice, R: Reasons> Part for Office<C, R> {
    type Column = Reasoned<u16>;
    type Slot<'a> = (&'a mut [u16], &'a mut [u16]);

    fn column(rows: usize) -> Self::Column {
        Reasoned::zero(rows)
    }

    #[inline(always)]
    fn slot(column: &mut Self::Column, rows: usize) -> Self::Slot<'_> {
        column.slot(rows)
    }

    #[inline(always)]
    fn write(self, (offices, reasons): &mut Self::Slot<'_>, row: usize) {
        offices[row] = self.office.index();
        reasons[row] = self.reason;
    }
}

/// How urgent a request is. The options of `C` are declared with the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Priority<C: Choice>(pub C);

impl<C: Choice> Priority<C> {
    /// The priorities, most urgent first; called by the derive.
    #[doc(hidden)]
    #[must_use]
    pub fn declare() -> Vec<ChoiceOption> {
        options::<C>()
    }
}

/// Days from the request within which it is dealt with; the attribute says which days count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days(pub u16);

numbered!(impl<C: Choice> Part for Priority<C>, |priority| priority.0.index());
numbered!(impl<> Part for Days, |days| days.0);
