//! One column of values.

use std::ops::Range;

use mattoni_core::Problem;
use mattoni_core::value::{Kind, Value};

use crate::contract;
use crate::convert;

/// A column, given whole: the fast way into a [`Batch`](crate::Batch).
///
/// ```
/// use mattoni_rules::Column;
///
/// let isee = Column::money_cents(vec![1_250_000, 0]).with_validity(vec![true, false]);
/// assert_eq!(isee.len(), 2);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub(crate) values: Values,
    /// 1 where there is a value; absent when none is missing.
    pub(crate) valid: Option<Vec<u8>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Values {
    Booleans(Vec<u8>),
    Integers(Vec<i64>),
    Decimals { scale: u32, units: Vec<i64> },
    Money(Vec<i64>),
    Dates(Vec<i32>),
    Texts { offsets: Vec<u32>, bytes: Vec<u8> },
    Choices(Vec<u16>),
}

impl Column {
    fn of(values: Values) -> Self {
        Self { values, valid: None }
    }

    /// Yes or no.
    #[must_use]
    pub fn booleans(values: impl IntoIterator<Item = bool>) -> Self {
        Self::of(Values::Booleans(values.into_iter().map(u8::from).collect()))
    }

    /// Whole numbers.
    #[must_use]
    pub fn integers(values: Vec<i64>) -> Self {
        Self::of(Values::Integers(values))
    }

    /// Numbers in units of `10^-scale`; the scale must be the declared one.
    #[must_use]
    pub fn decimals(scale: u32, units: Vec<i64>) -> Self {
        Self::of(Values::Decimals { scale, units })
    }

    /// Amounts in cents.
    #[must_use]
    pub fn money_cents(cents: Vec<i64>) -> Self {
        Self::of(Values::Money(cents))
    }

    /// Dates as days since 1970-01-01.
    #[must_use]
    pub fn dates(days: Vec<i32>) -> Self {
        Self::of(Values::Dates(days))
    }

    /// Choices as indices into the declared options.
    #[must_use]
    pub fn choices(indices: Vec<u16>) -> Self {
        Self::of(Values::Choices(indices))
    }

    /// Texts, a missing one where there is `None`.
    ///
    /// # Errors
    /// `rules.column.size` when all texts together are 4 GiB or more: the contract counts their bytes
    /// in 32 bits.
    pub fn texts<T: AsRef<str>>(
        values: impl IntoIterator<Item = Option<T>>,
    ) -> Result<Self, Problem> {
        let (mut offsets, mut bytes) = (vec![0], Vec::new());
        let mut valid = Vec::new();
        for value in values {
            valid.push(u8::from(value.is_some()));
            bytes.extend_from_slice(value.as_ref().map_or("", T::as_ref).as_bytes());
            offsets.push(u32::try_from(bytes.len()).map_err(|_| too_large(valid.len() as u64))?);
        }
        let all = valid.iter().all(|valid| *valid != 0);
        Ok(Self { values: Values::Texts { offsets, bytes }, valid: (!all).then_some(valid) })
    }

    /// The same column where values are missing wherever `valid` is `false`. What stood there is
    /// put to zero, so that it reaches neither plugin nor digest; a length that differs is found
    /// when the batch is made.
    #[must_use]
    pub fn with_validity(mut self, valid: Vec<bool>) -> Self {
        fn blank<T: Default>(values: &mut [T], valid: &[bool]) {
            for (value, _) in values.iter_mut().zip(valid).filter(|(_, valid)| !**valid) {
                *value = T::default();
            }
        }
        match &mut self.values {
            Values::Booleans(values) => blank(values, &valid),
            Values::Integers(values) | Values::Money(values) => blank(values, &valid),
            Values::Decimals { units, .. } => blank(units, &valid),
            Values::Dates(values) => blank(values, &valid),
            Values::Choices(values) => blank(values, &valid),
            Values::Texts { offsets, bytes } => {
                let (mut kept, mut ends) = (Vec::new(), vec![0]);
                for (row, text) in offsets.windows(2).enumerate() {
                    if valid.get(row).is_none_or(|valid| *valid) {
                        kept.extend_from_slice(&bytes[text[0] as usize..text[1] as usize]);
                    }
                    // At most as long as the texts before, whose length fitted 32 bits.
                    ends.push(kept.len() as u32);
                }
                (*offsets, *bytes) = (ends, kept);
            }
        }
        self.valid = Some(valid.into_iter().map(u8::from).collect());
        self
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.values {
            Values::Booleans(values) => values.len(),
            Values::Integers(values) | Values::Money(values) => values.len(),
            Values::Decimals { units, .. } => units.len(),
            Values::Dates(values) => values.len(),
            Values::Texts { offsets, .. } => offsets.len() - 1,
            Values::Choices(values) => values.len(),
        }
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn empty(kind: &Kind) -> Self {
        Self::of(match kind {
            Kind::Integer { .. } => Values::Integers(Vec::new()),
            Kind::Decimal { scale, .. } => Values::Decimals { scale: *scale, units: Vec::new() },
            Kind::Money { .. } => Values::Money(Vec::new()),
            Kind::Date { .. } => Values::Dates(Vec::new()),
            Kind::Text { .. } => Values::Texts { offsets: vec![0], bytes: Vec::new() },
            Kind::Choice { .. } => Values::Choices(Vec::new()),
            _ => Values::Booleans(Vec::new()),
        })
    }

    /// Adds a row; `None` is a missing value. Answers `false`, with a missing value added, when
    /// the value is not of the kind or does not fit the contract's numbers.
    pub(crate) fn push(&mut self, kind: &Kind, value: Option<&Value>) -> bool {
        let given = value.and_then(|value| convert::to_contract(kind, value));
        let fits = given.is_some() == value.is_some();
        let rows = self.len();
        let present = given.is_some();
        match (&mut self.values, given) {
            (Values::Booleans(all), Some(contract::Value::Boolean(one))) => all.push(u8::from(one)),
            (Values::Booleans(all), _) => all.push(0),
            (Values::Integers(all), Some(contract::Value::Integer(one))) => all.push(one),
            (Values::Money(all), Some(contract::Value::Money(one))) => all.push(one),
            (Values::Integers(all) | Values::Money(all), _) => all.push(0),
            (Values::Decimals { units, .. }, Some(contract::Value::Decimal(one))) => {
                units.push(one)
            }
            (Values::Decimals { units, .. }, _) => units.push(0),
            (Values::Dates(all), Some(contract::Value::Date(one))) => all.push(one),
            (Values::Dates(all), _) => all.push(0),
            (Values::Choices(all), Some(contract::Value::Choice(one))) => all.push(one),
            (Values::Choices(all), _) => all.push(0),
            (Values::Texts { offsets, bytes }, text) => {
                if let Some(contract::Value::Text(text)) = text {
                    bytes.extend_from_slice(text.as_bytes());
                }
                let Ok(end) = u32::try_from(bytes.len()) else { return false };
                offsets.push(end);
            }
        }
        if !present || self.valid.is_some() {
            self.valid.get_or_insert_with(|| vec![1; rows]).push(u8::from(present));
        }
        fits
    }

    /// The rows as the contract carries them.
    pub(crate) fn slice(&self, rows: Range<usize>) -> contract::Column<'_> {
        let values = match &self.values {
            Values::Booleans(values) => contract::Values::Booleans(&values[rows.clone()]),
            Values::Integers(values) => contract::Values::Integers(&values[rows.clone()]),
            Values::Decimals { units, .. } => contract::Values::Decimals(&units[rows.clone()]),
            Values::Money(values) => contract::Values::Money(&values[rows.clone()]),
            Values::Dates(values) => contract::Values::Dates(&values[rows.clone()]),
            Values::Choices(values) => contract::Values::Choices(&values[rows.clone()]),
            Values::Texts { offsets, bytes } => {
                let offsets = &offsets[rows.start..=rows.end];
                let (first, last) = (offsets[0], offsets[rows.len()]);
                contract::Values::Texts(contract::Texts {
                    offsets: offsets.iter().map(|offset| offset - first).collect(),
                    bytes: &bytes[first as usize..last as usize],
                })
            }
        };
        contract::Column { values, valid: self.valid.as_ref().map(|valid| &valid[rows]) }
    }

    pub(crate) fn is_of(&self, kind: &Kind) -> bool {
        match (&self.values, kind) {
            (Values::Decimals { scale, .. }, Kind::Decimal { scale: declared, .. }) => {
                scale == declared
            }
            (Values::Booleans(_), Kind::Boolean)
            | (Values::Integers(_), Kind::Integer { .. })
            | (Values::Money(_), Kind::Money { .. })
            | (Values::Dates(_), Kind::Date { .. })
            | (Values::Texts { .. }, Kind::Text { .. })
            | (Values::Choices(_), Kind::Choice { .. }) => true,
            _ => false,
        }
    }

    pub(crate) fn is_valid(&self, row: usize) -> bool {
        self.valid.as_ref().is_none_or(|valid| valid[row] != 0)
    }

    /// The first row that is not missing and beyond the kind's bounds.
    pub(crate) fn first_beyond(&self, kind: &Kind) -> Option<usize> {
        let outside = |values: &[i64], min: Option<i64>, max: Option<i64>| {
            let (min, max) = (min.unwrap_or(i64::MIN), max.unwrap_or(i64::MAX));
            let beyond = |row: &usize| !(min..=max).contains(&values[*row]) && self.is_valid(*row);
            (0..values.len()).find(beyond)
        };
        match (&self.values, kind) {
            (Values::Integers(values), Kind::Integer { min, max }) => outside(values, *min, *max),
            (Values::Decimals { units, scale }, Kind::Decimal { min, max, .. }) => {
                let bound = |d: &rust_decimal::Decimal| convert::units(*d, *scale);
                outside(units, min.as_ref().and_then(bound), max.as_ref().and_then(bound))
            }
            (Values::Money(values), Kind::Money { min, max }) => {
                outside(values, min.map(|m| m.cents()), max.map(|m| m.cents()))
            }
            (Values::Dates(values), Kind::Date { min, max }) => {
                let min = min.map_or(i32::MIN, convert::days);
                let max = max.map_or(i32::MAX, convert::days);
                (0..values.len())
                    .find(|row| !(min..=max).contains(&values[*row]) && self.is_valid(*row))
            }
            (Values::Choices(values), Kind::Choice { options }) => {
                values.iter().position(|index| usize::from(*index) >= options.len())
            }
            (Values::Texts { offsets, bytes }, Kind::Text { max_chars }) => {
                // The bytes are valid UTF-8, so each byte that is no continuation begins a character.
                let beyond = |text: &[u32]| {
                    let text = &bytes[text[0] as usize..text[1] as usize];
                    text.iter().filter(|byte| **byte & 0xc0 != 0x80).count() > *max_chars as usize
                };
                offsets.windows(2).position(beyond)
            }
            _ => None,
        }
    }

    /// Appends the bytes of one row, for digests: a byte that says whether there is a value, then
    /// the value.
    pub(crate) fn append_row(&self, row: usize, bytes: &mut Vec<u8>) {
        bytes.push(u8::from(self.is_valid(row)));
        match &self.values {
            Values::Booleans(values) => bytes.push(values[row]),
            Values::Integers(values) | Values::Money(values) => {
                bytes.extend(values[row].to_le_bytes());
            }
            Values::Decimals { units, .. } => bytes.extend(units[row].to_le_bytes()),
            Values::Dates(values) => bytes.extend(values[row].to_le_bytes()),
            Values::Choices(values) => bytes.extend(values[row].to_le_bytes()),
            Values::Texts { offsets, bytes: all } => {
                bytes.extend(&all[offsets[row] as usize..offsets[row + 1] as usize]);
            }
        }
    }
}

/// The text in `line`, counted from 1, is the first that does not fit.
fn too_large(line: u64) -> Problem {
    let rule = "all texts of a column together must be below 4 GiB";
    Problem::new("rules.column.size", "", rule, "ask about fewer rows at once").at_line(line)
}
