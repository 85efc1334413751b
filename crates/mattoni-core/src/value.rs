//! Values that people and files give, and the kinds they must be of.
//!
//! One vocabulary for a form's fields (`mattoni-service`), a rule's inputs (`mattoni-rules`) and
//! a file's columns (`mattoni-desk`): the same text is accepted or refused in the same words
//! everywhere.
//!
//! ```
//! use mattoni_core::value::{Kind, Value};
//!
//! let isee = Kind::Money { min: Some(mattoni_core::Money::ZERO), max: None };
//! assert_eq!(isee.parse("12500.50")?, Value::Money(mattoni_core::Money::from_cents(1_250_050)));
//!
//! let refused = isee.parse("12.500,50").unwrap_err();
//! assert_eq!(refused.code, "value.decimal-comma");
//! # Ok::<(), mattoni_core::Problem>(())
//! ```

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Money, Problem};

/// What a value must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
#[non_exhaustive]
pub enum Kind {
    /// Yes or no.
    Boolean,
    /// A whole number, bounds included.
    Integer {
        /// Least allowed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<i64>,
        /// Greatest allowed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<i64>,
    },
    /// A number with at most `scale` decimals.
    Decimal {
        /// Greatest number of decimals, 0 to 9.
        scale: u32,
        /// Least allowed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<Decimal>,
        /// Greatest allowed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<Decimal>,
    },
    /// Euro, to the cent.
    Money {
        /// Least allowed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<Money>,
        /// Greatest allowed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<Money>,
    },
    /// A civil date, bounds included.
    Date {
        /// Earliest allowed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<NaiveDate>,
        /// Latest allowed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<NaiveDate>,
    },
    /// Free text of at most so many characters (Unicode scalar values).
    Text {
        /// Greatest length.
        max_chars: u32,
    },
    /// One of a list.
    Choice {
        /// The allowed codes.
        options: Vec<String>,
    },
}

/// A value of some [`Kind`].
///
/// In JSON each is what a web form would send: booleans and integers as themselves, decimals,
/// money and dates as strings (`"12.50"`, `"2026-09-01"`), so that nothing passes through a
/// float.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type", content = "value")]
#[non_exhaustive]
pub enum Value {
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number with decimals.
    Decimal(Decimal),
    /// Euro.
    Money(Money),
    /// A civil date.
    Date(NaiveDate),
    /// Free text.
    Text(String),
    /// The code of a choice.
    Choice(String),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(true) => f.write_str("sì"),
            Self::Boolean(false) => f.write_str("no"),
            Self::Integer(n) => n.fmt(f),
            Self::Decimal(d) => d.fmt(f),
            Self::Money(m) => m.fmt(f),
            Self::Date(d) => d.fmt(f),
            Self::Text(t) | Self::Choice(t) => f.write_str(t),
        }
    }
}

fn wrong(code: &'static str, rule: impl Into<String>, remedy: impl Into<String>) -> Problem {
    Problem::new(code, "", rule, remedy)
}

impl Kind {
    /// Stable lower-case name of the kind.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer { .. } => "integer",
            Self::Decimal { .. } => "decimal",
            Self::Money { .. } => "money",
            Self::Date { .. } => "date",
            Self::Text { .. } => "text",
            Self::Choice { .. } => "choice",
        }
    }

    /// Reads a value as it stands in a CSV cell. Booleans are `sì`, `si`, `no`, `true`, `false`;
    /// numbers use a decimal point; dates are `YYYY-MM-DD`. White space around is not part of it.
    ///
    /// # Errors
    /// One problem with an empty `field`, to be filled in by the caller with
    /// [`Problem::in_field`].
    pub fn parse(&self, text: &str) -> Result<Value, Problem> {
        let text = text.trim();
        let value = match self {
            Self::Boolean => match text.to_lowercase().as_str() {
                "sì" | "si" | "true" => Value::Boolean(true),
                "no" | "false" => Value::Boolean(false),
                _ => return Err(self.mistyped(text)),
            },
            Self::Integer { .. } => Value::Integer(text.parse().map_err(|_| self.mistyped(text))?),
            Self::Decimal { .. } => Value::Decimal(self.decimal(text)?),
            Self::Money { .. } => {
                let euro = self.decimal(text)?;
                Value::Money(Money::try_from(euro).map_err(|found| first(found.into_vec()))?)
            }
            Self::Date { .. } => Value::Date(date(text)?),
            Self::Text { .. } => Value::Text(text.to_owned()),
            Self::Choice { .. } => Value::Choice(text.to_owned()),
        };
        self.check(&value)?;
        Ok(value)
    }

    /// Reads a value as a web form sends it: JSON booleans and integers, strings for the rest.
    ///
    /// # Errors
    /// As [`parse`](Self::parse); a JSON number with decimals is refused, because it has already
    /// been a float.
    pub fn from_json(&self, json: &serde_json::Value) -> Result<Value, Problem> {
        let value = match (self, json) {
            (Self::Boolean, serde_json::Value::Bool(b)) => Value::Boolean(*b),
            (Self::Integer { .. }, serde_json::Value::Number(n)) => {
                Value::Integer(n.as_i64().ok_or_else(|| self.mistyped(&n.to_string()))?)
            }
            (Self::Boolean | Self::Integer { .. }, other) => {
                return Err(self.mistyped(&other.to_string()));
            }
            // A whole number was never rounded, however it was read.
            (Self::Decimal { .. } | Self::Money { .. }, serde_json::Value::Number(n))
                if n.is_i64() =>
            {
                return self.parse(&n.to_string());
            }
            (_, serde_json::Value::String(text)) => return self.parse(text),
            (_, other) => return Err(self.mistyped(&other.to_string())),
        };
        self.check(&value)?;
        Ok(value)
    }

    /// Checks that `value` is of this kind and within its bounds.
    ///
    /// # Errors
    /// One problem with an empty `field`.
    pub fn check(&self, value: &Value) -> Result<(), Problem> {
        match (self, value) {
            (Self::Boolean, Value::Boolean(_)) => Ok(()),
            (Self::Integer { min, max }, Value::Integer(n)) => {
                within(n, min.as_ref(), max.as_ref())
            }
            (Self::Decimal { scale, min, max }, Value::Decimal(d)) => {
                if d.normalize().scale() > *scale {
                    return Err(wrong(
                        "value.decimals",
                        format!("must have at most {scale} decimals"),
                        "round the number",
                    ));
                }
                within(d, min.as_ref(), max.as_ref())
            }
            (Self::Money { min, max }, Value::Money(m)) => within(m, min.as_ref(), max.as_ref()),
            (Self::Date { min, max }, Value::Date(d)) => within(d, min.as_ref(), max.as_ref()),
            (Self::Text { max_chars }, Value::Text(text)) => {
                let length = text.chars().count();
                if length <= *max_chars as usize {
                    Ok(())
                } else {
                    Err(wrong(
                        "value.too-long",
                        format!("must have at most {max_chars} characters, has {length}"),
                        "shorten the text",
                    ))
                }
            }
            (Self::Choice { options }, Value::Choice(code)) => {
                if options.contains(code) {
                    Ok(())
                } else {
                    Err(wrong(
                        "value.not-an-option",
                        format!("must be one of: {}", options.join(", ")),
                        format!("replace {}", quoted(code)),
                    ))
                }
            }
            (_, other) => Err(self.mistyped(&other.to_string())),
        }
    }

    fn mistyped(&self, found: &str) -> Problem {
        let (rule, remedy) = match self {
            Self::Boolean => ("must be yes or no", "write sì or no"),
            Self::Integer { .. } => ("must be a whole number", "write digits only, e.g. 3"),
            Self::Decimal { .. } => ("must be a number", "write digits and a point, e.g. 12.5"),
            Self::Money { .. } => ("must be an amount in euro", "write e.g. 1234.56"),
            Self::Date { .. } => ("must be a date", "write YYYY-MM-DD, e.g. 2026-09-01"),
            Self::Text { .. } => ("must be text", "write it between quotes"),
            Self::Choice { .. } => ("must be one of the options", "write the option's code"),
        };
        wrong("value.wrong-type", format!("{rule}, found {}", quoted(found)), remedy)
    }

    fn decimal(&self, text: &str) -> Result<Decimal, Problem> {
        if text.contains(',') {
            return Err(wrong(
                "value.decimal-comma",
                format!(
                    "numbers use a decimal point and no other separator, found {}",
                    quoted(text)
                ),
                "write e.g. 1234.56",
            ));
        }
        let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-');
        match Decimal::from_str_exact(text) {
            Ok(number) if plain => Ok(number),
            _ => Err(self.mistyped(text)),
        }
    }
}

fn first(problems: Vec<Problem>) -> Problem {
    problems
        .into_iter()
        .next()
        .map(|problem| problem.in_field(""))
        .unwrap_or_else(|| wrong("value.wrong-type", "must be valid", "check the value"))
}

/// Chrono would read `2026-9-1` too; files of record are better off with one form only.
fn date(text: &str) -> Result<NaiveDate, Problem> {
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| match i {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
    if !shaped {
        return Err(Kind::Date { min: None, max: None }.mistyped(text));
    }
    NaiveDate::from_str(text).map_err(|_| {
        wrong(
            "value.no-such-date",
            format!("must be a date that exists, found {}", quoted(text)),
            "check day and month",
        )
    })
}

fn within<T: PartialOrd + fmt::Display>(
    value: &T,
    min: Option<&T>,
    max: Option<&T>,
) -> Result<(), Problem> {
    if let Some(min) = min.filter(|min| value < min) {
        return Err(wrong(
            "value.too-small",
            format!("must be at least {min}, found {value}"),
            "check the value",
        ));
    }
    if let Some(max) = max.filter(|max| value > max) {
        return Err(wrong(
            "value.too-large",
            format!("must be at most {max}, found {value}"),
            "check the value",
        ));
    }
    Ok(())
}

/// Wrong input is echoed short: it may be megabytes, and it ends up in logs.
fn quoted(text: &str) -> String {
    const SHOWN: usize = 40;
    match text.char_indices().nth(SHOWN) {
        None => format!("“{text}”"),
        Some((cut, _)) => format!("“{}…”", &text[..cut]),
    }
}
