//! Lists: reading them, and changing the entries of a state.

use std::collections::BTreeMap;

use async_trait::async_trait;
use mattoni_core::EnteId;
use mattoni_core::record::{Direction, Projection, Span, UniqueKey};
use rusqlite::{Row, params};

use crate::check::check_reprojected;
use crate::list::{ends, row_at};
use crate::projection_diff::{EntryDiff, StoredProjection, Tallies, stored_entries, stored_keys};
use crate::sqlite::apply::{Stop, Write};
use crate::sqlite::audit::audit;
use crate::sqlite::fault::is_taken;
use crate::sqlite::read::{all, first, id, page, state};
use crate::sqlite::statements::{Statements, count, id_bytes, int};
use crate::{
    CommitError, Conflict, Error, IndexAudit, ListRow, Lists, Placed, Reprojected, Spot, Sqlite,
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
            " WHERE l.ente = ?1 AND l.kind = ?2 AND l.list = ?3
                AND l.bucket = ?4 AND (l.sort, l.id) > (?5, ?6)
                AND (l.sort, l.id) < (?7, ?8)
            ORDER BY l.sort ",
            $order,
            ", l.id ",
            $order,
            " LIMIT ?9"
        )
    };
}

// CROSS JOIN keeps the order of the tables: entries are read in the order of their key.
const STATES: [&str; 2] = over_span!(
    "SELECT state.id, state.version, state.body, l.sort FROM list_entry l
        CROSS JOIN state ON state.ente = l.ente AND state.kind = l.kind AND state.id = l.id"
);
const ROWS: [&str; 2] = over_span!("SELECT l.id, l.sort, l.row_json FROM list_entry l");

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

    async fn rows(
        &self,
        ente: &EnteId,
        kind: &str,
        span: &Span,
        after: Option<&Spot>,
        limit: usize,
    ) -> Result<Vec<ListRow>, Error> {
        self.over(ente, (kind, span, after, limit), ROWS, |row| {
            let spot = Spot { id: id(row, 0)?, sort: row.get(1)? };
            Ok(ListRow { spot, row: row.get(2)?, fault: None })
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

    async fn projection_versions(
        &self,
        ente: &EnteId,
        kind: &str,
    ) -> Result<BTreeMap<u32, u64>, Error> {
        const SQL: &str = "SELECT CAST(bucket AS INTEGER), n FROM tally
            WHERE ente = ?1 AND kind = ?2 AND list = ''";
        self.read(ente, |conn| {
            let versions = all(conn, SQL, params![ente.as_str(), kind], |row| {
                Ok((row.get(0)?, count(row, 1)?))
            })?;
            Ok(versions.into_iter().collect())
        })
    }

    async fn reproject(&self, ente: &EnteId, states: Vec<Reprojected>) -> Result<u64, CommitError> {
        check_reprojected(&states)?;
        self.writer()?.write(Write::Reproject { ente: ente.clone(), states }).await
    }

    async fn audit_index(&self, ente: &EnteId, kind: &str) -> Result<IndexAudit, Error> {
        self.read(ente, |conn| audit(conn, ente, kind))
    }

    async fn mend_index(&self, ente: &EnteId, kind: &str) -> Result<(), Error> {
        let mend = Write::Mend { ente: ente.clone(), kind: kind.to_owned() };
        self.write(mend).await.map(drop)
    }
}

impl Sqlite {
    /// The entries of a span, each read by `read`.
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
        let (low, high) = ends(span, after);
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
    /// Replaces the projections of the states that are at the version named.
    pub(super) fn reproject_all(
        &mut self,
        ente: &EnteId,
        states: &[Reprojected],
    ) -> Result<usize, Stop> {
        let (mut done, mut tallies) = (0, Tallies::default());
        for Reprojected { stream, version, projection, .. } in states {
            let Some(had) = self.read_state(ente, stream)? else { continue };
            if had.version == *version {
                let (keys, entries) = (stored_keys(&projection.unique), stored_entries(projection));
                self.set_projection.execute(params![had.rowid, keys, entries])?;
                let had = Some(&had.projection);
                self.bring_lacking(ente, stream, had, projection)?;
                self.change_projection(ente, stream, had, projection, &mut tallies)?;
                done += 1;
            }
        }
        self.count_entries(ente, &tallies)?;
        Ok(done)
    }

    /// Writes what of a projection stays and should be there already: it may have been lost.
    fn bring_lacking(
        &mut self,
        ente: &EnteId,
        stream: &Stream,
        had: Option<&StoredProjection>,
        has: &Projection,
    ) -> Result<(), Stop> {
        let id = id_bytes(stream);
        let stays = |unique: &&UniqueKey| had.is_some_and(|had| had.unique.contains(unique));
        for unique in has.unique.iter().filter(stays) {
            let row = params![ente.as_str(), stream.kind, unique.name, unique.value, id];
            match self.add_unique_key.execute(row) {
                Ok(_) => {}
                Err(e) if is_taken(&e) => {
                    let taken = self.holder_of(ente, stream, unique)?;
                    if !matches!(&taken, Conflict::UniqueKey { holder, .. } if *holder == stream.id)
                    {
                        return Err(taken.into());
                    }
                }
                Err(e) => return Err(e.into()),
            }
        }
        for entry in &has.entries {
            let row = row_at(entry, has);
            let key =
                params![ente.as_str(), stream.kind, entry.list, entry.bucket, entry.sort, id, row];
            self.put_entry.execute(key)?;
        }
        Ok(())
    }

    pub(super) fn change_entries(
        &mut self,
        ente: &EnteId,
        stream: &Stream,
        had: Option<&StoredProjection>,
        has: &Projection,
        tallies: &mut Tallies,
    ) -> rusqlite::Result<()> {
        let id = id_bytes(stream);
        let diff = EntryDiff::between(had, has);
        for old in &diff.removed {
            let key = params![ente.as_str(), stream.kind, old.list, old.bucket, old.sort, id];
            self.drop_entry.execute(key)?;
        }
        for (new, row) in diff.added.iter().chain(&diff.updated) {
            let row = params![ente.as_str(), stream.kind, new.list, new.bucket, new.sort, id, row];
            self.put_entry.execute(row)?;
        }
        tallies.version(&stream.kind, had.map(|had| had.version), has.version);
        tallies.entries(&stream.kind, &diff);
        Ok(())
    }

    pub(super) fn count_entries(
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
                // An empty bucket is removed: its name may say something about what was in it.
                self.drop_tally.execute(params![ente.as_str(), kind, list, bucket])?;
            }
        }
        Ok(())
    }
}
