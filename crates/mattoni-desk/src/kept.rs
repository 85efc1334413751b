//! How each aggregate is kept: what it is found by, and what follows from its events.

use mattoni_core::Aggregate;
use mattoni_store::{Effect, Facet, Place};

/// An aggregate that a desk can keep.
///
/// Implemented here for the bricks of floor 1, which know nothing of stores; an integrator's own
/// aggregates implement it too.
pub trait Kept: Aggregate {
    /// What the state is found by, and what no other may hold at the same time.
    fn facets(&self) -> Vec<Facet>;

    /// Which form of [`places`](Self::places) and [`line`](Self::line) this software writes.
    /// Counted up when they come to hold something else;
    /// [`Desk::rebuild_lists`](crate::Desk::rebuild_lists) then lists anew
    /// what was listed before.
    const LISTS: u32 = 0;

    /// Where the state stands in the lists that screens show.
    fn places(&self) -> Vec<Place> {
        Vec::new()
    }

    /// What lists tell of the state, as JSON, at the places that
    /// [carry it](mattoni_store::Place::with_line). Empty: nothing.
    fn line(&self) -> String {
        String::new()
    }

    /// What has to happen outside because of `event`, which led to `self`. `key` is unique to
    /// this event; an effect's own key is built on it.
    fn effects(&self, event: &Self::Event, key: &str) -> Vec<Effect>;
}
