//! Ids that follow from names.

use crate::{Digest, DigestBuilder, EnteId, Id};

/// An id that follows from names: the same names give the same id, so that what is imported or
/// replayed twice is there once.
///
/// Whoever knows the names can make the id. Ids of people are made with the ente's own key by the
/// shell.
///
/// ```
/// use mattoni_core::{EnteId, Id, named_id};
///
/// struct Run;
/// let ente: EnteId = "c_h223".parse()?;
/// let id: Id<Run> = named_id(&ente, &["nursery-2027", "first"]);
/// assert_eq!(id, named_id(&ente, &["nursery-2027", "first"]));
/// assert_ne!(id, named_id(&ente, &["nursery-2028", "first"]));
/// # Ok::<(), mattoni_core::Problems>(())
/// ```
#[must_use]
pub fn named_id<K>(ente: &EnteId, names: &[&str]) -> Id<K> {
    id_of(name_digest(ente, names))
}

/// The digest that [`named_id`] is made from.
#[must_use]
pub fn name_digest(ente: &EnteId, names: &[&str]) -> Digest {
    let builder = DigestBuilder::new("mattoni.named-id.v1").field(ente.as_str().as_bytes());
    names.iter().fold(builder, |builder, name| builder.field(name.as_bytes())).finish()
}

/// The id that a digest stands for: its first 128 bits, marked as an id by a scheme of one's own
/// (RFC 9562, 5.8).
#[must_use]
pub fn id_of<K>(digest: Digest) -> Id<K> {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_bytes()[..16]);
    // Version 8 and the variant of RFC 9562.
    bytes[6] = bytes[6] & 0x0F | 0x80;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    Id::from_u128(u128::from_be_bytes(bytes))
}
