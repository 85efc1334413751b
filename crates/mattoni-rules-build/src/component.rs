//! From a core module to a component that imports nothing.

use wit_component::{ComponentEncoder, DecodedWasm, decode};

use crate::BuildError;

/// The component of `module`, a core module with the contract's types in its custom section.
pub(crate) fn encode(name: &str, module: &[u8]) -> Result<Vec<u8>, BuildError> {
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
    let imports = imports(name, &component)?;
    if imports.is_empty() {
        Ok(component)
    } else {
        Err(BuildError::new(format!(
            "{name} imports {}: a plugin imports nothing, remove the dependency that does",
            imports.join(", ")
        )))
    }
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
