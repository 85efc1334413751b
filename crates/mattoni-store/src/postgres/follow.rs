//! The chain, followed while it is read: rows come packed and are held against their hashes as they
//! arrive, in parts that are read on connections of their own. How parts make one chain:
//! `sqlite/follow.rs`.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use futures_util::future::join;
use mattoni_core::{Digest, EnteId, Id};
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use crate::postgres::packed::Packed;
use crate::postgres::pool::{Client, Pool};
use crate::postgres::read::{digest, get, int};
use crate::postgres::session::{self, Query, Rows};
use crate::record::Linked;
use crate::{Error, ErrorKind, Head, Version};

/// A part as short as this is not worth a connection.
const PART: usize = 500;

/// How many rows a statement reads: few enough that none runs long, whatever is in them.
const PIECE: u64 = 1024;

/// How many rows the server packs into one. They are what is held of a part at a time, beside
/// what is on its way.
const PACK: u64 = 128;

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

/// Where the chain ends with those of the rows that follow.
async fn within(pool: &Pool, ente: &EnteId, start: Head, limit: usize) -> Result<Head, Error> {
    let (mut end, last) = (start, start.seq + limit as u64);
    match along(pool, ente, &mut end, last).await {
        // The connection may have died in the pool, of a restart: on from here on a new one.
        Err(e) if e.kind() == ErrorKind::Unreachable => along(pool, ente, &mut end, last).await?,
        done => done?,
    }
    Ok(end)
}

/// Moves the end along the rows to the last of them, or to the first that does not follow.
async fn along(pool: &Pool, ente: &EnteId, end: &mut Head, last: u64) -> Result<(), Error> {
    let client = session::reader(pool, ente.as_str()).await?;
    let mut rows = packed(&client, ente, end.seq, last).await?;
    loop {
        let reach = last.min(end.seq + PIECE);
        // Asked for before these are looked at, so that the server has always something to do.
        let next = async {
            let more = reach < last;
            Ok(if more { Some(packed(&client, ente, reach, last).await?) } else { None })
        };
        let (next, followed) = join(next, through(rows, ente, end)).await;
        followed?;
        match next? {
            Some(next) if end.seq == reach => rows = next,
            _ => return Ok(()),
        }
    }
}

/// The rows after this one, packed.
async fn packed(client: &Client, ente: &EnteId, after: u64, last: u64) -> Result<Rows, Error> {
    // OFFSET 0 has them sorted before they are packed. Should a planner find another way, then
    // they do not follow, and are looked at one by one.
    const SQL: &str = r"SELECT pack.rows, pack.bodies FROM generate_series($2::bigint, $3::bigint - 1, $4) AS first,
        LATERAL (SELECT string_agg(packed, NULL) AS rows, string_agg(body, NULL) AS bodies FROM (
            SELECT int8send(seq) || uuid_send(id) || int8send(version) || int8send(at) || hash
                || int4send(length(body)) || textsend(kind) || '\x00' || textsend(name) || '\x00'
                || textsend(by) || '\x00' AS packed, body
            FROM journal WHERE ente = $1 AND seq > first AND seq <= least(first + $4, $3)
            ORDER BY seq OFFSET 0) AS r) AS pack";
    let query = Query::new(SQL)
        .with(ente.as_str())
        .with(int(after))
        .with(int(last.min(after + PIECE)))
        .with(int(PACK));
    session::rows(client, &query).await
}

/// Moves the end along these rows, as far as they follow. The others it lets go: while somebody
/// still held them, nothing after them would come.
async fn through(mut packs: Rows, ente: &EnteId, end: &mut Head) -> Result<(), Error> {
    loop {
        let pack = match packs.next().await {
            // What the server cannot read is for the verification to explain, and no failure; and
            // what is too much to be packed is looked at row by row.
            Err(e) if matches!(e.kind(), ErrorKind::Corrupt | ErrorKind::TooLarge) => return Ok(()),
            pack => pack?,
        };
        // Where there are no rows, there is nothing to pack.
        let pack = pack.as_ref().and_then(|pack| get(pack, 0).ok().zip(get(pack, 1).ok()));
        let Some((rows, bodies)) = pack else { return Ok(()) };
        let mut rows = Packed::new(rows, bodies);
        while !rows.is_empty() {
            match followed(&mut rows, ente, *end) {
                Some(next) => *end = next,
                None => return Ok(()),
            }
        }
    }
}

/// The end of the chain with the next of the rows, if it reads and follows.
fn followed(rows: &mut Packed<'_>, ente: &EnteId, end: Head) -> Option<Head> {
    let (seq, id, version) = (rows.count()?, rows.array()?, rows.count()?);
    let (at_micros, hash) = (rows.int()?, rows.array()?);
    let linked = Linked {
        seq,
        // Is as long as is said before the texts.
        body: rows.body()?,
        kind: rows.text()?,
        id: Id::from_u128(u128::from_be_bytes(id)),
        version: Version::new(version),
        name: rows.text()?,
        at_micros,
        by_json: rows.text()?,
    };
    let here = Head { seq, hash: Digest::from_bytes(hash) };
    let follows = here.seq == end.seq + 1 && linked.link(ente, &end.hash) == here.hash;
    follows.then_some(here)
}
