//! A copy of the living store in one file.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use mattoni_core::EnteId;
use rusqlite::Connection;

use crate::sqlite::fault::fault;
use crate::sqlite::open::PAGE_BYTES;
use crate::{Error, ErrorKind, Head, Journal, Sqlite, atomic_file, verify};

/// A backup that was written and read again.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Backup {
    /// The file.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Where the chain of each ente ends in it. Kept elsewhere, they tell later which backup is
    /// the newest, and that none was altered.
    pub heads: Vec<(EnteId, Head)>,
    /// How many keys are not in it. A backup that had them would keep readable what is erased
    /// later: they are copied by [`copy_keys`](crate::copy_keys), after the backup, to a file of
    /// which only the newest is kept.
    pub keys_left_out: u64,
}

const BACKING_UP: &str = "failed to back up";

impl Sqlite {
    /// Writes the store as it is now to a new file at `to`, while others go on reading and
    /// writing, and verifies the copy: SQLite's own check of the file, and the chain of every
    /// ente. The file has its name only once all that is done and on disk.
    ///
    /// Blocks the thread it is called on for as long as it takes: give it one.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when there is a file at `to` already or it cannot be written,
    /// [`ErrorKind::Full`] when the disk is full, [`ErrorKind::Corrupt`] when the copy does not
    /// verify, which means that the store does not either.
    pub async fn back_up(&self, to: impl AsRef<Path>) -> Result<Backup, Error> {
        let to = to.as_ref();
        let lost = |e: std::io::Error| failed(ErrorKind::Io, to).caused_by(e);
        // Checked now because the copy may take hours. The renaming at the end overwrites nothing
        // either.
        if to.exists() {
            return Err(failed(ErrorKind::Io, to).with("exists", true));
        }
        let part = atomic_file::begin(to).map_err(lost)?;
        // SQLite writes into a file that is there as long as it is empty.
        drop(atomic_file::create_private(&part).map_err(lost)?);
        let written = self.write_and_verify(&part).await;
        let done = written.and_then(|(heads, keys_left_out)| {
            File::open(&part).and_then(|file| file.sync_all()).map_err(lost)?;
            atomic_file::name(&part, to).map_err(lost)?;
            let bytes = fs::metadata(to).map_err(lost)?.len();
            Ok(Backup { path: to.to_owned(), bytes, heads, keys_left_out })
        });
        // After success the file has its own name. If the part cannot be removed, the next backup
        // reports it.
        let _ = fs::remove_file(&part);
        done
    }

    async fn write_and_verify(&self, part: &Path) -> Result<(Vec<(EnteId, Head)>, u64), Error> {
        let corrupt = || failed(ErrorKind::Corrupt, part);
        let name = part.to_str().ok_or_else(|| failed(ErrorKind::Io, part).with("utf8", false))?;
        self.readers.read(|conn| {
            // A store with an old, small page size gets the new one in its backup.
            conn.pragma_update(None, "page_size", PAGE_BYTES).map_err(|e| fault(BACKING_UP, e))?;
            // Copies one snapshot while others commit, and leaves no write-ahead log.
            conn.execute("VACUUM INTO ?1", [name]).map_err(|e| fault(BACKING_UP, e))?;
            Ok(())
        })?;
        let keys_left_out = leave_keys_out(part).map_err(|e| fault(BACKING_UP, e))?;
        let copy = Self::open_read_only(part)?;
        let found: String = copy.readers.read(|conn| {
            conn.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
                .map_err(|e| fault(BACKING_UP, e))
        })?;
        if found != "ok" {
            return Err(corrupt().with("found", found));
        }
        let mut heads = Vec::new();
        for ente in copy.entes().await? {
            let report = verify(&copy, &ente, |_| {}).await?;
            match (report.head, report.findings.first()) {
                (Some(head), None) => heads.push((ente, head)),
                (_, Some(finding)) => {
                    return Err(corrupt().with("ente", &ente).with("found", finding));
                }
                (None, None) => return Err(corrupt().with("ente", &ente)),
            }
        }
        Ok((heads, keys_left_out))
    }
}

/// Takes the keys out of the copy, and overwrites where they stood.
fn leave_keys_out(part: &Path) -> rusqlite::Result<u64> {
    let conn = Connection::open(part)?;
    conn.pragma_update(None, "secure_delete", "ON")?;
    let keys = conn.execute("DELETE FROM key", [])?;
    conn.close().map_err(|(_, e)| e)?;
    Ok(keys as u64)
}

fn failed(kind: ErrorKind, path: &Path) -> Error {
    Error::new(kind, BACKING_UP).with("path", path.display())
}
