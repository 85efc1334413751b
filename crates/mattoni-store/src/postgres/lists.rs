//! Lists: reading them, and changing the projections of states.

use std::collections::BTreeMap;

use async_trait::async_trait;
use mattoni_core::EnteId;
use mattoni_core::record::{Direction, Span};

use crate::check::check_reprojected;
use crate::list::ends;
use crate::postgres::audit;
use crate::postgres::commit::{head_for_update, lock_and_read_states};
use crate::postgres::fault::{misread, no_connection};
use crate::postgres::plan::{Move, Stored, key, taken};
use crate::postgres::projection_moves::Moved;
use crate::postgres::read::{count, get, id, page, state, uuid};
use crate::postgres::session::{Query, begin, begin_and_read, roll_back, write_and_commit};
use crate::projection_diff::{stored_entries, stored_keys};
use crate::{
    CommitError, Conflict, Error, IndexAudit, ListRow, Lists, Placed, Postgres, Reprojected, Spot,
    Stream,
};

/// A query over the entries of a span: up, and down.
macro_rules! over_span {
    ($select:literal) => {
        [over_span!($select, "ASC"), over_span!($select, "DESC")]
    };
    ($select:literal, $order:literal) => {
        concat!(
            $select,
            " WHERE l.ente = $1 AND l.kind = $2 AND l.list = $3 AND l.bucket = $4
                AND (l.sort, l.id) > ($5, $6) AND (l.sort, l.id) < ($7, $8)
            ORDER BY l.sort ",
            $order,
            ", l.id ",
            $order,
            " LIMIT $9"
        )
    };
}

// OFFSET 0: as explained in commit.rs.
const STATES: [&str; 2] = over_span!(
    "SELECT l.id, s.version, s.body, l.sort FROM list_entry l,
        LATERAL (SELECT version, body FROM state
            WHERE ente = $1 AND kind = $2 AND id = l.id OFFSET 0) s"
);
const ROWS: [&str; 2] = over_span!("SELECT l.id, l.sort, l.row_json FROM list_entry l");

#[async_trait]
impl Lists for Postgres {
    async fn page(
        &self,
        ente: &EnteId,
        kind: &str,
        span: &Span,
        after: Option<&Spot>,
        limit: usize,
    ) -> Result<Vec<Placed>, Error> {
        let query = over(ente, (kind, span, after, limit), STATES);
        self.all(ente, query, |row| {
            Ok(Placed { state: state(kind.to_owned(), row)?, sort: get(row, 3)? })
        })
        .await
    }

    async fn rows(
        &self,
        ente: &EnteId,
        kind: &str,
        span: &Span,
        after: Option<&Spot>,
        limit: usize,
    ) -> Result<Vec<ListRow>, Error> {
        let query = over(ente, (kind, span, after, limit), ROWS);
        self.all(ente, query, |row| {
            let spot = Spot { id: id(row, 0)?, sort: get(row, 1)? };
            Ok(ListRow { spot, row: get(row, 2)?, fault: None })
        })
        .await
    }

    async fn tally(
        &self,
        ente: &EnteId,
        kind: &str,
        list: &str,
        bucket: &str,
    ) -> Result<u64, Error> {
        const SQL: &str = "SELECT n FROM tally
            WHERE ente = $1 AND kind = $2 AND list = $3 AND bucket = $4";
        let query = Query::new(SQL).with(ente.as_str()).with(kind).with(list).with(bucket);
        Ok(self.first(ente, query, |row| count(row, 0)).await?.unwrap_or(0))
    }

    async fn projection_versions(
        &self,
        ente: &EnteId,
        kind: &str,
    ) -> Result<BTreeMap<u32, u64>, Error> {
        const SQL: &str = "SELECT bucket, n FROM tally
            WHERE ente = $1 AND kind = $2 AND list = ''";
        let query = Query::new(SQL).with(ente.as_str()).with(kind);
        let versions = self.all(ente, query, |row| {
            Ok((get::<&str>(row, 0)?.parse().map_err(misread)?, count(row, 1)?))
        });
        Ok(versions.await?.into_iter().collect())
    }

    async fn reproject(&self, ente: &EnteId, states: Vec<Reprojected>) -> Result<u64, CommitError> {
        check_reprojected(&states)?;
        let done = self.reproject_all(ente, &states).await.map_err(|e| e.with("ente", ente))?;
        Ok(done?)
    }

    async fn audit_index(&self, ente: &EnteId, kind: &str) -> Result<IndexAudit, Error> {
        let audited = self.first(ente, audit::audit(ente, kind), |row| audit::audited(kind, row));
        Ok(audited.await?.unwrap_or_default())
    }

    async fn mend_index(&self, ente: &EnteId, kind: &str) -> Result<(), Error> {
        let client = self.pool.get().await.map_err(no_connection)?;
        // The ente's commits wait, as they do for one another.
        begin_and_read(&client, &begin(ente.as_str()), &[head_for_update(ente)]).await?;
        let written = write_and_commit(&client, &audit::mend(ente, kind)).await;
        written.map(drop).map_err(|e| e.with("ente", ente))
    }
}

/// The entries of a span.
fn over<'a>(
    ente: &'a EnteId,
    (kind, span, after, limit): (&'a str, &'a Span, Option<&Spot>, usize),
    [up, down]: [&'static str; 2],
) -> Query<'a> {
    let sql = match span.direction {
        Direction::Up => up,
        Direction::Down => down,
    };
    let (low, high) = ends(span, after);
    Query::new(sql)
        .with(ente.as_str())
        .with(kind)
        .with(&*span.list)
        .with(&*span.bucket)
        .with(low.sort)
        .with(uuid(low.id))
        .with(high.sort)
        .with(uuid(high.id))
        .with(page(limit))
}

impl Postgres {
    async fn reproject_all(
        &self,
        ente: &EnteId,
        states: &[Reprojected],
    ) -> Result<Result<u64, Conflict>, Error> {
        const SET: &str = "UPDATE state SET unique_keys = $4, projection = $5
            WHERE ente = $1 AND kind = $2 AND id = $3";
        let client = self.pool.get().await.map_err(no_connection)?;
        let stored = lock_and_read_states(&client, ente, states).await?;
        let stands = |state: &&Reprojected| {
            stored.states.get(&state.stream).is_some_and(|row| row.version == state.version)
        };
        // Where a stream is named twice, the last one counts.
        let standing: BTreeMap<&Stream, &Reprojected> =
            states.iter().filter(stands).map(|state| (&state.stream, state)).collect();
        let conflict = conflict(&stored, standing.values().copied());
        if standing.is_empty() || conflict.is_some() {
            roll_back(&client).await;
            return Ok(conflict.map_or(Ok(0), Err));
        }
        let moves = standing.values().map(|state| Move {
            stream: &state.stream,
            had: stored.states.get(&state.stream).map(|row| &row.projection),
            has: &state.projection,
        });
        let moved = Moved::anew(&moves.collect::<Vec<_>>(), &stored);
        let mut queries = moved.drops(ente);
        queries.push(moved.rows(stored.head, stored.head).written(ente));
        queries.extend(standing.values().map(|state| {
            Query::new(SET)
                .with(ente.as_str())
                .with(&*state.stream.kind)
                .with(uuid(state.stream.id))
                .with(stored_keys(&state.projection.unique))
                .with(stored_entries(&state.projection))
        }));
        write_and_commit(&client, &queries).await?;
        Ok(Ok(standing.len() as u64))
    }
}

/// The first unique key that another stream holds.
fn conflict<'a>(
    stored: &Stored,
    states: impl Iterator<Item = &'a Reprojected> + Clone,
) -> Option<Conflict> {
    let mut holders = stored.holders.clone();
    for Reprojected { stream, .. } in states.clone() {
        for old in stored.unique(stream) {
            holders.remove(&key(stream, old));
        }
    }
    for Reprojected { stream, projection, .. } in states {
        for unique in &projection.unique {
            if let Some(holder) = holders.insert(key(stream, unique), stream.id) {
                return Some(taken(stream, unique, holder));
            }
        }
    }
    None
}
