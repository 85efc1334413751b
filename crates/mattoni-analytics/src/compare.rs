//! Two rules, or one with two sets of parameters, over the same table: who gains, who loses,
//! what does it cost.

use std::collections::BTreeMap;

use mattoni_core::Problem;
use mattoni_core::Problems;
use mattoni_rules::worlds::{AnswerColumn, Benefit, Eligibility, Scoring, Tariff, World};
use mattoni_rules::{Answered, Ready};
use polars::prelude::{
    Column, DataFrame, DataType, IntoColumn, NamedFrom, PlSmallStr, PolarsResult, Series,
};
use rust_decimal::Decimal;

use crate::answers::decimals;
use crate::groups::{Group, Smallest, published};
use crate::{AnalysisError, bind};

/// A kind of rule whose answer is better or worse for the person it is about.
pub trait Measured: World {
    /// What is compared.
    const MEASURE: Measure;
}

/// What of an answer is compared, and which way is better for the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Measure {
    /// Name of the answer: `due`. Where there is none, all points together are compared.
    pub answer: Option<&'static str>,
    /// What it is counted in.
    pub unit: Unit,
    /// Which way is better for the person.
    pub better: Better,
}

/// What a measure is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unit {
    /// Points, to the hundredth.
    Points,
    /// Euro, to the cent.
    Euro,
    /// Persons or practices accepted.
    Accepted,
}

/// Which of two answers is better for the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// The higher: what is granted.
    Higher,
    /// The lower: what is to be paid.
    Lower,
}

impl Measured for Scoring {
    const MEASURE: Measure = Measure { answer: None, unit: Unit::Points, better: Better::Higher };
}
impl Measured for Benefit {
    const MEASURE: Measure =
        Measure { answer: Some("total"), unit: Unit::Euro, better: Better::Higher };
}
impl Measured for Tariff {
    const MEASURE: Measure =
        Measure { answer: Some("due"), unit: Unit::Euro, better: Better::Lower };
}
impl Measured for Eligibility {
    const MEASURE: Measure =
        Measure { answer: Some("accepted"), unit: Unit::Accepted, better: Better::Higher };
}

/// Two answers for every row of a table.
#[derive(Debug, Clone)]
pub struct Comparison {
    measure: Measure,
    frame: DataFrame,
    /// In hundredths.
    before: Vec<i64>,
    after: Vec<i64>,
}

/// What a change of rules does to all rows together.
///
/// Amounts and points are in their unit: euro, points, or practices accepted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Effect {
    /// Rows for which the answer is better.
    pub gain: u64,
    /// Rows for which it is worse.
    pub lose: u64,
    /// Rows for which it is the same.
    pub same: u64,
    /// Sum before.
    pub before: Decimal,
    /// Sum after.
    pub after: Decimal,
}

impl Effect {
    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.gain + self.lose + self.same
    }

    /// What the change costs, or with a minus saves: the sum after less the sum before.
    #[must_use]
    pub fn change(&self) -> Decimal {
        self.after - self.before
    }

    pub(crate) fn add(&mut self, measure: Measure, before: i64, after: i64) {
        let (worse, better) = match measure.better {
            Better::Higher => (before, after),
            Better::Lower => (after, before),
        };
        match better.cmp(&worse) {
            std::cmp::Ordering::Greater => self.gain += 1,
            std::cmp::Ordering::Less => self.lose += 1,
            std::cmp::Ordering::Equal => self.same += 1,
        }
        self.before += Decimal::new(before, 2);
        self.after += Decimal::new(after, 2);
    }

    pub(crate) fn join(&mut self, other: &Self) {
        self.gain += other.gain;
        self.lose += other.lose;
        self.same += other.same;
        self.before += other.before;
        self.after += other.after;
    }
}

/// Answers both rules over the same table. Each sees the columns it declared, so the two may need
/// different ones.
///
/// # Errors
/// As [`answer`](crate::answer) for either rule; what does not fit both is a problem of each.
pub fn compare<W: Measured>(
    frame: &DataFrame,
    before: &Ready<W>,
    after: &Ready<W>,
) -> Result<Comparison, AnalysisError> {
    let first = bind::batch(before.description(), frame);
    let second = bind::batch(after.description(), frame);
    let mut found: Vec<Problem> = Vec::new();
    for problem in
        [&first, &second].into_iter().filter_map(|b| b.as_ref().err()).flat_map(Problems::iter)
    {
        if !found.contains(problem) {
            found.push(problem.clone());
        }
    }
    Problems::check(found)?;
    let (first, second) = (first?, second?);
    Ok(Comparison {
        measure: W::MEASURE,
        frame: frame.clone(),
        before: measured(&before.answer(&first)?),
        after: measured(&after.answer(&second)?),
    })
}

/// The measured answer in hundredths.
fn measured<W: Measured>(answered: &Answered<W>) -> Vec<i64> {
    let own = |name: &str| W::MEASURE.answer.is_none_or(|answer| answer == name);
    let mut sums = vec![0; answered.rows()];
    for (_, column) in answered.columns().into_iter().filter(|(name, _)| own(name)) {
        match column {
            AnswerColumn::Numbers { scale: 2, units } => {
                // Declared bounds, checked with every answer, keep sums within 64 bits.
                sums.iter_mut().zip(units).for_each(|(sum, units)| *sum += units);
            }
            AnswerColumn::Flags(met) => {
                sums.iter_mut().zip(met).for_each(|(sum, met)| *sum += i64::from(met) * 100);
            }
            // Reasons, tie keys and classes of a rule whose points are compared.
            _ => {}
        }
    }
    sums
}

impl Comparison {
    /// What was compared.
    #[must_use]
    pub fn measure(&self) -> Measure {
        self.measure
    }

    /// What the change does to all together: for the office. What may be published is
    /// [`by`](Self::by) no columns.
    #[must_use]
    pub fn effect(&self) -> Effect {
        let mut effect = Effect::default();
        for (before, after) in self.before.iter().zip(&self.after) {
            effect.add(self.measure, *before, *after);
        }
        effect
    }

    /// The table with `before`, `after` and `change` beside what was there, a line a person: for
    /// whoever may see the table itself.
    ///
    /// # Errors
    /// [`AnalysisError::Frame`] when the table has a column of one of these names.
    pub fn rows(&self) -> Result<DataFrame, AnalysisError> {
        let changes = self.before.iter().zip(&self.after).map(|(before, after)| after - before);
        let columns = [
            decimals("before".into(), 2, self.before.iter().copied().map(Some))?,
            decimals("after".into(), 2, self.after.iter().copied().map(Some))?,
            decimals("change".into(), 2, changes.map(Some))?,
        ];
        Ok(self.frame.hstack(&columns)?)
    }

    /// The effect on each group of rows that have the same values in the columns `by`, fit to be
    /// published: no line and no count of it is of fewer than `smallest` rows, neither as it
    /// stands nor as the difference of others.
    ///
    /// Groups that are too small go together into one (its columns are empty), with the next
    /// smallest where they would still be too few. Of a group in which fewer than `smallest`,
    /// but some, gain, lose or stay the same, the three counts are left out, and those of further
    /// groups until the ones left out are not few together. With no columns in `by`, the whole.
    ///
    /// Sums are of whole groups. Whoever is one of a group's few large amounts may still guess
    /// at the others: take care with amounts that are very unequal.
    ///
    /// # Errors
    /// [`AnalysisError::Table`] with every column that the table has not.
    pub fn by(&self, by: &[&str], smallest: Smallest) -> Result<DataFrame, AnalysisError> {
        let names: Vec<&str> = self.frame.get_column_names().iter().map(|n| n.as_str()).collect();
        let absent = by.iter().filter(|name| self.frame.column(name).is_err());
        let found = absent.map(|name| {
            Problem::new(
                "analytics.group.unknown",
                *name,
                "the table has no such column",
                format!("use one of: {}", names.join(", ")),
            )
        });
        Problems::check(found.collect())?;
        let keys: Vec<Series> = by
            .iter()
            .map(|name| {
                let column = self.frame.column(name)?.as_materialized_series();
                column.cast(&DataType::String)
            })
            .collect::<PolarsResult<_>>()?;
        let keys: Vec<_> = keys.iter().map(|key| key.str()).collect::<PolarsResult<Vec<_>>>()?;
        let mut groups: BTreeMap<Vec<Option<&str>>, Effect> = BTreeMap::new();
        for (row, (before, after)) in self.before.iter().zip(&self.after).enumerate() {
            let key: Vec<_> = keys.iter().map(|key| key.get(row)).collect();
            groups.entry(key).or_default().add(self.measure, *before, *after);
        }
        let groups = published(groups, smallest);
        self.table(by, &groups)
    }

    fn table(&self, by: &[&str], groups: &[Group<'_>]) -> Result<DataFrame, AnalysisError> {
        let mut columns: Vec<Column> = by
            .iter()
            .enumerate()
            .map(|(at, name)| {
                let values: Vec<_> =
                    groups.iter().map(|group| group.key.as_ref().and_then(|key| key[at])).collect();
                Series::new(PlSmallStr::from_str(name), values).into_column()
            })
            .collect();
        let mut numbers = |name: &str, of: &dyn Fn(&Group<'_>) -> Option<u64>| {
            let values: Vec<_> = groups.iter().map(of).collect();
            columns.push(Series::new(PlSmallStr::from_str(name), values).into_column());
        };
        numbers("rows", &|group| Some(group.effect.rows()));
        let shown = |group: &Group<'_>, count| group.counts.then_some(count);
        numbers("gain", &|group| shown(group, group.effect.gain));
        numbers("lose", &|group| shown(group, group.effect.lose));
        numbers("same", &|group| shown(group, group.effect.same));
        for (name, of) in [
            ("before", (|effect: &Effect| effect.before) as fn(&Effect) -> Decimal),
            ("after", |effect| effect.after),
            ("change", Effect::change),
        ] {
            // Sums of hundredths, of 64 bits together: the answers' bounds see to it.
            let cents = |group: &Group<'_>| i64::try_from(of(&group.effect).mantissa()).ok();
            columns.push(decimals(PlSmallStr::from_str(name), 2, groups.iter().map(cents))?);
        }
        Ok(DataFrame::new(groups.len(), columns)?)
    }
}
