//! A plugin in its world: loaded, granted, and given to a verb that does not care which world it is.

use std::collections::BTreeMap;
use std::path::Path;

use mattoni_core::value::Value;
use mattoni_core::{Problem, Problems};
use mattoni_rules::description::Declared;
use mattoni_rules::worlds::{Benefit, Eligibility, Routing, Scoring, Tariff, Validation, World};
use mattoni_rules::{Description, Grant, Host, Limits, Loaded, Ready};

use crate::args::rules::Plugin;
use crate::output::Failure;
use crate::store_access::{files, plugins};

/// Something done with a plugin, whatever its world.
pub(super) trait Verb {
    fn run<W: World>(&self, plugin: Ready<W>) -> Result<(), Failure>;
}

pub(super) fn in_its_world(
    args: &Plugin,
    cache: Option<&Path>,
    verb: &impl Verb,
) -> Result<(), Failure> {
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

/// The plugin, granted what was said.
pub(super) fn ready<W: World>(loaded: Loaded, args: &Plugin) -> Result<Ready<W>, Failure> {
    let parameters = parameters(loaded.description(), &args.parameters)?;
    let grant = Grant::pinned(args.digest.unwrap_or(loaded.digest()));
    let mut grant =
        parameters.into_iter().fold(grant, |g, (name, value)| g.with_parameter(name, value));
    if !args.publishers.is_empty() {
        let publishers = args.publishers.iter().copied();
        grant = grant.signed_by(publishers, plugins::signature(&args.plugin)?);
    }
    Ok(loaded.grant(&grant)?.ready())
}

/// The plugin in a file, in a host with room for interpreters.
pub(super) fn load(plugin: &Path, cache: Option<&Path>) -> Result<Loaded, Failure> {
    let broken = |error: mattoni_rules::RuleError| {
        Failure::broken("qui non può girare nessuna regola", &error)
    };
    let mut host = Host::new(Limits::for_interpreters()).map_err(broken)?;
    if let Some(cache) = cache {
        host = host.with_cache(cache).map_err(broken)?;
    }
    let bytes = files::bytes(plugin)?;
    host.load(&bytes).map_err(|error| {
        Failure::broken(&format!("non si può usare il plugin {}", plugin.display()), &error)
    })
}

/// `name=value` texts as the values the plugin declares; every mistake at once.
pub(super) fn parameters(
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
