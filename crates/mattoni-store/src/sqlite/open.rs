//! Opening the file: checks its owner and schema version, and sets how it is written.

use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::sqlite::fault::fault;
use crate::{Error, ErrorKind, atomic_file};

/// "Mtni" in the header of the file: identifies the file as a store (`file` and SQLite's tools show
/// it).
const APPLICATION_ID: i64 = 0x4d74_6e69;

/// How to get from each version of the schema to the next. Only ever added to.
const MIGRATIONS: [&str; 7] = [
    include_str!("schema/0001.sql"),
    include_str!("schema/0002.sql"),
    include_str!("schema/0003.sql"),
    include_str!("schema/0004.sql"),
    include_str!("schema/0005.sql"),
    include_str!("schema/0006.sql"),
    include_str!("schema/0007.sql"),
];

/// How many connections to read with stay open while nobody reads.
pub(super) const IDLE: NonZeroUsize = NonZeroUsize::new(8).expect("8 is not 0");

/// How to open a store.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// How long to wait for another process that is writing, before
    /// [`ErrorKind::Busy`](crate::ErrorKind::Busy).
    pub patience: Duration,
    /// Over how many threads [`verify`](crate::verify) spreads its reading: by default one for
    /// every processor, but no more than keep their connections open.
    pub threads: NonZeroUsize,
}

impl Default for Options {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN).min(IDLE);
        Self { patience: Duration::from_secs(30), threads }
    }
}

impl Options {
    /// Waits so long for another process that is writing.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Verifies with so many threads.
    #[must_use]
    pub fn with_threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = threads;
        self
    }
}

/// The page cache of a connection, in KiB.
const CACHE_KIB: i64 = 16_000;

/// A page of the file. Four times SQLite's own: most rows of the journal then lie whole in one
/// page, and fifty rows of a list in one or two. A commit writes more for it, and waits for the
/// disk as before.
pub(super) const PAGE_BYTES: i64 = 16_384;

const OPENING: &str = "failed to open the store";

pub(super) fn writer(path: &Path, options: &Options) -> Result<Connection, Error> {
    // Without SQLITE_OPEN_URI a file name is a file name, whatever characters it has.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    // The log and its index take the rights of the file. Where it cannot be made, SQLite says why.
    drop(atomic_file::create_private(path));
    let mut conn = connect(path, flags, options)?;
    let lost = |e| fault(OPENING, e).with("path", path.display());
    // SQLite opens the file read-only when it cannot be written.
    if conn.is_readonly("main").map_err(lost)? {
        return Err(Error::new(ErrorKind::ReadOnly, OPENING).with("path", path.display()));
    }
    // Checked before anything is written: a file of another program is left as it is.
    let new = version(&conn, path)? == 0;
    // Both apply to a new file only: one that is there keeps its page size, and its free pages.
    if new {
        conn.pragma_update(None, "page_size", PAGE_BYTES).map_err(lost)?;
        conn.pragma_update(None, "auto_vacuum", "INCREMENTAL").map_err(lost)?;
    }
    patiently(options, || {
        let wal = conn.pragma_update(None, "journal_mode", "WAL");
        wal.map_err(lost)
    })?;
    // FULL: the log is flushed before COMMIT returns, so that "committed" survives the power
    // being cut. SQLite's own advice for WAL, NORMAL, does not promise that.
    conn.pragma_update(None, "synchronous", "FULL").map_err(lost)?;
    // Deleted content is overwritten: an erased key must not stay in a free page.
    conn.pragma_update(None, "secure_delete", "ON").map_err(lost)?;
    migrate(&mut conn, path)?;
    enlarge_cache(&conn).map_err(lost)?;
    Ok(conn)
}

/// Tries again while another process does the same to a new file: where waiting could end in a
/// deadlock, SQLite does not wait but says busy at once.
fn patiently(options: &Options, attempt: impl Fn() -> Result<(), Error>) -> Result<(), Error> {
    const PAUSE: Duration = Duration::from_millis(5);
    let mut left = options.patience.as_millis() / PAUSE.as_millis();
    loop {
        match attempt() {
            Err(e) if e.temporary() && left > 0 => {
                left -= 1;
                std::thread::sleep(PAUSE);
            }
            done => return done,
        }
    }
}

pub(super) fn reader(path: &Path, options: &Options) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = connect(path, flags, options)?;
    match version(&conn, path)? {
        0 => Err(Error::new(ErrorKind::NotAStore, OPENING).with("path", path.display())),
        v if v < MIGRATIONS.len() => Err(Error::new(
            ErrorKind::ReadOnly,
            "failed to open the store: it must be opened for writing once, to be brought up to date",
        )
        .with("path", path.display())
        .with("schema", v)),
        _ => {
            enlarge_cache(&conn).map_err(|e| fault(OPENING, e).with("path", path.display()))?;
            Ok(conn)
        }
    }
}

fn connect(path: &Path, flags: OpenFlags, options: &Options) -> Result<Connection, Error> {
    let lost = |e| fault(OPENING, e).with("path", path.display());
    let conn = Connection::open_with_flags(path, flags).map_err(lost)?;
    conn.busy_timeout(options.patience).map_err(lost)?;
    conn.set_prepared_statement_cache_capacity(32);
    Ok(conn)
}

/// Enlarges the page cache of the connection. This reads the file, so it is called after the file
/// was checked.
fn enlarge_cache(conn: &Connection) -> rusqlite::Result<()> {
    // Keeps the upper levels of the indexes of millions of records in memory; SQLite's default of
    // 2 MB holds those of some thousands. The file is not mapped into memory: that is no faster,
    // and an I/O error in a mapped page ends the process instead of failing the read.
    conn.pragma_update(None, "cache_size", -CACHE_KIB)
}

/// The schema's version, 0 when the file is empty. Read in one transaction: another process may
/// be making the store just now.
fn version(conn: &Connection, path: &Path) -> Result<usize, Error> {
    let lost = |e| fault(OPENING, e).with("path", path.display());
    let tx = conn.unchecked_transaction().map_err(lost)?;
    version_in(&tx, path)
}

fn version_in(conn: &Connection, path: &Path) -> Result<usize, Error> {
    let lost = |e| fault(OPENING, e).with("path", path.display());
    let pragma = |name| conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let application = pragma("application_id").map_err(lost)?;
    let version = pragma("user_version").map_err(lost)?;
    let tables: i64 =
        conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(lost)?;
    if application == 0 && version == 0 && tables == 0 {
        return Ok(0);
    }
    if application != APPLICATION_ID {
        return Err(Error::new(ErrorKind::NotAStore, OPENING)
            .with("path", path.display())
            .with("application_id", application));
    }
    match usize::try_from(version) {
        Ok(known) if known <= MIGRATIONS.len() => Ok(known),
        _ => Err(Error::new(ErrorKind::NewerSchema, OPENING)
            .with("path", path.display())
            .with("schema", version)
            .with("newest_known", MIGRATIONS.len())),
    }
}

fn migrate(conn: &mut Connection, path: &Path) -> Result<(), Error> {
    const MIGRATING: &str = "failed to bring the store up to date";
    let lost = |e| fault(MIGRATING, e).with("path", path.display());
    if version(conn, path)? == MIGRATIONS.len() {
        return Ok(());
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(lost)?;
    // Reads the version again under the lock: another process may have migrated meanwhile.
    let from = version_in(&tx, path)?;
    for (to, migration) in (1_i64..).zip(MIGRATIONS).skip(from) {
        tx.execute_batch(migration).map_err(lost)?;
        tx.pragma_update(None, "user_version", to).map_err(lost)?;
        tx.pragma_update(None, "application_id", APPLICATION_ID).map_err(lost)?;
    }
    tx.commit().map_err(lost)
}
