//! The queries.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use mattoni_core::{EnteId, Id};
use rusqlite::{Connection, Params, Row};

use crate::sqlite::fault::fault;
use crate::sqlite::statements::{count, digest};
use crate::{
    EffectId, Error, ErrorKind, Recorded, RecordedStream, StoredBlob, StoredEffect, StoredState,
    Stream, Version,
};

pub(super) const READING: &str = "failed to read";

/// The rows of a query, each read by `read`.
pub(super) fn all<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, Error> {
    let mut statement = conn.prepare_cached(sql).map_err(|e| fault(READING, e))?;
    let rows = statement.query_map(params, read).map_err(|e| fault(READING, e))?;
    rows.collect::<rusqlite::Result<_>>().map_err(|e| fault(READING, e))
}

/// The first row of a query, if it has one.
pub(super) fn first<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>, Error> {
    let mut statement = conn.prepare_cached(sql).map_err(|e| fault(READING, e))?;
    let mut rows = statement.query(params).map_err(|e| fault(READING, e))?;
    let row = rows.next().map_err(|e| fault(READING, e))?;
    row.map(read).transpose().map_err(|e| fault(READING, e))
}

/// A page size in SQL.
pub(super) fn page(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// Where a page by id begins. Ids are never all zeros, so all zeros is before the first.
pub(super) fn from(after: Option<Id<Stream>>) -> [u8; 16] {
    after.map_or([0; 16], |id| id.as_u128().to_be_bytes())
}

pub(super) fn id(row: &Row<'_>, column: usize) -> rusqlite::Result<Id<Stream>> {
    let bytes: [u8; 16] = row.get(column)?;
    Ok(Id::from_u128(u128::from_be_bytes(bytes)))
}

/// Columns `id, version, body`.
pub(super) fn state(
    kind: impl Into<Cow<'static, str>>,
    row: &Row<'_>,
) -> rusqlite::Result<StoredState> {
    Ok(StoredState {
        stream: Stream::new(kind, id(row, 0)?),
        version: Version::new(count(row, 1)?),
        body: row.get(2)?,
        fault: None,
    })
}

pub(super) const ROW: &str = "seq, kind, id, version, name, at, by, body, hash";

/// Columns [`ROW`].
pub(super) fn recorded(row: &Row<'_>) -> rusqlite::Result<Recorded> {
    Ok(Recorded {
        seq: count(row, 0)?,
        stream: Stream::new(row.get::<_, String>(1)?, id(row, 2)?),
        version: Version::new(count(row, 3)?),
        name: row.get(4)?,
        at_micros: row.get(5)?,
        by_json: row.get(6)?,
        body: row.get(7)?,
        hash: digest(row, 8)?,
    })
}

/// Columns `id, count(*), max(version)`.
pub(super) fn recorded_stream(kind: &str, row: &Row<'_>) -> rusqlite::Result<RecordedStream> {
    Ok(RecordedStream {
        stream: Stream::new(kind.to_owned(), id(row, 0)?),
        rows: count(row, 1)?,
        last: Version::new(count(row, 2)?),
    })
}

pub(super) const EFFECT: &str =
    "seq, idx, key, topic, kind, id, payload, attempts, next_at, last_error";

/// Columns [`EFFECT`].
pub(super) fn effect(row: &Row<'_>) -> rusqlite::Result<StoredEffect> {
    let next_at: i64 = row.get(8)?;
    Ok(StoredEffect {
        id: EffectId { seq: count(row, 0)?, index: row.get(1)? },
        key: row.get(2)?,
        topic: row.get(3)?,
        stream: Stream::new(row.get::<_, String>(4)?, id(row, 5)?),
        payload: row.get(6)?,
        fault: None,
        attempts: row.get(7)?,
        next_at: DateTime::<Utc>::from_timestamp_micros(next_at)
            .ok_or(rusqlite::Error::IntegralValueOutOfRange(8, next_at))?,
        last_error: row.get(9)?,
    })
}

/// Columns `digest, length, since`.
pub(super) fn blob(row: &Row<'_>) -> rusqlite::Result<StoredBlob> {
    let since: Option<i64> = row.get(2)?;
    let instant = |since| {
        DateTime::<Utc>::from_timestamp_micros(since)
            .ok_or(rusqlite::Error::IntegralValueOutOfRange(2, since))
    };
    Ok(StoredBlob {
        digest: digest(row, 0)?,
        bytes: count(row, 1)?,
        aside_since: since.map(instant).transpose()?,
    })
}

/// An ente's code as stored.
pub(super) fn ente(text: &str) -> Result<EnteId, Error> {
    text.parse()
        .map_err(|e| Error::new(ErrorKind::Corrupt, READING).with("ente", text).caused_by(e))
}
