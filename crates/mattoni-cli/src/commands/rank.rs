//! `mattoni rank`.

use std::collections::BTreeMap;
use std::fs::File;

use mattoni_core::value::Value;
use mattoni_core::{Problem, Problems};
use mattoni_office::ranking::rank_file;
use mattoni_ranking::{Call, CategorySource, Fund, FundSource, Limit, Prize, Run, italian};
use mattoni_rules::{Grant, Loaded, Pin, Ready};

use crate::args::Rank;
use crate::output::{Bar, Failure, Reader, print_json, print_text, table};
use crate::store_access::{files, plugins};

pub(crate) fn run(args: &Rank, reader: Reader) -> Result<(), Failure> {
    let bar = Bar::new("graduatoria", None, reader);
    let mut found = Vec::new();
    let criteria = files::criteria(&args.criteria, &mut found);
    let prize = match &args.places {
        Some(places) => files::facilities(places, &mut found).map(Prize::Places),
        None => Some(Prize::Fund(everyone()?)),
    };
    let pin = args.digest.map_or_else(Pin::none, Pin::to);
    let (loaded, _) = plugins::load(&args.plugin, &pin)?;
    let parameters = parse_parameters(&loaded, &args.parameters, &mut found);
    Problems::check(found)?;
    let (Some(criteria), Some(prize)) = (criteria, prize) else { return Err(Failure::Found) };
    let ready = grant(loaded, pin, parameters)?;

    let file = File::open(&args.csv).map_err(|error| {
        let (field, why) = (args.csv.display().to_string(), error.to_string());
        Problems::from(Problem::new("cli.file.unreadable", field, why, "check the path"))
    })?;
    let run = rank_file(file, &ready, &Call { criteria, prize })?;
    drop(bar);
    match reader {
        Reader::Machine => print_json(&run),
        Reader::Person => print_text(&page(&run, args.top)),
    }
    Ok(())
}

/// The plugin with its parameters.
fn grant(loaded: Loaded, pin: Pin, parameters: BTreeMap<String, Value>) -> Result<Ready, Failure> {
    let grant = parameters
        .into_iter()
        .fold(Grant::of(pin), |grant, (name, value)| grant.with_parameter(name, value));
    Ok(loaded.grant(&grant)?.ready())
}

fn everyone() -> Result<Fund, Problems> {
    let all = CategorySource {
        group: None,
        limit: Limit::Everyone,
        when_short: Default::default(),
        leftover: Default::default(),
    };
    Fund::new(FundSource { total: None, each: None, category: vec![all] })
}

fn parse_parameters(
    loaded: &Loaded,
    given: &[String],
    found: &mut Vec<Problem>,
) -> BTreeMap<String, Value> {
    let mut parameters = BTreeMap::new();
    for text in given {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        match loaded.description().parameters.iter().find(|declared| declared.name == name) {
            Some(declared) => match declared.kind.parse(value) {
                Ok(value) => {
                    parameters.insert(name.to_owned(), value);
                }
                Err(problem) => found.push(problem.in_field(name)),
            },
            None => {
                let names: Vec<_> =
                    loaded.description().parameters.iter().map(|p| p.name.as_str()).collect();
                found.push(Problem::new(
                    "rules.grant.parameter",
                    name,
                    "the plugin declares no such parameter",
                    format!("use name=value with one of: {}", names.join(", ")),
                ));
            }
        }
    }
    parameters
}

fn page(run: &Run, top: usize) -> String {
    let mut lines = table(["pos.", "domanda", "punti", "esito"]);
    for line in run.lines().iter().take(top) {
        lines.add_row([
            line.position.map_or("-".into(), |position| position.to_string()),
            line.code().to_owned(),
            italian::decimal(line.total),
            italian::in_brief(&line.told_outcome(), &run.call().prize),
        ]);
    }
    let total = run.lines().len();
    let rest = total.saturating_sub(top);
    let more = if rest > 0 { format!("\ne altre {rest} (--top)") } else { String::new() };
    format!(
        "{}\n{lines}{more}\n{total} domande, graduatoria {}",
        run.call().criteria.source().title,
        run.digest()
    )
}
