//! Answers as columns of a frame.

use mattoni_rules::worlds::{AnswerColumn, World};
use mattoni_rules::{Answered, Ready};
use polars::prelude::{
    BooleanChunked, Column, DataFrame, Int64Chunked, Int128Chunked, IntoColumn, IntoSeries,
    NewChunkedArray, PlSmallStr, StringChunked,
};

use crate::{AnalysisError, bind};

/// Digits of an amount or a number of points: more than 64 bits hold.
const PRECISION: usize = 19;

/// Answers for every row of `frame`: the frame with the answers beside what was there.
///
/// The answers' columns are called as in case tables: `=siblings` the points of the criterion
/// `siblings`, `=siblings?` the code of its reason, `=total` their sum. Points and amounts are
/// Decimal with two places, tie keys and days Int64, codes String.
///
/// # Errors
/// [`AnalysisError::Table`] with everything in which the frame does not fit the rule,
/// [`AnalysisError::Rule`] when the rule fails at a row.
pub fn answer<W: World>(plugin: &Ready<W>, frame: &DataFrame) -> Result<DataFrame, AnalysisError> {
    let batch = bind::batch(plugin.description(), frame)?;
    let answered = plugin.answer(&batch)?;
    Ok(frame.hstack(&columns(&answered)?)?)
}

/// The answers alone, as columns of a frame.
///
/// # Errors
/// [`AnalysisError::Frame`] when a number has more digits than a frame's Decimal.
pub fn columns<W: World>(answered: &Answered<W>) -> Result<Vec<Column>, AnalysisError> {
    answered.columns().into_iter().map(column).collect()
}

/// Units of `10^-scale` as a Decimal column.
pub(crate) fn decimals(
    name: PlSmallStr,
    scale: usize,
    units: impl Iterator<Item = Option<i64>>,
) -> Result<Column, AnalysisError> {
    let wide = Int128Chunked::from_iter_options(name, units.map(|one| one.map(i128::from)));
    Ok(wide.into_decimal(PRECISION, scale)?.into_series().into_column())
}

fn column((name, values): (String, AnswerColumn)) -> Result<Column, AnalysisError> {
    let name = PlSmallStr::from_string(format!("={name}"));
    Ok(match values {
        AnswerColumn::Numbers { scale: 0, units } => {
            Int64Chunked::from_vec(name, units).into_column()
        }
        AnswerColumn::Numbers { scale, units } => {
            decimals(name, scale as usize, units.into_iter().map(Some))?
        }
        AnswerColumn::Flags(values) => {
            BooleanChunked::from_slice(name, &values).into_series().into_column()
        }
        AnswerColumn::Codes { codes, indices } => {
            let texts = indices.iter().map(|index| index.map(|at| codes[usize::from(at)].as_str()));
            StringChunked::from_iter_options(name, texts).into_series().into_column()
        }
        // `AnswerColumn` may get variants in later versions; this one has just those above.
        other => unreachable!("{other:?} has no column yet"),
    })
}
