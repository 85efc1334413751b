//! Holding unique keys, list entries and counts against the projections kept beside the states.

use std::collections::{BTreeMap, BTreeSet};

use mattoni_core::EnteId;
use rusqlite::{Connection, OptionalExtension, params};

use crate::projection_diff::StoredProjection;
use crate::sqlite::apply::Stop;
use crate::sqlite::fault::fault;
use crate::sqlite::read::{READING, id};
use crate::sqlite::statements::{Statements, count};
use crate::{Error, IndexAudit, Stream};

/// How many streams are named.
const NAMED: usize = 10;

/// Buckets whose number of entries and whose count are not the same, either way round.
const MISCOUNTED: &str = "SELECT count(*) FROM (
    SELECT list, bucket FROM (
        SELECT list, bucket, count(*) AS n FROM list_entry WHERE ente = ?1 AND kind = ?2
        GROUP BY list, bucket
        EXCEPT SELECT list, bucket, n FROM tally WHERE ente = ?1 AND kind = ?2 AND list != '')
    UNION
    SELECT list, bucket FROM (
        SELECT list, bucket, n FROM tally WHERE ente = ?1 AND kind = ?2 AND list != ''
        EXCEPT SELECT list, bucket, count(*) FROM list_entry WHERE ente = ?1 AND kind = ?2
        GROUP BY list, bucket))";

/// Everything as of one instant.
pub(super) fn audit(conn: &Connection, ente: &EnteId, kind: &str) -> Result<IndexAudit, Error> {
    let failed = |e| fault(READING, e);
    let transaction = conn.unchecked_transaction().map_err(failed)?;
    let audit = read(&transaction, ente, kind).map_err(failed)?;
    transaction.finish().map_err(failed)?;
    Ok(audit)
}

fn read(conn: &Connection, ente: &EnteId, kind: &str) -> rusqlite::Result<IndexAudit> {
    const STATES: &str = "SELECT id, unique_keys, projection FROM state
        WHERE ente = ?1 AND kind = ?2 ORDER BY id";
    const HOLDER: &str = "SELECT id FROM unique_key
        WHERE ente = ?1 AND kind = ?2 AND name = ?3 AND value = ?4";
    const ENTRY: &str = "SELECT row_json FROM list_entry WHERE ente = ?1 AND kind = ?2
        AND list = ?3 AND bucket = ?4 AND sort = ?5 AND id = ?6";
    const THERE: [&str; 2] = [
        "SELECT count(*) FROM unique_key WHERE ente = ?1 AND kind = ?2",
        "SELECT count(*) FROM list_entry WHERE ente = ?1 AND kind = ?2",
    ];
    const VERSIONS: &str = "SELECT CAST(bucket AS INTEGER), n FROM tally
        WHERE ente = ?1 AND kind = ?2 AND list = ''";
    let mut audit = IndexAudit::default();
    // Entries that are there, with whatever row.
    let mut found = 0;
    let mut versions: BTreeMap<u32, u64> = BTreeMap::new();
    let (mut states, mut holder) = (conn.prepare_cached(STATES)?, conn.prepare_cached(HOLDER)?);
    let mut entry = conn.prepare_cached(ENTRY)?;
    let mut states = states.query(params![ente.as_str(), kind])?;
    while let Some(row) = states.next()? {
        let id = id(row, 0)?;
        let id_bytes = id.as_u128().to_be_bytes();
        let (keys, entries) = (row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str()?);
        let before = audit.lacking;
        match StoredProjection::read(entries, keys) {
            // What it should have cannot be read: it is made anew.
            Err(_) => audit.lacking += 1,
            Ok(kept) => {
                *versions.entry(kept.version).or_default() += 1;
                for unique in &kept.unique {
                    let key = params![ente.as_str(), kind, unique.name, unique.value];
                    let held: Option<[u8; 16]> =
                        holder.query_row(key, |row| row.get(0)).optional()?;
                    *(if held == Some(id_bytes) { &mut audit.keys } else { &mut audit.lacking }) +=
                        1;
                }
                for one in kept.entries() {
                    let key =
                        params![ente.as_str(), kind, one.list, one.bucket, one.sort, id_bytes];
                    let row: Option<String> = entry.query_row(key, |row| row.get(0)).optional()?;
                    found += u64::from(row.is_some());
                    let right = row.is_some_and(|row| kept.has_row(one, &row));
                    *(if right { &mut audit.entries } else { &mut audit.lacking }) += 1;
                }
            }
        }
        if audit.lacking > before && audit.streams.len() < NAMED {
            audit.streams.push(Stream::new(kind.to_owned(), id));
        }
    }
    let there = |sql| {
        let mut statement = conn.prepare_cached(sql)?;
        statement.query_row(params![ente.as_str(), kind], |row| count(row, 0))
    };
    let [keys, entries] = THERE;
    audit.stray = there(keys)?.saturating_sub(audit.keys) + there(entries)?.saturating_sub(found);
    audit.miscounted = there(MISCOUNTED)?;
    let mut counted = conn.prepare_cached(VERSIONS)?;
    let counted = counted.query_map(params![ente.as_str(), kind], |row| {
        Ok((row.get::<_, u32>(0)?, count(row, 1)?))
    })?;
    let counted: BTreeMap<u32, u64> = counted.collect::<rusqlite::Result<_>>()?;
    let all: BTreeSet<&u32> = counted.keys().chain(versions.keys()).collect();
    let other = all.iter().filter(|version| counted.get(version) != versions.get(version));
    audit.miscounted += other.count() as u64;
    Ok(audit)
}

impl Statements<'_> {
    /// Removes keys and entries that no state has, and counts anew. Answers how many rows that
    /// changed.
    pub(super) fn mend(&mut self, ente: &EnteId, kind: &str) -> Result<usize, Stop> {
        let of = params![ente.as_str(), kind];
        let gone = self.drop_stray_entries.execute(of)? + self.drop_stray_keys.execute(of)?;
        let uncounted = self.drop_tallies.execute(of)?;
        let counted = self.count_all_entries.execute(of)? + self.count_all_versions.execute(of)?;
        Ok(gone + uncounted + counted)
    }
}
