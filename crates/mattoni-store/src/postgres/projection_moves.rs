//! What is written for the projections of states to change.

use mattoni_core::EnteId;
use mattoni_core::record::{ListEntry, UniqueKey};

use crate::list::row_at;
use crate::postgres::plan::{Move, Stored, key};
use crate::postgres::read::{int, uuid};
use crate::postgres::rows::Rows;
use crate::postgres::session::Query;
use crate::projection_diff::{EntryDiff, Tallies};
use crate::{Head, Stream};

const DROP_KEY: &str = "DELETE FROM unique_key
    WHERE ente = $1 AND kind = $2 AND name = $3 AND value = $4 AND id = $5";
const DROP_ENTRY: &str = "DELETE FROM list_entry WHERE ente = $1 AND kind = $2 AND list = $3
    AND bucket = $4 AND sort = $5 AND id = $6";
const COUNT_DOWN: &str = "UPDATE tally SET n = n - $5
    WHERE ente = $1 AND kind = $2 AND list = $3 AND bucket = $4 AND n > $5";
// An empty bucket is removed: its name may say something about what was in it.
const DROP_TALLY: &str = "DELETE FROM tally
    WHERE ente = $1 AND kind = $2 AND list = $3 AND bucket = $4 AND n = $5";

/// What is written for projections to change.
#[derive(Default)]
pub(super) struct Moved<'a> {
    dropped_keys: Vec<(&'a Stream, &'a UniqueKey)>,
    added_keys: Vec<(&'a Stream, &'a UniqueKey)>,
    removed: Vec<(&'a Stream, &'a ListEntry)>,
    /// New entries, and those with a new row.
    put: Vec<(&'a Stream, &'a ListEntry, &'a str)>,
    tallies: Tallies,
}

impl<'a> Moved<'a> {
    pub(super) fn of(moves: &[Move<'a>]) -> Self {
        let mut moved = Self::default();
        for Move { stream, had, has } in moves {
            let before = had.map_or(&[][..], |had| &had.unique);
            let dropped = before.iter().filter(|old| !has.unique.contains(old));
            moved.dropped_keys.extend(dropped.map(|key| (*stream, key)));
            let added = has.unique.iter().filter(|new| !before.contains(new));
            moved.added_keys.extend(added.map(|key| (*stream, key)));

            let diff = EntryDiff::between(*had, has);
            moved.tallies.version(&stream.kind, had.map(|had| had.version), has.version);
            moved.tallies.entries(&stream.kind, &diff);
            moved.removed.extend(diff.removed.into_iter().map(|entry| (*stream, entry)));
            let put = diff.added.into_iter().chain(diff.updated);
            moved.put.extend(put.map(|(entry, row)| (*stream, entry, row)));
        }
        moved
    }

    /// The same, and whatever stays is written again: it may have been lost.
    pub(super) fn anew(moves: &[Move<'a>], stored: &Stored) -> Self {
        let mut moved = Self::of(moves);
        let streams = moves.iter().map(|one| (one.stream, one.has));
        let unique = streams
            .clone()
            .flat_map(|(stream, has)| has.unique.iter().map(move |key| (stream, key)));
        moved.added_keys = unique
            .filter(|(stream, one)| stored.holders.get(&key(stream, one)) != Some(&stream.id))
            .collect();
        let entries = streams.flat_map(|(stream, has)| {
            has.entries.iter().map(move |entry| (stream, entry, row_at(entry, has)))
        });
        moved.put = entries.collect();
        moved
    }

    /// What is deleted, and counted down.
    pub(super) fn drops(&self, ente: &'a EnteId) -> Vec<Query<'a>> {
        let about = |sql| Query::new(sql).with(ente.as_str());
        // One statement each: only then does the planner look up a row by all columns of its key.
        let keys = self.dropped_keys.iter().map(|(stream, old)| {
            about(DROP_KEY)
                .with(&*stream.kind)
                .with(&*old.name)
                .with(&*old.value)
                .with(uuid(stream.id))
        });
        let entries = self.removed.iter().map(|(stream, old)| {
            about(DROP_ENTRY)
                .with(&*stream.kind)
                .with(&*old.list)
                .with(&*old.bucket)
                .with(&*old.sort)
                .with(uuid(stream.id))
        });
        let mut all: Vec<_> = keys.chain(entries).collect();
        for (kind, list, bucket, n) in self.tallies.changed().filter(|(.., n)| *n < 0) {
            // At most one of the two finds the row. In the other order, a row that was counted
            // down to exactly as many would be deleted as well.
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

    /// What is inserted, and counted up.
    pub(super) fn rows(&self, from: Head, to: Head) -> Rows<'_, 'a> {
        let up = self.tallies.changed().filter(|(.., n)| *n > 0);
        let owned = |(kind, list, bucket, n): (&str, &str, &str, i64)| {
            (kind.to_owned(), list.to_owned(), bucket.to_owned(), n)
        };
        let counts = up.map(owned).collect();
        Rows { unique: &self.added_keys, entries: &self.put, counts, ..Rows::at(from, to) }
    }
}
