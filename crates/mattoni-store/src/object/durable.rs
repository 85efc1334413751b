//! Files that survive the machine.

use std::fs::File;
use std::io;
use std::path::PathBuf;

use object_store::path::Path;

use crate::ErrorKind;

/// Flushes the file at `path` in `folder`, and the folders on the way to it: a file whose name
/// was not flushed is gone after a crash, whatever became of its bytes. `false` when it is not there
/// any more: another process has moved or removed it.
pub(super) async fn flush(folder: PathBuf, path: Path) -> io::Result<bool> {
    let flush = move || {
        let mut at = folder.clone();
        let mut steps = vec![at.clone()];
        for part in path.parts() {
            at.push(part.as_ref());
            steps.push(at.clone());
        }
        match steps.iter().rev().try_for_each(|step| File::open(step)?.sync_all()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            flushed => flushed.map(|()| true),
        }
    };
    match tokio::runtime::Handle::try_current() {
        Ok(runtime) => runtime.spawn_blocking(flush).await.map_err(io::Error::other)?,
        Err(_) => flush(),
    }
}

pub(super) fn kind(error: &io::Error) -> ErrorKind {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorKind::Full,
        io::ErrorKind::ReadOnlyFilesystem => ErrorKind::ReadOnly,
        _ => ErrorKind::Io,
    }
}
