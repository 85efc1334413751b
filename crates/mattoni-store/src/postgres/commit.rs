//! One group of batches of one ente in one transaction.
//!
//! As a rule in two trips: lock, read what the group may touch; write, commit. A group that is all
//! new needs no answer that the server does not give by refusing, so where this process wrote last
//! it is written in one.

use std::collections::BTreeSet;

use mattoni_core::{Digest, EnteId};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::postgres::fault::{misread, no_connection};
use crate::postgres::plan::{Key, Plan, StateRow, Stored, key, unique};
use crate::postgres::pool::{Connection, Pool};
use crate::postgres::read::{count, get, head, id, uuid};
use crate::postgres::recall::{Left, Recall};
use crate::postgres::session::{
    AT_ONCE, Query, begin, begin_and_read, roll_back, write_and_commit, write_at_once,
};
use crate::postgres::statements::statements;
use crate::{Batch, Committed, Conflict, Error, ErrorKind, Stream, Version, moves};

type Outcomes = Vec<Result<Committed, Conflict>>;

/// Commits what does not conflict. What is answered is durable; on an error nothing was written,
/// unless it is [`ErrorKind::Unknown`].
pub(super) async fn commit(
    pool: &Pool,
    recall: &Recall,
    ente: &EnteId,
    batches: &[Batch],
) -> Result<Outcomes, Error> {
    let client = pool.get().await.map_err(no_connection)?;
    let left = recall.take(ente).filter(|_| client.is_warm());
    if let Some(left) = left
        && touches_nothing_unknown(batches, &left)
    {
        match commit_unasked(&client, ente, batches, left).await? {
            Unasked::Committed(outcomes, left) => {
                recall.keep(ente, left);
                return Ok(outcomes);
            }
            // Who was first, and where, the answers below tell.
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
        // Every rule was checked under the lock: a row that is in the way was not written by
        // this software.
        Err(e) if e.kind() == ErrorKind::Corrupt => Err(Error::new(
            ErrorKind::Corrupt,
            "failed to commit: the journal is ahead of head or state",
        )
        .with("ente", ente)
        .caused_by(e)),
        Err(e) => Err(e),
    }
}

/// Whether all of it is new: streams that are not there yet, and numbers whose last is remembered.
fn touches_nothing_unknown(batches: &[Batch], left: &Left) -> bool {
    batches.iter().flat_map(|batch| &batch.changes).all(|change| {
        change.expected == Version::NONE
            && change.claims.iter().all(|claim| left.numbers.contains_key(&*claim.sequence))
    })
}

/// What became of writing without asking.
enum Unasked {
    Committed(Outcomes, Left),
    /// The head was elsewhere, or something is there already: nothing was written.
    Refused,
    /// Nothing was sent.
    Unfit,
}

/// Writes what is new where the last commit ended, in one trip. Were the head elsewhere by now, or
/// one of the streams, unique facets or keys there already, then the server would refuse it all.
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
    if write_at_once(client, ente.as_str(), &statements).await? {
        Ok(Unasked::Committed(outcomes, plan.leaves()))
    } else {
        Ok(Unasked::Refused)
    }
}

/// What the batches may touch, which nobody else changes until the open transaction ends.
async fn lock_and_read(
    client: &Connection,
    ente: &EnteId,
    batches: &[Batch],
) -> Result<Stored, Error> {
    ask(client, ente, &Questions::of(batches)).await
}

/// The states with their version, facets and places, under the lock of the ente.
pub(super) async fn lock_and_read_states(
    client: &Connection,
    ente: &EnteId,
    streams: impl IntoIterator<Item = &Stream>,
) -> Result<Stored, Error> {
    let streams = streams.into_iter().collect();
    ask(client, ente, &Questions { streams, ..Questions::default() }).await
}

async fn ask(
    client: &Connection,
    ente: &EnteId,
    questions: &Questions<'_>,
) -> Result<Stored, Error> {
    // FOR UPDATE waits for the ente's other writers; the query after it sees what they committed.
    const HEAD: &str = "SELECT seq, hash FROM head WHERE ente = $1 FOR UPDATE";
    let queries = [Query::new(HEAD).with(ente.as_str()), questions.query(ente)];
    let begin = begin(ente.as_str());
    let mut answers = begin_and_read(client, &begin, &queries).await?;
    // The head is asked for first.
    if answers.first().is_none_or(Vec::is_empty) {
        // The ente's first commit has no row to lock yet: whoever makes it holds it, and whoever
        // comes second waits here.
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

/// What has to be known before the batches can be taken.
#[derive(Default)]
struct Questions<'a> {
    streams: BTreeSet<&'a Stream>,
    unique: BTreeSet<Key>,
    keys: Vec<&'a str>,
    sequences: BTreeSet<&'a str>,
}

/// What a row answers, as its first column says.
const STATE: i32 = 1;
const HOLDER: i32 = 2;
const KEY: i32 = 3;
const NUMBER: i32 = 4;

impl<'a> Questions<'a> {
    fn of(batches: &'a [Batch]) -> Self {
        let mut questions = Self::default();
        for change in batches.iter().flat_map(|batch| &batch.changes) {
            questions.streams.insert(&change.stream);
            questions.unique.extend(unique(&change.facets).map(|f| key(&change.stream, f)));
            questions.keys.extend(change.effects.iter().map(|effect| effect.key.as_str()));
            questions.sequences.extend(change.claims.iter().map(|claim| claim.sequence.as_ref()));
        }
        questions
    }

    /// All in one statement: the server sends an answer to each by itself, which would take it
    /// longer than finding it.
    fn query<'q>(&'q self, ente: &'q EnteId) -> Query<'q> {
        // OFFSET 0 keeps each lookup whole, by all columns of its index: a planner that knows
        // nothing yet of a new table would rather read all of the ente's rows for each.
        const SQL: &str = "SELECT 1, w.kind, w.id, s.version, s.facets, s.lists
            FROM (SELECT unnest($2::text[]) AS kind, unnest($3::uuid[]) AS id) AS w,
            LATERAL (SELECT version, facets, lists FROM state
                WHERE ente = $1 AND kind = w.kind AND id = w.id OFFSET 0) s
            UNION ALL SELECT 2, w.kind, f.id, 0, w.name, w.value
            FROM (SELECT unnest($4::text[]) AS kind, unnest($5::text[]) AS name,
                unnest($6::text[]) AS value) AS w,
            LATERAL (SELECT id FROM facet
                WHERE ente = $1 AND kind = w.kind AND name = w.name AND value = w.value
                    AND holding = 'unique' OFFSET 0) f
            UNION ALL SELECT 3, o.key, NULL, 0, '', '' FROM (SELECT unnest($7::text[]) AS key) AS w,
            LATERAL (SELECT key FROM outbox WHERE ente = $1 AND key = w.key OFFSET 0) o
            UNION ALL SELECT 4, w.sequence, NULL, n.last, '', ''
            FROM (SELECT unnest($8::text[]) AS sequence) AS w,
            LATERAL (SELECT last FROM number
                WHERE ente = $1 AND sequence = w.sequence OFFSET 0) n";

        let kinds: Vec<&str> = self.streams.iter().map(|stream| &*stream.kind).collect();
        let ids: Vec<Uuid> = self.streams.iter().map(|stream| uuid(stream.id)).collect();
        let unique = |of: fn(&Key) -> &str| self.unique.iter().map(of).collect::<Vec<_>>();
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
                let facets = serde_json::from_str(get(row, 4)?).map_err(misread)?;
                let listing = moves::read(get(row, 5)?).map_err(misread)?;
                let version = Version::new(count(row, 3)?);
                stored.states.insert(stream, StateRow { version, facets, listing });
            }
            HOLDER => {
                let key = (get(row, 1)?, get(row, 4)?, get(row, 5)?);
                stored.holders.insert(key, id(row, 2)?);
            }
            KEY => drop(stored.keys.insert(get(row, 1)?)),
            NUMBER => drop(stored.numbers.insert(get(row, 1)?, count(row, 3)?)),
            other => {
                let unasked = Error::new(ErrorKind::Corrupt, "failed to read: nobody asked for it");
                return Err(unasked.with("subject", other));
            }
        }
    }
    Ok(stored)
}
