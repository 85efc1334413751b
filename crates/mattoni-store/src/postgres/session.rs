//! Reads and transactions. Each sets the ente for row-level security first.

use std::pin::Pin;

use futures_util::future::{join, join_all, join3};
use tokio_postgres::error::{Severity, SqlState};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Row, RowStream};

use crate::postgres::connection::Connection;
use crate::postgres::fault::{fault, no_connection, undurable};
use crate::postgres::pool::{Client, Pool};
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
pub(super) fn begin(wall: &str) -> String {
    format!("BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL mattoni.ente = '{wall}'")
}

/// Sets the ente of a connection.
fn name(wall: &str) -> String {
    format!("SET mattoni.ente = '{wall}'")
}

const READING: &str = "failed to read";
const WRITING: &str = "failed to write";

/// The rows of one query.
pub(super) async fn read(pool: &Pool, wall: &str, query: &Query<'_>) -> Result<Vec<Row>, Error> {
    match read_once(pool, wall, query).await {
        Err(e) if e.kind() == ErrorKind::Unreachable => {
            renew(pool);
            read_once(pool, wall, query).await
        }
        done => done,
    }
}

/// Closes the connections that nobody uses just now. What broke one, for instance a restart of the
/// server, may have broken them all, and a second try is to have a new one.
pub(super) fn renew(pool: &Pool) {
    drop(pool.retain(|_, _| false));
}

async fn read_once(pool: &Pool, wall: &str, query: &Query<'_>) -> Result<Vec<Row>, Error> {
    let client = pool.get().await.map_err(no_connection)?;
    let statement = client.prepare(query.sql).await.map_err(|e| fault(READING, e))?;
    let params = query.params();
    // Each use of a connection sets the tenant, unless it is set already. A transaction sets it
    // for itself only.
    let rows = if client.knows(wall) {
        client.query(&statement, &params).await
    } else {
        let name = name(wall);
        // Pipelined: both are sent before the first answer arrives.
        let asked = join(client.batch_execute(&name), client.query(&statement, &params));
        let (named, rows) = asked.await;
        named.map_err(|e| fault(READING, e))?;
        client.told(wall);
        rows
    };
    let rows = match rows {
        // A text with a zero byte is never stored, so a search for one finds nothing.
        Err(e) if e.code() == Some(&SqlState::CHARACTER_NOT_IN_REPERTOIRE) => Vec::new(),
        rows => rows.map_err(|e| fault(READING, e))?,
    };
    Ok(rows)
}

/// A connection on which this ente's rows can be read.
pub(super) async fn reader(pool: &Pool, wall: &str) -> Result<Client, Error> {
    let client = pool.get().await.map_err(no_connection)?;
    if !client.knows(wall) {
        client.batch_execute(&name(wall)).await.map_err(|e| fault(READING, e))?;
        client.told(wall);
    }
    Ok(client)
}

/// The rows of one query, streamed: rows that are not read yet stay at the server.
pub(super) struct Rows<'c> {
    client: &'c Connection,
    rows: Pin<Box<RowStream>>,
}

impl Rows<'_> {
    /// The next row.
    pub(super) async fn next(&mut self) -> Result<Option<Row>, Error> {
        self.client.next(&mut self.rows).await.map_err(|e| fault(READING, e))
    }
}

/// Sends the query on a [`reader`], and returns when the server begins to answer.
pub(super) async fn rows<'c>(client: &'c Connection, query: &Query<'_>) -> Result<Rows<'c>, Error> {
    let statement = client.prepare(query.sql).await.map_err(|e| fault(READING, e))?;
    let rows = client.stream(&statement, &query.params()).await.map_err(|e| fault(READING, e))?;
    Ok(Rows { client, rows: Box::pin(rows) })
}

/// Carries out one statement in a transaction of its own; answers how many rows it touched.
pub(super) async fn write(pool: &Pool, wall: &str, query: &Query<'_>) -> Result<u64, Error> {
    let client = pool.get().await.map_err(no_connection)?;
    let statement = client.prepare(query.sql).await.map_err(|e| fault(WRITING, e))?;
    let (begin, params) = (begin(wall), query.params());
    let (begun, touched, ended) = join3(
        client.batch_execute(&begin),
        client.execute(&statement, &params),
        client.batch_execute("COMMIT"),
    )
    .await;
    begun.map_err(before_commit)?;
    let touched = touched.map_err(before_commit)?;
    committed(&client, ended)?;
    Ok(touched)
}

/// Carries out the statements in one transaction; answers how many rows they touched.
pub(super) async fn write_all(
    pool: &Pool,
    wall: &str,
    queries: &[Query<'_>],
) -> Result<u64, Error> {
    let client = pool.get().await.map_err(no_connection)?;
    begin_and_read(&client, &begin(wall), &[]).await?;
    write_and_commit(&client, queries).await
}

/// What is committed at every standby that is waited for.
fn committed(client: &Connection, ended: Result<(), tokio_postgres::Error>) -> Result<(), Error> {
    ended.map_err(undurable)?;
    if client.was_warned() {
        return Err(Error::new(
            ErrorKind::Unknown,
            "failed to commit at the standbys: somebody ended the wait for them",
        ));
    }
    Ok(())
}

/// Classifies the failure of a statement that was sent together with COMMIT. An error that the
/// server sent means that it rolls the transaction back; without one the outcome is unknown.
fn before_commit(error: tokio_postgres::Error) -> Error {
    if error.code().is_some() { fault(WRITING, error) } else { undurable(error) }
}

/// The rows of each query, all sent at once. The first of them begins a transaction, which stays
/// open when all went well and is undone otherwise.
pub(super) async fn begin_and_read(
    client: &Connection,
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
pub(super) async fn roll_back(client: &Connection) {
    // If this fails the connection is closed, which ends the transaction.
    let _ = client.batch_execute("ROLLBACK").await;
}

/// How many statements are sent at once: so few that `join_all` polls them, and so sends them, in
/// this order.
pub(super) const AT_ONCE: usize = 16;

/// Carries out and commits the statements, of which nothing was asked before, in one trip. `false`
/// where the server refused them because of what is there or is not. On an error nothing was
/// written, unless it is [`ErrorKind::Unknown`].
pub(super) async fn write_at_once(
    client: &Connection,
    wall: &str,
    queries: &[Query<'_>],
) -> Result<bool, Error> {
    let statements = prepare(client, queries).await?;
    let params: Vec<_> = queries.iter().map(Query::params).collect();
    let sent = match (&*statements, &*params) {
        // A statement by itself is a transaction.
        ([statement], [params]) if client.knows(wall) => client.execute(statement, params).await,
        ([statement], [params]) => {
            let name = name(wall);
            let (named, done) =
                join(client.batch_execute(&name), client.execute(statement, params)).await;
            named.and(done).inspect(|_| client.told(wall))
        }
        _ => {
            let begin = begin(wall);
            let sent = statements.iter().zip(&params).map(|(s, p)| client.execute(s, p));
            let commit = client.batch_execute("COMMIT");
            let sent = join3(client.batch_execute(&begin), join_all(sent), commit).await;
            let (begun, done, ended) = sent;
            begun
                .and(done.into_iter().sum::<Result<u64, _>>())
                .and_then(|rows| ended.map(|()| rows))
        }
    };
    match sent {
        Ok(_) => committed(client, Ok(())).map(|()| true),
        Err(e) => refused(e).map(|()| false),
    }
}

/// Whether the server refused because of what is there. Only its own ordinary error says that it
/// rolled back: a last word before it ends the connection, or silence, says nothing.
fn refused(error: tokio_postgres::Error) -> Result<(), Error> {
    let undone = error.as_db_error().is_some_and(|e| e.parsed_severity() == Some(Severity::Error));
    match error.code() {
        Some(state) if undone => {
            let by_what_is_there = matches!(state.code().get(..2), Some("23" | "40"))
                || *state == SqlState::INSUFFICIENT_PRIVILEGE;
            if by_what_is_there { Ok(()) } else { Err(fault(WRITING, error)) }
        }
        _ => Err(undurable(error)),
    }
}

/// Carries the statements out in order and commits; answers how many rows they touched. Where it
/// fails with anything but [`ErrorKind::Unknown`], nothing was written.
pub(super) async fn write_and_commit(
    client: &Connection,
    queries: &[Query<'_>],
) -> Result<u64, Error> {
    let statements = match prepare(client, queries).await {
        Ok(statements) => statements,
        Err(e) => {
            roll_back(client).await;
            return Err(e);
        }
    };
    let params: Vec<_> = queries.iter().map(Query::params).collect();
    let all: Vec<_> = statements.iter().zip(&params).collect();
    // COMMIT is sent together with the last wave, which may be empty.
    let (waves, last) = all.split_at(all.len().saturating_sub(AT_ONCE));
    let mut touched = 0;
    for wave in waves.chunks(AT_ONCE) {
        let done = join_all(wave.iter().map(|(s, p)| client.execute(*s, p))).await;
        match done.into_iter().sum::<Result<u64, _>>() {
            Ok(rows) => touched += rows,
            Err(e) => {
                roll_back(client).await;
                return Err(fault(WRITING, e));
            }
        }
    }
    let done = join_all(last.iter().map(|(s, p)| client.execute(*s, p)));
    let (done, ended) = join(done, client.batch_execute("COMMIT")).await;
    for rows in done {
        touched += rows.map_err(before_commit)?;
    }
    committed(client, ended)?;
    Ok(touched)
}

async fn prepare(
    client: &Connection,
    queries: &[Query<'_>],
) -> Result<Vec<tokio_postgres::Statement>, Error> {
    let mut statements = Vec::with_capacity(queries.len());
    for query in queries {
        let prepared = client.prepare(query.sql).await;
        statements.push(prepared.map_err(|e| fault(WRITING, e))?);
    }
    Ok(statements)
}
