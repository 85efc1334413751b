//! Rule plugins: the host they run in, and the signature beside each.

use std::path::{Path, PathBuf};

use mattoni_rules::{Host, Limits, Loaded, Signature};

use super::files;
use crate::output::Failure;

/// The plugin in a file, with its bytes, in a host with the usual limits.
pub(crate) fn load(plugin: &Path) -> Result<(Loaded, Vec<u8>), Failure> {
    let bytes = files::bytes(plugin)?;
    let host = Host::new(Limits::default());
    let host =
        host.map_err(|error| Failure::broken("qui non può girare nessuna regola", &error))?;
    let loaded = host.load(&bytes);
    let loaded = loaded.map_err(|error| {
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
