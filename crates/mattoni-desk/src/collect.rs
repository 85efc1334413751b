//! Removing attachments that nothing refers to.

use chrono::{DateTime, TimeDelta, Utc};
use mattoni_core::Digest;
use mattoni_practice::{Filer, Practice};
use mattoni_ranking::{Offer, RankingRun, Review};
use mattoni_store::{Collected, References, Store, collect};

use crate::evaluation::EvaluationRecord;
use crate::intake::Inspection;
use crate::privacy::Erasure;
use crate::tick::{Reminder, ServiceWatch};
use crate::{BulkRecord, Desk, DeskError, Progress};

/// What the desk's own aggregates refer to: practices to their files, evaluations to their
/// plugin, ranking runs to their document. Whoever keeps aggregates of their own adds them.
///
/// An inspection names a file without keeping it: it is the record that stays.
#[must_use]
pub fn references() -> References {
    References::new()
        .with(files_of)
        .with(|record: &EvaluationRecord| vec![record.evaluation.plugin])
        .with(|run: &RankingRun| vec![run.document()])
        .with(|_: &Offer| Vec::new())
        .with(|_: &BulkRecord| Vec::new())
        .with(|_: &ServiceWatch| Vec::new())
        .with(|_: &Reminder| Vec::new())
        .with(|_: &Inspection| Vec::new())
        .with(|_: &Review| Vec::new())
        .with(|_: &Erasure| Vec::new())
}

/// Its files, and the paper that says its delegate is one.
fn files_of(practice: &Practice) -> Vec<Digest> {
    let proof = match practice.filer() {
        Filer::Delegate { proof, .. } => *proof,
        _ => None,
    };
    practice.attachments().iter().map(|file| file.digest).chain(proof).collect()
}

impl<S: Store> Desk<S> {
    /// Sets aside what nothing refers to any more, and discards what has been aside for `grace`:
    /// once a day, while the desk works. See [`mattoni_store::collect`].
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails; the next run goes on.
    pub async fn collect_blobs(
        &self,
        references: &References,
        now: DateTime<Utc>,
        grace: TimeDelta,
        progress: &dyn Progress,
    ) -> Result<Collected, DeskError> {
        let told = |p: mattoni_store::Progress| progress.reached(p.done);
        Ok(collect(self.store(), self.ente(), references, now, grace, told).await?)
    }
}
