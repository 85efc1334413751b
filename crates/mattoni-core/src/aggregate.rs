//! Plain structs that change only by recorded events.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Something that happened, as it is stored for good.
///
/// The serialised form is a contract with the past: new fields get defaults, old names stay
/// readable, and golden files in each crate hold them.
pub trait DomainEvent: Serialize + DeserializeOwned {
    /// Stable dotted name, e.g. `practice.submitted`. Stored beside the body.
    fn name(&self) -> &'static str;
}

/// Something with an identity and a history.
///
/// Verbs are inherent methods `&self -> Result<Event, ThatVerbsRefusal>`; nothing changes until
/// the event is [applied](Aggregate::apply). Application is total: what was recorded is never
/// refused.
pub trait Aggregate: Sized + Serialize + DeserializeOwned {
    /// Stable name of the kind, e.g. `practice`. Part of the key in the store.
    const KIND: &'static str;

    /// What can happen to it.
    type Event: DomainEvent;

    /// The aggregate as its first event leaves it; `None` when `event` is not a first event.
    fn open(event: &Self::Event) -> Option<Self>;

    /// Takes the event in. Never fails and never panics.
    fn apply(&mut self, event: &Self::Event);
}

/// The state that a history leads to: `None` for an empty history or one that does not begin
/// with an opening event.
pub fn fold<'a, A: Aggregate>(events: impl IntoIterator<Item = &'a A::Event>) -> Option<A>
where
    A::Event: 'a,
{
    let mut events = events.into_iter();
    let mut state = A::open(events.next()?)?;
    for event in events {
        state.apply(event);
    }
    Some(state)
}
