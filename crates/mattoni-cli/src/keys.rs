//! The file with the master key, and the vault it opens.
//!
//! The file is what `MATTONI_KEY_FILE` names, or lies beside an SQLite file: `town.sqlite.key`.
//! Its first line is the key in use; older ones may follow. Where there is no such file nothing is
//! sealed, and what is sealed does not open.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use mattoni_desk::privacy::secrets;
use mattoni_store::{ENTE_KEY, Journal, KeyRing, Keys, MasterKey, Store, Vault};
use zeroize::Zeroizing;

use crate::output::Failure;
use crate::records::{Db, refused};

/// Where the key of the store is looked for.
pub(crate) fn file(db: &Db) -> PathBuf {
    match (std::env::var_os("MATTONI_KEY_FILE"), db) {
        (Some(path), _) => path.into(),
        (None, Db::File(path)) => {
            let mut name = path.clone().into_os_string();
            name.push(".key");
            name.into()
        }
        (None, Db::Server(_)) => "mattoni.key".into(),
    }
}

/// The keys in the file, `None` when there is no file.
pub(crate) fn ring(path: &Path) -> Result<Option<KeyRing>, Failure> {
    let text = match fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::broken("the key cannot be read", &error)),
    };
    text.parse().map(Some).map_err(|_| {
        refused(
            "cli.key.form",
            &path.display().to_string(),
            "each line is a key of 64 hexadecimal digits",
            "take the file from where you keep its copy",
        )
    })
}

/// The store behind its key.
pub(crate) async fn vault<S: Store>(db: &Db, store: S) -> Result<Vault<S>, Failure> {
    Ok(match ring(&file(db))? {
        Some(ring) => Vault::open(store, secrets(), ring).await?,
        None => Vault::without_key(store),
    })
}

/// That nothing is written in the clear into a store that was sealed.
pub(crate) async fn not_missing<S: Store>(db: &Db, store: &Vault<S>) -> Result<(), Failure> {
    if store.seals() {
        return Ok(());
    }
    for ente in store.entes().await? {
        if !store.keys(&ente, &[ENTE_KEY]).await?.is_empty() {
            return Err(refused(
                "cli.key.missing",
                &file(db).display().to_string(),
                "the records are sealed, and there is no such file with their key",
                "put the key there, or name its file in MATTONI_KEY_FILE",
            ));
        }
    }
    Ok(())
}

/// Writes keys to a file that only its owner reads: a new one, or in the place of the old one.
pub(crate) fn write(path: &Path, keys: &[&MasterKey], new: New) -> Result<(), Failure> {
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::AlreadyExists => refused(
            "cli.key.exists",
            &path.display().to_string(),
            "there is a key already, and what it sealed opens with no other",
            "go on with it, or `mattoni keys rotate`",
        ),
        _ => Failure::broken("the key cannot be written", &error),
    };
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let to = if new == New::File { path } else { &part };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(to).map_err(failed)?;
    for key in keys {
        out.write_all(key.to_text().as_bytes()).map_err(failed)?;
        out.write_all(b"\n").map_err(failed)?;
    }
    out.sync_all().map_err(failed)?;
    if new == New::Content { fs::rename(&part, path).map_err(failed) } else { Ok(()) }
}

/// Whether a file is made or replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum New {
    File,
    Content,
}
