//! What happened to a practice and why, as far as who asks may know.

use mattoni_core::Id;
use mattoni_practice::access::{Sight, knows, sight};
use mattoni_practice::{Event, Practice};
use mattoni_store::{Past, Store};

use crate::desk::no_such;
use crate::explain::{PracticeExplained, Published};
use crate::{Counter, DeskError};

impl<S: Store> Counter<'_, S> {
    /// Everything that happened to the practice and that the subject may know of, in order.
    ///
    /// # Errors
    /// `desk.unknown` when for the subject there is no such practice; [`DeskError::Store`] when
    /// the machine fails.
    pub async fn history(&self, id: Id<Practice>) -> Result<Vec<Past<Event>>, DeskError> {
        let there = self.desk.load(id).await?.map(|loaded| loaded.state);
        let seen = there.filter(|practice| sight(&self.subject, practice) != Sight::Nothing);
        let practice = seen.ok_or_else(|| DeskError::Refused(no_such(id)))?;
        let (store, ente) = (self.desk.store(), self.desk.ente());
        let mut history = mattoni_store::history::<Practice>(store, ente, id).await?;
        history.retain(|past| knows(&self.subject, &practice, &past.event));
        Ok(history)
    }

    /// Everything that decided about a practice, by number or id, and that the subject may know
    /// of: who does not see the office's notes does not see its draft rankings either.
    ///
    /// # Errors
    /// As [`history`](Self::history).
    pub async fn explain(&self, name: &str) -> Result<PracticeExplained, DeskError> {
        let practice = self.desk.practice(name).await?.state;
        let knows = |event: &Event| knows(&self.subject, &practice, event);
        let published =
            if self.sees_all_of(&practice) { Published::OrNot } else { Published::Only };
        let shown = self.shown(practice.clone()).ok_or_else(|| crate::explain::nowhere(name))?;
        self.desk.explain_as(&shown, published, knows).await
    }
}
