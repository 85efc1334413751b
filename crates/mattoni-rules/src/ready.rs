//! Asking a plugin for answers.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use mattoni_core::value::Value;
use mattoni_core::{Digest, Problems};
use wasmtime::component::{ComponentExportIndex, InstancePre};

use crate::answered::{Answered, Part, Scored};
use crate::contract::{self, Failure, Table};
use crate::guard::{Guard, fault};
use crate::settings::settings;
use crate::worlds::{Scoring, World};
use crate::{Batch, Description, Host, RuleError, RuleErrorKind};

pub(crate) type Arguments<'a> = (Table<'a>, &'a [contract::Value]);
pub(crate) type Answer<W> = (Result<<W as crate::worlds::machine::Machine>::Wire, Failure>,);

/// A plugin that answers in world `W`. Cheap to clone, and shared freely between threads.
pub struct Ready<W: World = Scoring> {
    pub(crate) inner: Arc<Inner<W>>,
}

pub(crate) struct Inner<W: World> {
    pub(crate) host: Host,
    pub(crate) instance: InstancePre<Guard>,
    pub(crate) verb: ComponentExportIndex,
    pub(crate) digest: Digest,
    pub(crate) description: Arc<Description>,
    pub(crate) world: Arc<W>,
    pub(crate) values: Vec<contract::Value>,
    pub(crate) parameters: BTreeMap<String, Value>,
}

impl<W: World> Ready<W> {
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

    /// What its answers mean.
    #[must_use]
    pub fn declared(&self) -> &W {
        &self.inner.world
    }

    /// Every parameter by name, those left at their default too.
    #[must_use]
    pub fn parameters(&self) -> &BTreeMap<String, Value> {
        &self.inner.parameters
    }

    /// The same plugin with other parameters; those not named keep what they are.
    ///
    /// # Errors
    /// Every parameter that the plugin did not declare or that is not of its kind and within its
    /// bounds.
    pub fn with_parameters(&self, changes: &BTreeMap<String, Value>) -> Result<Self, Problems> {
        let inner = &*self.inner;
        let mut wanted = inner.parameters.clone();
        wanted.extend(changes.iter().map(|(name, value)| (name.clone(), value.clone())));
        let mut found = Vec::new();
        let (values, parameters) = settings(&inner.description, &wanted, &mut found);
        Problems::check(found)?;
        Ok(Self {
            inner: Arc::new(Inner {
                host: inner.host.clone(),
                instance: inner.instance.clone(),
                verb: inner.verb,
                digest: inner.digest,
                description: inner.description.clone(),
                world: inner.world.clone(),
                values,
                parameters,
            }),
        })
    }

    /// Answers for every row, on as many cores as there are batches for.
    ///
    /// Rows are dealt out in calls of [`Limits::rows_per_batch`](crate::Limits::rows_per_batch);
    /// each has a fresh instance. The answer is believed only after it has been checked: as many
    /// rows as were asked about, numbers within their declared bounds, reasons and codes out of
    /// the declared lists.
    ///
    /// # Errors
    /// The first rows the plugin could not answer, whatever the number of cores; nothing of the
    /// rest is answered. Where a call of many rows fails, halves of it are asked again until the
    /// one row is found that the plugin fails at, if there is one.
    pub fn answer(&self, batch: &Batch) -> Result<Answered<W>, RuleError> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        self.answer_on(batch, cores)
    }

    /// As [`answer`](Self::answer), on at most so many cores.
    ///
    /// # Errors
    /// As [`answer`](Self::answer).
    pub fn answer_on(&self, batch: &Batch, cores: usize) -> Result<Answered<W>, RuleError> {
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
        let answers = done.into_iter().map(|(_, answer)| answer).collect::<Result<Vec<_>, _>>();
        let answers = answers.map_err(|error| inner.narrowed(batch, error))?;
        let (description, world) = (inner.description.clone(), inner.world.clone());
        Ok(Answered::new(description, world, batch.rows(), step, answers))
    }
}

impl Ready<Scoring> {
    /// Scores every row: [`answer`](Self::answer) by the name the world gives it.
    ///
    /// # Errors
    /// As [`answer`](Self::answer).
    pub fn score(&self, batch: &Batch) -> Result<Scored, RuleError> {
        self.answer(batch)
    }
}

impl<W: World> Inner<W> {
    fn error(&self, kind: RuleErrorKind, detail: impl Into<String>) -> RuleError {
        RuleError::new(kind, &self.description.name, detail).in_world(W::NAME)
    }

    /// One call, in a fresh instance.
    fn call(&self, batch: &Batch, rows: Range<usize>) -> Result<Part<W>, RuleError> {
        let plugin = &self.description.name;
        let failed = |error| fault(plugin, error).in_world(W::NAME).in_rows(rows.clone());
        let mut store = self.host.store(plugin, rows.len())?;
        let instance = self.instance.instantiate(&mut store).map_err(failed)?;
        let verb = instance
            .get_typed_func::<Arguments<'_>, Answer<W>>(&mut store, self.verb)
            .map_err(failed)?;
        let table = Table {
            // `Limits` bounds a batch to `u32::MAX` rows.
            rows: rows.len() as u32,
            columns: batch.columns.iter().map(|column| column.slice(rows.clone())).collect(),
        };
        let (answer,) = verb.call(&mut store, (table, &self.values)).map_err(failed)?;
        let wire = answer.map_err(|failure| {
            let message: String =
                failure.message.chars().filter(|c| !c.is_control()).take(200).collect();
            let at =
                failure.row.map(|row| rows.start + row as usize).filter(|row| rows.contains(row));
            self.error(RuleErrorKind::Failed, format!("answered: {message}"))
                .in_rows(at.map_or(rows.clone(), |row| row..row + 1))
        })?;
        let checked = self.world.check(self.description.reasons.len(), &wire, rows.len());
        checked.map_err(|lie| {
            let at = lie.row.map_or(rows.clone(), |row| rows.start + row..rows.start + row + 1);
            self.error(RuleErrorKind::BadAnswer, lie.detail).in_rows(at)
        })?;
        let left = store.get_fuel().map_err(failed)?;
        Ok(Part { wire, fuel: self.host.limits.fuel(rows.len()).saturating_sub(left) })
    }

    /// Narrows an error down to fewer rows, one if possible: halves are asked again, the first
    /// before the second, as long as one of them fails. Every half has a fresh instance, so the
    /// same row is found on every run. Where a plugin fails only at many rows together, the error
    /// names those.
    fn narrowed(&self, batch: &Batch, error: RuleError) -> RuleError {
        let worth = |error: &RuleError| {
            let own = matches!(
                error.kind(),
                RuleErrorKind::Trap
                    | RuleErrorKind::OutOfFuel
                    | RuleErrorKind::OutOfMemory
                    | RuleErrorKind::BadAnswer
                    | RuleErrorKind::Failed
            );
            error.rows().filter(|rows| own && rows.len() > 1)
        };
        let mut found = error;
        while let Some(rows) = worth(&found) {
            let middle = rows.start + rows.len() / 2;
            let halves = [rows.start..middle, middle..rows.end];
            let failing = halves.into_iter().find_map(|half| self.call(batch, half).err());
            // A failure of another kind is not searched further: half a batch may break a rule that
            // the whole batch keeps.
            match failing.filter(|error| error.is_like(&found)) {
                Some(error) => found = error,
                None => return found,
            }
        }
        found
    }
}

// Written by hand, because a derive would require the same of `W`.
impl<W: World> Clone for Ready<W> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone() }
    }
}

impl<W: World> std::fmt::Debug for Ready<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ready")
            .field("name", &self.inner.description.name)
            .field("world", &W::NAME)
            .field("digest", &self.inner.digest)
            .finish_non_exhaustive()
    }
}
