//! Compiled plugins on disk.
//!
//! What is kept is machine code that will run in this process, outside any sandbox: whoever can
//! choose its bytes can do anything. So an entry is run only if its authentication code
//! (HMAC-SHA-256, RFC 2104) is right under a key that lies in a file of mode 0600 beside the
//! entries, drawn when the cache was made. The code is over plugin, compiler and settings as well
//! as over the artefact: an entry moved to another's name is refused too. The bytes that were
//! checked are the bytes that are run, from memory: the file is not looked at twice.
//!
//! This keeps out whoever can write to the folder but not read the key (another user of a shared
//! folder, a backup put back wrongly, a disk that rots). It does not keep out whoever can read
//! this user's files: they could replace the program itself.
// `Component::deserialize` is unsafe because it does not check its bytes. Here they were written by
// this host (see above).
#![allow(unsafe_code)]

use std::fs;
use std::hash::{Hash, Hasher};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit as _, Mac as _};
use mattoni_core::{Digest, DigestBuilder};
use sha2::Sha256;
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::{RuleError, RuleErrorKind};

const KEY: usize = 32;
const CODE: usize = 32;

/// A folder of compiled plugins and the key to them.
pub(crate) struct Cache {
    folder: PathBuf,
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
        make_folder(folder).map_err(unusable)?;
        let key = key(&folder.join("key")).map_err(unusable)?;
        let mut bytes = Bytes(Vec::new());
        engine.precompile_compatibility_hash().hash(&mut bytes);
        let engine = DigestBuilder::new("mattoni.rules.engine.v1").field(&bytes.0).finish();
        Ok(Self { folder: folder.to_owned(), key, engine })
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
        let Ok(entry) = fs::read(self.folder.join(&name)) else { return Kept::Nothing };
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
        // Another process may be writing the same entry: each writes its own file, and the last
        // to rename wins; either is good.
        let unfinished = self.folder.join(format!("{name}.{}.unfinished", std::process::id()));
        let written = private(&unfinished).and_then(|mut file| file.write_all(&entry));
        if written.and_then(|()| fs::rename(&unfinished, self.folder.join(&name))).is_err() {
            let _ = fs::remove_file(&unfinished);
        }
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

/// The key in the file; made if there is none yet.
fn key(path: &Path) -> io::Result<[u8; KEY]> {
    if !path.exists() {
        let mut key = [0; KEY];
        getrandom::fill(&mut key).map_err(io::Error::other)?;
        let unfinished = path.with_extension(format!("{}.unfinished", std::process::id()));
        private(&unfinished)?.write_all(&key)?;
        // A link is made only where there is no file: of two processes, one makes the key.
        let made = fs::hard_link(&unfinished, path);
        fs::remove_file(&unfinished)?;
        if let Err(error) = made
            && error.kind() != io::ErrorKind::AlreadyExists
        {
            return Err(error);
        }
    }
    check_private(path)?;
    let key = fs::read(path)?;
    key.try_into().map_err(|_| io::Error::other("the key file has not 32 bytes"))
}

#[cfg(unix)]
fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(unix)]
fn private(path: &Path) -> io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

#[cfg(unix)]
fn check_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    if fs::metadata(path)?.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    Err(io::Error::other("the key file is open to other users: remove the folder"))
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(not(unix))]
fn private(path: &Path) -> io::Result<fs::File> {
    fs::File::create(path)
}

#[cfg(not(unix))]
fn check_private(_: &Path) -> io::Result<()> {
    Ok(())
}
