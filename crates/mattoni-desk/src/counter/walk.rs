//! Going through practices in order of id, each once, wherever they are found.

use std::collections::VecDeque;

use mattoni_core::{Aggregate, Id};
use mattoni_practice::Practice;
use mattoni_store::{Loaded, Store, StoredState, Stream};

use crate::{Desk, DeskError};

/// States read at a time.
const PAGE: usize = 500;

/// Where to look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// At every practice.
    All,
    /// At those with this facet.
    Facet(&'static str, String),
}

#[derive(Debug)]
struct Lane {
    source: Source,
    read: VecDeque<StoredState>,
    after: Option<Id<Stream>>,
    ended: bool,
}

/// A walk through the practices of several sources, merged by id: one that two sources hold, or
/// that moves from one to the other meanwhile, comes once.
#[derive(Debug)]
pub(super) struct Walk<'a, S> {
    desk: &'a Desk<S>,
    lanes: Vec<Lane>,
}

impl<'a, S: Store> Walk<'a, S> {
    pub(super) fn new(
        desk: &'a Desk<S>,
        sources: Vec<Source>,
        after: Option<Id<Practice>>,
    ) -> Self {
        let after = after.map(|id| Id::from_u128(id.as_u128()));
        let lane = |source| Lane { source, read: VecDeque::new(), after, ended: false };
        Self { desk, lanes: sources.into_iter().map(lane).collect() }
    }

    /// The next practice.
    pub(super) async fn next(&mut self) -> Result<Option<Loaded<Practice>>, DeskError> {
        for lane in &mut self.lanes {
            if lane.read.is_empty() && !lane.ended {
                lane.fill(self.desk).await?;
            }
        }
        let first = self.lanes.iter().filter_map(|lane| lane.read.front()).map(|s| s.stream.id);
        let Some(first) = first.min() else { return Ok(None) };
        let mut next: Option<StoredState> = None;
        for lane in &mut self.lanes {
            if lane.read.front().is_some_and(|state| state.stream.id == first) {
                // Read at two times, it may stand at two versions.
                next = next.into_iter().chain(lane.read.pop_front()).max_by_key(|s| s.version);
            }
        }
        Ok(next.as_ref().map(Loaded::read).transpose()?)
    }
}

impl Lane {
    async fn fill<S: Store>(&mut self, desk: &Desk<S>) -> Result<(), DeskError> {
        let (store, ente, kind) = (desk.store(), desk.ente(), Practice::KIND);
        let page = match &self.source {
            Source::All => store.streams(ente, kind, self.after, PAGE).await?,
            Source::Facet(name, value) => {
                store.find(ente, kind, (name, value), self.after, PAGE).await?
            }
        };
        self.ended = page.len() < PAGE;
        self.after = page.last().map_or(self.after, |state| Some(state.stream.id));
        self.read = page.into();
        Ok(())
    }
}
