//! Removing files that nothing refers to.

use chrono::{DateTime, TimeDelta, Utc};
use mattoni_store::{Collected, collect};

use crate::{Desk, DeskError, Progress};

impl Desk {
    /// Sets aside the files that no record refers to any more ([`Record::blobs`]), and discards
    /// what has been aside for `grace`: once a day, while the desk works. See
    /// [`mattoni_store::collect`].
    ///
    /// [`Record::blobs`]: mattoni_core::record::Record::blobs
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails; the next run goes on.
    pub async fn collect_blobs(
        &self,
        now: DateTime<Utc>,
        grace: TimeDelta,
        progress: &dyn Progress,
    ) -> Result<Collected, DeskError> {
        let reached = |p: mattoni_store::JobProgress| progress.reached(p.done);
        Ok(collect(self.store(), self.ente(), self.bricks(), now, grace, reached).await?)
    }
}
