//! From a core module to a component that imports nothing.

use wit_component::{
    ComponentEncoder, DecodedWasm, StringEncoding, decode, embed_component_metadata,
};
use wit_parser::{Resolve, WorldKey};

use crate::BuildError;
use crate::contract::WIT;

/// The component of `module`, a core module that exports the functions of one world of the
/// contract: its types are written into the module first.
pub(crate) fn encode(name: &str, module: &[u8]) -> Result<Vec<u8>, BuildError> {
    let mut module = module.to_vec();
    describe(name, &mut module)?;
    let module = module.as_slice();
    let made = ComponentEncoder::default()
        .validate(true)
        .module(module)
        .and_then(|encoder| encoder.encode());
    let component = made.map_err(|error| {
        BuildError::because(
            format!("{name} makes no component: does it call mattoni_rules_sdk::export!?"),
            error.into_boxed_dyn_error(),
        )
    })?;
    check_imports(name, &component)?;
    Ok(component)
}

/// Refuses a component that imports something.
pub(crate) fn check_imports(name: &str, component: &[u8]) -> Result<(), BuildError> {
    let imports = imports(name, component)?;
    if imports.is_empty() {
        return Ok(());
    }
    Err(BuildError::new(format!(
        "{name} imports {}: a plugin imports nothing, remove the dependency that does",
        imports.join(", ")
    )))
}

/// Writes the contract's types into the module, of the world whose verb it exports.
fn describe(name: &str, module: &mut Vec<u8>) -> Result<(), BuildError> {
    let unusable =
        |what: &str, why: String| BuildError::because(format!("{name}: the contract {what}"), why);
    let mut contract = Resolve::default();
    let package = contract
        .push_str("rules.wit", WIT)
        .map_err(|error| unusable("cannot be read", format!("{error:#}")))?;
    let exported = |interface: &str| {
        let function = format!("{interface}#declare");
        module.windows(function.len()).any(|window| window == function.as_bytes())
    };
    let world = contract.packages[package].worlds.values().copied().find(|world| {
        let mut interfaces = contract.worlds[*world]
            .exports
            .keys()
            .filter(|key| matches!(key, WorldKey::Interface(_)));
        interfaces.any(|key| exported(&contract.name_world_key(key)))
    });
    let world = world.ok_or_else(|| {
        BuildError::new(format!(
            "{name} exports no rule: call mattoni_rules_sdk::export!(scoring: Rule) at its root"
        ))
    })?;
    embed_component_metadata(module, &contract, world, StringEncoding::UTF8)
        .map_err(|error| unusable("cannot be written into the module", format!("{error:#}")))
}

fn imports(name: &str, component: &[u8]) -> Result<Vec<String>, BuildError> {
    match decode(component) {
        Ok(DecodedWasm::Component(resolve, world)) => Ok(resolve.worlds[world]
            .imports
            .keys()
            .map(|import| resolve.name_world_key(import))
            .collect()),
        Ok(_) => Err(BuildError::new(format!("{name} is a WIT package, not a component"))),
        Err(error) => Err(BuildError::because(
            format!("the component of {name} cannot be read back"),
            error.into_boxed_dyn_error(),
        )),
    }
}
