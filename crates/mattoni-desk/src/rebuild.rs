//! Lists made anew while the desk is open.

use mattoni_core::record::AnyState;
use mattoni_store::{CommitError, Reprojected, StoredState};

use crate::{Desk, DeskError, Progress, Unreadable, read_any};

/// States listed anew in one transaction: few, because the ente's commits wait meanwhile.
const PAGE: usize = 200;

/// What came of making the lists of a kind anew.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Rebuilt {
    /// States looked at.
    pub looked_at: u64,
    /// States listed anew; the others moved on meanwhile, and were listed by whoever moved them.
    pub relisted: u64,
    /// States that are listed under another form even so: older software still commits.
    pub behind: u64,
    /// States that could not be read, or whose unique key another holds: they are listed as they
    /// were.
    pub unreadable: Vec<Unreadable>,
}

impl Desk {
    /// How many states of the kind are listed under another version of its projection than this
    /// software's. While it is not 0 the lists lack those states:
    /// [`rebuild_lists`](Self::rebuild_lists) is needed.
    ///
    /// # Errors
    /// `desk.kind` for a kind that no brick brings; [`DeskError::Store`] when the machine fails.
    pub async fn lists_behind(&self, kind: &str) -> Result<u64, DeskError> {
        let current = self.kind(kind)?.projection_version();
        let versions = self.store().projection_versions(self.ente(), kind).await?;
        let others = versions.iter().filter(|(version, _)| **version != current);
        Ok(others.map(|(_, states)| states).sum())
    }

    /// Lists every state of the kind anew, as it stands, while others commit: whatever was in its
    /// lists, counts and unique keys before. A state is what its
    /// journal leads to, so the lists are as well. Can be killed and run again.
    ///
    /// # Errors
    /// `desk.kind` for a kind that no brick brings; [`DeskError::Store`] when the machine fails;
    /// [`DeskError::Refused`] when the store does not take its entries.
    pub async fn rebuild_lists(
        &self,
        kind: &str,
        progress: &dyn Progress,
    ) -> Result<Rebuilt, DeskError> {
        let of = self.kind(kind)?;
        let (mut rebuilt, mut taken) = (Rebuilt::default(), Vec::new());
        let read = |stored: StoredState| Ok((read_any(of, &stored)?, stored));
        let unreadable = self.each_page(kind, PAGE, read, async |page| {
            let looked_at = page.len() as u64;
            let anew = page.iter().map(|(state, stored)| reprojected(&**state, stored));
            let states = anew.collect::<Result<Vec<_>, DeskError>>()?;
            rebuilt.looked_at += looked_at;
            rebuilt.relisted += self.relist(states, &mut taken).await?;
            progress.reached(rebuilt.looked_at);
            Ok::<_, DeskError>(())
        });
        rebuilt.unreadable = unreadable.await?;
        rebuilt.unreadable.append(&mut taken);
        self.store().mend_index(self.ente(), kind).await?;
        rebuilt.behind = self.lists_behind(kind).await?;
        Ok(rebuilt)
    }
}

impl Desk {
    /// Replaces the projections in one transaction; each in one of its own where another stream
    /// holds the unique key of one, which is then left as it is.
    async fn relist(
        &self,
        states: Vec<Reprojected>,
        taken: &mut Vec<Unreadable>,
    ) -> Result<u64, DeskError> {
        let (store, ente) = (self.store(), self.ente());
        match store.reproject(ente, states.clone()).await {
            Err(CommitError::Conflict(_)) => {}
            done => return Ok(done?),
        }
        let mut relisted = 0;
        for state in states {
            let stream = state.stream.clone();
            match store.reproject(ente, vec![state]).await {
                Err(CommitError::Conflict(conflict)) => {
                    let kind = mattoni_store::ErrorKind::Corrupt;
                    let error = mattoni_store::Error::new(kind, "failed to list a record");
                    taken.push(Unreadable::of(&stream, &error.caused_by(conflict)));
                }
                done => relisted += done?,
            }
        }
        Ok(relisted)
    }
}

/// The state with its projection made anew.
pub(crate) fn reprojected(
    state: &dyn AnyState,
    stored: &StoredState,
) -> Result<Reprojected, DeskError> {
    Ok(Reprojected {
        stream: stored.stream.clone(),
        version: stored.version,
        projection: state.projection()?,
        owners: state.owners(),
    })
}
