//! The file with the master key, and the vault it opens.
//!
//! The file is what `MATTONI_KEY_FILE` names, or lies beside an SQLite file: `town.sqlite.key`.
//! Its first line is the key in use; older ones may follow. Where there is no such file nothing is
//! sealed, and what is sealed does not open.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use mattoni_core::record::PersonalData;
use mattoni_store::{
    ENTE_KEY, Journal, KeyRing, Keys, MasterKey, Store, Vault, make_key_file, replace_key_file,
};
use zeroize::Zeroizing;

use crate::db::Db;
use crate::output::{Failure, refused};

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

/// What is personal in every kind of record: those of the bricks, and the desk's own.
fn personal() -> PersonalData {
    super::bricks::all().personal()
}

/// The store behind its key.
pub(crate) async fn vault<S: Store>(db: &Db, store: S) -> Result<Vault<S>, Failure> {
    Ok(match ring(&file(db))? {
        Some(ring) => Vault::open(store, personal(), ring).await?,
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

/// Writes a key to a new file that only its owner reads.
pub(crate) fn make(path: &Path, key: &MasterKey) -> Result<(), Failure> {
    make_key_file(path, &[key]).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => refused(
            "cli.key.exists",
            &path.display().to_string(),
            "there is a key already, and what it sealed opens with no other",
            "go on with it, or `mattoni keys rotate`",
        ),
        _ => unwritten(&error),
    })
}

/// Writes keys to a file that only its owner reads, in the place of the one that is there.
pub(crate) fn replace(path: &Path, keys: &[&MasterKey]) -> Result<(), Failure> {
    replace_key_file(path, keys).map_err(|error| unwritten(&error))
}

fn unwritten(error: &std::io::Error) -> Failure {
    Failure::broken("the key cannot be written", error)
}
