//! Going through the records that a question is about, each once, wherever they are found.

use std::collections::VecDeque;
use std::marker::PhantomData;

use mattoni_core::Id;
use mattoni_core::record::{Direction, Record, Span, Spans};
use mattoni_store::{Loaded, Placed, Spot, StoredState, Stream};

use crate::{Desk, DeskError};

/// One of the parts of lists that a question is answered from.
#[derive(Debug)]
struct Lane {
    /// `None`: every record of the kind, in order of id.
    span: Option<Span>,
    read: VecDeque<Placed>,
    after: Option<Spot>,
    ended: bool,
}

/// A walk through several parts of lists, merged in their order. A record that two of them hold at
/// the same place comes once.
#[derive(Debug)]
pub(super) struct Walk<'a, A> {
    desk: &'a Desk,
    lanes: Vec<Lane>,
    direction: Direction,
    unreadable: Vec<Id<A>>,
    kind: PhantomData<fn() -> A>,
}

impl<'a, A: Record> Walk<'a, A> {
    pub(super) fn new(desk: &'a Desk, spans: Spans, after: Option<Spot>) -> Self {
        let spans: Vec<Option<Span>> = match spans {
            Spans::All => vec![None],
            Spans::Of(spans) => spans.into_iter().map(Some).collect(),
        };
        let direction = spans.iter().flatten().next().map_or(Direction::Up, |span| span.direction);
        let lane = |span| Lane { span, read: VecDeque::new(), after: after.clone(), ended: false };
        let lanes = spans.into_iter().map(lane).collect();
        Self { desk, lanes, direction, unreadable: Vec::new(), kind: PhantomData }
    }

    /// The records that were left out since this was asked last, because they cannot be read.
    pub(super) fn take_unreadable(&mut self) -> Vec<Id<A>> {
        std::mem::take(&mut self.unreadable)
    }

    /// The next record that can be read, and where it was found. `wanted` are read at a time.
    pub(super) async fn next(
        &mut self,
        wanted: usize,
    ) -> Result<Option<(Spot, Loaded<A>)>, DeskError> {
        loop {
            for lane in &mut self.lanes {
                if lane.read.is_empty() && !lane.ended {
                    lane.fill(self.desk, A::KIND, wanted).await?;
                }
            }
            let Some(placed) = self.first() else { return Ok(None) };
            match Loaded::read(&placed.state) {
                Ok(loaded) => return Ok(Some((placed.spot(), loaded))),
                Err(_) => self.unreadable.push(Id::from_u128(placed.state.stream.id.as_u128())),
            }
        }
    }

    /// The next place of all lanes.
    fn first(&mut self) -> Option<Placed> {
        let heads = self.lanes.iter().filter_map(|lane| lane.read.front()).map(Placed::spot);
        let next = match self.direction {
            Direction::Up => heads.min(),
            Direction::Down => heads.max(),
        }?;
        let mut first: Option<Placed> = None;
        for lane in &mut self.lanes {
            if lane.read.front().is_some_and(|placed| placed.spot() == next) {
                // Read at two times, it may stand at two versions.
                let candidates = first.into_iter().chain(lane.read.pop_front());
                first = candidates.max_by_key(|placed| placed.state.version);
            }
        }
        first
    }
}

impl Lane {
    async fn fill(&mut self, desk: &Desk, kind: &str, wanted: usize) -> Result<(), DeskError> {
        let (store, ente) = (desk.store(), desk.ente());
        let page = match &self.span {
            Some(span) => store.page(ente, kind, span, self.after.as_ref(), wanted).await?,
            None => {
                let after: Option<Id<Stream>> = self.after.as_ref().map(|spot| spot.id);
                let page = store.streams(ente, kind, after, wanted).await?;
                let unsorted = |state: StoredState| Placed { sort: String::new(), state };
                page.into_iter().map(unsorted).collect()
            }
        };
        self.ended = page.len() < wanted;
        self.after = page.last().map(Placed::spot).or(self.after.take());
        self.read = page.into();
        Ok(())
    }
}
