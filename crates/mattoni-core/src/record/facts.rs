//! What analysts read of a record: typed columns, nothing personal.

use chrono::{DateTime, NaiveDate, Utc};

use crate::Money;

/// One value of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fact {
    /// A code, as of a service or a state: one of few values, never free text.
    Code(Option<String>),
    /// A number.
    Count(i64),
    /// An amount in euro.
    Money(Option<Money>),
    /// A day of law in Europe/Rome.
    Date(Option<NaiveDate>),
    /// An instant, UTC.
    Instant(Option<DateTime<Utc>>),
    /// Yes or no.
    Flag(bool),
}

/// The columns of one record, in order. A kind always gives the same columns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts(Vec<(&'static str, Fact)>);

impl Facts {
    /// No column yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A column with a code.
    pub fn code(&mut self, name: &'static str, code: Option<&str>) {
        self.0.push((name, Fact::Code(code.map(str::to_owned))));
    }

    /// A column with a number.
    pub fn count(&mut self, name: &'static str, count: usize) {
        self.0.push((name, Fact::Count(i64::try_from(count).unwrap_or(i64::MAX))));
    }

    /// A column with an amount in euro.
    pub fn money(&mut self, name: &'static str, amount: Option<Money>) {
        self.0.push((name, Fact::Money(amount)));
    }

    /// A column with a day.
    pub fn date(&mut self, name: &'static str, day: Option<NaiveDate>) {
        self.0.push((name, Fact::Date(day)));
    }

    /// A column with an instant.
    pub fn instant(&mut self, name: &'static str, at: Option<DateTime<Utc>>) {
        self.0.push((name, Fact::Instant(at)));
    }

    /// A column with yes or no.
    pub fn flag(&mut self, name: &'static str, flag: bool) {
        self.0.push((name, Fact::Flag(flag)));
    }

    /// The columns.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Fact)> {
        self.0.iter().map(|(name, fact)| (*name, fact))
    }
}

impl std::fmt::Display for Fact {
    /// As a cell of a CSV file: empty when there is nothing.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(None) | Self::Money(None) | Self::Date(None) | Self::Instant(None) => Ok(()),
            Self::Code(Some(code)) => f.write_str(code),
            Self::Count(count) => count.fmt(f),
            Self::Money(Some(amount)) => amount.fmt(f),
            Self::Date(Some(day)) => day.fmt(f),
            Self::Instant(Some(at)) => {
                f.write_str(&at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true))
            }
            Self::Flag(flag) => flag.fmt(f),
        }
    }
}
