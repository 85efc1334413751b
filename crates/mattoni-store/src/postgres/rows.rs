//! The rows of every table that one statement writes.

use mattoni_core::EnteId;
use mattoni_core::record::{ListEntry, UniqueKey};

use crate::postgres::plan::{JournalRow, OutboxRow, State};
use crate::postgres::read::{int, uuid};
use crate::postgres::session::Query;
use crate::projection_diff::{stored_entries, stored_keys};
use crate::{Head, Stream};

/// What one statement writes, table by table.
pub(super) struct Rows<'r, 'a> {
    /// Where the chain must end before the statement, and where it ends after it.
    pub(super) from: Head,
    pub(super) to: Head,
    pub(super) journal: &'r [JournalRow<'a>],
    pub(super) states: &'r [(&'a Stream, State<'a>)],
    pub(super) unique: &'r [(&'a Stream, &'a UniqueKey)],
    /// List entries with their rows.
    pub(super) entries: &'r [(&'a Stream, &'a ListEntry, &'a str)],
    /// Kind, list, bucket, and how many entries more.
    pub(super) counts: Vec<(String, String, String, i64)>,
    pub(super) numbers: Vec<(&'a str, u64)>,
    pub(super) outbox: &'r [OutboxRow<'a>],
}

/// Every table in one statement, its rows as columns of arrays: a statement costs the server more
/// than a row. The arrays are unfolded where rows are made, which keeps no copy of them first as
/// `FROM unnest` would.
///
/// Every row takes its ente from the updated head. So the head is locked first, in whatever order
/// the server executes the parts. If the head is not where the plan began, the ente is NULL, which
/// every table refuses.
const WRITE: &str = "WITH head_moved AS (
    UPDATE head SET seq = $2, hash = $3 WHERE ente = $1 AND seq = $4 AND hash = $5
    RETURNING ente
), appended AS (
    INSERT INTO journal (ente, seq, kind, id, version, name, at, by, body, hash)
    SELECT (SELECT ente FROM head_moved), unnest($6::bigint[]), unnest($7::text[]), unnest($8::uuid[]),
        unnest($9::bigint[]), unnest($10::text[]), unnest($11::bigint[]), unnest($12::text[]),
        unnest($13::bytea[]), unnest($14::bytea[])
), moved AS (
    INSERT INTO state (ente, kind, id, version, unique_keys, projection, body)
    SELECT (SELECT ente FROM head_moved), unnest($15::text[]), unnest($16::uuid[]), unnest($17::bigint[]),
        unnest($18::text[]), unnest($19::text[]), unnest($20::bytea[])
    ON CONFLICT (ente, kind, id) DO UPDATE
        SET version = excluded.version, unique_keys = excluded.unique_keys,
            projection = excluded.projection, body = excluded.body
), held AS (
    INSERT INTO unique_key (ente, kind, id, name, value)
    SELECT (SELECT ente FROM head_moved), unnest($21::text[]), unnest($22::uuid[]), unnest($23::text[]),
        unnest($24::text[])
), entered AS (
    INSERT INTO list_entry (ente, kind, id, list, bucket, sort, row_json)
    SELECT (SELECT ente FROM head_moved), unnest($25::text[]), unnest($26::uuid[]), unnest($27::text[]),
        unnest($28::text[]), unnest($29::text[]), unnest($30::text[])
    ON CONFLICT (ente, kind, list, bucket, sort, id) DO UPDATE SET row_json = excluded.row_json
), counted AS (
    INSERT INTO tally (ente, kind, list, bucket, n)
    SELECT (SELECT ente FROM head_moved), unnest($31::text[]), unnest($32::text[]), unnest($33::text[]),
        unnest($34::bigint[])
    ON CONFLICT (ente, kind, list, bucket) DO UPDATE SET n = tally.n + excluded.n
), numbered AS (
    INSERT INTO number (ente, sequence, last)
    SELECT (SELECT ente FROM head_moved), unnest($35::text[]), unnest($36::bigint[])
    ON CONFLICT (ente, sequence) DO UPDATE SET last = excluded.last
) INSERT INTO outbox (ente, seq, idx, key, topic, kind, id, payload, next_at, follows)
    SELECT (SELECT ente FROM head_moved), unnest($37::bigint[]), unnest($38::bigint[]), unnest($39::text[]),
        unnest($40::text[]), unnest($41::text[]), unnest($42::uuid[]), unnest($43::bytea[]),
        unnest($44::bigint[]), unnest($45::boolean[])";

impl<'a> Rows<'_, 'a> {
    /// No rows yet.
    pub(super) fn at(from: Head, to: Head) -> Self {
        Self {
            from,
            to,
            journal: &[],
            states: &[],
            unique: &[],
            entries: &[],
            counts: Vec::new(),
            numbers: Vec::new(),
            outbox: &[],
        }
    }

    /// Whether everything is written already.
    pub(super) fn is_done(&self) -> bool {
        let left = (self.journal.len(), self.states.len(), self.outbox.len());
        self.from == self.to && left == (0, 0, 0)
    }

    pub(super) fn written(self, ente: &'a EnteId) -> Query<'a> {
        let hash = |head: &Head| head.hash.as_bytes().to_vec();
        let query = Query::new(WRITE)
            .with(ente.as_str())
            .with(int(self.to.seq))
            .with(hash(&self.to))
            .with(int(self.from.seq))
            .with(hash(&self.from));
        let query = append(query, self.journal);
        let query = replace_states(query, self.states);
        let query = hold(query, self.unique);
        let query = enter(query, self.entries)
            .with(column(&self.counts, |(kind, ..)| kind.clone()))
            .with(column(&self.counts, |(_, list, ..)| list.clone()))
            .with(column(&self.counts, |(_, _, bucket, _)| bucket.clone()))
            .with(column(&self.counts, |(.., n)| *n))
            .with(column(&self.numbers, |(sequence, _)| *sequence))
            .with(column(&self.numbers, |(_, last)| int(*last)));
        post(query, self.outbox)
    }
}

fn append<'a>(query: Query<'a>, rows: &[JournalRow<'a>]) -> Query<'a> {
    query
        .with(column(rows, |row| int(row.seq)))
        .with(column(rows, |row| &*row.stream.kind))
        .with(column(rows, |row| uuid(row.stream.id)))
        .with(column(rows, |row| int(row.version.get())))
        .with(column(rows, |row| &*row.event.name))
        .with(column(rows, |row| row.at_micros))
        .with(column(rows, |row| row.by_json.clone()))
        .with(column(rows, |row| &*row.event.body))
        .with(column(rows, |row| row.hash.as_bytes().to_vec()))
}

fn replace_states<'a>(query: Query<'a>, rows: &[(&'a Stream, State<'a>)]) -> Query<'a> {
    query
        .with(column(rows, |(stream, ..)| &*stream.kind))
        .with(column(rows, |(stream, ..)| uuid(stream.id)))
        .with(column(rows, |(_, state)| int(state.version.get())))
        .with(column(rows, |(_, state)| stored_keys(&state.projection.unique)))
        .with(column(rows, |(_, state)| stored_entries(state.projection)))
        .with(column(rows, |(_, state)| state.body))
}

fn hold<'a>(query: Query<'a>, rows: &[(&'a Stream, &'a UniqueKey)]) -> Query<'a> {
    query
        .with(column(rows, |(stream, _)| &*stream.kind))
        .with(column(rows, |(stream, _)| uuid(stream.id)))
        .with(column(rows, |(_, unique)| &*unique.name))
        .with(column(rows, |(_, unique)| &*unique.value))
}

fn enter<'a>(query: Query<'a>, rows: &[(&'a Stream, &'a ListEntry, &'a str)]) -> Query<'a> {
    query
        .with(column(rows, |(stream, ..)| &*stream.kind))
        .with(column(rows, |(stream, ..)| uuid(stream.id)))
        .with(column(rows, |(_, entry, _)| &*entry.list))
        .with(column(rows, |(_, entry, _)| &*entry.bucket))
        .with(column(rows, |(_, entry, _)| &*entry.sort))
        .with(column(rows, |(_, _, row)| *row))
}

fn post<'a>(query: Query<'a>, rows: &[OutboxRow<'a>]) -> Query<'a> {
    query
        .with(column(rows, |row| int(row.seq)))
        .with(column(rows, |row| i64::from(row.index)))
        .with(column(rows, |row| &*row.effect.key))
        .with(column(rows, |row| &*row.effect.topic))
        .with(column(rows, |row| &*row.stream.kind))
        .with(column(rows, |row| uuid(row.stream.id)))
        .with(column(rows, |row| &*row.effect.payload))
        .with(column(rows, |row| row.next_at))
        .with(column(rows, |row| row.index > 0))
}

fn column<R, T>(rows: &[R], of: impl Fn(&R) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}
