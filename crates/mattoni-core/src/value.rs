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
//! // Twelve and a half, or twelve thousand five hundred?
//! let refused = isee.parse("12.500").unwrap_err();
//! assert_eq!(refused.code, "value.thousands-point");
//! assert_eq!(refused.remedy, "write 12500 or 12.5");
//! // In a file that says how it is written, there is no doubt.
//! let read = isee.parse_in("12.500,50", mattoni_core::value::Notation::Italian)?;
//! assert_eq!(read, Value::Money(mattoni_core::Money::from_cents(1_250_050)));
//! # Ok::<(), mattoni_core::Problem>(())
//! ```

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::number::{self, NumberFault};
use crate::{Money, Problem, text};

/// How numbers and dates are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Notation {
    /// `1234.56` and `2027-03-31`.
    #[default]
    Plain,
    /// As a spreadsheet set to Italian writes them: `1.234,56` or `1234,56`, `31/03/2027`, `VERO`
    /// and `FALSO`. Dates as `2027-03-31` are read too: they cannot be mistaken.
    Italian,
}

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

impl Value {
    /// Whether it is text that shows nothing, which is no answer.
    ///
    /// ```
    /// use mattoni_core::value::Value;
    ///
    /// assert!(Value::Text(" \u{200B}".into()).is_blank());
    /// assert!(!Value::Boolean(false).is_blank());
    /// ```
    #[must_use]
    pub fn is_blank(&self) -> bool {
        matches!(self, Self::Text(written) | Self::Choice(written) if text::is_blank(written))
    }
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
    /// numbers use a decimal point; dates are `YYYY-MM-DD`. White space and invisible characters
    /// around are not part of it. Texts are put into Unicode's normal form C.
    ///
    /// # Errors
    /// One problem with an empty `field`, to be filled in by the caller with
    /// [`Problem::in_field`].
    pub fn parse(&self, text: &str) -> Result<Value, Problem> {
        self.parse_in(text, Notation::Plain)
    }

    /// Reads a value as [`parse`](Self::parse) does, in this notation.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_in(&self, text: &str, notation: Notation) -> Result<Value, Problem> {
        let text = text::trimmed(text);
        let wrong_type = || self.mistyped(text, notation);
        let value = match self {
            Self::Boolean => match (text.to_lowercase().as_str(), notation) {
                ("sì" | "si\u{300}" | "si" | "true", _) => Value::Boolean(true),
                ("no" | "false", _) => Value::Boolean(false),
                ("vero", Notation::Italian) => Value::Boolean(true),
                ("falso", Notation::Italian) => Value::Boolean(false),
                _ => return Err(wrong_type()),
            },
            Self::Integer { .. } => Value::Integer(integer(text, notation, wrong_type)?),
            Self::Decimal { .. } => Value::Decimal(self.decimal(text, notation)?),
            Self::Money { .. } => {
                let euro = self.decimal(text, notation)?;
                Value::Money(Money::try_from(euro).map_err(|found| first(found.into_vec()))?)
            }
            Self::Date { .. } => Value::Date(date(text, notation, wrong_type)?),
            Self::Text { .. } => Value::Text(text::normal(text).into_owned()),
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
            (Self::Integer { .. }, serde_json::Value::Number(n)) => Value::Integer(
                n.as_i64().ok_or_else(|| self.mistyped(&n.to_string(), Notation::Plain))?,
            ),
            (Self::Boolean | Self::Integer { .. }, other) => {
                return Err(self.mistyped(&other.to_string(), Notation::Plain));
            }
            // A whole number was never rounded, however it was read.
            (Self::Decimal { .. } | Self::Money { .. }, serde_json::Value::Number(n))
                if n.is_i64() =>
            {
                return self.parse(&n.to_string());
            }
            (_, serde_json::Value::String(text)) => return self.parse(text),
            (_, other) => return Err(self.mistyped(&other.to_string(), Notation::Plain)),
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
                text::check(text, text::Lines::Many)?;
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
            (_, other) => Err(self.mistyped(&other.to_string(), Notation::Plain)),
        }
    }

    fn mistyped(&self, found: &str, notation: Notation) -> Problem {
        let italian = notation == Notation::Italian;
        let (rule, remedy) = match self {
            Self::Boolean => ("must be yes or no", "write sì or no"),
            Self::Integer { .. } => ("must be a whole number", "write digits only, e.g. 3"),
            Self::Decimal { .. } if italian => ("must be a number", "write e.g. 12,5"),
            Self::Decimal { .. } => ("must be a number", "write digits and a point, e.g. 12.5"),
            Self::Money { .. } if italian => ("must be an amount in euro", "write e.g. 1.234,56"),
            Self::Money { .. } => ("must be an amount in euro", "write e.g. 1234.56"),
            Self::Date { .. } if italian => {
                ("must be a date", "write day, month and year, e.g. 01/09/2026")
            }
            Self::Date { .. } => ("must be a date", "write YYYY-MM-DD, e.g. 2026-09-01"),
            Self::Text { .. } => ("must be text", "write it between quotes"),
            Self::Choice { .. } => ("must be one of the options", "write the option's code"),
        };
        wrong("value.wrong-type", format!("{rule}, found {}", quoted(found)), remedy)
    }

    fn decimal(&self, text: &str, notation: Notation) -> Result<Decimal, Problem> {
        let decimals = match self {
            Self::Decimal { scale, .. } => *scale,
            _ => Money::DECIMALS,
        };
        let read = match notation {
            Notation::Plain => number::plain(text, decimals),
            Notation::Italian => number::italian(text),
        };
        read.map_err(|fault| match fault {
            NumberFault::Comma => wrong(
                "value.decimal-comma",
                format!(
                    "numbers use a decimal point and no other separator, found {}",
                    quoted(text)
                ),
                "write e.g. 1234.56",
            ),
            NumberFault::ThousandsPoint { thousands, decimal } => {
                thousands_point(text, &thousands, decimal.as_deref())
            }
            NumberFault::Form => self.mistyped(text, notation),
        })
    }
}

fn thousands_point(found: &str, thousands: &str, decimal: Option<&str>) -> Problem {
    let (rule, remedy) = NumberFault::of_point(&quoted(found), thousands, decimal);
    wrong("value.thousands-point", rule, remedy)
}

fn integer(
    text: &str,
    notation: Notation,
    wrong_type: impl Fn() -> Problem,
) -> Result<i64, Problem> {
    match (number::thousands(text), notation) {
        (None, _) => text.parse().map_err(|_| wrong_type()),
        (Some(joined), Notation::Italian) => joined.parse().map_err(|_| wrong_type()),
        (Some(joined), Notation::Plain) => Err(thousands_point(text, &joined, None)),
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
fn date(
    text: &str,
    notation: Notation,
    wrong_type: impl Fn() -> Problem,
) -> Result<NaiveDate, Problem> {
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| match i {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
    let read = match (shaped, notation) {
        (true, _) => NaiveDate::from_str(text).ok(),
        (false, Notation::Italian) => {
            let (day, month, year) = day_month_year(text).ok_or_else(wrong_type)?;
            NaiveDate::from_ymd_opt(year, month, day)
        }
        (false, Notation::Plain) => return Err(wrong_type()),
    };
    read.ok_or_else(|| {
        wrong(
            "value.no-such-date",
            format!("must be a date that exists, found {}", quoted(text)),
            "check day and month",
        )
    })
}

/// `31/3/2027` or `31/03/2027`: a year of two digits leaves the century open.
fn day_month_year(text: &str) -> Option<(u32, u32, i32)> {
    let mut parts = text.split('/');
    let mut digits = |lengths: std::ops::RangeInclusive<usize>| {
        let part = parts.next()?;
        let fits = lengths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        if fits { part.parse::<u32>().ok() } else { None }
    };
    let (day, month, year) = (digits(1..=2)?, digits(1..=2)?, digits(4..=4)?);
    parts.next().is_none().then_some((day, month, i32::try_from(year).ok()?))
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
