//! Files that have their name only once they are whole and on disk.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// What the file is called until then. What somebody who was killed left there is removed: it never
/// got its name, or has it already.
pub(crate) fn begin(path: &Path) -> io::Result<PathBuf> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    match fs::remove_file(&part) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(part.into()),
    }
}

/// Gives what was flushed its name, which nothing may have. The part stays, for the caller to
/// remove.
pub(crate) fn name(part: &Path, path: &Path) -> io::Result<()> {
    // Unlike renaming, linking never replaces a file.
    fs::hard_link(part, path)?;
    on_disk(path)
}

/// Puts what was flushed in the place of what has the name.
pub(crate) fn replace(part: &Path, path: &Path) -> io::Result<()> {
    fs::rename(part, path)?;
    on_disk(path)
}

/// A name is on disk once its folder is.
fn on_disk(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
