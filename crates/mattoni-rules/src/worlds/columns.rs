//! Answers as whole columns, for whoever takes them on as a table.

use crate::contract::benefit::Amounts;
use crate::description::Reason;

/// One answer over all rows: the counterpart of a [`Column`](crate::Column) that was asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerColumn {
    /// Numbers in units of `10^-scale`: points and amounts have the scale 2, tie keys and days 0.
    Numbers {
        /// How many decimals.
        scale: u32,
        /// The numbers, row by row.
        units: Vec<i64>,
    },
    /// Codes out of a declared list: reasons, classes, offices.
    Codes {
        /// The list.
        codes: Vec<String>,
        /// Where in the list each row's code is; `None` where there is no code.
        indices: Vec<Option<u16>>,
    },
    /// Yes or no.
    Flags(Vec<bool>),
}

impl AnswerColumn {
    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers { units, .. } => units.len(),
            Self::Codes { indices, .. } => indices.len(),
            Self::Flags(flags) => flags.len(),
        }
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

pub(super) type Named = (String, AnswerColumn);

pub(super) fn numbers<'a, T: Copy + Into<i64> + 'a>(
    scale: u32,
    parts: impl Iterator<Item = &'a Vec<T>>,
) -> AnswerColumn {
    AnswerColumn::Numbers { scale, units: parts.flatten().map(|one| (*one).into()).collect() }
}

/// Reasons count from 1; 0 is none.
pub(super) fn reasons<'a>(
    declared: &[Reason],
    parts: impl Iterator<Item = &'a Vec<u16>>,
) -> AnswerColumn {
    AnswerColumn::Codes {
        codes: declared.iter().map(|reason| reason.code.clone()).collect(),
        indices: parts.flatten().map(|number| number.checked_sub(1)).collect(),
    }
}

pub(super) fn chosen<'a>(
    codes: impl Iterator<Item = &'a String>,
    parts: impl Iterator<Item = &'a Vec<u16>>,
) -> AnswerColumn {
    AnswerColumn::Codes {
        codes: codes.cloned().collect(),
        indices: parts.flatten().map(|index| Some(*index)).collect(),
    }
}

/// An amount's column and its reasons'; its cents are added to `sum`, `sign` times.
pub(super) fn amounts<'a>(
    code: &str,
    declared: &[Reason],
    parts: impl Iterator<Item = &'a Amounts> + Clone,
    (sum, sign): (&mut Vec<i64>, i64),
) -> [Named; 2] {
    let cents: Vec<i64> = parts.clone().flat_map(|part| &part.cents).copied().collect();
    sum.resize(cents.len(), 0);
    // The declared bounds, which were checked, keep the sum within 64 bits.
    sum.iter_mut().zip(&cents).for_each(|(sum, cents)| *sum += sign * cents);
    [
        (code.to_owned(), AnswerColumn::Numbers { scale: 2, units: cents }),
        (format!("{code}?"), reasons(declared, parts.map(|part| &part.reasons))),
    ]
}
