//! Rows into what they mean.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use mattoni_core::{Digest, EnteId, Id};
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;
use uuid::Uuid;

use crate::postgres::fault::misread;
use crate::{
    EffectId, Error, ErrorKind, Head, Recorded, RecordedStream, StoredBlob, StoredEffect,
    StoredState, Stream, Version,
};

/// A page size in SQL.
pub(super) fn page(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// How a count is stored. Counts stay far below 2⁶³.
pub(super) fn int(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// How an id is stored: PostgreSQL orders UUIDs by their bytes, as ids are ordered.
pub(super) fn uuid(id: Id<Stream>) -> Uuid {
    Uuid::from_u128(id.as_u128())
}

/// Where a page by id begins. Ids are never all zeros, so all zeros is before the first.
pub(super) fn from(after: Option<Id<Stream>>) -> Uuid {
    after.map_or(Uuid::nil(), uuid)
}

pub(super) fn get<'r, T: FromSql<'r>>(row: &'r Row, column: usize) -> Result<T, Error> {
    row.try_get(column).map_err(misread)
}

pub(super) fn count(row: &Row, column: usize) -> Result<u64, Error> {
    u64::try_from(get::<i64>(row, column)?).map_err(misread)
}

fn small_count(row: &Row, column: usize) -> Result<u32, Error> {
    u32::try_from(get::<i64>(row, column)?).map_err(misread)
}

pub(super) fn id(row: &Row, column: usize) -> Result<Id<Stream>, Error> {
    Ok(Id::from_u128(get::<Uuid>(row, column)?.as_u128()))
}

pub(super) fn digest(row: &Row, column: usize) -> Result<Digest, Error> {
    let bytes: &[u8] = get(row, column)?;
    Ok(Digest::from_bytes(bytes.try_into().map_err(misread)?))
}

/// Columns `seq, hash`.
pub(super) fn head(row: &Row) -> Result<Head, Error> {
    Ok(Head { seq: count(row, 0)?, hash: digest(row, 1)? })
}

/// Columns `id, version, body`.
pub(super) fn state(kind: impl Into<Cow<'static, str>>, row: &Row) -> Result<StoredState, Error> {
    Ok(StoredState {
        stream: Stream::new(kind, id(row, 0)?),
        version: Version::new(count(row, 1)?),
        body: get(row, 2)?,
        fault: None,
    })
}

/// Columns `seq, kind, id, version, name, at, by, body, hash`.
pub(super) fn recorded(row: &Row) -> Result<Recorded, Error> {
    Ok(Recorded {
        seq: count(row, 0)?,
        stream: Stream::new(get::<String>(row, 1)?, id(row, 2)?),
        version: Version::new(count(row, 3)?),
        name: get(row, 4)?,
        at_micros: get(row, 5)?,
        by_json: get(row, 6)?,
        body: get(row, 7)?,
        hash: digest(row, 8)?,
    })
}

/// Columns `id, count(*), max(version)`.
pub(super) fn recorded_stream(kind: &str, row: &Row) -> Result<RecordedStream, Error> {
    Ok(RecordedStream {
        stream: Stream::new(kind.to_owned(), id(row, 0)?),
        rows: count(row, 1)?,
        last: Version::new(count(row, 2)?),
    })
}

/// Columns `seq, idx, key, topic, kind, id, payload, attempts, next_at, last_error`.
pub(super) fn effect(row: &Row) -> Result<StoredEffect, Error> {
    let next_at: i64 = get(row, 8)?;
    Ok(StoredEffect {
        id: EffectId { seq: count(row, 0)?, index: small_count(row, 1)? },
        key: get(row, 2)?,
        topic: get(row, 3)?,
        stream: Stream::new(get::<String>(row, 4)?, id(row, 5)?),
        payload: get(row, 6)?,
        fault: None,
        attempts: small_count(row, 7)?,
        next_at: DateTime::<Utc>::from_timestamp_micros(next_at).ok_or_else(|| {
            Error::new(ErrorKind::Corrupt, "failed to read").with("next_at", next_at)
        })?,
        last_error: get(row, 9)?,
    })
}

/// Columns `digest, length, since`.
pub(super) fn blob(row: &Row) -> Result<StoredBlob, Error> {
    let since: Option<i64> = get(row, 2)?;
    let instant = |since| {
        DateTime::<Utc>::from_timestamp_micros(since)
            .ok_or_else(|| Error::new(ErrorKind::Corrupt, "failed to read").with("since", since))
    };
    Ok(StoredBlob {
        digest: digest(row, 0)?,
        bytes: count(row, 1)?,
        aside_since: since.map(instant).transpose()?,
    })
}

/// An ente's code as stored.
pub(super) fn ente(row: &Row) -> Result<EnteId, Error> {
    get::<&str>(row, 0)?.parse().map_err(misread)
}
