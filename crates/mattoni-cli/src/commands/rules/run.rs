//! `mattoni rules run` and `recompute`.

use std::path::Path;

use mattoni_core::Problem;
use mattoni_rules::worlds::World;
use mattoni_rules::{Evaluation, Ready, Recomputed};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::rows::Rows;
use super::world::Verb;
use crate::output::{Failure, Reader, print_json, print_text};
use crate::store_access::files;

/// What `run --record` writes: enough to run it again.
#[derive(Serialize, Deserialize)]
struct Record<R> {
    evaluation: Evaluation,
    answers: Vec<R>,
}

pub(crate) struct Run<'a> {
    pub(crate) csv: &'a Path,
    pub(crate) record: Option<&'a Path>,
}

fn failed(error: mattoni_rules::RuleError) -> Failure {
    Failure::broken("il plugin non ha risposto", &error)
}

impl Verb for Run<'_> {
    fn run<W: World>(&self, plugin: Ready<W>) -> Result<(), Failure> {
        let rows = Rows::read(self.csv, plugin.description())?;
        let batch = rows.batch(plugin.description(), rows.values.len())?;
        let answered = plugin.answer(&batch).map_err(failed)?;
        let mut out = csv::Writer::from_writer(Vec::new());
        let mut named = false;
        for (record, row) in rows.records.iter().zip(answered.iter()) {
            let cells = W::cells(&row);
            if !named {
                let answers = cells.iter().map(|(name, _)| format!("={name}"));
                written(out.write_record(rows.header.iter().cloned().chain(answers)))?;
                named = true;
            }
            let answers = cells.iter().map(|(_, text)| text.as_str());
            written(out.write_record(record.iter().chain(answers)))?;
        }
        let text = out
            .into_inner()
            .map_err(|error| Failure::broken("non si può scrivere la risposta", error.error()))?;
        print_text(String::from_utf8_lossy(&text).trim_end());
        if let Some(path) = self.record {
            let evaluation = Evaluation::of(&plugin, &batch, &answered);
            let record = Record { evaluation, answers: answered.iter().collect() };
            let text = serde_json::to_string_pretty(&record)
                .map_err(|error| Failure::broken("non si può scrivere la registrazione", &error))?;
            std::fs::write(path, text + "\n").map_err(|error| {
                Failure::file("non si può scrivere la registrazione", path, &error)
            })?;
        }
        Ok(())
    }
}

fn written(done: csv::Result<()>) -> Result<(), Failure> {
    done.map_err(|error| Failure::broken("non si può scrivere la risposta", &error))
}

pub(crate) struct Recompute<'a> {
    pub(crate) csv: &'a Path,
    pub(crate) record: &'a Path,
    pub(crate) reader: Reader,
}

impl Verb for Recompute<'_> {
    fn run<W: World>(&self, plugin: Ready<W>) -> Result<(), Failure> {
        let bytes = files::bytes(self.record)?;
        let record: Record<W::Row> = serde_json::from_slice(&bytes).map_err(|error| {
            let (field, why) = (self.record.display().to_string(), error.to_string());
            let remedy = "give what `rules run --record` wrote, of a plugin for the same world";
            Failure::from(mattoni_core::Problems::from(Problem::new(
                "cli.rules.record",
                field,
                why,
                remedy,
            )))
        })?;
        let plugin = plugin.with_parameters(&record.evaluation.parameters)?;
        let rows = Rows::read(self.csv, plugin.description())?;
        let batch = rows.batch(plugin.description(), rows.values.len())?;
        let found =
            plugin.recompute(&batch, &record.evaluation, &record.answers).map_err(failed)?;
        let Recomputed::Different(difference) = found else {
            match self.reader {
                Reader::Machine => print_json(&json!({ "same": true })),
                Reader::Person => print_text("uguale"),
            }
            return Ok(());
        };
        let row = difference.row.map(|row| row + 1);
        match self.reader {
            Reader::Machine => print_json(&json!({
                "same": false, "row": row, "what": difference.column,
                "was": difference.was, "is": difference.is,
            })),
            Reader::Person => print_text(&format!(
                "diverso{}: {} era {}, è {}",
                row.map_or_else(String::new, |row| format!(" alla riga {row}")),
                difference.column,
                difference.was,
                difference.is
            )),
        }
        Err(Failure::Found)
    }
}
