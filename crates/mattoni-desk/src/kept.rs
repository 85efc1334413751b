//! How each aggregate is kept: what it is found by, and what follows from its events.

use mattoni_core::{Aggregate, DigestBuilder, EnteId, Id};
use mattoni_store::{Effect, Facet, Place};

/// An aggregate that a desk can keep.
///
/// Implemented here for the bricks of floor 1, which know nothing of stores; an integrator's own
/// aggregates implement it too.
pub trait Kept: Aggregate {
    /// What the state is found by, and what no other may hold at the same time.
    fn facets(&self) -> Vec<Facet>;

    /// Which form of [`places`](Self::places) this software writes. Counted up when they come to
    /// hold something else; [`Desk::rebuild_lists`](crate::Desk::rebuild_lists) then lists anew
    /// what was listed before.
    const LISTS: u32 = 0;

    /// Where the state stands in the lists that screens show.
    fn places(&self) -> Vec<Place> {
        Vec::new()
    }

    /// What has to happen outside because of `event`, which led to `self`. `key` is unique to
    /// this event; an effect's own key is built on it.
    fn effects(&self, event: &Self::Event, key: &str) -> Vec<Effect>;
}

/// An id that follows from names: the same names give the same id, so that what is imported or
/// replayed twice is there once.
///
/// ```
/// use mattoni_core::{EnteId, Id};
/// use mattoni_desk::named_id;
///
/// struct Practice;
/// let ente: EnteId = "c_h223".parse()?;
/// let id: Id<Practice> = named_id(&ente, &["nursery-2027", "RSSMRA25A01H223X"]);
/// assert_eq!(id, named_id(&ente, &["nursery-2027", "RSSMRA25A01H223X"]));
/// assert_ne!(id, named_id(&ente, &["nursery-2028", "RSSMRA25A01H223X"]));
/// # Ok::<(), mattoni_core::Problems>(())
/// ```
#[must_use]
pub fn named_id<K>(ente: &EnteId, names: &[&str]) -> Id<K> {
    let builder = DigestBuilder::new("mattoni.named-id.v1").field(ente.as_str().as_bytes());
    let digest =
        names.iter().fold(builder, |builder, name| builder.field(name.as_bytes())).finish();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_bytes()[..16]);
    // Version 8 and the RFC's variant (RFC 9562, 5.8): ids made by a scheme of one's own.
    bytes[6] = bytes[6] & 0x0F | 0x80;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    Id::from_u128(u128::from_be_bytes(bytes))
}
