//! The lists: reading them, and moving a state from place to place.

use std::collections::BTreeMap;

use async_trait::async_trait;
use mattoni_core::EnteId;
use rusqlite::{Row, params};

use crate::check::check_relisted;
use crate::moves::{Moves, Tallies, written};
use crate::sqlite::apply::Write;
use crate::sqlite::read::{all, first, id, page, state};
use crate::sqlite::statements::{Statements, count, id_bytes, int};
use crate::{
    CommitError, Direction, Error, Line, Listing, Lists, Placed, Relisted, Span, Spot, Sqlite,
    Stream,
};

/// A query over the places of a span, which are the same for all: up, and down.
macro_rules! over_span {
    ($select:literal) => {
        [over_span!($select, "ASC"), over_span!($select, "DESC")]
    };
    ($select:literal, $order:literal) => {
        concat!(
            $select,
            " WHERE listing.ente = ?1 AND listing.kind = ?2 AND listing.list = ?3
                AND listing.bucket = ?4 AND (listing.sort, listing.id) > (?5, ?6)
                AND (listing.sort, listing.id) < (?7, ?8)
            ORDER BY listing.sort ",
            $order,
            ", listing.id ",
            $order,
            " LIMIT ?9"
        )
    };
}

// CROSS JOIN keeps the order of the tables: the page comes off the list's key.
const STATES: [&str; 2] = over_span!(
    "SELECT state.id, state.version, state.body, listing.sort FROM listing
        CROSS JOIN state ON state.ente = listing.ente AND state.kind = listing.kind
            AND state.id = listing.id"
);
const LINES: [&str; 2] = over_span!("SELECT id, sort, line FROM listing");

#[async_trait]
impl Lists for Sqlite {
    async fn page(
        &self,
        ente: &EnteId,
        kind: &str,
        span: &Span,
        after: Option<&Spot>,
        limit: usize,
    ) -> Result<Vec<Placed>, Error> {
        self.over(ente, (kind, span, after, limit), STATES, |row| {
            Ok(Placed { state: state(kind.to_owned(), row)?, sort: row.get(3)? })
        })
    }

    async fn lines(
        &self,
        ente: &EnteId,
        kind: &str,
        span: &Span,
        after: Option<&Spot>,
        limit: usize,
    ) -> Result<Vec<Line>, Error> {
        self.over(ente, (kind, span, after, limit), LINES, |row| {
            Ok(Line { spot: Spot { id: id(row, 0)?, sort: row.get(1)? }, text: row.get(2)? })
        })
    }

    async fn tally(
        &self,
        ente: &EnteId,
        kind: &str,
        list: &str,
        bucket: &str,
    ) -> Result<u64, Error> {
        const SQL: &str = "SELECT n FROM tally
            WHERE ente = ?1 AND kind = ?2 AND list = ?3 AND bucket = ?4";
        self.read(ente, |conn| {
            let key = params![ente.as_str(), kind, list, bucket];
            Ok(first(conn, SQL, key, |row| count(row, 0))?.unwrap_or(0))
        })
    }

    async fn forms(&self, ente: &EnteId, kind: &str) -> Result<BTreeMap<u32, u64>, Error> {
        const SQL: &str = "SELECT CAST(bucket AS INTEGER), n FROM tally
            WHERE ente = ?1 AND kind = ?2 AND list = ''";
        self.read(ente, |conn| {
            let forms = all(conn, SQL, params![ente.as_str(), kind], |row| {
                Ok((row.get(0)?, count(row, 1)?))
            })?;
            Ok(forms.into_iter().collect())
        })
    }

    async fn relist(&self, ente: &EnteId, states: Vec<Relisted>) -> Result<u64, CommitError> {
        check_relisted(&states)?;
        Ok(self.write(Write::Relist { ente: ente.clone(), states }).await?)
    }
}

impl Sqlite {
    /// The places of a span, each read by `read`.
    fn over<T>(
        &self,
        ente: &EnteId,
        (kind, span, after, limit): (&str, &Span, Option<&Spot>, usize),
        [up, down]: [&str; 2],
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, Error> {
        let sql = match span.direction {
            Direction::Up => up,
            Direction::Down => down,
        };
        let (low, high) = span.ends(after);
        let (low_id, high_id) = (low.id.as_u128().to_be_bytes(), high.id.as_u128().to_be_bytes());
        self.read(ente, |conn| {
            let key = params![
                ente.as_str(),
                kind,
                span.list,
                span.bucket,
                low.sort,
                low_id,
                high.sort,
                high_id,
                page(limit)
            ];
            all(conn, sql, key, read)
        })
    }
}

impl Statements<'_> {
    /// Lists the states anew that stand at the version named.
    pub(super) fn relist_all(
        &mut self,
        ente: &EnteId,
        states: &[Relisted],
    ) -> rusqlite::Result<usize> {
        let (mut done, mut tallies) = (0, Tallies::default());
        for Relisted { stream, version, listing } in states {
            let Some(had) = self.read_state(ente, stream)? else { continue };
            if had.version == *version {
                self.set_lists.execute(params![had.rowid, written(listing)])?;
                self.change_places(ente, stream, Some(&had.listing), listing, &mut tallies)?;
                done += 1;
            }
        }
        self.count_places(ente, &tallies)?;
        Ok(done)
    }

    /// Moves the stream from the places it had to those it has.
    pub(super) fn change_places(
        &mut self,
        ente: &EnteId,
        stream: &Stream,
        had: Option<&Listing>,
        has: &Listing,
        tallies: &mut Tallies,
    ) -> rusqlite::Result<()> {
        let id = id_bytes(stream);
        let moves = Moves::between(had, has);
        for old in &moves.left {
            let key = params![ente.as_str(), stream.kind, old.list, old.bucket, old.sort, id];
            self.drop_place.execute(key)?;
        }
        for (new, told) in moves.taken.iter().chain(&moves.retold) {
            let row = params![ente.as_str(), stream.kind, new.list, new.bucket, new.sort, id, told];
            self.add_place.execute(row)?;
        }
        tallies.formed(&stream.kind, had.map(|had| had.form), has.form);
        tallies.moved(&stream.kind, &moves);
        Ok(())
    }

    pub(super) fn count_places(
        &mut self,
        ente: &EnteId,
        tallies: &Tallies,
    ) -> rusqlite::Result<()> {
        for (kind, list, bucket, n) in tallies.changed() {
            let row = params![ente.as_str(), kind, list, bucket, int(n.unsigned_abs())];
            if n > 0 {
                self.count_up.execute(row)?;
            } else {
                self.count_down.execute(row)?;
                // Gone with its last place, so that no name of a bucket outlives what was in it.
                self.drop_tally.execute(params![ente.as_str(), kind, list, bucket])?;
            }
        }
        Ok(())
    }
}
