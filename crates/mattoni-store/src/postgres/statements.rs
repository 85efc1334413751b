//! What a plan writes: what it removes one by one, then all the rest at once.

use mattoni_core::EnteId;

use crate::postgres::keys;
use crate::postgres::plan::{KeyChange, Plan};
use crate::postgres::projection_moves::Moved;
use crate::postgres::rows::Rows;
use crate::postgres::session::Query;

/// About the most bytes of bodies in one statement: PostgreSQL takes a gigabyte at the very most.
const STATEMENT_BYTES: usize = 64 << 20;

pub(super) fn statements<'a>(ente: &'a EnteId, plan: &Plan<'a>) -> Vec<Query<'a>> {
    let moved = Moved::of(&plan.moves().collect::<Vec<_>>());
    let mut all = moved.drops(ente);

    let states = plan.states().collect::<Vec<_>>();
    let mut journal = pieces(&plan.journal, |row| row.event.body.len());
    let mut state = pieces(&states, |(_, state)| state.body.len());
    let mut outbox = pieces(&plan.outbox, |row| row.effect.payload.len());
    let mut rows =
        Rows { numbers: plan.numbers().collect(), ..moved.rows(plan.begins_at(), plan.head()) };
    loop {
        rows.journal = journal.next().unwrap_or_default();
        rows.states = state.next().unwrap_or_default();
        rows.outbox = outbox.next().unwrap_or_default();
        let next = Rows::at(rows.to, rows.to);
        let written = std::mem::replace(&mut rows, next);
        if written.is_done() {
            break;
        }
        all.push(written.written(ente));
    }
    all.extend(of_keys(ente, &plan.key_changes));
    all
}

/// What becomes of keys, in the plan's order: those that are brought one after the other share a
/// statement.
fn of_keys<'a>(ente: &'a EnteId, changes: &[KeyChange<'a>]) -> Vec<Query<'a>> {
    let brought = |change: &KeyChange<'a>| match change {
        KeyChange::Put(key) if key.wrapped.is_some() => Some(*key),
        _ => None,
    };
    let together =
        |a: &KeyChange<'a>, b: &KeyChange<'a>| brought(a).is_some() && brought(b).is_some();
    let run = |run: &[KeyChange<'a>]| {
        let keys: Vec<_> = run.iter().filter_map(brought).collect();
        match run.first()? {
            _ if !keys.is_empty() => Some(keys::bring(ente, &keys)),
            KeyChange::Put(key) => Some(keys::put(ente, key)),
            KeyChange::Erase(erase) => Some(keys::erase(ente, erase)),
        }
    };
    changes.chunk_by(together).filter_map(run).collect()
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
        // A row above the limit gets a statement of its own.
        let (piece, rest) = left.split_at(fits.count().max(1).min(left.len()));
        left = rest;
        (!piece.is_empty()).then_some(piece)
    })
}
