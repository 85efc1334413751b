//! The lists: reading them, and moving a state from place to place.

use std::collections::BTreeMap;

use async_trait::async_trait;
use mattoni_core::EnteId;

use crate::check::check_relisted;
use crate::moves::{Moves, Tallies, written};
use crate::postgres::commit::lock_and_read_states;
use crate::postgres::fault::{misread, no_connection};
use crate::postgres::read::{count, get, id, int, page, state, uuid};
use crate::postgres::session::{Query, roll_back, write_and_commit};
use crate::postgres::statements::Rows;
use crate::{
    CommitError, Direction, Error, Head, Line, Listing, Lists, Place, Placed, Postgres, Relisted,
    Span, Spot, Stream,
};

/// A query over the places of a span, which are the same for all: up, and down.
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

// OFFSET 0: see commit.rs.
const STATES: [&str; 2] = over_span!(
    "SELECT l.id, s.version, s.body, l.sort FROM listing l,
        LATERAL (SELECT version, body FROM state
            WHERE ente = $1 AND kind = $2 AND id = l.id OFFSET 0) s"
);
const LINES: [&str; 2] = over_span!("SELECT l.id, l.sort, l.line FROM listing l");

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

    async fn lines(
        &self,
        ente: &EnteId,
        kind: &str,
        span: &Span,
        after: Option<&Spot>,
        limit: usize,
    ) -> Result<Vec<Line>, Error> {
        let query = over(ente, (kind, span, after, limit), LINES);
        self.all(ente, query, |row| {
            Ok(Line { spot: Spot { id: id(row, 0)?, sort: get(row, 1)? }, text: get(row, 2)? })
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

    async fn forms(&self, ente: &EnteId, kind: &str) -> Result<BTreeMap<u32, u64>, Error> {
        const SQL: &str = "SELECT bucket, n FROM tally
            WHERE ente = $1 AND kind = $2 AND list = ''";
        let query = Query::new(SQL).with(ente.as_str()).with(kind);
        let forms = self.all(ente, query, |row| {
            Ok((get::<&str>(row, 0)?.parse().map_err(misread)?, count(row, 1)?))
        });
        Ok(forms.await?.into_iter().collect())
    }

    async fn relist(&self, ente: &EnteId, states: Vec<Relisted>) -> Result<u64, CommitError> {
        check_relisted(&states)?;
        Ok(self.relist_all(ente, &states).await.map_err(|e| e.with("ente", ente))?)
    }
}

/// The places of a span.
fn over<'a>(
    ente: &'a EnteId,
    (kind, span, after, limit): (&'a str, &'a Span, Option<&Spot>, usize),
    [up, down]: [&'static str; 2],
) -> Query<'a> {
    let sql = match span.direction {
        Direction::Up => up,
        Direction::Down => down,
    };
    let (low, high) = span.ends(after);
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
    async fn relist_all(&self, ente: &EnteId, states: &[Relisted]) -> Result<u64, Error> {
        const SET: &str = "UPDATE state SET lists = $4 WHERE ente = $1 AND kind = $2 AND id = $3";
        let client = self.pool.get().await.map_err(no_connection)?;
        let streams = states.iter().map(|state| &state.stream);
        let stored = lock_and_read_states(&client, ente, streams).await?;
        let stands = |relisted: &&Relisted| {
            stored.states.get(&relisted.stream).is_some_and(|row| row.version == relisted.version)
        };
        // Named twice, the last counts.
        let standing: BTreeMap<&Stream, &Relisted> =
            states.iter().filter(stands).map(|relisted| (&relisted.stream, relisted)).collect();
        if standing.is_empty() {
            roll_back(&client).await;
            return Ok(0);
        }
        let moves = standing.values().map(|relisted| Move {
            stream: &relisted.stream,
            had: stored.states.get(&relisted.stream).map(|row| &row.listing),
            has: &relisted.listing,
        });
        let moved = Moved::of(&moves.collect::<Vec<_>>());
        let mut queries = moved.drops(ente);
        queries.push(moved.rows(stored.head, stored.head).written(ente));
        queries.extend(standing.values().map(|relisted| {
            Query::new(SET)
                .with(ente.as_str())
                .with(&*relisted.stream.kind)
                .with(uuid(relisted.stream.id))
                .with(written(&relisted.listing))
        }));
        write_and_commit(&client, &queries).await?;
        Ok(standing.len() as u64)
    }
}

/// A state that goes from the places it had, none when it is new, to those it has.
pub(super) struct Move<'a> {
    pub(super) stream: &'a Stream,
    pub(super) had: Option<&'a Listing>,
    pub(super) has: &'a Listing,
}

const DROP_PLACE: &str = "DELETE FROM listing WHERE ente = $1 AND kind = $2 AND list = $3
    AND bucket = $4 AND sort = $5 AND id = $6";
const COUNT_DOWN: &str = "UPDATE tally SET n = n - $5
    WHERE ente = $1 AND kind = $2 AND list = $3 AND bucket = $4 AND n > $5";
// With its last place a bucket goes too, so that no name of it outlives what was in it.
const DROP_TALLY: &str = "DELETE FROM tally
    WHERE ente = $1 AND kind = $2 AND list = $3 AND bucket = $4 AND n = $5";

/// What is written for states to move.
pub(super) struct Moved<'a> {
    left: Vec<(&'a Stream, &'a Place)>,
    /// New places, and those where something else is told.
    told: Vec<(&'a Stream, &'a Place, &'a str)>,
    tallies: Tallies,
}

impl<'a> Moved<'a> {
    pub(super) fn of(moves: &[Move<'a>]) -> Self {
        let (mut left, mut told) = (Vec::new(), Vec::new());
        let mut tallies = Tallies::default();
        for Move { stream, had, has } in moves {
            let moves = Moves::between(*had, has);
            tallies.formed(&stream.kind, had.map(|had| had.form), has.form);
            tallies.moved(&stream.kind, &moves);
            left.extend(moves.left.into_iter().map(|place| (*stream, place)));
            let moved = moves.taken.into_iter().chain(moves.retold);
            told.extend(moved.map(|(place, line)| (*stream, place, line)));
        }
        Self { left, told, tallies }
    }

    /// What goes, and is counted down.
    pub(super) fn drops(&self, ente: &'a EnteId) -> Vec<Query<'a>> {
        let about = |sql| Query::new(sql).with(ente.as_str());
        // One by one, because each is found by its whole key only so.
        let dropped = self.left.iter().map(|(stream, old)| {
            about(DROP_PLACE)
                .with(&*stream.kind)
                .with(&*old.list)
                .with(&*old.bucket)
                .with(&*old.sort)
                .with(uuid(stream.id))
        });
        let mut all: Vec<_> = dropped.collect();
        for (kind, list, bucket, n) in self.tallies.changed().filter(|(.., n)| *n < 0) {
            // At most one of the two finds the row. Dropping first, or what was counted down to
            // exactly as many would go as well.
            for sql in [DROP_TALLY, COUNT_DOWN] {
                all.push(
                    about(sql)
                        .with(kind.to_owned())
                        .with(list.to_owned())
                        .with(bucket.to_owned())
                        .with(int(n.unsigned_abs())),
                );
            }
        }
        all
    }

    /// What comes, and is counted up.
    pub(super) fn rows(&self, from: Head, to: Head) -> Rows<'_, 'a> {
        let up = self.tallies.changed().filter(|(.., n)| *n > 0);
        let owned = |(kind, list, bucket, n): (&str, &str, &str, i64)| {
            (kind.to_owned(), list.to_owned(), bucket.to_owned(), n)
        };
        Rows { places: &self.told, counts: up.map(owned).collect(), ..Rows::at(from, to) }
    }
}
