//! The one thread that writes.

use std::path::Path;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use futures_channel::oneshot;
use rusqlite::Connection;

use crate::sqlite::apply::{Heads, Stop, Write};
use crate::sqlite::fault::fault;
use crate::sqlite::open::{self, Options};
use crate::sqlite::statements::{Statements, int};
use crate::{Batch, CommitError, Committed, Conflict, Error, ErrorKind};

/// The most writes, and about the most events, that share a transaction. Enough that the flush is
/// shared by many, little enough that the first does not wait long for the last.
const GROUP_WRITES: usize = 256;
const GROUP_EVENTS: usize = 4096;

/// The answer to a batch, which comes back with it: it is freed where it was made. Freeing it here
/// would make this thread and the caller compete for the allocator's lock.
type Answered = (Result<Committed, CommitError>, Batch);

enum Job {
    Commit(Batch, oneshot::Sender<Answered>),
    Write(Write, oneshot::Sender<Result<u64, CommitError>>),
}

/// The outcome of a job, which is sent once the transaction is durable.
enum Outcome {
    Commit(Result<Committed, CommitError>),
    Write(Result<u64, Conflict>),
}

/// Why a transaction failed.
enum Failure {
    /// Before anything was done: all of the group would fail alike.
    Begin(Error),
    /// While a write was applied; everything was rolled back.
    Apply(Error),
    /// While it was made durable: it may or may not have happened.
    Commit(Error),
}

/// The handle on the thread. Dropping it lets the thread finish what it was given, and waits.
pub(super) struct Writer {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn open(path: &Path, options: &Options) -> Result<Self, Error> {
        const STARTING: &str = "failed to start the writer";
        let conn = open::writer(path, options)?;
        let patience = options.patience;
        let (jobs, queue) = mpsc::channel();
        let (ready, is_ready) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("mattoni-store".to_owned())
            .spawn(move || match Statements::prepare(&conn) {
                Ok(statements) => {
                    // Sending fails only when the opener is gone, and then the queue is closed.
                    let _ = ready.send(Ok(()));
                    let lost = None;
                    // What was removed last may be in a log that a killed process left.
                    let remembers = true;
                    let conn = &conn;
                    let wrote = false;
                    Thread { conn, statements, lost, remembers, wrote, patience }.run(&queue);
                }
                Err(e) => {
                    let _ = ready.send(Err(fault(STARTING, e)));
                }
            })
            .map_err(|e| Error::new(ErrorKind::Unavailable, STARTING).caused_by(e))?;
        is_ready.recv().map_err(|_| Error::new(ErrorKind::Unavailable, STARTING))??;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    pub(super) async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        let (reply, answer) = oneshot::channel();
        self.send(Job::Commit(batch, reply))?;
        let (answer, _batch) = answer.await.map_err(|_| CommitError::Failed(unanswered()))?;
        answer
    }

    pub(super) async fn write(&self, write: Write) -> Result<u64, CommitError> {
        let (reply, answer) = oneshot::channel();
        self.send(Job::Write(write, reply))?;
        answer.await.map_err(|_| CommitError::Failed(unanswered()))?
    }

    fn send(&self, job: Job) -> Result<(), Error> {
        // The queue needs no bound: every caller in it waits for its answer before sending more.
        let sent = self.jobs.as_ref().map(|jobs| jobs.send(job).is_ok());
        if sent == Some(true) {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::Unavailable, "failed to write: the writer has stopped"))
        }
    }
}

fn unanswered() -> Error {
    Error::new(ErrorKind::Unknown, "failed to commit: the writer stopped before it answered")
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // The panic has dropped the replies, so those who wait get an error.
            let _ = thread.join();
        }
    }
}

struct Thread<'c> {
    conn: &'c Connection,
    statements: Statements<'c>,
    /// Set once the outcome of a COMMIT is unknown. After a failed flush the system may have
    /// dropped what it could not write and report the next one as fine, so no later "yes" could
    /// be trusted.
    lost: Option<Error>,
    /// Whether the log may still contain what was removed.
    remembers: bool,
    /// Whether anything was written: a store that was only read stays as it is, to the byte.
    wrote: bool,
    patience: Duration,
}

impl Thread<'_> {
    fn run(&mut self, queue: &mpsc::Receiver<Job>) {
        while let Ok(first) = queue.recv() {
            let mut events = first.events();
            let mut group = vec![first];
            // Takes what was queued during the last flush and does not wait for more.
            while group.len() < GROUP_WRITES && events < GROUP_EVENTS {
                let Ok(job) = queue.try_recv() else { break };
                events += job.events();
                group.push(job);
            }
            self.carry_out(group);
        }
        // The store is closed: the file takes no more room than what is in it.
        if self.wrote && self.lost.is_none() {
            self.give_back();
        }
    }

    fn carry_out(&mut self, group: Vec<Job>) {
        if let Some(cause) = &self.lost {
            let error = Error::new(
                ErrorKind::Unavailable,
                "failed to write: an earlier commit could not be made durable, open the store again",
            )
            .caused_by(cause.clone());
            return group.into_iter().for_each(|job| job.fail(&error));
        }
        match self.transact(&group) {
            Ok(outcomes) => group.into_iter().zip(outcomes).for_each(|(job, o)| job.answer(o)),
            Err(Failure::Begin(error)) => group.into_iter().for_each(|job| job.fail(&error)),
            // One of them failed with an I/O error; each is tried again by itself.
            Err(Failure::Apply(_)) if group.len() > 1 => {
                group.into_iter().for_each(|job| self.carry_out(vec![job]));
            }
            Err(Failure::Apply(error)) => group.into_iter().for_each(|job| job.fail(&error)),
            Err(Failure::Commit(error)) => {
                if error.kind() == ErrorKind::Unknown {
                    self.lost = Some(error.clone());
                }
                group.into_iter().for_each(|job| job.fail(&error));
            }
        }
    }

    /// Carries the group out in one transaction, each write under a savepoint so that the
    /// conflict of one does not touch the others.
    fn transact(&mut self, group: &[Job]) -> Result<Vec<Outcome>, Failure> {
        self.statements
            .begin
            .execute([])
            .map_err(|e| Failure::Begin(fault("failed to begin a transaction", e)))?;
        let applied = self.apply_all(group);
        let outcomes = match applied {
            Ok(outcomes) => outcomes,
            Err(error) => {
                self.roll_back();
                return Err(Failure::Apply(error));
            }
        };
        let nothing =
            |o: &Outcome| matches!(o, Outcome::Commit(Err(_)) | Outcome::Write(Ok(0) | Err(_)));
        if outcomes.iter().all(nothing) {
            self.roll_back();
            return Ok(outcomes);
        }
        match self.statements.commit.execute([]) {
            Ok(_) => {
                self.wrote = true;
                if group.iter().any(Job::takes_away) {
                    self.forget(self.patience);
                } else if self.remembers {
                    self.forget(Duration::ZERO);
                }
                Ok(outcomes)
            }
            Err(e) => {
                self.roll_back();
                Err(Failure::Commit(undurable(e)))
            }
        }
    }

    fn apply_all(&mut self, group: &[Job]) -> Result<Vec<Outcome>, Error> {
        const APPLYING: &str = "failed to write";
        let mut heads = Heads::new();
        let mut outcomes = Vec::with_capacity(group.len());
        for job in group {
            // A batch that is alone in its transaction is undone with the transaction.
            let guarded = group.len() > 1;
            if guarded {
                self.statements.savepoint.execute([]).map_err(|e| fault(APPLYING, e))?;
            }
            let outcome = match job {
                Job::Commit(batch, _) => match self.statements.apply(batch, &mut heads) {
                    Ok(committed) => Outcome::Commit(Ok(committed)),
                    Err(Stop::Failed(error)) => return Err(error.with("ente", &batch.ente)),
                    Err(Stop::Conflict(conflict)) => Outcome::Commit(Err(conflict.into())),
                },
                Job::Write(write, _) => match self.statements.write(write) {
                    Ok(changed) => Outcome::Write(Ok(changed)),
                    Err(Stop::Failed(error)) => return Err(error),
                    Err(Stop::Conflict(conflict)) => Outcome::Write(Err(conflict)),
                },
            };
            if guarded && matches!(outcome, Outcome::Commit(Err(_)) | Outcome::Write(Err(_))) {
                self.statements.rollback_to.execute([]).map_err(|e| fault(APPLYING, e))?;
            }
            if guarded {
                self.statements.release.execute([]).map_err(|e| fault(APPLYING, e))?;
            }
            outcomes.push(outcome);
        }
        for (ente, head) in &heads {
            let row = rusqlite::params![ente.as_str(), int(head.seq), head.hash.as_bytes()];
            self.statements.set_head.execute(row).map_err(|e| fault(APPLYING, e))?;
        }
        Ok(outcomes)
    }

    /// Gives the free pages back to the file system. Where this fails, as beside another writer,
    /// they stay free pages, which the next commits use.
    fn give_back(&self) {
        let _ = self.conn.prepare("PRAGMA incremental_vacuum").and_then(|mut free| {
            let mut rows = free.query([])?;
            // A step frees one page.
            while rows.next()?.is_some() {}
            Ok(())
        });
    }

    /// Gives the free pages back, and empties the write-ahead log, which still contains the pages
    /// with the removed content. While readers use the log this cannot be done; every later write
    /// tries again, without waiting.
    fn forget(&mut self, patience: Duration) {
        self.give_back();
        let is_busy = |row: &rusqlite::Row<'_>| row.get::<_, bool>(0);
        let tried = self
            .conn
            .busy_timeout(patience)
            .and_then(|()| self.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], is_busy));
        self.remembers = tried.unwrap_or(true);
        // Fails for a connection that was closed only.
        let _ = self.conn.busy_timeout(self.patience);
    }

    fn roll_back(&self) {
        // Some failures end the transaction by themselves. If this fails, the next BEGIN fails.
        if !self.conn.is_autocommit() {
            let _ = self.conn.execute_batch("ROLLBACK");
        }
    }
}

/// A COMMIT that failed. The record that makes the log valid is written last. A full disk or a
/// locked file means that it was not written; any other failure may have happened after it was.
fn undurable(error: rusqlite::Error) -> Error {
    let failed = fault("failed to commit", error);
    match failed.kind() {
        ErrorKind::Full | ErrorKind::Busy | ErrorKind::ReadOnly => failed,
        _ => Error::new(ErrorKind::Unknown, "failed to make a commit durable").caused_by(failed),
    }
}

impl Job {
    fn events(&self) -> usize {
        match self {
            Self::Commit(batch, _) => batch.changes.iter().map(|c| c.events.len()).sum(),
            Self::Write(..) => 1,
        }
    }

    fn takes_away(&self) -> bool {
        match self {
            Self::Commit(batch, _) => batch.changes.iter().any(|c| !c.erases.is_empty()),
            Self::Write(Write::PutKeys { keys, .. }, _) => {
                keys.iter().any(|key| key.wrapped.is_none())
            }
            Self::Write(write, _) => matches!(
                write,
                Write::Forget { .. } | Write::Rewrap { .. } | Write::EraseKey { .. }
            ),
        }
    }

    // Sending fails only when the caller no longer waits.
    fn answer(self, outcome: Outcome) {
        match (self, outcome) {
            (Self::Commit(batch, reply), Outcome::Commit(answer)) => {
                drop(reply.send((answer, batch)));
            }
            (Self::Write(_, reply), Outcome::Write(answer)) => {
                drop(reply.send(answer.map_err(CommitError::from)));
            }
            // Cannot happen: each outcome is made from its own job. Dropping the reply would be
            // reported as "unknown".
            (Self::Commit(..), Outcome::Write(_)) | (Self::Write(..), Outcome::Commit(_)) => {}
        }
    }

    fn fail(self, error: &Error) {
        match self {
            Self::Commit(batch, reply) => drop(reply.send((Err(error.clone().into()), batch))),
            Self::Write(_, reply) => drop(reply.send(Err(error.clone().into()))),
        }
    }
}
