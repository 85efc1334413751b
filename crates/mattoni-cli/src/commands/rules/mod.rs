//! `mattoni rules`: what an ente's developer does with a rule, from nothing to a tested plugin.

mod bench;
mod compare;
mod inspect;
mod new;
mod rows;
mod run;
mod table;
mod test;

use std::collections::BTreeMap;
use std::path::Path;

use mattoni_core::value::Value;
use mattoni_core::{Problem, Problems};
use mattoni_rules::description::Declared;
use mattoni_rules::worlds::{Benefit, Eligibility, Routing, Scoring, Tariff, Validation, World};
use mattoni_rules::{Description, Grant, Host, Limits, Loaded, Ready};
use mattoni_rules_build::{BuildError, WasmToolchain};
use serde_json::json;

use crate::args::rules::{Plugin, Rules, RulesVerb};
use crate::files;
use crate::output::{Failure, Reader, print_json, print_text};

pub(crate) fn run(args: &Rules, reader: Reader) -> Result<(), Failure> {
    let cache = args.cache.as_deref();
    match &args.verb {
        RulesVerb::New { name, lang, world, into, sources } => {
            new::run(name, *lang, *world, into, sources)
        }
        RulesVerb::Build { folder, out } => build(folder, out, reader),
        RulesVerb::Inspect { plugin } => inspect::run(&load(plugin, cache)?, reader),
        RulesVerb::Test { plugin, cases, junit } => {
            let verb = test::Test { cases, junit: junit.as_deref(), reader };
            in_its_world(plugin, cache, &verb)
        }
        RulesVerb::Run { plugin, csv, out: Some(out), .. } => {
            in_its_world(plugin, cache, &table::Whole { rows: csv, out, reader })
        }
        RulesVerb::Run { plugin, csv, record, .. } => {
            in_its_world(plugin, cache, &run::Run { csv, record: record.as_deref() })
        }
        RulesVerb::Compare(compare) => compare::run(compare, cache, reader),
        RulesVerb::Recompute { plugin, csv, record } => {
            let verb = run::Recompute { csv, record, reader };
            // The record says with which parameters; see `Recompute`.
            let plugin = Plugin { plugin: plugin.clone(), parameters: Vec::new(), digest: None };
            in_its_world(&plugin, cache, &verb)
        }
        RulesVerb::Bench { plugin, csv, rows } => {
            in_its_world(plugin, cache, &bench::Bench { csv, rows: *rows, reader })
        }
    }
}

/// Something done with a plugin, whatever its world.
trait Verb {
    fn run<W: World>(&self, plugin: Ready<W>) -> Result<(), Failure>;
}

fn in_its_world(args: &Plugin, cache: Option<&Path>, verb: &impl Verb) -> Result<(), Failure> {
    let loaded = load(&args.plugin, cache)?;
    match loaded.description().answers {
        Declared::Scoring(_) => verb.run(ready::<Scoring>(loaded, args)?),
        Declared::Eligibility(_) => verb.run(ready::<Eligibility>(loaded, args)?),
        Declared::Benefit(_) => verb.run(ready::<Benefit>(loaded, args)?),
        Declared::Tariff(_) => verb.run(ready::<Tariff>(loaded, args)?),
        Declared::Routing(_) => verb.run(ready::<Routing>(loaded, args)?),
        Declared::Validation(_) => verb.run(ready::<Validation>(loaded, args)?),
    }
}

fn ready<W: World>(loaded: Loaded, args: &Plugin) -> Result<Ready<W>, Failure> {
    let parameters = parameters(loaded.description(), &args.parameters)?;
    let grant = Grant::pinned(args.digest.unwrap_or(loaded.digest()));
    let grant =
        parameters.into_iter().fold(grant, |g, (name, value)| g.with_parameter(name, value));
    Ok(loaded.grant(&grant)?.ready())
}

/// The plugin in a file, in a host with room for interpreters.
fn load(plugin: &Path, cache: Option<&Path>) -> Result<Loaded, Failure> {
    let broken = |error: mattoni_rules::RuleError| Failure::broken("no rule can run", &error);
    let mut host = Host::new(Limits::for_interpreters()).map_err(broken)?;
    if let Some(cache) = cache {
        host = host.with_cache(cache).map_err(broken)?;
    }
    let bytes = files::bytes(plugin)?;
    host.load(&bytes).map_err(|error| Failure::broken("the plugin is unusable", &error))
}

/// `name=value` texts as the values the plugin declares; every mistake at once.
fn parameters(
    description: &Description,
    given: &[String],
) -> Result<BTreeMap<String, Value>, Problems> {
    let mut found = Vec::new();
    let mut parameters = BTreeMap::new();
    for text in given {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        let declared = description.parameters.iter().find(|declared| declared.name == name);
        match declared.map(|declared| declared.kind.parse(value)) {
            Some(Ok(value)) => {
                parameters.insert(name.to_owned(), value);
            }
            Some(Err(problem)) => found.push(problem.in_field(name)),
            None => {
                let names: Vec<_> =
                    description.parameters.iter().map(|one| one.name.as_str()).collect();
                found.push(Problem::new(
                    "rules.grant.parameter",
                    name,
                    "the plugin declares no such parameter",
                    format!("use name=value with one of: {}", names.join(", ")),
                ));
            }
        }
    }
    Problems::check(found)?;
    Ok(parameters)
}

fn build(folder: &Path, out: &Path, reader: Reader) -> Result<(), Failure> {
    let broken = |error: BuildError| Failure::broken("the plugin was not made", &error);
    let built = mattoni_rules_build::build(folder, out, WasmToolchain::find).map_err(broken)?;
    match reader {
        Reader::Machine => print_json(&json!({
            "plugin": built.path, "digest": built.digest, "bytes": built.bytes,
        })),
        Reader::Person => print_text(&format!(
            "{} ({} bytes)\ndigest {}",
            built.path.display(),
            built.bytes,
            built.digest
        )),
    }
    Ok(())
}
