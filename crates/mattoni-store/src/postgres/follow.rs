//! Follows the chain while its rows arrive, in parts that are read on connections of their own. How
//! parts make one chain: `sqlite/follow.rs`.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use futures_util::future::join;
use mattoni_core::EnteId;
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use crate::postgres::pool::{Client, Pool};
use crate::postgres::read::{digest, int, recorded};
use crate::postgres::session::{self, Query, Rows};
use crate::{Error, ErrorKind, Head};

/// A part as short as this is not worth a connection.
const PART: usize = 500;

/// How many rows a statement reads: few enough that none runs long, whatever is in them.
const PIECE: u64 = 1024;

/// How far the chain holds; read in several parts at the same time.
pub(super) async fn follow(
    pool: &Pool,
    runtime: &Handle,
    parts: NonZeroUsize,
    ente: &EnteId,
    start: Head,
    limit: usize,
) -> Result<Head, Error> {
    let part = limit.div_ceil(parts.get()).max(PART);
    // Dropping the set aborts the parts that are still being read.
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

/// Place and hash of the row at this place, which the next row must follow.
async fn before(pool: &Pool, ente: &EnteId, seq: u64) -> Result<Option<Head>, Error> {
    const SQL: &str = "SELECT hash FROM journal WHERE ente = $1 AND seq = $2";
    let query = Query::new(SQL).with(ente.as_str()).with(int(seq));
    let rows = session::read(pool, ente.as_str(), &query).await?;
    let hash = rows.first().map(|row| digest(row, 0)).transpose();
    // A row that cannot be read is no error here: the verification reports it.
    Ok(hash.ok().flatten().map(|hash| Head { seq, hash }))
}

/// Where the chain ends with those of the rows that follow.
async fn within(pool: &Pool, ente: &EnteId, start: Head, limit: usize) -> Result<Head, Error> {
    let (mut end, last) = (start, start.seq + limit as u64);
    match along(pool, ente, &mut end, last).await {
        Err(e) if e.kind() == ErrorKind::Unreachable => {
            session::renew(pool);
            along(pool, ente, &mut end, last).await?;
        }
        done => done?,
    }
    Ok(end)
}

/// Moves the end along the rows to the last of them, or to the first that does not follow.
async fn along(pool: &Pool, ente: &EnteId, end: &mut Head, last: u64) -> Result<(), Error> {
    let client = session::reader(pool, ente.as_str()).await?;
    let mut rows = piece(&client, ente, end.seq, last).await?;
    loop {
        let reach = last.min(end.seq + PIECE);
        // The next piece is requested before this one is checked, so that the server is never
        // idle.
        let next = async {
            let more = reach < last;
            Ok(if more { Some(piece(&client, ente, reach, last).await?) } else { None })
        };
        let (next, followed) = join(next, through(rows, ente, end)).await;
        followed?;
        match next? {
            Some(next) if end.seq == reach => rows = next,
            _ => return Ok(()),
        }
    }
}

/// The next rows after this one.
async fn piece<'c>(
    client: &'c Client,
    ente: &EnteId,
    after: u64,
    last: u64,
) -> Result<Rows<'c>, Error> {
    const SQL: &str = "SELECT seq, kind, id, version, name, at, by, body, hash FROM journal
        WHERE ente = $1 AND seq > $2 AND seq <= $3 ORDER BY seq";
    let query =
        Query::new(SQL).with(ente.as_str()).with(int(after)).with(int(last.min(after + PIECE)));
    session::rows(client, &query).await
}

/// Moves the end along these rows, as far as they follow. The others are dropped: while somebody
/// held them, the connection could send nothing else.
async fn through(mut rows: Rows<'_>, ente: &EnteId, end: &mut Head) -> Result<(), Error> {
    loop {
        let row = match rows.next().await {
            // A row that the server cannot read ends the part: the verification reports it.
            Err(e) if e.kind() == ErrorKind::Corrupt => return Ok(()),
            row => row?,
        };
        let Some(Ok(row)) = row.as_ref().map(recorded) else { return Ok(()) };
        if row.seq != end.seq + 1 || row.link(ente, &end.hash) != row.hash {
            return Ok(());
        }
        *end = Head { seq: row.seq, hash: row.hash };
    }
}
