//! That an ente's records are sealed is said beside them, in what every backup has.
//!
//! Keys are in no backup. So the first commit that seals in an ente moves a sequence along, in the
//! same transaction, and whoever finds that sequence moved writes nothing in the clear, whatever
//! became of the keys.

use std::sync::PoisonError;

use mattoni_core::EnteId;

use super::{Vault, token};
use crate::keys::ENTE_KEY;
use crate::{Batch, CommitError, Conflict, Error, ErrorKind, SequenceClaim, Store};

/// The sequence whose first number is taken by the first commit that seals. No register has this
/// name: theirs have a year.
const SEALED: &str = "mattoni.sealed";

impl<S: Store> Vault<S> {
    /// Lets the batch leave the mark, unless it is there.
    pub(super) async fn mark(&self, batch: &mut Batch) -> Result<(), Error> {
        let known =
            self.marked.lock().unwrap_or_else(PoisonError::into_inner).contains(&batch.ente);
        if !known {
            if self.store.last(&batch.ente, SEALED).await? > 0 {
                self.is_marked(&batch.ente);
            } else if let Some(first) = batch.changes.first_mut() {
                first.claims.push(SequenceClaim::new(SEALED, 1));
            }
        }
        Ok(())
    }

    /// The mark is there for good.
    fn is_marked(&self, ente: &EnteId) {
        self.marked.lock().unwrap_or_else(PoisonError::into_inner).insert(ente.clone());
    }

    /// Refuses to write in the clear what has to be sealed.
    pub(super) async fn in_the_clear(&self, ente: &EnteId) -> Result<(), CommitError> {
        let sealed = self.store.last(ente, SEALED).await? > 0
            || !self.store.keys(ente, &[ENTE_KEY]).await?.is_empty();
        if sealed {
            let locked = "the records are sealed, and no master key was given";
            return Err(Error::new(ErrorKind::Locked, locked).with("ente", ente).into());
        }
        Ok(())
    }

    /// Whether records of the ente are sealed: that is marked, or it has a key of its own, or, in
    /// backups from before there were marks, sealed values stand in its first or last thousand
    /// events.
    ///
    /// # Errors
    /// When the machine fails.
    pub async fn has_sealed(&self, ente: &EnteId) -> Result<bool, Error> {
        const SOME: usize = 1_000;
        if self.store.last(ente, SEALED).await? > 0
            || !self.store.keys(ente, &[ENTE_KEY]).await?.is_empty()
        {
            return Ok(true);
        }
        let Some(head) = self.store.head(ente).await? else { return Ok(false) };
        for after in [0, head.seq.saturating_sub(SOME as u64)] {
            let rows = self.store.scan(ente, after, SOME).await?;
            if rows.iter().any(|row| token::keys_in(&row.body).next().is_some()) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether another process left the mark, or brought a key, while this one sealed. Sealed again,
/// it goes in.
pub(super) fn is_late(conflict: &Conflict) -> bool {
    match conflict {
        Conflict::Key { .. } => true,
        Conflict::Number { sequence, .. } => sequence == SEALED,
        _ => false,
    }
}
