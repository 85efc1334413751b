//! Follows the chain in place: rows are compared with their hashes without being copied.
//!
//! What a row has to follow is stored in the row before it, so the parts of a run are followed at
//! the same time, each from the stored hash before it. Where one ends as the next begins, the two
//! are one chain.

use std::num::NonZeroUsize;
use std::thread;

use mattoni_core::EnteId;
use rusqlite::{Connection, Row, params};

use crate::record::Linked;
use crate::sqlite::fault::fault;
use crate::sqlite::pool::Pool;
use crate::sqlite::read::{READING, ROW, first, id, page};
use crate::sqlite::statements::{count, digest, int};
use crate::{Error, ErrorKind, Head, Version};

/// A part as short as this is not worth a thread.
const PART: usize = 500;

/// How far the chain holds, in as many parts as there are threads for.
pub(super) fn follow(
    readers: &Pool,
    threads: NonZeroUsize,
    ente: &EnteId,
    start: Head,
    limit: usize,
) -> Result<Head, Error> {
    let part = limit.div_ceil(threads.get()).max(PART);
    let begins = (0..limit).step_by(part);
    let parts = begins.map(|begin| (start.seq + begin as u64, part.min(limit - begin)));
    thread::scope(|scope| {
        let others: Vec<_> = parts
            .skip(1)
            .map(|(seq, limit)| {
                let follow = move || {
                    readers.read(|conn| match before(conn, ente, seq)? {
                        Some(start) => Ok(Some((start, within(conn, ente, start, limit)?))),
                        None => Ok(None),
                    })
                };
                thread::Builder::new().name("mattoni-verify".into()).spawn_scoped(scope, follow)
            })
            .collect();
        let mut end = readers.read(|conn| within(conn, ente, start, part.min(limit)))?;
        for other in others {
            let failed =
                |e| Error::new(ErrorKind::Unavailable, "failed to start a thread").caused_by(e);
            let part = other.map_err(failed)?.join();
            match part.unwrap_or_else(|panic| std::panic::resume_unwind(panic))? {
                Some((start, reached)) if start == end => end = reached,
                _ => break,
            }
        }
        Ok(end)
    })
}

/// Place and hash of the row at this place, which the next row must follow.
fn before(conn: &Connection, ente: &EnteId, seq: u64) -> Result<Option<Head>, Error> {
    const SQL: &str = "SELECT hash FROM journal WHERE ente = ?1 AND seq = ?2";
    let hash = first(conn, SQL, params![ente.as_str(), int(seq)], |row| digest(row, 0));
    Ok(readable(hash)?.flatten().map(|hash| Head { seq, hash }))
}

/// What was read; `None` where it cannot be read. Then the chain does not hold there: no error, but
/// a finding that the verification reports.
fn readable<T>(read: Result<T, Error>) -> Result<Option<T>, Error> {
    match read {
        Err(e) if e.kind() == ErrorKind::Corrupt => Ok(None),
        read => read.map(Some),
    }
}

fn within(conn: &Connection, ente: &EnteId, start: Head, limit: usize) -> Result<Head, Error> {
    let sql =
        format!("SELECT {ROW} FROM journal WHERE ente = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3");
    let failed = |e| fault(READING, e);
    let mut statement = conn.prepare_cached(&sql).map_err(failed)?;
    let key = params![ente.as_str(), int(start.seq), page(limit)];
    let mut rows = statement.query(key).map_err(failed)?;
    let mut end = start;
    while let Some(Some(row)) = readable(rows.next().map_err(failed))? {
        let next = followed(row, ente, end).map_err(failed);
        match readable(next)?.flatten() {
            Some(next) => end = next,
            None => break,
        }
    }
    Ok(end)
}

/// The end of the chain with this row (columns [`ROW`]), if it follows.
fn followed(row: &Row<'_>, ente: &EnteId, end: Head) -> rusqlite::Result<Option<Head>> {
    let linked = Linked {
        seq: count(row, 0)?,
        kind: row.get_ref(1)?.as_str()?,
        id: id(row, 2)?,
        version: Version::new(count(row, 3)?),
        name: row.get_ref(4)?.as_str()?,
        at_micros: row.get(5)?,
        by_json: row.get_ref(6)?.as_str()?,
        body: row.get_ref(7)?.as_blob()?,
    };
    let here = Head { seq: linked.seq, hash: digest(row, 8)? };
    let follows = here.seq == end.seq + 1 && linked.link(ente, &end.hash) == here.hash;
    Ok(follows.then_some(here))
}
