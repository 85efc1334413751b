//! `mattoni rules bench`.
#![allow(clippy::disallowed_methods, reason = "a bench reads the clock")]

use std::path::Path;
use std::time::{Duration, Instant};

use mattoni_core::Problem;
use mattoni_rules::Ready;
use mattoni_rules::worlds::World;
use serde_json::json;

use super::rows::Rows;
use super::world::Verb;
use crate::output::{Failure, Reader, print_json, print_text, table};

/// Rounds of each measurement; the median is shown.
const ROUNDS: usize = 5;

pub(crate) struct Bench<'a> {
    pub(crate) csv: &'a Path,
    pub(crate) rows: usize,
    pub(crate) reader: Reader,
}

struct Measured {
    rows: usize,
    time: Duration,
    fuel: u64,
}

impl Measured {
    fn rows_a_second(&self) -> u128 {
        self.rows as u128 * 1_000_000_000 / self.time.as_nanos().max(1)
    }
}

impl Verb for Bench<'_> {
    fn run<W: World>(&self, plugin: Ready<W>) -> Result<(), Failure> {
        let rows = Rows::read(self.csv, plugin.description())?;
        if rows.values.is_empty() {
            let field = self.csv.display().to_string();
            let problem =
                Problem::new("cli.rules.rows", field, "there are no rows", "give at least one");
            return Err(mattoni_core::Problems::from(problem).into());
        }
        let mut measured = Vec::new();
        for rows_now in [1, 1_000, self.rows] {
            let batch = rows.batch(plugin.description(), rows_now)?;
            let mut times = Vec::new();
            let mut fuel = 0;
            for _ in 0..ROUNDS {
                let start = Instant::now();
                let answered = plugin.answer(&batch);
                times.push(start.elapsed());
                fuel = answered
                    .map_err(|error| Failure::broken("il plugin non ha risposto", &error))?
                    .fuel();
            }
            times.sort();
            measured.push(Measured { rows: rows_now, time: times[ROUNDS / 2], fuel });
        }
        match self.reader {
            Reader::Machine => {
                let each = |one: &Measured| {
                    json!({
                        "rows": one.rows, "nanoseconds": one.time.as_nanos() as u64,
                        "rows_per_second": one.rows_a_second() as u64, "fuel": one.fuel,
                    })
                };
                print_json(&measured.iter().map(each).collect::<Vec<_>>());
            }
            Reader::Person => {
                let mut lines = table(["righe", "tempo", "righe/s", "carburante/riga"]);
                for one in &measured {
                    lines.add_row([
                        one.rows.to_string(),
                        format!("{:?}", one.time),
                        one.rows_a_second().to_string(),
                        (one.fuel / one.rows as u64).to_string(),
                    ]);
                }
                print_text(&lines.to_string());
            }
        }
        Ok(())
    }
}
