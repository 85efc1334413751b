//! The statements of the write path, prepared once for the writer's life.

use mattoni_core::{Digest, EnteId};
use rusqlite::types::Type;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, params};

use crate::projection_diff::StoredProjection;
use crate::{Head, Stream, Version};

macro_rules! statements {
    ($($name:ident: $sql:literal;)*) => {
        /// See the fields' SQL.
        pub(super) struct Statements<'c> {
            $(pub(super) $name: CachedStatement<'c>,)*
        }

        impl<'c> Statements<'c> {
            pub(super) fn prepare(conn: &'c Connection) -> rusqlite::Result<Self> {
                Ok(Self { $($name: conn.prepare_cached($sql)?,)* })
            }
        }
    };
}

statements! {
    begin: "BEGIN IMMEDIATE";
    commit: "COMMIT";
    savepoint: "SAVEPOINT batch";
    release: "RELEASE batch";
    rollback_to: "ROLLBACK TO batch";
    head: "SELECT seq, hash FROM head WHERE ente = ?1";
    set_head: "INSERT INTO head (ente, seq, hash) VALUES (?1, ?2, ?3)
        ON CONFLICT DO UPDATE SET seq = excluded.seq, hash = excluded.hash";
    append: "INSERT INTO journal (ente, seq, kind, id, version, name, at, by, body, hash)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    open_state: "INSERT INTO state (ente, kind, id, version, unique_keys, body, projection)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING";
    find_state: "SELECT rowid, version, unique_keys, projection FROM state
        WHERE ente = ?1 AND kind = ?2 AND id = ?3";
    move_state: "UPDATE state SET version = ?2, unique_keys = ?3, body = ?4, projection = ?5
        WHERE rowid = ?1";
    set_projection: "UPDATE state SET unique_keys = ?2, projection = ?3 WHERE rowid = ?1";
    put_entry: "INSERT INTO list_entry (ente, kind, list, bucket, sort, id, row_json)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET row_json = excluded.row_json";
    drop_entry: "DELETE FROM list_entry WHERE ente = ?1 AND kind = ?2 AND list = ?3 AND bucket = ?4
        AND sort = ?5 AND id = ?6";
    count_up: "INSERT INTO tally (ente, kind, list, bucket, n) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT DO UPDATE SET n = n + excluded.n";
    count_down: "UPDATE tally SET n = n - ?5
        WHERE ente = ?1 AND kind = ?2 AND list = ?3 AND bucket = ?4";
    drop_tally: "DELETE FROM tally
        WHERE ente = ?1 AND kind = ?2 AND list = ?3 AND bucket = ?4 AND n = 0";
    drop_stray_entries: "DELETE FROM list_entry WHERE ente = ?1 AND kind = ?2 AND NOT EXISTS (
        SELECT 1 FROM state s WHERE s.ente = ?1 AND s.kind = ?2 AND s.id = list_entry.id
            AND (substr(s.projection, 1, 1) = '{' OR EXISTS (
                SELECT 1 FROM json_each(CASE substr(s.projection, 1, 1) WHEN '['
                    THEN s.projection ELSE '[0,\"\",[]]' END, '$[2]') e
                WHERE json_extract(e.value, '$[0]') = list_entry.list
                    AND json_extract(e.value, '$[1]') = list_entry.bucket
                    AND json_extract(e.value, '$[2]') = list_entry.sort)))";
    drop_stray_keys: "DELETE FROM unique_key WHERE ente = ?1 AND kind = ?2 AND NOT EXISTS (
        SELECT 1 FROM state s WHERE s.ente = ?1 AND s.kind = ?2 AND s.id = unique_key.id
            AND (substr(s.unique_keys, 1, 2) = '[{' OR EXISTS (
                SELECT 1 FROM json_each(CASE substr(s.unique_keys, 1, 2) WHEN '[['
                    THEN s.unique_keys ELSE '[]' END) k
                WHERE json_extract(k.value, '$[0]') = unique_key.name
                    AND json_extract(k.value, '$[1]') = unique_key.value)))";
    drop_tallies: "DELETE FROM tally WHERE ente = ?1 AND kind = ?2";
    count_all_entries: "INSERT INTO tally (ente, kind, list, bucket, n)
        SELECT ente, kind, list, bucket, count(*) FROM list_entry WHERE ente = ?1 AND kind = ?2
        GROUP BY list, bucket";
    count_all_versions: "INSERT INTO tally (ente, kind, list, bucket, n)
        SELECT ente, kind, '', CASE substr(projection, 1, 1)
                WHEN '[' THEN CAST(json_extract(projection, '$[0]') AS TEXT)
                WHEN '{' THEN CAST(json_extract(projection, '$.form') AS TEXT)
                ELSE '0' END, count(*)
        FROM state WHERE ente = ?1 AND kind = ?2 GROUP BY 4";
    add_unique_key: "INSERT INTO unique_key (ente, kind, name, value, id)
        VALUES (?1, ?2, ?3, ?4, ?5)";
    drop_unique_key: "DELETE FROM unique_key
        WHERE ente = ?1 AND kind = ?2 AND name = ?3 AND value = ?4 AND id = ?5";
    holder: "SELECT id FROM unique_key
        WHERE ente = ?1 AND kind = ?2 AND name = ?3 AND value = ?4";
    open_number: "INSERT INTO number (ente, sequence, last) VALUES (?1, ?2, 1)
        ON CONFLICT DO NOTHING";
    move_number: "UPDATE number SET last = ?3 WHERE ente = ?1 AND sequence = ?2 AND last = ?3 - 1";
    number: "SELECT last FROM number WHERE ente = ?1 AND sequence = ?2";
    post: "INSERT INTO outbox (ente, seq, idx, follows, key, topic, kind, id, payload, next_at)
        VALUES (?1, ?2, ?3, ?3 > 0, ?4, ?5, ?6, ?7, ?8, ?9)";
    deliver: "DELETE FROM outbox
        WHERE ente = ?1 AND seq = ?2 AND idx = ?3 AND fate = 'waiting'";
    retry: "UPDATE outbox SET attempts = attempts + 1, last_error = ?4, next_at = ?5
        WHERE ente = ?1 AND seq = ?2 AND idx = ?3 AND fate = 'waiting'";
    bury: "UPDATE outbox SET attempts = attempts + 1, last_error = ?4, fate = 'dead'
        WHERE ente = ?1 AND seq = ?2 AND idx = ?3 AND fate = 'waiting'";
    advance: "UPDATE outbox SET follows = 0 WHERE ente = ?1 AND seq = ?2 AND idx = (
        SELECT min(idx) FROM outbox
        WHERE ente = ?1 AND seq = ?2 AND idx > ?3 AND fate = 'waiting' AND follows = 1)";
    replay: "UPDATE outbox SET fate = 'waiting', follows = 0, attempts = 0, next_at = ?4
        WHERE ente = ?1 AND seq = ?2 AND idx = ?3 AND fate = 'dead'";
    aside: "INSERT INTO blob_aside (ente, digest, since)
        SELECT ente, digest, ?3 FROM blob WHERE ente = ?1 AND digest = ?2 ON CONFLICT DO NOTHING";
    take_back: "DELETE FROM blob_aside WHERE ente = ?1 AND digest = ?2";
    discard: "DELETE FROM blob WHERE ente = ?1 AND digest = ?2 AND EXISTS (
        SELECT 1 FROM blob_aside WHERE ente = ?1 AND digest = ?2 AND since <= ?3)";
    keep: "INSERT INTO blob (ente, digest, bytes) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    forget: "DELETE FROM blob WHERE ente = ?1 AND digest = ?2";
    add_key: "INSERT INTO key (ente, id, kind, stream, person, wrapped)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
    key_there: "SELECT 1 FROM key WHERE ente = ?1 AND id = ?2";
    drop_key: "UPDATE key SET wrapped = NULL
        WHERE ente = ?1 AND id = ?2 AND wrapped IS NOT NULL";
    move_key: "UPDATE key SET wrapped = ?4 WHERE ente = ?1 AND id = ?2 AND wrapped = ?3";
    drop_key_as_read: "UPDATE key SET wrapped = NULL WHERE ente = ?1 AND id = ?2 AND wrapped = ?3";
    erase_person: "UPDATE key SET wrapped = NULL
        WHERE ente = ?1 AND person = ?2 AND kind != '' AND kind NOT LIKE 'blob %'";
    erase_stream: "UPDATE key SET wrapped = NULL WHERE ente = ?1 AND kind = ?2 AND stream = ?3";
}

impl Statements<'_> {
    pub(super) fn read_head(&mut self, ente: &EnteId) -> rusqlite::Result<Head> {
        let read = |row: &Row<'_>| Ok(Head { seq: count(row, 0)?, hash: digest(row, 1)? });
        Ok(self.head.query_row([ente.as_str()], read).optional()?.unwrap_or(Head::START))
    }

    pub(super) fn read_state(
        &mut self,
        ente: &EnteId,
        stream: &Stream,
    ) -> rusqlite::Result<Option<StateRow>> {
        let key = params![ente.as_str(), stream.kind, id_bytes(stream)];
        self.find_state
            .query_row(key, |row| {
                let (keys, entries) = (row.get_ref(2)?.as_str()?, row.get_ref(3)?.as_str()?);
                let projection = StoredProjection::read(entries, keys).map_err(|e| {
                    rusqlite::Error::FromSqlConversionFailure(3, Type::Text, Box::new(e))
                })?;
                let version = Version::new(count(row, 1)?);
                Ok(StateRow { rowid: row.get(0)?, version, projection })
            })
            .optional()
    }
}

/// A state as the writer needs to know it.
pub(super) struct StateRow {
    pub(super) rowid: i64,
    pub(super) version: Version,
    pub(super) projection: StoredProjection,
}

/// How a stream's id is stored: big-endian, so that SQL's order is the ids' order.
pub(super) fn id_bytes(stream: &Stream) -> [u8; 16] {
    stream.id.as_u128().to_be_bytes()
}

/// How a count is stored. Counts stay far below 2⁶³.
pub(super) fn int(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(super) fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let stored: i64 = row.get(column)?;
    u64::try_from(stored).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, stored))
}

pub(super) fn digest(row: &Row<'_>, column: usize) -> rusqlite::Result<Digest> {
    Ok(Digest::from_bytes(row.get(column)?))
}
