//! Letting a plugin answer for a service, as the service's configuration says.

use std::collections::BTreeMap;

use mattoni_core::value::Value;
use mattoni_core::{Problem, Problems};
use mattoni_rules::{
    Description, Grant, Loaded as LoadedPlugin, Pin, PublisherKey, Ready, Signature, World,
};
use mattoni_service::RuleSource;

/// Lets a plugin answer in world `W` for a service as its configuration says: the pinned one,
/// with its parameters, signed by one of its publishers where it names any.
///
/// # Errors
/// Every parameter and publisher's key that cannot be read, and whatever
/// [`LoadedPlugin::grant`] refuses.
pub fn grant_rule<W: World>(
    rule: &RuleSource,
    plugin: LoadedPlugin,
    signature: Option<Signature>,
) -> Result<Ready<W>, Problems> {
    let mut found = Vec::new();
    let pin = pin_rule(rule, signature).unwrap_or_else(|problems| {
        let place = |problem: Problem| {
            let field = format!("rules.{}.{}", W::NAME, problem.field);
            problem.in_field(field)
        };
        found.extend(problems.into_iter().map(place));
        Pin::none()
    });
    let given = parameters(plugin.description(), &rule.parameters);
    let given = given.map_err(|problems| found.extend(problems)).unwrap_or_default();
    Problems::check(found)?;
    let grant = given
        .into_iter()
        .fold(Grant::of(pin), |grant, (name, value)| grant.with_parameter(name, value));
    Ok(plugin.grant(&grant)?.ready())
}

/// Which plugin a service's configuration wants: the one with the digest it names, signed by one of
/// its publishers, where it names any. Ask it about the bytes before a host loads them.
///
/// # Errors
/// Every publisher's key that cannot be read.
pub fn pin_rule(rule: &RuleSource, signature: Option<Signature>) -> Result<Pin, Problems> {
    let (mut found, mut publishers) = (Vec::new(), Vec::new());
    for key in &rule.publishers {
        match key.parse::<PublisherKey>() {
            Ok(key) => publishers.push(key),
            Err(problem) => found.push(problem.in_field("publishers")),
        }
    }
    Problems::check(found)?;
    let pin = rule.digest.map_or_else(Pin::none, Pin::to);
    Ok(if publishers.is_empty() { pin } else { pin.signed_by(publishers, signature) })
}

/// The parameters as they stand in `service.toml`, of the kinds the plugin declares.
///
/// # Errors
/// Every parameter that the plugin does not declare or that is of another kind.
pub fn parameters(
    description: &Description,
    given: &BTreeMap<String, serde_json::Value>,
) -> Result<BTreeMap<String, Value>, Problems> {
    let mut found = Vec::new();
    let mut parameters = BTreeMap::new();
    for (name, json) in given {
        let place = format!("rules.{}.parameters.{name}", description.world());
        match description.parameters.iter().find(|declared| declared.name == *name) {
            Some(declared) => match declared.kind.from_json(json) {
                Ok(value) => {
                    parameters.insert(name.clone(), value);
                }
                Err(problem) => found.push(problem.in_field(place)),
            },
            None => found.push(Problem::new(
                "rules.grant.parameter",
                place,
                "must be a parameter that the plugin declares",
                "leave it out, or check its name",
            )),
        }
    }
    Problems::check(found)?;
    Ok(parameters)
}
