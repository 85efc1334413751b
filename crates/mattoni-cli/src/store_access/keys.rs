//! The file with the master key, and the vault it opens.
//!
//! The file is what `MATTONI_KEY_FILE` names, or lies beside an SQLite file: `town.sqlite.key`.
//! Its first line is the key in use; older ones may follow. A new store is given a key. A store that
//! is sealed is used with its key, one in the clear with `--unsealed`, and no other way.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use mattoni_core::record::PersonalData;
use mattoni_store::{Journal, KeyRing, MasterKey, Store, Vault, make_key_file, replace_key_file};
use zeroize::Zeroizing;

use super::opening::{Opening, opening};
use crate::db::Db;
use crate::output::{Failure, note, refused};

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
        Err(error) => return Err(Failure::file("non si può leggere la chiave", path, &error)),
    };
    text.parse().map(Some).map_err(|_| {
        refused(
            "cli.key.form",
            &path.display().to_string(),
            "must be lines with a key of 64 hexadecimal digits each",
            "take the file from where you keep its copy",
        )
    })
}

/// What is personal in every kind of record: those of the bricks, and the desk's own.
fn personal() -> PersonalData {
    super::bricks::all().personal()
}

/// The store behind its key, where the key is there; for what needs no personal data.
pub(crate) async fn vault<S: Store>(db: &Db, store: S) -> Result<Vault<S>, Failure> {
    Ok(match ring(&file(db))? {
        Some(ring) => Vault::open(store, personal(), ring).await?,
        None => Vault::without_key(store),
    })
}

/// The store behind its key, or in the clear where that was asked for. A store without records is
/// given a key. The other way round is refused: records that are sealed without their key, and
/// records in the clear that nobody said may be so.
pub(crate) async fn for_records<S: Store>(db: &Db, store: S) -> Result<Vault<S>, Failure> {
    let path = file(db);
    let named = path.display().to_string();
    match (ring(&path)?, opening()) {
        (Some(_), Opening::Unsealed) => Err(refused(
            "cli.unsealed.key",
            "--unsealed",
            &format!("must be left out: the key of the records is in {named}"),
            "leave --unsealed out, or move the key file away",
        )),
        (Some(ring), Opening::Sealed) => Ok(Vault::open(store, personal(), ring).await?),
        (None, opening) => {
            let store = Vault::without_key(store);
            let entes = store.entes().await?;
            for ente in &entes {
                if store.has_sealed(ente).await? {
                    return Err(missing(db));
                }
            }
            match (opening, entes.as_slice()) {
                (Opening::Unsealed, _) => Ok(store),
                (Opening::Sealed, []) => {
                    let key = MasterKey::draw()?;
                    make(&path, &key)?;
                    note(&made(&path, db));
                    Ok(Vault::open(store.into_store(), personal(), KeyRing::new(key)).await?)
                }
                (Opening::Sealed, _) => Err(refused(
                    "cli.unsealed",
                    &db.to_string(),
                    "must be sealed, and its records are in the clear",
                    "seal what comes from now on: `mattoni keys new`, then `mattoni keys begin`; \
                     or go on in the clear with --unsealed",
                )),
            }
        }
    }
}

/// The refusal of a store that is sealed, whose key is not there.
pub(crate) fn missing(db: &Db) -> Failure {
    refused(
        "cli.key.missing",
        &file(db).display().to_string(),
        "must be there: the records are sealed, and this is the file of their key",
        "put the key there, or name its file in MATTONI_KEY_FILE",
    )
}

/// The refusal of work on keys where there is none.
pub(crate) fn none(db: &Db) -> Failure {
    refused(
        "cli.key.none",
        &file(db).display().to_string(),
        "must be the file of the key, and is not there",
        "put the key there, or make a first one with `mattoni keys new`",
    )
}

/// What the loss of a key means.
pub(crate) const LOSS: &str = "Senza questo file i dati delle persone non si leggono più, e nessuno \
     può rifarlo: ne tenga una copia in un luogo sicuro, mai accanto ai backup.";

/// What whoever runs the command has to know about a key that was made.
fn made(path: &Path, db: &Db) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    format!("Chiave nuova in {}: sigilla i dati delle persone in {db}.\n{LOSS}", path.display())
}

/// Writes a key to a new file that only its owner reads.
pub(crate) fn make(path: &Path, key: &MasterKey) -> Result<(), Failure> {
    make_key_file(path, &[key]).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => refused(
            "cli.key.exists",
            &path.display().to_string(),
            "must not be there yet: it is a key, and what it sealed opens with no other",
            "go on with it, or `mattoni keys rotate`",
        ),
        _ => unwritten(path, &error),
    })
}

/// Writes keys to a file that only its owner reads, in the place of the one that is there.
pub(crate) fn replace(path: &Path, keys: &[&MasterKey]) -> Result<(), Failure> {
    replace_key_file(path, keys).map_err(|error| unwritten(path, &error))
}

fn unwritten(path: &Path, error: &std::io::Error) -> Failure {
    Failure::file("non si può scrivere la chiave", path, error)
}
