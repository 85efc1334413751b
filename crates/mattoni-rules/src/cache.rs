//! Compiled plugins on disk.
//!
//! What is kept is machine code that will run in this process, outside any sandbox: whoever can
//! choose its bytes can do anything. Two walls stand before it, and each is enough.
//!
//! - Folder, key and entries must be this user's own and closed to all others, as asked of what was
//!   opened ([`PrivateFolder`]); links are not followed.
//! - An entry must carry the right authentication code (HMAC-SHA-256, RFC 2104) under a key that lies
//!   beside the entries, drawn when the cache was made. The code is over plugin, compiler and settings
//!   as well as over the artefact: an entry moved to another's name is refused too. Nothing reads an
//!   artefact before its code was found right, and the bytes that were checked are the bytes that are
//!   run, from memory.
//!
//! This does not keep out whoever acts as this user: they could replace the program itself.
// `Component::deserialize` is unsafe because it does not check its bytes. Here they were written by
// this host (see above).
#![allow(unsafe_code)]

use std::hash::{Hash, Hasher};
use std::io;
use std::path::Path;

use hmac::{Hmac, KeyInit as _, Mac as _};
use mattoni_core::{Digest, DigestBuilder};
use sha2::Sha256;
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::private_folder::PrivateFolder;
use crate::{RuleError, RuleErrorKind};

const KEY: usize = 32;
const CODE: usize = 32;

/// A folder of compiled plugins and the key to them.
pub(crate) struct Cache {
    folder: PrivateFolder,
    key: [u8; KEY],
    /// Digest of wasmtime's version, the machine and all settings.
    engine: Digest,
}

/// What a look-up found.
pub(crate) enum Kept {
    Found(Component),
    Nothing,
    /// An entry that this cache did not write, or that was altered.
    Refused,
}

impl Cache {
    pub(crate) fn open(folder: &Path, engine: &Engine) -> Result<Self, RuleError> {
        let unusable = |error: io::Error| {
            let detail = format!("{} is no usable cache", folder.display());
            RuleError::new(RuleErrorKind::Cache, "host", detail).because(error)
        };
        let private = PrivateFolder::open(folder).map_err(unusable)?;
        let key = key(&private).map_err(unusable)?;
        let mut bytes = Bytes(Vec::new());
        engine.precompile_compatibility_hash().hash(&mut bytes);
        let engine = DigestBuilder::new("mattoni.rules.engine.v1").field(&bytes.0).finish();
        Ok(Self { folder: private, key, engine })
    }

    fn name(&self, plugin: Digest) -> String {
        DigestBuilder::new("mattoni.rules.cache.v1")
            .field(plugin.to_string().as_bytes())
            .field(self.engine.to_string().as_bytes())
            .finish()
            .to_string()
    }

    fn code(&self, name: &str, artefact: &[u8]) -> Option<Hmac<Sha256>> {
        let mut code = Hmac::<Sha256>::new_from_slice(&self.key).ok()?;
        code.update(name.as_bytes());
        code.update(artefact);
        Some(code)
    }

    pub(crate) fn get(&self, engine: &Engine, plugin: Digest) -> Kept {
        let name = self.name(plugin);
        let entry = match self.folder.read(&name) {
            Ok(Some(entry)) => entry,
            Ok(None) => return Kept::Nothing,
            Err(_) => return Kept::Refused,
        };
        let Some((given, artefact)) = entry.split_at_checked(CODE) else { return Kept::Refused };
        let right = self.code(&name, artefact).is_some_and(|code| code.verify_slice(given).is_ok());
        if !right {
            return Kept::Refused;
        }
        // SAFETY: the bytes carry this cache's authentication code, so this host's own
        // `Component::serialize` made them, with this very engine.
        match unsafe { Component::deserialize(engine, artefact) } {
            Ok(component) => Kept::Found(component),
            Err(_) => Kept::Refused,
        }
    }

    /// Keeps a compiled plugin. A failure to write is ignored: it costs time later, and no answer.
    pub(crate) fn put(&self, plugin: Digest, component: &Component) {
        let name = self.name(plugin);
        let Ok(artefact) = component.serialize() else { return };
        let Some(code) = self.code(&name, &artefact) else { return };
        let entry = [code.finalize().into_bytes().as_slice(), &artefact].concat();
        // Another process may be writing the same entry: the last one stays; either is good.
        let _ = self.folder.replace(&name, &entry);
    }
}

/// A hasher that collects its input, so that it can be digested.
struct Bytes(Vec<u8>);

impl Hasher for Bytes {
    fn finish(&self) -> u64 {
        0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

/// The key in the folder; made if there is none yet.
fn key(folder: &PrivateFolder) -> io::Result<[u8; KEY]> {
    const NAME: &str = "key";
    let key = match folder.read(NAME)? {
        Some(key) => key,
        None => {
            let mut key = [0; KEY];
            getrandom::fill(&mut key).map_err(io::Error::other)?;
            folder.begin(NAME, &key)?;
            // What is there now, which another process may have drawn.
            folder.read(NAME)?.unwrap_or_default()
        }
    };
    key.try_into().map_err(|_| io::Error::other("the key file has not 32 bytes"))
}
