//! A plugin's parameters: as given, or at their defaults.

use std::collections::BTreeMap;

use mattoni_core::Problem;
use mattoni_core::value::Value;

use crate::{Description, contract, convert};

/// Every declared parameter, as given or at its default; problems go to `found`.
pub(crate) fn settings(
    description: &Description,
    given: &BTreeMap<String, Value>,
    found: &mut Vec<Problem>,
) -> (Vec<contract::Value>, BTreeMap<String, Value>) {
    for name in given.keys() {
        if !description.parameters.iter().any(|declared| declared.name == *name) {
            found.push(Problem::new(
                "rules.grant.parameter",
                name,
                "the plugin declares no such parameter",
                "leave it out, or check its name",
            ));
        }
    }
    let mut values = Vec::new();
    let mut parameters = BTreeMap::new();
    for declared in &description.parameters {
        let value = given.get(&declared.name).unwrap_or(&declared.default);
        if let Err(problem) = declared.kind.check(value) {
            found.push(problem.in_field(&declared.name));
            continue;
        }
        match convert::to_contract(&declared.kind, value) {
            Some(value) => values.push(value),
            None => found.push(Problem::new(
                "rules.value.range",
                &declared.name,
                "the value does not fit the contract's numbers",
                "check the number of digits",
            )),
        }
        parameters.insert(declared.name.clone(), value.clone());
    }
    (values, parameters)
}
