//! A frame's columns as a rule's inputs.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use mattoni_core::value::{Kind, Value};
use mattoni_core::{Problem, Problems};
use mattoni_rules::description::Input;
use mattoni_rules::{Batch, Column, Description};
use polars::prelude::{DataFrame, DataType, PolarsResult, Series};
use rust_decimal::Decimal;

/// The columns of `frame` that the rule declared, by name, as the rule takes them. Whatever else
/// is in the frame is not looked at.
///
/// A column is taken as it is when its type says the same as the declared kind: Boolean, an
/// integer, Decimal, Date, String. Text is read by the kind's own words (`12500.50`,
/// `2026-11-23`), so a file read as text needs no types at all. Binary fractions (Float) are
/// refused: what they hold is not what was written.
///
/// # Errors
/// Every declared column that is missing, of a type that cannot be its kind, or that has values
/// which are not of the kind or beyond its bounds, each with the first such line (counted from 1)
/// and how many there are.
pub fn batch(description: &Description, frame: &DataFrame) -> Result<Batch, Problems> {
    let mut found = Vec::new();
    let mut columns = BTreeMap::new();
    for input in &description.inputs {
        let Ok(column) = frame.column(&input.name) else {
            if input.required {
                found.push(Problem::new(
                    "rules.column.missing",
                    &input.name,
                    "the rule needs this column",
                    format!("give it; it comes from: {}", input.source),
                ));
            }
            continue;
        };
        match bound(input, column.as_materialized_series()) {
            Ok(column) => {
                columns.insert(input.name.clone(), column);
            }
            Err(problem) => found.push(*problem),
        }
    }
    Problems::check(found)?;
    if columns.is_empty() {
        // Nothing is declared, or nothing of it is there and nothing required: rows all the same.
        let mut batch = Batch::builder(description);
        (0..frame.height()).for_each(|_| batch.push(|_| None));
        return batch.finish();
    }
    Batch::from_columns(description, columns)
}

type Bound<T> = Result<T, Box<Problem>>;

fn bound(input: &Input, series: &Series) -> Bound<Column> {
    let dtype = series.dtype();
    if dtype.is_null() {
        return texts_of(input, &[], series.len());
    }
    if dtype.is_float() {
        return Err(Box::new(Problem::new(
            "analytics.column.float",
            &input.name,
            "binary fractions do not hold what was written",
            "read the column as text or as Decimal",
        )));
    }
    match (&input.kind, dtype) {
        (Kind::Boolean, DataType::Boolean) => {
            let values = read(input, series.bool())?;
            let (values, valid) = parted(values.iter());
            Ok(with_gaps(Column::booleans(values), valid))
        }
        (Kind::Integer { .. }, dtype) if dtype.is_integer() => {
            let wide = read(input, series.strict_cast(&DataType::Int64))?;
            let (values, valid) = parted(read(input, wide.i64())?.iter());
            Ok(with_gaps(Column::integers(values), valid))
        }
        (Kind::Decimal { scale, .. }, DataType::Decimal(_, given)) => {
            let (units, valid) = units(input, series, *given, *scale)?;
            Ok(with_gaps(Column::decimals(*scale, units), valid))
        }
        (Kind::Money { .. }, DataType::Decimal(_, given)) => {
            let (cents, valid) = units(input, series, *given, 2)?;
            Ok(with_gaps(Column::money_cents(cents), valid))
        }
        (Kind::Date { .. }, DataType::Date) => {
            let (days, valid) = parted(read(input, series.date())?.physical().iter());
            Ok(with_gaps(Column::dates(days), valid))
        }
        (_, DataType::String) => {
            let texts: Vec<_> = read(input, series.str())?.iter().collect();
            texts_of(input, &texts, series.len())
        }
        (
            Kind::Text { .. } | Kind::Choice { .. },
            DataType::Categorical(..) | DataType::Enum(..),
        ) => {
            let texts = read(input, series.cast(&DataType::String))?;
            let texts: Vec<_> = read(input, texts.str())?.iter().collect();
            texts_of(input, &texts, series.len())
        }
        (kind, dtype) => Err(Box::new(Problem::new(
            "rules.column.kind",
            &input.name,
            format!("this column is of the kind {}, the table has {dtype}", kind.name()),
            "cast the column, or give it as text",
        ))),
    }
}

/// What polars gives for a column, or the refusal of it.
fn read<T>(input: &Input, given: PolarsResult<T>) -> Bound<T> {
    given.map_err(|error| {
        let rule = format!("its values fit the kind {} ({error})", input.kind.name());
        Box::new(Problem::new("rules.column.kind", &input.name, rule, "check the column"))
    })
}

/// Values and where there are any; nothing in place of a list of `true`.
fn parted<T: Default>(values: impl Iterator<Item = Option<T>>) -> (Vec<T>, Option<Vec<bool>>) {
    let mut valid = Vec::with_capacity(values.size_hint().0);
    let values = values
        .map(|value| {
            valid.push(value.is_some());
            value.unwrap_or_default()
        })
        .collect();
    (values, valid.contains(&false).then_some(valid))
}

fn with_gaps(column: Column, valid: Option<Vec<bool>>) -> Column {
    match valid {
        Some(valid) => column.with_validity(valid),
        None => column,
    }
}

/// A Decimal column in units of `10^-scale`.
fn units(
    input: &Input,
    series: &Series,
    given: usize,
    scale: u32,
) -> Bound<(Vec<i64>, Option<Vec<bool>>)> {
    let decimals = read(input, series.decimal())?;
    let mut bad = Bad::default();
    let power = |exponent: usize| 10_i128.checked_pow(exponent as u32).unwrap_or(i128::MAX);
    let scale = scale as usize;
    let (up, down) = (power(scale.saturating_sub(given)), power(given.saturating_sub(scale)));
    let exact = |units: i128| {
        let whole = (units % down == 0).then(|| units / down)?;
        whole.checked_mul(up).and_then(|units| i64::try_from(units).ok())
    };
    let values = decimals.physical().iter().enumerate().map(|(row, units)| {
        let units = units?;
        let exact = exact(units);
        if exact.is_none() {
            bad.note(row, || {
                Problem::new(
                    "value.scale",
                    "",
                    format!("a number of at most {scale} decimals and 18 digits"),
                    "round it by a rule that is written down",
                )
            });
        }
        exact
    });
    let parted = parted(values.collect::<Vec<_>>().into_iter());
    bad.or(input, parted)
}

/// The first value that cannot be read, and how many there are.
#[derive(Default)]
struct Bad {
    first: Option<Problem>,
    count: u64,
}

impl Bad {
    fn note(&mut self, row: usize, problem: impl FnOnce() -> Problem) {
        self.count += 1;
        self.first.get_or_insert_with(|| problem().at_line(row as u64 + 1));
    }

    fn or<T>(self, input: &Input, value: T) -> Bound<T> {
        let Some(mut problem) = self.first else { return Ok(value) };
        if self.count > 1 {
            problem.rule = format!("{} (so in {} lines)", problem.rule, self.count);
        }
        Err(Box::new(problem.in_field(&input.name)))
    }
}

/// A column of texts, read by the words of the kind. An empty text is a missing value.
fn texts_of(input: &Input, texts: &[Option<&str>], rows: usize) -> Bound<Column> {
    let given = |row: usize| texts.get(row).copied().flatten().filter(|text| !text.is_empty());
    let mut bad = Bad::default();
    if let Kind::Text { .. } = input.kind {
        for row in 0..rows {
            if let Some(Err(problem)) = given(row).map(|text| input.kind.parse(text)) {
                bad.note(row, || problem);
            }
        }
        let column = bad.or(input, Column::texts((0..rows).map(given)))?;
        return column.map_err(|problem| Box::new(problem.in_field(&input.name)));
    }
    let mut values = Vec::with_capacity(rows);
    for row in 0..rows {
        values.push(match given(row).map(|text| input.kind.parse(text)) {
            None => None,
            Some(Ok(value)) => Some(value),
            Some(Err(problem)) => {
                bad.note(row, || problem);
                None
            }
        });
    }
    bad.or(input, ())?;
    Ok(of_kind(&input.kind, values))
}

/// Values of one kind as a column. What is not of the kind has been refused before.
fn of_kind(kind: &Kind, values: Vec<Option<Value>>) -> Column {
    fn column<T: Default>(
        values: Vec<Option<Value>>,
        take: impl Fn(Value) -> Option<T>,
        whole: impl FnOnce(Vec<T>) -> Column,
    ) -> Column {
        let (values, valid) = parted(values.into_iter().map(|value| value.and_then(&take)));
        with_gaps(whole(values), valid)
    }
    let boolean = |value| if let Value::Boolean(yes) = value { Some(yes) } else { None };
    match kind {
        Kind::Integer { .. } => {
            let take = |value| if let Value::Integer(one) = value { Some(one) } else { None };
            column(values, take, Column::integers)
        }
        Kind::Decimal { scale, .. } => {
            let take = |value| match value {
                Value::Decimal(one) => in_units(one, *scale),
                _ => None,
            };
            column(values, take, |units| Column::decimals(*scale, units))
        }
        Kind::Money { .. } => {
            let take = |value| if let Value::Money(one) = value { Some(one.cents()) } else { None };
            column(values, take, Column::money_cents)
        }
        Kind::Date { .. } => {
            let take = |value| if let Value::Date(one) = value { Some(days(one)) } else { None };
            column(values, take, Column::dates)
        }
        Kind::Choice { options } => {
            let take = |value| {
                let Value::Choice(code) = value else { return None };
                let index = options.iter().position(|option| *option == code)?;
                u16::try_from(index).ok()
            };
            column(values, take, Column::choices)
        }
        _ => column(values, boolean, Column::booleans),
    }
}

fn in_units(mut value: Decimal, scale: u32) -> Option<i64> {
    value.rescale(scale);
    i64::try_from(value.mantissa()).ok()
}

fn days(date: NaiveDate) -> i32 {
    date.to_epoch_days()
}
