//! Ids that follow from names, and who can make them.

use mattoni_core::{Digest, DigestBuilder, EnteId, FiscalCode, Id, Person};
use mattoni_store::{Pseudonyms, Store};

use crate::{Desk, DeskError};

/// An id that follows from names: the same names give the same id, so that what is imported or
/// replayed twice is there once.
///
/// Whoever knows the names can make the id. For names that are personal there is
/// [`Desk::names`].
///
/// ```
/// use mattoni_core::{EnteId, Id};
/// use mattoni_desk::named_id;
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
    id_of(digest(ente, names))
}

fn digest(ente: &EnteId, names: &[&str]) -> Digest {
    let builder = DigestBuilder::new("mattoni.named-id.v1").field(ente.as_str().as_bytes());
    names.iter().fold(builder, |builder, name| builder.field(name.as_bytes())).finish()
}

fn id_of<K>(digest: Digest) -> Id<K> {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_bytes()[..16]);
    // Version 8 and the RFC's variant (RFC 9562, 5.8): ids made by a scheme of one's own.
    bytes[6] = bytes[6] & 0x0F | 0x80;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    Id::from_u128(u128::from_be_bytes(bytes))
}

/// Makes an ente's ids out of names that are personal. Where the store seals what is personal,
/// only the ente can: its key goes into them. Otherwise they are those of [`named_id`].
#[derive(Debug, Clone)]
pub struct Names {
    ente: EnteId,
    pseudonyms: Option<Pseudonyms>,
}

impl Names {
    /// Those of a store that seals nothing.
    #[must_use]
    pub fn plain(ente: EnteId) -> Self {
        Self { ente, pseudonyms: None }
    }

    /// The id that follows from these names.
    #[must_use]
    pub fn id<K>(&self, names: &[&str]) -> Id<K> {
        let named = digest(&self.ente, names);
        id_of(self.pseudonyms.as_ref().map_or(named, |pseudonyms| pseudonyms.of(named)))
    }

    /// The id under which the ente's journal knows the person with this fiscal code.
    #[must_use]
    pub fn person(&self, fiscal_code: &FiscalCode) -> Id<Person> {
        self.id(&["person", fiscal_code.as_str()])
    }
}

impl<S: Store> Desk<S> {
    /// What makes this ente's ids out of personal names.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails.
    pub async fn names(&self) -> Result<Names, DeskError> {
        let pseudonyms = self.store().pseudonyms(self.ente()).await?;
        Ok(Names { ente: self.ente().clone(), pseudonyms })
    }
}
