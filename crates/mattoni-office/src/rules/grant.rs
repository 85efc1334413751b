//! Letting a plugin answer for a service, as the service's configuration says.

use std::collections::BTreeMap;

use mattoni_core::value::Value;
use mattoni_core::{Problem, Problems};
use mattoni_rules::{
    Description, Grant, Loaded as LoadedPlugin, PublisherKey, Ready, Signature, World,
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
    let mut publishers = Vec::new();
    for key in &rule.publishers {
        match key.parse::<PublisherKey>() {
            Ok(key) => publishers.push(key),
            Err(problem) => found.push(problem.in_field(format!("rules.{}.publishers", W::NAME))),
        }
    }
    let given = parameters(plugin.description(), &rule.parameters);
    let given = given.map_err(|problems| found.extend(problems)).unwrap_or_default();
    Problems::check(found)?;
    let mut grant = Grant::pinned(rule.digest.unwrap_or(plugin.digest()));
    for (name, value) in given {
        grant = grant.with_parameter(name, value);
    }
    if !publishers.is_empty() {
        grant = grant.signed_by(publishers, signature);
    }
    Ok(plugin.grant(&grant)?.ready())
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
