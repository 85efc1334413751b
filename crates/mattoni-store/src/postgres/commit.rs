//! One group of batches of one ente in one transaction.
//!
//! In two trips: lock and read what the group may touch; write and commit. A group that only opens
//! streams takes one trip where this process was the last to write: its statements are refused by
//! the head and by the unique indexes if anything is in the way, and only then the questions are
//! asked.

use std::collections::BTreeSet;

use mattoni_core::{Digest, EnteId, Id};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::keys::{Columns, KeyFor};
use crate::postgres::connection::Connection;
use crate::postgres::fault::{misread, no_connection};
use crate::postgres::plan::{Key, Plan, StateRow, Stored, key};
use crate::postgres::pool::Pool;
use crate::postgres::read::{count, get, head, id, uuid};
use crate::postgres::recall::{Left, Recall};
use crate::postgres::session::{
    AT_ONCE, Query, begin, begin_and_read, roll_back, write_and_commit, write_at_once,
};
use crate::postgres::statements::statements;
use crate::projection_diff::StoredProjection;
use crate::{Batch, Committed, Conflict, Error, ErrorKind, Reprojected, Stream, Version};

type Outcomes = Vec<Result<Committed, Conflict>>;

/// Commits the batches that do not conflict. They are durable when it returns. On an error nothing
/// was written, unless it is [`ErrorKind::Unknown`].
pub(super) async fn commit(
    pool: &Pool,
    recall: &Recall,
    ente: &EnteId,
    batches: &[Batch],
) -> Result<Outcomes, Error> {
    let client = pool.get().await.map_err(no_connection)?;
    let left = recall.take(ente).filter(|_| client.is_warm());
    if let Some(left) = left.filter(|left| only_opens(batches, left)) {
        match commit_unasked(&client, ente, batches, left).await? {
            Unasked::Committed(outcomes, left) => {
                recall.keep(ente, left);
                return Ok(outcomes);
            }
            // The answers below tell what is in the way.
            Unasked::Refused => recall.doubt(ente),
            Unasked::Unfit => {}
        }
    }
    let stored = lock_and_read(&client, ente, batches).await?;
    let mut plan = Plan::new(&stored);
    let outcomes: Vec<_> = batches.iter().map(|batch| plan.take(batch)).collect();
    if plan.journal.is_empty() {
        roll_back(&client).await;
        return Ok(outcomes);
    }
    match write_and_commit(&client, &statements(ente, &plan)).await {
        Ok(_) => {
            recall.keep(ente, plan.leaves());
            Ok(outcomes)
        }
        // All rules were checked under the lock, so a row that violates a constraint now was not
        // written by this software.
        Err(e) if e.kind() == ErrorKind::Corrupt => Err(Error::new(
            ErrorKind::Corrupt,
            "failed to commit: the journal is ahead of head or state",
        )
        .with("ente", ente)
        .caused_by(e)),
        Err(e) => Err(e),
    }
}

/// Whether the batches open streams and nothing else, with numbers whose last is remembered.
fn only_opens(batches: &[Batch], left: &Left) -> bool {
    batches.iter().flat_map(|batch| &batch.changes).all(|change| {
        change.expected == Version::NONE
            && change.erases.is_empty()
            && change.claims.iter().all(|claim| left.numbers.contains_key(&*claim.sequence))
    })
}

/// What became of writing without asking.
enum Unasked {
    Committed(Outcomes, Left),
    /// The head has moved, or something is there already: nothing was written.
    Refused,
    /// Nothing was sent.
    Unfit,
}

/// Writes what is new after the last commit of this process, in one trip. If the head has moved
/// since, or one of the streams, unique keys, effects or people's keys is there already, the server
/// refuses all of it.
async fn commit_unasked(
    client: &Connection,
    ente: &EnteId,
    batches: &[Batch],
    left: Left,
) -> Result<Unasked, Error> {
    let stored = Stored { head: left.head, numbers: left.numbers, ..Stored::default() };
    let mut plan = Plan::new(&stored);
    let outcomes: Vec<_> = batches.iter().map(|batch| plan.take(batch)).collect();
    if outcomes.iter().any(Result::is_err) {
        return Ok(Unasked::Unfit);
    }
    let statements = statements(ente, &plan);
    if statements.len() > AT_ONCE {
        return Ok(Unasked::Unfit);
    }
    let written = write_at_once(client, ente.as_str(), &statements).await?;
    Ok(if written { Unasked::Committed(outcomes, plan.leaves()) } else { Unasked::Refused })
}

/// What the batches may touch, which nobody else changes until the open transaction ends.
async fn lock_and_read(
    client: &Connection,
    ente: &EnteId,
    batches: &[Batch],
) -> Result<Stored, Error> {
    ask(client, ente, &Questions::of(batches)).await
}

/// The states with their version and projection, and the holders of the new unique keys, under
/// the lock of the ente.
pub(super) async fn lock_and_read_states(
    client: &Connection,
    ente: &EnteId,
    states: &[Reprojected],
) -> Result<Stored, Error> {
    let mut questions = Questions::default();
    for Reprojected { stream, projection, .. } in states {
        questions.streams.insert(stream);
        questions.unique.extend(projection.unique.iter().map(|unique| key(stream, unique)));
    }
    ask(client, ente, &questions).await
}

/// The ente's head, locked: waits for the ente's other writers, and the query after it sees what
/// they committed.
pub(super) fn head_for_update(ente: &EnteId) -> Query<'_> {
    Query::new("SELECT seq, hash FROM head WHERE ente = $1 FOR UPDATE").with(ente.as_str())
}

async fn ask(
    client: &Connection,
    ente: &EnteId,
    questions: &Questions<'_>,
) -> Result<Stored, Error> {
    let queries = [head_for_update(ente), questions.query(ente)];
    let begin = begin(ente.as_str());
    let mut answers = begin_and_read(client, &begin, &queries).await?;
    // The head is asked for first.
    if answers.first().is_none_or(Vec::is_empty) {
        // The ente's first commit has no row to lock yet. Whoever inserts it holds the lock; others
        // wait here.
        let make = format!(
            "INSERT INTO head (ente, seq, hash) VALUES ('{ente}', 0, '\\x{}') ON CONFLICT DO NOTHING",
            Digest::ZERO
        );
        answers = begin_and_read(client, &make, &queries).await?;
    }
    match read_all(&answers) {
        Ok(stored) => Ok(stored),
        Err(e) => {
            roll_back(client).await;
            Err(e)
        }
    }
}

/// What is read before the batches are planned.
#[derive(Default)]
struct Questions<'a> {
    streams: BTreeSet<&'a Stream>,
    unique: BTreeSet<Key>,
    keys: Vec<&'a str>,
    sequences: BTreeSet<&'a str>,
    sealing: Vec<&'a KeyFor>,
}

/// The kinds of rows in the answer, named in the first column.
const STATE: i32 = 1;
const HOLDER: i32 = 2;
const KEY: i32 = 3;
const NUMBER: i32 = 4;
const SEALING: i32 = 5;

impl<'a> Questions<'a> {
    fn of(batches: &'a [Batch]) -> Self {
        let mut questions = Self::default();
        for change in batches.iter().flat_map(|batch| &batch.changes) {
            questions.streams.insert(&change.stream);
            let unique = change.projection.unique.iter();
            questions.unique.extend(unique.map(|unique| key(&change.stream, unique)));
            questions.keys.extend(change.effects.iter().map(|effect| effect.key.as_str()));
            questions.sealing.extend(change.keys.iter().map(|key| &key.of));
            questions.sequences.extend(change.claims.iter().map(|claim| claim.sequence.as_ref()));
        }
        questions
    }

    /// One statement for all look-ups: sending an answer for each would take the server longer than
    /// the look-ups themselves.
    fn query<'q>(&'q self, ente: &'q EnteId) -> Query<'q> {
        // OFFSET 0 makes the planner look each up by all columns of its index. Without statistics
        // of a new table it would read all of the ente's rows for each.
        const SQL: &str = "SELECT 1, w.kind, w.id, s.version, s.unique_keys, s.projection
            FROM (SELECT unnest($2::text[]) AS kind, unnest($3::uuid[]) AS id) AS w,
            LATERAL (SELECT version, unique_keys, projection FROM state
                WHERE ente = $1 AND kind = w.kind AND id = w.id OFFSET 0) s
            UNION ALL SELECT 2, w.kind, u.id, 0, w.name, w.value
            FROM (SELECT unnest($4::text[]) AS kind, unnest($5::text[]) AS name,
                unnest($6::text[]) AS value) AS w,
            LATERAL (SELECT id FROM unique_key
                WHERE ente = $1 AND kind = w.kind AND name = w.name AND value = w.value
                OFFSET 0) u
            UNION ALL SELECT 3, o.key, NULL, 0, '', '' FROM (SELECT unnest($7::text[]) AS key) AS w,
            LATERAL (SELECT key FROM outbox WHERE ente = $1 AND key = w.key OFFSET 0) o
            UNION ALL SELECT 4, w.sequence, NULL, n.last, '', ''
            FROM (SELECT unnest($8::text[]) AS sequence) AS w,
            LATERAL (SELECT last FROM number
                WHERE ente = $1 AND sequence = w.sequence OFFSET 0) n
            UNION ALL SELECT 5, w.kind, w.stream, 0, w.person::text, k.id::text
            FROM (SELECT unnest($9::text[]) AS kind, unnest($10::uuid[]) AS stream,
                unnest($11::uuid[]) AS person) AS w,
            LATERAL (SELECT id FROM key WHERE ente = $1 AND kind = w.kind
                AND stream = w.stream AND person = w.person OFFSET 0) k";

        let kinds: Vec<&str> = self.streams.iter().map(|stream| &*stream.kind).collect();
        let ids: Vec<Uuid> = self.streams.iter().map(|stream| uuid(stream.id)).collect();
        let unique = |of: fn(&Key) -> &str| self.unique.iter().map(of).collect::<Vec<_>>();
        let sealing = |of: fn(Columns<'_>) -> String| -> Vec<String> {
            self.sealing.iter().map(|key| of(key.columns())).collect()
        };
        let halves = |of: fn(Columns<'_>) -> u128| -> Vec<Uuid> {
            self.sealing.iter().map(|key| Uuid::from_u128(of(key.columns()))).collect()
        };
        let sequences: Vec<&str> = self.sequences.iter().copied().collect();
        Query::new(SQL)
            .with(ente.as_str())
            .with(kinds)
            .with(ids)
            .with(unique(|(kind, _, _)| kind))
            .with(unique(|(_, name, _)| name))
            .with(unique(|(_, _, value)| value))
            .with(self.keys.clone())
            .with(sequences)
            .with(sealing(|columns| columns.kind.into_owned()))
            .with(halves(|columns| columns.stream))
            .with(halves(|columns| columns.person))
    }
}

fn read_all(answers: &[Vec<Row>]) -> Result<Stored, Error> {
    let mut stored = Stored::default();
    let [heads, rows] = answers else { return Ok(stored) };
    for row in heads {
        stored.head = head(row)?;
    }
    for row in rows {
        match get(row, 0)? {
            STATE => {
                let stream = Stream::new(get::<String>(row, 1)?, id(row, 2)?);
                let projection = StoredProjection::read(get(row, 5)?, get(row, 4)?);
                let projection = projection.map_err(misread)?;
                let version = Version::new(count(row, 3)?);
                stored.states.insert(stream, StateRow { version, projection });
            }
            HOLDER => {
                let key = (get(row, 1)?, get(row, 4)?, get(row, 5)?);
                stored.holders.insert(key, id(row, 2)?);
            }
            KEY => drop(stored.keys.insert(get(row, 1)?)),
            SEALING => {
                let number = |column| {
                    let id: Uuid = get::<&str>(row, column)?.parse().map_err(misread)?;
                    Ok::<_, Error>(id.as_u128())
                };
                let stream = get::<Uuid>(row, 2)?.as_u128();
                let kind = get::<String>(row, 1)?.into();
                let of = Columns { kind, stream, person: number(4)? }.read();
                stored.sealing.extend(of.zip(Some(Id::from_u128(number(5)?))));
            }
            NUMBER => drop(stored.numbers.insert(get(row, 1)?, count(row, 3)?)),
            other => {
                let unknown = Error::new(ErrorKind::Corrupt, "failed to read an unknown answer");
                return Err(unknown.with("subject", other));
            }
        }
    }
    Ok(stored)
}
