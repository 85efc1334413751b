//! What a plan writes: for the most part one statement a table, its rows as columns of arrays.

use mattoni_core::EnteId;
use uuid::Uuid;

use crate::listing::written;
use crate::postgres::keys;
use crate::postgres::lists::moving;
use crate::postgres::plan::{JournalRow, KeyChange, OutboxRow, Plan, State};
use crate::postgres::read::{int, uuid};
use crate::postgres::session::Query;
use crate::{Facet, Holding, Stream};

/// About the most bytes of bodies in one statement: PostgreSQL takes a gigabyte at the very most.
const STATEMENT_BYTES: usize = 64 << 20;

const HEAD: &str = "UPDATE head SET seq = $2, hash = $3 WHERE ente = $1";
const APPEND: &str = "INSERT INTO journal
    (ente, seq, kind, id, version, name, at, by, body, hash)
    SELECT $1::text, * FROM unnest($2::bigint[], $3::text[], $4::uuid[], $5::bigint[], $6::text[],
        $7::bigint[], $8::text[], $9::bytea[], $10::bytea[])";
const MOVE: &str = "INSERT INTO state (ente, kind, id, version, facets, lists, body)
    SELECT $1::text, * FROM unnest($2::text[], $3::uuid[], $4::bigint[], $5::text[], $6::text[],
        $7::bytea[])
    ON CONFLICT (ente, kind, id) DO UPDATE
        SET version = excluded.version, facets = excluded.facets, lists = excluded.lists,
            body = excluded.body";
const DROP_FACET: &str = "DELETE FROM facet
    WHERE ente = $1 AND kind = $2 AND name = $3 AND value = $4 AND id = $5";
const ADD_FACETS: &str = "INSERT INTO facet (ente, kind, id, name, value, holding)
    SELECT $1::text, * FROM unnest($2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[])";
const NUMBER: &str = "INSERT INTO number (ente, sequence, last)
    SELECT $1::text, * FROM unnest($2::text[], $3::bigint[])
    ON CONFLICT (ente, sequence) DO UPDATE SET last = excluded.last";
const POST: &str = "INSERT INTO outbox
    (ente, seq, idx, key, topic, kind, id, payload, next_at, follows)
    SELECT $1::text, *, idx > 0 FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[],
        $6::text[], $7::uuid[], $8::bytea[], $9::bigint[])
        AS w (seq, idx, key, topic, kind, id, payload, next_at)";

pub(super) fn statements<'a>(ente: &'a EnteId, plan: &Plan<'a>) -> Vec<Query<'a>> {
    let about = |sql| Query::new(sql).with(ente.as_str());
    let end = plan.head();
    let mut all = vec![about(HEAD).with(int(end.seq)).with(end.hash.as_bytes().to_vec())];
    for rows in pieces(&plan.journal, |row| row.event.body.len()) {
        all.push(append(about(APPEND), rows));
    }
    let states: Vec<_> = plan.states().collect();
    for rows in pieces(&states, |(_, state)| state.body.len()) {
        all.push(replace_states(about(MOVE), rows));
    }
    // One by one, because each is found by its whole key only so.
    all.extend(plan.dropped_facets().into_iter().map(|(stream, facet)| {
        about(DROP_FACET)
            .with(&*stream.kind)
            .with(&*facet.name)
            .with(&*facet.value)
            .with(uuid(stream.id))
    }));
    let added = plan.added_facets();
    if !added.is_empty() {
        let holding = |facet: &Facet| match facet.holding {
            Holding::Plain => "plain",
            Holding::Unique => "unique",
        };
        let holdings: Vec<&str> = added.iter().map(|(_, facet)| holding(facet)).collect();
        all.push(facets(about(ADD_FACETS), &added).with(holdings));
    }
    all.extend(moving(ente, &plan.moves().collect::<Vec<_>>()));
    let (sequences, lasts): (Vec<&str>, Vec<i64>) =
        plan.numbers().map(|(sequence, last)| (sequence, int(last))).unzip();
    if !sequences.is_empty() {
        all.push(about(NUMBER).with(sequences).with(lasts));
    }
    for rows in pieces(&plan.outbox, |row| row.effect.payload.len()) {
        all.push(post(about(POST), rows));
    }
    all.extend(plan.key_changes.iter().map(|change| match change {
        KeyChange::Put(key) => keys::put(ente, key),
        KeyChange::Erase(erase) => keys::erase(ente, erase),
    }));
    all
}

/// The rows in pieces that one statement takes.
fn pieces<T>(rows: &[T], bytes: impl Fn(&T) -> usize) -> impl Iterator<Item = &[T]> {
    let mut left = rows;
    std::iter::from_fn(move || {
        let mut sum = 0_usize;
        let fits = left.iter().take_while(|row| {
            sum = sum.saturating_add(bytes(row));
            sum <= STATEMENT_BYTES
        });
        // One row may be more than that; it goes alone.
        let (piece, rest) = left.split_at(fits.count().max(1).min(left.len()));
        left = rest;
        (!piece.is_empty()).then_some(piece)
    })
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
    // Strings and a unit enum, which JSON always takes.
    let json = |facets: &[Facet]| serde_json::to_string(facets).unwrap_or_default();
    query
        .with(column(rows, |(stream, ..)| &*stream.kind))
        .with(column(rows, |(stream, ..)| uuid(stream.id)))
        .with(column(rows, |(_, state)| int(state.version.get())))
        .with(column(rows, |(_, state)| json(state.facets)))
        .with(column(rows, |(_, state)| written(state.listing)))
        .with(column(rows, |(_, state)| state.body))
}

fn facets<'a>(query: Query<'a>, rows: &[(&'a Stream, &'a Facet)]) -> Query<'a> {
    let ids: Vec<Uuid> = column(rows, |(stream, _)| uuid(stream.id));
    query
        .with(column(rows, |(stream, _)| &*stream.kind))
        .with(ids)
        .with(column(rows, |(_, facet)| &*facet.name))
        .with(column(rows, |(_, facet)| &*facet.value))
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
}

pub(super) fn column<R, T>(rows: &[R], of: impl Fn(&R) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}
