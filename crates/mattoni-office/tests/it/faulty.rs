//! A store that breaks or is overtaken at a commit of the test's choosing.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use mattoni_store::{Batch, CommitError, Committed, Error, ErrorKind, Journal, Layer, Memory};

/// What happens at the next commits.
#[derive(Default)]
pub(crate) enum Next {
    /// They go through.
    #[default]
    Well,
    /// So many go through, then the machine is dead until told otherwise.
    DiesAfter(usize),
    /// Somebody else commits this first.
    Overtaken(Batch),
}

/// [`Memory`], with accidents. A clone is the same store, and stays in the hands of the test.
#[derive(Default, Clone)]
pub(crate) struct Faulty {
    inner: Arc<Memory>,
    next: Arc<Mutex<Next>>,
}

impl Faulty {
    pub(crate) fn set(&self, next: Next) {
        *self.next.lock().unwrap() = next;
    }

    /// What the accident makes of this commit: the batch that comes first, or a dead machine.
    fn accident(&self) -> Result<Option<Batch>, Error> {
        let mut next = self.next.lock().unwrap();
        match std::mem::take(&mut *next) {
            Next::Well => Ok(None),
            Next::DiesAfter(0) => {
                *next = Next::DiesAfter(0);
                Err(Error::new(ErrorKind::Io, "the disk is gone"))
            }
            Next::DiesAfter(left) => {
                *next = Next::DiesAfter(left - 1);
                Ok(None)
            }
            Next::Overtaken(batch) => Ok(Some(batch)),
        }
    }
}

#[async_trait]
impl Layer for Faulty {
    type Below = Memory;

    fn below(&self) -> &Memory {
        &self.inner
    }

    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        if let Some(first) = self.accident().map_err(CommitError::Failed)? {
            Journal::commit(&*self.inner, first).await?;
        }
        Journal::commit(&*self.inner, batch).await
    }
}
