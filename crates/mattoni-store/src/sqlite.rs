//! The embedded backend: one file, SQLite compiled in.
//!
//! # Writing
//! One thread owns the one connection that writes. Commits queue up for it; while it flushes one
//! transaction to disk the next ones gather, and share the next flush: many writers at once cost
//! little more than one (*group commit*). Each batch has a savepoint of its own, so that the
//! conflict of one does not touch its neighbours, and nobody is told "committed" before `COMMIT`
//! has returned. The log is flushed on every commit (WAL, `synchronous=FULL`).
//!
//! Several processes may open one file: a writer waits for the other's transaction, and reads the
//! end of the chain under its own lock.
//!
//! When a flush fails the outcome is [`Unknown`](crate::ErrorKind::Unknown), and the store takes
//! no more writes until it is opened again.
//!
//! # Reading
//! Reads run where they are called, on connections of their own that neither wait for the writer
//! nor hold it up. A point read takes microseconds, less than handing it to another thread and
//! being woken with the answer, which is why these async functions do not leave the caller's
//! thread; lists are pages, so no call runs long. Needs no runtime: any executor will do.
//! Verifying reads everything there is, and shares it out between the processors.

mod apply;
mod audit;
mod backup;
mod fault;
mod follow;
mod keys;
mod lists;
mod open;
mod pool;
mod read;
mod statements;
mod writer;

use std::collections::BTreeSet;
use std::fmt;
use std::num::NonZeroUsize;
use std::path::Path;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mattoni_core::{Digest, EnteId, Id};
use rusqlite::{Connection, params};

pub use crate::sqlite::backup::Backup;
pub use crate::sqlite::open::Options;

use crate::blob;
use crate::sqlite::apply::Write;
use crate::sqlite::pool::Pool;
use crate::sqlite::read::{all, first, from, page};
use crate::sqlite::statements::{count, digest, id_bytes, int};
use crate::sqlite::writer::Writer;
use crate::{
    AfterFailure, Batch, Blobs, CommitError, Committed, EffectId, Error, ErrorKind, Head, Journal,
    Outbox, Recorded, RecordedStream, Sequences, StoredBlob, StoredEffect, StoredState, Stream,
    Version,
};

/// A store in one SQLite file.
///
/// Share it by reference or in an `Arc`. Dropping it finishes the commits it was given and closes
/// the file.
pub struct Sqlite {
    // Fields are dropped in this order. The last connection to close removes the write-ahead log,
    // and only a connection that writes can do so.
    readers: Pool,
    writer: Option<Writer>,
    /// How many at most verify.
    threads: NonZeroUsize,
}

impl Sqlite {
    /// Opens the store at `path`, making it if there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// [`ErrorKind::NotAStore`] for a file that is something else, [`ErrorKind::NewerSchema`] for
    /// one written by newer software, [`ErrorKind::ReadOnly`] when it cannot be written,
    /// [`ErrorKind::Io`] when it cannot be opened at all.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::open_with(path, &Options::default())
    }

    /// [`open`](Self::open) with other options.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_with(path: impl AsRef<Path>, options: &Options) -> Result<Self, Error> {
        let writer = Writer::open(path.as_ref(), options)?;
        let readers = Pool::open(path.as_ref().to_owned(), options.clone())?;
        Ok(Self { readers, writer: Some(writer), threads: options.threads })
    }

    /// Opens the store at `path` for reading only, also while another process writes to it: for
    /// explaining and verifying. The folder must be writable unless the file is open elsewhere,
    /// because readers of a live file share an index beside it.
    ///
    /// # Errors
    /// As [`open`](Self::open); also [`ErrorKind::NotAStore`] for an empty file and
    /// [`ErrorKind::ReadOnly`] for one whose schema has to be brought up to date first.
    pub fn open_read_only(path: impl AsRef<Path>) -> Result<Self, Error> {
        let options = Options::default();
        let readers = Pool::open(path.as_ref().to_owned(), options.clone())?;
        Ok(Self { readers, writer: None, threads: options.threads })
    }

    fn writer(&self) -> Result<&Writer, Error> {
        self.writer.as_ref().ok_or_else(|| {
            Error::new(ErrorKind::ReadOnly, "failed to write: the store is open for reading only")
        })
    }

    /// A write that meets no conflict.
    async fn write(&self, write: Write) -> Result<u64, Error> {
        self.writer()?.write(write).await.map_err(|e| match e {
            CommitError::Failed(error) => error,
            other => Error::new(ErrorKind::Corrupt, "failed to write").caused_by(other),
        })
    }

    fn read<T>(
        &self,
        ente: &EnteId,
        read: impl FnOnce(&Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.readers.read(read).map_err(|e| e.with("ente", ente))
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sqlite").field("read_only", &self.writer.is_none()).finish_non_exhaustive()
    }
}

#[async_trait]
impl Journal for Sqlite {
    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        let writer = self.writer()?;
        batch.check()?;
        writer.commit(batch).await
    }

    async fn load(&self, ente: &EnteId, stream: &Stream) -> Result<Option<StoredState>, Error> {
        const SQL: &str = "SELECT id, version, body FROM state
            WHERE ente = ?1 AND kind = ?2 AND id = ?3";
        self.read(ente, |conn| {
            let key = params![ente.as_str(), stream.kind, id_bytes(stream)];
            first(conn, SQL, key, |row| read::state(stream.kind.clone(), row))
        })
    }

    async fn history(
        &self,
        ente: &EnteId,
        stream: &Stream,
        after: Version,
        limit: usize,
    ) -> Result<Vec<Recorded>, Error> {
        let sql = format!(
            "SELECT {} FROM journal WHERE ente = ?1 AND kind = ?2 AND id = ?3 AND version > ?4
             ORDER BY version LIMIT ?5",
            read::ROW
        );
        self.read(ente, |conn| {
            let (id, after) = (id_bytes(stream), int(after.get()));
            let key = params![ente.as_str(), stream.kind, id, after, page(limit)];
            all(conn, &sql, key, read::recorded)
        })
    }

    async fn scan(
        &self,
        ente: &EnteId,
        after_seq: u64,
        limit: usize,
    ) -> Result<Vec<Recorded>, Error> {
        let sql = format!(
            "SELECT {} FROM journal WHERE ente = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
            read::ROW
        );
        self.read(ente, |conn| {
            all(conn, &sql, params![ente.as_str(), int(after_seq), page(limit)], read::recorded)
        })
    }

    async fn follow(&self, ente: &EnteId, start: Head, limit: usize) -> Result<Head, Error> {
        let followed = follow::follow(&self.readers, self.threads, ente, start, limit);
        followed.map_err(|e| e.with("ente", ente))
    }

    async fn streams(
        &self,
        ente: &EnteId,
        kind: &str,
        after: Option<Id<Stream>>,
        limit: usize,
    ) -> Result<Vec<StoredState>, Error> {
        const SQL: &str = "SELECT id, version, body FROM state
            WHERE ente = ?1 AND kind = ?2 AND id > ?3 ORDER BY id LIMIT ?4";
        self.read(ente, |conn| {
            let key = params![ente.as_str(), kind, from(after), page(limit)];
            all(conn, SQL, key, |row| read::state(kind.to_owned(), row))
        })
    }

    async fn load_many(
        &self,
        ente: &EnteId,
        streams: &[Stream],
    ) -> Result<Vec<StoredState>, Error> {
        // The streams are passed as one JSON array; the index of each keeps their order.
        const SQL: &str = "SELECT state.id, state.version, state.body, state.kind
            FROM json_each(?2) asked
            CROSS JOIN state ON state.ente = ?1 AND state.kind = asked.value ->> 0
                AND state.id = unhex(asked.value ->> 1)
            ORDER BY asked.key";
        let asked: Vec<(&str, String)> =
            streams.iter().map(|s| (&*s.kind, format!("{:032x}", s.id.as_u128()))).collect();
        // Serialising texts cannot fail.
        let asked = serde_json::to_string(&asked).unwrap_or_default();
        self.read(ente, |conn| {
            all(conn, SQL, params![ente.as_str(), asked], |row| {
                read::state(row.get::<_, String>(3)?, row)
            })
        })
    }

    async fn holder(
        &self,
        ente: &EnteId,
        kind: &str,
        name: &str,
        value: &str,
    ) -> Result<Option<StoredState>, Error> {
        const SQL: &str = "SELECT state.id, state.version, state.body FROM unique_key held
            CROSS JOIN state ON state.ente = held.ente AND state.kind = held.kind
                AND state.id = held.id
            WHERE held.ente = ?1 AND held.kind = ?2 AND held.name = ?3 AND held.value = ?4";
        self.read(ente, |conn| {
            let key = params![ente.as_str(), kind, name, value];
            first(conn, SQL, key, |row| read::state(kind.to_owned(), row))
        })
    }

    async fn head(&self, ente: &EnteId) -> Result<Option<Head>, Error> {
        const SQL: &str = "SELECT seq, hash FROM head WHERE ente = ?1";
        self.read(ente, |conn| {
            first(conn, SQL, [ente.as_str()], |row| {
                Ok(Head { seq: count(row, 0)?, hash: digest(row, 1)? })
            })
        })
    }

    async fn kinds(&self, ente: &EnteId) -> Result<Vec<String>, Error> {
        // Steps from kind to kind through the indexes, because DISTINCT would read every row.
        const SQL: &str = "WITH RECURSIVE
            recorded (kind) AS (
                SELECT min(kind) FROM journal WHERE ente = ?1
                UNION ALL
                SELECT (SELECT min(j.kind) FROM journal j
                        WHERE j.ente = ?1 AND j.kind > recorded.kind)
                FROM recorded WHERE recorded.kind IS NOT NULL),
            current (kind) AS (
                SELECT min(kind) FROM state WHERE ente = ?1
                UNION ALL
                SELECT (SELECT min(s.kind) FROM state s
                        WHERE s.ente = ?1 AND s.kind > current.kind)
                FROM current WHERE current.kind IS NOT NULL)
            SELECT kind FROM recorded WHERE kind IS NOT NULL
            UNION SELECT kind FROM current WHERE kind IS NOT NULL ORDER BY 1";
        self.read(ente, |conn| all(conn, SQL, [ente.as_str()], |row| row.get(0)))
    }

    async fn recorded_streams(
        &self,
        ente: &EnteId,
        kind: &str,
        after: Option<Id<Stream>>,
        limit: usize,
    ) -> Result<Vec<RecordedStream>, Error> {
        const SQL: &str = "SELECT id, count(*), max(version) FROM journal
            WHERE ente = ?1 AND kind = ?2 AND id > ?3 GROUP BY id ORDER BY id LIMIT ?4";
        self.read(ente, |conn| {
            let key = params![ente.as_str(), kind, from(after), page(limit)];
            all(conn, SQL, key, |row| read::recorded_stream(kind, row))
        })
    }

    async fn entes(&self) -> Result<Vec<EnteId>, Error> {
        self.readers.read(|conn| {
            // From the journal too, one jump of the index an ente: without its head, an ente that
            // was cut off would not be looked at.
            const SQL: &str = "WITH RECURSIVE written (ente) AS (
                    SELECT min(ente) FROM journal UNION ALL
                    SELECT (SELECT min(j.ente) FROM journal j WHERE j.ente > written.ente)
                    FROM written WHERE written.ente IS NOT NULL
                ) SELECT ente FROM written WHERE ente IS NOT NULL
                UNION SELECT ente FROM head ORDER BY 1";
            let codes = all(conn, SQL, [], |row| row.get::<_, String>(0))?;
            codes.iter().map(|code| read::ente(code)).collect()
        })
    }
}

#[async_trait]
impl Sequences for Sqlite {
    async fn last(&self, ente: &EnteId, sequence: &str) -> Result<u64, Error> {
        const SQL: &str = "SELECT last FROM number WHERE ente = ?1 AND sequence = ?2";
        self.read(ente, |conn| {
            let last = first(conn, SQL, [ente.as_str(), sequence], |row| count(row, 0))?;
            Ok(last.unwrap_or(0))
        })
    }
}

#[async_trait]
impl Outbox for Sqlite {
    async fn due(
        &self,
        ente: &EnteId,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<StoredEffect>, Error> {
        let sql = format!(
            "SELECT {} FROM outbox o
             WHERE ente = ?1 AND fate = 'waiting' AND follows = 0 AND next_at <= ?2 AND NOT EXISTS (
                 SELECT 1 FROM outbox earlier
                 WHERE earlier.ente = o.ente AND earlier.kind = o.kind AND earlier.id = o.id
                     AND earlier.fate = 'waiting' AND earlier.follows = 0
                     AND (earlier.seq, earlier.idx) < (o.seq, o.idx))
             ORDER BY next_at, seq, idx LIMIT ?3",
            read::EFFECT
        );
        self.read(ente, |conn| {
            let key = params![ente.as_str(), now.timestamp_micros(), page(limit)];
            all(conn, &sql, key, read::effect)
        })
    }

    async fn delivered(&self, ente: &EnteId, ids: &[EffectId]) -> Result<u64, Error> {
        self.write(Write::Delivered { ente: ente.clone(), ids: ids.to_vec() }).await
    }

    async fn failed(
        &self,
        ente: &EnteId,
        id: EffectId,
        error: &str,
        then: AfterFailure,
    ) -> Result<bool, Error> {
        let (ente, error) = (ente.clone(), error.to_owned());
        Ok(self.write(Write::Failed { ente, id, error, then }).await? == 1)
    }

    async fn dead(
        &self,
        ente: &EnteId,
        after: Option<EffectId>,
        limit: usize,
    ) -> Result<Vec<StoredEffect>, Error> {
        let sql = format!(
            "SELECT {} FROM outbox WHERE ente = ?1 AND fate = 'dead' AND (seq, idx) > (?2, ?3)
             ORDER BY seq, idx LIMIT ?4",
            read::EFFECT
        );
        // Sequence numbers of the journal begin at 1, so this is before the first effect.
        let after = after.unwrap_or(EffectId { seq: 0, index: 0 });
        self.read(ente, |conn| {
            let key = params![ente.as_str(), int(after.seq), after.index, page(limit)];
            all(conn, &sql, key, read::effect)
        })
    }

    async fn replay(&self, ente: &EnteId, id: EffectId, now: DateTime<Utc>) -> Result<bool, Error> {
        let (ente, now) = (ente.clone(), now.timestamp_micros());
        Ok(self.write(Write::Replay { ente, id, now }).await? == 1)
    }
}

#[async_trait]
impl Blobs for Sqlite {
    async fn put(&self, ente: &EnteId, bytes: Vec<u8>) -> Result<Digest, Error> {
        blob::fits(&bytes)?;
        let digest = Digest::of(&bytes);
        self.write(Write::Keep { ente: ente.clone(), digest, bytes }).await?;
        Ok(digest)
    }

    async fn get(&self, ente: &EnteId, digest: Digest) -> Result<Option<Vec<u8>>, Error> {
        const SQL: &str = "SELECT bytes FROM blob WHERE ente = ?1 AND digest = ?2";
        let bytes: Option<Vec<u8>> = self.read(ente, |conn| {
            first(conn, SQL, params![ente.as_str(), digest.as_bytes()], |row| row.get(0))
        })?;
        bytes.map(|bytes| blob::whole(ente, digest, bytes)).transpose()
    }

    async fn blobs(
        &self,
        ente: &EnteId,
        after: Option<Digest>,
        limit: usize,
    ) -> Result<Vec<StoredBlob>, Error> {
        const SQL: &str = "SELECT digest, length(bytes), since
            FROM blob LEFT JOIN blob_aside USING (ente, digest)
            WHERE ente = ?1 AND digest > ?2 ORDER BY digest LIMIT ?3";
        self.read(ente, |conn| {
            // The empty byte string sorts before every digest.
            let after = after.as_ref().map_or(&[][..], |digest| digest.as_bytes());
            all(conn, SQL, params![ente.as_str(), after, page(limit)], read::blob)
        })
    }

    async fn stored_blobs(
        &self,
        ente: &EnteId,
        digests: &[Digest],
    ) -> Result<Vec<StoredBlob>, Error> {
        const SQL: &str = "SELECT digest, length(bytes), since
            FROM blob LEFT JOIN blob_aside USING (ente, digest) WHERE ente = ?1 AND digest = ?2";
        let digests: BTreeSet<&Digest> = digests.iter().collect();
        self.read(ente, |conn| {
            let mut there = Vec::with_capacity(digests.len());
            for digest in digests {
                let key = params![ente.as_str(), digest.as_bytes()];
                there.extend(first(conn, SQL, key, read::blob)?);
            }
            Ok(there)
        })
    }

    async fn set_aside(
        &self,
        ente: &EnteId,
        digest: Digest,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let (ente, now) = (ente.clone(), now.timestamp_micros());
        Ok(self.write(Write::SetAside { ente, digest, now }).await? == 1)
    }

    async fn take_back(&self, ente: &EnteId, digest: Digest) -> Result<bool, Error> {
        Ok(self.write(Write::TakeBack { ente: ente.clone(), digest }).await? == 1)
    }

    async fn discard(
        &self,
        ente: &EnteId,
        digest: Digest,
        since: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let (ente, since) = (ente.clone(), since.timestamp_micros());
        Ok(self.write(Write::Discard { ente, digest, since }).await? == 1)
    }

    async fn forget(&self, ente: &EnteId, digest: Digest) -> Result<bool, Error> {
        Ok(self.write(Write::Forget { ente: ente.clone(), digest }).await? == 1)
    }
}
