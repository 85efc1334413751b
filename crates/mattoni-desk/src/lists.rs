//! Lists made anew while the desk is open.

use mattoni_store::{CommitError, Loaded, Relisted, Store};

use crate::desk::listing;
use crate::{Desk, DeskError, Kept, Progress};

/// States listed anew in one transaction: few, because the ente's commits wait meanwhile.
const PAGE: usize = 200;

/// What came of making the lists of a kind anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Rebuilt {
    /// States looked at.
    pub looked_at: u64,
    /// States listed anew; the others moved on meanwhile, and were listed by whoever moved them.
    pub relisted: u64,
    /// States that are listed under another form even so: older software still commits.
    pub behind: u64,
}

impl<S: Store> Desk<S> {
    /// How many states of the kind are listed under another form than this software's. While it
    /// is not 0 the lists lack those states: [`rebuild_lists`](Self::rebuild_lists) is needed.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails.
    pub async fn lists_behind<A: Kept>(&self) -> Result<u64, DeskError> {
        let forms = self.store().forms(self.ente(), A::KIND).await?;
        Ok(forms.iter().filter(|(form, _)| **form != A::LISTS).map(|(_, states)| states).sum())
    }

    pub(crate) async fn tally<A: Kept>(&self, list: &str, bucket: &str) -> Result<u64, DeskError> {
        Ok(self.store().tally(self.ente(), A::KIND, list, bucket).await?)
    }

    /// Lists every state of the kind anew, as it stands, while others commit. A state is what its
    /// journal leads to, so the lists are as well. Can be killed and run again.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails or a state does not read;
    /// [`DeskError::Refused`] when the store does not take a state's places.
    pub async fn rebuild_lists<A: Kept>(
        &self,
        progress: &dyn Progress,
    ) -> Result<Rebuilt, DeskError> {
        let mut rebuilt = Rebuilt::default();
        let mut after = None;
        loop {
            let page = self.store().streams(self.ente(), A::KIND, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.stream.id);
            let anew = |stored| {
                let loaded = Loaded::<A>::read(stored)?;
                let (stream, version) = (stored.stream.clone(), stored.version);
                Ok(Relisted { stream, version, listing: listing(&loaded.state) })
            };
            let states = page.iter().map(anew).collect::<Result<_, mattoni_store::Error>>()?;
            rebuilt.looked_at += page.len() as u64;
            rebuilt.relisted += self.store().relist(self.ente(), states).await.map_err(refused)?;
            progress.reached(rebuilt.looked_at);
        }
        rebuilt.behind = self.lists_behind::<A>().await?;
        Ok(rebuilt)
    }
}

fn refused(error: CommitError) -> DeskError {
    error.into()
}
