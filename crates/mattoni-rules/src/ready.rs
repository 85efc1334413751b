//! Scoring.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use mattoni_core::Digest;
use mattoni_core::value::Value;
use wasmtime::component::{ComponentExportIndex, InstancePre};

use crate::contract::{self, Failure, Scores, Table};
use crate::host::{Guard, fault};
use crate::scored::{Answered, Scored};
use crate::{Batch, Description, Host, RuleError, RuleErrorKind};

pub(crate) type Arguments<'a> = (Table<'a>, &'a [contract::Value]);
pub(crate) type Answer = (Result<Scores, Failure>,);

/// A plugin that scores. Cheap to clone, and shared freely between threads.
#[derive(Clone)]
pub struct Ready {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) host: Host,
    pub(crate) instance: InstancePre<Guard>,
    pub(crate) score: ComponentExportIndex,
    pub(crate) digest: Digest,
    pub(crate) description: Arc<Description>,
    pub(crate) values: Vec<contract::Value>,
    pub(crate) parameters: BTreeMap<String, Value>,
}

impl Ready {
    /// The digest of the plugin's bytes.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.inner.digest
    }

    /// What the plugin says about itself.
    #[must_use]
    pub fn description(&self) -> &Description {
        &self.inner.description
    }

    /// Every parameter by name, those left at their default too.
    #[must_use]
    pub fn parameters(&self) -> &BTreeMap<String, Value> {
        &self.inner.parameters
    }

    /// Scores every row, on as many cores as there are batches for.
    ///
    /// Rows are dealt out in calls of [`Limits::rows_per_batch`](crate::Limits::rows_per_batch);
    /// each has a fresh instance. The answer is believed only after it has been checked: as many
    /// rows as were asked about, points within each criterion's bounds, reasons and classes out of
    /// the declared lists.
    ///
    /// # Errors
    /// The first rows the plugin could not score, whatever the number of cores; nothing of the
    /// rest is answered.
    pub fn score(&self, batch: &Batch) -> Result<Scored, RuleError> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        self.score_on(batch, cores)
    }

    /// As [`score`](Self::score), on at most so many cores.
    ///
    /// # Errors
    /// As [`score`](Self::score).
    pub fn score_on(&self, batch: &Batch, cores: usize) -> Result<Scored, RuleError> {
        let inner = &*self.inner;
        if *batch.inputs != *inner.description.inputs {
            let detail = "the batch was made for the inputs of another plugin";
            return Err(inner.error(RuleErrorKind::ForeignBatch, detail));
        }
        let step = inner.host.limits.rows_per_batch;
        let ranges: Vec<Range<usize>> = (0..batch.rows())
            .step_by(step)
            .map(|start| start..batch.rows().min(start + step))
            .collect();
        let most = usize::try_from(inner.host.limits.concurrent_calls).unwrap_or(usize::MAX);
        let threads = cores.min(most).min(ranges.len()).max(1);
        let next = AtomicUsize::new(0);
        let failed = AtomicUsize::new(usize::MAX);
        let work = || {
            let mut done = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                // Batches before a failed one still run, so that the error does not depend on
                // which core was faster.
                if at > failed.load(Ordering::Relaxed) {
                    return done;
                }
                let Some(range) = ranges.get(at) else { return done };
                let answer = inner.call(batch, range.clone());
                if answer.is_err() {
                    failed.fetch_min(at, Ordering::Relaxed);
                }
                done.push((at, answer));
            }
        };
        let mut done = thread::scope(|scope| {
            let helpers: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut done = work();
            for helper in helpers {
                match helper.join() {
                    Ok(more) => done.extend(more),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            done
        });
        done.sort_by_key(|(at, _)| *at);
        let answers = done.into_iter().map(|(_, answer)| answer).collect::<Result<Vec<_>, _>>()?;
        Ok(Scored::new(inner.description.clone(), batch.rows(), step, answers))
    }
}

impl Inner {
    fn error(&self, kind: RuleErrorKind, detail: impl Into<String>) -> RuleError {
        RuleError::new(kind, &self.description.name, detail)
    }

    /// One call, in an instance of its own.
    fn call(&self, batch: &Batch, rows: Range<usize>) -> Result<Answered, RuleError> {
        let plugin = &self.description.name;
        let failed = |error| fault(plugin, error).in_rows(rows.clone());
        let mut store = self.host.store(plugin, rows.len())?;
        let instance = self.instance.instantiate(&mut store).map_err(failed)?;
        let score = instance
            .get_typed_func::<Arguments<'_>, Answer>(&mut store, self.score)
            .map_err(failed)?;
        let table = Table {
            // A batch is at most `u32::MAX` rows: `Limits` sees to it.
            rows: rows.len() as u32,
            columns: batch.columns.iter().map(|column| column.slice(rows.clone())).collect(),
        };
        let (answer,) = score.call(&mut store, (table, &self.values)).map_err(failed)?;
        let scores = answer.map_err(|failure| {
            let message: String =
                failure.message.chars().filter(|c| !c.is_control()).take(200).collect();
            let at =
                failure.row.map(|row| rows.start + row as usize).filter(|row| rows.contains(row));
            self.error(RuleErrorKind::Failed, format!("answered: {message}"))
                .in_rows(at.map_or(rows.clone(), |row| row..row + 1))
        })?;
        self.check(&scores, &rows)?;
        let left = store.get_fuel().map_err(failed)?;
        Ok(Answered { scores, fuel: self.host.limits.fuel(rows.len()).saturating_sub(left) })
    }

    fn check(&self, scores: &Scores, rows: &Range<usize>) -> Result<(), RuleError> {
        let lie = |detail: String| {
            Err(self.error(RuleErrorKind::BadAnswer, detail).in_rows(rows.clone()))
        };
        let at_row = |row: usize, detail: String| {
            let row = rows.start + row;
            Err(self.error(RuleErrorKind::BadAnswer, detail).in_rows(row..row + 1))
        };
        let Description { criteria, ties, classes, reasons, .. } = &*self.description;
        if scores.criteria.len() != criteria.len() || scores.ties.len() != ties.len() {
            return lie("the answer has not the declared columns".to_owned());
        }
        for (criterion, marks) in criteria.iter().zip(&scores.criteria) {
            let (code, min, max) = (&criterion.code, criterion.min, criterion.max);
            if marks.points.len() != rows.len() || marks.reasons.len() != rows.len() {
                return lie(format!("criterion {code} has not one answer for each row"));
            }
            // Folds have no early way out, so that they are vectorised; the row is looked for
            // only where there is one to find.
            let (least, most) = marks
                .points
                .iter()
                .fold((i32::MAX, i32::MIN), |(least, most), p| (least.min(*p), most.max(*p)));
            if least < min || most > max {
                let row = marks.points.iter().position(|p| !(min..=max).contains(p)).unwrap_or(0);
                let points = marks.points[row];
                let detail =
                    format!("criterion {code} has {points} hundredths, beyond {min} to {max}");
                return at_row(row, detail);
            }
            let highest = marks.reasons.iter().fold(0, |highest, r| highest.max(*r));
            if usize::from(highest) > reasons.len() {
                let row = marks.reasons.iter().position(|r| *r == highest).unwrap_or(0);
                return at_row(
                    row,
                    format!("criterion {code} gives reason {highest}, which is not declared"),
                );
            }
        }
        for (tie, keys) in ties.iter().zip(&scores.ties) {
            if keys.len() != rows.len() {
                return lie(format!("tie key {} has not one answer for each row", tie.name));
            }
        }
        let expected = if classes.is_empty() { 0 } else { rows.len() };
        if scores.classes.len() != expected {
            return lie("the class has not one answer for each row".to_owned());
        }
        match scores.classes.iter().position(|class| usize::from(*class) >= classes.len()) {
            Some(row) => at_row(row, "the class is not a declared one".to_owned()),
            None => Ok(()),
        }
    }
}

impl std::fmt::Debug for Ready {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ready")
            .field("name", &self.inner.description.name)
            .field("digest", &self.inner.digest)
            .finish_non_exhaustive()
    }
}
