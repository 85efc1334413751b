//! A plugin in its world: loaded, granted, and given to a verb that does not care which world it is.

use std::collections::BTreeMap;
use std::path::Path;

use mattoni_core::value::Value;
use mattoni_core::{Problem, Problems};
use mattoni_rules::description::Declared;
use mattoni_rules::worlds::{Benefit, Eligibility, Routing, Scoring, Tariff, Validation, World};
use mattoni_rules::{Description, Grant, Host, Limits, Loaded, Pin, Ready};

use crate::args::rules::Plugin;
use crate::output::Failure;
use crate::store_access::plugins;

/// Something done with a plugin, whatever its world.
pub(super) trait Verb {
    fn run<W: World>(&self, plugin: Ready<W>) -> Result<(), Failure>;
}

pub(super) fn in_its_world(
    args: &Plugin,
    cache: Option<&Path>,
    verb: &impl Verb,
) -> Result<(), Failure> {
    let loaded = load(&args.plugin, &pin(args)?, cache)?;
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
    let grant = parameters
        .into_iter()
        .fold(Grant::of(pin(args)?), |grant, (name, value)| grant.with_parameter(name, value));
    Ok(loaded.grant(&grant)?.ready())
}

/// Which plugin the command line asks for.
pub(super) fn pin(args: &Plugin) -> Result<Pin, Failure> {
    let pin = args.digest.map_or_else(Pin::none, Pin::to);
    if args.publishers.is_empty() {
        return Ok(pin);
    }
    Ok(pin.signed_by(args.publishers.iter().copied(), plugins::signature(&args.plugin)?))
}

/// The plugin in a file, if it is the wanted one, in a host with room for interpreters.
pub(super) fn load(plugin: &Path, pin: &Pin, cache: Option<&Path>) -> Result<Loaded, Failure> {
    let broken = |error: mattoni_rules::RuleError| {
        Failure::broken("qui non può girare nessuna regola", &error)
    };
    let mut host = Host::new(Limits::for_interpreters()).map_err(broken)?;
    if let Some(cache) = cache {
        host = host.with_cache(cache).map_err(broken)?;
    }
    let (loaded, _) = plugins::load_into(&host, plugin, pin)?;
    Ok(loaded)
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
