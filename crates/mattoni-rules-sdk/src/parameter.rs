//! What the ente sets each year.

use crate::contract::{self, Bounds, Decimals, Failure, Kind, Value};
use crate::{Choice, Date, Decimal, Money, choice};

/// The settings of a rule: a struct with `#[derive(Parameters)]`.
///
/// Each field carries `#[parameter(label = "…", default = …, min = …, max = …, source = "…")]`;
/// label, default and legal source are required. Amounts are written in euro, dates as
/// `"2026-09-01"`, choices by their variant.
///
/// ```compile_fail
/// use mattoni_rules_sdk::prelude::*;
/// #[derive(Parameters)]
/// struct Settings {
///     #[parameter(label = "Punti", source = "art. 7")]
///     points: i64, // error: every parameter needs a default
/// }
/// ```
/// ```compile_fail
/// use mattoni_rules_sdk::prelude::*;
/// #[derive(Parameters)]
/// struct Settings {
///     #[parameter(label = "Punti", default = 12.345, source = "art. 7")]
///     points: Decimal<2>, // error: at most 2 decimals
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no settings of a rule",
    note = "add #[derive(Parameters)] to the struct"
)]
pub trait Parameters: Sized {
    /// The declared parameters, in the order of the fields.
    fn describe() -> Vec<contract::Parameter>;

    /// Reads the values, in the declared order.
    ///
    /// # Errors
    /// There are too few, or one is of another kind.
    fn read(values: &[Value]) -> Result<Self, Failure>;

    /// Every parameter at its default: what tests begin with.
    #[must_use]
    fn defaults() -> Self;
}

/// For rules without settings.
impl Parameters for () {
    fn describe() -> Vec<contract::Parameter> {
        Vec::new()
    }

    fn read(_: &[Value]) -> Result<Self, Failure> {
        Ok(())
    }

    fn defaults() -> Self {}
}

/// A type that a field of [`Parameters`] may have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no value a parameter can have",
    note = "use i64, u32, bool, Money, Date, Decimal<SCALE>, or an enum with #[derive(Choice)]"
)]
pub trait Parameter: Sized {
    /// The kind to declare, with the bounds the author gave.
    fn kind(bounds: Bounds) -> Kind;

    /// The value as the contract carries it.
    fn value(self) -> Value;

    /// The value out of the contract's; `None` when it is of another kind.
    fn read(value: &Value) -> Option<Self>;
}

/// Reads the parameter at `index`; called by the derive.
#[doc(hidden)]
pub fn read<P: Parameter>(values: &[Value], index: usize, name: &str) -> Result<P, Failure> {
    let failure = |what: &str| Failure { row: None, message: format!("parameter {name} {what}") };
    let value = values.get(index).ok_or_else(|| failure("was not given"))?;
    P::read(value).ok_or_else(|| failure("is of another kind"))
}

macro_rules! parameter {
    ($type:ty, $variant:ident, |$bounds:ident| $kind:expr, |$own:ident| $value:expr, |$given:ident| $read:expr) => {
        impl Parameter for $type {
            fn kind($bounds: Bounds) -> Kind {
                $kind
            }

            fn value(self) -> Value {
                let $own = self;
                Value::$variant($value)
            }

            fn read(value: &Value) -> Option<Self> {
                match value {
                    Value::$variant($given) => $read,
                    _ => None,
                }
            }
        }
    };
}

parameter!(bool, Boolean, |_bounds| Kind::Boolean, |own| own, |given| Some(*given));
parameter!(i64, Integer, |bounds| Kind::Integer(bounds), |own| own, |given| Some(*given));
parameter!(
    u32,
    Integer,
    |bounds| Kind::Integer(Bounds {
        min: bounds.min.or(Some(0)),
        max: bounds.max.or(Some(i64::from(u32::MAX))),
    }),
    |own| i64::from(own),
    |given| u32::try_from(*given).ok()
);
parameter!(Money, Money, |bounds| Kind::Money(bounds), |own| own.cents(), |given| Some(
    Money::from_cents(*given)
));
parameter!(Date, Date, |bounds| Kind::Date(bounds), |own| own.days(), |given| Some(
    Date::from_days(*given)
));

impl<const SCALE: u8> Parameter for Decimal<SCALE> {
    fn kind(bounds: Bounds) -> Kind {
        Kind::Decimal(Decimals { scale: SCALE, bounds })
    }

    fn value(self) -> Value {
        Value::Decimal(self.units())
    }

    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Decimal(units) => Some(Self::scaled(*units)),
            _ => None,
        }
    }
}

impl<C: Choice> Parameter for C {
    fn kind(_: Bounds) -> Kind {
        choice::kind::<C>()
    }

    fn value(self) -> Value {
        Value::Choice(self.index())
    }

    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Choice(index) if usize::from(*index) < C::OPTIONS.len() => {
                Some(C::from_index(*index))
            }
            _ => None,
        }
    }
}
