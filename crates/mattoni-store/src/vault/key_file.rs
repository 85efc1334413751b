//! The file in which a master key may be kept.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::{MasterKey, atomic_file};

/// Writes master keys into a new file, a line each, the one in use first: as
/// [`KeyRing`](crate::KeyRing) reads them. Only its owner may read it, and it has its name only
/// once it is whole and on disk.
///
/// ```
/// use mattoni_store::{KeyRing, MasterKey, make_key_file};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("town.sqlite.key");
/// let key = MasterKey::draw()?;
/// make_key_file(&path, &[&key])?;
/// let ring: KeyRing = std::fs::read_to_string(&path)?.parse()?;
/// assert_eq!(ring.current().name(), key.name());
/// assert!(make_key_file(&path, &[&key]).is_err(), "nothing is overwritten");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`AlreadyExists`](io::ErrorKind::AlreadyExists) when there is a file of this name, which is left
/// as it is; and what the file system says.
pub fn make_key_file(path: &Path, keys: &[&MasterKey]) -> io::Result<()> {
    let part = written(path, keys)?;
    let named = atomic_file::name(&part, path);
    let removed = fs::remove_file(&part);
    named.and(removed)
}

/// As [`make_key_file`], in the place of the file that is there: at any moment one of the two is.
///
/// # Errors
/// What the file system says.
pub fn replace_key_file(path: &Path, keys: &[&MasterKey]) -> io::Result<()> {
    atomic_file::replace(&written(path, keys)?, path)
}

/// The keys in a file that has not got its name yet.
fn written(path: &Path, keys: &[&MasterKey]) -> io::Result<PathBuf> {
    let part = atomic_file::begin(path)?;
    let mut file = atomic_file::create_private(&part)?;
    for key in keys {
        file.write_all(key.to_text().as_bytes())?;
        file.write_all(b"\n")?;
    }
    file.sync_all()?;
    Ok(part)
}
