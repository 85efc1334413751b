//! Each ente's commits, one group after the other.
//!
//! While a group is on its way to disk the next commits gather and share the next transaction.
//! An ente has a lane only while it is busy; the lanes of different entes run side by side.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_channel::oneshot;
use mattoni_core::EnteId;
use tokio::runtime::Handle;

use crate::postgres::commit::commit;
use crate::postgres::pool::Pool;
use crate::postgres::recall::Recall;
use crate::postgres::session::renew;
use crate::{Batch, CommitError, Committed, Conflict, Error, ErrorKind};

/// The most batches, and about the most events, that share a transaction. Enough that the flush
/// is shared by many, little enough that the first does not wait long for the last.
const GROUP_BATCHES: usize = 256;
const GROUP_EVENTS: usize = 4096;

type Answer = Result<Committed, CommitError>;
type Waiting = VecDeque<(Batch, oneshot::Sender<Answer>)>;

pub(super) struct Lanes {
    pool: Pool,
    runtime: Handle,
    waiting: Arc<Mutex<BTreeMap<EnteId, Waiting>>>,
    recall: Arc<Recall>,
}

impl Lanes {
    pub(super) fn new(pool: Pool, runtime: Handle) -> Self {
        Self { pool, runtime, waiting: Arc::default(), recall: Arc::default() }
    }

    pub(super) async fn commit(&self, batch: Batch) -> Answer {
        let (reply, answer) = oneshot::channel();
        let ente = batch.ente.clone();
        let idle = {
            let mut lanes = lock(&self.waiting);
            let idle = !lanes.contains_key(&ente);
            lanes.entry(ente.clone()).or_default().push_back((batch, reply));
            idle
        };
        if idle {
            let (pool, waiting) = (self.pool.clone(), Arc::clone(&self.waiting));
            let lane = Lane { ente, pool, waiting, recall: Arc::clone(&self.recall) };
            self.runtime.spawn(lane.run());
        }
        answer.await.map_err(|_| {
            Error::new(
                ErrorKind::Unknown,
                "failed to commit: the runtime stopped before it answered",
            )
        })?
    }
}

/// A panic leaves the map consistent, because each use is a single call.
fn lock(waiting: &Mutex<BTreeMap<EnteId, Waiting>>) -> MutexGuard<'_, BTreeMap<EnteId, Waiting>> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Lane {
    ente: EnteId,
    pool: Pool,
    waiting: Arc<Mutex<BTreeMap<EnteId, Waiting>>>,
    recall: Arc<Recall>,
}

impl Lane {
    async fn run(self) {
        let open = Open(&self);
        while let Some((batches, replies)) = self.next_group() {
            self.carry_out(&batches, replies).await;
        }
        // `next_group` has closed the lane, so the guard has nothing left to do.
        std::mem::forget(open);
    }

    /// The next commits; closes the lane when nobody waits.
    fn next_group(&self) -> Option<(Vec<Batch>, Vec<oneshot::Sender<Answer>>)> {
        let mut lanes = lock(&self.waiting);
        let queue = lanes.get_mut(&self.ente)?;
        let (mut events, mut group) = (0, (Vec::new(), Vec::new()));
        while group.0.len() < GROUP_BATCHES && events < GROUP_EVENTS {
            let Some((batch, reply)) = queue.pop_front() else { break };
            events += batch.changes.iter().map(|change| change.events.len()).sum::<usize>();
            group.0.push(batch);
            group.1.push(reply);
        }
        if group.0.is_empty() {
            lanes.remove(&self.ente);
            return None;
        }
        Some(group)
    }

    async fn carry_out(&self, batches: &[Batch], replies: Vec<oneshot::Sender<Answer>>) {
        match self.attempt(batches).await {
            Ok(outcomes) => {
                for (reply, outcome) in replies.into_iter().zip(outcomes) {
                    answer(reply, outcome.map_err(CommitError::from));
                }
            }
            // One batch of the group failed: each is tried again alone.
            Err(e) if batches.len() > 1 && !concerns_all(e.kind()) => {
                for (batch, reply) in batches.iter().zip(replies) {
                    let alone = self.attempt(std::slice::from_ref(batch)).await;
                    let outcome = alone.map_err(CommitError::from).and_then(|mut outcomes| {
                        let outcome = outcomes.pop().ok_or_else(unanswered)?;
                        Ok(outcome?)
                    });
                    answer(reply, outcome);
                }
            }
            Err(e) => replies.into_iter().for_each(|reply| answer(reply, Err(e.clone().into()))),
        }
    }

    async fn attempt(&self, batches: &[Batch]) -> Result<Vec<Result<Committed, Conflict>>, Error> {
        match commit(&self.pool, &self.recall, &self.ente, batches).await {
            // Nothing was written. A server that takes no writes any more may have lost its place to
            // another.
            Err(e) if matches!(e.kind(), ErrorKind::Unreachable | ErrorKind::ReadOnly) => {
                renew(&self.pool);
                commit(&self.pool, &self.recall, &self.ente, batches).await
            }
            done => done,
        }
    }
}

fn answer(reply: oneshot::Sender<Answer>, outcome: Answer) {
    // Sending fails only when the caller no longer waits.
    drop(reply.send(outcome));
}

fn unanswered() -> CommitError {
    Error::new(ErrorKind::Unknown, "failed to commit: the group was not answered").into()
}

fn concerns_all(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Unknown
            | ErrorKind::Unreachable
            | ErrorKind::Busy
            | ErrorKind::Full
            | ErrorKind::ReadOnly
    )
}

/// Closes the lane if its task dies: whoever waits in it gets an error, and the next commit opens
/// it anew.
struct Open<'a>(&'a Lane);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        lock(&self.0.waiting).remove(&self.0.ente);
    }
}
