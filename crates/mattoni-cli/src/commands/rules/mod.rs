//! `mattoni rules`: what an ente's developer does with a rule, from nothing to a tested plugin.

mod bench;
mod compare;
mod inspect;
mod new;
mod rows;
mod run;
mod sign;
mod table;
mod test;
mod world;

use std::path::Path;

use mattoni_rules::Pin;
use mattoni_rules_build::{BuildError, WasmToolchain};
use serde_json::json;

use self::world::{in_its_world, load};
use crate::args::rules::{Plugin, Rules, RulesVerb};
use crate::output::{Failure, Reader, print_json, print_text};

pub(crate) fn run(args: &Rules, reader: Reader) -> Result<(), Failure> {
    let cache = args.cache.as_deref();
    match &args.verb {
        RulesVerb::New { name, lang, world, into, sources } => {
            new::run(name, *lang, *world, into, sources)
        }
        RulesVerb::Build { folder, out } => build(folder, out, reader),
        RulesVerb::Inspect { plugin } => inspect::run(&load(plugin, &Pin::none(), cache)?, reader),
        RulesVerb::Key { file } => sign::key(file, reader),
        RulesVerb::Sign { plugin, key } => sign::sign(plugin, key, reader),
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
            let plugin = Plugin {
                plugin: plugin.clone(),
                parameters: Vec::new(),
                digest: None,
                publishers: Vec::new(),
            };
            in_its_world(&plugin, cache, &verb)
        }
        RulesVerb::Bench { plugin, csv, rows } => {
            in_its_world(plugin, cache, &bench::Bench { csv, rows: *rows, reader })
        }
    }
}

fn build(folder: &Path, out: &Path, reader: Reader) -> Result<(), Failure> {
    let broken = |error: BuildError| {
        Failure::broken(&format!("non si può fare il plugin di {}", folder.display()), &error)
    };
    let built = mattoni_rules_build::build(folder, out, WasmToolchain::find).map_err(broken)?;
    match reader {
        Reader::Machine => print_json(&json!({
            "plugin": built.path, "digest": built.digest, "bytes": built.bytes,
        })),
        Reader::Person => print_text(&format!(
            "{} ({} byte)\nimpronta {}",
            built.path.display(),
            built.bytes,
            built.digest
        )),
    }
    Ok(())
}
