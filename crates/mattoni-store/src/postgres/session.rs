//! Transactions: each names its ente first, so that row-level security knows it.

use deadpool_postgres::{Client, Pool};
use futures_util::future::{join, join_all, join3};
use tokio_postgres::Row;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;

use crate::postgres::fault::{fault, no_connection, undurable};
use crate::{Error, ErrorKind};

pub(super) type Param<'a> = Box<dyn ToSql + Sync + Send + 'a>;

/// A statement with what it is about.
pub(super) struct Query<'a> {
    pub(super) sql: &'static str,
    pub(super) params: Vec<Param<'a>>,
}

impl<'a> Query<'a> {
    pub(super) fn new(sql: &'static str) -> Self {
        Self { sql, params: Vec::new() }
    }

    pub(super) fn with(mut self, param: impl ToSql + Sync + Send + 'a) -> Self {
        self.params.push(Box::new(param));
        self
    }

    fn params(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.params.iter().map(|param| &**param as &(dyn ToSql + Sync)).collect()
    }
}

/// How a transaction begins. The wall is an ente's code, or `*`: letters, digits, `_`, `-`, `*`.
pub(super) fn begin(wall: &str, mode: &str) -> String {
    format!("BEGIN ISOLATION LEVEL READ COMMITTED {mode}; SET LOCAL mattoni.ente = '{wall}'")
}

const READING: &str = "failed to read";
const WRITING: &str = "failed to write";

/// The rows of one query, in a transaction of its own.
pub(super) async fn read(pool: &Pool, wall: &str, query: &Query<'_>) -> Result<Vec<Row>, Error> {
    match read_once(pool, wall, query).await {
        // The connection may have died in the pool, of a restart: once more on a new one.
        Err(e) if e.kind() == ErrorKind::Unreachable => read_once(pool, wall, query).await,
        done => done,
    }
}

async fn read_once(pool: &Pool, wall: &str, query: &Query<'_>) -> Result<Vec<Row>, Error> {
    let client = pool.get().await.map_err(no_connection)?;
    let statement = client.prepare_cached(query.sql).await.map_err(|e| fault(READING, e))?;
    let (begin, params) = (begin(wall, "READ ONLY"), query.params());
    // All three are on their way before the first is answered: one trip to the server and back,
    // and nothing is left open when this future is dropped.
    let (begun, rows, ended) = join3(
        client.batch_execute(&begin),
        client.query(&statement, &params),
        client.batch_execute("COMMIT"),
    )
    .await;
    begun.map_err(|e| fault(READING, e))?;
    let rows = match rows {
        // A text with a zero byte is never stored, so nothing is found by it.
        Err(e) if e.code() == Some(&SqlState::CHARACTER_NOT_IN_REPERTOIRE) => Vec::new(),
        rows => rows.map_err(|e| fault(READING, e))?,
    };
    ended.map_err(|e| fault(READING, e))?;
    Ok(rows)
}

/// Carries out one statement in a transaction of its own; answers how many rows it touched.
pub(super) async fn write(pool: &Pool, wall: &str, query: &Query<'_>) -> Result<u64, Error> {
    let client = pool.get().await.map_err(no_connection)?;
    let statement = client.prepare_cached(query.sql).await.map_err(|e| fault(WRITING, e))?;
    let (begin, params) = (begin(wall, "READ WRITE"), query.params());
    let (begun, touched, ended) = join3(
        client.batch_execute(&begin),
        client.execute(&statement, &params),
        client.batch_execute("COMMIT"),
    )
    .await;
    begun.map_err(before_commit)?;
    let touched = touched.map_err(before_commit)?;
    ended.map_err(undurable)?;
    Ok(touched)
}

/// A failure of what was sent together with COMMIT: an answer of the server means that it undoes
/// the transaction, silence means nothing.
fn before_commit(error: tokio_postgres::Error) -> Error {
    if error.code().is_some() { fault(WRITING, error) } else { undurable(error) }
}

/// The rows of each query, all sent at once. The first of them begins a transaction, which stays
/// open when all went well and is undone otherwise.
pub(super) async fn begin_and_read(
    client: &Client,
    begin: &str,
    queries: &[Query<'_>],
) -> Result<Vec<Vec<Row>>, Error> {
    let statements = prepare(client, queries).await?;
    let params: Vec<_> = queries.iter().map(Query::params).collect();
    let begun = client.batch_execute(begin);
    let asked = statements.iter().zip(&params).map(|(s, p)| client.query(s, p));
    let (begun, answers) = join(begun, join_all(asked)).await;
    let answers = begun.and_then(|()| answers.into_iter().collect::<Result<Vec<_>, _>>());
    match answers {
        Ok(answers) => Ok(answers),
        Err(e) => {
            roll_back(client).await;
            Err(fault(WRITING, e))
        }
    }
}

/// Undoes the open transaction.
pub(super) async fn roll_back(client: &Client) {
    // Where this fails the connection is gone, and the transaction with it.
    let _ = client.batch_execute("ROLLBACK").await;
}

/// Carries the statements out in order and commits. Where it says anything but
/// [`ErrorKind::Unknown`], nothing was written.
pub(super) async fn write_and_commit(client: &Client, queries: &[Query<'_>]) -> Result<(), Error> {
    // Few enough at once that none waits for the others to be polled first.
    const AT_ONCE: usize = 16;
    let statements = match prepare(client, queries).await {
        Ok(statements) => statements,
        Err(e) => {
            roll_back(client).await;
            return Err(e);
        }
    };
    let params: Vec<_> = queries.iter().map(Query::params).collect();
    let all: Vec<_> = statements.iter().zip(&params).collect();
    let mut waves = all.chunks(AT_ONCE).peekable();
    while let Some(wave) = waves.next() {
        let last = waves.peek().is_none();
        let done = join_all(wave.iter().map(|(s, p)| client.execute(*s, p)));
        if last {
            let (done, committed) = join(done, client.batch_execute("COMMIT")).await;
            done.into_iter().try_for_each(|done| done.map(drop).map_err(before_commit))?;
            return committed.map_err(undurable);
        }
        if let Some(error) = done.await.into_iter().find_map(Result::err) {
            roll_back(client).await;
            return Err(fault(WRITING, error));
        }
    }
    client.batch_execute("COMMIT").await.map_err(undurable)
}

async fn prepare(
    client: &Client,
    queries: &[Query<'_>],
) -> Result<Vec<tokio_postgres::Statement>, Error> {
    let mut statements = Vec::with_capacity(queries.len());
    for query in queries {
        let prepared = client.prepare_cached(query.sql).await;
        statements.push(prepared.map_err(|e| fault(WRITING, e))?);
    }
    Ok(statements)
}
