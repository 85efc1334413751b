//! Rule plugins: the host they run in, and the signature beside each.

use std::path::{Path, PathBuf};

use mattoni_core::Digest;
use mattoni_office::rules::pin_rule;
use mattoni_rules::{Host, Limits, Loaded, Pin, Signature};
use mattoni_service::RuleSource;

use super::files;
use crate::output::Failure;

/// The plugin in a file, with its bytes, in a host with the usual limits.
pub(crate) fn load(plugin: &Path, pin: &Pin) -> Result<(Loaded, Vec<u8>), Failure> {
    let host = Host::new(Limits::default());
    let host =
        host.map_err(|error| Failure::broken("qui non può girare nessuna regola", &error))?;
    load_into(&host, plugin, pin)
}

/// The plugin of a service's rule, with its bytes, if it is the one that the rule wants.
pub(crate) fn load_rule(plugin: &Path, rule: &RuleSource) -> Result<(Loaded, Vec<u8>), Failure> {
    load(plugin, &pin_rule(rule, signature(plugin)?)?)
}

/// The plugin in a file, with its bytes, in this host: first whether it is the one that is wanted,
/// then whether it is one at all.
pub(crate) fn load_into(
    host: &Host,
    plugin: &Path,
    pin: &Pin,
) -> Result<(Loaded, Vec<u8>), Failure> {
    let bytes = files::bytes(plugin)?;
    pin.admits(Digest::of(&bytes))?;
    let loaded = host.load(&bytes).map_err(|error| {
        Failure::broken(&format!("non si può usare il plugin {}", plugin.display()), &error)
    })?;
    Ok((loaded, bytes))
}

/// Where the signature of the plugin in `plugin` lies: beside it, as `name.wasm.sig`.
pub(crate) fn signature_path(plugin: &Path) -> PathBuf {
    plugin.with_added_extension("sig")
}

/// The signature beside a plugin, where there is one.
pub(crate) fn signature(plugin: &Path) -> Result<Option<Signature>, Failure> {
    let path = signature_path(plugin);
    if !path.exists() {
        return Ok(None);
    }
    Ok(Some(files::hexadecimal(&path)?))
}
