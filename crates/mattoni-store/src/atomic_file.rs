//! Atomic file creation: a file is written aside, flushed, and then renamed. What is kept is about
//! people, so only its owner may read it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The name to write aside under. A file that an interrupted process left there is removed.
pub(crate) fn begin(path: &Path) -> io::Result<PathBuf> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    match fs::remove_file(&part) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(part.into()),
    }
}

/// A new file that only its owner may read and write.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Gives the flushed file its name, unless another file has it. The caller removes the part.
pub(crate) fn name(part: &Path, path: &Path) -> io::Result<()> {
    // Unlike renaming, linking never replaces a file.
    fs::hard_link(part, path)?;
    on_disk(path)
}

/// Replaces the file of that name by the flushed one.
pub(crate) fn replace(part: &Path, path: &Path) -> io::Result<()> {
    fs::rename(part, path)?;
    on_disk(path)
}

/// A name is on disk once its folder is.
fn on_disk(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
