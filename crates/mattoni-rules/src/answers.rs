//! Answers as columns: what an analyst's table takes.

/// One column of answers. Its name is that of case tables: a criterion's code for its points,
/// with `?` behind it for the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnswerColumn {
    /// Name of the answer.
    pub name: String,
    /// Its values, one for each row.
    pub values: AnswerValues,
}

/// The values of a column of answers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerValues {
    /// Points, in hundredths.
    Points(Vec<i64>),
    /// Amounts of money, in cents.
    Amounts(Vec<i64>),
    /// Whole numbers: tie keys, days.
    Integers(Vec<i64>),
    /// Yes or no.
    Booleans(Vec<bool>),
    /// Codes out of a declared list.
    Codes {
        /// The list.
        codes: Vec<String>,
        /// Which of the list, from 0; `None` where no code was given.
        indices: Vec<Option<u16>>,
    },
}

impl AnswerColumn {
    pub(crate) fn new(name: impl Into<String>, values: AnswerValues) -> Self {
        Self { name: name.into(), values }
    }

    pub(crate) fn points(name: &str, points: impl Iterator<Item = i64>) -> Self {
        Self::new(name, AnswerValues::Points(points.collect()))
    }

    pub(crate) fn amounts(name: &str, cents: impl Iterator<Item = i64>) -> Self {
        Self::new(name, AnswerValues::Amounts(cents.collect()))
    }

    pub(crate) fn integers(name: &str, values: impl Iterator<Item = i64>) -> Self {
        Self::new(name, AnswerValues::Integers(values.collect()))
    }

    pub(crate) fn booleans(name: &str, values: impl Iterator<Item = bool>) -> Self {
        Self::new(name, AnswerValues::Booleans(values.collect()))
    }

    /// Codes by their index.
    pub(crate) fn chosen<'a>(
        name: &str,
        codes: impl Iterator<Item = &'a String>,
        indices: impl Iterator<Item = u16>,
    ) -> Self {
        let codes = codes.cloned().collect();
        Self::new(name, AnswerValues::Codes { codes, indices: indices.map(Some).collect() })
    }

    /// Reasons of the answer `name`: 0 is none, 1 the first of the list.
    pub(crate) fn reasons<'a>(
        name: &str,
        codes: impl Iterator<Item = &'a String>,
        numbers: impl Iterator<Item = u16>,
    ) -> Self {
        let indices = numbers.map(|number| number.checked_sub(1)).collect();
        let codes = codes.cloned().collect();
        Self::new(format!("{name}?"), AnswerValues::Codes { codes, indices })
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.values {
            AnswerValues::Points(values)
            | AnswerValues::Amounts(values)
            | AnswerValues::Integers(values) => values.len(),
            AnswerValues::Booleans(values) => values.len(),
            AnswerValues::Codes { indices, .. } => indices.len(),
        }
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The sum of columns of numbers, row by row.
pub(crate) fn summed<'a>(rows: usize, columns: impl Iterator<Item = &'a [i64]>) -> Vec<i64> {
    let mut sums = vec![0_i64; rows];
    for column in columns {
        // Declared bounds, checked with every answer, keep sums within 64 bits.
        sums.iter_mut().zip(column).for_each(|(sum, value)| *sum += value);
    }
    sums
}
