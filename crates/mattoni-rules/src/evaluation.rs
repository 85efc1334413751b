//! The record of an evaluation, and running it again.

use std::collections::BTreeMap;

use mattoni_core::Digest;
use mattoni_core::value::Value;
use serde::{Deserialize, Serialize};

use crate::worlds::World;
use crate::{Answered, Batch, Ready, RuleError};

/// What is kept of an evaluation: enough to run it again in years, and to show that neither rule,
/// nor parameters, nor inputs, nor answers have changed.
///
/// Stored; `format` is its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Evaluation {
    /// Version of this record's form.
    pub format: u32,
    /// The contract's world: `scoring`, `tariff`, …
    pub world: String,
    /// Digest of the plugin's bytes.
    pub plugin: Digest,
    /// Name of the plugin.
    pub name: String,
    /// Version of the plugin.
    pub version: String,
    /// Version of the contract.
    pub contract: String,
    /// Every parameter, those left at their default too.
    pub parameters: BTreeMap<String, Value>,
    /// Digest of the inputs.
    pub inputs: Digest,
    /// Digest of the answers.
    pub results: Digest,
    /// How many rows there were.
    pub rows: u64,
    /// Fuel used.
    pub fuel: u64,
}

impl Evaluation {
    /// The form written today.
    pub const FORMAT: u32 = 1;

    /// The record of `ready` having answered `answered` about `batch`.
    #[must_use]
    pub fn of<W: World>(ready: &Ready<W>, batch: &Batch, answered: &Answered<W>) -> Self {
        let description = ready.description();
        Self {
            format: Self::FORMAT,
            world: W::NAME.to_owned(),
            plugin: ready.digest(),
            name: description.name.clone(),
            version: description.version.clone(),
            contract: description.contract.clone(),
            parameters: ready.parameters().clone(),
            inputs: batch.digest(),
            results: answered.digest(),
            rows: batch.rows() as u64,
            fuel: answered.fuel(),
        }
    }
}

/// What running an evaluation again showed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recomputed {
    /// Rule, parameters, inputs and answers are the recorded ones.
    Same,
    /// Something is not.
    Different(Difference),
}

/// The first difference between a record and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The row, counted from 0, where it is about one.
    pub row: Option<usize>,
    /// What differs: `world`, `plugin`, `parameter.<name>`, `inputs`, `rows`, a part of the answer
    /// by its name (with `?` its reason), or `results` where the stored answers agree but the
    /// record's digest does not.
    pub column: String,
    /// What the record says.
    pub was: String,
    /// What was found.
    pub is: String,
}

impl<W: World> Ready<W> {
    /// Runs a recorded evaluation again and compares it with the `stored` answers.
    ///
    /// # Errors
    /// The plugin cannot answer the batch.
    pub fn recompute(
        &self,
        batch: &Batch,
        record: &Evaluation,
        stored: &[W::Row],
    ) -> Result<Recomputed, RuleError> {
        if let Some(difference) = self.premises(batch, record, stored) {
            return Ok(Recomputed::Different(difference));
        }
        let answered = self.answer(batch)?;
        let answers = stored.iter().zip(answered.iter()).enumerate();
        let first = answers.into_iter().find_map(|(row, (was, is))| difference::<W>(row, was, &is));
        let found = first.or_else(|| {
            let digest = answered.digest();
            differs(None, "results", record.results, digest)
        });
        Ok(found.map_or(Recomputed::Same, Recomputed::Different))
    }

    fn premises(
        &self,
        batch: &Batch,
        record: &Evaluation,
        stored: &[W::Row],
    ) -> Option<Difference> {
        let text = |value: Option<&Value>| value.map_or("none".to_owned(), Value::to_string);
        let parameters = || {
            let names = record.parameters.keys().chain(self.parameters().keys());
            names.into_iter().find_map(|name| {
                let was = text(record.parameters.get(name));
                let is = text(self.parameters().get(name));
                differs(None, &format!("parameter.{name}"), was, is)
            })
        };
        differs(None, "world", record.world.as_str(), W::NAME)
            .or_else(|| differs(None, "plugin", record.plugin, self.digest()))
            .or_else(parameters)
            .or_else(|| differs(None, "rows", record.rows, batch.rows() as u64))
            .or_else(|| differs(None, "rows", stored.len(), batch.rows()))
            .or_else(|| differs(None, "inputs", record.inputs, batch.digest()))
    }
}

fn differs<T: PartialEq + ToString>(
    row: Option<usize>,
    column: &str,
    was: T,
    is: T,
) -> Option<Difference> {
    (was != is).then(|| Difference {
        row,
        column: column.to_owned(),
        was: was.to_string(),
        is: is.to_string(),
    })
}

fn difference<W: World>(row: usize, was: &W::Row, is: &W::Row) -> Option<Difference> {
    if was == is {
        return None;
    }
    let (was, is) = (W::cells(was), W::cells(is));
    let cell = |cells: &[(String, String)], name: &str| {
        let found = cells.iter().find(|(cell, _)| cell == name);
        found.map_or_else(|| "nothing".to_owned(), |(_, text)| text.clone())
    };
    let mut names = is.iter().chain(&was).map(|(name, _)| name);
    names.find_map(|name| differs(Some(row), name, cell(&was, name), cell(&is, name)))
}
