//! The chain, followed while it is read: rows are held against their hashes as they arrive, in
//! parts that are read on connections of their own. How parts make one chain: `sqlite/follow.rs`.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use futures_util::future::join;
use mattoni_core::EnteId;
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio_postgres::Row;

use crate::postgres::pool::Pool;
use crate::postgres::read::{self, count, digest, get, id, int};
use crate::postgres::session::{self, Query};
use crate::record::Linked;
use crate::{Error, ErrorKind, Head, Version};

/// A part as short as this is not worth a connection.
const PART: usize = 500;

/// How many rows to ask for at a time: while they are hashed the next are on their way.
const PAGE: usize = 500;

/// How far the chain holds, in as many parts at once as there may be.
pub(super) async fn follow(
    pool: &Pool,
    runtime: &Handle,
    parts: NonZeroUsize,
    ente: &EnteId,
    start: Head,
    limit: usize,
) -> Result<Head, Error> {
    let part = limit.div_ceil(parts.get()).max(PART);
    // Dropped early, it ends the parts that are still being read.
    let mut others = JoinSet::new();
    for begin in (0..limit).step_by(part).skip(1) {
        let (pool, ente) = (pool.clone(), ente.clone());
        let (seq, limit) = (start.seq + begin as u64, part.min(limit - begin));
        let follow = async move {
            let Some(start) = before(&pool, &ente, seq).await? else { return Ok(None) };
            Ok(Some((start, within(&pool, &ente, start, limit).await?)))
        };
        others.spawn_on(follow, runtime);
    }
    let mut end = within(pool, ente, start, part.min(limit)).await?;
    let mut followed = BTreeMap::new();
    while let Some(part) = others.join_next().await {
        let stopped = |e| Error::new(ErrorKind::Unavailable, "failed to verify").caused_by(e);
        let part: Result<_, Error> = part.map_err(stopped)?;
        followed.extend(part?.map(|(start, reached)| (start.seq, (start, reached))));
    }
    for (start, reached) in followed.into_values() {
        if start != end {
            break;
        }
        end = reached;
    }
    Ok(end)
}

/// The row at this place, as the one the next is held against.
async fn before(pool: &Pool, ente: &EnteId, seq: u64) -> Result<Option<Head>, Error> {
    const SQL: &str = "SELECT hash FROM journal WHERE ente = $1 AND seq = $2";
    let query = Query::new(SQL).with(ente.as_str()).with(int(seq));
    let rows = session::read(pool, ente.as_str(), &query).await?;
    let hash = rows.first().map(|row| digest(row, 0)).transpose();
    // What does not read is for the verification to explain, and no failure.
    Ok(hash.ok().flatten().map(|hash| Head { seq, hash }))
}

async fn within(pool: &Pool, ente: &EnteId, start: Head, limit: usize) -> Result<Head, Error> {
    let last = start.seq + limit as u64;
    let mut end = start;
    let mut rows = page(pool, ente, start.seq, last).await?;
    loop {
        let reach = end.seq + rows.len() as u64;
        let more = !rows.is_empty() && reach < last;
        let next =
            async { if more { page(pool, ente, reach, last).await } else { Ok(Vec::new()) } };
        let (next, there) = join(next, async { along(&rows, ente, end) }).await;
        end = there;
        if !more || end.seq < reach {
            return Ok(end);
        }
        rows = next?;
    }
}

async fn page(pool: &Pool, ente: &EnteId, after: u64, last: u64) -> Result<Vec<Row>, Error> {
    const SQL: &str = "SELECT seq, kind, id, version, name, at, by, body, hash FROM journal
        WHERE ente = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4";
    let query =
        Query::new(SQL).with(ente.as_str()).with(int(after)).with(int(last)).with(read::page(PAGE));
    match session::read(pool, ente.as_str(), &query).await {
        Err(e) if e.kind() == ErrorKind::Corrupt => Ok(Vec::new()),
        rows => rows,
    }
}

/// Where the chain ends with those of these rows that follow.
fn along(rows: &[Row], ente: &EnteId, start: Head) -> Head {
    let mut end = start;
    for row in rows {
        match followed(row, ente, end) {
            Ok(Some(next)) => end = next,
            Ok(None) | Err(_) => break,
        }
    }
    end
}

/// The end of the chain with this row, if it follows.
fn followed(row: &Row, ente: &EnteId, end: Head) -> Result<Option<Head>, Error> {
    let linked = Linked {
        seq: count(row, 0)?,
        kind: get(row, 1)?,
        id: id(row, 2)?,
        version: Version::new(count(row, 3)?),
        name: get(row, 4)?,
        at_micros: get(row, 5)?,
        by_json: get(row, 6)?,
        body: get(row, 7)?,
    };
    let here = Head { seq: linked.seq, hash: digest(row, 8)? };
    let follows = here.seq == end.seq + 1 && linked.link(ente, &end.hash) == here.hash;
    Ok(follows.then_some(here))
}
