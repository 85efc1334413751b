//! The backend for integrators who run PostgreSQL (13 or newer).
//!
//! # Writing
//! The row of an ente's head is the lock of its writers, in whatever process they are. Within one
//! process commits of an ente that arrive together share a transaction (*group commit*): under the
//! lock everything they may touch is read in one trip, conflicts are found in memory, and what is
//! left is written in one statement and committed in a second trip. What only opens streams, in an
//! ente that this process was the last to write in, is sent without asking, and refused by the
//! server if anything is in the way. Entes do not wait for each
//! other. Nobody is told "committed" before `COMMIT` was acknowledged under `synchronous_commit`,
//! which is switched on where the server's default is off.
//!
//! When the connection breaks after `COMMIT` was sent the outcome is
//! [`Unknown`](crate::ErrorKind::Unknown). Committing *the same batch* again is safe: its expected
//! versions can be met once. Either it is committed now, or a
//! [`Conflict`](crate::Conflict) says that it was before, or that somebody else was first;
//! [`load`](crate::Journal::load) tells which.
//!
//! # Row-level security
//! Every statement is led by the ente. Each use of a connection also sets the ente for row-level
//! security, which hides and refuses all other rows. So a role that could go around that
//! (superuser, `BYPASSRLS`) is refused with [`Privileged`](crate::ErrorKind::Privileged).
//!
//! # Running
//! Needs a tokio runtime, on which its connections live. Through PgBouncer, use version 1.21 or
//! newer with `max_prepared_statements` and pool by *session*, since connections carry settings.

mod audit;
mod commit;
mod connection;
mod fault;
mod follow;
mod keys;
mod lanes;
mod lists;
mod open;
mod plan;
mod pool;
mod projection_moves;
mod read;
mod recall;
mod rows;
mod session;
mod statements;
#[cfg(feature = "postgres-tls")]
mod tls;

use std::fmt;
use std::num::NonZeroUsize;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mattoni_core::{Digest, EnteId, Id};
use tokio::runtime::Handle;
use tokio_postgres::Row;

pub use crate::postgres::open::Options;
#[cfg(feature = "postgres-tls")]
pub use crate::postgres::tls::Tls;

use crate::blob;
use crate::postgres::lanes::Lanes;
use crate::postgres::pool::Pool;
use crate::postgres::read::{count, from, get, int, page, uuid};
use crate::postgres::session::{Query, read, write, write_all};
use crate::{
    AfterFailure, Batch, Blobs, CommitError, Committed, EffectId, Error, ErrorKind, Head, Journal,
    Outbox, Recorded, RecordedStream, Sequences, StoredBlob, StoredEffect, StoredState, Stream,
    Version,
};

/// A store in one schema of a PostgreSQL database.
///
/// Share it by reference or in an `Arc`. Dropping it closes the connections once the commits it
/// was given are done.
pub struct Postgres {
    pool: Pool,
    lanes: Lanes,
    runtime: Handle,
    parts: NonZeroUsize,
}

impl Postgres {
    /// Opens the store that `conninfo` names (`host=… user=… dbname=…` or a URL), making it if
    /// there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// [`ErrorKind::Privileged`] for a role that goes around row-level security,
    /// [`ErrorKind::NotAStore`] for a schema that holds something else or a database that is not
    /// UTF8, [`ErrorKind::NewerSchema`] for one written by newer software,
    /// [`ErrorKind::Unreachable`] when the server cannot be reached, [`ErrorKind::Unavailable`]
    /// outside of a tokio runtime, [`ErrorKind::Io`] when the server refuses for another reason.
    pub async fn open(conninfo: &str) -> Result<Self, Error> {
        Self::open_with(conninfo, &Options::default()).await
    }

    /// [`open`](Self::open) with other options.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_with(conninfo: &str, options: &Options) -> Result<Self, Error> {
        let runtime = Handle::try_current().map_err(|e| {
            Error::new(ErrorKind::Unavailable, "failed to open the store: no runtime").caused_by(e)
        })?;
        let pool = open::open(conninfo, options).await?;
        let lanes = Lanes::new(pool.clone(), runtime.clone());
        Ok(Self { pool, lanes, runtime, parts: options.parts })
    }

    async fn all<T>(
        &self,
        ente: &EnteId,
        query: Query<'_>,
        each: impl Fn(&Row) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let rows = read(&self.pool, ente.as_str(), &query).await;
        rows.and_then(|rows| rows.iter().map(each).collect()).map_err(|e| e.with("ente", ente))
    }

    async fn first<T>(
        &self,
        ente: &EnteId,
        query: Query<'_>,
        each: impl Fn(&Row) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        Ok(self.all(ente, query, each).await?.pop())
    }

    async fn write(&self, ente: &EnteId, query: Query<'_>) -> Result<u64, Error> {
        write(&self.pool, ente.as_str(), &query).await.map_err(|e| e.with("ente", ente))
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres").field("pool", &self.pool.status()).finish_non_exhaustive()
    }
}

#[async_trait]
impl Journal for Postgres {
    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        batch.check()?;
        self.lanes.commit(batch).await
    }

    async fn load(&self, ente: &EnteId, stream: &Stream) -> Result<Option<StoredState>, Error> {
        const SQL: &str = "SELECT id, version, body FROM state
            WHERE ente = $1 AND kind = $2 AND id = $3";
        let query = Query::new(SQL).with(ente.as_str()).with(&*stream.kind).with(uuid(stream.id));
        self.first(ente, query, |row| read::state(stream.kind.clone(), row)).await
    }

    async fn history(
        &self,
        ente: &EnteId,
        stream: &Stream,
        after: Version,
        limit: usize,
    ) -> Result<Vec<Recorded>, Error> {
        const SQL: &str = "SELECT seq, kind, id, version, name, at, by, body, hash FROM journal
            WHERE ente = $1 AND kind = $2 AND id = $3 AND version > $4
            ORDER BY version LIMIT $5";
        let query = Query::new(SQL)
            .with(ente.as_str())
            .with(&*stream.kind)
            .with(uuid(stream.id))
            .with(int(after.get()))
            .with(page(limit));
        self.all(ente, query, read::recorded).await
    }

    async fn scan(
        &self,
        ente: &EnteId,
        after_seq: u64,
        limit: usize,
    ) -> Result<Vec<Recorded>, Error> {
        const SQL: &str = "SELECT seq, kind, id, version, name, at, by, body, hash FROM journal
            WHERE ente = $1 AND seq > $2 ORDER BY seq LIMIT $3";
        let query = Query::new(SQL).with(ente.as_str()).with(int(after_seq)).with(page(limit));
        self.all(ente, query, read::recorded).await
    }

    async fn follow(&self, ente: &EnteId, start: Head, limit: usize) -> Result<Head, Error> {
        let followed = follow::follow(&self.pool, &self.runtime, self.parts, ente, start, limit);
        followed.await.map_err(|e| e.with("ente", ente))
    }

    async fn streams(
        &self,
        ente: &EnteId,
        kind: &str,
        after: Option<Id<Stream>>,
        limit: usize,
    ) -> Result<Vec<StoredState>, Error> {
        const SQL: &str = "SELECT id, version, body FROM state
            WHERE ente = $1 AND kind = $2 AND id > $3 ORDER BY id LIMIT $4";
        let query =
            Query::new(SQL).with(ente.as_str()).with(kind).with(from(after)).with(page(limit));
        self.all(ente, query, |row| read::state(kind.to_owned(), row)).await
    }

    async fn load_many(
        &self,
        ente: &EnteId,
        streams: &[Stream],
    ) -> Result<Vec<StoredState>, Error> {
        // OFFSET 0: see commit.rs.
        const SQL: &str = "SELECT w.id, s.version, s.body, w.kind
            FROM unnest($2::text[], $3::uuid[]) WITH ORDINALITY AS w (kind, id, n),
            LATERAL (SELECT version, body FROM state
                WHERE ente = $1 AND kind = w.kind AND id = w.id OFFSET 0) s
            ORDER BY w.n";
        let kinds: Vec<&str> = streams.iter().map(|stream| &*stream.kind).collect();
        let ids: Vec<_> = streams.iter().map(|stream| uuid(stream.id)).collect();
        let query = Query::new(SQL).with(ente.as_str()).with(kinds).with(ids);
        self.all(ente, query, |row| read::state(get::<String>(row, 3)?, row)).await
    }

    async fn holder(
        &self,
        ente: &EnteId,
        kind: &str,
        name: &str,
        value: &str,
    ) -> Result<Option<StoredState>, Error> {
        const SQL: &str = "SELECT u.id, s.version, s.body FROM unique_key u,
            LATERAL (SELECT version, body FROM state
                WHERE ente = $1 AND kind = $2 AND id = u.id OFFSET 0) s
            WHERE u.ente = $1 AND u.kind = $2 AND u.name = $3 AND u.value = $4";
        let query = Query::new(SQL).with(ente.as_str()).with(kind).with(name).with(value);
        self.first(ente, query, |row| read::state(kind.to_owned(), row)).await
    }

    async fn head(&self, ente: &EnteId) -> Result<Option<Head>, Error> {
        let query = Query::new("SELECT seq, hash FROM head WHERE ente = $1").with(ente.as_str());
        self.first(ente, query, read::head).await
    }

    async fn kinds(&self, ente: &EnteId) -> Result<Vec<String>, Error> {
        // Steps from kind to kind through the indexes, because DISTINCT would read every row.
        const SQL: &str = "WITH RECURSIVE
            recorded (kind) AS (
                SELECT min(kind) FROM journal WHERE ente = $1
                UNION ALL
                SELECT (SELECT min(j.kind) FROM journal j
                        WHERE j.ente = $1 AND j.kind > recorded.kind)
                FROM recorded WHERE recorded.kind IS NOT NULL),
            current (kind) AS (
                SELECT min(kind) FROM state WHERE ente = $1
                UNION ALL
                SELECT (SELECT min(s.kind) FROM state s
                        WHERE s.ente = $1 AND s.kind > current.kind)
                FROM current WHERE current.kind IS NOT NULL)
            SELECT kind FROM recorded WHERE kind IS NOT NULL
            UNION SELECT kind FROM current WHERE kind IS NOT NULL ORDER BY 1";
        self.all(ente, Query::new(SQL).with(ente.as_str()), |row| get(row, 0)).await
    }

    async fn recorded_streams(
        &self,
        ente: &EnteId,
        kind: &str,
        after: Option<Id<Stream>>,
        limit: usize,
    ) -> Result<Vec<RecordedStream>, Error> {
        const SQL: &str = "SELECT id, count(*), max(version) FROM journal
            WHERE ente = $1 AND kind = $2 AND id > $3 GROUP BY id ORDER BY id LIMIT $4";
        let query =
            Query::new(SQL).with(ente.as_str()).with(kind).with(from(after)).with(page(limit));
        self.all(ente, query, |row| read::recorded_stream(kind, row)).await
    }

    async fn entes(&self) -> Result<Vec<EnteId>, Error> {
        // Row-level security lets the tenant `*` read the heads of all entes and the first row of
        // each journal, and nothing else. Without its head, an ente that was cut off would not be
        // looked at.
        const SQL: &str = "WITH RECURSIVE written (ente) AS (
                SELECT min(ente) FROM journal WHERE seq = 1 UNION ALL
                SELECT (SELECT min(j.ente) FROM journal j WHERE j.seq = 1 AND j.ente > written.ente)
                FROM written WHERE written.ente IS NOT NULL
            ) SELECT ente FROM written WHERE ente IS NOT NULL
            UNION SELECT ente FROM head ORDER BY 1";
        let query = Query::new(SQL);
        let rows = read(&self.pool, "*", &query).await?;
        rows.iter().map(read::ente).collect()
    }
}

#[async_trait]
impl Sequences for Postgres {
    async fn last(&self, ente: &EnteId, sequence: &str) -> Result<u64, Error> {
        const SQL: &str = "SELECT last FROM number WHERE ente = $1 AND sequence = $2";
        let query = Query::new(SQL).with(ente.as_str()).with(sequence);
        Ok(self.first(ente, query, |row| count(row, 0)).await?.unwrap_or(0))
    }
}

/// Ends the waiting of effect `$2`, `$3` and puts the one that follows it into the queue. As many
/// rows as effects that waited.
macro_rules! finishing {
    ($done:literal) => {
        concat!(
            "WITH done AS (",
            $done,
            " WHERE ente = $1 AND seq = $2 AND idx = $3 AND fate = 'waiting' RETURNING idx
            ), next AS (
                UPDATE outbox SET follows = false
                WHERE ente = $1 AND seq = $2 AND EXISTS (SELECT FROM done) AND idx = (
                    SELECT min(idx) FROM outbox
                    WHERE ente = $1 AND seq = $2 AND idx > $3 AND fate = 'waiting' AND follows)
            )
            SELECT FROM done"
        )
    };
}

#[async_trait]
impl Outbox for Postgres {
    async fn due(
        &self,
        ente: &EnteId,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<StoredEffect>, Error> {
        const SQL: &str = "SELECT seq, idx, key, topic, kind, id, payload, attempts, next_at,
                last_error
            FROM outbox o
            WHERE ente = $1 AND fate = 'waiting' AND NOT follows AND next_at <= $2 AND NOT EXISTS (
                SELECT 1 FROM outbox earlier
                WHERE earlier.ente = o.ente AND earlier.kind = o.kind AND earlier.id = o.id
                    AND earlier.fate = 'waiting' AND NOT earlier.follows
                    AND (earlier.seq, earlier.idx) < (o.seq, o.idx) OFFSET 0)
            ORDER BY next_at, seq, idx LIMIT $3";
        let query =
            Query::new(SQL).with(ente.as_str()).with(now.timestamp_micros()).with(page(limit));
        self.all(ente, query, read::effect).await
    }

    async fn delivered(&self, ente: &EnteId, ids: &[EffectId]) -> Result<u64, Error> {
        const SQL: &str = finishing!("DELETE FROM outbox");
        let each = |id: &EffectId| {
            Query::new(SQL).with(ente.as_str()).with(int(id.seq)).with(i64::from(id.index))
        };
        let queries: Vec<_> = ids.iter().map(each).collect();
        write_all(&self.pool, ente.as_str(), &queries).await.map_err(|e| e.with("ente", ente))
    }

    async fn failed(
        &self,
        ente: &EnteId,
        id: EffectId,
        error: &str,
        then: AfterFailure,
    ) -> Result<bool, Error> {
        const RETRY: &str = "UPDATE outbox
            SET attempts = attempts + 1, last_error = $4, next_at = $5
            WHERE ente = $1 AND seq = $2 AND idx = $3 AND fate = 'waiting'";
        const BURY: &str =
            finishing!("UPDATE outbox SET attempts = attempts + 1, last_error = $4, fate = 'dead'");
        // A receiver's message may contain zero bytes, which PostgreSQL's texts may not.
        let error = error.replace('\0', "\u{fffd}");
        let about =
            |sql| Query::new(sql).with(ente.as_str()).with(int(id.seq)).with(i64::from(id.index));
        let query = match then {
            AfterFailure::RetryAt(at) => about(RETRY).with(error).with(at.timestamp_micros()),
            AfterFailure::Dead => about(BURY).with(error),
        };
        Ok(self.write(ente, query).await? == 1)
    }

    async fn dead(
        &self,
        ente: &EnteId,
        after: Option<EffectId>,
        limit: usize,
    ) -> Result<Vec<StoredEffect>, Error> {
        const SQL: &str = "SELECT seq, idx, key, topic, kind, id, payload, attempts, next_at,
                last_error
            FROM outbox WHERE ente = $1 AND fate = 'dead' AND (seq, idx) > ($2, $3)
            ORDER BY seq, idx LIMIT $4";
        // Sequence numbers of the journal begin at 1, so this is before the first effect.
        let after = after.unwrap_or(EffectId { seq: 0, index: 0 });
        let query = Query::new(SQL)
            .with(ente.as_str())
            .with(int(after.seq))
            .with(i64::from(after.index))
            .with(page(limit));
        self.all(ente, query, read::effect).await
    }

    async fn replay(&self, ente: &EnteId, id: EffectId, now: DateTime<Utc>) -> Result<bool, Error> {
        const SQL: &str = "UPDATE outbox
            SET fate = 'waiting', follows = false, attempts = 0, next_at = $4
            WHERE ente = $1 AND seq = $2 AND idx = $3 AND fate = 'dead'";
        let query = Query::new(SQL)
            .with(ente.as_str())
            .with(int(id.seq))
            .with(i64::from(id.index))
            .with(now.timestamp_micros());
        Ok(self.write(ente, query).await? == 1)
    }
}

#[async_trait]
impl Blobs for Postgres {
    async fn put(&self, ente: &EnteId, bytes: Vec<u8>) -> Result<Digest, Error> {
        // Runs first: it waits for a process that is discarding the same blob, so that the
        // insertion after it sees the result.
        const TAKE_BACK: &str = "DELETE FROM blob_aside WHERE ente = $1 AND digest = $2";
        const KEEP: &str = "INSERT INTO blob (ente, digest, bytes) VALUES ($1, $2, $3)
            ON CONFLICT DO NOTHING";
        blob::fits(&bytes)?;
        let digest = Digest::of(&bytes);
        let queries = [about(TAKE_BACK, ente, digest), about(KEEP, ente, digest).with(bytes)];
        write_all(&self.pool, ente.as_str(), &queries).await.map_err(|e| e.with("ente", ente))?;
        Ok(digest)
    }

    async fn get(&self, ente: &EnteId, digest: Digest) -> Result<Option<Vec<u8>>, Error> {
        const SQL: &str = "SELECT bytes FROM blob WHERE ente = $1 AND digest = $2";
        let query = about(SQL, ente, digest);
        let bytes: Option<Vec<u8>> = self.first(ente, query, |row| get(row, 0)).await?;
        bytes.map(|bytes| blob::whole(ente, digest, bytes)).transpose()
    }

    async fn blobs(
        &self,
        ente: &EnteId,
        after: Option<Digest>,
        limit: usize,
    ) -> Result<Vec<StoredBlob>, Error> {
        const SQL: &str = "SELECT b.digest, octet_length(b.bytes)::bigint, a.since
            FROM blob b LEFT JOIN LATERAL (SELECT since FROM blob_aside
                WHERE ente = $1 AND digest = b.digest OFFSET 0) a ON true
            WHERE b.ente = $1 AND b.digest > $2 ORDER BY b.digest LIMIT $3";
        // The empty byte string sorts before every digest.
        let after = after.map_or_else(Vec::new, |digest| digest.as_bytes().to_vec());
        let query = Query::new(SQL).with(ente.as_str()).with(after).with(page(limit));
        self.all(ente, query, read::blob).await
    }

    async fn stored_blobs(
        &self,
        ente: &EnteId,
        digests: &[Digest],
    ) -> Result<Vec<StoredBlob>, Error> {
        const SQL: &str = "SELECT b.digest, octet_length(b.bytes)::bigint, a.since
            FROM blob b LEFT JOIN LATERAL (SELECT since FROM blob_aside
                WHERE ente = $1 AND digest = b.digest OFFSET 0) a ON true
            WHERE b.ente = $1 AND b.digest = ANY($2) ORDER BY b.digest";
        let digests: Vec<Vec<u8>> = digests.iter().map(|d| d.as_bytes().to_vec()).collect();
        self.all(ente, Query::new(SQL).with(ente.as_str()).with(digests), read::blob).await
    }

    async fn set_aside(
        &self,
        ente: &EnteId,
        digest: Digest,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        const SQL: &str = "INSERT INTO blob_aside (ente, digest, since)
            SELECT ente, digest, $3 FROM blob WHERE ente = $1 AND digest = $2
            ON CONFLICT DO NOTHING";
        let query = about(SQL, ente, digest).with(now.timestamp_micros());
        Ok(self.write(ente, query).await? == 1)
    }

    async fn take_back(&self, ente: &EnteId, digest: Digest) -> Result<bool, Error> {
        const SQL: &str = "DELETE FROM blob_aside WHERE ente = $1 AND digest = $2";
        Ok(self.write(ente, about(SQL, ente, digest)).await? == 1)
    }

    async fn discard(
        &self,
        ente: &EnteId,
        digest: Digest,
        since: DateTime<Utc>,
    ) -> Result<bool, Error> {
        // Deletes the mark first: a process that puts the same blob waits for that row, or takes
        // it away first.
        const SQL: &str = "WITH gone AS (
                DELETE FROM blob_aside WHERE ente = $1 AND digest = $2 AND since <= $3 RETURNING 1)
            DELETE FROM blob WHERE ente = $1 AND digest = $2 AND EXISTS (SELECT FROM gone)";
        let query = about(SQL, ente, digest).with(since.timestamp_micros());
        Ok(self.write(ente, query).await? == 1)
    }

    async fn forget(&self, ente: &EnteId, digest: Digest) -> Result<bool, Error> {
        const SQL: &str = "WITH aside AS (
                DELETE FROM blob_aside WHERE ente = $1 AND digest = $2)
            DELETE FROM blob WHERE ente = $1 AND digest = $2";
        Ok(self.write(ente, about(SQL, ente, digest)).await? == 1)
    }
}

/// A statement on one blob.
fn about<'a>(sql: &'static str, ente: &'a EnteId, digest: Digest) -> Query<'a> {
    Query::new(sql).with(ente.as_str()).with(digest.as_bytes().to_vec())
}
