//! The records of the demo, and the key that opens what of them is personal.
//!
//! The master key lies in a file beside the database, where the `mattoni` command looks for it. A
//! service of your own takes its key from wherever its secrets are.

use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use mattoni_office::personal;
use mattoni_store::{KeyRing, MasterKey, Sqlite, Vault, make_key_file};

use crate::Stopped;

/// The store of the demo: people's data is sealed on its way into the file.
pub type Records = Vault<Sqlite>;

/// The file with the master key of a database.
#[must_use]
pub fn key_file(database: &Path) -> PathBuf {
    beside(database, ".key")
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Opens the records, to read and to write; where there are none, draws their key and makes them.
///
/// # Errors
/// When there are records and no key, or another one; when a file cannot be read or made.
pub async fn open(database: &Path) -> Result<Records, Stopped> {
    let key = key_file(database);
    if !key.exists() && !database.exists() {
        // Before there is anything that only it can open.
        make_key_file(&key, &[&MasterKey::draw()?])?;
    }
    let ring = ring(&key)?;
    Ok(Vault::open(Sqlite::open(database)?, personal(), ring).await?)
}

/// Opens records that are there, to read.
///
/// # Errors
/// When there are none, or no key; when a file cannot be read.
pub async fn open_to_read(database: &Path) -> Result<Records, Stopped> {
    let ring = ring(&key_file(database))?;
    Ok(Vault::open(Sqlite::open_read_only(database)?, personal(), ring).await?)
}

/// The keys in the file.
fn ring(file: &Path) -> Result<KeyRing, Stopped> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(Stopped(format!(
                "there are records and no key {}: what is sealed opens with no other, so put it \
                 back, or begin anew with --fresh",
                file.display()
            )));
        }
        Err(error) => return Err(Stopped::because(file.display(), &error)),
    };
    text.parse().map_err(|error| Stopped::because(file.display(), &error))
}

/// How many bytes the files of a database have.
pub(crate) fn bytes(database: &Path) -> Result<u64, Stopped> {
    files(database).map(|file| Ok(fs::metadata(file)?.len())).sum()
}

/// The file, and the log beside it while the store is open.
fn files(database: &Path) -> impl Iterator<Item = PathBuf> {
    [database.to_owned(), beside(database, "-wal")].into_iter().filter(|file| file.exists())
}

/// The first of these fiscal codes that stands in the files of a database, whatever around it.
///
/// # Errors
/// When a file cannot be read.
pub fn standing_in(database: &Path, codes: &HashSet<&str>) -> Result<Option<String>, Stopped> {
    /// The characters of every fiscal code.
    const LENGTH: usize = 16;
    for file in files(database) {
        let bytes = fs::read(file)?;
        let of_a_code = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        for run in bytes.split(|byte| !of_a_code(byte)).filter(|run| run.len() >= LENGTH) {
            let texts = run.windows(LENGTH).filter_map(|window| std::str::from_utf8(window).ok());
            if let Some(code) = texts.into_iter().find(|text| codes.contains(text)) {
                return Ok(Some(code.to_owned()));
            }
        }
    }
    Ok(None)
}
