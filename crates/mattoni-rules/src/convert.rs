//! Between the values of the house and the numbers of the contract.

use chrono::{Days, NaiveDate};
use mattoni_core::Money;
use mattoni_core::value::{Kind, Value};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::contract;

const EPOCH: NaiveDate = NaiveDate::from_epoch_days(0).expect("1970-01-01 is a date");

/// The date so many days after 1970-01-01, where chrono has one.
pub(crate) fn date(days: i32) -> Option<NaiveDate> {
    let distance = Days::new(u64::from(days.unsigned_abs()));
    if days < 0 { EPOCH.checked_sub_days(distance) } else { EPOCH.checked_add_days(distance) }
}

/// Days from 1970-01-01; chrono's years fit 32 bits.
pub(crate) fn days(date: NaiveDate) -> i32 {
    date.to_epoch_days()
}

/// A number in units of `10^-scale`, when it has no more decimals than that and fits.
pub(crate) fn units(number: Decimal, scale: u32) -> Option<i64> {
    let scaled = number.checked_mul(Decimal::from(10_u64.checked_pow(scale)?))?;
    if scaled.fract().is_zero() { scaled.to_i64() } else { None }
}

/// A value that its kind has accepted, as the contract carries it.
pub(crate) fn to_contract(kind: &Kind, value: &Value) -> Option<contract::Value> {
    Some(match (kind, value) {
        (Kind::Boolean, Value::Boolean(yes)) => contract::Value::Boolean(*yes),
        (Kind::Integer { .. }, Value::Integer(n)) => contract::Value::Integer(*n),
        (Kind::Decimal { scale, .. }, Value::Decimal(d)) => {
            contract::Value::Decimal(units(*d, *scale)?)
        }
        (Kind::Money { .. }, Value::Money(money)) => contract::Value::Money(money.cents()),
        (Kind::Date { .. }, Value::Date(date)) => contract::Value::Date(days(*date)),
        (Kind::Text { .. }, Value::Text(text)) => contract::Value::Text(text.clone()),
        (Kind::Choice { options }, Value::Choice(code)) => {
            let index = options.iter().position(|option| option == code)?;
            contract::Value::Choice(u16::try_from(index).ok()?)
        }
        _ => return None,
    })
}

/// A value of the contract as the house has it; `None` when it is not of the kind.
pub(crate) fn from_contract(kind: &Kind, value: &contract::Value) -> Option<Value> {
    Some(match (kind, value) {
        (Kind::Boolean, contract::Value::Boolean(yes)) => Value::Boolean(*yes),
        (Kind::Integer { .. }, contract::Value::Integer(n)) => Value::Integer(*n),
        (Kind::Decimal { scale, .. }, contract::Value::Decimal(units)) => {
            Value::Decimal(Decimal::new(*units, *scale))
        }
        (Kind::Money { .. }, contract::Value::Money(cents)) => {
            let money = Money::from_cents(*cents);
            if money.cents() != *cents {
                return None;
            }
            Value::Money(money)
        }
        (Kind::Date { .. }, contract::Value::Date(days)) => Value::Date(date(*days)?),
        (Kind::Text { .. }, contract::Value::Text(text)) => Value::Text(text.clone()),
        (Kind::Choice { options }, contract::Value::Choice(index)) => {
            Value::Choice(options.get(usize::from(*index))?.clone())
        }
        _ => return None,
    })
}
