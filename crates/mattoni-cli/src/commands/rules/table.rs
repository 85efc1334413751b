//! `mattoni rules run --out`: whole tables, column by column.

use std::path::Path;

use mattoni_analytics::{AnalysisError, answer, files};
use mattoni_rules::Ready;
use mattoni_rules::worlds::World;
use serde_json::json;

use super::world::Verb;
use crate::output::{Failure, Reader, print_json, print_text};

pub(crate) struct Whole<'a> {
    pub(crate) rows: &'a Path,
    pub(crate) out: &'a Path,
    pub(crate) reader: Reader,
}

impl From<AnalysisError> for Failure {
    fn from(error: AnalysisError) -> Self {
        match error {
            AnalysisError::Table(problems) => problems.into(),
            AnalysisError::Rule(error) => Self::broken("il plugin non ha risposto", &error),
            other => Self::broken("non si può fare la tabella", &other),
        }
    }
}

impl Verb for Whole<'_> {
    fn run<W: World>(&self, plugin: Ready<W>) -> Result<(), Failure> {
        let mut answered = answer(&plugin, &files::read(self.rows)?)?;
        files::write(self.out, &mut answered)?;
        let rows = answered.height();
        match self.reader {
            Reader::Machine => print_json(&json!({ "rows": rows, "out": self.out })),
            Reader::Person => {
                print_text(&format!("righe con risposta: {rows}, in {}", self.out.display()));
            }
        }
        Ok(())
    }
}
