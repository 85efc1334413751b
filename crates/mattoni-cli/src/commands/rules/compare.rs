//! `mattoni rules compare`: who gains, who loses, what does it cost.

use std::path::Path;

use mattoni_analytics::polars::prelude::{AnyValue, DataFrame};
use mattoni_analytics::{Comparison, Measured, Smallest, Unit, compare, files};
use mattoni_core::Problem;
use mattoni_rules::description::Declared;
use mattoni_rules::worlds::{Benefit, Eligibility, Scoring, Tariff};
use mattoni_rules::{Loaded, Pin, Ready};
use serde_json::{Map, Value, json};

use super::world::{load, parameters, pin, ready};
use crate::args::rules::{Compare, Plugin};
use crate::output::{Failure, Reader, print_json, print_text, table};

pub(crate) fn run(args: &Compare, cache: Option<&Path>, reader: Reader) -> Result<(), Failure> {
    let loaded = load(&args.before.plugin, &pin(&args.before)?, cache)?;
    match loaded.description().answers {
        Declared::Scoring(_) => in_world::<Scoring>(args, loaded, cache, reader),
        Declared::Eligibility(_) => in_world::<Eligibility>(args, loaded, cache, reader),
        Declared::Benefit(_) => in_world::<Benefit>(args, loaded, cache, reader),
        Declared::Tariff(_) => in_world::<Tariff>(args, loaded, cache, reader),
        Declared::Routing(_) | Declared::Validation(_) => {
            let field = args.before.plugin.display().to_string();
            let rule = "nobody gains or loses by an office or a problem found";
            let remedy = "compare rules that give points, amounts or acceptance";
            let problem = Problem::new("cli.rules.compare", field, rule, remedy);
            Err(mattoni_core::Problems::from(problem).into())
        }
    }
}

fn in_world<W: Measured>(
    args: &Compare,
    loaded: Loaded,
    cache: Option<&Path>,
    reader: Reader,
) -> Result<(), Failure> {
    let before: Ready<W> = ready(loaded, &args.before)?;
    let after: Ready<W> = match &args.with {
        None => before.clone(),
        Some(with) => {
            let plugin = Plugin {
                plugin: with.clone(),
                parameters: Vec::new(),
                digest: None,
                publishers: Vec::new(),
            };
            ready(load(with, &Pin::none(), cache)?, &plugin)?
        }
    };
    let after = after.with_parameters(&parameters(after.description(), &args.then)?)?;
    let comparison = compare(&files::read(&args.table)?, &before, &after)?;
    let smallest = Smallest::at_least(args.smallest);
    let by: Vec<&str> = args.by.iter().map(String::as_str).collect();
    let mut shown = vec![comparison.by(&[], smallest)?];
    if !by.is_empty() {
        shown.push(comparison.by(&by, smallest)?);
    }
    if let Some(path) = &args.rows {
        files::write(path, &mut comparison.rows()?)?;
    }
    tell(&comparison, &shown, reader);
    Ok(())
}

fn tell(comparison: &Comparison, shown: &[DataFrame], reader: Reader) {
    let unit = match comparison.measure().unit {
        Unit::Points => "points",
        Unit::Euro => "euro",
        _ => "accepted",
    };
    match reader {
        Reader::Machine => print_json(&json!({
            "unit": unit,
            "all": shown.first().map(lines),
            "by": shown.get(1).map(lines),
        })),
        Reader::Person => {
            for frame in shown {
                let names = frame.get_column_names();
                let mut text = table(names.iter().map(|name| heading(name)));
                for row in 0..frame.height() {
                    text.add_row(cells(frame, row).map(|cell| match cell {
                        AnyValue::Null => "–".to_owned(),
                        cell => cell.to_string().trim_matches('"').to_owned(),
                    }));
                }
                print_text(&text.to_string());
            }
            let sums = match comparison.measure().unit {
                Unit::Points => "punti",
                Unit::Euro => "euro",
                _ => "domande accolte",
            };
            print_text(&format!("le somme sono in {sums}; – dove sono troppo pochi per dirlo"));
        }
    }
}

/// What stands over a column of the comparison; those that `--by` names keep their name.
fn heading(column: &str) -> &str {
    match column {
        "rows" => "righe",
        "gain" => "guadagnano",
        "lose" => "perdono",
        "same" => "uguali",
        "before" => "prima",
        "after" => "dopo",
        "change" => "differenza",
        other => other,
    }
}

fn cells(frame: &DataFrame, row: usize) -> impl Iterator<Item = AnyValue<'_>> {
    // The row is one of the frame's.
    frame.columns().iter().map(move |column| column.get(row).unwrap_or(AnyValue::Null))
}

fn lines(frame: &DataFrame) -> Vec<Value> {
    let names = frame.get_column_names();
    (0..frame.height())
        .map(|row| {
            let pairs = names.iter().zip(cells(frame, row)).map(|(name, cell)| {
                let value = match cell {
                    AnyValue::Null => Value::Null,
                    AnyValue::UInt64(number) => json!(number),
                    // Amounts as texts: JSON's numbers are binary fractions.
                    cell => json!(cell.to_string().trim_matches('"')),
                };
                (name.to_string(), value)
            });
            Value::Object(pairs.collect::<Map<_, _>>())
        })
        .collect()
}
