//! A connection whose server has only so long for each answer.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, ready};
use std::time::Duration;

use deadpool_postgres::ClientWrapper;
use futures_util::TryStreamExt as _;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::AbortHandle;
use tokio_postgres::error::{Severity, SqlState};
use tokio_postgres::types::ToSql;
use tokio_postgres::{AsyncMessage, Client, Row, RowStream, Statement, ToStatement};

type Failure = tokio_postgres::Error;
type Params<'a> = [&'a (dyn ToSql + Sync)];

/// A connection.
pub(super) struct Connection {
    client: ClientWrapper,
    /// The task that carries what is sent and answered.
    carrier: AbortHandle,
    answers_within: Duration,
    warned: Arc<AtomicBool>,
    read_only: AtomicBool,
    /// The ente that was set last, outside of a transaction.
    wall: Mutex<Option<String>>,
    warm: bool,
}

impl Connection {
    /// Takes over the two halves of a connection. Every answer has to be there within the time
    /// given.
    pub(super) fn new<S, T>(
        client: Client,
        mut rest: tokio_postgres::Connection<S, T>,
        answers_within: Duration,
    ) -> Self
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let warned = Arc::new(AtomicBool::new(false));
        let warn = Arc::clone(&warned);
        let task = tokio::spawn(poll_fn(move |cx| {
            loop {
                match ready!(rest.poll_message(cx)) {
                    Some(Ok(AsyncMessage::Notice(notice))) => {
                        if notice.parsed_severity() == Some(Severity::Warning) {
                            warn.store(true, Ordering::Release);
                        }
                    }
                    Some(Ok(_)) => {}
                    // Whoever waits for an answer is told by the client's half.
                    Some(Err(_)) | None => return Poll::Ready(()),
                }
            }
        }));
        Self {
            carrier: task.abort_handle(),
            client: ClientWrapper::new(client, task),
            answers_within,
            warned,
            read_only: AtomicBool::new(false),
            wall: Mutex::default(),
            warm: true,
        }
    }

    pub(super) async fn prepare(&self, sql: &str) -> Result<Statement, Failure> {
        self.answered(self.client.prepare_cached(sql)).await
    }

    pub(super) async fn query(
        &self,
        statement: &(impl ToStatement + ?Sized),
        params: &Params<'_>,
    ) -> Result<Vec<Row>, Failure> {
        self.answered(self.client.query(statement, params)).await
    }

    pub(super) async fn query_one(
        &self,
        statement: &(impl ToStatement + ?Sized),
        params: &Params<'_>,
    ) -> Result<Row, Failure> {
        self.answered(self.client.query_one(statement, params)).await
    }

    /// The rows as they arrive: see [`next`](Self::next).
    pub(super) async fn stream(
        &self,
        statement: &Statement,
        params: &Params<'_>,
    ) -> Result<RowStream, Failure> {
        self.answered(self.client.query_raw(statement, params.iter().copied())).await
    }

    /// The next of the rows that arrive.
    pub(super) async fn next(
        &self,
        rows: &mut Pin<Box<RowStream>>,
    ) -> Result<Option<Row>, Failure> {
        self.answered(rows.try_next()).await
    }

    pub(super) async fn execute(
        &self,
        statement: &(impl ToStatement + ?Sized),
        params: &Params<'_>,
    ) -> Result<u64, Failure> {
        self.answered(self.client.execute(statement, params)).await
    }

    pub(super) async fn batch_execute(&self, sql: &str) -> Result<(), Failure> {
        self.answered(self.client.batch_execute(sql)).await
    }

    /// Executes one statement after the other, each of which may take its time.
    pub(super) async fn script(&self, sql: &str) -> Result<(), Failure> {
        let statements = u32::try_from(sql.matches(';').count()).unwrap_or(u32::MAX).max(1);
        let limit = self.answers_within.saturating_mul(statements);
        self.answered_within(limit, self.client.batch_execute(sql)).await
    }

    async fn answered<T>(
        &self,
        answer: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        self.answered_within(self.answers_within, answer).await
    }

    /// The answer. If it is not there in time, the connection is closed, and everything that is
    /// still to be answered fails as over a broken wire.
    async fn answered_within<T>(
        &self,
        limit: Duration,
        answer: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let mut answer = pin!(answer);
        let answered = match tokio::time::timeout(limit, &mut answer).await {
            Ok(answered) => answered,
            Err(_) => {
                self.carrier.abort();
                answer.await
            }
        };
        if let Err(e) = &answered
            && e.code() == Some(&SqlState::READ_ONLY_SQL_TRANSACTION)
        {
            self.read_only.store(true, Ordering::Release);
        }
        answered
    }

    /// Whether the server has warned since the connection was taken from the pool. It does so when
    /// somebody cancels the wait for standbys: the commit is only on its own disk then, and yet
    /// acknowledged.
    pub(super) fn was_warned(&self) -> bool {
        self.warned.load(Ordering::Acquire)
    }

    /// Whether it can be used again.
    pub(super) fn is_fit(&self) -> bool {
        // A server that takes no writes any more may be one that lost its place to another.
        !self.client.is_closed() && !self.read_only.load(Ordering::Acquire)
    }

    /// Begins a new use, so long after the last.
    pub(super) fn renew(&mut self, idle: Duration) {
        self.warned.store(false, Ordering::Release);
        self.warm = idle < WARM;
    }

    /// Whether it was in use a moment ago. One that was not may have died unnoticed: whoever sends
    /// a commit as the first thing never learns whether it arrived.
    pub(super) fn is_warm(&self) -> bool {
        self.warm
    }

    /// Whether row-level security is set to this ente. If not, the caller sets it, and calls
    /// [`told`](Self::told) once that has worked.
    pub(super) fn knows(&self, wall: &str) -> bool {
        let mut known = self.wall.lock().unwrap_or_else(PoisonError::into_inner);
        let knows = known.as_deref() == Some(wall);
        if !knows {
            *known = None;
        }
        knows
    }

    /// Row-level security is set to this ente now.
    pub(super) fn told(&self, wall: &str) {
        *self.wall.lock().unwrap_or_else(PoisonError::into_inner) = Some(wall.to_owned());
    }
}

/// For how long after its last use a connection is expected to be alive.
const WARM: Duration = Duration::from_secs(1);
