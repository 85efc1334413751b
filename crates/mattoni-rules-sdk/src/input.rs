//! Reading rows out of columns.

use crate::contract::{Bounds, Column, Decimals, Failure, Input, Kind, Table, Values};
use crate::{Choice, Date, Decimal, Money, choice};

/// The row a rule looks at: a struct with `#[derive(Inputs)]`.
///
/// A field is one of the [`Field`] types. The attribute says what the host and the citizen's form
/// need to know: `#[input(label = "…", source = "…", min = 0, max = 20)]`; `label` is required,
/// bounds are for numbers, amounts (in euro) and dates (`"2026-09-01"`).
///
/// ```compile_fail
/// use mattoni_rules_sdk::prelude::*;
/// #[derive(Inputs)]
/// struct Row {
///     #[input(label = "Nome")]
///     name: String, // error: `String` is no value a rule can take
/// }
/// ```
/// ```compile_fail
/// use mattoni_rules_sdk::prelude::*;
/// #[derive(Inputs)]
/// struct Row {
///     children: u32, // error: every input needs a label
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no row a rule can look at",
    note = "add #[derive(Inputs)] to the struct"
)]
pub trait Inputs: Sized {
    /// The columns, bound once a batch.
    type Columns<'a>: Copy;

    /// The declared columns, in the order of the fields.
    fn describe() -> Vec<Input>;

    /// Finds each field's column and checks it once, so that reading a row checks nothing.
    ///
    /// # Errors
    /// The table is not the declared one.
    fn bind(table: &Table) -> Result<Self::Columns<'_>, Failure>;

    /// Reads row `row`.
    fn read(columns: Self::Columns<'_>, row: usize) -> Self;
}

/// A type that a field of [`Inputs`] may have: `i64`, `u32`, `bool`, [`Money`], [`Date`],
/// [`Decimal`], a [`Choice`], or an `Option` of one of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no value a rule can take",
    label = "not a number, a date, an amount or a choice",
    note = "use i64, u32, bool, Money, Date, Decimal<SCALE>, an enum with #[derive(Choice)], or an Option of one of these"
)]
pub trait Field: Sized {
    /// The column, bound.
    type Column<'a>: Copy;

    /// `false` for `Option`: the value may be missing.
    const REQUIRED: bool = true;

    /// The kind to declare, with the bounds the author gave.
    fn kind(bounds: Bounds) -> Kind;

    /// Checks the column called `name` and borrows its `rows` values.
    ///
    /// # Errors
    /// It is of another kind, too short, or holds what was not declared.
    fn bind<'a>(column: &'a Column, name: &str, rows: usize) -> Result<Self::Column<'a>, Failure>;

    /// The value in `row`.
    fn read(column: Self::Column<'_>, row: usize) -> Self;
}

/// Binds the column at `index` to a field; called by the derive.
#[doc(hidden)]
pub fn bind<'a, F: Field>(
    table: &'a Table,
    index: usize,
    name: &str,
) -> Result<F::Column<'a>, Failure> {
    let column = table.columns.get(index).ok_or_else(|| mismatch(name, "is not in the table"))?;
    if F::REQUIRED && column.valid.as_ref().is_some_and(|valid| valid.contains(&0)) {
        return Err(mismatch(name, "has missing values but is required"));
    }
    F::bind(column, name, table.rows as usize)
}

pub(crate) fn mismatch(name: &str, what: &str) -> Failure {
    Failure { row: None, message: format!("column {name} {what}") }
}

/// The first `rows` values: cut to that very length where rows are read, so that the compiler can
/// drop the bounds checks there.
#[inline(always)]
fn cut<'a, T>(values: &'a [T], name: &str, rows: usize) -> Result<&'a [T], Failure> {
    values.get(..rows).ok_or_else(|| mismatch(name, "is too short"))
}

macro_rules! field {
    ($(#[$about:meta])* $type:ty, $values:ident, $raw:ty, $name:literal, $kind:expr, |$value:ident| $read:expr, |$checked:ident| $check:expr) => {
        $(#[$about])*
        impl Field for $type {
            type Column<'a> = &'a [$raw];

            fn kind(bounds: Bounds) -> Kind {
                ($kind)(bounds)
            }

            #[inline(always)]
            fn bind<'a>(
                column: &'a Column,
                name: &str,
                rows: usize,
            ) -> Result<Self::Column<'a>, Failure> {
                let Values::$values(values) = &column.values else {
                    return Err(mismatch(name, concat!("is not of the kind ", $name)));
                };
                let $checked = cut(values, name, rows)?;
                if $check { Ok($checked) } else { Err(mismatch(name, "holds values beyond its bounds")) }
            }

            #[inline(always)]
            fn read(column: Self::Column<'_>, row: usize) -> Self {
                let $value = column[row];
                $read
            }
        }
    };
}

field!(bool, Booleans, u8, "boolean", |_| Kind::Boolean, |value| value != 0, |_values| true);
field!(i64, Integers, i64, "integer", Kind::Integer, |value| value, |_values| true);
field!(
    u32,
    Integers,
    i64,
    "integer",
    |given: Bounds| Kind::Integer(Bounds {
        min: given.min.or(Some(0)),
        max: given.max.or(Some(i64::from(u32::MAX))),
    }),
    |value| value as u32,
    // Folded rather than searched: without an early way out the loop is vectorised.
    |values| values.iter().fold(0, |seen, value| seen | *value) & !i64::from(u32::MAX) == 0
);
field!(Money, Money, i64, "money", Kind::Money, |value| Money::from_cents(value), |_values| true);
field!(Date, Dates, i32, "date", Kind::Date, |value| Date::from_days(value), |_values| true);

impl<const SCALE: u8> Field for Decimal<SCALE> {
    type Column<'a> = &'a [i64];

    fn kind(bounds: Bounds) -> Kind {
        Kind::Decimal(Decimals { scale: SCALE, bounds })
    }

    fn bind<'a>(column: &'a Column, name: &str, rows: usize) -> Result<Self::Column<'a>, Failure> {
        let Values::Decimals(values) = &column.values else {
            return Err(mismatch(name, "is not of the kind decimal"));
        };
        cut(values, name, rows)
    }

    #[inline(always)]
    fn read(column: Self::Column<'_>, row: usize) -> Self {
        Self::scaled(column[row])
    }
}

impl<F: Field> Field for Option<F> {
    type Column<'a> = (F::Column<'a>, Option<&'a [u8]>);

    const REQUIRED: bool = false;

    fn kind(bounds: Bounds) -> Kind {
        F::kind(bounds)
    }

    #[inline(always)]
    fn bind<'a>(column: &'a Column, name: &str, rows: usize) -> Result<Self::Column<'a>, Failure> {
        let valid = column.valid.as_deref().map(|valid| cut(valid, name, rows)).transpose()?;
        Ok((F::bind(column, name, rows)?, valid))
    }

    #[inline(always)]
    fn read((values, valid): Self::Column<'_>, row: usize) -> Self {
        match valid {
            Some(valid) if valid[row] == 0 => None,
            _ => Some(F::read(values, row)),
        }
    }
}

/// The parts of a [`Field`] that every choice shares; called by the derive.
#[doc(hidden)]
pub mod choices {
    use super::*;

    pub fn kind<C: Choice>() -> Kind {
        choice::kind::<C>()
    }

    #[inline(always)]
    pub fn bind<'a, C: Choice>(
        column: &'a Column,
        name: &str,
        rows: usize,
    ) -> Result<&'a [u16], Failure> {
        let Values::Choices(values) = &column.values else {
            return Err(mismatch(name, "is not of the kind choice"));
        };
        let values = cut(values, name, rows)?;
        let highest = values.iter().fold(0, |highest, &value| highest.max(value));
        if usize::from(highest) < C::OPTIONS.len() {
            Ok(values)
        } else {
            Err(mismatch(name, "holds an option that was not declared"))
        }
    }

    #[inline(always)]
    pub fn read<C: Choice>(column: &[u16], row: usize) -> C {
        C::from_index(column[row])
    }
}
